import type { KeyShape } from './global-id.ts';
import type { Instant } from './instant.ts';
import type { JsonValue } from './json-value.ts';

/** Global ids of billing rules: `BillingRule:1/7`, the model's number and the rule's own. */
export const BILLING_RULE_KEY = {
  typeName: 'BillingRule',
  parts: ['digits', 'digits'],
} as const satisfies KeyShape;

/** What the calls of one model of the Model Router cost, for a time. */
export interface BillingRule {
  readonly type: 'BillingRule';
  /** 1 to 19 digits. */
  readonly sourceId: string;
  /** 1 to 19 digits. */
  readonly modelSourceId: string;
  /** As the backend spells it, e.g. token_tiered. */
  readonly billingType: string | undefined;
  /** Its shape depends on the billing type. */
  readonly pricingConfig: JsonValue | undefined;
  readonly effectiveAt: Instant | undefined;
  readonly expiresAt: Instant | undefined;
  readonly isEnabled: boolean | undefined;
  readonly version: number | undefined;
  readonly createdAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
}

interface BillingRuleFields {
  readonly billingType?: string | undefined;
  readonly pricingConfig?: JsonValue | undefined;
  readonly effectiveAt?: Instant | undefined;
  readonly expiresAt?: Instant | undefined;
  readonly version?: number | undefined;
}

/** A billing rule to be made; what is undefined is not sent. */
export interface NewBillingRule extends BillingRuleFields {
  /** 1 to 19 digits. */
  readonly modelSourceId: string;
}

/** What of a billing rule is to change; what is undefined keeps its value. */
export interface BillingRuleChange extends BillingRuleFields {
  /** Turns it on or off; which number does which is not documented. */
  readonly status?: number | undefined;
}
