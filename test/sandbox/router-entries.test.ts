import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Call, checkedCalls, failureOf, type Row, rowsOf } from './support/checked-calls.ts';
import { sendRaw } from './support/vendor-client.ts';

const NOW_MS = Date.now() + 60_000;
const NOW = new Date(NOW_MS).toISOString().replace(/\.\d+Z/, 'Z');
let sandbox: Sandbox;
let call: Call;
beforeEach(async () => {
  sandbox = await startSandbox({ now: () => NOW_MS });
  call = checkedCalls(sandbox);
});
afterEach(() => sandbox.close());

const entry = async (id: unknown) => (await call('ModelRouterQueryModel', { id }))['data'] as Row;

describe('ModelRouterUpdateModel', () => {
  it.each([
    ['name', 'name', '新名称'],
    ['description', 'description', ''],
    ['symbol', 'symbol', 'someone'],
    ['modelType', 'modelType', 'Embedding'],
    ['baseUrl', 'baseUrl', 'https://example.com/v1?a=b'],
    ['maxInputLength', 'maxInputLength', '1M'],
    ['maxOutputLength', 'maxOutputLength', ''],
    ['modelId', 'modelCode', 'another-code'],
  ])('writes %s and keeps the rest', async (written, read, value) => {
    const before = await entry(3);
    const { data } = await call('ModelRouterUpdateModel', { id: 3, [written]: value });
    const version = Number(before['version']) + 1;
    expect(data).toEqual({ ...before, [read]: value, version, gmtModified: NOW });
    expect(await entry(3)).toEqual(data);
  });

  it('writes tags with their display names, and a key that is masked', async () => {
    const { data } = await call('ModelRouterUpdateModel', {
      id: 1,
      tags: 'CODE,unheard',
      apiKey: 'sk-abcdefghijklmnop',
    });
    expect(data).toMatchObject({
      tags: 'CODE,unheard',
      tagNames: '代码,unheard',
      apiKeyPreview: 'sk-a****nop',
    });
  });

  it('counts up with every update, even one that changes nothing', async () => {
    const start = Number((await entry(2))['version']);
    for (const step of [1, 2, 3]) {
      expect((await call('ModelRouterUpdateModel', { id: 2 }))['data']).toMatchObject({
        version: start + step,
      });
    }
  });

  it('switches off with any status but 1, and on with 1', async () => {
    for (const [status, deleteTag] of [
      [0, 1],
      [1, 0],
      [2, 1],
      [1, 0],
    ]) {
      await call('ModelRouterUpdateModel', { id: 1, status });
      expect(await entry(1)).toMatchObject({ deleteTag });
    }
  });

  it('cannot write what an update does not have', async () => {
    const bodyText = '{"inOut":"video","extensions":"{}","deleteTag":1,"id":7,"version":90}';
    const path = '/api/v1/modelRouter/open/models/1';
    const before = await entry(1);
    const answer = await sendRaw(sandbox, { action: 'ModelRouterUpdateModel', path, bodyText });
    expect(await answer.json()).toMatchObject({ success: true });
    expect(await entry(1)).toEqual({ ...before, version: Number(before['version']) + 1, gmtModified: NOW });
  });

  it('reaches an id beyond 2^53', async () => {
    const path = '/api/v1/modelRouter/open/models/9007199254740993';
    const call = { path, bodyText: '{"name":"exact"}' };
    const text = await (await sendRaw(sandbox, { action: 'ModelRouterUpdateModel', ...call })).text();
    expect(text).toContain('"id":9007199254740993,');
    expect(text).toContain('"name":"exact"');
  });
});

describe('ModelRouterDeleteModel', () => {
  it('takes the entry and its billing rules away, once', async () => {
    expect(await call('ModelRouterDeleteModel', { id: 1 })).toMatchObject({ data: true });
    for (const action of ['ModelRouterQueryModel', 'ModelRouterDeleteModel', 'ModelRouterUpdateModel']) {
      expect(await failureOf(sandbox, action, { id: 1 })).toMatchObject({ code: 'MODEL_NOT_EXIST' });
    }
    const listed = await call('ModelRouterQueryModelList', { needTotalCount: true, pageSize: 100 });
    expect(listed['data']).toMatchObject({ total: '150' });
    expect(rowsOf(listed).map(({ id }) => id)).not.toContain(1);
    expect(rowsOf(await call('ModelRouterQueryBillingRuleList', { modelCode: 'qwen-turbo' }))).toEqual([]);
  });

  it('does not free the id', async () => {
    const { data } = await call('ModelRouterCreateModel', { name: 'a' });
    await call('ModelRouterDeleteModel', { id: (data as Row)['id'] });
    expect((await call('ModelRouterCreateModel', { name: 'b' }))['data']).toMatchObject({ id: 153 });
  });
});

describe('ModelRouterBatchCreateModel', () => {
  const batch = (models: readonly unknown[], shared: Row = {}) =>
    call('ModelRouterBatchCreateModel', {
      apiKey: 'sk-0123456789abcdef',
      symbol: 'deepseek',
      models,
      ...shared,
    });
  const item = (modelId: string) => ({ modelId, name: `name of ${modelId}`, modelType: 'Chat' });

  it('creates whole entries with the shared key, vendor and address', async () => {
    const full = { ...item('a'), description: 'd', tags: 'CODE', maxInputLength: '32K', inOut: 'text' };
    const { data } = await batch([full, item('b')], { baseUrl: 'https://example.com' });
    const { created } = data as { created: readonly Row[] };
    expect(data).toEqual({ successCount: 2, failCount: 0, created, failures: [] });
    expect(created).toMatchObject([
      {
        id: 152,
        name: 'name of a',
        modelCode: 'a',
        symbol: 'deepseek',
        baseUrl: 'https://example.com',
        apiKeyPreview: 'sk-0****def',
        tagNames: '代码',
        maxInputLength: '32K',
        version: 0,
        hasBillingRule: false,
        gmtCreate: NOW,
      },
      { id: 153, modelCode: 'b' },
    ]);
    for (const model of created) expect(await entry(model['id'])).toEqual(model);
  });

  it("uses the vendor's own address where none is given", async () => {
    const { data } = await batch([item('a')]);
    expect(data).toMatchObject({ created: [{ baseUrl: 'https://api.deepseek.com' }] });
  });

  it('fails a repeated code, a missing field and a wrong type alone, in order', async () => {
    const { name, ...nameless } = item('c');
    const items = [
      { ...item('a'), modelType: ' ' },
      item('b'),
      item('b'),
      nameless,
      { ...item('d'), tags: 5 },
      { ...item(''), name: 'codeless' },
      'text',
      item('e'),
    ];
    const { data } = await batch(items);
    expect(data).toMatchObject({
      successCount: 2,
      failCount: 6,
      created: [{ modelCode: 'b' }, { modelCode: 'e' }],
      failures: [
        { modelId: 'a', name: 'name of a', errorMsg: '模型类型不能为空' },
        { modelId: 'b', name: 'name of b', errorMsg: '同一批次中模型标识重复' },
        { modelId: 'c', name: '', errorMsg: '模型名称不能为空' },
        { modelId: 'd', name: 'name of d', errorMsg: 'tags 必须是字符串' },
        { modelId: '', name: 'codeless', errorMsg: '模型标识不能为空' },
        { modelId: '', name: '', errorMsg: '模型必须是对象' },
      ],
    });
    const listed = await call('ModelRouterQueryModelList', { needTotalCount: true });
    expect(listed['data']).toMatchObject({ total: '153' });
  });

  it('takes a code that the catalogue has already, as the single create does', async () => {
    expect((await batch([item('deepseek-v3')]))['data']).toMatchObject({ successCount: 1 });
  });
});

describe('providers and tags', () => {
  it('fit the catalogue', async () => {
    const models = [1, 2].map((pageIndex) => call('ModelRouterQueryModelList', { pageIndex, pageSize: 100 }));
    const rows = (await Promise.all(models)).flatMap(rowsOf).filter(({ isCustom }) => isCustom === false);
    const providers = rowsOf(await call('ModelRouterQueryNacosProviders'));
    const offered = providers.flatMap(({ symbol, models: list }) =>
      (list as readonly Row[]).map(({ identifier }) => `${symbol} ${identifier}`),
    );
    expect(offered.toSorted()).toEqual(
      rows.map(({ symbol, modelCode }) => `${symbol} ${modelCode}`).toSorted(),
    );
    expect(new Set(providers.map(({ symbol }) => symbol)).size).toBe(providers.length);
    expect(providers[0]).toMatchObject({
      name: '通义千问',
      baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
      models: expect.arrayContaining([
        {
          identifier: 'qwen-max',
          type: 'Chat',
          inOut: 'text',
          inputToken: '32K',
          outputToken: '8K',
          extensions: { async: false },
        },
      ]),
    });
    const tags = new Map(
      rowsOf(await call('ModelRouterQueryNacosTags')).map(({ tag, tagName }) => [tag, tagName]),
    );
    for (const { tags: codes, tagNames } of rows.filter((row) => row['tags'] !== '')) {
      expect(
        String(codes)
          .split(',')
          .map((code) => tags.get(code))
          .join(','),
      ).toBe(tagNames);
    }
  });

  it('are one page whatever page is asked for', async () => {
    for (const action of ['ModelRouterQueryNacosProviders', 'ModelRouterQueryNacosTags']) {
      const all = rowsOf(await call(action));
      expect(all.length).toBeGreaterThan(10);
      expect(rowsOf(await call(action, { pageIndex: 2, pageSize: 5 }))).toEqual(all);
    }
  });

  it('are left out together with the demo data', async () => {
    await using empty = await startSandbox({ data: 'empty' });
    const callEmpty = checkedCalls(empty);
    expect(rowsOf(await callEmpty('ModelRouterQueryNacosProviders'))).toEqual([]);
    expect(rowsOf(await callEmpty('ModelRouterQueryNacosTags'))).toEqual([]);
  });
});
