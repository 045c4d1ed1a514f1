import * as z from 'zod';
import { wireScalar, wireText } from '../../lenient.ts';

/**
 * A cost rule, as DescribeCostRules answers it.
 *
 * Source: version 2017-08-01. `Model` is what the writes call `ModelName`; prices are text; `GmtCreated` has an
 * offset and `GmtModified` no zone.
 */
export const costRuleWire = z.object({
  CostRuleId: wireScalar,
  ModelServiceId: wireScalar,
  Model: wireText,
  InputCostPointsPerMillion: wireScalar,
  OutputCostPointsPerMillion: wireScalar,
  CacheCostPointsPerMillion: wireScalar,
  EffectiveTargetType: wireText,
  EffectiveTargetValue: wireText,
  GmtCreated: wireText,
  GmtModified: wireText,
});

/** See {@link costRuleWire}. */
export type CostRuleWire = z.output<typeof costRuleWire>;

/** The answer of CreateCostRule. Source: version 2017-08-01. */
export const createdCostRuleWire = z.object({ CostRuleId: wireText });
