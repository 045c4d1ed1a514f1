import { once } from 'node:events';
import { type IncomingHttpHeaders, type RequestListener, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpServer } from '../../src/http/listener.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

/*
 * The common request takes a way of its own through the gateway. Whatever is sent, it must be answered as by the way
 * that all others take: status, body, and every header but those by which a connection is kept and a body delimited.
 */

const CONNECTION = ['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length'];

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly isChunked: boolean;
}

let gateway: TestGateway;
let ports: { readonly yoga: number; readonly node: number };
const closers: (() => void)[] = [];

beforeAll(async () => {
  gateway = await openGateway({
    limits: { maxBodyBytes: 4096, maxBatchOperations: 3, maxTokens: 200 },
    access: {
      ...{ origins: ['https://app.example'], hasIntrospection: false, hasGraphiql: true },
      rateLimit: undefined,
    },
  });
  const { handler, listener } = gateway.gateway;
  ports = { yoga: await listen(handler), node: await listen(listener) };
});

async function listen(way: RequestListener): Promise<number> {
  const server = createHttpServer(way, 15_000).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

afterAll(async () => {
  for (const close of closers) close();
  await gateway[Symbol.asyncDispose]();
});

async function answerOf(port: number, { method, path, headers, body, isChunked }: Asked) {
  const framing = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) };
  const sent = send({
    ...{ host: '127.0.0.1', port, method, path, agent: false },
    headers: { host: '127.0.0.1:4000', 'x-request-id': 'same', ...framing, ...headers },
  });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  sent.on('error', () => undefined);
  return { status: answer.statusCode, headers: told(answer.headers), body: await text(answer) };
}

function told(headers: IncomingHttpHeaders) {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !CONNECTION.includes(name))
      .toSorted(([a], [b]) => a.localeCompare(b)),
  );
}

/** Mostly the first, so that a request is odd in one place rather than everywhere. */
const mostly = <Value>(usual: Value, ...others: readonly Value[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const operations = [
  { query: '{ __typename }' },
  { query: '{ models(first: 2) { totalCount nodes { id name } } }' },
  { query: 'query A { __typename } query B { sources { source } }', operationName: 'B' },
  { query: 'query A { __typename } query B { __typename }' },
  { query: 'query ($n: Int) { models(first: $n) { totalCount } }', variables: { n: 1 } },
  { query: 'query ($n: Int!) { models(first: $n) { totalCount } }', variables: { n: 'sk-secret' } },
  { query: 'query ($n: Int!) { models(first: $n) { totalCount } }', variables: 'sk-secret' },
  { query: 'query ($n: Int!) { models(first: $n) { totalCount } }' },
  { query: '{ models(first: -1) { totalCount } paiModels(first: 1) { totalCount } }' },
  { query: '{ model(id: "no-such-id") { id } }' },
  { query: '{ unknown }' },
  { query: '{ models(first: ' },
  { query: `{ ${'__typename '.repeat(300)} }` },
  { query: '{ __schema { types { name } } }' },
  { query: 'mutation { deleteModel(input: { id: "x" }) { __typename } }' },
  { query: 'subscription { nothing }' },
  { query: '' },
  { query: 7 },
  { query: null },
  { query: '{ __typename }', sk: 'secret' },
  { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
  { query: '{ __typename }', extensions: [] },
  { documentId: 'unknown' },
  {},
] as const;

const operationArb = fc.constantFrom<unknown>(...operations);

const jsonArb = fc.oneof(
  { weight: 8, arbitrary: operationArb },
  { weight: 2, arbitrary: fc.array(operationArb, { maxLength: 5 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      null,
      1,
      'text',
      true,
      [null],
      [[]],
      [1, { query: '{ __typename }' }],
    ),
  },
);

const bodyArb = fc.oneof(
  { weight: 12, arbitrary: jsonArb.map((value) => Buffer.from(JSON.stringify(value))) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      Buffer.from(''),
      Buffer.from('{'),
      Buffer.from('\uFEFF{"query":"{ __typename }"}'),
      Buffer.from('{"query":"{ __typename }"}\n'),
      Buffer.concat([
        Buffer.from('{"query":"{ __typename } # '),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}'),
      ]),
      Buffer.from(`{"query":"{ __typename }${' '.repeat(5000)}"}`),
      Buffer.from('query=%7B__typename%7D'),
      Buffer.from('{"query":"{ __typename }","query":"{ unknown }"}'),
      Buffer.from('{"__proto__":{"query":"{ __typename }"}}'),
    ),
  },
);

/** Mostly not there. */
const rarely = (...values: readonly string[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );

const headersArb: fc.Arbitrary<Record<string, string>> = fc
  .record({
    'content-type': mostly(
      'application/json',
      ...[
        'application/json; charset=utf-8',
        'APPLICATION/JSON',
        'application/json;charset=latin1',
        'text/plain',
      ],
      ...['application/graphql', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''],
    ),
    accept: mostly(
      'application/json',
      ...[
        '*/*',
        'application/graphql-response+json',
        'application/graphql-response+json, application/json;q=0.9',
      ],
      ...[
        'application/json, text/plain, */*',
        'text/html',
        'application/*',
        'text/event-stream',
        'multipart/mixed',
      ],
      ...[
        'application/json; charset=utf-8',
        'application/json; charset=latin1',
        '',
        ', ,',
        'image/png, */*;q=0.1',
      ],
      ...[
        'application/graphql-response+json; charset=latin1, application/json',
        'APPLICATION/JSON',
        '*/json',
      ],
      ...[
        'application/json;q=0',
        'application/json;q=0, application/graphql-response+json',
        'application/graphql-response+json;q=0.0, */*',
        'application/json;q=0, */*',
      ],
    ),
    origin: rarely('http://127.0.0.1:4000', 'https://app.example', 'https://evil.example', 'null', 'x'),
    'sec-fetch-site': rarely('same-origin', 'cross-site', 'none'),
    host: rarely('localhost:4000', 'evil.example', '127.0.0.1', '[::1]:4000'),
    'x-request-timeout-ms': rarely('5000', '0', 'soon', '', '1e3'),
    'x-request-id': rarely('mine', 'a.b-c_d', 'no way', 'x'.repeat(65)),
    'x-graphql-cost': rarely('1', '0', 'true'),
    'content-encoding': rarely('gzip', 'identity'),
  })
  .map((headers) =>
    Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  );

const askedArb: fc.Arbitrary<Asked> = fc.record({
  method: mostly('POST', 'GET', 'PUT', 'OPTIONS', 'HEAD'),
  path: mostly(
    '/graphql',
    '/graphql/',
    '/graphql?query=%7B__typename%7D',
    '/graphqlx',
    '/',
    '/health',
    '/ready',
  ),
  headers: headersArb,
  body: bodyArb,
  isChunked: mostly(false, true),
});

/** An id that cannot be trusted is made here, another each time; when a call began is another time each time, too. */
const alike = (answer: Awaited<ReturnType<typeof answerOf>>) => {
  const { 'x-request-id': id = '', ...headers } = answer.headers;
  return { ...answer, headers: { ...headers, id: /^[\da-f-]{36}$/.test(String(id)) ? 'made here' : id } };
};

test('a request is answered alike by both doors', async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(askedArb, async (asked) => {
      // One after the other: together, one would be served by the calls of the other.
      const byYoga = await answerOf(ports.yoga, asked);
      const byNode = await answerOf(ports.node, asked);
      expect(alike(byNode)).toEqual(alike(byYoga));
      statuses.set(byYoga.status, (statuses.get(byYoga.status) ?? 0) + 1);
    }),
    { numRuns: 1500 },
  );
  // Of each kind enough that the comparison says something.
  expect(statuses.get(200)).toBeGreaterThan(300);
  expect(statuses.get(400)).toBeGreaterThan(100);
  expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual(
    expect.arrayContaining([200, 400, 403, 406, 413, 415]),
  );
}, 120_000);

describe.each(['node', 'yoga'] as const)('the type of an answer by the door %s', (door) => {
  const JSON_TYPE = 'application/json';
  const GRAPHQL_TYPE = 'application/graphql-response+json';

  test.each([
    ['application/json;q=0, application/graphql-response+json', GRAPHQL_TYPE],
    ['application/json;q=0.5, application/graphql-response+json', GRAPHQL_TYPE],
    ['application/json;q=0.5, application/graphql-response+json;Q=0.9', GRAPHQL_TYPE],
    ['application/graphql-response+json;q=0.8, application/json', JSON_TYPE],
    ['application/graphql-response+json, application/json;q=0.9', GRAPHQL_TYPE],
    ['application/graphql-response+json;q=0.9, application/json;q=0.9', GRAPHQL_TYPE],
    ['application/json;q=0, */*', GRAPHQL_TYPE],
    ['application/json;q=0.1, */*', GRAPHQL_TYPE],
    ['application/json;q=0.2, application/*', GRAPHQL_TYPE],
    ['application/graphql-response+json;q=0.2, */*', JSON_TYPE],
    ['*/*, text/event-stream;q=0', JSON_TYPE],
    ['*/*;q=0.1, application/json; q=0', GRAPHQL_TYPE],
    ['application/*, application/graphql-response+json;q=0', JSON_TYPE],
    ['*/*;q=0.1, application/graphql-response+json;q=0.2', GRAPHQL_TYPE],
    ['text/html, application/xhtml+xml, */*;q=0.8', JSON_TYPE],
    ['application/json;q=7, application/graphql-response+json', JSON_TYPE],
  ])('follows the weights of %s', async (accept, type) => {
    const answer = await answerOf(ports[door], plainQuery(accept));
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"__typename":"Query"}}' });
    expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
  });

  test.each([
    '*/*;q=0',
    'application/json;q=0, application/graphql-response+json;q=0.0, application/*',
    'application/json;q=0, application/graphql-response+json;q=0, text/html',
    'image/png, */*;q=0',
  ])('is none that %s takes', async (accept) => {
    expect((await answerOf(ports[door], plainQuery(accept))).status).toBe(406);
  });

  function plainQuery(accept: string): Asked {
    const headers = { 'content-type': 'application/json', accept };
    const body = Buffer.from('{"query":"{ __typename }"}');
    return { method: 'POST', path: '/graphql', headers, body, isChunked: false };
  }
});

test.each(['node', 'yoga'] as const)(
  'a body that is not in UTF-8 is refused by the door %s',
  async (door) => {
    const [begin, end] = [
      '{"query":"mutation { createModel(input: {name: \\"caf',
      '\\"}) { __typename } }"}',
    ];
    const calls = gateway.actions().length;
    for (const bytes of [[0xe9], [0xc3], [0xed, 0xa0, 0x80], [0xff, 0xfe]]) {
      const body = Buffer.concat([Buffer.from(begin), Buffer.from(bytes), Buffer.from(end)]);
      const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
      const answer = await answerOf(ports[door], {
        ...{ method: 'POST', path: '/graphql', headers, body, isChunked: false },
      });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toEqual({
        errors: [{ message: 'The body is not in UTF-8.', extensions: { code: 'BAD_USER_INPUT' } }],
      });
    }
    expect(gateway.actions().length).toBe(calls);
  },
);

describe.each(['node', 'yoga'] as const)('a whole address as the target, by the door %s', (door) => {
  const send = (path: string, host: string) =>
    answerOf(ports[door], {
      ...{ method: 'POST', path, headers: { 'content-type': 'application/json', host }, isChunked: false },
      body: Buffer.from('{"query":"{ __typename }"}'),
    });

  test.each(['http://127.0.0.1:4000/graphql', 'HTTP://localhost/graphql', 'https://127.0.0.1/graphql?a=b'])(
    'is taken: %s',
    async (path) => {
      const { status, body } = await send(path, '127.0.0.1:4000');
      expect([status, body]).toEqual([200, '{"data":{"__typename":"Query"}}']);
    },
  );

  test('counts for more than the header of the host', async () => {
    expect((await send('http://evil.example/graphql', '127.0.0.1:4000')).status).toBe(403);
    expect((await send('http://127.0.0.1:4000/graphql', 'evil.example')).status).toBe(200);
  });

  test.each(['ftp://127.0.0.1/graphql', 'http://127.0.0.1:99999/graphql', 'http://'])(
    'is refused where it is none: %s',
    async (path) => {
      expect((await send(path, '127.0.0.1:4000')).status).toBe(400);
    },
  );
});
