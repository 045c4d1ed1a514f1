import { isObject } from '../parameters.ts';
import { invalidParameter } from '../refusal.ts';

/** What a rule charges; its fields depend on the billing type. */
export type Pricing = Readonly<Record<string, unknown>>;

export type BillingType =
  | 'token_tiered'
  | 'per_image'
  | 'video_matrix'
  | 'per_duration'
  | 'per_character'
  | 'token_flat'
  | 'omni_multimodal';

interface Shape {
  /** Lower case; the router spells them both ways. */
  readonly modelTypes: readonly string[];
  readonly check: (pricing: Pricing) => void;
}

/** Source: the documentation of ModelRouterCreateBillingRule lists a shape for each type of model. */
const SHAPES = {
  token_tiered: {
    modelTypes: ['chat'],
    check: ({ tiers, thinking_mode_tiers }) => {
      checkTokenTiers('tiers', tiers);
      if (thinking_mode_tiers !== undefined) checkTokenTiers('thinking_mode_tiers', thinking_mode_tiers);
    },
  },
  per_image: {
    modelTypes: ['imagegeneration', 'imageedit'],
    check: (pricing) => checkPrices(pricing, ['price_per_image']),
  },
  video_matrix: {
    modelTypes: ['videogeneration', 'videoimagegeneration'],
    check: checkVideoMatrix,
  },
  per_duration: { modelTypes: ['asr'], check: (pricing) => checkPrices(pricing, ['price_per_unit']) },
  per_character: { modelTypes: ['tts'], check: (pricing) => checkPrices(pricing, ['price_per_unit']) },
  token_flat: {
    modelTypes: ['embedding', 'rerank', 'multimodalembedding', 'multimodalrerank'],
    check: (pricing) => checkPrices(pricing, ['input_price'], ['multimodal_input_price']),
  },
  omni_multimodal: {
    modelTypes: ['chatfullmodal'],
    check: (pricing) =>
      checkPrices(
        pricing,
        ['text_input_price', 'audio_input_price', 'text_output_price'],
        ['image_input_price', 'video_input_price', 'audio_output_price', 'multi_text_output_price'],
      ),
  },
} as const satisfies Record<BillingType, Shape>;

export const BILLING_TYPES = Object.keys(SHAPES) as readonly BillingType[];

/** How models of a type are billed; undefined for a type that the documentation does not name. */
export function billingTypeOf(modelType: string): BillingType | undefined {
  const wanted = modelType.toLowerCase();
  return BILLING_TYPES.find((type) => (SHAPES[type] as Shape).modelTypes.includes(wanted));
}

/** Throws `InvalidParameter` where the pricing is not one of that type; fields nobody knows are let through. */
export function checkPricing(type: BillingType, pricing: Pricing): void {
  SHAPES[type].check(pricing);
  const { tool_call_prices: tools } = pricing;
  if (tools === undefined) return;
  if (!isObject(tools)) throw wrong('tool_call_prices must be an object');
  checkPrices(tools, [], TOOLS, 'tool_call_prices.');
}

const TOOLS = ['web_search', 'code_interpreter', 'web_extractor', 'web_search_image', 'image_search'];
const RESOLUTIONS: readonly unknown[] = [480, 720, 1080];
const TIER_EXTRAS = ['thinking_input_price', 'thinking_output_price', 'cached_input_price'];

function wrong(why: string) {
  return invalidParameter('pricingConfig', why);
}

function checkPrices(
  pricing: Pricing,
  required: readonly string[],
  optional: readonly string[] = [],
  path = '',
): void {
  for (const name of required) {
    if (!isPrice(pricing[name])) throw wrong(`${path}${name} must be a number of 0 or more`);
  }
  for (const name of optional) {
    const price = pricing[name];
    if (price !== undefined && !isPrice(price)) throw wrong(`${path}${name} must be a number of 0 or more`);
  }
}

function isPrice(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function tiersOf(name: string, value: unknown): readonly Pricing[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) {
    throw wrong(`${name} must be an array of at least one object`);
  }
  return value;
}

/** Source: tiers start at 0 and join without gap or overlap; an upper end of 0 is open. */
function checkTokenTiers(name: string, value: unknown): void {
  let expectedMin: unknown = 0;
  for (const [index, tier] of tiersOf(name, value).entries()) {
    const path = `${name}[${index}].`;
    const { min_tokens: min, max_tokens: max } = tier;
    if (expectedMin === OPEN_END) throw wrong(`${path}min_tokens lies behind an open end`);
    if (min !== expectedMin) throw wrong(`${path}min_tokens must be ${String(expectedMin)}`);
    const isRange = typeof max === 'number' && Number.isInteger(max) && (max === 0 || max > Number(min));
    if (!isRange) throw wrong(`${path}max_tokens must be 0 or an integer above min_tokens`);
    checkPrices(tier, ['input_price', 'output_price'], TIER_EXTRAS, path);
    expectedMin = max === 0 ? OPEN_END : max;
  }
}

const OPEN_END = Symbol('open end');

/** Source: pairs of resolution and audio are unique. */
function checkVideoMatrix(pricing: Pricing): void {
  checkPrices(pricing, [], ['default_price_per_second']);
  const pairs = new Set<string>();
  for (const [index, tier] of tiersOf('tiers', pricing['tiers']).entries()) {
    const path = `tiers[${index}].`;
    const { resolution, has_audio: hasAudio } = tier;
    if (!RESOLUTIONS.includes(resolution)) throw wrong(`${path}resolution must be 480, 720 or 1080`);
    if (hasAudio !== 0 && hasAudio !== 1) throw wrong(`${path}has_audio must be 0 or 1`);
    checkPrices(tier, ['price_per_second'], [], path);
    const pair = `${String(resolution)} ${hasAudio}`;
    if (pairs.has(pair)) throw wrong(`${path}resolution and has_audio repeat an earlier pair`);
    pairs.add(pair);
  }
}
