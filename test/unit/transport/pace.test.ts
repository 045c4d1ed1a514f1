import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPace, type Pace } from '../../../src/transport/pace.ts';
import { NEVER } from './support/upstream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const now = () => Date.now();
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A pace whose backend has answered `answers` calls in the last second, and then complained of one. */
async function limitedPace(answers: number, retryAfterMs?: number): Promise<Pace> {
  const pace = createPace(now);
  for (let call = 0; call < answers; call++) pace.answered(now());
  await pass(1);
  pace.throttled(now() - 1, retryAfterMs);
  await pass(1);
  return pace;
}

/** Has calls stand in line; gives the times they left at, in order of leaving, as `[call, ms from now]`. */
function queueUp(pace: Pace, calls: number) {
  const begun = now();
  const left: [call: number, atMs: number][] = [];
  for (let call = 0; call < calls; call++) {
    void Promise.resolve(pace.turn(NEVER)).then(() => left.push([call, now() - begun]));
  }
  return left;
}

describe('a backend that never complained', () => {
  it('is asked at once, whatever it answers', () => {
    const pace = createPace(now);
    for (let call = 0; call < 1_000; call++) {
      expect(pace.turn(NEVER)).toBeUndefined();
      pace.answered(now());
    }
    expect(pace.callsPerSecond).toBeUndefined();
    expect(pace.waitMs(1_000)).toBe(0);
  });
});

describe('a complaint', () => {
  it('limits the rate to less than what was answered in the last second', async () => {
    const pace = await limitedPace(50);
    expect(pace.callsPerSecond).toBeCloseTo(35);
  });

  it('forgets what was answered before the last second', async () => {
    const pace = createPace(now);
    for (let call = 0; call < 900; call++) pace.answered(now());
    await pass(1_000);
    for (let call = 0; call < 20; call++) pace.answered(now());
    await pass(1);
    pace.throttled(now() - 1, undefined);
    expect(pace.callsPerSecond).toBeCloseTo(14);
  });

  it('leaves a backend that answered next to nothing 5 calls a second', async () => {
    const pace = await limitedPace(0);
    expect(pace.callsPerSecond).toBeCloseTo(5);
  });

  it('counts once for all calls that had left before it came', async () => {
    const pace = createPace(now);
    for (let call = 0; call < 100; call++) pace.answered(now());
    const sentAt = now();
    for (let call = 0; call < 16; call++) {
      await pass(10);
      pace.throttled(sentAt + 9, undefined);
    }
    expect(pace.callsPerSecond).toBeCloseTo(70);
    expect(pace.waitMs(0)).toBe(0);
  });

  it('counts again when the backend had answered since', async () => {
    const pace = await limitedPace(100);
    const before = pace.callsPerSecond ?? 0;
    pace.answered(now());
    const grown = pace.callsPerSecond ?? 0;
    expect(grown).toBeGreaterThan(before);
    pace.throttled(now(), undefined);
    expect(pace.callsPerSecond).toBeCloseTo(0.7 * grown);
  });

  it('is no reason to go slower, but to wait twice as long, where the backend has answered nothing since', async () => {
    const pace = await limitedPace(100);
    const pauses: number[] = [];
    for (let complaint = 0; complaint < 7; complaint++) {
      await pass(pace.waitMs(0));
      pace.throttled(now(), undefined);
      pauses.push(pace.waitMs(0));
      await pass(1);
    }
    expect(pauses).toEqual([200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
    expect(pace.callsPerSecond).toBeCloseTo(70);
    await pass(pace.waitMs(0));
    pace.answered(now());
    pace.throttled(now(), undefined);
    expect(pace.waitMs(0)).toBe(100);
  });

  it('never lowers the rate below one call a second', async () => {
    const pace = await limitedPace(10);
    for (let complaint = 0; complaint < 100; complaint++) {
      pace.answered(now());
      pace.throttled(now(), undefined);
      await pass(1);
    }
    expect(pace.callsPerSecond).toBe(1);
  });

  it('is forgotten a minute after the last one', async () => {
    const pace = await limitedPace(50);
    await pass(30_000);
    pace.throttled(now(), undefined);
    await pass(60_000);
    expect(pace.callsPerSecond).toBeDefined();
    await pass(1);
    expect(pace.callsPerSecond).toBeUndefined();
    expect(pace.turn(NEVER)).toBeUndefined();
  });
});

describe('the pause after a complaint', () => {
  it('is 100 ms where the backend names none', async () => {
    const pace = await limitedPace(50);
    const left = queueUp(pace, 1);
    await pass(98);
    expect(left).toEqual([]);
    await pass(1);
    expect(left).toHaveLength(1);
  });

  it('is what the backend asks for', async () => {
    const pace = await limitedPace(50, 1_500);
    const left = queueUp(pace, 1);
    await pass(1_498);
    expect(left).toEqual([]);
    await pass(1);
    expect(left).toHaveLength(1);
  });

  it.each([0, 1, 99])('is no shorter where the backend asks for %i ms', async (retryAfterMs) => {
    const pace = await limitedPace(50, retryAfterMs);
    expect(pace.waitMs(0)).toBe(99);
  });

  it('is no longer than 30 s, so that its end is noticed', async () => {
    const pace = await limitedPace(50, 3_600_000);
    expect(pace.waitMs(0)).toBe(29_999);
  });

  it('is lengthened by a complaint of the same burst that asks for more, and never shortened', async () => {
    const pace = await limitedPace(50, 500);
    pace.throttled(now() - 2, 2_000);
    expect(pace.waitMs(0)).toBe(2_000);
    pace.throttled(now() - 2, 100);
    expect(pace.waitMs(0)).toBe(2_000);
  });

  it('holds those who stand in line already', async () => {
    const pace = await limitedPace(50);
    const left = queueUp(pace, 2);
    await pass(99);
    expect(left).toHaveLength(1);
    pace.throttled(now(), 5_000);
    await pass(4_999);
    expect(left).toHaveLength(1);
    await pass(1);
    expect(left).toHaveLength(2);
  });
});

describe('the line', () => {
  it('lets calls go in their order, evenly spaced', async () => {
    const pace = await limitedPace(50);
    await pass(99);
    const left = queueUp(pace, 36);
    await pass(1_001);
    expect(left.map(([call]) => call)).toEqual(Array.from({ length: 36 }, (_, call) => call));
    expect(left[0]).toEqual([0, 0]);
    for (const [call, atMs] of left) expect(Math.abs(atMs - (call * 1_000) / 35)).toBeLessThanOrEqual(1);
  });

  it('makes up for late timers, and for no more than a moment', async () => {
    const pace = await limitedPace(50);
    await pass(99);
    const first = queueUp(pace, 1);
    await pass(0);
    expect(first).toHaveLength(1);
    // Asked for nothing in between, it saves up nothing beyond 50 ms.
    await pass(10_000);
    const left = queueUp(pace, 10);
    await pass(0);
    expect(left).toHaveLength(2);
  });

  it('tells how long a call will stand in it', async () => {
    const pace = await limitedPace(50);
    for (let call = 0; call < 10; call++) void pace.turn(NEVER);
    expect(pace.waiting).toBe(10);
    const estimateMs = pace.waitMs(pace.waiting);
    const begun = now();
    const turn = Promise.resolve(pace.turn(NEVER)).then(() => now() - begun);
    await pass(1_000);
    expect(Math.abs((await turn) - estimateMs)).toBeLessThanOrEqual(1);
    expect(pace.waiting).toBe(0);
  });

  it('closes up when one in it leaves', async () => {
    const pace = await limitedPace(50);
    const client = new AbortController();
    const ahead = queueUp(pace, 1);
    const leaver = Promise.resolve(pace.turn(client.signal)).catch((reason: unknown) => reason);
    const behind = queueUp(pace, 1);
    await pass(50);
    client.abort('left');
    expect(await leaver).toBe('left');
    expect(pace.waiting).toBe(2);
    await pass(99 - 50 + Math.ceil(1_000 / 35));
    expect([ahead.length, behind.length]).toEqual([1, 1]);
  });

  it('goes on when its first leaves', async () => {
    const pace = await limitedPace(50);
    const client = new AbortController();
    const leaver = Promise.resolve(pace.turn(client.signal)).catch((reason: unknown) => reason);
    const behind = queueUp(pace, 1);
    client.abort('left');
    expect(await leaver).toBe('left');
    await pass(99);
    expect(behind).toHaveLength(1);
  });

  it('takes in nobody who has left already', async () => {
    const pace = await limitedPace(50);
    await expect(pace.turn(AbortSignal.abort('left'))).rejects.toBe('left');
    expect(pace.waiting).toBe(0);
  });

  it('lets everybody go when the limit is forgotten', async () => {
    const pace = await limitedPace(0);
    const left = queueUp(pace, 1_000);
    await pass(60_000);
    expect(left.length).toBeLessThan(400);
    await pass(1_000);
    expect(left).toHaveLength(1_000);
  });
});

describe('the rate', () => {
  /** Asks as fast as the pace lets, of a backend that answers everything; gives the rate after each second. */
  async function climb(pace: Pace, seconds: number): Promise<readonly number[]> {
    const rates: number[] = [];
    const end = now() + seconds * 1_000;
    const ask = async () => {
      while (now() < end) {
        await pace.turn(NEVER);
        if (pace.callsPerSecond === undefined) return;
        const sentAt = now();
        await new Promise((resolve) => setTimeout(resolve, 10));
        pace.answered(sentAt);
      }
    };
    for (let caller = 0; caller < 16; caller++) void ask();
    for (let second = 0; second < seconds; second++) {
      await pass(1_000);
      rates.push(Math.round(pace.callsPerSecond ?? Number.POSITIVE_INFINITY));
    }
    return rates;
  }

  it('about doubles each second from a first guess, until the limit is gone', async () => {
    const pace = await limitedPace(50);
    const rates = await climb(pace, 8);
    expect(rates[0]).toBeGreaterThan(55);
    expect(rates[0]).toBeLessThan(85);
    expect(rates.at(-1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('climbs by a tenth of what was too fast each second after another complaint', async () => {
    const pace = await limitedPace(100);
    pace.answered(now());
    pace.throttled(now(), undefined);
    // 70 was too fast, 49 is left: 7 more each second.
    const rates = await climb(pace, 5);
    rates.forEach((rate, second) => {
      expect(Math.abs(rate - (49 + 7 * (second + 0.9)))).toBeLessThan(3);
    });
  });

  it('learns nothing from answers to calls that left before the complaint', async () => {
    const pace = await limitedPace(50);
    const before = pace.callsPerSecond;
    for (let call = 0; call < 100; call++) pace.answered(now() - 2);
    expect(pace.callsPerSecond).toBe(before);
  });
});
