import { costRuleId, timestampWithOffset, timestampWithoutZone } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import { type Arguments, type Parameter, textParameters } from '../parameters.ts';
import { invalidParameter, missingParameter } from '../refusal.ts';
import { GATEWAY_PARAMETERS, PAGE_PARAMETERS, pageOf, pointsParameters, RPC } from './rpc.ts';
import {
  type CostRule,
  findContents,
  findService,
  type GatewayContents,
  type GatewayStore,
  isSameOrAbsent,
  refuseUnknown,
} from './store.ts';

/** Creating, listing, changing and deleting what models cost through a service. */
export function costRuleOperations(store: GatewayStore, setting: Setting): readonly Operation[] {
  let created = 0;
  return [
    {
      action: 'CreateCostRule',
      ...RPC,
      parameters: [
        ...GATEWAY_PARAMETERS,
        ...IDENTIFYING,
        ...pointsParameters(POINTS),
        TARGET_TYPE,
        ...textParameters('query', ['EffectiveTargetValue']),
      ],
      answer: (args) => {
        const contents = findContents(store, args);
        const service = findService(contents, args);
        created += 1;
        const rule = newRule(costRuleId(`created ${created}`), service.ModelServiceId, setting.now(), args);
        contents.costRules = [...contents.costRules, rule];
        return { CostRuleId: rule.CostRuleId };
      },
    },
    {
      action: 'DescribeCostRules',
      ...RPC,
      parameters: [
        ...GATEWAY_PARAMETERS,
        ...textParameters('query', ['ModelName', 'ModelServiceId', 'EffectiveTargetValue']),
        TARGET_TYPE,
        ...PAGE_PARAMETERS,
      ],
      answer: (args) => listRules(findContents(store, args), args),
    },
    {
      action: 'ModifyCostRule',
      ...RPC,
      parameters: [...GATEWAY_PARAMETERS, ID, ...IDENTIFYING, ...pointsParameters(POINTS)],
      answer: (args) => {
        const contents = findContents(store, args);
        const rule = findRule(contents, args);
        refuseOtherIdentity(rule, args);
        const modified = {
          ...rule,
          ...pointsOf(args),
          GmtModified: timestampWithoutZone(setting.now()),
        };
        contents.costRules = contents.costRules.map((other) => (other === rule ? modified : other));
        return { CostRuleId: rule.CostRuleId };
      },
    },
    {
      action: 'DeleteCostRule',
      ...RPC,
      parameters: [...GATEWAY_PARAMETERS, ID],
      answer: (args) => {
        const contents = findContents(store, args);
        const doomed = findRule(contents, args);
        contents.costRules = contents.costRules.filter((rule) => rule !== doomed);
        return {};
      },
    },
  ];
}

const POINTS = [
  'InputCostPointsPerMillion',
  'OutputCostPointsPerMillion',
  'CacheCostPointsPerMillion',
] as const;

const ID: Parameter = { name: 'CostRuleId', in: 'query', type: 'text', required: true };

const IDENTIFYING: readonly Parameter[] = [
  { name: 'ModelName', in: 'query', type: 'text', required: true },
  { name: 'ModelServiceId', in: 'query', type: 'text', required: true },
];

const TARGET_TYPE: Parameter = {
  name: 'EffectiveTargetType',
  in: 'query',
  type: 'text',
  oneOf: ['global', 'consumerGroup', 'consumer'],
};

function findRule({ costRules }: GatewayContents, args: Arguments): CostRule {
  const rule = costRules.find(({ CostRuleId }) => CostRuleId === args.text('CostRuleId'));
  return rule ?? refuseUnknown('CostRuleId');
}

/** Only the prices can be changed, though the rest is required. What another value does is not documented. */
function refuseOtherIdentity(rule: CostRule, args: Arguments): void {
  if (args.text('ModelServiceId') !== rule.ModelServiceId) {
    throw invalidParameter('ModelServiceId', 'the cost rule is of another service');
  }
  if (args.text('ModelName') !== rule.Model) {
    throw invalidParameter('ModelName', 'the cost rule is of another model');
  }
}

/** Source: a price that is left out is 0, when modifying too; so a change has to send all three. */
function pointsOf(args: Arguments) {
  return {
    InputCostPointsPerMillion: args.text('InputCostPointsPerMillion') ?? '0',
    OutputCostPointsPerMillion: args.text('OutputCostPointsPerMillion') ?? '0',
    CacheCostPointsPerMillion: args.text('CacheCostPointsPerMillion') ?? '0',
  };
}

function newRule(id: string, serviceId: string, nowMs: number, args: Arguments): CostRule {
  const type = args.text('EffectiveTargetType') ?? 'global';
  const value = args.text('EffectiveTargetValue');
  // Source: the value is required unless the target is global.
  if (type !== 'global' && value === undefined) throw missingParameter('EffectiveTargetValue');
  return {
    CostRuleId: id,
    GwClusterId: args.text('GwClusterId') ?? '',
    ModelServiceId: serviceId,
    Model: args.text('ModelName') ?? '',
    ...pointsOf(args),
    EffectiveTargetType: type,
    EffectiveTargetValue: type === 'global' ? '' : (value ?? ''),
    GmtCreated: timestampWithOffset(nowMs),
    GmtModified: timestampWithoutZone(nowMs),
  };
}

/** Filters are exact; the documentation does not say. */
function listRules({ costRules }: GatewayContents, args: Arguments) {
  const matching = costRules.filter(
    (rule) =>
      isSameOrAbsent(args.text('ModelServiceId'), rule.ModelServiceId) &&
      isSameOrAbsent(args.text('ModelName'), rule.Model) &&
      isSameOrAbsent(args.text('EffectiveTargetType'), rule.EffectiveTargetType) &&
      isSameOrAbsent(args.text('EffectiveTargetValue'), rule.EffectiveTargetValue),
  );
  return pageOf(matching, args);
}
