/** What the transport needs of an AbortSignal, which is one of these. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A {@link Signal} with its own end: an AbortController without the EventTarget, which would be the most expensive part
 * of a call that nobody breaks off. Each listener is called once, in the order of their coming.
 */
export class Cancellation implements Signal {
  aborted = false;
  reason: unknown;
  /** Most have one only, for which no set has to be made. */
  #first: (() => void) | undefined;
  /** Those that came after it. */
  #further: Set<() => void> | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.aborted || listener === this.#first) return;
    if (this.#first === undefined && !this.#further?.size) {
      this.#first = listener;
      return;
    }
    this.#further ??= new Set();
    this.#further.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    if (listener === this.#first) this.#first = undefined;
    else this.#further?.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    // As it stands: one that the call of another removes is not called any more.
    this.#first?.();
    for (const listener of this.#further ?? []) listener();
    this.#first = undefined;
    this.#further = undefined;
  }
}
