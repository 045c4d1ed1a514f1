import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTurn } from '../../../src/schema/catalog/in-turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TURN_MS = 500;

/** Works of that many milliseconds each, how many of them have begun, and what has ended. */
function worksOf(...durations: readonly number[]) {
  const begun: number[] = [];
  const ended: number[] = [];
  const works = durations.map((ms, index) => async () => {
    begun.push(index);
    await new Promise((resolve) => setTimeout(resolve, ms));
    ended.push(index);
  });
  return { works, begun, ended };
}

const never = () => false;

describe('works in turn', () => {
  it('begin one after the other while there is time', async () => {
    const { works, begun } = worksOf(100, 100, 100);
    const all = inTurn(works, never, TURN_MS);
    await vi.advanceTimersByTimeAsync(199);
    expect(begun).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(101);
    await all;
    expect(begun).toEqual([0, 1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['the first', [60_000, 10, 10], [0]],
    ['the second', [100, 60_000, 10], [0, 1]],
  ] as const)('begin all at once when the time is over while %s goes on', async (_which, times, before) => {
    const { works, begun, ended } = worksOf(...times);
    const all = inTurn(works, never, TURN_MS);
    await vi.advanceTimersByTimeAsync(TURN_MS - 1);
    expect(begun).toEqual(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual([0, 1, 2]);
    await vi.advanceTimersByTimeAsync(60_000);
    await all;
    expect(ended).toHaveLength(3);
  });

  it('begin all at once where there is no time', async () => {
    const { works, begun } = worksOf(10, 10);
    const all = inTurn(works, never, 0);
    expect(begun).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(10);
    await all;
  });

  it('begin no further one, and wait for none, when it is enough', async () => {
    const { works, begun, ended } = worksOf(10, 60_000, 20, 10);
    const one = inTurn(works.slice(0, 2), () => ended.length > 0, TURN_MS);
    await vi.advanceTimersByTimeAsync(10);
    await one;
    expect(begun).toEqual([0]);
    const late = inTurn(works.slice(1), () => ended.includes(3), TURN_MS);
    await vi.advanceTimersByTimeAsync(TURN_MS + 20);
    await late;
    expect(ended).not.toContain(1);
  });

  it('end with the error of one of them', async () => {
    const { works } = worksOf(60_000);
    const broken = async () => Promise.reject(new Error('a bug'));
    await expect(inTurn([broken, ...works], never, TURN_MS)).rejects.toThrow('a bug');
    expect(vi.getTimerCount()).toBe(0);
  });
});
