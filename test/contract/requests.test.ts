import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backends } from '../../src/backends/index.ts';
import type { SandboxRequest } from '../../src/sandbox/index.ts';
import { readWireFacts } from '../sandbox/support/wire-facts.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { BACKEND_CASES, dataOf, GATEWAY_ID, someRows } from './support/backend-cases.ts';
import { faultsOf } from './support/referee.ts';

let gateway: TestGateway;
/** Everything that left in this file. */
const seen: SandboxRequest[] = [];

beforeAll(async () => {
  gateway = await openGateway();
});
beforeEach(() => {
  seen.push(...gateway.sandbox.requests);
  gateway.sandbox.forgetRequests();
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** The requests that one query sent, once each was found to be what the vendor documents. */
async function requestsOf(document: string, variables?: Record<string, unknown>) {
  dataOf(await gateway.query(document, variables));
  const requests = [...gateway.sandbox.requests];
  for (const request of requests) {
    expect(faultsOf(request), request.action).toEqual([]);
    // Understood, whether it found something or not.
    expect([200, 404], request.action).toContain(request.status);
  }
  return requests;
}

async function onlyRequest(document: string, variables?: Record<string, unknown>): Promise<SandboxRequest> {
  const requests = await requestsOf(document, variables);
  expect(requests).toHaveLength(1);
  return requests[0] as SandboxRequest;
}

describe('Model Router', () => {
  it('ModelRouterQueryModel: the id in the path, and nothing else', async () => {
    expect(await onlyRequest('{ model(sourceId: "1") { name } }')).toMatchObject({
      action: 'ModelRouterQueryModel',
      method: 'GET',
      path: '/api/v1/modelRouter/open/models/1',
      query: {},
      bodyText: '',
    });
  });

  it('an id beyond 2^53 leaves with every digit', async () => {
    const request = await onlyRequest('{ model(sourceId: "9007199254740993") { name } }');
    expect(request.path).toBe('/api/v1/modelRouter/open/models/9007199254740993');
  });

  it('ModelRouterQueryModelList: page style with the total, and every filter', async () => {
    const document = `query ($filter: ModelFilter) { models(first: 5, filter: $filter) { totalCount nodes { name } } }`;
    const request = await onlyRequest(document, { filter: { keyword: "通义 *'()!~+&=/", category: 'Chat' } });
    expect(request).toMatchObject({
      action: 'ModelRouterQueryModelList',
      method: 'GET',
      path: '/api/v1/modelRouter/open/models',
      bodyText: '',
    });
    expect(request.query).toEqual({
      pageIndex: '1',
      pageSize: '5',
      needTotalCount: 'true',
      keyword: "通义 *'()!~+&=/",
      modelType: 'Chat',
    });
  });

  it('a filter that is not given is not sent, and neither is a null one', async () => {
    const document = `query ($filter: ModelFilter) { models(first: 5, filter: $filter) { totalCount } }`;
    for (const filter of [null, {}, { keyword: null, category: null }]) {
      const before = gateway.sandbox.requests.length;
      await requestsOf(document, { filter });
      const request = gateway.sandbox.requests[before];
      expect(Object.keys(request?.query ?? {}).toSorted()).toEqual([
        'needTotalCount',
        'pageIndex',
        'pageSize',
      ]);
    }
  });

  it('ModelRouterCreateModel: every field in the body under its name', async () => {
    const request = await onlyRequest(
      `mutation ($input: CreateModelInput!) {
        createModel(input: $input) { ... on CreateModelSuccess { model { name } } ... on GatewayError { message } }
      }`,
      {
        input: {
          name: '通义千问 🚀',
          modelCode: 'qwen-turbo',
          description: 'a "model"',
          vendor: 'alibaba',
          tags: ['TXT_GEN', 'DEEP_THINK'],
          category: 'Chat',
          apiKey: 'sk-planted',
          baseUrl: 'https://dashscope.aliyuncs.com',
          maxInputLength: '32K',
          maxOutputLength: '8K',
          inOut: 'text',
          extensions: { nested: [1, { deep: null }] },
          idempotencyKey: 'once',
        },
      },
    );
    expect(request).toMatchObject({
      action: 'ModelRouterCreateModel',
      method: 'POST',
      path: '/api/v1/modelRouter/open/models',
      query: {},
    });
    expect(JSON.parse(request.bodyText)).toEqual({
      name: '通义千问 🚀',
      modelId: 'qwen-turbo',
      description: 'a "model"',
      symbol: 'alibaba',
      tags: 'TXT_GEN,DEEP_THINK',
      modelType: 'Chat',
      apiKey: 'sk-planted',
      baseUrl: 'https://dashscope.aliyuncs.com',
      maxInputLength: '32K',
      maxOutputLength: '8K',
      inOut: 'text',
      extensions: '{"nested":[1,{"deep":null}]}',
    });
  });
});

describe('PAI', () => {
  it('GetModel: the id in the path, encoded', async () => {
    const request = await onlyRequest(`{ paiModel(sourceId: "model-a*b c'(1)!~通") { name } }`);
    expect(request).toMatchObject({ action: 'GetModel', method: 'GET', query: {}, bodyText: '' });
    expect(request.path).toBe('/api/v1/models/model-a%2Ab%20c%27%281%29%21~%E9%80%9A');
  });

  it('ListModels: every filter, the label as Tag, the order as SortBy', async () => {
    const request = await onlyRequest(
      `query ($filter: PaiModelFilter, $orderBy: PaiModelOrder) {
        paiModels(first: 5, filter: $filter, orderBy: $orderBy) { totalCount nodes { name } }
      }`,
      {
        filter: {
          name: 'Sentiment Analysis',
          workspaceId: '32417',
          domain: 'nlp',
          task: 'text-classification',
          category: 'Checkpoint',
          origin: 'ModelScope',
          provider: 'pai',
          label: 'env=test',
        },
        orderBy: { field: 'CREATED_AT', direction: 'DESC' },
      },
    );
    expect(request).toMatchObject({
      action: 'ListModels',
      method: 'GET',
      path: '/api/v1/models',
      bodyText: '',
    });
    expect(request.query).toEqual({
      PageNumber: '1',
      PageSize: '5',
      SortBy: 'GmtCreateTime',
      Order: 'DESC',
      ModelName: 'Sentiment Analysis',
      WorkspaceId: '32417',
      Domain: 'nlp',
      Task: 'text-classification',
      ModelType: 'Checkpoint',
      Origin: 'ModelScope',
      Provider: 'pai',
      Tag: '[{"Key":"env","Value":"test"}]',
    });
  });

  it('ListModels: a label without a value is sent as Label, and nothing else is', async () => {
    const request = await onlyRequest('{ paiModels(first: 5, filter: { label: "env" }) { totalCount } }');
    expect(request.query).toMatchObject({ Label: 'env' });
    expect(Object.keys(request.query).toSorted()).toEqual(['Label', 'PageNumber', 'PageSize']);
  });

  it('CreateModel: every field in the body under its name, labels as Tag', async () => {
    const request = await onlyRequest(
      `mutation ($input: CreatePaiModelInput!) {
        createPaiModel(input: $input) { ... on CreatePaiModelSuccess { paiModel { id } } ... on GatewayError { message } }
      }`,
      {
        input: {
          name: '新闻分类',
          description: '新闻分类。',
          workspaceId: '32417',
          accessibility: 'PUBLIC',
          origin: 'ModelScope',
          domain: 'nlp',
          task: 'text-classification',
          documentation: 'https://example.com/a.md',
          orderNumber: 9007199254740991,
          category: 'Checkpoint',
          extraInfo: { Rating: 4.94, CoverUris: [] },
          parameterSize: 3000,
          labels: [{ key: 'env', value: 'test' }, { key: 'bare' }, { key: 'null', value: null }],
          idempotencyKey: 'once, too',
        },
      },
    );
    expect(request).toMatchObject({
      action: 'CreateModel',
      method: 'POST',
      path: '/api/v1/models',
      query: {},
    });
    expect(JSON.parse(request.bodyText)).toEqual({
      ModelName: '新闻分类',
      ModelDescription: '新闻分类。',
      WorkspaceId: '32417',
      Accessibility: 'PUBLIC',
      Origin: 'ModelScope',
      Domain: 'nlp',
      Task: 'text-classification',
      ModelDoc: 'https://example.com/a.md',
      OrderNumber: 9007199254740991,
      ModelType: 'Checkpoint',
      ExtraInfo: { Rating: 4.94, CoverUris: [] },
      ParameterSize: 3000,
      Tag: [
        { Key: 'env', Value: 'test' },
        { Key: 'bare', Value: '' },
        { Key: 'null', Value: '' },
      ],
    });
  });
});

describe('AI gateway', () => {
  it('DescribeGatewayList: the region and an allowed page size', async () => {
    const request = await onlyRequest('{ aiGateways(first: 3) { totalCount nodes { sourceId } } }');
    expect(request).toMatchObject({ action: 'DescribeGatewayList', method: 'POST', path: '/' });
    expect(request.query).toEqual({ RegionId: 'cn-beijing', PageNumber: '1', PageSize: '30' });
  });

  it('DescribeGatewayAttribute: region and id', async () => {
    const request = await onlyRequest(`{ aiGateway(sourceId: "${GATEWAY_ID}") { endpoints { port } } }`);
    expect(request).toMatchObject({ action: 'DescribeGatewayAttribute', method: 'POST', path: '/' });
    expect(request.query).toEqual({ RegionId: 'cn-beijing', GwClusterId: GATEWAY_ID });
  });

  it('DescribeModelServices: every filter', async () => {
    const document = `query ($filter: ModelServiceFilter) {
      modelServices(first: 5, gatewaySourceId: "${GATEWAY_ID}", filter: $filter) { totalCount nodes { name } }
    }`;
    const filter = { name: 'qwen', category: 'text', protocol: 'OPENAI', status: 'ENABLED' };
    expect((await onlyRequest(document, { filter })).query).toEqual({
      RegionId: 'cn-beijing',
      GwClusterId: GATEWAY_ID,
      Name: 'qwen',
      ModelCategory: 'text',
      Protocol: 'openai',
      Status: 'Enable',
      PageNumber: '1',
      PageSize: '30',
    });
  });

  it.each([
    ['protocol', 'OPENAI', 'Protocol', 'openai'],
    ['protocol', 'ANTHROPIC', 'Protocol', 'anthropic'],
    ['protocol', 'BAILIAN', 'Protocol', 'bailian'],
    ['protocol', 'VLLM', 'Protocol', 'vllm'],
    ['status', 'ENABLED', 'Status', 'Enable'],
    ['status', 'DISABLED', 'Status', 'Disable'],
  ])('DescribeModelServices: %s %s is sent as %s %s', async (field, value, name, text) => {
    const request = await onlyRequest(
      `{ modelServices(first: 5, gatewaySourceId: "${GATEWAY_ID}", filter: { ${field}: ${value} }) { totalCount } }`,
    );
    expect(request.query[name]).toBe(text);
  });

  it('DescribeModelServices by id: the ids joined by commas, on one page that holds them all', async () => {
    const [, , services] = BACKEND_CASES;
    if (services === undefined) throw new Error('no case');
    const ids = (await someRows(gateway, services, 40)).map(({ sourceId }) => sourceId);
    gateway.sandbox.forgetRequests();
    const fields = ids.map((id, index) => `f${index}: ${services.lookupField(id, 'name')}`);
    expect((await onlyRequest(`{ ${fields.join(' ')} }`)).query).toEqual({
      RegionId: 'cn-beijing',
      GwClusterId: GATEWAY_ID,
      ModelServiceIds: ids.join(','),
      PageNumber: '1',
      PageSize: '50',
    });
  });

  it('CreateModelService: every field in the query, and an empty body', async () => {
    const request = await onlyRequest(
      `mutation ($input: CreateModelServiceInput!) {
        createModelService(input: $input) {
          ... on CreateModelServiceSuccess { modelService { id } } ... on GatewayError { message }
        }
      }`,
      {
        input: {
          gatewaySourceId: GATEWAY_ID,
          name: "it's a (test) * ~+&=%/中文",
          category: 'text',
          protocol: 'BAILIAN',
          baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1?region=a+b',
          apiKey: 'sk-planted!()*+ /',
          vendor: 'bailian',
          inputCostPointsPerMillion: '0.30',
          outputCostPointsPerMillion: '12345678901234567890.5',
          requestCostPoints: '0',
          idempotencyKey: 'once as well',
        },
      },
    );
    expect(request).toMatchObject({ action: 'CreateModelService', method: 'POST', path: '/', bodyText: '' });
    expect(request.query).toEqual({
      RegionId: 'cn-beijing',
      GwClusterId: GATEWAY_ID,
      Name: "it's a (test) * ~+&=%/中文",
      ModelCategory: 'text',
      Protocol: 'bailian',
      BaseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1?region=a+b',
      ApiKey: 'sk-planted!()*+ /',
      Vendor: 'bailian',
      InputCostPointsPerMillion: '0.30',
      OutputCostPointsPerMillion: '12345678901234567890.5',
      RequestCostPoints: '0',
    });
  });
});

describe('every backend', () => {
  it('`sources` asks each by one documented read', async () => {
    await using fresh = await openGateway();
    dataOf(await fresh.query('{ sources { source healthy } }'));
    expect(fresh.sandbox.requests.flatMap(faultsOf)).toEqual([]);
    expect(fresh.actions().toSorted()).toEqual(BACKEND_CASES.map(probeOf).toSorted());
  });

  it('half of a surrogate pair in any text is no reason to fail', async () => {
    const fields = [
      'models(first: 1, filter: { keyword: $text }) { totalCount }',
      'paiModels(first: 1, filter: { name: $text }) { totalCount }',
      `modelServices(first: 1, gatewaySourceId: "${GATEWAY_ID}", filter: { name: $text }) { totalCount }`,
    ];
    for (const field of fields) {
      await requestsOf(`query ($text: String) { ${field} }`, { text: 'a\ud800b' });
    }
    expect(gateway.sandbox.requests).toHaveLength(3);
  });

  it('no nonce is used twice', () => {
    const nonces = [...seen, ...gateway.sandbox.requests].map(
      ({ headers }) => headers['x-acs-signature-nonce'],
    );
    expect(nonces.length).toBeGreaterThan(20);
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});

function probeOf({ source, list }: (typeof BACKEND_CASES)[number]): string {
  return source === 'AI_GATEWAY' ? 'DescribeGatewayList' : list.action;
}

describe('the address of a region is the one the vendor publishes', () => {
  const products =
    readWireFacts<Readonly<Record<string, { readonly endpoints?: Readonly<Record<string, string>> }>>>(
      'operations.json',
    );

  it.each(BACKEND_CASES.map(({ source, product }) => [source, product] as const))('%s', (source, product) => {
    const backend = backends.find((one) => one.source === source);
    // `public` is an alias of the central host and no region that could be configured.
    const regions = Object.entries(products[product]?.endpoints ?? {}).filter(
      ([region]) => region !== 'public',
    );
    expect(regions.length).toBeGreaterThanOrEqual(3);
    expect(regions.map(([region]) => [region, backend?.endpoint(region)])).toEqual(
      regions.map(([region, host]) => [region, `https://${host}`]),
    );
  });

  it.each(BACKEND_CASES.map(({ source, product }) => [source, product] as const))(
    '%s: a region of its own by the rule',
    (source, product) => {
      const backend = backends.find((one) => one.source === source);
      expect(backend?.endpoint('xx-new-1')).toBe(`https://${product}.xx-new-1.aliyuncs.com`);
    },
  );
});
