import * as z from 'zod';
import { wireJson, wireScalar, wireText } from '../../lenient.ts';

/**
 * One rule, as ModelRouterCreateBillingRule, ModelRouterUpdateBillingRule and ModelRouterQueryBillingRuleList answer
 * it.
 *
 * Source: version 20240611. Every field may be missing; `id` and `modelId` are int64 and both numbers of entries.
 */
export const billingRuleWire = z.object({
  id: wireScalar,
  modelId: wireScalar,
  billingType: wireText,
  pricingConfig: wireJson,
  effectiveTime: wireText,
  expireTime: wireText,
  deleteTag: wireScalar,
  version: wireScalar,
  gmtCreate: wireText,
  gmtModified: wireText,
});

/** See {@link billingRuleWire}. */
export type BillingRuleWire = z.output<typeof billingRuleWire>;
