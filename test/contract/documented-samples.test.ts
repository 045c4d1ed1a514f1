import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readWireFacts } from '../sandbox/support/wire-facts.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, ERROR_MEMBER } from './support/backend-cases.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ sandbox: { data: 'empty' } });
});
beforeEach(() => gateway.sandbox.forgetRequests());
afterEach(() => {
  gateway.sandbox.clearFaults();
  expect(gateway.gateway.drift().filter(({ kind }) => kind !== 'missing')).toEqual([]);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Answers an operation with its documented sample, word for word; a page behind the first with `behind`. */
function serve(action: string, behind?: object): void {
  const answer = (value: unknown) =>
    ({ kind: 'answer', status: 200, bodyText: JSON.stringify(value) }) as const;
  if (behind !== undefined) {
    gateway.sandbox.setFault(action, answer(behind), { match: ({ query }) => query['PageNumber'] === '2' });
  }
  gateway.sandbox.setFault(action, answer(readWireFacts(`responses/${action}.json`)));
}

async function query(document: string, variables?: Record<string, unknown>) {
  return dataOf<Record<string, unknown>>(await gateway.query(document, variables));
}

const encoded = (id: string) => Buffer.from(id).toString('base64url');

const MODEL = `__typename id source sourceId name description vendor category modelCode tags tagNames apiKeyPreview
  baseUrl maxInputLength maxOutputLength maxInputTokens maxOutputTokens isCustom isEnabled hasBillingRule inOut
  extensions version createdAt updatedAt`;

const TURBO = {
  __typename: 'Model',
  id: encoded('Model:1'),
  source: 'MODEL_ROUTER',
  sourceId: '1',
  name: '通义千问',
  description: '通义千问大模型',
  vendor: 'alibaba',
  category: 'Chat',
  modelCode: 'qwen-turbo',
  tags: ['chat', 'NLP'],
  tagNames: ['对话', '自然语言处理'],
  apiKeyPreview: 'sk-xxx****xxx',
  baseUrl: 'https://dashscope.aliyuncs.com',
  maxInputLength: '8192',
  maxOutputLength: '2048',
  maxInputTokens: 8192,
  maxOutputTokens: 2048,
  isCustom: false,
  isEnabled: true,
  hasBillingRule: false,
  inOut: null,
  extensions: null,
  version: 0,
  createdAt: '2024-01-01T00:00:00Z',
  updatedAt: '2024-01-01T00:00:00Z',
};

describe('Model Router', () => {
  it('ModelRouterQueryModel', async () => {
    serve('ModelRouterQueryModel');
    expect(await query(`{ model(sourceId: "1") { ${MODEL} } }`)).toEqual({ model: TURBO });
  });

  it('ModelRouterQueryModelList: its total is text, its lengths are 8192, 128000 and 32K', async () => {
    serve('ModelRouterQueryModelList');
    const { models } = await query(
      `{ models(first: 10) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { ${MODEL} } } }`,
    );
    expect(models).toEqual({
      totalCount: 3,
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
      nodes: [
        TURBO,
        {
          ...TURBO,
          id: encoded('Model:2'),
          sourceId: '2',
          name: 'Qwen Max',
          description: '通义千问 Max',
          modelCode: 'qwen-max',
          maxInputLength: '128000',
          maxInputTokens: 128_000,
          maxOutputLength: '8192',
          maxOutputTokens: 8192,
          isCustom: true,
          updatedAt: '2024-03-05T10:20:30Z',
          version: 3,
          hasBillingRule: true,
          inOut: 'text',
          extensions: {},
        },
        {
          ...TURBO,
          id: encoded('Model:3'),
          sourceId: '3',
          name: 'text-embedding',
          description: null,
          tags: [],
          tagNames: [],
          modelCode: 'text-embedding-v3',
          category: 'Embedding',
          maxInputLength: '32K',
          maxInputTokens: 32_768,
          maxOutputLength: null,
          maxOutputTokens: null,
          isEnabled: false,
        },
      ],
    });
    expect(gateway.actions()).toEqual(['ModelRouterQueryModelList']);
  });

  it('ModelRouterCreateModel: the whole entry, without another call', async () => {
    serve('ModelRouterCreateModel');
    const document = `mutation ($input: CreateModelInput!) {
      result: createModel(input: $input) {
        __typename ... on CreateModelSuccess { outcome model { ${MODEL} } } ${ERROR_MEMBER}
      }
    }`;
    expect(await query(document, { input: { name: 'any', modelCode: 'any' } })).toEqual({
      result: { __typename: 'CreateModelSuccess', outcome: 'CREATED', model: TURBO },
    });
    expect(gateway.actions()).toEqual(['ModelRouterCreateModel']);
  });
});

const PAI_MODEL = `__typename id source sourceId region name description vendor category workspaceId accessibility
  origin provider domain task documentation orderNumber parameterSize labels { key value } extraInfo ownerId userId
  createdAt updatedAt`;

const NEWS = {
  __typename: 'PaiModel',
  id: encoded('PaiModel:cn-beijing/model-rbvg5wzljz****ks92'),
  source: 'PAI',
  sourceId: 'model-rbvg5wzljz****ks92',
  region: 'cn-beijing',
  name: '新闻分类',
  description: '新闻分类。',
  vendor: 'pai',
  category: 'Checkpoint',
  workspaceId: '234**',
  accessibility: 'PUBLIC',
  origin: 'ModelScope',
  provider: 'pai',
  domain: 'nlp',
  task: 'text-classification',
  documentation: 'https://***.md',
  orderNumber: 0,
  parameterSize: 3000,
  labels: [{ key: 'env', value: 'test' }],
  extraInfo: {
    RatingCount: 2866,
    Rating: 4.94,
    FavoriteCount: 34992,
    CommentCount: 754,
    CoverUris: ['https://e***u.oss-cn-hangzhou.aliyuncs.com/drea***w.png'],
    TippedAmountCount: 32,
    DownloadCount: 606056,
  },
  ownerId: '1234567890******',
  userId: '1234567890******',
  createdAt: '2021-01-30T12:51:33.028Z',
  updatedAt: '2021-01-30T12:51:33.028Z',
};

describe('PAI', () => {
  it('GetModel', async () => {
    serve('GetModel');
    expect(await query(`{ paiModel(sourceId: "${NEWS.sourceId}") { ${PAI_MODEL} } }`)).toEqual({
      paiModel: NEWS,
    });
    expect(gateway.sandbox.requests[0]?.path).toBe('/api/v1/models/model-rbvg5wzljz%2A%2A%2A%2Aks92');
  });

  it('ListModels: fields that are empty or missing are null', async () => {
    serve('ListModels');
    const { paiModels } = await query(
      `{ paiModels(first: 10) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { ${PAI_MODEL} } } }`,
    );
    expect(paiModels).toEqual({
      totalCount: 2,
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
      nodes: [
        { ...NEWS, createdAt: '2021-01-21T17:12:35Z', updatedAt: '2021-01-21T17:12:35Z' },
        {
          ...NEWS,
          id: encoded('PaiModel:cn-beijing/model-1123*****'),
          sourceId: 'model-1123*****',
          name: 'Sentiment Analysis',
          description: null,
          vendor: 'ModelScope',
          accessibility: 'PRIVATE',
          provider: null,
          documentation: null,
          orderNumber: 101,
          parameterSize: 1024,
          labels: [],
          extraInfo: {},
        },
      ],
    });
  });

  it('CreateModel answers an id; the rest is read once by it', async () => {
    serve('CreateModel');
    serve('GetModel');
    const document = `mutation ($input: CreatePaiModelInput!) {
      result: createPaiModel(input: $input) {
        __typename ... on CreatePaiModelSuccess { outcome paiModel { ${PAI_MODEL} } } ${ERROR_MEMBER}
      }
    }`;
    expect(await query(document, { input: { name: 'any' } })).toEqual({
      result: { __typename: 'CreatePaiModelSuccess', outcome: 'CREATED', paiModel: NEWS },
    });
    expect(gateway.actions()).toEqual(['CreateModel', 'GetModel']);
  });
});

const GATEWAY = '__typename id sourceId region description status createdAt updatedAt expiresAt';

const SERVICE = `__typename id source sourceId gatewaySourceId region name description vendor category protocol status
  rawProtocol rawStatus baseUrl apiKeyPreview inputCostPointsPerMillion outputCostPointsPerMillion requestCostPoints
  createdAt updatedAt`;

const TEST_SERVICE = {
  __typename: 'ModelService',
  id: encoded('ModelService:cn-beijing/pg-xxxxxxx/ms-xxxxxx'),
  source: 'AI_GATEWAY',
  sourceId: 'ms-xxxxxx',
  gatewaySourceId: 'pg-xxxxxxx',
  region: 'cn-beijing',
  name: 'test',
  description: null,
  vendor: 'bailian',
  category: 'text',
  protocol: 'OPENAI',
  status: 'ENABLED',
  rawProtocol: 'openai',
  rawStatus: 'Enable',
  baseUrl: 'https://xxxxxx',
  apiKeyPreview: 'x****x',
  inputCostPointsPerMillion: '10',
  outputCostPointsPerMillion: '10',
  requestCostPoints: '10',
  createdAt: '2026-03-31T14:40:48Z',
  updatedAt: null,
};

/** What the service's list answers behind its only row, though its total is two. */
const NOTHING_MORE = { RequestId: 'x', TotalRecordCount: 2, PageNumber: 2, PageRecordCount: 30, Items: [] };

describe('AI gateway', () => {
  it('DescribeGatewayList: its numbers are text, its expiry is empty', async () => {
    serve('DescribeGatewayList');
    const { aiGateways } = await query(
      `{ aiGateways { totalCount pageInfo { hasNextPage } nodes { ${GATEWAY} } } }`,
    );
    expect(aiGateways).toEqual({
      totalCount: 1,
      pageInfo: { hasNextPage: false },
      nodes: [
        {
          __typename: 'AiGateway',
          id: encoded('AiGateway:cn-beijing/pg-xxxxxxx'),
          sourceId: 'pg-xxxxxxx',
          region: 'cn-beijing',
          description: 'pg-xxxxxx',
          status: 'ACTIVATION',
          createdAt: '2020-08-14T05:58:42Z',
          updatedAt: '2024-10-29T09:31:37Z',
          expiresAt: null,
        },
      ],
    });
  });

  it('DescribeGatewayAttribute: its port is text', async () => {
    serve('DescribeGatewayAttribute');
    const { aiGateway } = await query(
      `{ aiGateway(sourceId: "pg-xxxxxxx") { ${GATEWAY} endpoints { address port netType } } }`,
    );
    expect(aiGateway).toEqual({
      __typename: 'AiGateway',
      id: encoded('AiGateway:cn-beijing/pg-xxxxxxx'),
      sourceId: 'pg-xxxxxxx',
      region: 'cn-beijing',
      description: 'xxx',
      status: 'ACTIVATION',
      createdAt: '2020-02-24T11:57:54Z',
      updatedAt: '2025-10-07T02:19:55Z',
      expiresAt: null,
      endpoints: [
        { address: 'pg-xxxxx.polardbaigateway.pre.rds.aliyuncs.com', port: 8080, netType: 'Public' },
      ],
    });
    expect(gateway.actions()).toEqual(['DescribeGatewayAttribute']);
  });

  it('DescribeModelServices by id, with its gateway', async () => {
    serve('DescribeModelServices');
    serve('DescribeGatewayAttribute');
    const { modelService } = await query(
      `{ modelService(sourceId: "ms-xxxxxx", gatewaySourceId: "pg-xxxxxxx") { ${SERVICE} gateway { description } } }`,
    );
    expect(modelService).toEqual({ ...TEST_SERVICE, gateway: { description: 'xxx' } });
  });

  it('DescribeModelServices as a list: one row though the total is two, and it ends cleanly', async () => {
    serve('DescribeModelServices', NOTHING_MORE);
    const { modelServices } = await query(
      `{ modelServices(gatewaySourceId: "pg-xxxxxxx") { totalCount pageInfo { hasNextPage } nodes { ${SERVICE} } } }`,
    );
    expect(modelServices).toEqual({
      totalCount: 2,
      pageInfo: { hasNextPage: false },
      nodes: [TEST_SERVICE],
    });
    expect(gateway.sandbox.requests.map((request) => request.query['PageNumber'])).toEqual(['1', '2']);
  });

  it('DescribeModelServices over all gateways', async () => {
    serve('DescribeGatewayList');
    serve('DescribeModelServices', NOTHING_MORE);
    const { modelServices } = await query(`{ modelServices { nodes { ${SERVICE} } } }`);
    expect(modelServices).toEqual({ nodes: [TEST_SERVICE] });
  });

  it('CreateModelService answers id and state; the rest is read once', async () => {
    serve('CreateModelService');
    serve('DescribeModelServices');
    const document = `mutation ($input: CreateModelServiceInput!) {
      result: createModelService(input: $input) {
        __typename ... on CreateModelServiceSuccess { outcome modelService { ${SERVICE} } } ${ERROR_MEMBER}
      }
    }`;
    const input = {
      gatewaySourceId: 'pg-xxxxxxx',
      name: 'any',
      category: 'any',
      protocol: 'VLLM',
      baseUrl: 'https://example.com',
      apiKey: 'any',
      vendor: 'any',
    };
    expect(await query(document, { input })).toEqual({
      result: { __typename: 'CreateModelServiceSuccess', outcome: 'CREATED', modelService: TEST_SERVICE },
    });
    expect(gateway.actions()).toEqual(['CreateModelService', 'DescribeModelServices']);
  });

  it('the raw key is in no answer', async () => {
    const sample = readWireFacts<{ Items: Record<string, unknown>[] }>(
      'responses/DescribeModelServices.json',
    );
    for (const item of sample.Items) item['ApiKey'] = 'sk-planted-0123456789-planted';
    gateway.sandbox.setFault('DescribeModelServices', {
      kind: 'answer',
      status: 200,
      bodyText: JSON.stringify({ ...sample, TotalRecordCount: 1 }),
    });
    const answer = await gateway.query(
      `{ modelServices(gatewaySourceId: "pg-xxxxxxx") { nodes { ${SERVICE} } } }`,
    );
    expect(JSON.stringify(answer)).toContain('"apiKeyPreview":"sk-p****nted"');
    expect(JSON.stringify([answer, gateway.logs])).not.toContain('0123456789');
  });
});
