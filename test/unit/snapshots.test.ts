import { beforeEach, describe, expect, it } from 'vitest';
import { createSnapshots, type SnapshotKey, type Snapshots, snapshotsFor } from '../../src/snapshots.ts';

const KEY: SnapshotKey = { account: 'one', source: 'PAI', filter: 'text=x' };

let time: number;
let generations: Map<string, number>;
let reads: string[];
let snapshots: Snapshots;
beforeEach(() => {
  time = 1_000_000;
  generations = new Map();
  reads = [];
  snapshots = createSnapshots(
    () => time,
    (source) => generations.get(source) ?? 0,
  );
});

const wrote = (source: string) => generations.set(source, (generations.get(source) ?? 0) + 1);
/** Reads rows that say what they were read for. */
const read = (key: SnapshotKey, whileReading = () => {}) =>
  snapshots.read(key, async () => {
    reads.push(key.account);
    whileReading();
    return [`${key.account} ${key.source} ${key.filter}`];
  });

describe('a snapshot', () => {
  it('is served for thirty seconds, and then read anew', async () => {
    await read(KEY);
    time += 29_999;
    expect(await read(KEY)).toEqual(['one PAI text=x']);
    expect(reads).toHaveLength(1);
    time += 1;
    await read(KEY);
    expect(reads).toHaveLength(2);
  });

  it.each([
    ['another account', { ...KEY, account: 'two' }],
    ['another source', { ...KEY, source: 'MODEL_ROUTER' }],
    ['another filter', { ...KEY, filter: '' }],
  ])('is never served to %s', async (_case, other) => {
    await read(KEY);
    expect(await read(other)).toEqual([`${other.account} ${other.source} ${other.filter}`]);
    expect(reads).toHaveLength(2);
  });

  it('is dropped by a write to its source, and by no other', async () => {
    await read(KEY);
    wrote('MODEL_ROUTER');
    await read(KEY);
    expect(reads).toHaveLength(1);
    wrote('PAI');
    await read(KEY);
    expect(reads).toHaveLength(2);
  });

  it('that a write overtook while it was read is not kept', async () => {
    await read(KEY, () => wrote('PAI'));
    await read(KEY);
    await read(KEY);
    expect(reads).toHaveLength(2);
  });

  it('that failed is not kept', async () => {
    const failing = snapshots.read(KEY, async () => {
      throw new RangeError('failed');
    });
    await expect(failing).rejects.toThrow('failed');
    expect(await read(KEY)).toEqual(['one PAI text=x']);
  });

  it('is one of sixteen: of more the oldest is forgotten', async () => {
    for (let account = 0; account <= 16; account += 1) await read({ ...KEY, account: String(account) });
    reads = [];
    for (const account of ['16', '1', '0']) await read({ ...KEY, account });
    expect(reads).toEqual(['0']);
  });
});

it('the store of a caller asks whether it may read before it looks, and before it loads', async () => {
  await read(KEY);
  const asked: string[] = [];
  const own = snapshotsFor(snapshots, (source) => {
    asked.push(source);
    throw new RangeError('refused');
  });
  for (const key of [KEY, { ...KEY, account: 'two' }]) {
    await expect(own.read(key, async () => reads)).rejects.toThrow('refused');
  }
  expect([asked, reads]).toEqual([['PAI', 'PAI'], ['one']]);
});
