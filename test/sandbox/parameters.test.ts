import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { callVendor, type RawCall, sendRaw } from './support/vendor-client.ts';

let sandbox: Sandbox;
let many: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  const { body } = await callVendor(sandbox, 'DescribeGatewayList', { RegionId: 'cn-beijing' });
  many = (body['Items'] as { GwClusterId: string }[])[1]?.GwClusterId ?? '';
});
afterAll(() => sandbox.close());

type Fields = Readonly<Record<string, unknown>>;

async function answer(call: RawCall) {
  const response = await sendRaw(sandbox, call);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Fields };
}

async function refusal(call: RawCall) {
  const { status, body } = await answer(call);
  const { Code, Message, errCode, errMessage } = body;
  return { status, code: Code ?? errCode, message: Message ?? errMessage };
}

const SERVICE = {
  Name: 'new',
  ModelCategory: 'text',
  Protocol: 'openai',
  Vendor: 'bailian',
  BaseUrl: 'https://example.com',
  ApiKey: 'sk-x',
};

describe('required parameters', () => {
  it.each(Object.keys(SERVICE))('CreateModelService needs %s', async (name) => {
    const query = { ...SERVICE, GwClusterId: many, [name]: '' };
    const found = await refusal({ action: 'CreateModelService', query });
    expect(found).toMatchObject({
      status: 400,
      code: 'MissingParameter',
      message: expect.stringContaining(`"${name}"`),
    });
  });

  it.each(['DescribeGatewayAttribute', 'DescribeModelServices', 'CreateModelService'])(
    '%s needs GwClusterId',
    async (action) => {
      const found = await refusal({ action, query: SERVICE });
      expect(found).toMatchObject({
        code: 'MissingParameter',
        message: expect.stringContaining('GwClusterId'),
      });
    },
  );

  it('DescribeGatewayList needs RegionId', async () => {
    expect(await refusal({ action: 'DescribeGatewayList' })).toMatchObject({ code: 'MissingParameter' });
  });

  it('PAI CreateModel needs ModelName', async () => {
    for (const bodyText of ['{}', '{"ModelName":null}']) {
      expect(await refusal({ action: 'CreateModel', bodyText })).toMatchObject({ code: 'MissingParameter' });
    }
  });
});

describe('page rules', () => {
  const AI = ['30', '50', '100'];
  it.each(['1', '10', '29', '101', '0', '-30', 'abc', '30.0'])(
    'AI gateway lists refuse page size %s',
    async (PageSize) => {
      const services = { action: 'DescribeModelServices', query: { GwClusterId: many, PageSize } };
      const gateways = { action: 'DescribeGatewayList', query: { RegionId: 'cn-beijing', PageSize } };
      for (const call of [services, gateways]) {
        expect(await refusal(call)).toMatchObject({ status: 400, code: 'InvalidParameter' });
      }
    },
  );

  it.each(AI)('AI gateway lists take page size %s', async (PageSize) => {
    const { body } = await answer({
      action: 'DescribeModelServices',
      query: { GwClusterId: many, PageSize },
    });
    expect(body).toMatchObject({
      PageSize: Number(PageSize),
      PageRecordCount: Number(PageSize),
      TotalRecordCount: 130,
    });
    expect(body['Items']).toHaveLength(Number(PageSize));
  });

  it('the pages of a list join without gap or overlap, and one beyond the end is empty', async () => {
    const ids: unknown[] = [];
    for (const PageNumber of ['1', '2', '3', '4', '5', '6']) {
      const { body } = await answer({
        action: 'DescribeModelServices',
        query: { GwClusterId: many, PageNumber },
      });
      ids.push(...(body['Items'] as Fields[]).map((item) => item['ModelServiceId']));
    }
    expect(ids).toHaveLength(130);
    expect(new Set(ids).size).toBe(130);
  });

  it.each([
    ['ListModels', 'PageSize'],
    ['ModelRouterQueryModelList', 'pageSize'],
    ['ModelRouterQueryModelList', 'maxResults'],
  ])('%s takes %s from 1 to 100', async (action, name) => {
    for (const value of ['0', '101', '-1', 'x']) {
      expect(await refusal({ action, query: { [name]: value } })).toMatchObject({ code: 'InvalidParameter' });
    }
    for (const value of ['1', '100'])
      expect((await answer({ action, query: { [name]: value } })).status).toBe(200);
  });

  it('PAI and Model Router default to ten, from page one', async () => {
    expect((await answer({ action: 'ListModels' })).body['Models']).toHaveLength(10);
    const { body } = await answer({ action: 'ModelRouterQueryModelList' });
    expect(body['data']).toMatchObject({ page: 1, pageSize: 10 });
    expect(await refusal({ action: 'ModelRouterQueryModelList', query: { pageIndex: '0' } })).toMatchObject({
      status: 400,
    });
  });

  it('Model Router walks by token as well', async () => {
    const ids: unknown[] = [];
    let nextToken = '0';
    while (nextToken !== 'None') {
      const { body } = await answer({
        action: 'ModelRouterQueryModelList',
        query: { maxResults: '60', nextToken },
      });
      const data = body['data'] as { list: Fields[]; nextToken: string };
      ids.push(...data.list.map((model) => model['modelCode']));
      nextToken = data.nextToken;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(120);
  });

  it('Model Router gives a total only where it is asked for', async () => {
    const query = { needTotalCount: 'true', keyword: 'deepseek' };
    const { body } = await answer({ action: 'ModelRouterQueryModelList', query });
    expect(body['data']).toMatchObject({ total: '8' });
    expect((await answer({ action: 'ModelRouterQueryModelList' })).body['data']).not.toHaveProperty('total');
  });
});

describe('values', () => {
  const long = 'x'.repeat(128);
  it.each([
    ['a name of 128 characters', { ModelName: long }],
    ['an empty name', { ModelName: '' }],
    ['a name that is a number', { ModelName: 1 }],
    ['an unknown accessibility', { ModelName: 'm', Accessibility: 'SHARED' }],
    ['a size as text', { ModelName: 'm', ParameterSize: '3000' }],
    ['a size with a fraction', { ModelName: 'm', ParameterSize: 1.5 }],
    ['extra info as text', { ModelName: 'm', ExtraInfo: '{}' }],
    ['tags as text', { ModelName: 'm', Tag: '[]' }],
    ['a tag without value', { ModelName: 'm', Tag: [{ Key: 'k' }] }],
    ['a tag with a comma', { ModelName: 'm', Tag: [{ Key: 'k', Value: 'a,b' }] }],
    ['a tag of 129 bytes', { ModelName: 'm', Tag: [{ Key: '键'.repeat(43), Value: 'v' }] }],
    ['a workspace that is no number', { ModelName: 'm', WorkspaceId: 'default' }],
  ])('PAI CreateModel refuses %s', async (_title, body) => {
    const found = await refusal({ action: 'CreateModel', bodyText: JSON.stringify(body) });
    expect(found).toMatchObject({ status: 400, code: 'InvalidParameter' });
  });

  it.each([
    ['no JSON', '{"ModelName":', undefined, 400],
    ['an array', '[]', undefined, 400],
    ['a form', 'ModelName=m', 'application/x-www-form-urlencoded', 415],
    [
      'more than a mebibyte',
      JSON.stringify({ ModelName: 'm', ModelDescription: 'x'.repeat(2 ** 20) }),
      undefined,
      413,
    ],
  ])('a body with %s is refused', async (_title, bodyText, contentType, status) => {
    const call = { action: 'CreateModel', bodyText, ...(contentType && { contentType }) };
    expect(await refusal(call)).toMatchObject({ status });
  });

  it('a missing body is refused', async () => {
    expect((await refusal({ action: 'CreateModel' })).status).toBe(415);
  });

  it('a workspace that does not exist is 100400008', async () => {
    const found = await refusal({
      action: 'CreateModel',
      bodyText: '{"ModelName":"m","WorkspaceId":"99999"}',
    });
    expect(found).toMatchObject({ status: 400, code: '100400008' });
  });

  it.each([
    ['Tag', '[{"Key":'],
    ['Tag', '{"Key":"env","Value":"prod"}'],
    ['Conditions', '[{"Column":"Name"}]'],
    ['SortBy', 'ModelName'],
    ['Order', 'desc'],
  ])('ListModels refuses %s %s', async (name, value) => {
    expect(await refusal({ action: 'ListModels', query: { [name]: value } })).toMatchObject({
      code: 'InvalidParameter',
    });
  });

  it('Model Router refuses in its own envelope', async () => {
    const { status, body } = await answer({
      action: 'ModelRouterCreateModel',
      bodyText: '{"extensions":{}}',
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      success: false,
      errCode: 'InvalidParameter',
      httpStatusCode: 400,
      data: null,
    });
    expect(
      await refusal({ action: 'ModelRouterQueryModel', path: '/api/v1/modelRouter/open/models/abc' }),
    ).toMatchObject({
      status: 400,
      code: 'InvalidParameter',
    });
  });

  it.each(['grpc', ''])('CreateModelService refuses protocol "%s"', async (Protocol) => {
    const found = await refusal({
      action: 'CreateModelService',
      query: { ...SERVICE, GwClusterId: many, Protocol },
    });
    expect(found.status).toBe(400);
  });

  it('CreateModelService refuses points that are no decimal, and a name already in use', async () => {
    const query = { ...SERVICE, GwClusterId: many };
    const points = { ...query, InputCostPointsPerMillion: '1e3' };
    expect(await refusal({ action: 'CreateModelService', query: points })).toMatchObject({
      code: 'InvalidParameter',
    });
    const twin = { ...query, Name: 'qwen-turbo' };
    expect(await refusal({ action: 'CreateModelService', query: twin })).toMatchObject({
      status: 400,
      code: 'ModelServiceName.Duplicate',
    });
  });

  it('parameters nobody knows are ignored', async () => {
    const body = { ModelName: 'extra', Unknown: 1 };
    expect((await answer({ action: 'CreateModel', bodyText: JSON.stringify(body) })).status).toBe(200);
    expect((await answer({ action: 'ListModels', query: { Unknown: '1' } })).status).toBe(200);
  });

  it('integers beyond 2^53 stay exact', async () => {
    const bodyText = '{"ModelName":"exact","ParameterSize":9007199254740993}';
    const { body } = await answer({ action: 'CreateModel', bodyText });
    const response = await sendRaw(sandbox, {
      action: 'GetModel',
      path: `/api/v1/models/${body['ModelId']}`,
    });
    expect(await response.text()).toContain('"ParameterSize":9007199254740993,');
    const odd = '/api/v1/modelRouter/open/models/9007199254740993';
    expect(await (await sendRaw(sandbox, { action: 'ModelRouterQueryModel', path: odd })).text()).toContain(
      '"id":9007199254740993,',
    );
  });
});
