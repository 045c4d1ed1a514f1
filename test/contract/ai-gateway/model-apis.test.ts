import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readWireFacts } from '../../sandbox/support/wire-facts.ts';
import { openGateway, type TestGateway } from '../../support/gateway.ts';
import {
  actionsOf,
  answer,
  ask,
  fromNth,
  GATEWAY_ID,
  idOf,
  LARGE_GATEWAY_ID,
  mutate,
  onlyQuery,
  sent,
  stageFailure,
  WRITE_FAILURES,
} from './support/staging.ts';

const ROW = `__typename id sourceId region gatewaySourceId name category protocol rawProtocol pathPrefix status routeRules
  recordInput recordOutput createdAt`;
const SUCCESS = `modelApi { ${ROW} }`;
const APIS = `query ($gateway: ID!) { aiGateway(sourceId: $gateway) { modelApis(first: 100) {
  totalCount nodes { ${ROW} }
} } }`;
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on ModelApi { name } } }';

interface Api {
  readonly id: string;
  readonly sourceId: string;
  readonly name: string;
  readonly routeRules: unknown;
  readonly [field: string]: unknown;
}

interface Apis {
  readonly aiGateway: { readonly modelApis: { readonly totalCount: number; readonly nodes: readonly Api[] } };
}

const RULES = [{ RuleName: 'default', Providers: [{ ModelServiceName: 'test', Weight: '100' }] }];

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openGateway();
});
afterEach(() => gateway.sandbox.clearFaults());
afterAll(() => gateway[Symbol.asyncDispose]());

async function apisOf(gatewaySourceId: string): Promise<readonly Api[]> {
  const { data } = await ask<Apis>(gateway, APIS, { gateway: gatewaySourceId });
  return data.aiGateway.modelApis.nodes;
}

const newApi = {
  gatewaySourceId: GATEWAY_ID,
  name: 'made for a test',
  category: 'text',
  protocol: 'BAILIAN',
  pathPrefix: '/made',
  routeRules: RULES,
};

async function anApi(): Promise<Api> {
  const { result } = await mutate(gateway, 'createModelApi', { ...newApi, recordInput: '10' }, SUCCESS);
  return result['modelApi'] as Api;
}

function stored(fields: Readonly<Record<string, unknown>>) {
  return { TotalRecordCount: 1, Items: [{ ModelApiId: 'mi-odd', ...fields }] };
}

const WHOLE_ROW = { Name: 'odd', Category: 'text', Protocol: 'openai', PathPrefix: '/odd', RouteRules: '[]' };
/** Source: the printed example lacks the comma between two of its fields. */
const BROKEN_RULES = '[{"RuleName": "default" "FallbackMode": "failover"}]';

describe('AiGateway.modelApis', () => {
  it('lists the APIs of the gateway, their rules parsed', async () => {
    const { data, requests } = await ask<Apis>(gateway, APIS, { gateway: GATEWAY_ID });
    expect(sent(requests).slice(1)).toEqual([
      ['DescribeModelApis', { GwClusterId: GATEWAY_ID, PageNumber: '1', PageSize: '100' }],
    ]);
    const { totalCount, nodes } = data.aiGateway.modelApis;
    expect(totalCount).toBe(3);
    expect(nodes.map(({ name }) => name)).toEqual(['chat', 'claude', '向量检索']);
    expect(nodes[0]).toMatchObject({
      category: 'text',
      protocol: 'OPENAI',
      rawProtocol: 'openai',
      pathPrefix: '/chat',
      recordInput: '10',
      routeRules: [{ RuleName: 'default', providerBalancerAlgorithm: 'round-robin' }],
    });
  });

  it('reads the documented sample: Category is the category, a time without a zone is UTC+8', async () => {
    answer(gateway, 'DescribeModelApis', { ...readWireFacts<object>('responses/DescribeModelApis.json') });
    expect(await apisOf(GATEWAY_ID)).toMatchObject([
      {
        __typename: 'ModelApi',
        id: idOf('ModelApi', GATEWAY_ID, 'mi-xxxx'),
        sourceId: 'mi-xxxx',
        name: 'testName',
        category: 'text',
        protocol: 'OPENAI',
        pathPrefix: '/test',
        status: 'Enable',
        recordInput: '10',
        routeRules: [{ FallbackMode: 'failover', Providers: [{ model_protocol: 'vllm' }] }],
        createdAt: '2024-10-16T08:46:20Z',
      },
    ]);
  });

  it('passes rules on as text where they are no JSON, and survives odd values', async () => {
    const Items = [
      { ModelApiId: 'mi-1', RouteRules: BROKEN_RULES, Protocol: 'Model Studio' },
      { ModelApiId: 'mi-2', RouteRules: '', Protocol: 'gRPC', GmtCreated: 'never', Name: 7 },
      { ModelApiId: 'mi-3', RouteRules: [{ RuleName: 'already parsed' }] },
      { Name: 'without an id' },
    ];
    answer(gateway, 'DescribeModelApis', { TotalRecordCount: 4, Items });
    expect(await apisOf(GATEWAY_ID)).toMatchObject([
      { name: 'mi-1', routeRules: BROKEN_RULES, protocol: 'BAILIAN', rawProtocol: 'Model Studio' },
      { name: 'mi-2', routeRules: null, protocol: 'OTHER', rawProtocol: 'gRPC', createdAt: null },
      { name: 'mi-3', routeRules: [{ RuleName: 'already parsed' }], protocol: 'OTHER', rawProtocol: null },
    ]);
  });
});

describe('node of a model API', () => {
  it('reads all of a gateway in one call, and tells the missing from the found', async () => {
    const [some, others] = [await apisOf(GATEWAY_ID), await apisOf(LARGE_GATEWAY_ID)];
    const absent = idOf('ModelApi', GATEWAY_ID, 'mi-absent');
    const wanted = [...some, ...others].toReversed();
    const { data, requests } = await ask<{ nodes: unknown[] }>(gateway, NODES, {
      ids: [...wanted.map(({ id }) => id), absent],
    });
    expect(data.nodes).toEqual([
      ...wanted.map(({ id, name }) => ({ __typename: 'ModelApi', id, name })),
      null,
    ]);
    const idsOf = (apis: readonly Api[]) => apis.map(({ sourceId }) => sourceId).toReversed();
    const page = { PageNumber: '1', PageSize: '30' };
    expect(sent(requests)).toEqual([
      ['DescribeModelApis', { GwClusterId: LARGE_GATEWAY_ID, ModelApiIds: idsOf(others).join(), ...page }],
      [
        'DescribeModelApis',
        { GwClusterId: GATEWAY_ID, ModelApiIds: [...idsOf(some), 'mi-absent'].join(), ...page },
      ],
    ]);
  });

  it('asks for at most 100 in one call', async () => {
    const ids = Array.from({ length: 150 }, (_, index) => idOf('ModelApi', GATEWAY_ID, `mi-${index}`));
    const { requests } = await ask(gateway, NODES, { ids });
    const counts = requests.map(({ query }) => [query['ModelApiIds']?.split(',').length, query['PageSize']]);
    expect(counts).toEqual([
      [100, '100'],
      [50, '50'],
    ]);
  });

  it('matches rows by id, whatever comes back', async () => {
    const Items = ['mi-b', 'mi-unasked', 'mi-a', 'mi-b'].map((id) => ({
      ModelApiId: id,
      Name: `name of ${id}`,
    }));
    answer(gateway, 'DescribeModelApis', { TotalRecordCount: 4, Items });
    const ids = ['mi-a', 'mi-b', 'mi-c'].map((id) => idOf('ModelApi', GATEWAY_ID, id));
    expect((await ask(gateway, NODES, { ids })).data).toMatchObject({
      nodes: [{ name: 'name of mi-a' }, { name: 'name of mi-b' }, null],
    });
  });
});

describe('createModelApi', () => {
  it('sends every field under its name, the rules as JSON text, and tells the address', async () => {
    const outcome = await mutate(
      gateway,
      'createModelApi',
      { ...newApi, forceModel: 'qwen-max', recordInput: '10', recordOutput: '0', idempotencyKey: 'k' },
      `outcome invokeEndpoint modelApi { id status }`,
    );
    expect(onlyQuery(outcome, 'CreateModelApi')).toEqual({
      GwClusterId: GATEWAY_ID,
      Name: 'made for a test',
      ModelCategory: 'text',
      Protocol: 'bailian',
      PathPrefix: '/made',
      RouteRules: JSON.stringify(RULES),
      ForceModel: 'qwen-max',
      RecordInput: '10',
      RecordOutput: '0',
    });
    expect(outcome.result).toEqual({
      __typename: 'CreateModelApiSuccess',
      outcome: 'CREATED',
      invokeEndpoint: `http://public-${GATEWAY_ID}.polardbaigateway.rds.aliyuncs.com:8080/made`,
      modelApi: { id: expect.any(String), status: 'Enable' },
    });
  });

  it('reads the API, once, where more than its answer is selected', async () => {
    const outcome = await mutate(gateway, 'createModelApi', newApi, SUCCESS);
    expect(actionsOf(outcome)).toEqual(['CreateModelApi', 'DescribeModelApis']);
    expect(outcome.result).toMatchObject({ modelApi: { name: 'made for a test', routeRules: RULES } });
  });

  it('reads an answer that is no URL, and one without address and state', async () => {
    answer(gateway, 'CreateModelApi', { ModelApiId: 'mi-new', InvokeEndpoint: 'xxx', Status: 7 });
    const selection = 'invokeEndpoint modelApi { sourceId status }';
    const { result } = await mutate(gateway, 'createModelApi', newApi, selection);
    expect(result).toMatchObject({ invokeEndpoint: 'xxx', modelApi: { sourceId: 'mi-new', status: null } });
  });

  it('stays a success where the read after it fails', async () => {
    gateway.sandbox.setFault('DescribeModelApis', { kind: 'error', status: 500, code: 'InternalError' });
    const { result, errors } = await mutate(gateway, 'createModelApi', newApi, SUCCESS);
    expect(result).toMatchObject({
      __typename: 'CreateModelApiSuccess',
      modelApi: { name: 'made for a test', protocol: 'BAILIAN', routeRules: null },
    });
    expect(errors?.length).toBeGreaterThan(0);
  });

  it.each([
    ['rules that are text', { routeRules: '[]' }, ['routeRules']],
    ['rules that are one rule', { routeRules: RULES[0] }, ['routeRules']],
    ['protocol OTHER', { protocol: 'OTHER' }, ['protocol']],
    ['an empty prefix', { pathPrefix: '' }, ['pathPrefix']],
    ['a gateway that cannot be one', { gatewaySourceId: 'a,b' }, ['gatewaySourceId']],
  ])('refuses %s, and sends nothing', async (_case, fault, path) => {
    const outcome = await mutate(gateway, 'createModelApi', { ...newApi, ...fault });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayInvalidInputError', fieldErrors: [{ path }] });
    expect(outcome.requests).toEqual([]);
  });

  it.each(WRITE_FAILURES)('%s (%i) is a %s, sent once', async (...failure) => {
    const expected = stageFailure(gateway, 'CreateModelApi', failure);
    const outcome = await mutate(gateway, 'createModelApi', newApi);
    expect(outcome.result).toMatchObject(expected);
    const search = expected['outcomeUnknown'] === true ? ['DescribeModelApis'] : [];
    expect(actionsOf(outcome)).toEqual(['CreateModelApi', ...search]);
  });
});

describe('updateModelApi', () => {
  it('sends what the backend requires as it is stored, and only what is given beside it', async () => {
    const api = await anApi();
    const outcome = await mutate(gateway, 'updateModelApi', { id: api.id, pathPrefix: '/moved' }, SUCCESS);
    const byId = { GwClusterId: GATEWAY_ID, ModelApiIds: api.sourceId, PageNumber: '1', PageSize: '30' };
    expect(sent(outcome.requests)).toEqual([
      ['DescribeModelApis', byId],
      [
        'ModifyModelApi',
        {
          GwClusterId: GATEWAY_ID,
          ModelApiId: api.sourceId,
          ModelCategory: 'text',
          PathPrefix: '/moved',
          Protocol: 'bailian',
          RouteRules: JSON.stringify(RULES),
        },
      ],
      ['DescribeModelApis', byId],
    ]);
    expect(outcome.result).toEqual({
      __typename: 'UpdateModelApiSuccess',
      modelApi: { ...api, pathPrefix: '/moved' },
    });
  });

  it('sends every field that is given under its own name', async () => {
    const api = await anApi();
    const routeRules = [{ RuleName: 'other', Providers: [] }];
    const change = { category: 'rerank', protocol: 'VLLM', pathPrefix: '/v', routeRules };
    const input = { id: api.id, ...change, recordInput: '1', recordOutput: '2' };
    const outcome = await mutate(gateway, 'updateModelApi', input, SUCCESS);
    expect(outcome.requests[1]?.query).toEqual({
      RegionId: 'cn-beijing',
      GwClusterId: GATEWAY_ID,
      ModelApiId: api.sourceId,
      ModelCategory: 'rerank',
      PathPrefix: '/v',
      Protocol: 'vllm',
      RouteRules: JSON.stringify(routeRules),
      RecordInput: '1',
      RecordOutput: '2',
    });
    expect(outcome.result).toMatchObject({ modelApi: { ...change, recordInput: '1', recordOutput: '2' } });
  });

  it('writes broken rules and a raw protocol back exactly as they were read', async () => {
    answer(
      gateway,
      'DescribeModelApis',
      stored({ ...WHOLE_ROW, Protocol: 'Model Studio', RouteRules: BROKEN_RULES }),
    );
    answer(gateway, 'ModifyModelApi', {});
    const id = idOf('ModelApi', GATEWAY_ID, 'mi-odd');
    const outcome = await mutate(gateway, 'updateModelApi', { id, category: 'embedding' });
    expect(outcome.result).toMatchObject({ __typename: 'UpdateModelApiSuccess' });
    expect(outcome.requests[1]?.query).toMatchObject({
      ModelCategory: 'embedding',
      PathPrefix: '/odd',
      Protocol: 'Model Studio',
      RouteRules: BROKEN_RULES,
    });
  });

  it('asks for what the backend requires and does not tell, and writes nothing', async () => {
    answer(gateway, 'DescribeModelApis', stored({ Category: 'text', RouteRules: ' ' }));
    const id = idOf('ModelApi', GATEWAY_ID, 'mi-odd');
    const outcome = await mutate(gateway, 'updateModelApi', { id, recordInput: '1' });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayInvalidInputError',
      fieldErrors: [{ path: ['pathPrefix'] }, { path: ['protocol'] }, { path: ['routeRules'] }],
    });
    expect(actionsOf(outcome)).toEqual(['DescribeModelApis']);
  });

  it('says so where the API is gone by the write, or by the read after it', async () => {
    const { id } = await anApi();
    const input = { id, pathPrefix: '/moved' };
    const fault = { kind: 'error', status: 404, code: 'InvalidModelApiId.NotFound' } as const;
    const remove = gateway.sandbox.setFault('ModifyModelApi', fault);
    expect((await mutate(gateway, 'updateModelApi', input)).result).toMatchObject({
      __typename: 'GatewayNotFoundError',
      message: expect.stringMatching(/model API was there when it was read, but gone/),
    });
    remove();
    answer(gateway, 'DescribeModelApis', { TotalRecordCount: 0, Items: [] }, fromNth(2));
    expect((await mutate(gateway, 'updateModelApi', input)).result).toMatchObject({
      __typename: 'GatewayUpstreamError',
      completedSteps: ['ModifyModelApi'],
    });
  });

  it('of an unknown API is not found, and nothing is written', async () => {
    const id = idOf('ModelApi', GATEWAY_ID, 'mi-absent');
    const outcome = await mutate(gateway, 'updateModelApi', { id, pathPrefix: '/moved' });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayNotFoundError' });
    expect(actionsOf(outcome)).toEqual(['DescribeModelApis']);
  });

  it.each([
    ['an explicit null', { routeRules: null }, ['routeRules']],
    ['no field but id', {}, []],
    ['rules that are text', { routeRules: BROKEN_RULES }, ['routeRules']],
    ['protocol OTHER', { protocol: 'OTHER' }, ['protocol']],
  ])('refuses %s, and sends nothing', async (_case, change, path) => {
    const id = idOf('ModelApi', GATEWAY_ID, 'mi-odd');
    const outcome = await mutate(gateway, 'updateModelApi', { id, ...change });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayInvalidInputError', fieldErrors: [{ path }] });
    expect(outcome.requests).toEqual([]);
  });

  it.each(WRITE_FAILURES)('%s (%i) is a %s, sent once', async (...failure) => {
    const { id } = await anApi();
    const expected = stageFailure(gateway, 'ModifyModelApi', failure);
    const outcome = await mutate(gateway, 'updateModelApi', { id, pathPrefix: '/moved' });
    expect(outcome.result).toMatchObject(expected);
    expect(actionsOf(outcome)).toEqual(['DescribeModelApis', 'ModifyModelApi']);
  });
});

describe('deleteModelApi', () => {
  it('deletes by id what it has read first; a second time it is not found', async () => {
    const { id, sourceId } = await anApi();
    const outcome = await mutate(gateway, 'deleteModelApi', { id }, 'deletedId');
    expect(outcome.result).toEqual({ __typename: 'DeleteModelApiSuccess', deletedId: id });
    expect(onlyQuery(outcome, 'DeleteModelApi')).toEqual({ GwClusterId: GATEWAY_ID, ModelApiId: sourceId });
    expect(actionsOf(outcome)).toEqual(['DescribeModelApis', 'DeleteModelApi']);
    const again = await mutate(gateway, 'deleteModelApi', { id });
    expect(again.result).toMatchObject({ __typename: 'GatewayNotFoundError' });
    expect(actionsOf(again)).toEqual(['DescribeModelApis']);
  });

  it.each(WRITE_FAILURES)('%s (%i) is a %s, sent once', async (...failure) => {
    const { id } = await anApi();
    const expected = stageFailure(gateway, 'DeleteModelApi', failure);
    const outcome = await mutate(gateway, 'deleteModelApi', { id });
    expect(outcome.result).toMatchObject(expected);
    expect(actionsOf(outcome)).toEqual(['DescribeModelApis', 'DeleteModelApi']);
  });
});
