import { ERROR_KINDS, GatewayError } from '../errors.ts';
import type { BackendClock } from './backend-clock.ts';
import { type BreakerSettings, type BreakerState, createBreaker, type Passage } from './breaker.ts';
import type { CallWitness } from './call-witness.ts';
import type { FlightLife } from './flight.ts';
import { breakerOpen, heldBack, lateAnswer, requestTimeout, withRetryAfter } from './given-up.ts';
import type { HttpAnswer } from './http.ts';
import { createPace } from './pace.ts';
import { createPlaces } from './places.ts';
import type { Operation } from './request.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { PreparedRequest, SignedProgress, SignedSender } from './send-signed.ts';
import { limitedTo, wait } from './wait.ts';

/*
 * What stands between an operation and the wire, outermost first:
 *
 *   deadline → single flight (reads) → admission → concurrency cap → retry (reads) → pace → breaker → attempt timeout
 *   → sign → send
 *
 * The first two are in upstream.ts, all else is here. Admission refuses at once what would only wait in vain. Signing
 * is innermost: every attempt needs a fresh nonce and date. Every wait ends when nobody waits for the answer.
 */

/** The limits of one account's way to one backend. */
export interface ResilienceSettings {
  /** Deadline of one operation: the wait for a free place, every attempt and the whole answer. */
  readonly timeoutMs: number;
  /** Deadline of one attempt of a read; a write, which has no other attempt, gets all of `timeoutMs`. */
  readonly attemptTimeoutMs: number;
  /** Operations under way at once; further ones wait for a place. */
  readonly concurrency: number;
  /** Operations that wait for a place at once; further ones are refused. */
  readonly maxQueued: number;
  readonly breaker: BreakerSettings;
}

/** What a {@link Resilience} tells that is of no single call; a {@link CallWitness} is told the rest. */
export interface UpstreamObserver {
  breakerChanged(state: BreakerState): void;
}

/** The live state of a backend as one account meets it. */
export interface UpstreamState {
  readonly breaker: BreakerState['name'];
  /** Milliseconds until it is asked again; 0 where it is asked now. */
  readonly retryAfterMs: number;
  /** The pace it is asked at; undefined without a limit. */
  readonly callsPerSecond: number | undefined;
  /** Operations under way. */
  readonly running: number;
  /** Operations that wait for a place. */
  readonly queued: number;
}

/** How far an operation has come, for whoever gives up on it. */
export interface Progress extends SignedProgress {
  /** Whether it stands in a line, which the backend's pace may make long. */
  isInLine: boolean;
}

/** An answer and what the one who sent for it read in it. */
export interface Landed {
  readonly answer: HttpAnswer;
  readonly value: unknown;
}

/** What an operation has tried so far, and who watches it. */
interface Tries {
  /** When it stood in line, monotonic ms. */
  readonly enteredAt: number;
  readonly witness: CallWitness;
  retries: number;
  hasBeenSent: boolean;
  hasCorrectedClock: boolean;
}

/** One account's guard of one backend. */
export interface Resilience {
  /**
   * Refuses an operation that would only wait in vain: at once, before it stands in any line.
   *
   * @param until when it stops waiting, monotonic ms
   * @throws GatewayError BREAKER_OPEN or HELD_BACK
   */
  admit(until: number): void;
  /**
   * Performs an operation, from the concurrency cap down to the wire.
   *
   * @param read throws a GatewayError for an answer that refuses or cannot be read
   */
  perform(
    request: PreparedRequest,
    read: (answer: HttpAnswer) => unknown,
    life: FlightLife<Progress>,
    witness: CallWitness,
  ): Promise<Landed>;
  /** Milliseconds that an operation would stand in line for the pace; 0 where there is no limit. */
  lineMs(): number;
  /** Whether the backend has complained of too many calls lately. */
  isPaced(): boolean;
  state(): UpstreamState;
}

/** Sources of time and chance, replaceable in tests. */
export interface Chance {
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
/** A backend that leaves its whole line waiting is not asked again at once. */
const FULL_LINE_PAUSE_MS = 1_000;

/** Starts with a closed breaker, no limit of pace and a full reserve of retries. */
export function createResilience(
  settings: ResilienceSettings,
  sender: SignedSender,
  backendClock: BackendClock,
  { monotonicMs, random }: Chance,
  observer: UpstreamObserver,
): Resilience {
  const places = createPlaces(settings.concurrency);
  const breaker = createBreaker(settings.breaker, monotonicMs, (state) => observer.breakerChanged(state));
  const pace = createPace(monotonicMs);
  const budget = createRetryBudget(monotonicMs);
  const lineMs = () => Math.ceil(pace.waitMs(places.waiting + pace.waiting));

  /** What the breaker and the pace learn of a failed attempt; nothing where the backend was not to blame. */
  function learn(error: unknown, passage: Passage, sentAt: number, isOurs: boolean): void {
    if (!(error instanceof GatewayError) || error.isDecidedHere || isOurs) passage.abandoned();
    else if (ERROR_KINDS[error.kind].tripsBreaker) passage.failed();
    else {
      passage.succeeded();
      if (error.kind === 'RATE_LIMITED') pace.throttled(sentAt, error.retryAfterMs);
      else pace.answered(sentAt);
    }
  }

  async function attempt(
    request: PreparedRequest,
    read: (answer: HttpAnswer) => unknown,
    { notes, signal }: FlightLife<Progress>,
    tries: Tries,
  ): Promise<Landed> {
    const passage = breaker.enter();
    if (passage === undefined) throw breakerOpen(breaker.waitMs());
    // What is refused here earns no retries, nor does a retry.
    if (!tries.hasBeenSent) budget.deposit();
    tries.hasBeenSent = true;
    const { operation } = request;
    const watched = tries.witness.attempt();
    let answer: HttpAnswer | undefined;
    const sentAt = monotonicMs();
    notes.signedWithMs = undefined;
    notes.hasLeft = false;
    notes.hasAnswerBegun = false;
    const timeoutMs = operation.access === 'read' ? settings.attemptTimeoutMs : settings.timeoutMs;
    const limited = limitedTo(timeoutMs, signal, () => lateAnswer(notes));
    try {
      answer = await sender.send(request, limited.signal, notes, watched.headers);
      const value = read(answer);
      passage.succeeded();
      pace.answered(sentAt);
      watched.ended(answer.status, undefined);
      return { answer, value };
    } catch (error) {
      const durationMs = monotonicMs() - sentAt;
      // Its operation may have had little time left after the line it stood in, or found no credentials.
      const isCutShort = signal.aborted && durationMs < timeoutMs / 2;
      learn(error, passage, sentAt, isCutShort || notes.signedWithMs === undefined);
      watched.ended(answer?.status, error);
      throw error;
    } finally {
      limited.end();
    }
  }

  /** Milliseconds until a read may be sent again; undefined where that must not be, or would be too late. */
  function pauseBeforeRetry({ access }: Operation, error: GatewayError, tries: Tries, until: number) {
    if (access === 'write' || tries.retries >= ERROR_KINDS[error.kind].retries) return undefined;
    const jitterMs = random() * RETRY_PAUSE_MS * 2 ** tries.retries;
    const pauseMs = (error.retryAfterMs ?? 0) + jitterMs;
    const waitMs = Math.max(pauseMs, pace.waitMs(pace.waiting));
    if (monotonicMs() + waitMs >= until || breaker.waitMs() > 0) return undefined;
    return budget.withdraw() ? pauseMs : undefined;
  }

  function mayCorrectClock({ retries, hasCorrectedClock }: Tries, { signedWithMs }: Progress): boolean {
    if (hasCorrectedClock || retries >= MOST_RETRIES || signedWithMs === undefined) return false;
    return backendClock.correct(signedWithMs);
  }

  /** Waits until the request may be sent once more. @throws `error` where it must not be */
  async function waitToRepeat(
    operation: Operation,
    error: GatewayError,
    tries: Tries,
    life: FlightLife<Progress>,
  ): Promise<void> {
    // Refused for its date, the backend did nothing: of what is sent once only this is safe to send again.
    if (error.kind === 'CLOCK_SKEW' && mayCorrectClock(tries, life.notes)) {
      tries.hasCorrectedClock = true;
      tries.retries += 1;
      return;
    }
    const pauseMs = pauseBeforeRetry(operation, error, tries, life.until);
    if (pauseMs === undefined) throw withRetryAfter(error, lineMs());
    tries.retries += 1;
    await wait(pauseMs, life.signal);
  }

  /**
   * Whether the line has taken so much of an operation's time that its answer would hardly be waited for. Else, when a
   * whole line runs out of time, each that leaves would make room for another to be sent and broken off.
   */
  function isTooLate(until: number, enteredAt: number): boolean {
    return until - monotonicMs() < LEAST_TIME_LEFT * (until - enteredAt);
  }

  async function attempts(
    request: PreparedRequest,
    read: (answer: HttpAnswer) => unknown,
    life: FlightLife<Progress>,
    tries: Tries,
  ): Promise<Landed> {
    for (;;) {
      try {
        life.notes.isInLine = true;
        await pace.turn(life.signal);
        if (!tries.hasBeenSent && isTooLate(life.until, tries.enteredAt)) throw requestTimeout();
        life.notes.isInLine = false;
        life.signal.throwIfAborted();
        return await attempt(request, read, life, tries);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        await waitToRepeat(request.operation, error, tries, life);
      }
    }
  }

  return {
    admit(until) {
      if (breaker.waitMs() > 0) throw breakerOpen(breaker.waitMs());
      const inLineMs = lineMs();
      const isFull = places.taken >= settings.concurrency && places.waiting >= settings.maxQueued;
      if (isFull) throw heldBack(Math.max(inLineMs, FULL_LINE_PAUSE_MS));
      if (inLineMs > 0 && monotonicMs() + inLineMs >= until) throw heldBack(inLineMs);
    },
    async perform(request, read, life, witness) {
      const enteredAt = monotonicMs();
      const tries = { enteredAt, witness, retries: 0, hasBeenSent: false, hasCorrectedClock: false };
      life.notes.isInLine = true;
      const place = places.take(life.signal);
      if (place !== undefined) await place;
      try {
        return await attempts(request, read, life, tries);
      } finally {
        places.giveBack();
      }
    },
    lineMs,
    isPaced: () => pace.callsPerSecond !== undefined,
    state: () => ({
      breaker: breaker.state.name,
      retryAfterMs: Math.ceil(Math.max(breaker.waitMs(), pace.waitMs(0))),
      callsPerSecond: pace.callsPerSecond,
      running: places.taken,
      queued: places.waiting,
    }),
  };
}
