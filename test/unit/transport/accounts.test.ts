import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { BREAKER_DEFAULTS } from '../../../src/transport/breaker.ts';
import { Credentials, staticCredentials } from '../../../src/transport/credentials.ts';
import { createUpstreamPool } from '../../../src/transport/upstream.ts';
import { UNWATCHED_CALL } from '../../support/unwatched.ts';

it('an account whose calls hang leaves the others their places and their connections', async () => {
  const hung: ServerResponse[] = [];
  const server = createServer((message, response) => {
    if (String(message.headers.authorization).includes('Credential=hangs')) hung.push(response);
    else response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = createUpstreamPool(
    {
      endpoint: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      timeoutMs: 5_000,
      attemptTimeoutMs: 5_000,
      concurrency: 2,
      maxQueued: 10,
      hasSingleFlight: true,
      maxBodyBytes: 1_000,
      userAgent: 'modelgraph-test',
      breaker: BREAKER_DEFAULTS,
    },
    {
      now: Date.now,
      nonce: () => crypto.randomUUID(),
      monotonicMs: () => performance.now(),
      random: () => 0,
    },
    () => 0,
    { breakerChanged: () => undefined },
  );
  const client = new AbortController();
  const call = (account: string, thing: number) =>
    pool.forAccount(account, staticCredentials(new Credentials(account, 'secret'), 'the test')).call(
      {
        operation: { name: 'ReadThing', version: '2021-02-04', access: 'read', idempotent: true },
        method: 'GET',
        path: `/things/${thing}`,
        query: [],
      },
      ({ status }) => status,
      { signal: client.signal, until: Number.POSITIVE_INFINITY },
      UNWATCHED_CALL,
    );
  const hanging = [1, 2, 3].map((thing) => call('hangs', thing).catch((reason: unknown) => reason));
  await expect.poll(() => hung.length).toBe(2);
  expect(await Promise.all([1, 2, 3].map((thing) => call('answers', thing)))).toEqual([200, 200, 200]);
  expect(pool.states().map(({ running, queued }) => [running, queued])).toEqual([
    [2, 1],
    [0, 0],
  ]);
  client.abort('left');
  expect(await Promise.all(hanging)).toEqual(['left', 'left', 'left']);
  await pool.close();
  server.close();
});
