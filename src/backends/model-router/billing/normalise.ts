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
  return {
    type: 'BillingRule',
    sourceId,
    modelSourceId,
    billingType: textOf(wire.billingType),
    pricingConfig: jsonOrText(wire.pricingConfig),
    effectiveAt: parsedText(noteOdd, 'effectiveTime', wire.effectiveTime, parseInstant),
    expiresAt: parsedText(noteOdd, 'expireTime', wire.expireTime, parseInstant),
    isEnabled: toEnabled(wire.deleteTag),
    version: parsedText(noteOdd, 'version', wire.version, intOf),
    createdAt: parsedText(noteOdd, 'gmtCreate', wire.gmtCreate, parseInstant),
    updatedAt: parsedText(noteOdd, 'gmtModified', wire.gmtModified, parseInstant),
  };
}
