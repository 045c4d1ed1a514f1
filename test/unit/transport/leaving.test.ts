import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import type { Credentials } from '../../../src/transport/credentials.ts';
import { UNWATCHED_CALL } from '../../support/unwatched.ts';
import { ask, failure, httpServer, NEVER, openUpstream, READ, WRITE } from './support/upstream.ts';

interface Held {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

/** A backend that holds every request until it is told what to answer. */
async function holdingServer() {
  const held: Held[] = [];
  const server = await httpServer((message, response) => void held.push({ message, response }));
  const holds = (count: number) => expect.poll(() => held.length).toBe(count);
  return Object.assign(server, { held, holds });
}

const gone = async ({ message }: Held) => {
  if (!message.socket.destroyed) await once(message.socket, 'close');
};

describe('a client that leaves', () => {
  it('while its call runs: the backend sees it', async () => {
    await using server = await holdingServer();
    await using upstream = openUpstream(server.url);
    const client = new AbortController();
    const call = failure(ask(upstream, READ, client.signal));
    await server.holds(1);
    client.abort('left');
    expect(await call).toBe('left');
    await gone(server.held[0] as Held);
  });

  it('while its call waits to be sent again: it is not', async () => {
    const refused = Promise.withResolvers<void>();
    await using server = await httpServer((_message, response) => {
      response.writeHead(503, { 'retry-after': '0.3' }).end(() => refused.resolve());
    });
    const retried = Promise.withResolvers<void>();
    const attempt = () => ({ headers: {}, ended: () => retried.resolve() });
    await using upstream = openUpstream(server.url, { witness: { ...UNWATCHED_CALL, attempt } });
    const client = new AbortController();
    const call = failure(ask(upstream, READ, client.signal));
    await Promise.all([refused.promise, retried.promise]);
    client.abort('left');
    expect(await call).toBe('left');
    // The same account's next call, which waits for its own retry, would come behind that of the one that left.
    await failure(ask(upstream, { ...READ, path: '/things/2' }));
    expect(server.arrivals.map(({ url }) => url)).toEqual([
      '/things/1',
      ...Array<string>(3).fill('/things/2'),
    ]);
  });

  it('while its call stands in the line for the pace: it never leaves, and those behind it move up', async () => {
    await using server = await httpServer((_message, response) => {
      if (server.arrivals.length > 1) response.end('{}');
      else response.writeHead(400, { 'x-acs-retry-after': '300' }).end('{"Code":"Throttling.User"}');
    });
    await using upstream = openUpstream(server.url);
    await failure(ask(upstream, WRITE));
    const client = new AbortController();
    const leaving = failure(ask(upstream, { ...READ, path: '/leaves' }, client.signal));
    const staying = ask(upstream, { ...READ, path: '/stays' });
    await expect.poll(() => upstream.upstream.state().running).toBe(2);
    client.abort('left');
    expect(await leaving).toBe('left');
    expect(await staying).toMatchObject({ status: 200 });
    expect(server.arrivals.map(({ url }) => url)).toEqual(['/things', '/stays']);
  });

  it('while its call waits for a place: it never leaves', async () => {
    await using server = await holdingServer();
    await using upstream = openUpstream(server.url, { concurrency: 1 });
    const first = ask(upstream, READ);
    await server.holds(1);
    const client = new AbortController();
    const leaving = failure(ask(upstream, { ...READ, path: '/leaves' }, client.signal));
    expect(upstream.upstream.state()).toMatchObject({ running: 1, queued: 1 });
    client.abort('left');
    expect(await leaving).toBe('left');
    expect(upstream.upstream.state()).toMatchObject({ running: 1, queued: 0 });
    server.held[0]?.response.end('{}');
    await first;
    expect(server.arrivals).toHaveLength(1);
  });

  it('and led a read that others wait for: they get their answer, and the backend sees nothing', async () => {
    await using server = await holdingServer();
    await using upstream = openUpstream(server.url);
    const leader = new AbortController();
    const led = failure(ask(upstream, READ, leader.signal));
    const followers = [ask(upstream, READ), ask(upstream, READ)];
    await server.holds(1);
    leader.abort('left');
    expect(await led).toBe('left');
    expect(server.held[0]?.message.socket.destroyed).toBe(false);
    server.held[0]?.response.end('{"for":"followers"}');
    expect((await Promise.all(followers)).map(({ body }) => body)).toEqual(
      Array(2).fill('{"for":"followers"}'),
    );
    expect(server.arrivals).toHaveLength(1);
  });

  it('as the last of those who wait for one read: the backend sees it', async () => {
    await using server = await holdingServer();
    await using upstream = openUpstream(server.url);
    const clients = [new AbortController(), new AbortController(), new AbortController()];
    const calls = clients.map(({ signal }) => failure(ask(upstream, READ, signal)));
    await server.holds(1);
    for (const [index, client] of clients.entries()) client.abort(`client ${index}`);
    expect(await Promise.all(calls)).toEqual(['client 0', 'client 1', 'client 2']);
    await gone(server.held[0] as Held);
    expect(server.arrivals).toHaveLength(1);
  });

  it('and comes back at once is sent anew: what was broken off is not joined', async () => {
    await using server = await holdingServer();
    await using upstream = openUpstream(server.url);
    const client = new AbortController();
    const call = failure(ask(upstream, READ, client.signal));
    await server.holds(1);
    client.abort('left');
    const again = ask(upstream, READ);
    await call;
    await server.holds(2);
    server.held[1]?.response.end('{}');
    expect(await again).toMatchObject({ status: 200 });
  });

  it('during a write is told whether it had left by then', async () => {
    await using server = await holdingServer();
    await using upstream = openUpstream(server.url, { concurrency: 1 });
    const client = new AbortController();
    const [sent, waiting] = [WRITE, WRITE].map((write) => failure(ask(upstream, write, client.signal)));
    await server.holds(1);
    client.abort();
    expect(await sent).toMatchObject({ kind: 'REQUEST_TIMEOUT', mayHaveActed: true });
    expect(await waiting).toMatchObject({ kind: 'REQUEST_TIMEOUT', mayHaveActed: false });
  });

  it('gives its place back once, though the credentials fail later', async () => {
    const credentials = Promise.withResolvers<Credentials>();
    const source = { description: 'late', get: () => credentials.promise };
    await using upstream = openUpstream('http://127.0.0.1:9', { credentials: source });
    const client = new AbortController();
    const left = upstream.call(READ, client.signal).catch((reason: unknown) => reason);
    await expect.poll(() => upstream.upstream.state().running).toBe(1);
    client.abort('left');
    expect(await left).toBe('left');
    credentials.reject(new GatewayError('UNAUTHENTICATED', 'No credentials.'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(upstream.upstream.state().running).toBe(0);
  });

  it('before its call began asks nobody for credentials, and is nobody’s unhandled rejection', async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown) => void rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    let asked = 0;
    const failing = {
      description: 'none',
      get: () => {
        asked += 1;
        return Promise.reject(new GatewayError('UNAUTHENTICATED', 'No credentials.'));
      },
    };
    await using upstream = openUpstream('http://127.0.0.1:9', { credentials: failing });
    expect(await failure(ask(upstream, READ, AbortSignal.abort('left')))).toBe('left');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onRejection);
    expect(asked).toBe(0);
    expect(rejections).toEqual([]);
  });

  it('while credentials are sought, which then fail, is nobody’s unhandled rejection', async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown) => void rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    const search = Promise.withResolvers<never>();
    await using upstream = openUpstream('http://127.0.0.1:9', {
      credentials: { description: 'slow', get: () => search.promise },
    });
    const client = new AbortController();
    const call = failure(ask(upstream, READ, client.signal));
    await new Promise((resolve) => setImmediate(resolve));
    client.abort('left');
    expect(await call).toBe('left');
    search.reject(new Error('no keys'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onRejection);
    expect(rejections).toEqual([]);
  });
});

describe('a request whose time is over', () => {
  it('stops its call at the backend, however long the operation might take', async () => {
    await using server = await holdingServer();
    await using upstream = openUpstream(server.url);
    const error = await failure(ask(upstream, READ, NEVER, performance.now() + 100));
    expect(error).toMatchObject({ kind: 'REQUEST_TIMEOUT', code: 'UPSTREAM_TIMEOUT', retryable: true });
    await gone(server.held[0] as Held);
    expect(server.arrivals).toHaveLength(1);
  });
});
