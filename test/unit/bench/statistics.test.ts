import { describe, expect, it } from 'vitest';
import { median, percentile, slopeOf } from '../../../bench/compare/statistics.ts';

describe('the statistics of the benchmark', () => {
  it('take the middle value, by size and not by spelling, and the mean of two', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([1, 100, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('find the value that a share of the others lies below', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 0.5)).toBe(51);
    expect(percentile(hundred, 0.99)).toBe(100);
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('tell fixed cost and slope of a straight line, and that it has no knee', () => {
    const line = [1, 10, 100, 1_000].map((size) => ({ size, ms: 3 + 0.02 * size }));
    const { fixedMs, msPerUnit, knee } = slopeOf(line);
    expect(fixedMs).toBeCloseTo(3);
    expect(msPerUnit).toBeCloseTo(0.02);
    expect(knee).toBeCloseTo(1);
  });

  it('tell a knee where the last step is steeper than the whole', () => {
    const square = [1, 10, 100, 1_000, 2_000].map((size) => ({ size, ms: 1 + 0.001 * size ** 2 }));
    expect(slopeOf(square).knee).toBeGreaterThan(1.4);
  });
});
