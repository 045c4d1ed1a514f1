import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UpstreamRequest } from '../../../src/transport/request.ts';
import { authorization, sha256Hex } from '../../../src/transport/sign.ts';
import { answer, type Handle, openFakeUpstream, refusal } from './support/fake-backend.ts';
import {
  ask,
  failure,
  httpServer,
  NEVER,
  openUpstream,
  READ,
  rawServer,
  SIGNING_KEY,
  WRITE,
} from './support/upstream.ts';

type Fault = (message: IncomingMessage, response: ServerResponse) => void;

const answering =
  (status: number, body = '', headers: Record<string, string> = {}): Fault =>
  (_message, response) =>
    void response.writeHead(status, headers).end(body);
const refusing = (status: number, code: string) => answering(status, `{"Code":"${code}"}`);

const FAULTS: readonly [what: string, fault: Fault, kind: string, sent: number][] = [
  ['a connection that breaks', ({ socket }) => void socket.resetAndDestroy(), 'UNAVAILABLE', 3],
  ['an attempt without an answer', () => undefined, 'TIMEOUT', 3],
  ['504', answering(504), 'TIMEOUT', 3],
  ['503', answering(503), 'UNAVAILABLE', 3],
  ['502 in HTML', answering(502, '<html>'), 'UNAVAILABLE', 3],
  ['a throttled account', refusing(400, 'Throttling.User'), 'RATE_LIMITED', 3],
  ['429', answering(429), 'RATE_LIMITED', 3],
  ['500', answering(500), 'BACKEND_FAULT', 2],
  ['an answer that is no JSON', answering(200, 'hello'), 'UNREADABLE', 2],
  [
    'an answer that breaks off',
    (_message, response) =>
      void response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
    'UNREADABLE',
    2,
  ],
  ['a nonce seen before', refusing(400, 'SignatureNonceUsed'), 'NONCE_USED', 2],
  ['a value that is refused', refusing(400, 'InvalidParameter'), 'INVALID_INPUT', 1],
  ['a key that is refused', refusing(403, 'InvalidAccessKeyId.Inactive'), 'UNAUTHENTICATED', 1],
  ['what may not be done', refusing(403, 'Forbidden.RAM'), 'FORBIDDEN', 1],
  ['what does not exist', refusing(404, 'Model.NotFound'), 'NOT_FOUND', 1],
  ['a conflict', refusing(409, 'AlreadyExists'), 'CONFLICT', 1],
  ['a redirect', answering(302, '', { location: '/elsewhere' }), 'UNEXPECTED_REFUSAL', 1],
];

describe('a read is sent again', () => {
  it.each(FAULTS)(
    'after %s as often as may help, and not more than twice',
    async (_what, fault, kind, sent) => {
      await using server = await httpServer(fault);
      await using upstream = openUpstream(server.url, { attemptTimeoutMs: 60 });
      expect(await failure(ask(upstream, READ))).toMatchObject({ kind });
      expect(server.arrivals).toHaveLength(sent);
    },
  );

  it.each(FAULTS.filter(([, , , sent]) => sent > 1))(
    'after %s, and its caller never hears of it where the last attempt succeeds',
    async (_what, fault, _kind, sent) => {
      await using server = await httpServer((message, response) => {
        if (server.arrivals.length < sent) fault(message, response);
        else response.end('{"fine":true}');
      });
      await using upstream = openUpstream(server.url, { attemptTimeoutMs: 60 });
      expect(await ask(upstream, READ)).toMatchObject({ body: '{"fine":true}' });
      expect(server.arrivals).toHaveLength(sent);
    },
  );

  it('is sent again at most twice in all, whatever each attempt meets', async () => {
    const script = [
      refusing(400, 'InvalidTimeStamp.Expired'),
      answering(503),
      answering(503),
      answering(503),
    ];
    await using server = await httpServer((message, response) => {
      response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
      script[server.arrivals.length - 1]?.(message, response);
    });
    await using upstream = openUpstream(server.url, { now: Date.now });
    expect(await failure(ask(upstream, READ))).toMatchObject({ kind: 'UNAVAILABLE' });
    expect(server.arrivals).toHaveLength(3);
  });

  it('with a nonce, a date and a signature of its own', async () => {
    let now = Date.UTC(2026, 0, 15, 8, 30, 0);
    await using server = await httpServer((_message, response) => {
      now += 1_000;
      response.writeHead(503).end();
    });
    await using upstream = openUpstream(server.url, { now: () => now });
    await failure(ask(upstream, READ));
    const sent = server.arrivals.map(({ headers }) => headers as Readonly<Record<string, string>>);
    expect(sent.map((headers) => headers['x-acs-signature-nonce'])).toEqual([
      'nonce-1',
      'nonce-2',
      'nonce-3',
    ]);
    expect(sent.map((headers) => headers['x-acs-date'])).toEqual([
      '2026-01-15T08:30:00Z',
      '2026-01-15T08:30:01Z',
      '2026-01-15T08:30:02Z',
    ]);
    for (const headers of sent) {
      const signed = { method: 'GET', path: READ.path, search: '', headers, bodySha256: sha256Hex('') };
      expect(headers['authorization']).toBe(authorization(signed, SIGNING_KEY));
    }
  });
});

describe('connections that served, and break as the next requests leave', () => {
  const COUNT = 24;
  const each = (request: UpstreamRequest) =>
    Array.from({ length: COUNT }, (_, index) => ({ ...request, path: `/things/${index}` }));

  /** A backend that has answered on so many connections, and resets those as soon as they bring something more. */
  async function openStale() {
    const stale = new Set<Socket>();
    const waiting: ServerResponse[] = [];
    const server = await httpServer(({ socket }, response) => {
      if (stale.has(socket)) socket.resetAndDestroy();
      else if (stale.size === COUNT) response.end('{"fine":true}');
      else if (waiting.push(response) === COUNT) for (const held of waiting) held.end('{}');
    });
    const upstream = openUpstream(server.url, { concurrency: COUNT });
    await Promise.all(each(READ).map((request) => ask(upstream, request)));
    for (const { socket } of server.arrivals.splice(0)) stale.add(socket);
    return { server, upstream };
  }

  it('cost no read, and the backend is asked as before', async () => {
    const { server, upstream } = await openStale();
    await using _server = server;
    await using _upstream = upstream;
    const answers = await Promise.all(each(READ).map((request) => ask(upstream, request)));
    expect(answers.map(({ body }) => body)).toEqual(Array(COUNT).fill('{"fine":true}'));
    expect(server.arrivals).toHaveLength(2 * COUNT);
    expect(upstream.upstream.state().breaker).toBe('closed');
  });

  it('leave open what became of a write, which is not sent again', async () => {
    const { server, upstream } = await openStale();
    await using _server = server;
    await using _upstream = upstream;
    const failures = await Promise.all(each(WRITE).map((request) => failure(ask(upstream, request))));
    for (const error of failures) expect(error).toMatchObject({ kind: 'UNAVAILABLE', mayHaveActed: true });
    expect(server.arrivals).toHaveLength(COUNT);
    expect(upstream.upstream.state().breaker).toBe('closed');
  });
});

it('a connection that breaks in its first answer counts against the backend', async () => {
  await using server = await rawServer(
    (socket) => void socket.write('HTTP/1.1 200', () => socket.resetAndDestroy()),
  );
  await using upstream = openUpstream(server.url);
  await failure(ask(upstream, READ));
  await failure(ask(upstream, READ));
  expect(upstream.upstream.state().breaker).toBe('open');
});

describe('a write is sent once', () => {
  it.each(FAULTS)('whatever happens: %s', async (_what, fault, kind) => {
    await using server = await httpServer(fault);
    await using upstream = openUpstream(server.url, { timeoutMs: 60, attemptTimeoutMs: 20 });
    expect(await failure(ask(upstream, WRITE))).toMatchObject({ kind });
    expect(server.arrivals).toHaveLength(1);
  });

  it('even where the same request does no more when sent twice', async () => {
    await using server = await httpServer(answering(503));
    await using upstream = openUpstream(server.url);
    const idempotent: UpstreamRequest = { ...WRITE, operation: { ...WRITE.operation, idempotent: true } };
    await failure(ask(upstream, idempotent));
    expect(server.arrivals).toHaveLength(1);
  });
});

describe('the pause before a retry', () => {
  afterEach(() => void vi.useRealTimers());

  /** Milliseconds between the end of one attempt and the beginning of the next. */
  async function pauses(handle: Handle, random: () => number, timeoutMs = 10_000) {
    vi.useFakeTimers();
    const upstream = openFakeUpstream(handle, { random, roundTripMs: 10, timeoutMs });
    const error = failure(upstream.call(READ));
    await vi.advanceTimersByTimeAsync(timeoutMs);
    const { sentAt } = upstream;
    return {
      error: await error,
      pausesMs: sentAt.slice(1).map((at, attempt) => at - (sentAt[attempt] ?? 0) - 10),
    };
  }

  it.each([
    [0.01, [1, 2]],
    [0.5, [50, 100]],
    [0.99, [99, 198]],
  ])('is any part of 100 ms, then of 200 ms: %d of it', async (random, expected) => {
    const { pausesMs } = await pauses(
      () => answer(503),
      () => random,
    );
    expect(pausesMs).toEqual(expected);
  });

  it('is drawn anew each time', async () => {
    const drawn = [0.9, 0.1];
    const { pausesMs } = await pauses(
      () => answer(503),
      () => drawn.shift() ?? 0,
    );
    expect(pausesMs).toEqual([90, 20]);
  });

  it.each([
    ['x-acs-retry-after: 1500', refusal(400, 'Throttling', { 'x-acs-retry-after': '1500' }), 1_500],
    ['Retry-After: 2', answer(429, '', { 'retry-after': '2' }), 2_000],
    ['Retry-After: 2 of a service that is down', answer(503, '', { 'retry-after': '2' }), 2_000],
    [
      'Retry-After, a date 3 s on',
      answer(503, '', {
        date: 'Thu, 15 Jan 2026 12:00:00 GMT',
        'retry-after': 'Thu, 15 Jan 2026 12:00:03 GMT',
      }),
      3_000,
    ],
  ])('is no shorter than the backend asks for: %s', async (_what, refused, toldMs) => {
    const { pausesMs } = await pauses(
      () => refused,
      () => 0.5,
    );
    expect(pausesMs).toHaveLength(2);
    expect(pausesMs[0]).toBe(toldMs + 50);
    expect(pausesMs[1]).toBeGreaterThanOrEqual(toldMs);
  });

  it('that would outlast the deadline is not begun: the caller is told at once how long to wait', async () => {
    const begun = performance.now();
    await using server = await httpServer(answering(429, '', { 'retry-after': '30' }));
    await using upstream = openUpstream(server.url);
    const error = await failure(ask(upstream, READ));
    expect(error).toMatchObject({ kind: 'RATE_LIMITED', retryable: true, retryAfterMs: 30_000 });
    expect(server.arrivals).toHaveLength(1);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('counts from the patience of the caller where that is less', async () => {
    await using server = await httpServer(answering(503, '', { 'retry-after': '2' }));
    await using upstream = openUpstream(server.url);
    const error = await failure(ask(upstream, READ, NEVER, performance.now() + 1_900));
    expect(error).toMatchObject({ kind: 'UNAVAILABLE', retryAfterMs: 2_000 });
    expect(server.arrivals).toHaveLength(1);
  });

  it('a throttled caller is told how long to wait even where the backend does not say, or says 0', async () => {
    for (const headers of [{}, { 'x-acs-retry-after': '0' }]) {
      await using server = await httpServer(answering(429, '', headers));
      await using upstream = openUpstream(server.url);
      const error = await failure(ask(upstream, WRITE));
      expect(error.retryAfterMs).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('the budget of retries', () => {
  afterEach(() => void vi.useRealTimers());

  /** A backend that answers within no time, and a clock that is moved by hand, so that nothing fills the reserve up. */
  function openAtOnce(handle: Handle) {
    vi.useFakeTimers();
    const clock = { nowMs: 0 };
    const upstream = openFakeUpstream(handle, {
      roundTripMs: 0,
      concurrency: 1,
      maxQueued: 10_000,
      now: () => clock.nowMs,
    });
    return { upstream, clock };
  }

  /** Has calls fail one after the other; gives the requests that left for them. */
  async function failingCalls({ call, sentAt }: ReturnType<typeof openFakeUpstream>, calls: number) {
    const before = sentAt.length;
    const all = Array.from({ length: calls }, (_, thing) =>
      failure(call({ ...READ, path: `/things/${thing}` })),
    );
    await vi.advanceTimersByTimeAsync(5_000);
    await Promise.all(all);
    return sentAt.length - before;
  }

  it('is a tenth of the calls and a reserve of 10', async () => {
    const { upstream } = openAtOnce(() => refusal(400, 'SignatureNonceUsed'));
    expect(await failingCalls(upstream, 2_000)).toBe(2_000 + 200 + 10);
  });

  it('is not earned by calls that an open breaker refused', async () => {
    let refused = refusal(400, 'SignatureNonceUsed');
    const { upstream, clock } = openAtOnce(() => refused);
    await failingCalls(upstream, 100);
    refused = answer(500);
    await failingCalls(upstream, 10);
    expect(upstream.state().breaker).toBe('open');
    expect(await failingCalls(upstream, 2_000)).toBe(0);
    refused = refusal(400, 'SignatureNonceUsed');
    clock.nowMs += 2_000;
    // Two seconds gave back two retries of the reserve; these five calls and the five before it opened earned one.
    expect(await failingCalls(upstream, 5)).toBe(5 + 2 + 1);
  });
});
