import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { BILLING_TYPES, pricingFaults } from '../domain/billing-pricing.ts';
import { BILLING_RULE_KEY, type BillingRule } from '../domain/billing-rule.ts';
import type { JsonValue } from '../domain/json-value.ts';
import { MODEL_KEY } from '../domain/model.ts';
import { billingRule } from './billing-rule.ts';
import { createOutcome } from './create-outcome.ts';
import { asResult, resultType } from './error-types.ts';
import { checkInput, checkUpdate, globalIdText } from './input.ts';

const TYPES = BILLING_TYPES.join(', ');
const PRICES =
  'The prices, a JSON object; its shape depends on billingType. Judged here as far as it is documented: token tiers must start at 0 and join, pairs of resolution and has_audio must be unique. Upstream: pricingConfig.';

const createBillingRuleInput = builder.inputType('CreateBillingRuleInput', {
  description: 'A billing rule to add to a model of the Model Router.',
  fields: (t) => ({
    modelId: t.id({ required: true, description: 'Global id of the model.' }),
    billingType: t.string({ description: `How calls are priced: one of ${TYPES}.` }),
    pricingConfig: t.field({ type: 'JSON', description: PRICES }),
    effectiveAt: t.field({
      type: 'DateTime',
      description: 'When it begins to hold. Upstream: effectiveTime.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ceases to hold. Upstream: expireTime.' }),
    version: t.int({ description: 'Upstream: version; what it does is not documented.' }),
    idempotencyKey: t.string({
      description: 'Accepted, and without effect in this version: a create that is sent twice is made twice.',
    }),
  }),
});

const updateBillingRuleInput = builder.inputType('UpdateBillingRuleInput', {
  description:
    'Changes of a billing rule. A field left out keeps its value; none can be cleared. The model cannot change.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id.' }),
    billingType: t.string({
      description: `How calls are priced: one of ${TYPES}. Of a change the documentation names the last one only.`,
    }),
    pricingConfig: t.field({ type: 'JSON', description: PRICES }),
    effectiveAt: t.field({
      type: 'DateTime',
      description: 'When it begins to hold. Upstream: effectiveTime.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ceases to hold. Upstream: expireTime.' }),
    version: t.int({ description: 'Upstream: version; what it does is not documented.' }),
    status: t.int({
      description: 'Turns the rule on or off. What the numbers mean is not documented (the example is 1).',
    }),
  }),
});

const fields = {
  billingType: z.enum(BILLING_TYPES, `must be one of ${TYPES}`).optional(),
  pricingConfig: z.custom<JsonValue>().optional(),
  effectiveAt: z.number().optional(),
  expiresAt: z.number().optional(),
  version: z.number().optional(),
};

/** Judges the prices beside the other fields, faulty ones included, so that all faults come at once. */
function judgePrices(given: unknown, context: z.RefinementCtx): void {
  const { pricingConfig, billingType } = given as {
    readonly pricingConfig?: JsonValue;
    readonly billingType?: unknown;
  };
  if (pricingConfig === undefined) return;
  const known = BILLING_TYPES.find((type) => type === billingType);
  for (const { path, message } of pricingFaults(pricingConfig, known)) {
    context.addIssue({ code: 'custom', path: ['pricingConfig', ...path], message });
  }
}

const always = { when: () => true };

const newBillingRule = (region: string) =>
  z.object({ modelId: globalIdText(MODEL_KEY, region), ...fields }).superRefine(judgePrices, always);

const billingRuleChange = (region: string) =>
  z
    .object({ id: globalIdText(BILLING_RULE_KEY, region), ...fields, status: z.number().optional() })
    .superRefine(judgePrices, always);

const createBillingRuleSuccess = builder
  .objectRef<{ readonly type: 'CreateBillingRuleSuccess'; readonly billingRule: BillingRule }>(
    'CreateBillingRuleSuccess',
  )
  .implement({
    description: 'The billing rule exists.',
    fields: (t) => ({
      billingRule: t.expose('billingRule', {
        type: billingRule,
        nullable: false,
        description: 'The rule, as the backend answered it.',
      }),
      outcome: t.field({
        type: createOutcome,
        nullable: false,
        description: 'What this create did.',
        resolve: () => 'CREATED' as const,
      }),
    }),
  });

const updateBillingRuleSuccess = builder
  .objectRef<{ readonly type: 'UpdateBillingRuleSuccess'; readonly billingRule: BillingRule }>(
    'UpdateBillingRuleSuccess',
  )
  .implement({
    description: 'The billing rule is changed.',
    fields: (t) => ({
      billingRule: t.expose('billingRule', {
        type: billingRule,
        nullable: false,
        description: 'The whole rule, as the backend answered it.',
      }),
    }),
  });

builder.mutationFields((t) => ({
  createBillingRule: t.field({
    type: resultType('CreateBillingRule', createBillingRuleSuccess),
    description:
      'Adds a billing rule to a model of the Model Router. Upstream: ModelRouterCreateBillingRule, sent once.',
    args: { input: t.arg({ type: createBillingRuleInput, required: true, description: 'The rule.' }) },
    resolve: (_root, { input }, context) =>
      asResult(async () => ({
        type: 'CreateBillingRuleSuccess' as const,
        billingRule: await create(input, context),
      })),
  }),
  updateBillingRule: t.field({
    type: resultType('UpdateBillingRule', updateBillingRuleSuccess),
    description:
      'Changes a billing rule; only the fields given are sent. Upstream: ModelRouterUpdateBillingRule.',
    args: { input: t.arg({ type: updateBillingRuleInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      asResult(async () => ({
        type: 'UpdateBillingRuleSuccess' as const,
        billingRule: await update(input, context),
      })),
  }),
}));

async function create(input: object, { sessions, region }: Context): Promise<BillingRule> {
  const { modelId, ...rule } = checkInput(newBillingRule(region), input);
  return sessions.modelRouter.createBillingRule({ modelSourceId: modelId[0] ?? '', ...rule });
}

async function update(input: { readonly id: string }, { sessions, region }: Context): Promise<BillingRule> {
  const { id, ...change } = checkUpdate(billingRuleChange(region), input);
  const [modelSourceId = '', own = ''] = id;
  return sessions.modelRouter.updateBillingRule(modelSourceId, own, change);
}
