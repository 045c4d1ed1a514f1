import type { BillingRule } from '../../../domain/billing-rule.ts';
import { parseInstant } from '../../../domain/instant.ts';
import type { NoteOdd } from '../../lenient.ts';
import { intOf, parsedText, textOf } from '../../normal-text.ts';
import { jsonOrText, toEnabled } from '../normalise.ts';
import type { BillingRuleWire } from './wire.ts';

/**
 * A rule as the graph has it; undefined for one without its own or its model's number. `askedModelId` stands in for a
 * model that the answer leaves out.
 */
export function toBillingRule(
  wire: BillingRuleWire,
  noteOdd: NoteOdd,
  askedModelId?: string,
): BillingRule | undefined {
  const sourceId = textOf(wire.id);
  const modelSourceId = textOf(wire.modelId) ?? askedModelId;
  if (sourceId === undefined || modelSourceId === undefined) {
    noteOdd(sourceId === undefined ? 'id' : 'modelId');
    return undefined;
  }
  const parsed = parsedText(noteOdd);
  return {
    type: 'BillingRule',
    sourceId,
    modelSourceId,
    billingType: textOf(wire.billingType),
    pricingConfig: jsonOrText(wire.pricingConfig),
    effectiveAt: parsed('effectiveTime', wire.effectiveTime, parseInstant),
    expiresAt: parsed('expireTime', wire.expireTime, parseInstant),
    isEnabled: toEnabled(wire.deleteTag),
    version: parsed('version', wire.version, intOf),
    createdAt: parsed('gmtCreate', wire.gmtCreate, parseInstant),
    updatedAt: parsed('gmtModified', wire.gmtModified, parseInstant),
  };
}
