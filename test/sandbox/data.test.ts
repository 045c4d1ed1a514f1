import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { callVendor } from './support/vendor-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

type Row = Readonly<Record<string, unknown>>;

async function routerModels(from: Sandbox, filter: Row = {}): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let pageIndex = 1; ; pageIndex += 1) {
    const { body } = await callVendor(from, 'ModelRouterQueryModelList', {
      ...filter,
      pageIndex,
      pageSize: 100,
    });
    const { list } = body['data'] as { list: Row[] };
    rows.push(...list);
    if (list.length < 100) return rows;
  }
}

async function paiModels(from: Sandbox, filter: Row = {}): Promise<readonly Row[]> {
  return (await callVendor(from, 'ListModels', { ...filter, PageSize: 100 })).body['Models'] as Row[];
}

async function gateways(from: Sandbox, filter: Row = {}): Promise<readonly Row[]> {
  const { body } = await callVendor(from, 'DescribeGatewayList', { RegionId: from.region, ...filter });
  return body['Items'] as Row[];
}

async function services(from: Sandbox, GwClusterId: unknown, filter: Row = {}): Promise<readonly Row[]> {
  const { body } = await callVendor(from, 'DescribeModelServices', { GwClusterId, PageSize: 100, ...filter });
  return body['Items'] as Row[];
}

const pick = (rows: readonly Row[], name: string) => new Set(rows.map((row) => row[name]));

describe('the demo data', () => {
  it('is the same in every sandbox', async () => {
    await using twin = await startSandbox();
    for (const read of [routerModels, paiModels, gateways])
      expect(await read(twin)).toEqual(await read(sandbox));
    for (const { GwClusterId } of await gateways(sandbox)) {
      expect(await services(twin, GwClusterId)).toEqual(await services(sandbox, GwClusterId));
    }
  });

  it('has the vendors and kinds that people know', async () => {
    const models = await routerModels(sandbox);
    const symbols = [
      'alibaba',
      'deepseek',
      'meta',
      'mistral',
      'zhipu',
      'moonshot',
      'openai',
      'anthropic',
      'google',
    ];
    expect([...pick(models, 'symbol')]).toEqual(expect.arrayContaining(symbols));
    expect([...pick(models, 'modelType')].length).toBeGreaterThanOrEqual(12);
    expect(models.some((model) => model['deleteTag'] !== 0)).toBe(true);
    expect(models.some((model) => model['isCustom'] === true)).toBe(true);
  });

  it('pairs tag codes with display names', async () => {
    for (const model of await routerModels(sandbox)) {
      const [codes, names] = [String(model['tags']).split(','), String(model['tagNames']).split(',')];
      expect(names).toHaveLength(codes.length);
    }
  });

  it('joins: most services are named after a router model, whatever the letter case', async () => {
    const codes = new Set(
      (await routerModels(sandbox)).map((model) => String(model['modelCode']).toLowerCase()),
    );
    for (const gateway of await gateways(sandbox)) {
      const rows = await services(sandbox, gateway['GwClusterId']);
      const known = rows.filter(({ Name }) => codes.has(String(Name).toLowerCase()));
      expect(known.length).toBeGreaterThanOrEqual(rows.length * 0.75);
    }
    const named = (await paiModels(sandbox)).filter((model) =>
      codes.has(String(model['ModelName']).toLowerCase()),
    );
    expect(named.length).toBeGreaterThanOrEqual(5);
  });

  it('spells protocols in all the documented ways', async () => {
    const rows = (
      await Promise.all((await gateways(sandbox)).map((row) => services(sandbox, row['GwClusterId'])))
    ).flat();
    const spellings = ['openai', 'OpenAI', 'anthropic', 'Anthropic', 'bailian', 'Model Studio'];
    expect([...pick(rows, 'Protocol')]).toEqual(expect.arrayContaining(spellings));
  });

  it('may be left out', async () => {
    await using empty = await startSandbox({ data: 'empty' });
    expect([await routerModels(empty), await paiModels(empty), await gateways(empty)]).toEqual([[], [], []]);
    const { body } = await callVendor(empty, 'ModelRouterCreateModel', { name: 'first' });
    expect(body['data']).toMatchObject({ id: 1, name: 'first' });
  });

  it('follows the region', async () => {
    await using abroad = await startSandbox({ region: 'ap-southeast-1' });
    const [gateway] = await gateways(abroad);
    expect(gateway).toMatchObject({ RegionId: 'ap-southeast-1' });
    expect(await gateways(abroad, { RegionId: 'cn-beijing' })).toEqual([]);
    const elsewhere = { GwClusterId: gateway?.['GwClusterId'], RegionId: 'cn-beijing' };
    await expect(callVendor(abroad, 'DescribeGatewayAttribute', elsewhere)).rejects.toMatchObject({
      code: 'Forbidden.InstanceNotFound',
    });
  });
});

describe('filters', () => {
  it('Model Router: keyword over name and code, type and status', async () => {
    expect([...pick(await routerModels(sandbox, { keyword: 'KIMI' }), 'symbol')]).toEqual(['moonshot']);
    expect((await routerModels(sandbox, { keyword: '通义万相' })).length).toBeGreaterThan(3);
    const chat = await routerModels(sandbox, { modelType: 'CHAT' });
    expect([...pick(chat, 'modelType')].toSorted()).toEqual(['Chat', 'chat']);
    const [all, on, off] = [{}, { status: 1 }, { status: 0 }].map((filter) => routerModels(sandbox, filter));
    expect((await on)?.every((model) => model['deleteTag'] === 0)).toBe(true);
    expect((await off)?.length).toBeGreaterThan(2);
    expect(((await on)?.length ?? 0) + ((await off)?.length ?? 0)).toBe((await all)?.length);
  });

  it.each([
    ['WorkspaceId', '32417'],
    ['Domain', 'cv'],
    ['Task', 'text-to-image'],
    ['ModelType', 'LoRA'],
    ['Origin', 'Custom'],
  ])('PAI: %s %s', async (name, value) => {
    const rows = await paiModels(sandbox, { [name]: value });
    expect(rows.length).toBeGreaterThan(2);
    expect([...pick(rows, name)]).toEqual([value]);
  });

  it('PAI: parts of names and labels, tags that must all match, sizes', async () => {
    const names = pick(await paiModels(sandbox, { ModelName: 'llama' }), 'ModelName');
    expect([...names]).toEqual(['llama-3.1-8b-instruct', 'Llama-3.3-70B-Instruct']);
    expect((await paiModels(sandbox, { Label: 'legal' })).length).toBe(2);
    expect((await paiModels(sandbox, { Query: 'ctr' })).length).toBe(2);
    const tags = [
      { Key: 'env', Value: 'prod' },
      { Key: 'team', Value: 'ads' },
    ];
    expect((await paiModels(sandbox, { Tag: JSON.stringify(tags) })).length).toBe(2);
    const conditions = [{ Column: 'ParameterSize', Operator: 'LessThan', Value: '100' }];
    for (const model of await paiModels(sandbox, { Conditions: JSON.stringify(conditions) })) {
      expect(model['ParameterSize']).toBeLessThan(100);
    }
  });

  it('PAI: oldest first, or newest first', async () => {
    const times = async (filter: Row) =>
      (await paiModels(sandbox, filter)).map((model) => Date.parse(String(model['GmtCreateTime'])));
    const ascending = await times({});
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
    expect(await times({ SortBy: 'GmtCreateTime', Order: 'DESC' })).toEqual(ascending.toReversed());
  });

  it('PAI: a provider means its public models, none means the own ones', async () => {
    expect((await paiModels(sandbox)).every((model) => !model['Provider'])).toBe(true);
    expect(await paiModels(sandbox, { Provider: 'nobody' })).toEqual([]);
  });

  it('AI gateway: every filter of services', async () => {
    const gateway = (await gateways(sandbox, { GwDescription: 'shared' }))[0]?.['GwClusterId'];
    const [first, second] = await services(sandbox, gateway);
    const ids = [second, first].map((row) => row?.['ModelServiceId']).join(',');
    expect(await services(sandbox, gateway, { ModelServiceIds: `${ids},ms-absent` })).toEqual([
      first,
      second,
    ]);
    expect([...pick(await services(sandbox, gateway, { ModelCategory: 'rerank' }), 'ModelCategory')]).toEqual(
      ['rerank'],
    );
    const openai = pick(await services(sandbox, gateway, { Protocol: 'openai' }), 'Protocol');
    expect([...openai].toSorted()).toEqual(['OpenAI', 'openai']);
    expect((await services(sandbox, gateway, { Status: 'Disable' })).length).toBe(2);
    expect((await services(sandbox, gateway, { Name: 'KIMI' })).length).toBeGreaterThan(2);
    expect(await gateways(sandbox, { GwClusterId: gateway })).toMatchObject([{ GwClusterId: gateway }]);
  });
});

describe('what is created stays', () => {
  it('with the time of the sandbox, in the form of each product', async () => {
    const nowMs = Date.now() + 60_000;
    await using other = await startSandbox({ now: () => nowMs });
    const iso = new Date(nowMs).toISOString();
    const router = await callVendor(other, 'ModelRouterCreateModel', { name: 'a', modelId: 'created-here' });
    expect(router.body['data']).toMatchObject({ gmtCreate: iso.replace(/\.\d+Z/, 'Z') });
    await callVendor(other, 'CreateModel', { ModelName: 'created here' });
    const [pai] = await paiModels(other, { ModelName: 'created here' });
    expect(pai).toMatchObject({ GmtCreateTime: iso, WorkspaceId: '23401', Accessibility: 'PRIVATE' });
    const GwClusterId = (await gateways(other))[2]?.['GwClusterId'];
    const service = {
      Name: 'created',
      ModelCategory: 'text',
      Protocol: 'vLLM',
      Vendor: 'v',
      BaseUrl: 'u',
      ApiKey: 'k',
    };
    await callVendor(other, 'CreateModelService', { GwClusterId, ...service });
    expect(await services(other, GwClusterId)).toMatchObject([
      { ...service, GmtCreated: iso.replace(/\.\d+Z/, 'Z'), Status: 'Enable' },
    ]);
  });

  it('PAI takes a name twice and gives two ids', async () => {
    const ids = [];
    for (let round = 0; round < 2; round += 1) {
      ids.push((await callVendor(sandbox, 'CreateModel', { ModelName: 'twice' })).body['ModelId']);
    }
    expect(new Set(ids).size).toBe(2);
  });
});
