import { ERROR_KINDS, GatewayError } from '../errors.ts';
import { Attempt } from './attempt.ts';
import type { BackendClock } from './backend-clock.ts';
import type { Breaker } from './breaker.ts';
import type { CallWitness } from './call-witness.ts';
import type { FlightLife } from './flight.ts';
import { breakerOpen, isStaleConnection, requestTimeout, withRetryAfter } from './given-up.ts';
import type { HttpAnswer } from './http.ts';
import type { Pace } from './pace.ts';
import type { Places } from './places.ts';
import type { UpstreamRequest } from './request.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { PreparedRequest, SignedProgress, SignedSender } from './send-signed.ts';
import { wait } from './wait.ts';

/** How far an operation has come, for whoever gives up on it. */
export interface Progress extends SignedProgress {
  /** Whether it stands in a line, which the backend's pace may make long. */
  isInLine: boolean;
}

/** An answer and what the one who sent for it read in it. */
export interface Landed {
  readonly answer: HttpAnswer;
  readonly value: unknown;
  /** As of {@link UpstreamRequest}. */
  readonly readAs: object | undefined;
}

/** What all errands of one account to one backend have in common. */
export interface Guard {
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly places: Places;
  readonly breaker: Breaker;
  readonly pace: Pace;
  readonly budget: RetryBudget;
  readonly sender: SignedSender;
  readonly backendClock: BackendClock;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Longest pause before the first retry; the second one may be twice as long. A connection that broke is mended at once,
 * a backend that says that it is down often names a pause of its own, and one that stays down is the breaker's matter.
 */
const RETRY_PAUSE_MS = 100;
/** Times that an operation is sent again at most, whatever the reasons. */
const MOST_RETRIES = 2;
/** Share of its time that must be left of an operation when it leaves the line. */
const LEAST_TIME_LEFT = 0.05;

const NO_LINE = Promise.resolve();

/**
 * One operation on its way, from the concurrency cap down to the wire. Each step calls the next one, for a promise
 * each would be most of what is done for an operation that finds a place, no line, and is answered at once.
 */
export class Errand {
  readonly request: PreparedRequest;
  readonly read: (answer: HttpAnswer) => unknown;
  readonly life: FlightLife<Landed, Progress>;
  readonly witness: CallWitness;
  readonly #guard: Guard;
  /** When it stood in line, monotonic ms. */
  readonly #enteredAt: number;
  #retries = 0;
  #hasBeenSent = false;
  #hasCorrectedClock = false;

  /** @param read throws a GatewayError for an answer that refuses or cannot be read */
  constructor(
    guard: Guard,
    request: PreparedRequest,
    read: (answer: HttpAnswer) => unknown,
    life: FlightLife<Landed, Progress>,
    witness: CallWitness,
  ) {
    this.request = request;
    this.read = read;
    this.life = life;
    this.witness = witness;
    this.#guard = guard;
    this.#enteredAt = guard.monotonicMs();
  }

  begin(): void {
    const { life } = this;
    life.notes.isInLine = true;
    const place = this.#guard.places.take(life.signal);
    if (place === undefined) this.#standInLine();
    else
      place.then(
        () => this.#standInLine(),
        (reason: unknown) => life.crashed(reason),
      );
  }

  #standInLine(): void {
    const { life } = this;
    life.notes.isInLine = true;
    // Not at once, were there no line: who asks at the same moment is let in before the first one is sent.
    const turn = this.#guard.pace.turn(life.signal) ?? NO_LINE;
    turn.then(
      () => this.#leaveLine(),
      (reason: unknown) => this.failed(reason),
    );
  }

  #leaveLine(): void {
    const { notes, signal } = this.life;
    if (!this.#hasBeenSent && this.#isTooLate()) this.failed(requestTimeout());
    else {
      notes.isInLine = false;
      if (signal.aborted) this.failed(signal.reason);
      else this.#attempt();
    }
  }

  #attempt(): void {
    const { breaker, budget } = this.#guard;
    const passage = breaker.enter();
    if (passage === undefined) this.failed(breakerOpen(breaker.waitMs()));
    else {
      // What is refused here earns no retries, nor does a retry.
      if (!this.#hasBeenSent) budget.deposit();
      this.#hasBeenSent = true;
      new Attempt(this, this.#guard, passage).send();
    }
  }

  /** It was answered, and the answer is read. */
  succeeded(landed: Landed): void {
    this.#guard.places.giveBack();
    this.life.landed(landed);
  }

  /** It was not sent, or not answered as hoped: it is sent again, or ends. */
  failed(error: unknown): void {
    if (!(error instanceof GatewayError)) this.#crash(error);
    // Refused for its date, the backend did nothing: of what is sent once only this is safe to send again.
    else if (error.kind === 'CLOCK_SKEW' && this.#mayCorrectClock()) {
      this.#hasCorrectedClock = true;
      this.#retries += 1;
      this.#standInLine();
    } else {
      const pauseMs = this.#pauseBeforeRetry(error);
      if (pauseMs === undefined) this.#crash(withRetryAfter(error, lineMs(this.#guard)));
      else this.#repeatAfter(pauseMs);
    }
  }

  #repeatAfter(pauseMs: number): void {
    this.#retries += 1;
    wait(pauseMs, this.life.signal).then(
      () => this.#standInLine(),
      (reason: unknown) => this.#crash(reason),
    );
  }

  #crash(error: unknown): void {
    this.#guard.places.giveBack();
    this.life.crashed(error);
  }

  /**
   * Whether the line has taken so much of an operation's time that its answer would hardly be waited for. Else, when a
   * whole line runs out of time, each that leaves would make room for another to be sent and broken off.
   */
  #isTooLate(): boolean {
    const { until } = this.life;
    return until - this.#guard.monotonicMs() < LEAST_TIME_LEFT * (until - this.#enteredAt);
  }

  #mayCorrectClock(): boolean {
    const { signedWithMs } = this.life.notes;
    if (this.#hasCorrectedClock || this.#retries >= MOST_RETRIES || signedWithMs === undefined) return false;
    return this.#guard.backendClock.correct(signedWithMs);
  }

  /** Milliseconds until a read may be sent again; undefined where that must not be, or would be too late. */
  #pauseBeforeRetry(error: GatewayError): number | undefined {
    const { breaker, budget, monotonicMs, pace, random } = this.#guard;
    const isWrite = this.request.operation.access === 'write';
    if (isWrite || this.#retries >= ERROR_KINDS[error.kind].retries) return undefined;
    const jitterMs = random() * RETRY_PAUSE_MS * 2 ** this.#retries;
    const pauseMs = (error.retryAfterMs ?? 0) + jitterMs;
    const waitMs = Math.max(pauseMs, pace.waitMs(pace.waiting));
    if (monotonicMs() + waitMs >= this.life.until || breaker.waitMs() > 0) return undefined;
    // A connection breaks so once, and had served for it: however many do, no storm comes of it.
    return isStaleConnection(error, this.life.notes) || budget.withdraw() ? pauseMs : undefined;
  }
}

/** Milliseconds that an operation would stand in line for the pace; 0 where there is no limit. */
export function lineMs({ pace, places }: Guard): number {
  return Math.ceil(pace.waitMs(places.waiting + pace.waiting));
}
