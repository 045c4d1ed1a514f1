import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../support/gateway.ts';
import { complaintsIn } from '../support/log-lines.ts';
import {
  asJson,
  type ListeningGateway,
  openListening,
  type RawAnswer,
  READ,
  WRITE,
} from './support/listening.ts';

let gateway: ListeningGateway;
beforeAll(async () => {
  gateway = await openListening();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.sandbox.forgetRequests());

const STRICT = 'application/graphql-response+json';

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  gateway.send({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

function answerOf({ body }: RawAnswer): Answer {
  return JSON.parse(body) as Answer;
}

/** A fault of the caller, told as such, with nothing sent upstream and nothing logged as a bug. */
function expectFault(answer: RawAnswer, status: number, message: RegExp): void {
  const { errors = [], data } = answerOf(answer);
  expect(answer.status).toBe(status);
  expect(data ?? null).toBeNull();
  expect(errors.map(({ message: text }) => text).join('\n')).toMatch(message);
  expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(errors.map(() => 'BAD_USER_INPUT'));
  expect(gateway.actions()).toEqual([]);
  expect(complaintsIn(gateway.logs.join(''))).toEqual([]);
}

const MIB = 1024 * 1024;

describe('the body', () => {
  const ofSize = (bytes: number) => {
    const frame = JSON.stringify({ query: `${READ} #` });
    return frame.replace('#', `#${'x'.repeat(bytes - frame.length)}`);
  };

  it('may have 1 MiB', async () => {
    const answer = await post(ofSize(MIB));
    expect([answer.status, Object.keys(answerOf(answer))]).toEqual([200, ['data']]);
  });

  it('may not have a byte more, by its content-length', async () => {
    const body = ofSize(MIB + 1);
    expectFault(await post(body, { 'content-length': String(body.length) }), 413, /too large/);
  });

  it('may not have a byte more, in chunks', async () => {
    const body = ofSize(MIB + 1);
    expectFault(await post(body, { 'transfer-encoding': 'chunked' }), 413, /too large/);
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'identity, gzip'])(
    'may not come packed as %s',
    async (coding) => {
      const answer = await post(ofSize(100), { 'content-encoding': coding });
      expectFault(answer, 415, /Content-Encoding/);
      expect(answer.headers['accept-encoding']).toBe('identity');
    },
  );

  it('may say that it is not packed', async () => {
    expect((await post(ofSize(100), { 'content-encoding': 'Identity' })).status).toBe(200);
  });

  it('may not claim a length that is none', async () => {
    const bytes = [
      'POST /graphql HTTP/1.1',
      'Host: 127.0.0.1',
      'Content-Type: application/json',
      'Content-Length: 9x',
      'Connection: close',
      '',
      '{}',
    ].join('\r\n');
    expect(await gateway.write(bytes)).toMatch(/^HTTP\/1\.1 400 /);
    expect(gateway.actions()).toEqual([]);
  });

  it.each([
    ['{"query": "{ models { totalCount } }"', /invalid JSON/],
    ['sk-not-json-5f2c', /invalid JSON/],
    ['', /invalid JSON/],
    ['"sk-not-an-object-5f2c"', /object/],
    ['null', /object/],
    ['17', /object/],
    ['{}', /query/],
    ['{"query":null}', /query/],
    ['{"query":["sk-5f2c"]}', /query/],
    ['{"query":"{__typename}","variables":"sk-5f2c"}', /variables/],
    ['{"query":"{__typename}","variables":[1]}', /variables/],
    ['{"query":"{__typename}","extensions":"sk-5f2c"}', /extensions/],
    ['{"query":"{__typename}","sk-5f2c":1}', /parameter/],
    ['{"query":"{__typename}","operationName":"sk-5f2c"}', /operation/],
  ])('%s is a 400 whatever the client accepts, and is not echoed', async (body, message) => {
    for (const accept of ['application/json', STRICT, '*/*']) {
      const answer = await post(body, { accept });
      expectFault(answer, 400, message);
      expect(answer.body).not.toContain('5f2c');
    }
  });

  it('may hold 10 operations, and no more', async () => {
    const ten = await post(Array.from({ length: 10 }, () => ({ query: '{ __typename }' })));
    expect([ten.status, JSON.parse(ten.body)]).toEqual([
      200,
      Array.from({ length: 10 }, () => ({ data: { __typename: 'Query' } })),
    ]);
    expectFault(await post(Array.from({ length: 11 }, () => ({ query: READ }))), 413, /limited to 10/);
  });

  it('may be a batch in which one operation is at fault', async () => {
    const answer = await post([
      { query: '{ __typename }' },
      { query: '{ nothing }' },
      null,
      { query: WRITE, x: 1 },
    ]);
    const answers = JSON.parse(answer.body) as Answer[];
    expect(answers.map(({ errors }) => errors?.[0]?.extensions?.['code'] ?? 'fine')).toEqual([
      'fine',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
    ]);
    expect(gateway.actions()).toEqual([]);
  });
});

describe('a document', () => {
  it('may have 20,000 tokens, and no more', async () => {
    const ofTokens = (count: number) => `{ nodes(ids: [${'"" '.repeat(count - 12)}]) { id } }`;
    expectFault(await post({ query: ofTokens(20_000) }), 200, /at most 200/);
    expectFault(
      await post({ query: ofTokens(20_001) }, { accept: STRICT }),
      400,
      /more tha[nt] 20000 tokens/,
    );
  });

  it.each([
    ['fields', '{a'.repeat(4000) + '}'.repeat(4000)],
    ['lists', `{ models(first: ${'['.repeat(9000)}${']'.repeat(9000)}) { totalCount } }`],
    ['objects', `{ models(filter: ${'{category: '.repeat(4000)}1${'}'.repeat(4000)}) { totalCount } }`],
    ['inline fragments', `{${'...{'.repeat(4000)}models { totalCount }${'}'.repeat(4000)}}`],
    ['a type', `query ($a: ${'['.repeat(9000)}Int${']'.repeat(9000)}) { models { totalCount } }`],
    ['what is never closed', '{a'.repeat(9000)],
  ])('may not be nested without end: %s', async (_case, query) => {
    expectFault(await post({ query }, { accept: STRICT }), 400, /nested more than 100 levels/);
  });

  it('may not bring variables that are nested without end', async () => {
    const query = 'mutation ($input: CreateModelInput!) { createModel(input: $input) { __typename } }';
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = `{"query":${JSON.stringify(query)},"variables":{"input":{"name":"a","modelCode":"b","extensions":${deep}}}}`;
    expectFault(await post(body), 400, /nested more than 100 levels/);
  });

  const deep = (levels: number) => {
    // node.gateway.modelServices.nodes.gateway… : each turn is three levels.
    const turns = Math.floor((levels - 3) / 3);
    const rest = levels - 3 - 3 * turns;
    const tail = ['id', 'gateway { id }', 'gateway { modelServices { totalCount } }'][rest] ?? '';
    const open = 'gateway { modelServices(first: 1) { nodes { '.repeat(turns);
    return `modelServices(first: 1) { nodes { ${open}${tail}${' } } }'.repeat(turns)} } }`;
  };

  it('may have 15 levels, and no more', async () => {
    expect(answerOf(await post({ query: `{ ${deep(15)} }` })).errors).toBeUndefined();
    gateway.sandbox.forgetRequests();
    expectFault(await post({ query: `{ ${deep(16)} }` }, { accept: STRICT }), 400, /more than 15 levels/);
  });

  it('does not hide its levels in fragments', async () => {
    const query = `
      query { modelServices(first: 1) { nodes { ...A } } }
      fragment A on ModelService { ... { ...B } ...B }
      fragment B on ModelService { gateway { modelServices(first: 1) { nodes { ...C } } } }
      fragment C on ModelService { gateway { modelServices(first: 1) { nodes { ...D } } } }
      fragment D on ModelService { gateway { modelServices(first: 1) { nodes { ...E } } } }
      fragment E on ModelService { gateway { modelServices(first: 1) { nodes { gateway { id } } } } }`;
    expectFault(await post({ query }, { accept: STRICT }), 400, /more than 15 levels/);
  });

  it('does not hide its levels in a fragment that was met higher up', async () => {
    const query = `
      query { ...A modelServices(first: 1) { nodes { gateway { modelServices(first: 1) { nodes { gateway { ...B } } } } } } }
      fragment A on Query { aiGateways { nodes { ...B } } }
      fragment B on AiGateway { modelServices(first: 1) { nodes { gateway { modelServices(first: 1) { nodes { gateway { modelServices(first: 1) { nodes { gateway { id } } } } } } } } } }`;
    expectFault(await post({ query }, { accept: STRICT }), 400, /more than 15 levels/);
  });

  it('has no more levels for its fragments', async () => {
    const query = `
      query { ... on Query { ...A } }
      fragment A on Query { ...B }
      fragment B on Query { ... { ${deep(15)} } }`;
    expect(answerOf(await post({ query })).errors).toBeUndefined();
  });

  it.each([
    ['itself', 'fragment A on Query { ...A }'],
    ['another', 'fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['a field', 'fragment A on Query { models { nodes { ...C } } } fragment C on Model { ...C }'],
  ])('may have no fragment that comes back to itself through %s', async (_case, fragments) => {
    const answer = await post({ query: `{ ...A } ${fragments}` }, { accept: STRICT });
    expectFault(answer, 400, /Cannot spread fragment/);
  });

  it('may be the introspection of graphql-js', async () => {
    const query = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true });
    const answer = answerOf(await post({ query }));
    expect([answer.errors, Object.keys(answer.data ?? {})]).toEqual([undefined, ['__schema']]);
  });

  it('may not ask the schema for the schema of the schema', async () => {
    const levels = 'fields { type { '.repeat(5);
    const query = `{ __schema { types { ${levels} name ${'} } '.repeat(5)} } } }`;
    expectFault(await post({ query }, { accept: STRICT }), 400, /introspection depth/);
  });

  it('may have 500 aliases, and no more', async () => {
    const ofAliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: node(id: "x") { id }`).join(' ')} }`;
    const fine = answerOf(await post({ query: ofAliases(500) }));
    expect(fine.errors?.every(({ path }) => path?.length === 1)).toBe(true);
    expectFault(await post({ query: ofAliases(501) }, { accept: STRICT }), 400, /more than 500 aliases/);
  });

  it('may have no more aliases of __typename than of any other field', async () => {
    const ofAliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`;
    expect((await post({ query: ofAliases(500) }, { accept: STRICT })).status).toBe(200);
    expectFault(await post({ query: ofAliases(501) }, { accept: STRICT }), 400, /more than 500 aliases/);
  });

  it('does not hide its aliases in fragments', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `a${index}: totalCount`).join(' ');
    const spreads = Array.from({ length: 6 }, (_, index) => `m${index}: models { ...A }`).join(' ');
    const query = `{ ${spreads} } fragment A on ModelConnection { ${names} }`;
    expectFault(await post({ query }, { accept: STRICT }), 400, /more than 500 aliases/);
  });

  it('may look 150 models up', async () => {
    const lookups = Array.from(
      { length: 150 },
      (_, index) => `m${index}: model(sourceId: "${(index % 10) + 1}") { name }`,
    );
    const { data, errors } = answerOf(await post({ query: `{ ${lookups.join(' ')} }` }));
    expect([errors, Object.keys(data ?? {}).length]).toEqual([undefined, 150]);
    expect(gateway.actions()).toEqual(Array.from({ length: 10 }, () => 'ModelRouterQueryModel'));
  });

  it('may have 50 directives, and no more', async () => {
    const ofDirectives = (count: number) => `{ ${'__typename @include(if: true) '.repeat(count)} }`;
    expect((await post({ query: ofDirectives(50) })).status).toBe(200);
    expectFault(await post({ query: ofDirectives(51) }, { accept: STRICT }), 400, /more than 50 directives/);
  });
});

describe('GET', () => {
  const get = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    gateway.send({ path: `/graphql?${query}`, headers });

  it('never runs a mutation', async () => {
    const answer = await get(`query=${encodeURIComponent(WRITE)}`);
    expectFault(answer, 405, /POST/);
    const named = `query Q { __typename } mutation M ${WRITE.slice('mutation'.length)}`;
    expectFault(await get(`query=${encodeURIComponent(named)}&operationName=M`), 405, /POST/);
    // Nor after the same document was parsed for a POST.
    await post({ query: '{ __typename }' });
    expectFault(await get(`query=${encodeURIComponent(WRITE)}`), 405, /POST/);
  });

  it.each([
    'query={__typename}&variables=sk-5f2c',
    'query={__typename}&variables={"a":sk-5f2c}',
    'query={__typename}&variables="sk-5f2c"',
    'query={__typename}&variables=[1]',
    'query={__typename}&extensions=sk-5f2c',
    'variables={}',
    '',
  ])('with %s is a 400', async (query) => {
    const answer = await get(encodeURI(query));
    expectFault(answer, 400, /JSON|object|query/);
    expect(answer.body).not.toContain('5f2c');
  });

  it.each([
    ['without a question mark', '/&variables=sk-5f2c&query=/graphql'],
    ['behind a fragment', '/graphql?query=x#&variables=sk-5f2c'],
  ])('reads no parameter %s', async (_case, path) => {
    const answer = await gateway.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|200|404) /);
    expect(answer).not.toContain('5f2c');
    expect(complaintsIn(gateway.logs.join(''))).toEqual([]);
  });

  it('runs a query with its variables', async () => {
    const query = encodeURIComponent(
      'query Q($n: Int) { models(first: $n) { nodes { name } } } query R { __typename }',
    );
    const answer = await get(`query=${query}&variables=${encodeURIComponent('{"n":1}')}&operationName=Q`);
    expect(answerOf(answer)).toEqual({ data: { models: { nodes: [{ name: '通义千问' }] } } });
  });

  it('is not mistaken for a probe by what it ends in', async () => {
    for (const suffix of ['/ready', '/health', '/graphql']) {
      expectFault(await get(`query={__typename}&operationName=${suffix}`), 400, /operation/);
    }
  });
});

describe('what a client accepts', () => {
  const FAULTS: readonly (readonly [string, unknown])[] = [
    ['that does not parse', { query: '{ models(' }],
    ['that is not valid', { query: '{ nothing }' }],
    [
      'with a variable of a wrong type',
      { query: 'query ($n: Int) { models(first: $n) { totalCount } }', variables: { n: 'x' } },
    ],
    ['without a variable it needs', { query: 'query ($id: ID!) { node(id: $id) { id } }' }],
    ['that subscribes', { query: 'subscription { models { totalCount } }' }],
  ];

  it.each(FAULTS)('as the strict type makes an operation %s a 400', async (_case, body) => {
    const answer = await post(body, { accept: STRICT });
    expectFault(answer, 400, /./);
    expect(answer.headers['content-type']).toBe(`${STRICT}; charset=utf-8`);
    expect(answerOf(answer)).not.toHaveProperty('data');
  });

  it.each(FAULTS)('as plain JSON makes an operation %s a 200 with errors', async (_case, body) => {
    for (const accept of ['application/json', '*/*', 'application/*']) {
      const answer = await post(body, { accept });
      expectFault(answer, 200, /./);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(answerOf(answer)).not.toHaveProperty('data');
    }
  });

  it('is 200 where a field failed and others did not', async () => {
    // Twice: a read that fails so is sent once more.
    gateway.sandbox.setFault(
      'ModelRouterQueryModelList',
      { kind: 'error', status: 500, code: 'InternalError' },
      { times: 2 },
    );
    const answer = await post(
      { query: '{ models { totalCount } aiGateways { totalCount } }' },
      { accept: STRICT },
    );
    expect(answer.status).toBe(200);
    expect(answerOf(answer).data).toEqual({ models: { totalCount: null }, aiGateways: { totalCount: 3 } });
    // A failing backend is logged; the other tests find the log empty.
    (gateway.logs as string[]).splice(0);
  });

  it.each([
    ...['text/html', 'image/png', 'application/xml', 'application/json;charset=latin1', 'nothing'],
    ...['application/json;q=0', 'application/json; Q=0.0', '*/*;q=0.000', 'text/html, application/*; q=0.'],
  ])('as %s is a 406 before the mutation runs', async (accept) => {
    expect((await post({ query: WRITE }, { accept })).status).toBe(406);
    expect(gateway.actions()).toEqual([]);
  });

  it.each([
    'text/html, */*;q=0.1',
    'application/json;q=0.5',
    'application/json;q=0.001',
    'application/json;q=0, application/graphql-response+json',
    'application/*',
    'text/event-stream',
    'APPLICATION/JSON',
  ])('as %s is served', async (accept) => {
    expect((await gateway.send(asJson('{ __typename }', { accept }))).status).toBe(200);
  });
});

describe('limits that the operator sets', () => {
  const LIMITS = {
    maxBodyBytes: 300,
    maxBatchOperations: 2,
    maxTokens: 20,
    maxDepth: 3,
    maxAliases: 2,
    maxDirectives: 1,
  };

  it.each([
    ['maxBodyBytes', { query: `{ __typename } #${'x'.repeat(300)}` }, 413, /too large/],
    [
      'maxBatchOperations',
      Array.from({ length: 3 }, () => ({ query: '{ __typename }' })),
      413,
      /limited to 2/,
    ],
    ['maxTokens', { query: `{ ${'__typename '.repeat(20)} }` }, 400, /20 tokens/],
    [
      'maxDepth',
      { query: '{ models { nodes { billingRules { totalCount } } } }' },
      400,
      /more than 3 levels/,
    ],
    ['maxAliases', { query: '{ a: models { x: totalCount y: totalCount } }' }, 400, /more than 2 aliases/],
    [
      'maxDirectives',
      { query: '{ __typename @skip(if: false) @include(if: true) }' },
      400,
      /more than 1 directives/,
    ],
  ])('%s', async (_name, body, status, message) => {
    await using limited = await openListening({ limits: LIMITS });
    const sent = { method: 'POST', headers: { 'content-type': 'application/json', accept: STRICT } };
    const refused = await limited.send({ ...sent, body: JSON.stringify(body) });
    expect([refused.status, refused.body]).toEqual([status, expect.stringMatching(message)]);
    const fine = { query: '{ a: models { nodes @include(if: true) { id } } }' };
    expect((await limited.send({ ...sent, body: JSON.stringify(fine) })).status).toBe(200);
  });
});
