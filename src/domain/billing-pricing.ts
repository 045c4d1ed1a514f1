import type { JsonValue } from './json-value.ts';

/**
 * How a model's calls are priced.
 *
 * Source: the documentation of ModelRouterCreateBillingRule. It prints `configurable` as the example there, and as
 * the only value of ModelRouterUpdateBillingRule, so any shape of prices goes with it.
 */
export const BILLING_TYPES = [
  'token_tiered',
  'per_image',
  'video_matrix',
  'per_duration',
  'per_character',
  'token_flat',
  'omni_multimodal',
  'configurable',
] as const;

/** One of {@link BILLING_TYPES}. */
export type BillingType = (typeof BILLING_TYPES)[number];

/** Something in a pricing configuration that the backend cannot take; `path` starts below the configuration. */
export interface PricingFault {
  readonly path: readonly string[];
  /** In words that follow the path. */
  readonly message: string;
}

type JsonObject = { readonly [name: string]: JsonValue };

interface PriceNames {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** Source: the shapes of pricingConfig. What they do not name is passed on unjudged. */
const PRICES: Readonly<Record<Exclude<BillingType, 'configurable'>, PriceNames>> = {
  token_tiered: { required: [], optional: [] },
  per_image: { required: ['price_per_image'], optional: [] },
  video_matrix: { required: [], optional: ['default_price_per_second'] },
  per_duration: { required: ['price_per_unit'], optional: [] },
  per_character: { required: ['price_per_unit'], optional: [] },
  token_flat: { required: ['input_price'], optional: ['multimodal_input_price'] },
  omni_multimodal: {
    required: ['text_input_price', 'audio_input_price', 'text_output_price'],
    optional: ['image_input_price', 'video_input_price', 'audio_output_price', 'multi_text_output_price'],
  },
};

const TOKEN_TIER_PRICES: PriceNames = {
  required: ['input_price', 'output_price'],
  optional: ['thinking_input_price', 'thinking_output_price', 'cached_input_price'],
};

const VIDEO_TIER_PRICES: PriceNames = { required: ['price_per_second'], optional: [] };

const TOOL_CALL_PRICES: PriceNames = {
  required: [],
  optional: ['web_search', 'code_interpreter', 'web_extractor', 'web_search_image', 'image_search'],
};

/**
 * Every fault of a pricing configuration. Without a billing type, and with `configurable`, its shape is not known:
 * then only tiers that show by their names what they are, and what goes with every shape, are judged.
 */
export function pricingFaults(config: JsonValue, billingType?: BillingType): readonly PricingFault[] {
  if (!isObject(config)) return [{ path: [], message: 'must be a JSON object' }];
  const known = billingType === 'configurable' ? undefined : billingType;
  const tools = config['tool_call_prices'] ?? undefined;
  return [
    ...(known === undefined ? [] : priceFaults(config, PRICES[known])),
    ...tiersFaults(config['tiers'], known ?? tierTypeOf(config['tiers'])),
    ...(tools === undefined ? [] : under('tool_call_prices', toolFaults(tools))),
  ];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function under(name: string, faults: readonly PricingFault[]): readonly PricingFault[] {
  return faults.map(({ path, message }) => ({ path: [name, ...path], message }));
}

function priceFaults(at: JsonObject, { required, optional }: PriceNames): readonly PricingFault[] {
  return [
    ...required.map((name) => [name, at[name]] as const),
    // A null beside the documented names is nobody's business here.
    ...optional.map((name) => [name, at[name] ?? 0] as const),
  ].flatMap(([name, value]) => {
    if (value === undefined) return [{ path: [name], message: 'is required' }];
    const isPrice = typeof value === 'number' && value >= 0;
    return isPrice ? [] : [{ path: [name], message: 'must be a number that is not negative' }];
  });
}

function toolFaults(tools: JsonValue): readonly PricingFault[] {
  if (isObject(tools)) return priceFaults(tools, TOOL_CALL_PRICES);
  return [{ path: [], message: 'must be a JSON object' }];
}

/** Tiers of two kinds are documented; the names in them tell which. */
function tierTypeOf(tiers: JsonValue | undefined): BillingType | undefined {
  const names = new Set(Array.isArray(tiers) ? tiers.filter(isObject).flatMap(Object.keys) : []);
  if (names.has('min_tokens') || names.has('max_tokens')) return 'token_tiered';
  return names.has('resolution') || names.has('has_audio') ? 'video_matrix' : undefined;
}

function tiersFaults(
  tiers: JsonValue | undefined,
  billingType: BillingType | undefined,
): readonly PricingFault[] {
  if (billingType !== 'token_tiered' && billingType !== 'video_matrix') return [];
  if (!Array.isArray(tiers) || tiers.length === 0) {
    return [{ path: ['tiers'], message: 'must be a list of at least one tier' }];
  }
  const isToken = billingType === 'token_tiered';
  const faults = tiers.flatMap((tier: JsonValue, index) => {
    if (!isObject(tier)) return [{ path: [String(index)], message: 'must be a JSON object' }];
    return under(String(index), isToken ? tokenTierFaults(tier) : videoTierFaults(tier));
  });
  const objects = tiers.filter(isObject);
  const together = isToken ? joinFaults(objects) : pairFaults(objects);
  // How tiers go together can be said of whole ones only.
  return under('tiers', objects.length < tiers.length ? faults : [...faults, ...together]);
}

function tokenTierFaults(tier: JsonObject): readonly PricingFault[] {
  const { min_tokens: min, max_tokens: max } = tier;
  const bounds = ['min_tokens', 'max_tokens'].flatMap((name) =>
    isCount(tier[name]) ? [] : [{ path: [name], message: 'must be a whole number that is not negative' }],
  );
  const isEmpty = isCount(min) && isCount(max) && max !== 0 && max <= min;
  return [
    ...bounds,
    ...(isEmpty
      ? [{ path: ['max_tokens'], message: 'must be greater than min_tokens, or 0 for no end' }]
      : []),
    ...priceFaults(tier, TOKEN_TIER_PRICES),
  ];
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Source: tiers start at 0 and join without gap or overlap; `max_tokens` is exclusive, 0 is an open end. */
function joinFaults(tiers: readonly JsonObject[]): readonly PricingFault[] {
  const bounds = tiers.flatMap(({ min_tokens: min, max_tokens: max }, index) =>
    isCount(min) && isCount(max) ? [{ min, max, index }] : [],
  );
  if (bounds.length < tiers.length) return [];
  return bounds
    .toSorted((a, b) => a.min - b.min)
    .flatMap(({ min, index }, place, sorted) => {
      const path = [String(index), 'min_tokens'];
      const before = sorted[place - 1];
      if (before === undefined) return min === 0 ? [] : [{ path, message: 'must be 0 in the lowest tier' }];
      if (before.max === 0) return [{ path, message: 'lies in another tier, which has no end' }];
      if (min === before.max) return [];
      const relation =
        min < before.max ? 'overlaps the tier below, which ends' : 'leaves a gap: the tier below ends';
      return [{ path, message: `${relation} at ${before.max}` }];
    });
}

const RESOLUTIONS = ['480', '720', '1080'];

function videoTierFaults(tier: JsonObject): readonly PricingFault[] {
  const allowed = { resolution: RESOLUTIONS, has_audio: ['0', '1'] };
  return [
    ...Object.entries(allowed).flatMap(([name, values]) =>
      // Whether they are numbers or texts is not documented.
      values.includes(String(tier[name]))
        ? []
        : [{ path: [name], message: `must be one of ${values.join(', ')}` }],
    ),
    ...priceFaults(tier, VIDEO_TIER_PRICES),
  ];
}

/** Source: pairs of resolution and audio are unique. */
function pairFaults(tiers: readonly JsonObject[]): readonly PricingFault[] {
  const pairs = tiers.map(({ resolution, has_audio: hasAudio }) => `${resolution}/${hasAudio}`);
  return pairs.flatMap((pair, index) =>
    pairs.indexOf(pair) === index
      ? []
      : [{ path: [String(index)], message: 'repeats the resolution and has_audio of another tier' }],
  );
}
