import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TokenBuckets } from '../../../src/http/token-buckets.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a caller begins with the burst, and gets more by the minute', () => {
  const buckets = new TokenBuckets({ perMinute: 60, burst: 3 });
  expect([1, 1, 1, 1].map((count) => buckets.take('a', count))).toEqual([
    undefined,
    undefined,
    undefined,
    1000,
  ]);
  vi.advanceTimersByTime(2500);
  expect(buckets.take('a', 3)).toBe(500);
  expect(buckets.take('a', 2)).toBeUndefined();
  expect(buckets.take('a', 1)).toBe(500);
});

it('forgets, of more callers than it may remember, who asked longest ago', () => {
  const buckets = new TokenBuckets({ perMinute: 1, burst: 1 }, 3);
  const asks = (...callers: readonly string[]) =>
    callers.map((caller) => buckets.take(caller, 1) === undefined);
  expect(asks('a', 'b', 'c')).toEqual([true, true, true]);
  expect(asks('a', 'b', 'c')).toEqual([false, false, false]);
  expect(asks('a')).toEqual([false]);
  // "b" is the one who asked longest ago.
  expect(asks('d', 'a', 'c')).toEqual([true, false, false]);
  expect(asks('b')).toEqual([true]);
});

it('remembers ten thousand callers, and no more: strangers without end fill no memory', () => {
  const buckets = new TokenBuckets({ perMinute: 1, burst: 1 });
  const isServed = (caller: string) => buckets.take(caller, 1) === undefined;
  for (let caller = 0; caller < 10_000; caller += 1) isServed(`caller ${caller}`);
  expect(isServed('caller 0')).toBe(false);
  isServed('one more');
  expect([isServed('caller 0'), isServed('caller 1')]).toEqual([false, true]);
});
