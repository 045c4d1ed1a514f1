import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Flight } from '../../../src/transport/flight.ts';
import { Roster } from '../../../src/transport/roster.ts';
import { Cancellation } from '../../../src/transport/signal.ts';
import { WorkUnderWay } from '../../../src/transport/work-under-way.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { readonly type: 'minor' | 'major' }) => void;

const COMING = 600;
const AT_ONCE = 4;
const BETWEEN_COLLECTIONS = 24;
/** Numbers in each: about 50 kB. */
const LENGTH = 6_000;

const newWork = () => ({ answer: new Array<number>(LENGTH).fill(0) });

/** Megabytes that have become old when so many have come and gone, with only new objects collected meanwhile. */
function becomeOldMb(add: (work: object, index: number) => () => unknown): number {
  collect({ type: 'major' });
  const before = oldMb();
  const leaving: (() => unknown)[] = [];
  for (let index = 0; index < COMING; index += 1) {
    leaving.push(add(newWork(), index));
    if (leaving.length > AT_ONCE) leaving.shift()?.();
    if (index % BETWEEN_COLLECTIONS === 0) collect({ type: 'minor' });
  }
  for (const leave of leaving) leave();
  return oldMb() - before;
}

function oldMb(): number {
  const old = getHeapSpaceStatistics().find((space) => space.space_name === 'old_space');
  return (old?.space_used_size ?? Number.NaN) / 1_000_000;
}

describe('what has ended', () => {
  it('grows no older for having been under way', () => {
    const underWay = new WorkUnderWay<object>();
    const grown = becomeOldMb((work, index) => {
      underWay.set(String(index), work);
      return () => underWay.delete(String(index), work);
    });
    expect(grown).toBeLessThan(1);
  });

  it('grows no older where other work takes its place', () => {
    const underWay = new WorkUnderWay<object>();
    const grown = becomeOldMb((work) => {
      underWay.set('key', work);
      return () => undefined;
    });
    expect(grown).toBeLessThan(1);
  });

  it('is let go of by a flight that has landed, however long that one is kept', () => {
    const flights: Flight<object, undefined>[] = [];
    const passenger = { landed: () => undefined, crashed: () => undefined, expired: () => new Error('late') };
    const patience = { signal: new Cancellation(), until: 60_000 };
    // Made out here: a function made beside the work would hold it.
    const begin = () =>
      new Flight<object, undefined>(
        undefined,
        () => undefined,
        patience,
        () => 0,
      );
    const grown = becomeOldMb((work) => {
      const flight = begin();
      flights.push(flight);
      flight.wait(passenger, patience);
      return () => flight.landed(work);
    });
    expect(flights).toHaveLength(COMING);
    expect(grown).toBeLessThan(2);
  });

  it('grows no older for having stood in a line', () => {
    const roster = new Roster<object>();
    const grown = becomeOldMb((work) => {
      const standing = roster.add(work);
      return () => roster.remove(standing);
    });
    expect(grown).toBeLessThan(1);
  });

  it('would in a map, which is why there are these two', () => {
    const map = new Map<number, object>();
    const grown = becomeOldMb((work, index) => {
      map.set(index, work);
      return () => map.delete(index);
    });
    expect(grown).toBeGreaterThan(10);
  });
});
