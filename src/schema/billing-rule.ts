import { builder } from '../builder.ts';
import { costs } from '../cost/statement.ts';
import { BILLING_RULE_KEY, type BillingRule } from '../domain/billing-rule.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { registerEntity } from './entity.ts';
import { globalId, orNull } from './ids.ts';
import { fewFurtherPages, furtherPages, wholeListCost } from './list-cost.ts';
import { OWNER_COSTS, singleLookup } from './lookup-cost.ts';
import { model } from './model.ts';
import { node, registerNode } from './node.ts';

/** A billing rule of a model of the Model Router. */
export const billingRule = builder.objectRef<BillingRule>('BillingRule').implement({
  description:
    'What calls of one model of the Model Router cost, for a time. Upstream: ModelRouterQueryBillingRuleList.',
  interfaces: [node],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id.',
      resolve: ({ modelSourceId, sourceId }, _args, { region }) =>
        globalId(BILLING_RULE_KEY, region, modelSourceId, sourceId),
    }),
    sourceId: t.exposeID('sourceId', {
      nullable: false,
      description: 'Number of the rule, up to 19 digits. Upstream: id.',
    }),
    modelSourceId: t.exposeID('modelSourceId', {
      nullable: false,
      description: 'Number of the model that it prices. Upstream: modelId, a number here.',
    }),
    billingType: t.exposeString('billingType', {
      description: 'How calls are priced, as the backend spells it, e.g. token_tiered.',
    }),
    pricingConfig: t.expose('pricingConfig', {
      type: 'JSON',
      description: 'The prices, in CNY. Their shape depends on billingType.',
    }),
    effectiveAt: t.expose('effectiveAt', {
      type: 'DateTime',
      description: 'When it begins to hold. Upstream: effectiveTime.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ceases to hold. Upstream: expireTime.',
    }),
    isEnabled: t.exposeBoolean('isEnabled', {
      description:
        'Whether it is switched on. Upstream deleteTag, read like that of a model: 0 is on, anything else off, absent null.',
    }),
    version: t.exposeInt('version', { description: 'Upstream: version.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    model: t.field({
      type: model,
      description:
        'The model that it prices; null where that is gone. Upstream: ModelRouterQueryModel, once for each distinct model.',
      extensions: OWNER_COSTS,
      resolve: ({ modelSourceId }, _args, { sessions }) => orNull(sessions.modelRouter.model(modelSourceId)),
    }),
  }),
});

const billingRuleConnection = connectionType('BillingRule', billingRule, 'billing rules');

registerNode(
  BILLING_RULE_KEY,
  ([modelSourceId = '', id = ''], { sessions }) => sessions.modelRouter.billingRule(modelSourceId, id),
  // The model, for its code, and the rules of that.
  ([modelSourceId = '']) => ({
    lookup: { ...singleLookup(BILLING_RULE_KEY, modelSourceId), callsEach: 2 },
    reserve: [furtherPages('MODEL_ROUTER')],
  }),
);

registerEntity(billingRule, BILLING_RULE_KEY, ['modelSourceId', 'sourceId']);

builder.objectField(model, 'billingRules', (t) =>
  t.field({
    type: billingRuleConnection,
    description:
      "Its billing rules. Upstream: ModelRouterQueryBillingRuleList by the model's code, all of it, one call for every 100 rules however many pages are asked for; models that share a code share the calls.",
    args: { ...windowArgs },
    extensions: costs<WindowArgs>((asked) =>
      wholeListCost(asked, {
        calls: asked.of.count,
        reserve: [fewFurtherPages('MODEL_ROUTER', asked.of.count)],
      }),
    ),
    resolve: async (row, window, { sessions }) => {
      const { sourceId } = row;
      const modelCode = await row.modelCode;
      return connect(
        ['billingRules', sourceId],
        sessions.modelRouter.billingRules({ sourceId, modelCode }),
        window,
      );
    },
  }),
);
