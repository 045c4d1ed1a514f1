import type { BackendClock } from './backend-clock.ts';
import { type BreakerSettings, type BreakerState, createBreaker } from './breaker.ts';
import type { CallWitness } from './call-witness.ts';
import { Errand, type Landed, lineMs, type Progress } from './errand.ts';
import type { FlightLife } from './flight.ts';
import { breakerOpen, heldBack } from './given-up.ts';
import type { HttpAnswer } from './http.ts';
import { createPace } from './pace.ts';
import { createPlaces } from './places.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { PreparedRequest, SignedSender } from './send-signed.ts';

/*
 * What stands between an operation and the wire, outermost first:
 *
 *   deadline → single flight (reads) → admission → concurrency cap → retry (reads) → pace → breaker → attempt timeout
 *   → sign → send
 *
 * The first two are in upstream.ts, admission is here, the attempt and what is inside of it in attempt.ts, all else in
 * errand.ts. Admission refuses at once what would only wait in vain. Signing
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
   * Performs an operation, from the concurrency cap down to the wire, and tells `life` how it ended.
   *
   * @param read throws a GatewayError for an answer that refuses or cannot be read
   */
  perform(
    request: PreparedRequest,
    read: (answer: HttpAnswer) => unknown,
    life: FlightLife<Landed, Progress>,
    witness: CallWitness,
  ): void;
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
  const { timeoutMs, attemptTimeoutMs } = settings;
  const guard = {
    ...{ timeoutMs, attemptTimeoutMs, places, breaker, pace, budget },
    ...{ sender, backendClock, monotonicMs, random },
  };

  return {
    admit(until) {
      if (breaker.waitMs() > 0) throw breakerOpen(breaker.waitMs());
      const inLineMs = lineMs(guard);
      const isFull = places.taken >= settings.concurrency && places.waiting >= settings.maxQueued;
      if (isFull) throw heldBack(Math.max(inLineMs, FULL_LINE_PAUSE_MS));
      if (inLineMs > 0 && monotonicMs() + inLineMs >= until) throw heldBack(inLineMs);
    },
    perform: (request, read, life, witness) => new Errand(guard, request, read, life, witness).begin(),
    lineMs: () => lineMs(guard),
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
