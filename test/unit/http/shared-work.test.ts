import { expect, it } from 'vitest';
import { SharedWork } from '../../../src/http/shared-work.ts';
import type { Signal } from '../../../src/transport/signal.ts';

/** Work that ends when it is told to, whoever waits for it. */
function open() {
  const works = new SharedWork<string>();
  const begun: { readonly signal: Signal; readonly end: (result: string) => void }[] = [];
  return {
    begun,
    join(client = new AbortController().signal) {
      return works.join('key', client, (signal) => {
        const { promise, resolve } = Promise.withResolvers<string>();
        begun.push({ signal, end: resolve });
        return promise;
      });
    },
  };
}

it('work that nobody waits for any more is not joined, though it goes on', async () => {
  const { begun, join } = open();
  const clients = [new AbortController(), new AbortController()];
  const left = clients.map(({ signal }) => join(signal));
  for (const client of clients) client.abort();
  expect([begun.length, begun[0]?.signal.aborted]).toEqual([1, true]);
  const late = join();
  expect([begun.length, begun[1]?.signal.aborted]).toEqual([2, false]);
  begun[0]?.end('first');
  begun[1]?.end('second');
  expect(await Promise.all([...left, late])).toEqual(['first', 'first', 'second']);
});

it('what ends late does not have its follower forgotten', async () => {
  const { begun, join } = open();
  const client = new AbortController();
  const left = join(client.signal);
  client.abort();
  void join();
  begun[0]?.end('first');
  await left;
  void join();
  expect(begun).toHaveLength(2);
});

it('who has left before it begins waits for nothing', () => {
  const { begun, join } = open();
  void join(AbortSignal.abort());
  expect(begun[0]?.signal.aborted).toBe(true);
});
