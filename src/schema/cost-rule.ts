import { builder } from '../builder.ts';
import { type Asked, type Cost, costs } from '../cost/statement.ts';
import { COST_RULE_KEY, type COST_RULE_TARGETS, type CostRule } from '../domain/cost-rule.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { registerEntity } from './entity.ts';
import { globalId, orNull } from './ids.ts';
import { furtherPages, pageCost } from './list-cost.ts';
import { OWNER_COSTS, singleLookup } from './lookup-cost.ts';
import { modelService } from './model-service.ts';
import { node, registerNode } from './node.ts';

/** Whom a cost rule is for. */
export const costRuleTarget = builder.enumType('CostRuleTarget', {
  description: 'Whom a cost rule is for.',
  values: {
    GLOBAL: { description: 'Everybody. Upstream global.' },
    CONSUMER_GROUP: { description: 'One consumer group. Upstream consumerGroup.' },
    CONSUMER: { description: 'One consumer. Upstream consumer.' },
    OTHER: { description: 'One that this gateway does not know. Not an input.' },
  } satisfies Record<(typeof COST_RULE_TARGETS)[number], object>,
});

/** What a model costs at one model service. */
export const costRule = builder.objectRef<CostRule>('CostRule').implement({
  description: 'What a model costs at one model service of an AI gateway. Upstream: DescribeCostRules.',
  interfaces: [node],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id.',
      resolve: ({ region, gatewaySourceId, modelServiceSourceId, sourceId }) =>
        globalId(COST_RULE_KEY, region, gatewaySourceId, modelServiceSourceId, sourceId),
    }),
    sourceId: t.exposeID('sourceId', {
      nullable: false,
      description: "The backend's own id. Upstream: CostRuleId.",
    }),
    region: t.exposeString('region', { nullable: false, description: 'The region of its gateway.' }),
    gatewaySourceId: t.exposeID('gatewaySourceId', {
      nullable: false,
      description: 'pg-… of the gateway it belongs to.',
    }),
    modelServiceSourceId: t.exposeID('modelServiceSourceId', {
      nullable: false,
      description: 'ms-… of the service it belongs to. Upstream: ModelServiceId.',
    }),
    modelName: t.exposeString('modelName', {
      nullable: false,
      description: 'Name of the model that it prices, e.g. qwen3-max. Upstream: Model.',
    }),
    inputCostPointsPerMillion: t.expose('inputCostPointsPerMillion', {
      type: 'Decimal',
      description: 'Points for a million input tokens.',
    }),
    outputCostPointsPerMillion: t.expose('outputCostPointsPerMillion', {
      type: 'Decimal',
      description: 'Points for a million output tokens.',
    }),
    cacheCostPointsPerMillion: t.expose('cacheCostPointsPerMillion', {
      type: 'Decimal',
      description: 'Points for a million cached tokens.',
    }),
    effectiveTargetType: t.expose('effectiveTargetType', {
      type: costRuleTarget,
      description: 'Whom it is for; OTHER where that is not known. Upstream: EffectiveTargetType.',
    }),
    effectiveTargetValue: t.exposeString('effectiveTargetValue', {
      description: 'The consumer or consumer group it is for. Upstream: EffectiveTargetValue.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Upstream: GmtCreated.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'Upstream: GmtModified; without a zone there, and read as UTC+8.',
    }),
    modelService: t.field({
      type: modelService,
      description:
        'The service it belongs to; null where it is gone. Upstream: DescribeModelServices, one call for each gateway and 100 services.',
      extensions: OWNER_COSTS,
      resolve: ({ gatewaySourceId, modelServiceSourceId }, _args, { sessions }) =>
        orNull(sessions.aiGateway.modelService(gatewaySourceId, modelServiceSourceId)),
    }),
  }),
});

const costRuleConnection = connectionType('CostRule', costRule, 'cost rules');

// No operation reads one rule: the list of its service can hold it.
registerNode(
  COST_RULE_KEY,
  ([gateway = '', service = '', id = ''], { sessions }) =>
    sessions.aiGateway.costRule({ gatewaySourceId: gateway, modelServiceSourceId: service, sourceId: id }),
  ([gateway = '', service = '']) => ({
    lookup: singleLookup(COST_RULE_KEY, gateway, service),
    reserve: [furtherPages('AI_GATEWAY')],
  }),
);

registerEntity(costRule, COST_RULE_KEY, ['region', 'gatewaySourceId', 'modelServiceSourceId', 'sourceId']);

/**
 * The rules of several services of a gateway are read one by one, or cut from the gateway's whole listing where that
 * takes no more calls: either takes a call for each gateway, and less than its listing has further pages.
 */
function rulesCost(asked: Asked<WindowArgs>): Cost {
  const { of } = asked;
  const cost = pageCost(asked, { source: 'AI_GATEWAY' });
  if (cost.calls === undefined || of.count === of.owners) return cost;
  const calls = cost.calls - of.count + of.owners;
  const { source, calls: pages } = furtherPages('AI_GATEWAY');
  return { ...cost, calls, reserve: [...(cost.reserve ?? []), { source, calls: Math.min(of.count, pages) }] };
}

builder.objectField(modelService, 'costRules', (t) =>
  t.field({
    type: costRuleConnection,
    description:
      'What its models cost. Upstream: DescribeCostRules with the service as filter; where several services of a gateway are asked at once and that takes fewer calls, without it, one call for each 100 rules of the gateway.',
    args: { ...windowArgs },
    extensions: costs<WindowArgs>(rulesCost),
    resolve: ({ gatewaySourceId, sourceId }, window, { sessions, region }) =>
      connect(
        ['costRules', region, gatewaySourceId, sourceId],
        sessions.aiGateway.costRules(gatewaySourceId, sourceId),
        window,
      ),
  }),
);
