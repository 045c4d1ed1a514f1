import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { ask, type Headers, type HttpAnswer, openKeyRing, post } from './support/callers.ts';
import { asJson, openListening, READ, WRITE } from './support/listening.ts';

const ring = openKeyRing();
let gateway: TestGateway;
let key: Headers;
beforeAll(async () => {
  gateway = await openGateway({ authenticate: ring.authenticate });
  key = ring.holderOf('*:read', '*:write');
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.sandbox.forgetRequests());

async function get(path: string, headers: Headers = {}, method = 'GET'): Promise<HttpAnswer> {
  const response = await gateway.fetch(path, { method, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function expectTurnedAway(answer: HttpAnswer): void {
  expect(answer.status).toBe(401);
  expect(JSON.parse(answer.text)).toEqual({
    errors: [
      {
        message: 'Send an API key, once: as "Authorization: Bearer …" or as "x-api-key".',
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ],
  });
  expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="modelgraph"');
  expect(gateway.actions()).toEqual([]);
}

const query = `query=${encodeURIComponent(READ)}`;

describe('without a key', () => {
  it.each([
    ['a read', { query: READ }],
    ['a write', { query: WRITE }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['what touches no backend', { query: '{ __typename }' }],
    ['a batch', [{ query: READ }, { query: WRITE }]],
    ['a document that does not parse', { query: '{' }],
    ['no document', {}],
  ])('%s is turned away', async (_case, body) => {
    expectTurnedAway(await post(gateway, {}, body));
  });

  it('a body is not even read', async () => {
    const response = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query": not JSON',
    });
    expectTurnedAway({ status: response.status, headers: response.headers, text: await response.text() });
  });

  it.each([
    ['a stream of events', `/graphql?${query}`, { accept: 'text/event-stream' }],
    ['a multipart answer', `/graphql?${query}`, { accept: 'multipart/mixed' }],
    ["GraphQL's own type", `/graphql?${query}`, { accept: 'application/graphql-response+json' }],
    ['JSON', `/graphql?${query}`, { accept: 'application/json' }],
    ['another address', '/', {}],
    ['an address that is none', '/metrics/../graphql', {}],
    ['a longer address', '/graphql/x', { accept: 'text/html' }],
    ['what looks like a probe', '/graphql/health', {}],
  ])('a GET of %s is turned away', async (_case, path, headers) => {
    expectTurnedAway(await get(path, headers as Headers));
  });

  it.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH'])('%s is turned away', async (method) => {
    expectTurnedAway(await get('/graphql', {}, method));
  });

  it.each(['/health', '/ready'])('%s answers', async (path) => {
    expect((await get(path)).status).toBe(200);
  });

  it('the page of GraphiQL opens, has a place for the key, and its requests need one', async () => {
    const page = await get('/graphql', { accept: 'text/html' });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const options = page.text.slice(-20_000);
    expect(options).toContain(
      `"headers":${JSON.stringify('{ "authorization": "Bearer " }')},"shouldPersistHeaders":false`,
    );
    // A tab with headers of its own gets no others.
    const tabs = [...options.matchAll(/"headers":("\{\\n.*?\}")/g)].map(([, text = '']) =>
      JSON.parse(JSON.parse(text)),
    );
    expect(tabs).toEqual([{ authorization: 'Bearer ', 'x-graphql-cost': '1' }]);
    expectTurnedAway(await post(gateway, { accept: 'application/json' }, { query: READ }));
  });

  it('a page of another origin learns nothing but that it may not call', async () => {
    const answer = await post(gateway, { origin: 'https://evil.example', ...key }, { query: READ });
    expect([answer.status, gateway.actions()]).toEqual([403, []]);
  });
});

describe.each([
  ['401', 401, {}, 'application/json'],
  ['403', 403, { origin: 'https://evil.example' }, 'application/json'],
  ['415', 415, {}, 'text/plain'],
])('a refusal by %s', (_status, status, headers, type) => {
  const GRAPHQL = 'application/graphql-response+json';
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    [GRAPHQL, GRAPHQL],
    [`${GRAPHQL}; charset=utf-8`, GRAPHQL],
    ['Application/GraphQL-Response+JSON', GRAPHQL],
    [`${GRAPHQL}, application/json;q=0.9`, GRAPHQL],
    [`application/json, ${GRAPHQL}`, 'application/json'],
    [`text/html, ${GRAPHQL}`, GRAPHQL],
    [`application/*, ${GRAPHQL}`, 'application/json'],
    ['text/event-stream', 'application/json'],
    ['image/png', 'application/json'],
  ])('answers to who accepts %s in %s', async (accept, expected) => {
    const response = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': type, ...headers, ...(accept === undefined ? {} : { accept }) },
      body: JSON.stringify({ query: READ }),
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      `${expected}; charset=utf-8`,
    ]);
    expect(JSON.parse(await response.text()).errors).toHaveLength(1);
    expect(gateway.actions()).toEqual([]);
  });
});

describe('with a key', () => {
  it.each([
    ['authorization', (headers: Headers) => headers],
    [
      'x-api-key',
      ({ authorization = '' }: Headers) => ({ 'x-api-key': authorization.slice('Bearer '.length) }),
    ],
  ])('in %s, reads and writes run', async (_case, as) => {
    expect(await ask(gateway, as(key), READ)).toEqual({
      data: { models: { totalCount: expect.any(Number) } },
    });
    expect(await ask(gateway, as(key), WRITE)).toEqual({
      data: { createModel: { __typename: 'CreateModelSuccess' } },
    });
    expect(gateway.actions()).toEqual(['ModelRouterQueryModelList', 'ModelRouterCreateModel']);
  });

  it('a GET runs', async () => {
    const answer = await get(`/graphql?${query}`, key);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(gateway.actions()).toEqual(['ModelRouterQueryModelList']);
  });

  it('a stream of events runs', async () => {
    const answer = await get(`/graphql?${query}`, { accept: 'text/event-stream', ...key });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('totalCount')]);
  });

  it("every operation of a batch is the caller's: what it may not do is refused alone", async () => {
    const reader = ring.holderOf('MODEL_ROUTER:read');
    const answer = await post(gateway, reader, [
      { query: READ },
      { query: WRITE },
      { query: '{ paiModels(first: 1) { totalCount } }' },
      { query: READ },
    ]);
    expect(answer.status).toBe(200);
    const total = { data: { models: { totalCount: expect.any(Number) } } };
    expect(JSON.parse(answer.text)).toEqual([
      total,
      { data: { createModel: { __typename: 'GatewayForbiddenError' } } },
      {
        data: { paiModels: { totalCount: null } },
        errors: [expect.objectContaining({ path: ['paiModels', 'totalCount'] })],
      },
      total,
    ]);
    expect(new Set(gateway.actions())).toEqual(new Set(['ModelRouterQueryModelList']));
  });

  it('two callers at once are kept apart', async () => {
    const [reader, writer] = [ring.holderOf('MODEL_ROUTER:read'), ring.holderOf('PAI:read')];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => ask(gateway, index % 2 === 0 ? reader : writer, READ)),
    );
    expect(answers.map(({ errors }) => errors?.[0]?.extensions?.['code'])).toEqual(
      answers.map((_answer, index) => (index % 2 === 0 ? undefined : 'FORBIDDEN')),
    );
  });
});

it("a header of credentials that comes twice is none: which of them counts is nobody's guess", async () => {
  await using listening = await openListening({ authenticate: ring.authenticate });
  const { authorization: good = '' } = key;
  const { authorization: other = '' } = ring.holderOf();
  for (const authorization of [
    [good, 'Bearer x'],
    ['Bearer x', good],
    [good, other],
    [good, good],
  ]) {
    const { method, body } = asJson(READ);
    const apiKeys = authorization.map((value) => value.slice('Bearer '.length));
    for (const credentials of [{ authorization }, { 'x-api-key': apiKeys }]) {
      const headers = { 'content-type': 'application/json', ...credentials };
      const answer = await listening.send({ method: method ?? '', headers, body: body ?? '' });
      expect(answer.status).toBe(401);
    }
  }
  expect((await listening.send(asJson(READ, key))).status).toBe(200);
  expect(listening.actions()).toEqual(['ModelRouterQueryModelList']);
});

it('a failure of what tells callers apart lets nobody in, and shows nothing of itself', async () => {
  await using broken = await openGateway({
    authenticate: async () => {
      throw new RangeError('Pl4nted');
    },
  });
  const answer = await post(broken, key, { query: READ });
  expect([answer.status, JSON.parse(answer.text).errors[0].extensions.code]).toEqual([
    503,
    'UPSTREAM_UNAVAILABLE',
  ]);
  expect(`${answer.text}${broken.logs.join()}`).not.toMatch(/Pl4nted| {4}at |\.ts:/);
  expect(broken.logs.join()).toContain('"cause":"RangeError"');
  expect(broken.actions()).toEqual([]);
});

describe('nobody is asked who they are', () => {
  it('where the operator wants it so: keys are looked at by no one', async () => {
    await using open = await openGateway();
    for (const headers of [{}, key, { authorization: 'Bearer x' }, { 'x-api-key': 'x' }]) {
      expect((await ask(open, headers, READ)).errors).toBeUndefined();
    }
  });
});

it('a foreign page without a key learns nothing of keys, by a port either', async () => {
  await using listening = await openListening({ authenticate: ring.authenticate });
  const answer = await listening.send(asJson(READ, { origin: 'https://evil.example' }));
  expect([answer.status, answer.headers['www-authenticate']]).toEqual([403, undefined]);
});
