import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callVendor } from '../sandbox/support/vendor-client.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, GATEWAY_ID } from './support/backend-cases.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** What the vendor's own client gets. */
async function vendor(action: string, input: Record<string, unknown>) {
  return (await callVendor(gateway.sandbox, action, input)).body as Readonly<Record<string, unknown>>;
}

async function graph(document: string, variables?: Record<string, unknown>) {
  return dataOf<Readonly<Record<string, unknown>>>(await gateway.query(document, variables));
}

/** The success of a create, whose row is named `row`. */
async function create(document: string, input: Record<string, unknown>) {
  const { result } = (await graph(document, { input })) as {
    result: { __typename: string; row: { sourceId: string } };
  };
  expect(result.__typename).toMatch(/Success$/);
  return result.row.sourceId;
}

const HARD_NAME = "it's a (test) * ~+&=%/中文 🚀";

describe("what the vendor's client makes, the graph reads", () => {
  it('a model of the Model Router', async () => {
    const { data } = (await vendor('ModelRouterCreateModel', {
      name: HARD_NAME,
      modelId: 'qwen-vendor',
      modelType: 'Chat',
      symbol: 'alibaba',
      tags: 'TXT_GEN,DEEP_THINK',
      apiKey: 'sk-0123456789abcdef',
      maxInputLength: '32K',
      extensions: '{"a":[1]}',
    })) as { data: { id: number } };
    const document = `{ model(sourceId: "${data.id}") {
      name modelCode category vendor tags tagNames apiKeyPreview maxInputTokens extensions isCustom
    } }`;
    expect(await graph(document)).toEqual({
      model: {
        name: HARD_NAME,
        modelCode: 'qwen-vendor',
        category: 'Chat',
        vendor: 'alibaba',
        tags: ['TXT_GEN', 'DEEP_THINK'],
        tagNames: ['文本生成', '深度思考'],
        apiKeyPreview: 'sk-0****def',
        maxInputTokens: 32_768,
        extensions: { a: [1] },
        isCustom: true,
      },
    });
  });

  it('a model of the PAI registry', async () => {
    const { ModelId } = await vendor('CreateModel', {
      ModelName: HARD_NAME,
      Domain: 'nlp',
      ParameterSize: 3000,
      ExtraInfo: { Rating: 4.94 },
      Tag: [{ Key: 'env', Value: 'vendor' }],
      WorkspaceId: '32417',
      Accessibility: 'PUBLIC',
    });
    const fields = 'name domain parameterSize extraInfo labels { key value } workspaceId accessibility';
    const model = {
      name: HARD_NAME,
      domain: 'nlp',
      parameterSize: 3000,
      extraInfo: { Rating: 4.94 },
      labels: [{ key: 'env', value: 'vendor' }],
      workspaceId: '32417',
      accessibility: 'PUBLIC',
    };
    expect(await graph(`{ paiModel(sourceId: "${ModelId}") { ${fields} } }`)).toEqual({ paiModel: model });
    expect(await graph(`{ paiModels(filter: { label: "env=vendor" }) { nodes { ${fields} } } }`)).toEqual({
      paiModels: { nodes: [model] },
    });
  });

  it('a model service of an AI gateway', async () => {
    const { ModelServiceId } = await vendor('CreateModelService', {
      GwClusterId: GATEWAY_ID,
      Name: HARD_NAME,
      ModelCategory: 'text',
      Protocol: 'openai',
      Vendor: 'bailian',
      BaseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1?token=abc',
      ApiKey: 'sk-0123456789abcdef',
      InputCostPointsPerMillion: '0.30',
    });
    const document = `{ modelService(sourceId: "${ModelServiceId}") {
      name gatewaySourceId category protocol status vendor baseUrl apiKeyPreview inputCostPointsPerMillion
    } }`;
    expect(await graph(document)).toEqual({
      modelService: {
        name: HARD_NAME,
        gatewaySourceId: GATEWAY_ID,
        category: 'text',
        protocol: 'OPENAI',
        status: 'ENABLED',
        vendor: 'bailian',
        baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1?token=***',
        apiKeyPreview: 'sk-0****cdef',
        inputCostPointsPerMillion: '0.30',
      },
    });
  });
});

describe("what the graph makes, the vendor's client reads", () => {
  it('a model of the Model Router', async () => {
    const document = `mutation ($input: CreateModelInput!) {
      result: createModel(input: $input) { __typename ... on CreateModelSuccess { row: model { sourceId } } }
    }`;
    const id = await create(document, {
      name: `${HARD_NAME} 2`,
      modelCode: 'qwen-graph',
      vendor: 'alibaba',
      tags: ['TXT_GEN', 'DEEP_THINK'],
      category: 'Chat',
      apiKey: 'sk-0123456789abcdef',
      baseUrl: 'https://example.com/v1',
      maxInputLength: '32K',
      maxOutputLength: '8192',
      inOut: 'text',
      extensions: { a: [1] },
    });
    expect(await vendor('ModelRouterQueryModel', { id })).toMatchObject({
      data: {
        id: Number(id),
        name: `${HARD_NAME} 2`,
        modelCode: 'qwen-graph',
        symbol: 'alibaba',
        tags: 'TXT_GEN,DEEP_THINK',
        modelType: 'Chat',
        apiKeyPreview: 'sk-0****def',
        baseUrl: 'https://example.com/v1',
        maxInputLength: '32K',
        maxOutputLength: '8192',
        inOut: 'text',
        extensions: '{"a":[1]}',
      },
    });
  });

  it('a model of the PAI registry', async () => {
    const document = `mutation ($input: CreatePaiModelInput!) {
      result: createPaiModel(input: $input) { __typename ... on CreatePaiModelSuccess { row: paiModel { sourceId } } }
    }`;
    const ModelId = await create(document, {
      name: `${HARD_NAME} 2`,
      description: '新闻分类。',
      workspaceId: '32417',
      accessibility: 'PUBLIC',
      origin: 'ModelScope',
      domain: 'nlp',
      task: 'text-classification',
      documentation: 'https://example.com/a.md',
      orderNumber: 7,
      category: 'Checkpoint',
      extraInfo: { Rating: 4.94 },
      parameterSize: 3000,
      labels: [{ key: 'env', value: 'graph' }, { key: 'bare' }],
    });
    expect(await vendor('GetModel', { ModelId })).toMatchObject({
      ModelName: `${HARD_NAME} 2`,
      ModelDescription: '新闻分类。',
      WorkspaceId: '32417',
      Accessibility: 'PUBLIC',
      Origin: 'ModelScope',
      Domain: 'nlp',
      Task: 'text-classification',
      ModelDoc: 'https://example.com/a.md',
      OrderNumber: 7,
      ModelType: 'Checkpoint',
      ExtraInfo: { Rating: 4.94 },
      ParameterSize: 3000,
      Labels: [
        { Key: 'env', Value: 'graph' },
        { Key: 'bare', Value: '' },
      ],
    });
    expect(await graph(`{ paiModel(sourceId: "${ModelId}") { labels { key value } } }`)).toEqual({
      paiModel: {
        labels: [
          { key: 'env', value: 'graph' },
          { key: 'bare', value: null },
        ],
      },
    });
  });

  it('a model service of an AI gateway', async () => {
    const document = `mutation ($input: CreateModelServiceInput!) {
      result: createModelService(input: $input) {
        __typename ... on CreateModelServiceSuccess { row: modelService { sourceId } }
      }
    }`;
    const ModelServiceIds = await create(document, {
      gatewaySourceId: GATEWAY_ID,
      name: `${HARD_NAME} 2`,
      category: 'embedding',
      protocol: 'VLLM',
      baseUrl: 'https://example.com/v1?region=a+b',
      apiKey: 'sk-graph!()*+ /',
      vendor: 'custom',
      inputCostPointsPerMillion: '0.30',
      outputCostPointsPerMillion: '12345678901234567890.5',
      requestCostPoints: '0',
    });
    expect(await vendor('DescribeModelServices', { GwClusterId: GATEWAY_ID, ModelServiceIds })).toMatchObject(
      {
        TotalRecordCount: 1,
        Items: [
          {
            ModelServiceId: ModelServiceIds,
            Name: `${HARD_NAME} 2`,
            ModelCategory: 'embedding',
            Protocol: 'vllm',
            BaseUrl: 'https://example.com/v1?region=a+b',
            ApiKey: 'sk-graph!()*+ /',
            Vendor: 'custom',
            InputCostPointsPerMillion: '0.30',
            OutputCostPointsPerMillion: '12345678901234567890.5',
            RequestCostPoints: '0',
          },
        ],
      },
    );
  });
});
