import { describe, expect, it } from 'vitest';
import { WorkUnderWay } from '../../../src/transport/work-under-way.ts';

describe('work under way', () => {
  it('is found by its key until it ends', () => {
    const underWay = new WorkUnderWay<{ id: number }>();
    const work = { id: 1 };
    underWay.set('key', work);
    expect([underWay.get('key'), underWay.get('other')]).toEqual([work, undefined]);
    underWay.delete('key', work);
    expect(underWay.get('key')).toBeUndefined();
  });

  it('does not take along what has taken its place when it ends', () => {
    const underWay = new WorkUnderWay<{ id: number }>();
    const [abandoned, next] = [{ id: 1 }, { id: 2 }];
    underWay.set('key', abandoned);
    underWay.set('key', next);
    underWay.delete('key', abandoned);
    expect(underWay.get('key')).toBe(next);
  });
});
