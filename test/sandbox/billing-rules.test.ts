import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Call, checkedCalls, failureOf, type Row, rowsOf } from './support/checked-calls.ts';
import { sendRaw } from './support/vendor-client.ts';

const NOW_MS = Date.now() + 60_000;
const NOW = new Date(NOW_MS).toISOString().replace(/\.\d+Z/, 'Z');
const LIST = 'ModelRouterQueryBillingRuleList';
let sandbox: Sandbox;
let call: Call;
beforeEach(async () => {
  sandbox = await startSandbox({ now: () => NOW_MS });
  call = checkedCalls(sandbox);
});
afterEach(() => sandbox.close());

const tier = (min_tokens: number, max_tokens: number, prices: Row = {}) => ({
  min_tokens,
  max_tokens,
  input_price: 1.5,
  output_price: 0,
  ...prices,
});
const video = (resolution: unknown, has_audio: unknown) => ({ resolution, has_audio, price_per_second: 0.5 });
const omni = { text_input_price: 1, audio_input_price: 2, text_output_price: 3 };

async function newModel(modelType: string): Promise<unknown> {
  return (
    (await call('ModelRouterCreateModel', { name: 'billed', modelId: 'billed', modelType }))['data'] as Row
  )['id'];
}

const create = async (input: Row) => (await call('ModelRouterCreateBillingRule', input))['data'] as Row;

describe('the prices of each billing type', () => {
  it.each([
    ['token_tiered', 'Chat', { tiers: [tier(0, 32_000), tier(32_000, 64_000), tier(64_000, 0)] }],
    ['token_tiered', 'chat', { tiers: [tier(0, 8)], thinking_mode_tiers: [tier(0, 0)] }],
    ['token_tiered', 'Chat', { tiers: [tier(0, 0)], tool_call_prices: { web_search: 4, image_search: 0 } }],
    ['per_image', 'ImageEdit', { price_per_image: 0.2 }],
    [
      'video_matrix',
      'VideoGeneration',
      { tiers: [video(480, 0), video(480, 1)], default_price_per_second: 1 },
    ],
    ['per_duration', 'ASR', { price_per_unit: 0.00008 }],
    ['per_character', 'TTS', { price_per_unit: 1 }],
    ['token_flat', 'MultimodalRerank', { input_price: 0.5, multimodal_input_price: 0.5 }],
    ['omni_multimodal', 'ChatFullmodal', { ...omni, video_input_price: 2 }],
  ])('%s for %s takes %j', async (billingType, modelType, pricingConfig) => {
    const modelId = await newModel(modelType);
    expect(await create({ modelId, billingType, pricingConfig })).toMatchObject({
      billingType,
      pricingConfig,
    });
    expect(await create({ modelId, pricingConfig })).toMatchObject({ billingType });
  });

  it.each([
    ['Chat', 'no tiers', {}],
    ['Chat', 'empty tiers', { tiers: [] }],
    ['Chat', 'a first tier above 0', { tiers: [tier(1, 0)] }],
    ['Chat', 'a gap', { tiers: [tier(0, 10), tier(11, 0)] }],
    ['Chat', 'an overlap', { tiers: [tier(0, 10), tier(9, 0)] }],
    ['Chat', 'a tier behind the open end', { tiers: [tier(0, 0), tier(0, 0)] }],
    ['Chat', 'an empty range', { tiers: [tier(0, 10), tier(10, 10)] }],
    ['Chat', 'a fraction of a token', { tiers: [tier(0, 0.5)] }],
    ['Chat', 'no output price', { tiers: [tier(0, 0, { output_price: undefined })] }],
    ['Chat', 'a negative price', { tiers: [tier(0, 0, { input_price: -1 })] }],
    ['Chat', 'a price as text', { tiers: [tier(0, 0, { cached_input_price: '1' })] }],
    ['Chat', 'a wrong tier for thinking', { tiers: [tier(0, 0)], thinking_mode_tiers: [tier(5, 0)] }],
    ['Chat', 'a tool price as text', { tiers: [tier(0, 0)], tool_call_prices: { web_search: '4' } }],
    ['Chat', 'tool prices as a list', { tiers: [tier(0, 0)], tool_call_prices: [] }],
    ['ImageGeneration', 'no price', { price: 1 }],
    ['VideoGeneration', 'an unknown resolution', { tiers: [video(360, 0)] }],
    ['VideoGeneration', 'audio as truth value', { tiers: [video(480, true)] }],
    ['VideoGeneration', 'a pair twice', { tiers: [video(480, 0), video(720, 0), video(480, 0)] }],
    ['VideoGeneration', 'a default as text', { tiers: [video(480, 0)], default_price_per_second: '1' }],
    ['ASR', 'no unit price', {}],
    ['TTS', 'no unit price', {}],
    ['Embedding', 'a wrong extra price', { input_price: 1, multimodal_input_price: null }],
    ['ChatFullmodal', 'no audio input', { ...omni, audio_input_price: undefined }],
  ])('%s refuses %s', async (modelType, _title, pricingConfig) => {
    const modelId = await newModel(modelType);
    const found = await failureOf(sandbox, 'ModelRouterCreateBillingRule', { modelId, pricingConfig });
    expect(found).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(found.message).toContain('pricingConfig');
    expect(rowsOf(await call(LIST, { modelId }))).toEqual([]);
  });

  it('must be of the type of the model', async () => {
    const input = { modelId: 1, billingType: 'per_image', pricingConfig: { price_per_image: 1 } };
    const found = await failureOf(sandbox, 'ModelRouterCreateBillingRule', input);
    expect(found.message).toContain('token_tiered');
  });
});

describe('ModelRouterCreateBillingRule', () => {
  it('describes its model, and lets the model know', async () => {
    const modelId = await newModel('Chat');
    const model = async () => (await call('ModelRouterQueryModel', { id: modelId }))['data'] as Row;
    expect(await model()).toMatchObject({ hasBillingRule: false });
    const rule = await create({
      modelId,
      pricingConfig: { tiers: [tier(0, 0)] },
      effectiveTime: '2026-01-01T00:00:00+08:00',
      expireTime: '2030-01-01T00:00:00.5Z',
      version: 7,
    });
    expect(rule).toEqual({
      id: rule['id'],
      modelId,
      modelCode: 'billed',
      modelName: 'billed',
      modelType: 'chat',
      symbol: '',
      billingType: 'token_tiered',
      pricingConfig: { tiers: [tier(0, 0)] },
      effectiveTime: '2026-01-01T00:00:00+08:00',
      expireTime: '2030-01-01T00:00:00.5Z',
      version: 7,
      deleteTag: 0,
      gmtCreate: NOW,
      gmtModified: NOW,
    });
    expect(await model()).toMatchObject({ hasBillingRule: true });
    expect(rowsOf(await call(LIST, { modelId }))).toEqual([rule]);
  });

  it('starts now, with version 1 and without an end, where nothing is said', async () => {
    const rule = await create({ modelId: 2 });
    expect(rule).toMatchObject({ effectiveTime: NOW, version: 1, pricingConfig: {} });
    expect(rule).not.toHaveProperty('expireTime');
  });

  it.each([
    ['effectiveTime', '2024-01-01'],
    ['effectiveTime', '2024-01-01 00:00:00'],
    ['expireTime', '2024-13-01T00:00:00Z'],
    ['expireTime', '2000-01-01T00:00:00Z'],
    ['billingType', 'per_hour'],
    ['pricingConfig', '{}'],
    ['version', '1'],
  ])('refuses %s %s', async (name, value) => {
    const found = await failureOf(sandbox, 'ModelRouterCreateBillingRule', { modelId: 2, [name]: value });
    expect(found).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(found.message).toContain(name);
  });

  it('reaches a model beyond 2^53, whose rules only the code can find', async () => {
    const bodyText = '{"modelId":9007199254740993}';
    const text = await (await sendRaw(sandbox, { action: 'ModelRouterCreateBillingRule', bodyText })).text();
    expect(text).toContain('"modelId":9007199254740993,');
    expect(rowsOf(await call(LIST, { modelCode: 'legacy-import' }))).toHaveLength(2);
    const found = await failureOf(sandbox, LIST, { modelId: '9007199254740993' });
    expect(found).toMatchObject({ status: 400, code: 'InvalidParameter' });
  });
});

describe('ModelRouterUpdateBillingRule', () => {
  it('keeps what is left out and counts up', async () => {
    const created = await create({ modelId: 2, pricingConfig: { tiers: [tier(0, 0)] } });
    const { id } = created;
    const update = async (input: Row) =>
      (await call('ModelRouterUpdateBillingRule', { id, ...input }))['data'] as Row;
    expect(await update({})).toEqual({ ...created, version: 2 });
    const pricingConfig = { tiers: [tier(0, 5), tier(5, 0)] };
    const expireTime = '2099-01-01T00:00:00Z';
    const changed = await update({ pricingConfig, expireTime, status: 0 });
    expect(changed).toEqual({ ...created, version: 3, pricingConfig, expireTime, deleteTag: 1 });
    expect(await update({ status: 1, version: 40 })).toEqual({ ...changed, version: 40, deleteTag: 0 });
    expect(rowsOf(await call(LIST, { modelId: 2 }))).toMatchObject([{ id, version: 40 }]);
  });

  it.each([
    { pricingConfig: { tiers: [tier(1, 0)] } },
    { billingType: 'per_image' },
    { expireTime: '2000-01-01T00:00:00Z' },
  ])('refuses %j and changes nothing', async (input) => {
    const before = await call(LIST, { modelId: 1 });
    expect(await failureOf(sandbox, 'ModelRouterUpdateBillingRule', { id: 1, ...input })).toMatchObject({
      code: 'InvalidParameter',
    });
    expect((await call(LIST, { modelId: 1 }))['data']).toEqual(before['data']);
  });

  it('follows the model that it bills', async () => {
    await call('ModelRouterUpdateModel', { id: 1, modelId: 'renamed', name: 'Renamed' });
    expect(rowsOf(await call(LIST, { modelCode: 'qwen-turbo' }))).toEqual([]);
    const rules = rowsOf(await call(LIST, { modelCode: 'renamed' }));
    expect(rules).toHaveLength(4);
    expect(rules[0]).toMatchObject({ modelId: 1, modelName: 'Renamed' });
  });
});

describe('ModelRouterQueryBillingRuleList', () => {
  it('needs a model by id or code, a type is not enough', async () => {
    const found = await failureOf(sandbox, LIST, { modelType: 'chat' });
    expect(found).toMatchObject({ status: 400, code: 'MissingParameter' });
  });

  it('filters by id, code, type whatever its case, and by what is in force', async () => {
    expect(rowsOf(await call(LIST, { modelId: 1, modelCode: 'qwen-max' }))).toEqual([]);
    expect(rowsOf(await call(LIST, { modelId: 1, modelType: 'CHAT' }))).toHaveLength(4);
    expect(rowsOf(await call(LIST, { modelId: 1, modelType: 'ASR' }))).toEqual([]);
    const inForce = rowsOf(await call(LIST, { modelId: 1, activeOnly: true }));
    expect(inForce).toHaveLength(1);
    expect(inForce[0]).toMatchObject({ deleteTag: 0 });
    expect(rowsOf(await call(LIST, { modelId: 424242 }))).toEqual([]);
  });

  it('pages by pageIndex before page, twenty at a time, or by token', async () => {
    for (let count = 0; count < 41; count += 1) await create({ modelId: 2 });
    const ids = async (input: Row) => rowsOf(await call(LIST, { modelId: 2, ...input })).map(({ id }) => id);
    const all = await ids({ pageSize: 100 });
    expect(all).toHaveLength(41);
    expect(await ids({})).toEqual(all.slice(0, 20));
    expect(await ids({ page: 2 })).toEqual(all.slice(20, 40));
    expect(await ids({ page: 1, pageIndex: 3 })).toEqual(all.slice(40));
    const first = await call(LIST, { modelId: 2, maxResults: 30 });
    expect(first).toMatchObject({ maxResults: 30, nextToken: '30', data: { total: 41, pageSize: 30 } });
    const last = await call(LIST, { modelId: 2, maxResults: 30, nextToken: first['nextToken'] });
    expect(last['nextToken']).toBe('');
    expect([...rowsOf(first), ...rowsOf(last)].map(({ id }) => id)).toEqual(all);
  });
});

describe('the demo rules', () => {
  it('are those of the models that say they have one, of every billing type and valid', async () => {
    const pages = [1, 2].map((pageIndex) => call('ModelRouterQueryModelList', { pageIndex, pageSize: 100 }));
    const models = (await Promise.all(pages)).flatMap(rowsOf);
    const types = new Set();
    for (const { modelCode, hasBillingRule } of models) {
      const rules = rowsOf(await call(LIST, { modelCode }));
      expect(rules.length > 0).toBe(hasBillingRule);
      for (const { id, billingType, pricingConfig } of rules) {
        types.add(billingType);
        await call('ModelRouterUpdateBillingRule', { id, pricingConfig });
      }
    }
    expect(types.size).toBe(7);
    expect(models.filter(({ hasBillingRule }) => hasBillingRule).length).toBeGreaterThanOrEqual(12);
  });
});
