import { afterEach, describe, expect, it, vi } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { openKeyRing } from '../security/support/callers.ts';
import { openListening } from '../security/support/listening.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openHeldBackend } from '../support/held-backend.ts';
import { logLines } from '../support/log-lines.ts';
import { PARTS, partsOf, together } from '../support/parts.ts';

const SLOW = `{
  models(first: 2) { nodes { id } }
  ... @defer(label: "slow") { paiModels(first: 1) { nodes { name } } }
}`;

const bodyOf = (query: string, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: PARTS, ...headers },
  body: JSON.stringify({ query }),
});
const send = (gateway: TestGateway, query: string, headers?: Readonly<Record<string, string>>) =>
  gateway.fetch('/graphql', bodyOf(query, headers));
const read = async (...asked: Parameters<typeof send>) => Array.fromAsync(partsOf(await send(...asked)));

afterEach(() => void vi.restoreAllMocks());

describe('what is deferred', () => {
  it('comes when its backend has answered, and what is fast has come before', async () => {
    await using sandbox = await openGateway();
    await using held = await openHeldBackend(sandbox.sandbox.url);
    await using gateway = await openListening({ endpoints: { PAI: held.url } });
    const parts = partsOf(await fetch(`${gateway.origin}/graphql`, bodyOf(SLOW)));
    const { value: fast } = await parts.next();
    expect(fast).toEqual({
      data: { models: { nodes: [{ id: expect.any(String) }, { id: expect.any(String) }] } },
      hasNext: true,
    });
    await expect.poll(() => held.waiting).toEqual(['ListModels']);
    held.letGo();
    expect(await Array.fromAsync(parts)).toEqual([
      {
        incremental: [
          { label: 'slow', path: [], data: { paiModels: { nodes: [{ name: expect.any(String) }] } } },
        ],
        hasNext: false,
      },
    ]);
  });

  it('is given up with the client that leaves', async () => {
    await using gateway = await openListening();
    gateway.sandbox.setFault('aiworkspace:ListModels', { kind: 'hang' });
    const client = new AbortController();
    const init = { ...bodyOf(SLOW), signal: client.signal };
    const parts = partsOf(await fetch(`${gateway.origin}/graphql`, init));
    await parts.next();
    const hung = () => gateway.sandbox.requests.filter(({ action }) => action === 'ListModels');
    await expect.poll(() => hung().length).toBe(1);
    expect(hung()[0]?.aborted).toBe(false);
    client.abort();
    await expect.poll(() => hung()[0]?.aborted).toBe(true);
    await expect(parts.next()).rejects.toThrow();
    expect(hung()).toHaveLength(1);
    expect(gateway.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('has until the deadline of its request', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('aiworkspace:ListModels', { kind: 'hang' });
    const parts = await read(gateway, SLOW, { 'x-request-timeout-ms': '300' });
    expect(parts).toMatchObject([
      { data: { models: { nodes: [{}, {}] } }, hasNext: true },
      {
        incremental: [
          {
            data: { paiModels: null },
            errors: [{ extensions: { code: 'UPSTREAM_TIMEOUT', source: 'PAI' } }],
          },
        ],
        hasNext: false,
      },
    ]);
    const [hung] = gateway.sandbox.requests.filter(({ action }) => action === 'ListModels');
    await expect.poll(() => hung?.aborted).toBe(true);
  });

  it('is refused to callers who may not read it, and only that', async () => {
    const ring = openKeyRing();
    await using gateway = await openGateway({ authenticate: ring.authenticate });
    const parts = await read(gateway, SLOW, ring.holderOf('MODEL_ROUTER:read'));
    expect(together(parts)).toEqual({
      data: { models: { nodes: [{ id: expect.any(String) }, { id: expect.any(String) }] }, paiModels: null },
      errors: [
        {
          message: 'The caller lacks the scope PAI:read.',
          path: ['paiModels', 'nodes'],
          locations: expect.anything(),
          extensions: { code: 'FORBIDDEN', source: 'PAI', retryable: false },
        },
      ],
    });
    expect(gateway.actions()).not.toContain('ListModels');
  });

  it('tells of a bug no more than that it is one', async () => {
    await using gateway = await openGateway();
    const field = schema.getQueryType()?.getFields()['tags'];
    if (field?.resolve === undefined) throw new Error('The field has no resolver.');
    vi.spyOn(field, 'resolve').mockRejectedValue(new Error('banana split'));
    const text = await (await send(gateway, '{ __typename ... @defer { tags { code } } }')).text();
    expect(text).toContain(
      '"errors":[{"message":"Unexpected error.","locations":[{"line":1,"column":27}],"path":["tags"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]',
    );
    expect(text).not.toContain('banana');
    expect(gateway.logs.filter((line) => line.includes('banana'))).toHaveLength(1);
  });

  it('has the words of a backend that fails as any other field has', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('ListModels', { kind: 'error', status: 403, code: 'NoPermission' });
    const whole = await gateway.query('{ paiModels(first: 1) { nodes { name } } }');
    const { errors } = together(await read(gateway, SLOW));
    const { requestId: _, ...extensions } = whole.errors?.[0]?.extensions ?? {};
    expect(extensions['code']).toBe('FORBIDDEN');
    expect(errors).toMatchObject([{ message: whole.errors?.[0]?.message, extensions }]);
  });

  it('is answered as whole where it is not to be deferred', async () => {
    await using gateway = await openGateway();
    const query = '{ ... @defer(if: false) { models(first: 1) { totalCount } } }';
    const response = await send(gateway, query, { accept: 'application/json' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: { models: { totalCount: 151 } } });
  });

  it('comes in a mutation as well, once what was made is there', async () => {
    await using gateway = await openGateway();
    const parts = await read(
      gateway,
      `mutation { createModel(input: { name: "Deferred", modelCode: "deferred" }) {
        ... on CreateModelSuccess { model { name ... @defer { modelServices(first: 1) { totalCount } } } }
      } }`,
    );
    expect(parts).toEqual([
      { data: { createModel: { model: { name: 'Deferred' } } }, hasNext: true },
      {
        incremental: [
          { path: ['createModel', 'model'], data: { modelServices: { totalCount: expect.any(Number) } } },
        ],
        hasNext: false,
      },
    ]);
  });
});

describe('the log of a request that is answered in parts', () => {
  const requestLines = (gateway: TestGateway) =>
    logLines(gateway.logs).filter(({ msg }) => msg === 'request');

  it('tells of all of them once the last is out', async () => {
    await using sandbox = await openGateway();
    await using held = await openHeldBackend(sandbox.sandbox.url);
    await using gateway = await openGateway({ endpoints: { PAI: held.url } });
    const parts = partsOf(await send(gateway, SLOW));
    await parts.next();
    expect(requestLines(gateway)).toEqual([]);
    held.letGo();
    await Array.fromAsync(parts);
    expect(requestLines(gateway)).toMatchObject([{ status: 200, outcome: 'ok', upstreamCalls: 2 }]);
  });

  it.each([
    ['root', SLOW, 'partial'],
    [
      'object',
      '{ model(sourceId: "1") { id ... @defer { modelServices(first: 1) { nodes { id } } } } }',
      'partial',
    ],
    ['only', '{ ... @defer { paiModels(first: 1) { nodes { name } } } }', 'failed'],
  ])('tells of errors that came later: %s', async (_where, query, outcome) => {
    await using gateway = await openGateway();
    for (const action of ['ListModels', 'DescribeModelServices']) {
      gateway.sandbox.setFault(action, { kind: 'error', status: 403, code: 'NoPermission' });
    }
    await read(gateway, query);
    expect(requestLines(gateway)).toMatchObject([{ outcome, errors: { FORBIDDEN: 1 } }]);
  });

  it('tells that the client left before the last', async () => {
    await using gateway = await openListening();
    gateway.sandbox.setFault('aiworkspace:ListModels', { kind: 'hang' });
    const client = new AbortController();
    const init = { ...bodyOf(SLOW), signal: client.signal };
    const parts = partsOf(await fetch(`${gateway.origin}/graphql`, init));
    await parts.next();
    client.abort();
    await expect(parts.next()).rejects.toThrow();
    await expect.poll(() => requestLines(gateway)).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('stands beside the calls that GraphiQL asks for, in the last part', async () => {
    await using gateway = await openGateway();
    const parts = await read(gateway, SLOW, { 'x-graphql-upstream-calls': '1' });
    expect(parts.map(({ extensions }) => extensions)).toEqual([
      undefined,
      { upstreamCalls: [expect.anything(), expect.objectContaining({ operation: 'ListModels' })] },
    ]);
  });
});

describe('the plan of an operation that defers', () => {
  it('counts a field for each part that it is resolved for', async () => {
    await using gateway = await openGateway();
    const planned = async (query: string) => {
      const parts = await read(gateway, query, { 'x-graphql-cost': '1' });
      expect(parts.slice(0, -1).some(({ extensions }) => extensions !== undefined)).toBe(false);
      const { fields = [] } = parts.at(-1)?.extensions?.cost ?? {};
      return fields.find(({ field }) => field === 'models')?.planned;
    };
    const row = 'models(first: 1) { nodes { id } }';
    expect(await planned(`{ ${row} ... @defer { ${row} } }`)).toBe(2);
    expect(await planned(`{ ${row} ... @defer { ${row} ... @defer { ${row} } } }`)).toBe(3);
    expect(await planned(`{ ${row} ... { ${row} } ... @defer { __typename } }`)).toBe(1);
  });
});

describe('an operation that defers is refused before anything is sent', () => {
  it.each(['application/json', 'application/graphql-response+json', 'multipart/mixed; incrementalSpec=v0.2'])(
    'where the client accepts %s only',
    async (accept) => {
      await using gateway = await openGateway();
      const response = await send(gateway, SLOW, { accept });
      expect(response.status).toBe(406);
      expect(await response.text()).toContain('accept multipart/mixed; deferSpec=20220824');
      expect(gateway.actions()).toEqual([]);
    },
  );

  it.each(['text/event-stream', '*/*', 'multipart/mixed'])('but not where it accepts %s', async (accept) => {
    await using gateway = await openGateway();
    const response = await send(gateway, SLOW, { accept });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"hasNext":false');
  });

  it('where it is one of a batch', async () => {
    await using gateway = await openGateway();
    const body = JSON.stringify([{ query: SLOW }, { query: '{ __typename }' }]);
    const response = await gateway.fetch('/graphql', { ...bodyOf(''), body });
    expect(await response.json()).toEqual([
      { errors: [{ message: expect.stringContaining('batch'), extensions: { code: 'BAD_USER_INPUT' } }] },
      { data: { __typename: 'Query' } },
    ]);
    expect(gateway.actions()).toEqual([]);
  });

  it.each([
    ['in 21 places', `{ ${'... @defer { __typename } '.repeat(21)} }`],
    [
      'by one fragment in 21 places',
      `{ ${'...Part @defer '.repeat(21)} } fragment Part on Query { __typename }`,
    ],
    [
      'by fragments of fragments',
      `{ ...P0 } ${[0, 1, 2, 3]
        .map((n) => `fragment P${n} on Query { ...P${n + 1} @defer ...P${n + 1} @defer }`)
        .join(' ')} fragment P4 on Query { __typename }`,
    ],
  ])('more than 20 fragments: %s', async (_how, query) => {
    await using gateway = await openGateway();
    const response = await send(gateway, query);
    expect(await response.json()).toMatchObject({
      errors: [{ message: 'The operation defers more than 20 fragments.' }],
    });
  });

  it.each([
    ['deeper', { maxDepth: 3 }, '{ models { ... @defer { nodes { billingRules { totalCount } } } } }'],
    ['with more aliases', { maxAliases: 1 }, '{ ... @defer { a: tags { code } b: tags { code } } }'],
    ['with more upstream calls', { maxUpstreamCalls: 0 }, '{ ... @defer { tags { code } } }'],
  ])('than the limits allow: %s', async (_what, limits, query) => {
    await using gateway = await openGateway({ limits });
    const response = await send(gateway, query);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(gateway.actions()).toEqual([]);
  });

  it.each([
    ['the root of a mutation', 'mutation { ... @defer { deleteModel(input: { id: "x" }) { __typename } } }'],
    [
      'two parts of one label',
      '{ ... @defer(label: "a") { __typename } ... @defer(label: "a") { __typename } }',
    ],
    ['rows of a list, by @stream', '{ models { nodes @stream { id } } }'],
  ])('where it names %s', async (_what, query) => {
    await using gateway = await openGateway();
    const response = await send(gateway, query);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(gateway.actions()).toEqual([]);
  });
});
