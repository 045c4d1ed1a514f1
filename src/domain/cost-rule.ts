import type { Decimal } from './decimal.ts';
import type { KeyShape } from './global-id.ts';
import type { Instant } from './instant.ts';

/** Global ids of cost rules: `CostRule:cn-beijing/pg-x/ms-x/rule`. */
export const COST_RULE_KEY = {
  typeName: 'CostRule',
  parts: ['region', 'name', 'name', 'name'],
} as const satisfies KeyShape;

/** Whom a cost rule can be for; OTHER for a target that this gateway does not know, or none. */
export const COST_RULE_TARGETS = ['GLOBAL', 'CONSUMER_GROUP', 'CONSUMER', 'OTHER'] as const;

/** One of {@link COST_RULE_TARGETS}. */
export type CostRuleTarget = (typeof COST_RULE_TARGETS)[number];

/** What it takes to find a cost rule. */
export interface CostRulePlace {
  readonly gatewaySourceId: string;
  readonly modelServiceSourceId: string;
  readonly sourceId: string;
}

/** The prices of a rule, in points for a million tokens; what is undefined keeps its value, or is the backend's default. */
export interface CostRulePrices {
  readonly inputCostPointsPerMillion?: Decimal | undefined;
  readonly outputCostPointsPerMillion?: Decimal | undefined;
  readonly cacheCostPointsPerMillion?: Decimal | undefined;
}

/** What a model costs at one model service. */
export interface CostRule extends CostRulePlace, CostRulePrices {
  readonly type: 'CostRule';
  readonly region: string;
  /** The model the rule prices, e.g. qwen3-max; the rule's own id where the backend names none. */
  readonly modelName: string;
  readonly effectiveTargetType: CostRuleTarget;
  readonly effectiveTargetValue: string | undefined;
  readonly createdAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
}

/** A cost rule to be made; what is undefined is not sent. */
export interface NewCostRule extends CostRulePrices {
  readonly gatewaySourceId: string;
  readonly modelServiceSourceId: string;
  readonly modelName: string;
  readonly effectiveTargetType?: Exclude<CostRuleTarget, 'OTHER'> | undefined;
  readonly effectiveTargetValue?: string | undefined;
}
