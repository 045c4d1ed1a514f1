import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { batchById, fanOutById } from '../../../src/transport/batching.ts';

interface Row {
  readonly id: string;
  readonly text: string;
}

const row = (id: string): Row => ({ id, text: `row ${id}` });
const missing = (id: string) => new GatewayError('NOT_FOUND', `no ${id}`);

/** A loader over `answer`, and the calls it makes. */
function batching(answer: (ids: readonly string[]) => readonly Row[], maxBatchSize = 100) {
  const calls: (readonly string[])[] = [];
  const loader = batchById<Row>({
    maxBatchSize,
    read: async (ids) => {
      calls.push(ids);
      return answer(ids);
    },
    idOf: ({ id }) => id,
    missing,
  });
  return { loader, calls };
}

describe('batchById', () => {
  it('asks for the ids of one tick in one call and matches rows by id, in whatever order they come', async () => {
    const { loader, calls } = batching((ids) => ids.toReversed().map(row));
    const ids = ['a', 'b', 'c', 'd'];
    expect(await Promise.all(ids.map((id) => loader.load(id)))).toEqual(ids.map(row));
    expect(calls).toEqual([ids]);
  });

  it('asks once for an id that is wanted many times', async () => {
    const { loader, calls } = batching((ids) => ids.map(row));
    await Promise.all(['a', 'b', 'a', 'a'].map((id) => loader.load(id)));
    await loader.load('b');
    expect(calls).toEqual([['a', 'b']]);
  });

  it('a row that is left out is the missing error of its id and moves no other row', async () => {
    const { loader } = batching((ids) => ids.filter((id) => id !== 'b').map(row));
    const [a, b, c] = await Promise.allSettled(['a', 'b', 'c'].map((id) => loader.load(id)));
    expect(a).toMatchObject({ value: row('a') });
    expect(b).toMatchObject({ reason: { kind: 'NOT_FOUND', message: 'no b' } });
    expect(c).toMatchObject({ value: row('c') });
  });

  it('rows that come twice, and rows that nobody asked for, move no other row', async () => {
    const { loader } = batching((ids) => [row('x'), ...ids.flatMap((id) => [row(id), row(id)]), row('y')]);
    expect(await Promise.all(['a', 'b'].map((id) => loader.load(id)))).toEqual([row('a'), row('b')]);
  });

  it('more ids than one call can name become several calls, and a failing one fails its own ids only', async () => {
    const failure = new GatewayError('UNAVAILABLE', 'down');
    const { loader, calls } = batching((ids) => {
      if (ids.includes('3')) throw failure;
      return ids.map(row);
    }, 3);
    const results = await Promise.allSettled(Array.from({ length: 7 }, (_, id) => loader.load(String(id))));
    expect(calls).toEqual([['0', '1', '2'], ['3', '4', '5'], ['6']]);
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(3).fill('fulfilled'),
      ...Array(3).fill('rejected'),
      'fulfilled',
    ]);
    expect(results.slice(3, 6)).toEqual(Array(3).fill({ status: 'rejected', reason: failure }));
  });
});

describe('fanOutById', () => {
  it('makes one call for each distinct key, told apart by what is in it', async () => {
    const calls: unknown[] = [];
    const loader = fanOutById(async (key: readonly [{ readonly name?: string }, number]) => {
      calls.push(key);
      return calls.length;
    });
    const keys = [
      [{ name: 'a' }, 1],
      [{ name: 'a' }, 2],
      [{ name: 'a' }, 1],
      [{}, 1],
      [{}, 1],
    ] as const;
    expect(await Promise.all(keys.map((key) => loader.load(key)))).toEqual([1, 2, 1, 3, 3]);
    expect(calls).toEqual([
      [{ name: 'a' }, 1],
      [{ name: 'a' }, 2],
      [{}, 1],
    ]);
  });

  it('a key that waits holds no other up', async () => {
    const slow = Promise.withResolvers<string>();
    const loader = fanOutById((key: string) => (key === 'slow' ? slow.promise : Promise.resolve(key)));
    let isSlowSettled = false;
    const waiting = loader.load('slow').finally(() => {
      isSlowSettled = true;
    });
    expect(await loader.load('fast')).toBe('fast');
    expect(isSlowSettled).toBe(false);
    slow.resolve('late');
    expect(await waiting).toBe('late');
  });

  it('a key that fails fails alone, for everyone who asked for it at once', async () => {
    let calls = 0;
    const loader = fanOutById(async (key: string) => {
      calls += 1;
      if (key === 'bad') throw missing(key);
      return key;
    });
    const results = await Promise.allSettled(['bad', 'good', 'bad'].map((key) => loader.load(key)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(calls).toBe(2);
  });
});
