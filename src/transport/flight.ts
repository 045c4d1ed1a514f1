import { Cancellation, type Signal } from './signal.ts';

/** When someone stops waiting: at a time, or before it when a signal aborts. */
export interface Patience {
  /** Aborts when the caller leaves or its request ends. Its reason is what the caller is told. */
  readonly signal: Signal;
  /** Monotonic ms. */
  readonly until: number;
}

/** Who is told how a {@link Flight} ended: exactly one of these. */
interface Arrivals<Result> {
  landed(result: Result): void;
  crashed(error: unknown): void;
}

/** What a {@link Flight} tells the work it carries, and is told by it. */
export interface FlightLife<Result, Notes> extends Arrivals<Result> {
  /** What the work writes down of itself, for those who give up on it. */
  readonly notes: Notes;
  /** Aborts when nobody waits any more. */
  readonly signal: Signal;
  /** Until when the most patient of those who wait will wait, monotonic ms; further off whenever a more patient one joins. */
  readonly until: number;
}

/** One who waits for a {@link Flight}. */
export interface Passenger<Result> extends Arrivals<Result> {
  /** The error for one whose time is over. */
  expired(): Error;
}

/**
 * One piece of work that several callers wait for, each for as long as it likes. The work is broken off when the last
 * of them has left, so that one that leaves never takes the others along.
 */
export class Flight<Result, Notes> implements FlightLife<Result, Notes> {
  readonly notes: Notes;
  readonly signal = new Cancellation();
  readonly #nowMs: () => number;
  readonly #seats: Seat<Result>[] = [];
  #waiting = 0;
  #until: number;
  #onLanded: (() => void) | undefined;
  #tell: ((passenger: Passenger<Result>) => void) | undefined;

  /** @param work tells the flight of its end, whenever that is */
  constructor(
    notes: Notes,
    work: (life: FlightLife<Result, Notes>) => void,
    patience: Patience,
    nowMs: () => number,
  ) {
    this.notes = notes;
    this.#nowMs = nowMs;
    this.#until = patience.until;
    work(this);
  }

  get until(): number {
    return this.#until;
  }

  /** Has `landed` called once the work has ended, however it did, and before anyone who waits by then is told of it. */
  whenLanded(landed: () => void): void {
    if (this.#tell === undefined) this.#onLanded = landed;
    else landed();
  }

  /** Whether everyone has left: then the work is being broken off, and is no use to a newcomer. */
  get isAbandoned(): boolean {
    return this.signal.aborted;
  }

  landed(result: Result): void {
    this.#end((passenger) => passenger.landed(result));
  }

  crashed(error: unknown): void {
    this.#end((passenger) => passenger.crashed(error));
  }

  /** Has a passenger told of the end, or of its own before that. */
  wait(passenger: Passenger<Result>, { signal, until }: Patience): void {
    this.#until = Math.max(this.#until, until);
    if (signal.aborted) this.#part(passenger, signal.reason);
    else if (this.#tell !== undefined) this.#tell(passenger);
    else {
      this.#waiting += 1;
      this.#seats.push(new Seat(this, passenger, signal, Math.max(0, Math.ceil(until - this.#nowMs()))));
    }
  }

  /** A passenger has got up from its seat. */
  left(passenger: Passenger<Result>, reason: unknown): void {
    this.#waiting -= 1;
    this.#part(passenger, reason);
  }

  #part(passenger: Passenger<Result>, reason: unknown): void {
    passenger.crashed(reason);
    if (this.#waiting === 0) this.signal.abort(reason);
  }

  #end(tell: (passenger: Passenger<Result>) => void): void {
    this.#tell = tell;
    this.#onLanded?.();
    for (const seat of this.#seats) {
      // Where all have left nobody is told, were it of a failure, and that is no bug.
      if (seat.getUp()) tell(seat.passenger);
    }
    // What has ended must not hold its answer: as old garbage it would keep that alive. Only who began it may still
    // come, where it ended at once.
    if (this.#seats.length > 0) this.#tell = refuseBoarding;
    this.#seats.length = 0;
  }
}

/** Where a passenger waits, until it is told or leaves. */
class Seat<Result> {
  readonly passenger: Passenger<Result>;
  readonly #flight: Flight<Result, unknown>;
  readonly #signal: Signal;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.leave(this.#signal.reason);
  #isTaken = true;

  constructor(
    flight: Flight<Result, unknown>,
    passenger: Passenger<Result>,
    signal: Signal,
    patienceMs: number,
  ) {
    this.passenger = passenger;
    this.#flight = flight;
    this.#signal = signal;
    this.#timer = setTimeout(expire, patienceMs, this);
    signal.addEventListener('abort', this.#onAbort, ONCE);
  }

  /** Whether somebody sat there until now. */
  getUp(): boolean {
    if (!this.#isTaken) return false;
    this.#isTaken = false;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
    return true;
  }

  leave(reason: unknown): void {
    if (this.getUp()) this.#flight.left(this.passenger, reason);
  }
}

function expire(seat: Seat<unknown>): void {
  seat.leave(seat.passenger.expired());
}

/** Nobody finds a flight that has ended. */
function refuseBoarding(): never {
  throw new Error('The flight has landed.');
}

const ONCE = { once: true } as const;
