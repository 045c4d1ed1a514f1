import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { COST_RULE_KEY, COST_RULE_TARGETS, type CostRule, type NewCostRule } from '../domain/cost-rule.ts';
import { MODEL_SERVICE_KEY } from '../domain/model-service.ts';
import type { Created } from '../idempotency/create.ts';
import { changedRow } from './changed-row.ts';
import { costRule, costRuleTarget } from './cost-rule.ts';
import { createOnce, IDEMPOTENCY_KEY, idempotencyKey, searchedBy } from './create-once.ts';
import { type CreateOutcome, createOutcome } from './create-outcome.ts';
import { deletion } from './deletion.ts';
import { asResult, resultType } from './error-types.ts';
import { checkInput, checkUpdate, filledText, globalIdText, price } from './input.ts';
import { lazyRow } from './lazy-row.ts';
import { changeInListCosts, createCosts } from './mutation-cost.ts';
import { tellsCreated, tellsDeleted, tellsUpdated } from './mutation-events.ts';

const createCostRuleInput = builder.inputType('CreateCostRuleInput', {
  description: 'A cost rule to add to a model service.',
  fields: (t) => ({
    modelServiceId: t.id({ required: true, description: 'Global id of the model service.' }),
    modelName: t.string({
      required: true,
      description: 'Name of the model that it prices, e.g. qwen3-max. Cannot be changed later.',
    }),
    inputCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million input tokens; 0 where it is left out.',
    }),
    outputCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million output tokens; 0 where it is left out.',
    }),
    cacheCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million cached tokens; 0 where it is left out.',
    }),
    effectiveTargetType: t.field({
      type: costRuleTarget,
      description: 'Whom it is for; everybody where it is left out. Not OTHER. Cannot be changed later.',
    }),
    effectiveTargetValue: t.string({
      description: 'The consumer or consumer group. Goes with CONSUMER and CONSUMER_GROUP, which need it.',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
});

const prices = {
  inputCostPointsPerMillion: price.optional(),
  outputCostPointsPerMillion: price.optional(),
  cacheCostPointsPerMillion: price.optional(),
};

const newCostRule = (region: string) =>
  z
    .object({
      modelServiceId: globalIdText(MODEL_SERVICE_KEY, region),
      modelName: filledText,
      ...prices,
      effectiveTargetType: z.enum(COST_RULE_TARGETS).exclude(['OTHER'], 'cannot be OTHER').optional(),
      effectiveTargetValue: filledText.optional(),
      idempotencyKey,
    })
    .refine((rule) => isForOne(rule) || rule.effectiveTargetValue === undefined, {
      path: ['effectiveTargetValue'],
      message: 'goes with effectiveTargetType CONSUMER or CONSUMER_GROUP',
    })
    .refine((rule) => !isForOne(rule) || rule.effectiveTargetValue !== undefined, {
      path: ['effectiveTargetValue'],
      message: 'must name the consumer or the consumer group',
    });

function isForOne({ effectiveTargetType }: { readonly effectiveTargetType?: string | undefined }): boolean {
  return effectiveTargetType === 'CONSUMER' || effectiveTargetType === 'CONSUMER_GROUP';
}

const createCostRuleSuccess = builder
  .objectRef<{
    readonly type: 'CreateCostRuleSuccess';
    readonly costRule: CostRule;
    readonly outcome: CreateOutcome;
  }>('CreateCostRuleSuccess')
  .implement({
    description: 'The cost rule exists.',
    fields: (t) => ({
      costRule: t.expose('costRule', {
        type: costRule,
        nullable: false,
        description:
          'The rule. The backend answers its id only: selecting more than that and its place reads the rules of its service, once. Upstream: DescribeCostRules.',
      }),
      outcome: t.expose('outcome', {
        type: createOutcome,
        nullable: false,
        description: 'What this create did.',
      }),
    }),
  });

const updateCostRuleInput = builder.inputType('UpdateCostRuleInput', {
  description:
    'Changes of a cost rule. A field left out keeps its value; none can be cleared. Only the prices can change.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id.' }),
    inputCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million input tokens.',
    }),
    outputCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million output tokens.',
    }),
    cacheCostPointsPerMillion: t.field({
      type: 'Decimal',
      description: 'Points for a million cached tokens.',
    }),
  }),
});

const updateCostRuleSuccess = builder
  .objectRef<{ readonly type: 'UpdateCostRuleSuccess'; readonly costRule: CostRule }>('UpdateCostRuleSuccess')
  .implement({
    description: 'The cost rule is changed.',
    fields: (t) => ({
      costRule: t.expose('costRule', {
        type: costRule,
        nullable: false,
        description:
          'The rule, read again after the change. Where that read fails its fields carry the error.',
      }),
    }),
  });

const deleteCostRule = deletion(COST_RULE_KEY, 'cost rule');

builder.mutationFields((t) => ({
  createCostRule: t.field({
    type: resultType('CreateCostRule', createCostRuleSuccess),
    description: `Adds a cost rule to a model service. Upstream: CreateCostRule, sent once. ${searchedBy('DescribeCostRules')}`,
    args: { input: t.arg({ type: createCostRuleInput, required: true, description: 'The rule.' }) },
    extensions: {
      ...createCosts('AI_GATEWAY'),
      ...tellsCreated('AI_GATEWAY', (made: { readonly costRule: CostRule }) => [made.costRule]),
    },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const { row, outcome } = await create(input, context);
        return { type: 'CreateCostRuleSuccess' as const, costRule: row, outcome };
      }),
  }),
  updateCostRule: t.field({
    type: resultType('UpdateCostRule', updateCostRuleSuccess),
    description:
      'Changes the prices of a cost rule. Upstream: DescribeCostRules for what ModifyCostRule requires although it does not change, and for the prices that keep their values, ModifyCostRule, DescribeCostRules for the answer. Of two changes at the same time the later one wins: the backend has no version check.',
    args: { input: t.arg({ type: updateCostRuleInput, required: true, description: 'The changes.' }) },
    extensions: { ...changeInListCosts('AI_GATEWAY', 3), ...tellsUpdated('AI_GATEWAY') },
    resolve: (_root, { input }, context) =>
      asResult(async () => ({
        type: 'UpdateCostRuleSuccess' as const,
        costRule: await update(input, context),
      })),
  }),
  deleteCostRule: t.field({
    type: deleteCostRule.result,
    description:
      'Deletes a cost rule. Upstream: DescribeCostRules, to know that it exists, and DeleteCostRule.',
    args: { input: t.arg({ type: deleteCostRule.input, required: true, description: 'The rule.' }) },
    extensions: { ...changeInListCosts('AI_GATEWAY', 2), ...tellsDeleted('AI_GATEWAY') },
    resolve: (_root, { input }, { sessions, region }) =>
      deleteCostRule.run(input, region, (key) => sessions.aiGateway.deleteCostRule(placeOf(key))),
  }),
}));

function create(input: object, context: Context): Promise<Created<CostRule>> {
  const { aiGateway } = context.sessions;
  const { idempotencyKey: key, modelServiceId, ...rule } = checkInput(newCostRule(context.region), input);
  const [gatewaySourceId = '', modelServiceSourceId = ''] = modelServiceId;
  const wanted = { gatewaySourceId, modelServiceSourceId, ...rule };
  return createOnce(context, {
    source: 'AI_GATEWAY',
    typeName: 'CostRule',
    key,
    input: rule,
    place: [gatewaySourceId, modelServiceSourceId],
    search: aiGateway.searchCostRule(wanted),
    send: async () => made(wanted, await aiGateway.createCostRule(wanted), context),
    again: (id) => made(wanted, id, context),
    idOf: ({ sourceId }) => sourceId,
  });
}

function made(wanted: NewCostRule, sourceId: string, { sessions, region }: Context): CostRule {
  const { gatewaySourceId, modelServiceSourceId, modelName } = wanted;
  const place = { gatewaySourceId, modelServiceSourceId, sourceId };
  const sent: CostRule = {
    type: 'CostRule',
    region,
    ...place,
    modelName,
    inputCostPointsPerMillion: undefined,
    outputCostPointsPerMillion: undefined,
    cacheCostPointsPerMillion: undefined,
    effectiveTargetType: 'OTHER',
    effectiveTargetValue: undefined,
    createdAt: undefined,
    updatedAt: undefined,
  };
  const told = ['type', 'sourceId', 'gatewaySourceId', 'modelServiceSourceId', 'region'] as const;
  return lazyRow(sent, told, ['modelName'], () => sessions.aiGateway.costRule(place));
}

async function update(input: { readonly id: string }, { sessions, region }: Context): Promise<CostRule> {
  const wanted = z.object({ id: globalIdText(COST_RULE_KEY, region), ...prices });
  const { id, ...change } = checkUpdate(wanted, input);
  const changed = await sessions.aiGateway.updateCostRule(placeOf(id), change);
  const kept = [
    'type',
    'sourceId',
    'gatewaySourceId',
    'modelServiceSourceId',
    'region',
    'modelName',
  ] as const;
  return changedRow(changed, kept);
}

function placeOf([gatewaySourceId = '', modelServiceSourceId = '', sourceId = '']: readonly string[]) {
  return { gatewaySourceId, modelServiceSourceId, sourceId };
}
