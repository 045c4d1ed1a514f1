import type { Search } from '../../../domain/candidate.ts';
import type { CostRule, NewCostRule } from '../../../domain/cost-rule.ts';
import { shortestDecimal } from '../../../domain/decimal.ts';
import type { BackendLink } from '../../backend.ts';
import { type Forms, fieldsSent, searchCreated } from '../../created-since.ts';
import { readLeniently } from '../../lenient.ts';
import { readCostRules, rulesOf } from './changes.ts';
import { ownParameters } from './client.ts';
import { toStoredCostRule } from './normalise.ts';
import { costRuleWire } from './wire.ts';

const TOLD_AGAIN = [
  'modelName',
  'inputCostPointsPerMillion',
  'outputCostPointsPerMillion',
  'cacheCostPointsPerMillion',
  'effectiveTargetType',
  'effectiveTargetValue',
] as const;

const FORMS: Forms<CostRule> = {
  inputCostPointsPerMillion: shortestDecimal,
  outputCostPointsPerMillion: shortestDecimal,
  cacheCostPointsPerMillion: shortestDecimal,
};

/** Looks for a rule that a create made: one call for each 100 of its service. */
export function searchRule(link: BackendLink, wanted: NewCostRule): Search<CostRule> {
  const { gatewaySourceId, modelServiceSourceId } = wanted;
  return searchCreated(link, {
    sent: asAnswered(link, wanted),
    fields: fieldsSent(wanted, TOLD_AGAIN),
    forms: FORMS,
    list: () => rulesOf(readCostRules(link, { gatewaySourceId, modelServiceSourceId })),
  });
}

/** The rule that the backend would answer if it kept everything as it was sent. */
function asAnswered({ region }: BackendLink, wanted: NewCostRule): CostRule | undefined {
  const echo = { ...ownParameters(wanted), Model: wanted.modelName, CostRuleId: 'sent' };
  const { gatewaySourceId } = wanted;
  return readLeniently(
    costRuleWire,
    echo,
    () => undefined,
    (wire, noteOdd) => toStoredCostRule(wire, { region, gatewaySourceId }, noteOdd),
  )?.rule;
}
