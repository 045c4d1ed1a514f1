import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayError } from '../../../src/errors.ts';
import {
  type Allowance,
  fixedWindow,
  openFakeUpstream,
  throttling,
  tokenBucket,
} from './support/fake-backend.ts';
import { READ } from './support/upstream.ts';

/*
 * A burst of 1,000 distinct reads against a backend that allows far fewer a second, as a gateway with the default
 * limits meets it, by a clock that is moved by hand.
 */

const DEADLINE_MS = 10_000;
const READS = 1_000;
/** What a backend must at least have been made use of, as a share of what it allows. */
const LEAST_USE = 0.7;
/** What may reach it beyond what it allowed, as a share of that. */
const MOST_REFUSED = 0.2;

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 15, 12, 0, 0, 137) }));
afterEach(() => void vi.useRealTimers());

const now = () => Date.now();

async function burst(allowance: Allowance, tellsRetryAfter: boolean, roundTripMs: number) {
  const backend = throttling(allowance, tellsRetryAfter);
  const upstream = openFakeUpstream(backend.handle, {
    roundTripMs,
    concurrency: 16,
    maxQueued: 2_000,
    timeoutMs: DEADLINE_MS,
    attemptTimeoutMs: DEADLINE_MS / 2,
    random: () => 0.5,
  });
  const errors: GatewayError[] = [];
  let answered = 0;
  let endedAt = now();
  const begunAt = now();
  for (let thing = 0; thing < READS; thing++) {
    void upstream
      .call({ ...READ, path: `/things/${thing}` })
      .then(
        () => (answered += 1),
        (error: GatewayError) => errors.push(error),
      )
      .finally(() => (endedAt = now()));
  }
  await vi.advanceTimersByTimeAsync(DEADLINE_MS + 1_000);
  return { ...backend.counts, answered, errors, tookMs: endedAt - begunAt, sent: upstream.sentAt.length };
}

const ALLOWANCES: readonly [what: string, allowance: () => Allowance, allowedInTime: number][] = [
  ['50 a second, and 50 saved up', () => tokenBucket(50, 50, now), 550],
  ['50 in each second', () => fixedWindow(50, 1_000, now), 550],
];

const CASES = ALLOWANCES.flatMap((allowance) =>
  [true, false].flatMap((tells) =>
    [4, 30, 120].map((roundTripMs) => [...allowance, tells, roundTripMs] as const),
  ),
);

describe('a burst of 1,000 reads against a backend', { timeout: 60_000 }, () => {
  it.each(CASES)(
    'that allows %s ends with each answered or told when to come back',
    async (_what, allowance, allowed, tells, roundTripMs) => {
      const { answered, errors, admitted, refused, sent, tookMs } = await burst(
        allowance(),
        tells,
        roundTripMs,
      );
      expect(answered + errors.length).toBe(READS);
      expect(answered).toBe(admitted);
      for (const { code, retryable, retryAfterMs } of errors) {
        expect({ code, retryable }).toEqual({ code: 'RATE_LIMITED', retryable: true });
        expect(retryAfterMs).toBeGreaterThanOrEqual(1);
      }
      expect(tookMs).toBeLessThanOrEqual(DEADLINE_MS);
      expect(admitted / allowed).toBeGreaterThanOrEqual(LEAST_USE);
      expect(refused / admitted).toBeLessThanOrEqual(MOST_REFUSED);
      expect(sent).toBe(admitted + refused);
    },
  );

  it('does not send everyone who was refused back at the same moment', async () => {
    const { errors } = await burst(tokenBucket(50, 50, now), false, 30);
    const seconds = new Set(errors.map(({ retryAfterMs = 0 }) => Math.floor(retryAfterMs / 1_000)));
    expect(seconds.size).toBeGreaterThanOrEqual(5);
  });

  it.each([
    [5, 20],
    [200, 20],
  ])('that allows %i a second is no storm either', async (perSecond, roundTripMs) => {
    const { answered, errors, admitted, refused } = await burst(
      tokenBucket(perSecond, perSecond, now),
      false,
      roundTripMs,
    );
    expect(answered + errors.length).toBe(READS);
    expect(admitted).toBeGreaterThanOrEqual(Math.min(READS, perSecond * 11) * LEAST_USE);
    // The first complaint finds 16 calls under way, whatever the backend allows.
    expect(refused).toBeLessThanOrEqual(16 + MOST_REFUSED * admitted);
  });

  it('that has an end is followed by calls at full speed, once the backend bears them', async () => {
    const backend = throttling(tokenBucket(50, 50, now), false);
    let isGenerous = false;
    const upstream = openFakeUpstream(
      (request) => (isGenerous ? { status: 200, headers: {}, body: '{}' } : backend.handle(request)),
      { concurrency: 16, maxQueued: 2_000 },
    );
    const askAll = (round: string) =>
      Promise.allSettled(
        Array.from({ length: READS }, (_, thing) => upstream.call({ ...READ, path: `/${round}/${thing}` })),
      );
    void askAll('first');
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(upstream.state().callsPerSecond).toBeLessThan(60);
    isGenerous = true;
    for (let second = 0; second < 20; second++) {
      void askAll(`second-${second}`);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(upstream.state().callsPerSecond).toBeUndefined();
  });
});
