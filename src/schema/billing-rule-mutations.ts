import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { BILLING_TYPES, pricingFaults } from '../domain/billing-pricing.ts';
import { BILLING_RULE_KEY, type BillingRule } from '../domain/billing-rule.ts';
import type { JsonValue } from '../domain/json-value.ts';
import { MODEL_KEY } from '../domain/model.ts';
import type { Created } from '../idempotency/create.ts';
import { billingRule } from './billing-rule.ts';
import { createOnce, IDEMPOTENCY_KEY, idempotencyKey, searchedBy } from './create-once.ts';
import { type CreateOutcome, createOutcome } from './create-outcome.ts';
import { asResult, resultType } from './error-types.ts';
import { checkInput, checkUpdate, globalIdText } from './input.ts';
import { lazyRow } from './lazy-row.ts';
import { changeCosts, createCosts } from './mutation-cost.ts';
import { tellsCreated, tellsUpdated } from './mutation-events.ts';

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
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
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
  z
    .object({ modelId: globalIdText(MODEL_KEY, region), ...fields, idempotencyKey })
    .superRefine(judgePrices, always);

const billingRuleChange = (region: string) =>
  z
    .object({ id: globalIdText(BILLING_RULE_KEY, region), ...fields, status: z.number().optional() })
    .superRefine(judgePrices, always);

const createBillingRuleSuccess = builder
  .objectRef<{
    readonly type: 'CreateBillingRuleSuccess';
    readonly billingRule: BillingRule;
    readonly outcome: CreateOutcome;
  }>('CreateBillingRuleSuccess')
  .implement({
    description: 'The billing rule exists.',
    fields: (t) => ({
      billingRule: t.expose('billingRule', {
        type: billingRule,
        nullable: false,
        description:
          'The rule, as the backend answered it; where it is REPLAYED, selecting more than ids reads its model and the rules of that, once. Upstream: ModelRouterQueryModel, ModelRouterQueryBillingRuleList.',
      }),
      outcome: t.expose('outcome', {
        type: createOutcome,
        nullable: false,
        description: 'What this create did.',
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
    description: `Adds a billing rule to a model of the Model Router. Upstream: ModelRouterCreateBillingRule, sent once. ${searchedBy('ModelRouterQueryModel, ModelRouterQueryBillingRuleList')}`,
    args: { input: t.arg({ type: createBillingRuleInput, required: true, description: 'The rule.' }) },
    extensions: {
      ...createCosts('MODEL_ROUTER', 2),
      ...tellsCreated('MODEL_ROUTER', (made: { readonly billingRule: BillingRule }) => [made.billingRule]),
    },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const { row, outcome } = await create(input, context);
        return { type: 'CreateBillingRuleSuccess' as const, billingRule: row, outcome };
      }),
  }),
  updateBillingRule: t.field({
    type: resultType('UpdateBillingRule', updateBillingRuleSuccess),
    description:
      'Changes a billing rule; only the fields given are sent. Upstream: ModelRouterUpdateBillingRule.',
    args: { input: t.arg({ type: updateBillingRuleInput, required: true, description: 'The changes.' }) },
    extensions: { ...changeCosts(1), ...tellsUpdated('MODEL_ROUTER') },
    resolve: (_root, { input }, context) =>
      asResult(async () => ({
        type: 'UpdateBillingRuleSuccess' as const,
        billingRule: await update(input, context),
      })),
  }),
}));

function create(input: object, context: Context): Promise<Created<BillingRule>> {
  const { modelRouter } = context.sessions;
  const { idempotencyKey: key, modelId, ...rule } = checkInput(newBillingRule(context.region), input);
  const modelSourceId = modelId[0] ?? '';
  const wanted = { modelSourceId, ...rule };
  return createOnce(context, {
    source: 'MODEL_ROUTER',
    typeName: 'BillingRule',
    key,
    input: rule,
    place: [modelSourceId],
    search: modelRouter.searchBillingRule(wanted),
    send: () => modelRouter.createBillingRule(wanted),
    again: (id) => madeBefore(modelSourceId, id, context),
    idOf: ({ sourceId }) => sourceId,
  });
}

/** A rule that an earlier request made: it is read when more than its ids are selected. */
function madeBefore(modelSourceId: string, sourceId: string, { sessions }: Context): BillingRule {
  const sent: BillingRule = {
    type: 'BillingRule',
    sourceId,
    modelSourceId,
    billingType: undefined,
    pricingConfig: undefined,
    effectiveAt: undefined,
    expiresAt: undefined,
    isEnabled: undefined,
    version: undefined,
    createdAt: undefined,
    updatedAt: undefined,
  };
  return lazyRow(sent, ['type', 'sourceId', 'modelSourceId'], [], () =>
    sessions.modelRouter.billingRule(modelSourceId, sourceId),
  );
}

async function update(input: { readonly id: string }, { sessions, region }: Context): Promise<BillingRule> {
  const { id, ...change } = checkUpdate(billingRuleChange(region), input);
  const [modelSourceId = '', own = ''] = id;
  return sessions.modelRouter.updateBillingRule(modelSourceId, own, change);
}
