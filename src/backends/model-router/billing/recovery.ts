import type { BillingRule, NewBillingRule } from '../../../domain/billing-rule.ts';
import type { Search } from '../../../domain/candidate.ts';
import { parseExactJson } from '../../../transport/json.ts';
import type { BackendLink } from '../../backend.ts';
import { type Forms, fieldsSent, ignoringCase, searchCreated } from '../../created-since.ts';
import { readLeniently } from '../../lenient.ts';
import { queryModel } from '../client.ts';
import { fieldsOf } from './client.ts';
import { toBillingRule } from './normalise.ts';
import { filterOf, readRules, rulesOfModel } from './rules-of-model.ts';
import { billingRuleWire } from './wire.ts';

const TOLD_AGAIN = ['billingType', 'pricingConfig', 'effectiveAt', 'expiresAt', 'version'] as const;

/** The backend's times may have whole seconds. */
const inSeconds = (ms: number) => Math.floor(ms / 1_000);

const FORMS: Forms<BillingRule> = {
  billingType: ignoringCase,
  effectiveAt: inSeconds,
  expiresAt: inSeconds,
};

/** Looks for a rule that a create made: reads the model, and all its rules. */
export function searchRule(link: BackendLink, wanted: NewBillingRule): Search<BillingRule> {
  const { modelSourceId } = wanted;
  return searchCreated(link, {
    sent: asAnswered(wanted),
    fields: fieldsSent(wanted, TOLD_AGAIN),
    forms: FORMS,
    async list() {
      const model = await queryModel(link, modelSourceId);
      return rulesOfModel(await readRules(link, filterOf(link, model)), modelSourceId);
    },
  });
}

/** The rule that the backend would answer if it kept everything as it was sent. */
function asAnswered(wanted: NewBillingRule): BillingRule | undefined {
  const echo = { ...fieldsOf(wanted), id: 0, modelId: wanted.modelSourceId };
  return readLeniently(billingRuleWire, parseExactJson(JSON.stringify(echo)), () => undefined, toBillingRule);
}
