import type { CostRule, CostRulePrices, CostRuleTarget } from '../../../domain/cost-rule.ts';
import { parseDecimal } from '../../../domain/decimal.ts';
import { parseInstant } from '../../../domain/instant.ts';
import type { NoteOdd } from '../../lenient.ts';
import { parsedText, textOf } from '../../normal-text.ts';
import type { CostRuleWire } from './wire.ts';

/** How each target is sent. Source: the parameter's value list. */
export const TARGET_ON_WIRE = {
  GLOBAL: 'global',
  CONSUMER_GROUP: 'consumerGroup',
  CONSUMER: 'consumer',
} as const satisfies Record<Exclude<CostRuleTarget, 'OTHER'>, string>;

/** Where a rule was looked for; without a service, the rule must name its own. */
export interface CostRuleScope {
  readonly region: string;
  readonly gatewaySourceId: string;
  readonly modelServiceSourceId?: string | undefined;
}

/** A cost rule with what is written back of it exactly as it is stored. */
export interface StoredCostRule {
  readonly rule: CostRule;
  readonly modelName: string | undefined;
  readonly prices: CostRulePrices;
}

/** A row of the backend for the graph and for writing it back; undefined for one without an id or a service. */
export function toStoredCostRule(
  wire: CostRuleWire,
  scope: CostRuleScope,
  noteOdd: NoteOdd,
): StoredCostRule | undefined {
  const sourceId = textOf(wire.CostRuleId);
  const modelServiceSourceId = textOf(wire.ModelServiceId) ?? scope.modelServiceSourceId;
  if (sourceId === undefined || modelServiceSourceId === undefined) {
    noteOdd(sourceId === undefined ? 'CostRuleId' : 'ModelServiceId');
    return undefined;
  }
  const { region, gatewaySourceId } = scope;
  const { InputCostPointsPerMillion, OutputCostPointsPerMillion, CacheCostPointsPerMillion } = wire;
  const modelName = textOf(wire.Model);
  const rule: CostRule = {
    type: 'CostRule',
    sourceId,
    region,
    gatewaySourceId,
    modelServiceSourceId,
    modelName: modelName ?? sourceId,
    inputCostPointsPerMillion: parsedText(
      noteOdd,
      'InputCostPointsPerMillion',
      InputCostPointsPerMillion,
      parseDecimal,
    ),
    outputCostPointsPerMillion: parsedText(
      noteOdd,
      'OutputCostPointsPerMillion',
      OutputCostPointsPerMillion,
      parseDecimal,
    ),
    cacheCostPointsPerMillion: parsedText(
      noteOdd,
      'CacheCostPointsPerMillion',
      CacheCostPointsPerMillion,
      parseDecimal,
    ),
    effectiveTargetType: toTarget(textOf(wire.EffectiveTargetType)),
    effectiveTargetValue: textOf(wire.EffectiveTargetValue),
    createdAt: parsedText(noteOdd, 'GmtCreated', wire.GmtCreated, parseInstant),
    updatedAt: parsedText(noteOdd, 'GmtModified', wire.GmtModified, parseInstant),
  };
  const prices = {
    inputCostPointsPerMillion: textOf(InputCostPointsPerMillion),
    outputCostPointsPerMillion: textOf(OutputCostPointsPerMillion),
    cacheCostPointsPerMillion: textOf(CacheCostPointsPerMillion),
  };
  return { rule, modelName, prices };
}

function toTarget(text = ''): CostRuleTarget {
  const folded = text.trim().toLowerCase();
  const targets = Object.keys(TARGET_ON_WIRE) as (keyof typeof TARGET_ON_WIRE)[];
  return targets.find((target) => TARGET_ON_WIRE[target].toLowerCase() === folded) ?? 'OTHER';
}
