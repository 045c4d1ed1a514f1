import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from '../../support/gateway.ts';
import { modelId, mutate, ruleId } from './support.ts';

const tier = (min: unknown, max: unknown, more: object = {}) => ({
  min_tokens: min,
  max_tokens: max,
  input_price: 1,
  output_price: 2,
  ...more,
});
const video = (resolution: unknown, audio: unknown, more: object = {}) => ({
  resolution,
  has_audio: audio,
  price_per_second: 0.5,
  ...more,
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ sandbox: { data: 'empty' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Paths of the faults, below pricingConfig; undefined where the input was sent. */
async function faultsOf(billingType: string | undefined, pricingConfig: unknown) {
  gateway.sandbox.forgetRequests();
  const input = { modelId: modelId(1), billingType, pricingConfig };
  const result = await mutate(gateway, 'createBillingRule', input, 'billingRule { id }');
  if (gateway.actions().length > 0) return undefined;
  expect(result.__typename).toBe('GatewayInvalidInputError');
  return result.fieldErrors?.map(({ path }) => path.slice(1).join('.')).toSorted();
}

describe('prices that the documentation allows are sent', () => {
  it.each([
    ['token_tiered', { tiers: [tier(0, 0)] }],
    ['token_tiered', { tiers: [tier(0, 10, { cached_input_price: 0 }), tier(10, 20), tier(20, 0)] }],
    // That the last tier must be open, and the order of the tiers, are not documented.
    ['token_tiered', { tiers: [tier(10, 20), tier(0, 10)] }],
    ['token_tiered', { tiers: [tier(0, 0)], thinking_mode_tiers: 'not documented' }],
    ['per_image', { price_per_image: 0.2 }],
    ['per_image', { price_per_image: 0, something: 'else', tool_call_prices: { web_search: 4, other: 'x' } }],
    ['video_matrix', { tiers: [video(480, 0), video(480, 1), video(720, 0)], default_price_per_second: 1 }],
    ['video_matrix', { tiers: [video('1080', '0')] }],
    ['per_duration', { price_per_unit: 0.001 }],
    ['per_character', { price_per_unit: 1 }],
    ['token_flat', { input_price: 0.5 }],
    ['token_flat', { input_price: 0.5, multimodal_input_price: null }],
    ['omni_multimodal', { text_input_price: 1, audio_input_price: 2, text_output_price: 3 }],
    ['configurable', { anything: [1, { goes: true }] }],
    ['configurable', { tiers: [{ neither: 'kind' }] }],
    [undefined, { price_per_image: 'unknown shape' }],
    [undefined, {}],
    ['token_tiered', undefined],
  ])('%s %j', async (billingType, config) => {
    expect(await faultsOf(billingType, config)).toBeUndefined();
  });
});

describe('prices that the documentation rules out are refused, with every fault', () => {
  it.each([
    ['no object', 'per_image', [], ['']],
    ['no object', 'configurable', 'text', ['']],
    ['a missing price', 'per_image', {}, ['price_per_image']],
    ['a price as text', 'per_image', { price_per_image: '0.2' }, ['price_per_image']],
    ['a negative price', 'per_duration', { price_per_unit: -1 }, ['price_per_unit']],
    ['a null price', 'per_character', { price_per_unit: null }, ['price_per_unit']],
    [
      'an optional price as text',
      'token_flat',
      { multimodal_input_price: 'x' },
      ['input_price', 'multimodal_input_price'],
    ],
    [
      'all three missing and one wrong',
      'omni_multimodal',
      { audio_output_price: true },
      ['audio_input_price', 'audio_output_price', 'text_input_price', 'text_output_price'],
    ],
    ['no tiers', 'token_tiered', {}, ['tiers']],
    ['empty tiers', 'video_matrix', { tiers: [] }, ['tiers']],
    ['tiers that are no list', 'token_tiered', { tiers: { 0: tier(0, 0) } }, ['tiers']],
    ['a tier that is no object', 'token_tiered', { tiers: [tier(5, 0), 7] }, ['tiers.1']],
    ['tiers that start above 0', 'token_tiered', { tiers: [tier(1, 0)] }, ['tiers.0.min_tokens']],
    ['a gap', 'token_tiered', { tiers: [tier(0, 10), tier(11, 0)] }, ['tiers.1.min_tokens']],
    ['an overlap', 'token_tiered', { tiers: [tier(0, 10), tier(9, 0)] }, ['tiers.1.min_tokens']],
    [
      'an overlap in another order',
      'token_tiered',
      { tiers: [tier(9, 0), tier(0, 10)] },
      ['tiers.0.min_tokens'],
    ],
    [
      'a tier behind an open end',
      'token_tiered',
      { tiers: [tier(0, 0), tier(10, 0)] },
      ['tiers.1.min_tokens'],
    ],
    ['two tiers from 0', 'token_tiered', { tiers: [tier(0, 10), tier(0, 10)] }, ['tiers.1.min_tokens']],
    ['an empty tier', 'token_tiered', { tiers: [tier(0, 10), tier(10, 10)] }, ['tiers.1.max_tokens']],
    [
      'bounds that are no counts',
      'token_tiered',
      { tiers: [tier(-1, 1.5), tier('0', null)] },
      ['tiers.0.max_tokens', 'tiers.0.min_tokens', 'tiers.1.max_tokens', 'tiers.1.min_tokens'],
    ],
    [
      'prices and bounds at once',
      'token_tiered',
      { tiers: [tier(0, 10, { input_price: undefined }), tier(20, 0, { thinking_input_price: 'x' })] },
      ['tiers.0.input_price', 'tiers.1.min_tokens', 'tiers.1.thinking_input_price'],
    ],
    ['a pair twice', 'video_matrix', { tiers: [video(480, 0), video(720, 0), video(480, 0)] }, ['tiers.2']],
    [
      'a pair twice, as number and text',
      'video_matrix',
      { tiers: [video(480, 0), video('480', '0')] },
      ['tiers.1'],
    ],
    [
      'a resolution and an audio that are not listed',
      'video_matrix',
      { tiers: [video(360, true, { price_per_second: -1 })], default_price_per_second: 'x' },
      ['default_price_per_second', 'tiers.0.has_audio', 'tiers.0.price_per_second', 'tiers.0.resolution'],
    ],
    [
      'wrong prices of tools beside right ones',
      'per_image',
      { price_per_image: 1, tool_call_prices: { web_search: 'x', code_interpreter: 1, image_search: -1 } },
      ['tool_call_prices.image_search', 'tool_call_prices.web_search'],
    ],
    ['tools that are no object', 'configurable', { tool_call_prices: [1] }, ['tool_call_prices']],
    ['token tiers of any type', 'configurable', { tiers: [tier(1, 0)] }, ['tiers.0.min_tokens']],
    ['video tiers of no type', undefined, { tiers: [video(480, 0), video(480, 0)] }, ['tiers.1']],
  ])('%s: %s', async (_what, billingType, config, expected) => {
    expect(await faultsOf(billingType, config)).toEqual(expected);
  });

  it('names the faults of the other fields beside those of the prices', async () => {
    gateway.sandbox.forgetRequests();
    const pricingConfig = { tiers: [tier(1, 0)] };
    const created = await mutate(
      gateway,
      'createBillingRule',
      { modelId: 'nonsense', billingType: 'per_banana', pricingConfig },
      'billingRule { id }',
    );
    const updated = await mutate(
      gateway,
      'updateBillingRule',
      { id: modelId(1), billingType: 'per_banana', pricingConfig, expiresAt: null },
      'billingRule { id }',
    );
    const paths = [created, updated].map((result) =>
      result.fieldErrors?.map(({ path }) => path.join('.')).toSorted(),
    );
    expect(paths).toEqual([
      ['billingType', 'modelId', 'pricingConfig.tiers.0.min_tokens'],
      ['billingType', 'expiresAt', 'id', 'pricingConfig.tiers.0.min_tokens'],
    ]);
    expect(gateway.actions()).toEqual([]);
  });

  it('judges a change like a new rule', async () => {
    gateway.sandbox.forgetRequests();
    const input = { id: ruleId(1, 1), pricingConfig: { tiers: [tier(0, 10), tier(11, 0)] } };
    const result = await mutate(gateway, 'updateBillingRule', input, 'billingRule { id }');
    expect(result.fieldErrors).toEqual([
      {
        path: ['pricingConfig', 'tiers', '1', 'min_tokens'],
        message: 'pricingConfig.tiers.1.min_tokens leaves a gap: the tier below ends at 10.',
      },
    ]);
    expect(gateway.actions()).toEqual([]);
  });
});
