/** When someone stops waiting: at a time, or before it when a signal aborts. */
export interface Patience {
  /** Aborts when the caller leaves or its request ends. Its reason is what the caller is told. */
  readonly signal: AbortSignal;
  /** Monotonic ms. */
  readonly until: number;
}

/** What a {@link Flight} tells the work it carries. */
export interface FlightLife<Notes> {
  /** What the work writes down of itself, for those who give up on it. */
  readonly notes: Notes;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Until when the most patient of those who wait will wait, monotonic ms; further off whenever a more patient one joins. */
  readonly until: number;
}

/**
 * One piece of work that several callers wait for, each for as long as it likes. The work is broken off when the last
 * of them has left, so that one that leaves never takes the others along.
 */
export class Flight<Result, Notes> implements FlightLife<Notes> {
  readonly notes: Notes;
  readonly #controller = new AbortController();
  readonly #nowMs: () => number;
  readonly #result: Promise<Result>;
  #waiting = 0;
  #until = Number.NEGATIVE_INFINITY;

  constructor(
    notes: Notes,
    work: (life: FlightLife<Notes>) => Promise<Result>,
    patience: Patience,
    nowMs: () => number,
  ) {
    this.notes = notes;
    this.#nowMs = nowMs;
    this.#until = patience.until;
    this.#result = work(this);
    // Who waits is told; where all have left nobody is, and that is no bug.
    this.#result.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get until(): number {
    return this.#until;
  }

  /** Calls `landed` once the work has ended, however it did, and before anyone is told of it. */
  whenLanded(landed: () => void): void {
    this.#result.then(landed, landed);
  }

  /** Whether everyone has left: then the work is being broken off, and is no use to a newcomer. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /**
   * Waits for the result.
   *
   * @param expired the error for one whose time is over
   */
  wait({ signal, until }: Patience, expired: (notes: Notes) => Error): Promise<Result> {
    this.#until = Math.max(this.#until, until);
    this.#waiting += 1;
    return new Promise<Result>((resolve, reject) => {
      let hasEnded = false;
      const end = () => {
        hasEnded = true;
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.#waiting -= 1;
      };
      const leave = (reason: unknown) => {
        if (hasEnded) return;
        end();
        reject(reason);
        if (this.#waiting === 0) this.#controller.abort(reason);
      };
      const onAbort = () => leave(signal.reason);
      const timer = setTimeout(
        () => leave(expired(this.notes)),
        Math.max(0, Math.ceil(until - this.#nowMs())),
      );
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#result.then(
        (result) => {
          if (hasEnded) return;
          end();
          resolve(result);
        },
        (error: unknown) => {
          if (hasEnded) return;
          end();
          reject(error);
        },
      );
    });
  }
}
