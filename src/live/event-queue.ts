/** Why a queue ended: its reader left, or this side ended it, with an error or without. */
interface QueueEnd {
  readonly error: Error | undefined;
}

/**
 * What one subscriber has not read yet, as the iterator that it reads. What it holds is bounded: who reads too slowly
 * loses all of it, and is told so by an error, the last that the iterator gives.
 */
export class EventQueue<Event> implements AsyncIterableIterator<Event> {
  readonly #max: number;
  readonly #tooSlow: () => Error;
  readonly #onLeft: () => void;
  readonly #waiting: PromiseWithResolvers<IteratorResult<Event>>[] = [];
  #events: Event[] = [];
  #end: QueueEnd | undefined;
  #hasLeft = false;

  /**
   * @param max the most it holds
   * @param tooSlow what a reader is told who lets it run over
   * @param onLeft called once, when nothing is read any more
   */
  constructor(max: number, tooSlow: () => Error, onLeft: () => void) {
    this.#max = max;
    this.#tooSlow = tooSlow;
    this.#onLeft = onLeft;
  }

  get length(): number {
    return this.#events.length;
  }

  /** Adds an event. False where that ended the queue. */
  push(event: Event): boolean {
    if (this.#end !== undefined) return true;
    const reader = this.#waiting.shift();
    if (reader !== undefined) reader.resolve({ done: false, value: event });
    else if (this.#events.length < this.#max) this.#events.push(event);
    else {
      this.fail(this.#tooSlow());
      return false;
    }
    return true;
  }

  /** Takes no more; what it holds can still be read. */
  complete(): void {
    if (this.#end !== undefined) return;
    this.#end = { error: undefined };
    if (this.#waiting.length > 0) this.#leave();
  }

  /** Takes no more, and drops what it holds: the error is all that can still be read. */
  fail(error: Error): void {
    if (this.#end !== undefined) return;
    this.#events = [];
    const reader = this.#waiting.shift();
    this.#end = { error: reader === undefined ? error : undefined };
    if (reader === undefined) return;
    reader.reject(error);
    this.#leave();
  }

  next(): Promise<IteratorResult<Event>> {
    const [event] = this.#events;
    if (event !== undefined) {
      this.#events.shift();
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#end === undefined) {
      const reader = Promise.withResolvers<IteratorResult<Event>>();
      this.#waiting.push(reader);
      return reader.promise;
    }
    const { error } = this.#end;
    this.#end = { error: undefined };
    this.#leave();
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  /** The reader leaves. */
  return(): Promise<IteratorResult<Event>> {
    this.#end = { error: undefined };
    this.#leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #leave(): void {
    this.#events = [];
    for (const reader of this.#waiting.splice(0)) reader.resolve({ done: true, value: undefined });
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#onLeft();
  }
}
