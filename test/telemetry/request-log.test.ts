import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openKeyRing } from '../security/support/callers.ts';
import { openGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts';
import { type LogLine, logLines } from '../support/log-lines.ts';
import { mixedRun } from './support/mixed-run.ts';

let gateway: TestGateway;
let linesSeen = 0;

/** Opens the gateway of a test; its options differ, so that some need one of their own. */
async function open(options: TestGatewayOptions = {}): Promise<void> {
  gateway = await openGateway(options);
  linesSeen = 0;
}

/** The lines since the last time, of that message. */
function newLines(message: string): readonly LogLine[] {
  const lines = logLines(gateway.logs.slice(linesSeen));
  linesSeen = gateway.logs.length;
  return lines.filter(({ msg }) => msg === message);
}

/** The only line of a request since the last time. */
function requestLine(): LogLine {
  const [line, ...others] = newLines('request');
  expect(others).toEqual([]);
  return line as LogLine;
}

const post = (body: unknown, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal) =>
  gateway.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

const hashOf = (document: string) => createHash('sha256').update(document).digest('hex').slice(0, 16);

const CREATE = (input: string) => `mutation Create { createModel(input: { ${input} }) { __typename } }`;

describe('the line of a request', () => {
  beforeAll(() => open({ isForgetful: true }));
  afterAll(() => gateway[Symbol.asyncDispose]());
  afterEach(() => {
    gateway.sandbox.clearFaults();
    linesSeen = gateway.logs.length;
  });

  it('holds who, what, how long, what was sent, and nothing else', async () => {
    const query = 'query Two { models(first: 2) { totalCount } paiModels { totalCount } }';
    await post({ query, variables: {} }, { 'x-request-id': 'my-id' });
    const { time, ms, ...line } = requestLine();
    expect(line).toEqual({
      level: 30,
      requestId: 'my-id',
      method: 'POST',
      route: '/graphql',
      status: 200,
      operationType: 'query',
      operationName: 'Two',
      documentHash: hashOf(query),
      outcome: 'ok',
      upstreamCalls: 2,
      upstreamRetries: 0,
      upstreamJoined: 0,
      msg: 'request',
    });
    expect(time).toEqual(expect.any(Number));
    expect(ms).toBeGreaterThan(0);
  });

  it('has the id that the answer has', async () => {
    const response = await post({ query: '{ __typename }' });
    expect(requestLine()['requestId']).toBe(response.headers.get('x-request-id'));
  });

  it.each([
    ['ok', '{ model(sourceId: "999999") { name } }', undefined],
    ['partial', '{ __typename models(first: -1) { totalCount } }', { BAD_USER_INPUT: 1 }],
    [
      'partial',
      '{ a: models(first: 1) { totalCount } b: aiGateways(first: -1) { totalCount } }',
      { BAD_USER_INPUT: 1 },
    ],
    ['failed', '{ models(first: -1) { totalCount } }', { BAD_USER_INPUT: 1 }],
    [
      'failed',
      '{ a: models(first: -1) { totalCount } b: models(last: -1) { totalCount } }',
      { BAD_USER_INPUT: 2 },
    ],
    ['failed', CREATE('name: "", modelCode: "m"'), { BAD_USER_INPUT: 1 }],
    [
      'partial',
      `mutation { a: createModel(input: { name: "", modelCode: "m" }) { __typename } b: createModel(input: { name: "n", modelCode: "m-logged" }) { __typename } }`,
      { BAD_USER_INPUT: 1 },
    ],
    ['refused', '{ models {', { BAD_USER_INPUT: 1 }],
    ['refused', '{ nothing }', { BAD_USER_INPUT: 1 }],
    ['refused', 'query ($n: Int!) { models(first: $n) { totalCount } }', { BAD_USER_INPUT: 1 }],
  ])('says %s of %s', async (outcome, query, errors) => {
    await post({ query });
    expect(requestLine()).toMatchObject({ outcome, documentHash: hashOf(query), ...(errors && { errors }) });
  });

  it.each([
    ['a body that is no JSON', () => post('{"query":'), 400],
    ['a body of another type', () => post('{}', { 'content-type': 'text/plain' }), 415],
    ['a page of another origin', () => post('{}', { origin: 'https://evil.example' }), 403],
    [
      'a mutation by GET',
      () => gateway.fetch('/graphql?query=mutation{deleteModel(id:"x"){__typename}}'),
      405,
    ],
  ])('says refused of %s', async (_case, send, status) => {
    await send();
    expect(requestLine()).toMatchObject({ outcome: 'refused', status, errors: { BAD_USER_INPUT: 1 } });
  });

  it('counts the codes of errors, those that are told as data too', async () => {
    gateway.sandbox.setFault('ListModels', { kind: 'error', status: 403, code: 'NoPermission' });
    gateway.sandbox.setFault('ModelRouterCreateModel', { kind: 'error', status: 409, code: 'Conflict' });
    await post({
      query: '{ a: paiModels { totalCount } b: paiModels { totalCount } models { totalCount } }',
    });
    expect(requestLine()).toMatchObject({ outcome: 'partial', errors: { FORBIDDEN: 2 } });
    await post({ query: '{ catalog { nodes { name } } }' });
    expect(requestLine()).not.toHaveProperty('errors');
    await post({
      query: '{ catalog(orderBy: { field: NAME, direction: ASC }) { nodes { name } totalCount } }',
    });
    expect(requestLine()).toMatchObject({ outcome: 'partial', errors: { FORBIDDEN: 1 } });
    await post({ query: '{ catalog { totalCount sources { totalCount } } }' });
    expect(requestLine()).toMatchObject({ outcome: 'partial', errors: { FORBIDDEN: 1 } });
    await post({ query: CREATE('name: "n", modelCode: "m"') });
    expect(requestLine()).toMatchObject({ outcome: 'failed', errors: { CONFLICT: 1 }, upstreamCalls: 1 });
  });

  it('counts each request that was sent, and tells retries from first tries', async () => {
    gateway.sandbox.setFault(
      'ModelRouterQueryModelList',
      { kind: 'error', status: 503, code: 'ServiceUnavailable' },
      { times: 1 },
    );
    gateway.sandbox.forgetRequests();
    await post({ query: '{ models { totalCount } paiModels { totalCount } }' });
    expect(gateway.actions()).toHaveLength(3);
    expect(requestLine()).toMatchObject({ outcome: 'ok', upstreamCalls: 3, upstreamRetries: 1 });
  });

  it('takes the name of the operation from the document only, and only one that looks like a name', async () => {
    await post({ query: 'query A { __typename } query B { a: __typename }', operationName: 'B' });
    expect(requestLine()['operationName']).toBe('B');
    await post({ query: 'query A { __typename }', operationName: 'sk-secret' });
    expect(requestLine()).not.toHaveProperty('operationName');
    await post({ query: `query ${'n'.repeat(65)} { __typename }` });
    expect(requestLine()).not.toHaveProperty('operationName');
    await post({ query: `query ${'n'.repeat(64)} { __typename }` });
    expect(requestLine()['operationName']).toHaveLength(64);
  });

  it('is one line for a batch, which lists its operations in their order', async () => {
    await post([{ query: 'query A { __typename }' }, { query: '{ nothing }' }, { query: 17 }]);
    const line = requestLine();
    expect(line).toMatchObject({
      outcome: 'refused',
      errors: { BAD_USER_INPUT: 2 },
      operations: [
        {
          operationName: 'A',
          operationType: 'query',
          documentHash: hashOf('query A { __typename }'),
          outcome: 'ok',
        },
        { operationType: 'query', documentHash: hashOf('{ nothing }'), outcome: 'refused' },
        { outcome: 'refused' },
      ],
    });
    expect(line).not.toHaveProperty('operationName');
  });

  it('says cancelled where the client left', async () => {
    gateway.sandbox.setFault('*', { kind: 'hang' });
    gateway.sandbox.forgetRequests();
    const leaving = new AbortController();
    const sent = post({ query: '{ models { totalCount } }' }, {}, leaving.signal).catch(() => undefined);
    await expect.poll(() => gateway.sandbox.requests.length).toBe(1);
    leaving.abort();
    await sent;
    await expect.poll(() => gateway.logs.slice(linesSeen).join('')).toContain('"request"');
    const lines = logLines(gateway.logs.slice(linesSeen));
    expect(lines.map(({ msg, outcome }) => [msg, outcome])).toEqual([
      ['upstream call', 'cancelled'],
      ['request', 'cancelled'],
    ]);
    // Nobody was told of any, and a client that leaves is no bug of the gateway.
    expect(lines.at(-1)).not.toHaveProperty('errors');
  });

  it('does not tell a path that is none of ours, nor a method', async () => {
    await gateway.fetch('/sk-secret?sk-secret');
    expect(requestLine()).toMatchObject({ status: 404, outcome: 'refused' });
    // Node lets none in from a port.
    await gateway.gateway.handler.fetch('http://127.0.0.1:4000/sk-secret', { method: 'SECRET' });
    expect(requestLine()).toMatchObject({ method: 'other' });
    expect(gateway.logs.join('')).not.toMatch(/secret/i);
  });

  it.each(['/health', '/ready', '/metrics'])('of %s is for debugging only', async (path) => {
    await gateway.fetch(path);
    expect(requestLine()).toMatchObject({ level: 20, route: path, status: 200 });
  });

  it('of the page of GraphiQL has no operation', async () => {
    await gateway.fetch('/graphql', { headers: { accept: 'text/html' } });
    const line = requestLine();
    expect(line).toMatchObject({ level: 30, method: 'GET', status: 200, outcome: 'ok' });
    expect(line).not.toHaveProperty('documentHash');
  });
});

describe('the line of a request of a guarded gateway', () => {
  afterEach(() => gateway[Symbol.asyncDispose]());

  it('names the caller, and tells who was turned away', async () => {
    const keys = openKeyRing();
    await open({ authenticate: keys.authenticate });
    await post({ query: '{ __typename }' }, keys.holderOf('models:read'));
    expect(requestLine()).toMatchObject({ caller: 'caller-0', outcome: 'ok' });
    await post({ query: '{ __typename }' });
    const line = requestLine();
    expect(line).toMatchObject({ status: 401, outcome: 'refused', errors: { UNAUTHENTICATED: 1 } });
    expect(line).not.toHaveProperty('caller');
    await post({ query: '{ __typename }' }, { authorization: 'Bearer sk-secret' });
    expect(requestLine()).toMatchObject({ status: 401, errors: { UNAUTHENTICATED: 1 } });
    expect(gateway.logs.join('')).not.toContain('sk-secret');
  });

  it('hashes a trusted document, whether its text or its id was sent', async () => {
    const document = 'query Trusted { __typename }';
    await open({ trustedDocuments: { mode: 'only', byId: new Map([['my-id', document]]) } });
    await post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'my-id' } } });
    expect(requestLine()).toMatchObject({
      operationName: 'Trusted',
      documentHash: hashOf(document),
      outcome: 'ok',
    });
    await post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'sk-secret' } } });
    expect(requestLine()).toMatchObject({ outcome: 'refused', errors: { PERSISTED_QUERY_NOT_FOUND: 1 } });
    expect(gateway.logs.join('')).not.toContain('sk-secret');
  });
});

describe('docs/telemetry.md', () => {
  it('lists every field of the log, and no other', async () => {
    await open();
    await mixedRun(gateway);
    await post([{ query: '{ __typename }' }, { query: '{ __typename }' }]);
    const services = await gateway.query('{ modelServices(first: 1) { nodes { id } } }');
    await gateway.query('query ($id: ID!) { node(id: $id) { id } }', {
      id: JSON.stringify(services.data).match(/"id":"([^"]+)"/)?.[1],
    });
    const docs = readFileSync('docs/telemetry.md', 'utf8');
    for (const message of ['request', 'upstream call']) {
      const section = docs.split(/^###? /m).find((part) => part.startsWith(`\`${message}\`\n`)) ?? '';
      const listed = [...section.matchAll(/^\| (`[^|]+`) *\|/gm)].flatMap(([, names = '']) =>
        [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
      );
      const written = logLines(gateway.logs)
        .filter(({ msg }) => msg === message)
        .flatMap((line) => Object.keys(line))
        .filter((name) => !['level', 'time', 'msg'].includes(name));
      expect(new Set(listed)).toEqual(
        new Set([...written, 'traceId', ...(message === 'request' ? ['caller'] : [])]),
      );
    }
    await gateway[Symbol.asyncDispose]();
  });
});

describe('the lines of upstream calls', () => {
  afterEach(() => gateway[Symbol.asyncDispose]());

  it('are for debugging, and name the request that they were made for', async () => {
    await open();
    gateway.sandbox.setFault('ListModels', { kind: 'throttle', retryAfterMs: 1 }, { times: 1 });
    await post({ query: '{ models { totalCount } paiModels { totalCount } }' }, { 'x-request-id': 'mine' });
    const calls = newLines('upstream call').toSorted((a, b) => Number(a['attempts']) - Number(b['attempts']));
    const told = { level: 20, requestId: 'mine', joined: false, httpStatus: 200, outcome: 'ok' };
    expect(calls).toEqual([
      expect.objectContaining({
        ...told,
        source: 'MODEL_ROUTER',
        operation: 'ModelRouterQueryModelList',
        attempts: 1,
      }),
      expect.objectContaining({ ...told, source: 'PAI', operation: 'ListModels', attempts: 2 }),
    ]);
  });

  it('say how a call failed, with the backend and its request id', async () => {
    await open();
    gateway.sandbox.setFault('ListModels', { kind: 'error', status: 403, code: 'NoPermission' });
    await post({ query: '{ paiModels { totalCount } }' });
    const [call] = newLines('upstream call');
    expect(call).toMatchObject({ outcome: 'FORBIDDEN', httpStatus: 403, attempts: 1 });
    expect(call?.['upstreamRequestId']).toMatch(/^[\w-]+$/);
  });

  it('count the ids that one call asked for', async () => {
    await open();
    const { data } = await gateway.query('{ modelServices(first: 3) { nodes { id } } }');
    const services = data?.['modelServices'] as { readonly nodes: readonly { readonly id: string }[] };
    newLines('upstream call');
    await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: services.nodes.map(({ id }) => id),
    });
    expect(newLines('upstream call')).toEqual([
      expect.objectContaining({ operation: 'DescribeModelServices', keys: 3 }),
    ]);
  });

  it('tell a read that joined an equal one of another request', async () => {
    await open();
    gateway.sandbox.setFault('*', { kind: 'latency', ms: 100 });
    const both = await Promise.all(
      ['a', 'b'].map((id) => post({ query: '{ models { totalCount } }' }, { 'x-request-id': id })),
    );
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(gateway.actions()).toHaveLength(1);
    const lines = logLines(gateway.logs);
    const calls = lines.filter(({ msg }) => msg === 'upstream call');
    expect(calls.map(({ joined, attempts }) => [joined, attempts]).toSorted()).toEqual([
      [false, 1],
      [true, 0],
    ]);
    const requests = lines.filter(({ msg }) => msg === 'request');
    expect(
      requests.map(({ upstreamCalls, upstreamJoined }) => [upstreamCalls, upstreamJoined]).toSorted(),
    ).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('are not written at the level of the requests, which are not at that of warnings', async () => {
    await open({ logLevel: 'info' });
    await post({ query: '{ models { totalCount } }' });
    await gateway.fetch('/health');
    expect(logLines(gateway.logs).map(({ msg }) => msg)).toEqual(['request']);
    await gateway[Symbol.asyncDispose]();
    await open({ logLevel: 'warn' });
    await post({ query: '{ models { totalCount } }' });
    expect(gateway.logs).toEqual([]);
  });
});
