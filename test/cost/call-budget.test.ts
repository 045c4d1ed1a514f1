import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeGlobalId } from '../../src/domain/global-id.ts';
import { schema } from '../../src/schema/index.ts';
import { GATEWAY_ID } from '../contract/support/backend-cases.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { askCost } from './support/ask.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ isForgetful: true });
});
beforeEach(() => gateway.sandbox.forgetRequests());
afterEach(() => gateway.sandbox.clearFaults());
afterAll(() => gateway[Symbol.asyncDispose]());

const aliases = (count: number, field: (index: number) => string) =>
  `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(' ')} }`;
const modelId = (id: number) => encodeGlobalId({ typeName: 'Model', parts: ['digits'] }, [String(id)]);

describe('a field states what it takes', () => {
  test('so does every query and mutation, and every field that takes arguments', () => {
    const silent = Object.values(schema.getTypeMap())
      .filter((type) => 'getFields' in type && !type.name.startsWith('__'))
      .flatMap((type) =>
        Object.values('getFields' in type ? type.getFields() : {}).map((field) => ({ type, field })),
      )
      .filter(
        ({ type, field }) =>
          ['Query', 'Mutation'].includes(type.name) || ('args' in field && field.args.length > 0),
      )
      .filter(({ field }) => typeof field.extensions['cost'] !== 'function')
      .map(({ type, field }) => `${type.name}.${field.name}`);
    expect(silent).toEqual([]);
  });

  test.each([
    ['nothing for names of types', '{ __typename models { __typename } catalog { __typename } }', 0],
    ['nothing for what is skipped', '{ models @skip(if: true) { nodes { id } } }', 0],
    [
      'nothing for arguments that it refuses',
      '{ models(first: 101) { nodes { id } } model(id: "x") { id } }',
      0,
    ],
    ['a call for a count', '{ models { totalCount } paiModels { totalCount } }', 2],
    ['a call for each gateway there may be', '{ modelServices { totalCount } }', 21],
    [
      'a call for each distinct model',
      aliases(150, (index) => `model(sourceId: "${index % 10}") { id }`),
      10,
    ],
    ['150 calls for 150 models', aliases(150, (index) => `model(sourceId: "${index}") { id }`), 150],
    [
      'two calls for 150 services of a gateway',
      aliases(
        150,
        (index) => `modelService(sourceId: "ms-${index}", gatewaySourceId: "${GATEWAY_ID}") { id }`,
      ),
      2,
    ],
    [
      'one call for the same by id and by sourceId',
      `{ model(sourceId: "1") { id } node(id: "${modelId(1)}") { id } }`,
      1,
    ],
    [
      'one call for each id',
      `{ nodes(ids: ["${modelId(1)}", "${modelId(2)}", "${modelId(1)}", "x"]) { id } }`,
      2,
    ],
    ['one for what two fields read', '{ providers { name } a: providers { name } }', 1],
    ['one for each source that may have to be asked how it is', '{ sources { healthy lastErrorAt } }', 3],
    ['none for what is told of a source without asking it', '{ sources { source breaker } }', 0],
    [
      'one for a gateway whose id is told twice',
      `{ modelService(sourceId: "a", gatewaySourceId: "b") { gateway { id } } }`,
      2,
    ],
    [
      'what it states for the larger of a fragment and a field',
      'query { models(first: 1) { ...A totalCount } } fragment A on ModelConnection { totalCount }',
      1,
    ],
  ])('%s', async (_what, query, planned) => {
    expect((await askCost(gateway, query)).extensions?.cost.planned).toBe(planned);
  });

  test('by the variables it is given', async () => {
    const query =
      'query ($with: Boolean!, $id: ID) { model(sourceId: $id) { id } models @include(if: $with) { totalCount } }';
    const plannedFor = async (variables: Record<string, unknown>) =>
      (await askCost(gateway, query, variables)).extensions?.cost.planned;
    expect(await plannedFor({ with: true, id: '1' })).toBe(2);
    expect(await plannedFor({ with: false, id: '1' })).toBe(1);
    expect(await plannedFor({ with: false, id: null })).toBe(0);
  });

  test('once for what is under several parents', async () => {
    const { extensions } = await askCost(
      gateway,
      '{ models(first: 7) { nodes { billingRules { nodes { model { name } } } } } }',
    );
    expect(extensions?.cost.fields).toEqual(
      expect.arrayContaining([
        { field: 'models', planned: 1, actual: 1 },
        { field: 'models.nodes.billingRules', planned: 7, actual: expect.any(Number) },
        { field: 'models.nodes.billingRules.nodes.model', planned: 7, actual: expect.any(Number) },
      ]),
    );
  });
});

describe('an operation over the limit', () => {
  const HEAVY =
    'query Heavy { sk_alias_5f2c: paiModels(first: 100) { nodes { versions(first: 100) { nodes { model { versions(first: 2) { nodes { versionName } } } } } } } }';

  test('is refused before anything is sent, with its sum field by field, and the limit', async () => {
    const { status, data, errors, extensions } = await askCost(gateway, HEAVY, undefined, {});
    expect([status, data, extensions]).toEqual([200, undefined, undefined]);
    expect(errors?.map((error) => error.extensions)).toEqual([{ code: 'BAD_USER_INPUT' }]);
    const [message = ''] = errors?.map((error) => error.message) ?? [];
    const sum = Number(/can take (\d+) upstream calls, and 200 is the limit/.exec(message)?.[1]);
    const parts = [...message.matchAll(/[:,] ([\w. ]+?) (\d+)(?=[,.])/g)].map(([, what, calls]) => ({
      what,
      calls: Number(calls),
    }));
    expect(parts.reduce((total, { calls }) => total + calls, 0)).toBe(sum);
    expect(parts.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'paiModels',
        'paiModels.nodes.versions',
        'paiModels.nodes.versions.nodes.model',
      ]),
    );
    expect(message).not.toContain('5f2c');
    expect(gateway.actions()).toEqual([]);
  });

  test('is a 400 for who accepts the strict type', async () => {
    const { status } = await askCost(gateway, HEAVY, undefined, {
      accept: 'application/graphql-response+json',
    });
    expect(status).toBe(400);
  });

  test('is told its cost, where it asks', async () => {
    const { extensions } = await askCost(gateway, HEAVY);
    expect(extensions?.cost).toMatchObject({ limit: 200, actual: 0 });
    expect(extensions?.cost.planned).toBeGreaterThan(200);
  });

  test('is over the limit that the operator sets, and not at it', async () => {
    const query = aliases(5, (index) => `model(sourceId: "${index + 1}") { name }`);
    for (const [maxUpstreamCalls, isRefused] of [
      [4, true],
      [5, false],
    ] as const) {
      await using limited = await openGateway({ limits: { maxUpstreamCalls } });
      const { errors, extensions } = await askCost(limited, query);
      expect([errors !== undefined, limited.actions().length]).toEqual([isRefused, isRefused ? 0 : 5]);
      expect(extensions?.cost).toMatchObject({ limit: maxUpstreamCalls, planned: 5 });
    }
  });

  test('is refused alone among the operations of a batch', async () => {
    const response = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: HEAVY }, { query: '{ models { totalCount } }' }]),
    });
    expect(await response.json()).toEqual([
      { errors: [expect.objectContaining({ message: expect.stringContaining('upstream calls') })] },
      { data: { models: { totalCount: expect.any(Number) } } },
    ]);
  });
});

describe('a mutation', () => {
  const CREATE = `mutation { createModelService(input: { gatewaySourceId: "${GATEWAY_ID}", name: "unclear", category: "text",
    protocol: OPENAI, baseUrl: "https://example.com/v1", apiKey: "k", vendor: "bailian" }) {
      __typename ... on CreateModelServiceSuccess { outcome modelService { name vendor } } } }`;

  test('has planned for the search that an unclear create takes', async () => {
    gateway.sandbox.setFault('CreateModelService', { kind: 'reset', when: 'after' }, { times: 1 });
    const { data, extensions } = await askCost(gateway, CREATE);
    expect(data).toMatchObject({ createModelService: { outcome: 'RECOVERED' } });
    expect(gateway.actions()).toEqual(['CreateModelService', 'DescribeModelServices']);
    expect(extensions?.cost.fields).toContainEqual({ field: 'createModelService', planned: 2, actual: 2 });
  });

  test('is refused before its first write where all of it is too much', async () => {
    const models = Array.from(
      { length: 50 },
      (_, index) => `{ name: "n", modelCode: "c${index}", category: "Chat" }`,
    );
    const batch = (index: number) =>
      `b${index}: createModels(input: { apiKey: "k", vendor: "v", models: [${models.join(' ')}] }) { __typename }`;
    const mutation = (count: number) =>
      `mutation { ${Array.from({ length: count }, (_, index) => batch(index)).join(' ')} }`;
    expect((await askCost(gateway, mutation(1))).data).toEqual({ b0: { __typename: 'CreateModelsSuccess' } });
    gateway.sandbox.forgetRequests();
    expect((await askCost(gateway, mutation(3))).errors?.[0]?.message).toMatch(/can take 202 upstream calls/);
    expect(gateway.actions()).toEqual([]);
  });
});

describe('extensions.cost', () => {
  const QUERY = '{ models(first: 1) { nodes { name } } }';

  test.each([
    ['1', true],
    ['true', true],
    ['0', false],
    ['false', false],
    ['', false],
  ])('with x-graphql-cost: %s', async (header, isTold) => {
    const { extensions } = await askCost(gateway, QUERY, undefined, { 'x-graphql-cost': header });
    expect(extensions !== undefined).toBe(isTold);
  });

  test('is left out without the header', async () => {
    expect(await askCost(gateway, QUERY, undefined, {})).not.toHaveProperty('extensions');
  });

  test('tells what was sent: an answer that serves two fields counts once, a read sent again does not', async () => {
    gateway.sandbox.setFault(
      'ModelRouterQueryModel',
      { kind: 'error', status: 503, code: 'ServiceUnavailable' },
      { times: 2 },
    );
    const { data, extensions } = await askCost(
      gateway,
      '{ a: model(sourceId: "1") { name } b: model(sourceId: "1") { id } }',
    );
    expect(data).toMatchObject({ a: { name: expect.any(String) }, b: { id: expect.any(String) } });
    expect(gateway.actions()).toHaveLength(3);
    expect(extensions?.cost).toEqual({
      limit: 200,
      planned: 1,
      actual: 1,
      fields: [{ field: 'Model by id', planned: 1, actual: 1 }],
    });
  });

  test('tells that a kept list was not read again', async () => {
    await using keeping = await openGateway();
    const query = '{ catalog(orderBy: { field: NAME, direction: ASC }) { totalCount } }';
    const actual = async () => (await askCost(keeping, query)).extensions?.cost.actual;
    expect(await actual()).toBe(keeping.actions().length);
    expect(await actual()).toBe(0);
  });

  test('is the same over GET', async () => {
    const response = await gateway.fetch(`/graphql?query=${encodeURIComponent(QUERY)}`, {
      headers: { 'x-graphql-cost': '1' },
    });
    expect(await response.json()).toHaveProperty('extensions.cost.actual', 1);
  });
});

describe('a field that needs more than was planned for it', () => {
  /** Pages of rows that no client can be shown, without end. */
  const endlessHoles = (action: string) => {
    const rows = Array.from({ length: 100 }, () => ({ name: 'without an id' }));
    gateway.sandbox.setFault(action, {
      kind: 'answer',
      status: 200,
      bodyText: JSON.stringify(
        action.startsWith('ModelRouter')
          ? { success: true, data: { list: rows, total: '1000000' } }
          : { Models: rows, TotalCount: 1_000_000 },
      ),
    });
  };

  test('is stopped, and says at how many calls; its neighbour is not', async () => {
    endlessHoles('ModelRouterQueryModelList');
    const { data, errors, extensions } = await askCost(
      gateway,
      '{ models(first: 50) { nodes { name } } paiModels(first: 3) { nodes { name } } }',
    );
    const sent = gateway.actions().filter((action) => action === 'ModelRouterQueryModelList').length;
    expect(errors?.map(({ path, extensions: { code } }) => [path, code])).toEqual([
      [['models', 'nodes'], 'BAD_USER_INPUT'],
    ]);
    expect(errors?.[0]?.message).toContain(`models may take ${sent} upstream calls`);
    expect(data).toMatchObject({ paiModels: { nodes: [{}, {}, {}] } });
    expect(extensions?.cost.planned).toBeGreaterThanOrEqual(gateway.actions().length);
    expect(extensions?.cost.actual).toBe(gateway.actions().length);
  });

  test('is told as a source that is missing, in the catalogue', async () => {
    endlessHoles('ListModels');
    const { data } = await askCost(
      gateway,
      '{ catalog(first: 60) { nodes { id } } sourced: catalog(first: 60, filter: { sources: [PAI] }) { nodes { id } sources { source error { code } } } }',
    );
    expect(data?.['sourced']).toEqual({
      nodes: [],
      sources: [{ source: 'PAI', error: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('is a fault of the input of a mutation, which nothing was done for', async () => {
    gateway.sandbox.setFault('DescribeCostRules', {
      kind: 'answer',
      status: 200,
      bodyText: JSON.stringify({ TotalRecordCount: 3_000, Items: Array.from({ length: 100 }, () => ({})) }),
    });
    const key = ['cn-beijing', GATEWAY_ID, 'ms-x', 'r'];
    const id = encodeGlobalId({ typeName: 'CostRule', parts: [] }, key);
    const { data } = await gateway.query(
      `mutation ($input: DeleteCostRuleInput!) {
        first: deleteCostRule(input: $input) { __typename }
        second: deleteCostRule(input: $input) {
          __typename
          ... on GatewayInvalidInputError { message fieldErrors { path message } }
        }
      }`,
      { input: { id } },
    );
    const message = expect.stringMatching(/^deleteCostRule may take \d+ upstream calls/);
    expect(data).toEqual({
      first: { __typename: 'GatewayNotFoundError' },
      second: { __typename: 'GatewayInvalidInputError', message, fieldErrors: [{ path: [], message }] },
    });
    expect(gateway.actions()).not.toContain('DeleteCostRule');
  });

  test('says nothing of the backend, which stays healthy', async () => {
    endlessHoles('ListModels');
    const { data, errors } = await askCost(gateway, '{ paiModels(first: 50) { nodes { id } } }');
    expect([data?.['paiModels'], errors?.length]).toEqual([null, 1]);
    const after = await gateway.query('{ sources { source healthy lastError { code } breaker } }');
    expect(after.data?.['sources']).toContainEqual({
      source: 'PAI',
      healthy: true,
      lastError: null,
      breaker: 'CLOSED',
    });
  });
});
