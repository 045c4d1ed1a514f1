import { type BillingType, billingTypeOf, type Pricing } from '../model-router/pricing.ts';
import type { BillingRule, RouterModel } from '../model-router/store.ts';
import { priceOf } from './prices.ts';
import { routerModelFacts } from './router-models.ts';

/** Times a rule may have: without an end, over, of this and the next years, and in another zone. */
const SPANS: readonly Pick<BillingRule, 'effectiveTime' | 'expireTime'>[] = [
  { effectiveTime: '2024-01-01T00:00:00Z' },
  { effectiveTime: '2024-01-01T00:00:00Z', expireTime: '2099-01-01T00:00:00Z' },
  { effectiveTime: '2025-06-01T00:00:00+08:00' },
  { effectiveTime: '2024-01-01T00:00:00Z', expireTime: '2025-01-01T00:00:00Z' },
];

const MODIFIED = '2026-04-01T08:00:00Z';

/** The model with rules of the past, of now and of the future, and one that is switched off. */
const MANY_RULES_CODE = 'qwen-turbo';

/** One rule or more for every third model of each vendor and for every model of the account's own. */
export function demoBillingRules(models: readonly RouterModel[]): BillingRule[] {
  const unpriced = new Set(
    routerModelFacts()
      .filter(({ isPriced }) => !isPriced)
      .map(({ symbol, code }) => `${symbol} ${code}`),
  );
  return models
    .filter(({ symbol, modelCode }) => !unpriced.has(`${symbol} ${modelCode}`))
    .flatMap((model, index) => rulesOf(model, index))
    .map((rule, index) => ({ id: BigInt(index + 1), ...rule }));
}

function rulesOf(model: RouterModel, index: number): readonly Omit<BillingRule, 'id'>[] {
  const billingType = billingTypeOf(model.modelType) ?? 'token_tiered';
  const rule = {
    modelId: model.id,
    billingType,
    pricingConfig: PRICINGS[billingType](model.modelCode, 1 + (index % 4)),
    ...(SPANS[index % SPANS.length] ?? { effectiveTime: MODIFIED }),
    version: 1 + (index % 2),
    deleteTag: 0,
    gmtCreate: '2024-01-01T00:00:00Z',
    gmtModified: index % 2 === 0 ? '2024-01-01T00:00:00Z' : MODIFIED,
  };
  if (model.modelCode !== MANY_RULES_CODE) return [rule];
  const flatPricing = PRICINGS[billingType](model.modelCode, 2);
  return [
    { ...rule, effectiveTime: '2023-01-01T00:00:00Z', expireTime: '2024-01-01T00:00:00Z' },
    rule,
    { ...rule, pricingConfig: flatPricing, effectiveTime: '2098-01-01T00:00:00Z' },
    { ...rule, pricingConfig: flatPricing, version: 3, deleteTag: 1, gmtModified: MODIFIED },
  ];
}

/** CNY in the unit of the type; the factor makes the prices differ from model to model. */
const PRICINGS: Readonly<Record<BillingType, (code: string, factor: number) => Pricing>> = {
  token_tiered: tokenTiers,
  per_image: (_code, factor) => ({ price_per_image: cny(0.05 * factor) }),
  video_matrix: (_code, factor) => ({
    tiers: [480, 720, 1080].flatMap((resolution, step) =>
      [0, 1].map((has_audio) => ({
        resolution,
        has_audio,
        price_per_second: cny((step + 1 + has_audio) * 0.25 * factor),
      })),
    ),
    ...(factor > 1 && { default_price_per_second: 0.5 * factor }),
  }),
  per_duration: (_code, factor) => ({ price_per_unit: cny(0.00008 * factor) }),
  per_character: (_code, factor) => ({ price_per_unit: 0.5 * factor }),
  token_flat: (code, factor) => ({
    input_price: Number(priceOf(code).input),
    ...(factor > 1 && { multimodal_input_price: 0.25 * factor }),
  }),
  omni_multimodal: (_code, factor) => ({
    text_input_price: 0.5 * factor,
    audio_input_price: 25 * factor,
    image_input_price: 1.5 * factor,
    video_input_price: 1.5 * factor,
    text_output_price: 2 * factor,
    audio_output_price: 50 * factor,
  }),
};

/** Without the digits that binary fractions add. */
function cny(amount: number): number {
  return Number(amount.toFixed(6));
}

function tokenTiers(code: string, factor: number): Pricing {
  const { input, output } = priceOf(code);
  const prices = { input_price: Number(input), output_price: Number(output) };
  const dearer = { input_price: cny(Number(input) * 2), output_price: cny(Number(output) * 2) };
  if (factor === 1) {
    return {
      tiers: [
        { min_tokens: 0, max_tokens: 32_000, ...prices, cached_input_price: 0.1 },
        { min_tokens: 32_000, max_tokens: 0, ...dearer, thinking_output_price: cny(Number(output) * 4) },
      ],
      tool_call_prices: { web_search: 4, code_interpreter: 0 },
    };
  }
  return { tiers: [{ min_tokens: 0, max_tokens: 0, ...prices }] };
}
