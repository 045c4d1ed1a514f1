import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { callVendor } from './support/vendor-client.ts';
import { differences, operationFacts } from './support/wire-facts.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

type Row = Readonly<Record<string, unknown>>;

async function call(action: string, input: Row = {}) {
  const { body, statusCode } = await callVendor(sandbox, action, input);
  expect(statusCode).toBe(200);
  expect(differences(operationFacts(action).response, body)).toEqual([]);
  return body;
}

async function gateways(): Promise<readonly Row[]> {
  return (await call('DescribeGatewayList', { RegionId: 'cn-beijing' }))['Items'] as readonly Row[];
}

describe('the vendor client performs every operation, and every answer has the documented fields', () => {
  it('ModelRouterQueryModelList, all pages', async () => {
    const first = await call('ModelRouterQueryModelList', {
      pageIndex: 1,
      pageSize: 100,
      needTotalCount: true,
    });
    expect(first).toMatchObject({
      success: true,
      errCode: 'UNKNOWN_ERROR',
      httpStatusCode: 200,
      maxResults: 100,
    });
    const data = first['data'] as Row;
    expect(data).toMatchObject({ page: 1, pageSize: 100, maxResults: '100', nextToken: 'None' });
    expect(Number(data['total'])).toBeGreaterThanOrEqual(120);
    const second = await call('ModelRouterQueryModelList', { pageIndex: 2, pageSize: 100 });
    const rows = [data, second['data'] as Row].flatMap((page) => page['list'] as readonly Row[]);
    expect(rows).toHaveLength(Number(data['total']));
    expect(second['data']).not.toHaveProperty('total');
  });

  it('ModelRouterQueryModel', async () => {
    const body = await call('ModelRouterQueryModel', { id: 1 });
    expect(body['data']).toMatchObject({ id: 1, modelCode: 'qwen-turbo', name: '通义千问', deleteTag: 0 });
  });

  it('ModelRouterCreateModel answers the whole entry with the key masked', async () => {
    const body = await call('ModelRouterCreateModel', {
      name: '通义千问 (测试) *',
      modelId: 'qwen-test',
      modelType: 'Chat',
      symbol: 'alibaba',
      tags: 'TXT_GEN,DEEP_THINK',
      apiKey: 'sk-0123456789abcdef',
      baseUrl: 'https://dashscope.aliyuncs.com',
      maxInputLength: '32K',
      extensions: '{}',
    });
    const created = body['data'] as Row;
    expect(created).toMatchObject({
      modelCode: 'qwen-test',
      tagNames: '文本生成,深度思考',
      apiKeyPreview: 'sk-0****def',
      isCustom: true,
      maxInputLength: '32K',
    });
    expect(JSON.stringify(body)).not.toContain('0123456789');
    expect((await call('ModelRouterQueryModel', { id: created['id'] }))['data']).toEqual(created);
    const found = await call('ModelRouterQueryModelList', { keyword: 'QWEN-TEST' });
    expect((found['data'] as Row)['list']).toEqual([created]);
  });

  it('ListModels, all pages, own and public', async () => {
    const first = await call('ListModels', { PageSize: 100 });
    expect(first['TotalCount']).toBeGreaterThanOrEqual(60);
    expect(first['Models']).toHaveLength(first['TotalCount'] as number);
    const gallery = (await call('ListModels', { Provider: 'pai', PageSize: 100 }))[
      'Models'
    ] as readonly Row[];
    expect(gallery.length).toBeGreaterThan(10);
    for (const model of gallery) expect(model).toMatchObject({ Provider: 'pai', Accessibility: 'PUBLIC' });
  });

  it('GetModel gives Labels where ListModels gives Tags too', async () => {
    const [listed] = (await call('ListModels', { PageSize: 1 }))['Models'] as readonly Row[];
    const { Tags, ...rest } = listed ?? {};
    const { RequestId, ...model } = await call('GetModel', { ModelId: listed?.['ModelId'] });
    expect(RequestId).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    expect(Tags).toEqual(rest['Labels']);
    expect(model).toEqual(rest);
  });

  it('CreateModel answers only ids', async () => {
    const body = await call('CreateModel', {
      ModelName: '新闻分类 2',
      Domain: 'nlp',
      ParameterSize: 3000,
      ExtraInfo: { Rating: 4.94 },
      Tag: [{ Key: 'env', Value: 'vendor' }],
      WorkspaceId: '32417',
    });
    expect(Object.keys(body).toSorted()).toEqual(['ModelId', 'RequestId']);
    expect(body['ModelId']).toMatch(/^model-[0-9a-z]{10,}$/);
    const model = await call('GetModel', { ModelId: body['ModelId'] });
    expect(model).toMatchObject({ ModelName: '新闻分类 2', ParameterSize: 3000, WorkspaceId: '32417' });
    const tag = JSON.stringify([{ Key: 'env', Value: 'vendor' }]);
    expect(await call('ListModels', { Tag: tag })).toMatchObject({ TotalCount: 1 });
  });

  it('DescribeGatewayList, its numbers as text', async () => {
    const body = await call('DescribeGatewayList', { RegionId: 'cn-beijing' });
    expect(body).toMatchObject({
      TotalRecordCount: '3',
      PageNumber: '1',
      PageSize: '30',
      PageRecordCount: '30',
    });
    expect(body['Items']).toHaveLength(3);
  });

  it('DescribeGatewayAttribute', async () => {
    for (const { GwClusterId } of await gateways()) {
      expect(await call('DescribeGatewayAttribute', { GwClusterId })).toMatchObject({ GwClusterId });
    }
  });

  it('DescribeModelServices: 12, 130 and 0 services, raw keys in clear', async () => {
    const counts = [];
    for (const { GwClusterId } of await gateways()) {
      const body = await call('DescribeModelServices', { GwClusterId, PageSize: 100 });
      counts.push(body['TotalRecordCount']);
      expect(body['PageRecordCount']).toBe(100);
      for (const service of body['Items'] as readonly Row[])
        expect(service['ApiKey']).toMatch(/^sk-sandbox-\w{24}$/);
    }
    expect(counts).toEqual([12, 130, 0]);
  });

  it('CreateModelService answers id and status', async () => {
    const GwClusterId = (await gateways())[2]?.['GwClusterId'];
    const body = await call('CreateModelService', {
      GwClusterId,
      Name: "it's a (test) * ~+&=%/中文",
      ModelCategory: 'text',
      Protocol: 'openai',
      Vendor: 'bailian',
      BaseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1?region=a+b',
      ApiKey: 'sk-vendor!()*',
      InputCostPointsPerMillion: '0.3',
    });
    expect(body).toMatchObject({
      Status: 'Enable',
      ModelServiceId: expect.stringMatching(/^ms-[0-9a-z]{10,}$/),
    });
    const listed = await call('DescribeModelServices', {
      GwClusterId,
      ModelServiceIds: body['ModelServiceId'],
    });
    expect(listed['Items']).toMatchObject([
      {
        Name: "it's a (test) * ~+&=%/中文",
        BaseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1?region=a+b',
        ApiKey: 'sk-vendor!()*',
        InputCostPointsPerMillion: '0.3',
        OutputCostPointsPerMillion: '0',
      },
    ]);
  });
});

describe('the vendor client meets failures', () => {
  it('Model Router: a model that is missing is HTTP 200 with success false', async () => {
    const body = await call('ModelRouterQueryModel', { id: 424242 });
    expect(body).toMatchObject({
      success: false,
      errCode: 'MODEL_NOT_EXIST',
      httpStatusCode: 404,
      data: null,
    });
  });

  it('PAI: ModelNotFound, 404', async () => {
    await expect(callVendor(sandbox, 'GetModel', { ModelId: 'model-absent' })).rejects.toMatchObject({
      code: 'ModelNotFound',
      statusCode: 404,
    });
  });

  it('AI gateway: Forbidden.InstanceNotFound, 404', async () => {
    const attempt = callVendor(sandbox, 'DescribeModelServices', { GwClusterId: 'pg-absent' });
    await expect(attempt).rejects.toMatchObject({ code: 'Forbidden.InstanceNotFound', statusCode: 404 });
  });

  it('an unknown access key is refused by every product', async () => {
    for (const [action, input] of [
      ['ModelRouterQueryModelList', {}],
      ['ListModels', {}],
      ['DescribeGatewayList', { RegionId: 'cn-beijing' }],
    ] as const) {
      const attempt = callVendor(sandbox, action, input, { accessKeyId: 'LTAI-somebody-else' });
      await expect(attempt).rejects.toMatchObject({ code: 'InvalidAccessKeyId.NotFound', statusCode: 404 });
    }
  });

  it('an STS token goes through when it is signed', async () => {
    const { body } = await callVendor(
      sandbox,
      'ListModels',
      {},
      { securityToken: 'FAKE.STS/token+with=chars' },
    );
    expect(body['TotalCount']).toBeGreaterThan(0);
    expect(sandbox.requests.at(-1)?.headers['x-acs-security-token']).toBe('FAKE.STS/token+with=chars');
  });
});
