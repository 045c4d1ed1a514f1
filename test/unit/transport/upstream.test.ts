import type { ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { Credentials, staticCredentials } from '../../../src/transport/credentials.ts';
import type { UpstreamRequest } from '../../../src/transport/request.ts';
import { authorization, canonicalQuery, sha256Hex } from '../../../src/transport/sign.ts';
import { UNWATCHED_CALL } from '../../support/unwatched.ts';
import {
  ask,
  failure,
  httpServer,
  KEY,
  listen,
  NEVER,
  openUpstream,
  READ,
  rawServer,
  SIGNING_KEY,
  type TestSettings,
  WRITE,
} from './support/upstream.ts';

/** A deadline that is waited for. */
const SHORT_MS = 200;

describe('connections that fail', () => {
  it('a refused connection is UNAVAILABLE, and the backend surely did not act', async () => {
    const { url, port, ...server } = await rawServer(() => undefined);
    await server[Symbol.asyncDispose]();
    await using upstream = openUpstream(url);
    const error = await failure(upstream.call(WRITE, NEVER));
    expect(error).toMatchObject({ name: 'GatewayError', kind: 'UNAVAILABLE', mayHaveActed: false });
    expect(error.message).toBe('The backend could not be reached.');
  });

  it('a host that does not resolve is UNAVAILABLE, and the backend surely did not act', async () => {
    // A label of more than 63 letters: no resolver takes it, so nothing is asked of the network.
    await using upstream = openUpstream(`http://${'x'.repeat(64)}.invalid`);
    const error = await failure(upstream.call(WRITE, NEVER));
    expect(error).toMatchObject({ kind: 'UNAVAILABLE', mayHaveActed: false });
    expect(error.message).not.toContain('invalid');
  });

  it('plain HTTP where TLS is expected is TLS_FAILURE, which no repetition mends', async () => {
    await using server = await httpServer((_message, response) => response.end('{}'));
    await using upstream = openUpstream(server.url.replace('http:', 'https:'));
    const error = await failure(upstream.call(WRITE, NEVER));
    expect(error).toMatchObject({ kind: 'TLS_FAILURE', retryable: false, mayHaveActed: false });
    expect(server.arrivals).toHaveLength(0);
  });

  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n';
  it.each([
    ['reset before the answer', (socket: Socket) => void socket.resetAndDestroy(), 'UNAVAILABLE'],
    ['closed before the answer', (socket: Socket) => void socket.end(), 'UNAVAILABLE'],
    [
      'reset behind the headers',
      (socket: Socket) => void socket.write(head, () => socket.resetAndDestroy()),
      'UNREADABLE',
    ],
    ['closed within the body', (socket: Socket) => void socket.end(`${head}{"half":`), 'UNREADABLE'],
    [
      'closed within a chunked body',
      (socket: Socket) =>
        void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"ab"\r\n'),
      'UNREADABLE',
    ],
    [
      'an answer that stops being HTTP',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
      'UNREADABLE',
    ],
    ['no HTTP', (socket: Socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'), 'UNREADABLE'],
    [
      'endless headers',
      (socket: Socket) => void socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`),
      'UNREADABLE',
    ],
  ])('%s may have acted', async (_what, onRequest, kind) => {
    await using server = await rawServer(onRequest);
    await using upstream = openUpstream(server.url);
    const error = await failure(upstream.call(WRITE, NEVER));
    expect(error).toMatchObject({ name: 'GatewayError', kind, mayHaveActed: true, retryable: true });
    expect(error.message).not.toMatch(/127\.0\.0\.1|things/);
  });

  it('a broken connection does not spoil the next call', async () => {
    let isBroken = true;
    await using server = await httpServer((message, response) => {
      if (isBroken) message.socket.resetAndDestroy();
      else response.end('{}');
    });
    await using upstream = openUpstream(server.url, { concurrency: 1 });
    await failure(upstream.call(READ, NEVER));
    isBroken = false;
    expect(await upstream.call(READ, NEVER)).toMatchObject({ status: 200, body: '{}' });
  });
});

describe('the source of the keys', () => {
  it.each([
    ['InvalidAccessKeyId.NotFound', 404, 1],
    ['InvalidSecurityToken.Expired', 400, 1],
    ['Forbidden.RAM', 403, 0],
    ['InvalidTimeStamp.Expired', 400, 0],
    ['InvalidParameter', 400, 0],
  ])('learns of a refusal with %s (%s): %s times', async (code, status, times) => {
    await using server = await httpServer((_message, response) => {
      response.writeHead(status).end(`{"Code":"${code}"}`);
    });
    const refused = vi.fn();
    await using upstream = openUpstream(server.url, {
      credentials: { description: 'the test', get: () => SIGNING_KEY, refused },
    });
    await failure(ask(upstream, READ));
    expect(refused).toHaveBeenCalledTimes(times);
  });

  it('is not told that it had none itself', async () => {
    await using server = await httpServer((_message, response) => void response.end('{}'));
    const refused = vi.fn();
    const get = () => Promise.reject(new GatewayError('UNAUTHENTICATED', 'None.'));
    const attempt = vi.fn(UNWATCHED_CALL.attempt);
    await using upstream = openUpstream(server.url, {
      credentials: { description: 'the test', get, refused },
      witness: { ...UNWATCHED_CALL, attempt },
    });
    await failure(ask(upstream, READ));
    expect(refused).not.toHaveBeenCalled();
    // Nor is anyone told of a request that was never sent.
    expect(attempt).not.toHaveBeenCalled();
  });

  it('that takes too long spends the time of an attempt, of which no request is told', async () => {
    await using server = await httpServer((_message, response) => void response.end('{}'));
    const get = vi.fn(() => new Promise<Credentials>(() => undefined));
    const attempt = vi.fn(UNWATCHED_CALL.attempt);
    await using upstream = openUpstream(server.url, {
      attemptTimeoutMs: 20,
      credentials: { description: 'the test', get },
      witness: { ...UNWATCHED_CALL, attempt },
    });
    expect(await failure(ask(upstream, READ))).toMatchObject({ kind: 'TIMEOUT', mayHaveActed: false });
    expect([get.mock.calls.length, attempt.mock.calls.length, server.arrivals.length]).toEqual([3, 0, 0]);
  });
});

describe('the deadline', () => {
  it('finds no answer begun where no more than early hints came', async () => {
    await using server = await rawServer((socket) => void socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'));
    await using upstream = openUpstream(server.url, { timeoutMs: SHORT_MS });
    expect(await failure(upstream.call(WRITE, NEVER))).toMatchObject({ kind: 'TIMEOUT', mayHaveActed: true });
  });

  it('ends the wait for headers, and the connection with it', async () => {
    const left = Promise.withResolvers<void>();
    await using server = await httpServer((message) => message.socket.once('close', left.resolve));
    await using upstream = openUpstream(server.url, { timeoutMs: SHORT_MS });
    const error = await failure(upstream.call(WRITE, NEVER));
    expect(error).toMatchObject({ kind: 'TIMEOUT', mayHaveActed: true });
    await left.promise;
  });

  it('ends a body that drips, however regularly', async () => {
    const left = Promise.withResolvers<void>();
    await using server = await httpServer((_message, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 5);
      response.once('close', () => {
        clearInterval(drip);
        left.resolve();
      });
    });
    await using upstream = openUpstream(server.url, { timeoutMs: SHORT_MS });
    expect(await failure(upstream.call(WRITE, NEVER))).toMatchObject({
      kind: 'UNREADABLE',
      mayHaveActed: true,
    });
    await left.promise;
  });

  it('ends the wait for a free place: what never left surely did not act', async () => {
    await using server = await httpServer(() => undefined);
    await using upstream = openUpstream(server.url, { concurrency: 1 });
    const client = new AbortController();
    const first = failure(upstream.call(WRITE, client.signal));
    const second = await failure(upstream.call(WRITE, NEVER, performance.now() + SHORT_MS));
    expect(second).toMatchObject({ code: 'UPSTREAM_TIMEOUT', mayHaveActed: false });
    client.abort('left');
    expect(await first).toBe('left');
    expect(server.arrivals).toHaveLength(1);
  });

  it('ends a connection that is never made', async () => {
    // Takes the TCP connection and says nothing, so that the TLS one is never made.
    await using server = await listen(createTcpServer());
    await using upstream = openUpstream(server.url.replace('http:', 'https:'), { timeoutMs: SHORT_MS });
    expect(await failure(upstream.call(WRITE, NEVER))).toMatchObject({
      kind: 'TIMEOUT',
      mayHaveActed: false,
    });
  });

  it('ends the wait for credentials, and nothing leaves', async () => {
    await using server = await httpServer((_message, response) => response.end('{}'));
    const credentials = { description: 'slow', get: () => new Promise<Credentials>(() => undefined) };
    await using upstream = openUpstream(server.url, { timeoutMs: SHORT_MS, credentials });
    expect(await failure(upstream.call(WRITE, NEVER))).toMatchObject({
      kind: 'TIMEOUT',
      mayHaveActed: false,
    });
    expect(server.arrivals).toHaveLength(0);
  });
});

describe('a client that leaves', () => {
  it('ends its call: the server sees the connection close', async () => {
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    await using server = await httpServer((message) => {
      message.socket.once('close', left.resolve);
      arrived.resolve();
    });
    await using upstream = openUpstream(server.url);
    const client = new AbortController();
    const reason = new Error('the client left');
    const call = failure(upstream.call(WRITE, client.signal));
    await arrived.promise;
    client.abort(reason);
    expect(await call).toBe(reason);
    await left.promise;
  });

  it('ends its wait for a place at once, and its request never leaves', async () => {
    const held = Promise.withResolvers<ServerResponse>();
    await using server = await httpServer((_message, response) => held.resolve(response));
    await using upstream = openUpstream(server.url, { concurrency: 1 });
    const first = upstream.call(READ, NEVER);
    const response = await held.promise;
    const client = new AbortController();
    const second = failure(upstream.call(WRITE, client.signal));
    client.abort('left');
    expect(await second).toBe('left');
    response.end('{}');
    expect(await first).toMatchObject({ status: 200 });
    expect(server.arrivals).toHaveLength(1);
  });

  it('before its call began: nothing leaves', async () => {
    await using server = await httpServer((_message, response) => response.end('{}'));
    await using upstream = openUpstream(server.url);
    expect(await failure(upstream.call(READ, AbortSignal.abort('left')))).toBe('left');
    expect(server.connections.size).toBe(0);
  });

  it('frees its place for the next one', async () => {
    const arrived = Promise.withResolvers<void>();
    await using server = await httpServer((message, response) => {
      if (message.method === 'GET') response.end('{}');
      else arrived.resolve();
    });
    await using upstream = openUpstream(server.url, { concurrency: 1 });
    const client = new AbortController();
    const leaving = failure(upstream.call(WRITE, client.signal));
    const staying = upstream.call(READ, NEVER);
    await arrived.promise;
    client.abort('left');
    expect(await leaving).toBe('left');
    expect(await staying).toMatchObject({ status: 200 });
  });
});

describe('answers', () => {
  it('a body of exactly the cap is read', async () => {
    await using server = await httpServer((_message, response) => response.end('x'.repeat(1000)));
    await using upstream = openUpstream(server.url);
    expect(await upstream.call(READ, NEVER)).toMatchObject({ status: 200, body: 'x'.repeat(1000) });
  });

  it('a body over the cap is UNREADABLE, and no more of it is taken', async () => {
    const left = Promise.withResolvers<void>();
    await using server = await httpServer((_message, response) => {
      response.once('close', left.resolve);
      response.write('x'.repeat(1001));
    });
    await using upstream = openUpstream(server.url);
    expect(await failure(upstream.call(WRITE, NEVER))).toMatchObject({
      kind: 'UNREADABLE',
      mayHaveActed: true,
      httpStatus: 200,
    });
    await left.promise;
  });

  it('a redirect is handed back, not followed', async () => {
    await using server = await httpServer((_message, response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    );
    await using upstream = openUpstream(server.url);
    expect(await upstream.call(READ, NEVER)).toMatchObject({
      status: 302,
      headers: { location: '/elsewhere' },
    });
    expect(server.arrivals.map(({ url }) => url)).toEqual(['/things/1']);
  });

  it.each([
    [502, '<html><body>Bad Gateway</body></html>'],
    [204, ''],
    [200, ''],
    [503, ''],
    [200, '{"名":"通义千问 🚀"}'],
  ])('%i with %j is handed back as it is', async (status, body) => {
    await using server = await httpServer((_message, response) => response.writeHead(status).end(body));
    await using upstream = openUpstream(server.url);
    expect(await upstream.call(READ, NEVER)).toMatchObject({ status, body });
  });

  it('a character that is split between two packets stays whole', async () => {
    const bytes = Buffer.from('{"name":"通"}');
    await using server = await httpServer((_message, response) => {
      response.write(bytes.subarray(0, 10), () => setImmediate(() => response.end(bytes.subarray(10))));
    });
    await using upstream = openUpstream(server.url);
    expect(await upstream.call(READ, NEVER)).toMatchObject({ body: '{"name":"通"}' });
  });
});

describe('connections', () => {
  it('one is kept and used again', async () => {
    await using server = await httpServer((_message, response) => response.end('{}'));
    await using upstream = openUpstream(server.url);
    await upstream.call(READ, NEVER);
    await upstream.call(WRITE, NEVER);
    expect(server.arrivals).toHaveLength(2);
    expect(server.connections.size).toBe(1);
  });

  it('no more requests are under way than the cap allows, and all are answered', async () => {
    const open: ServerResponse[] = [];
    let most = 0;
    await using server = await httpServer((_message, response) => {
      open.push(response);
      most = Math.max(most, open.length);
      // The answers begin when the cap is reached; from then on each makes room for one more.
      if (open.length === 3 || server.arrivals.length > 10) open.shift()?.end('{}');
      if (server.arrivals.length === 12) for (const last of open.splice(0)) last.end('{}');
    });
    await using upstream = openUpstream(server.url, { concurrency: 3 });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => upstream.call({ ...READ, path: `/things/${index}` }, NEVER)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(most).toBe(3);
    expect(server.connections.size).toBe(3);
  });

  it('closing breaks off what is under way', async () => {
    const arrived = Promise.withResolvers<void>();
    await using server = await httpServer(() => arrived.resolve());
    const upstream = openUpstream(server.url);
    const call = failure(upstream.call(WRITE, NEVER));
    await arrived.promise;
    await upstream.close();
    expect(await call).toMatchObject({ kind: 'UNAVAILABLE', mayHaveActed: true });
  });
});

describe('the request that leaves', () => {
  async function arrival(request: UpstreamRequest, settings: TestSettings = {}, prefix = '') {
    let body = '';
    await using server = await httpServer((message, response) => {
      message.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      message.on('end', () => response.end('{}'));
    });
    await using upstream = openUpstream(`${server.url}${prefix}`, settings);
    await upstream.call(request, NEVER);
    const [message] = server.arrivals;
    if (message === undefined) throw new Error('nothing arrived');
    const { method, url, headers } = message;
    return {
      method,
      url,
      headers: headers as Readonly<Record<string, string>>,
      body,
      host: new URL(server.url).host,
    };
  }

  it('is signed over exactly what arrives', async () => {
    const request = {
      ...WRITE,
      query: [
        ['q', "a b*'()~+&=通"],
        ['A', ''],
      ] as const,
    };
    const { method = '', url = '', headers, body, host } = await arrival(request);
    expect([method, url, body]).toEqual([
      'POST',
      '/things?A=&q=a%20b%2A%27%28%29~%2B%26%3D%E9%80%9A',
      WRITE.body,
    ]);
    expect(headers).toMatchObject({
      host,
      accept: 'application/json',
      'user-agent': 'modelgraph-test',
      'content-type': 'application/json; charset=utf-8',
      'x-acs-action': 'WriteThing',
      'x-acs-version': '2021-02-04',
      'x-acs-date': '2026-01-15T08:30:00Z',
      'x-acs-signature-nonce': 'nonce-1',
    });
    expect(headers['authorization']).toBe(
      authorization(
        {
          method,
          path: '/things',
          search: canonicalQuery(request.query),
          headers,
          bodySha256: sha256Hex(body),
        },
        SIGNING_KEY,
      ),
    );
  });

  it('carries no body and no content-type where there is none, and says so in a POST', async () => {
    const { headers, body } = await arrival({
      operation: READ.operation,
      method: 'POST',
      path: '/',
      query: [['Name', 'x']],
    });
    expect(body).toBe('');
    expect(headers).not.toHaveProperty('content-type');
    expect(headers).not.toHaveProperty('transfer-encoding');
    expect(headers['content-length']).toBe('0');
  });

  it('carries the token of temporary credentials, signed', async () => {
    const temporary = new Credentials(KEY.accessKeyId, KEY.accessKeySecret, 'token+of/sts=');
    const { headers } = await arrival(READ, { credentials: staticCredentials(temporary, 'sts') });
    expect(headers).toMatchObject({
      'x-acs-security-token': 'token+of/sts=',
      'x-acs-accesskey-id': KEY.accessKeyId,
    });
    expect(headers['authorization']).toContain('x-acs-security-token');
  });

  it.each(['/proxy', '/proxy/', '/a/b'])('stands behind the path of the endpoint: %s', async (prefix) => {
    const { url = '', method = '', headers } = await arrival(READ, {}, prefix);
    expect(url).toBe(`${prefix.replace(/\/$/, '')}/things/1`);
    expect(headers['authorization']).toBe(
      authorization({ method, path: url, search: '', headers, bodySha256: sha256Hex('') }, SIGNING_KEY),
    );
  });

  it('has a nonce and a signature of its own each time', async () => {
    await using server = await httpServer((_message, response) => response.end('{}'));
    await using upstream = openUpstream(server.url);
    await upstream.call(READ, NEVER);
    await upstream.call(READ, NEVER);
    const values = (name: string) => new Set(server.arrivals.map(({ headers }) => headers[name]));
    expect(values('x-acs-signature-nonce')).toEqual(new Set(['nonce-1', 'nonce-2']));
    expect(values('authorization').size).toBe(2);
  });

  it.each([
    ['the access key id', new Credentials('ключ', 'secret')],
    ['the access key secret', new Credentials('id', 'secret\n')],
    ['the security token', new Credentials('id', 'secret', 'to\u0007ken')],
  ])('does not leave where %s can be no key, which is not tried again', async (part, keys) => {
    await using server = await httpServer((_message, response) => response.end('{}'));
    const get = vi.fn(() => Promise.resolve(keys));
    for (const credentials of [{ description: 'chain', get }, staticCredentials(keys, 'environment')]) {
      await using upstream = openUpstream(server.url, { credentials });
      expect(await failure(upstream.call(READ, NEVER))).toMatchObject({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining(`${part} begins or ends with`),
        retryable: false,
        mayHaveActed: false,
      });
    }
    expect(get).toHaveBeenCalledTimes(1);
    expect(server.connections.size).toBe(0);
  });

  it('does not leave where no credentials are found', async () => {
    await using server = await httpServer((_message, response) => response.end('{}'));
    const failing = { description: 'none', get: () => Promise.reject(new Error('no keys')) };
    await using upstream = openUpstream(server.url, { credentials: failing });
    await expect(upstream.call(READ, NEVER)).rejects.toThrow('no keys');
    expect(server.connections.size).toBe(0);
  });
});
