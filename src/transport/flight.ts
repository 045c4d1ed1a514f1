import { Cancellation, type Signal } from './signal.ts';

/** When someone stops waiting: at a time, or before it when a signal aborts. */
export interface Patience {
  /** Aborts when the caller leaves or its request ends. Its reason is what the caller is told. */
  readonly signal: Signal;
  /** Monotonic ms. */
  readonly until: number;
}

/** What a {@link Flight} tells the work it carries. */
export interface FlightLife<Notes> {
  /** What the work writes down of itself, for those who give up on it. */
  readonly notes: Notes;
  /** Aborts when nobody waits any more. */
  readonly signal: Signal;
  /** Until when the most patient of those who wait will wait, monotonic ms; further off whenever a more patient one joins. */
  readonly until: number;
}

/** One who waits for a {@link Flight}. */
interface Passenger<Result> {
  landed(result: Result): void;
  crashed(error: unknown): void;
}

/**
 * One piece of work that several callers wait for, each for as long as it likes. The work is broken off when the last
 * of them has left, so that one that leaves never takes the others along.
 */
export class Flight<Result, Notes> implements FlightLife<Notes> {
  readonly notes: Notes;
  readonly signal = new Cancellation();
  readonly #nowMs: () => number;
  readonly #waiting = new Set<Passenger<Result>>();
  #until: number;
  #onLanded: (() => void) | undefined;
  #tell: ((passenger: Passenger<Result>) => void) | undefined;

  constructor(
    notes: Notes,
    work: (life: FlightLife<Notes>) => Promise<Result>,
    patience: Patience,
    nowMs: () => number,
  ) {
    this.notes = notes;
    this.#nowMs = nowMs;
    this.#until = patience.until;
    work(this).then(
      (result) => this.#land((passenger) => passenger.landed(result)),
      // Who waits is told; where all have left nobody is, and that is no bug.
      (error: unknown) => this.#land((passenger) => passenger.crashed(error)),
    );
  }

  get until(): number {
    return this.#until;
  }

  /** Has `landed` called once the work has ended, however it did, and before anyone is told of it. */
  whenLanded(landed: () => void): void {
    this.#onLanded = landed;
  }

  /** Whether everyone has left: then the work is being broken off, and is no use to a newcomer. */
  get isAbandoned(): boolean {
    return this.signal.aborted;
  }

  /**
   * Waits for the result.
   *
   * @param expired the error for one whose time is over
   */
  wait({ signal, until }: Patience, expired: (notes: Notes) => Error): Promise<Result> {
    this.#until = Math.max(this.#until, until);
    return new Promise<Result>((resolve, reject) => {
      const passenger: Passenger<Result> = {
        landed(result) {
          end();
          resolve(result);
        },
        crashed(error) {
          end();
          reject(error);
        },
      };
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.#waiting.delete(passenger);
      };
      const leave = (reason: unknown) => {
        passenger.crashed(reason);
        if (this.#waiting.size === 0) this.signal.abort(reason);
      };
      const onAbort = () => leave(signal.reason);
      const timer = setTimeout(
        () => leave(expired(this.notes)),
        Math.max(0, Math.ceil(until - this.#nowMs())),
      );
      if (signal.aborted) return onAbort();
      if (this.#tell !== undefined) return this.#tell(passenger);
      this.#waiting.add(passenger);
      signal.addEventListener('abort', onAbort, ONCE);
    });
  }

  #land(tell: (passenger: Passenger<Result>) => void): void {
    this.#tell = tell;
    this.#onLanded?.();
    for (const passenger of this.#waiting) tell(passenger);
  }
}

const ONCE = { once: true } as const;
