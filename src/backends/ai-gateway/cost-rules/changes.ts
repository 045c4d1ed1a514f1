import type { Changed } from '../../../domain/changed.ts';
import type { CostRule, CostRulePlace, CostRulePrices } from '../../../domain/cost-rule.ts';
import type { PagedList } from '../../../domain/page.ts';
import { GatewayError } from '../../../errors.ts';
import type { BackendLink } from '../../backend.ts';
import { changeRow, writeAfterRead } from '../change.ts';
import { missing } from '../polardb.ts';
import { readWholeList } from '../whole-list.ts';
import { type CostRuleOwner, deleteCostRule, listCostRules, MODIFY_RULE, modifyCostRule } from './client.ts';
import type { StoredCostRule } from './normalise.ts';

const WHAT = 'cost rule';

/**
 * All cost rules of a gateway, or of one service, by the pages that `read` gives: one call for each 100.
 *
 * @throws GatewayError INVALID_INPUT beyond 5,000, and any other
 */
export function readCostRules(
  link: BackendLink,
  owner: CostRuleOwner,
  read: PagedList<StoredCostRule>['readPage'] = (...page) => listCostRules(link, owner, ...page),
): Promise<readonly StoredCostRule[]> {
  const isGateway = owner.modelServiceSourceId === undefined;
  return readWholeList(
    read,
    ({ rule }) => `${rule.modelServiceSourceId}/${rule.sourceId}`,
    isGateway
      ? 'The gateway has more than 5,000 cost rules, more than one request reads: name a model service and select its costRules.'
      : 'The model service has more than 5,000 cost rules, more than one request reads: page through its costRules.',
  );
}

/** The rules of such a list for the graph. */
export async function rulesOf(stored: Promise<readonly StoredCostRule[]>): Promise<readonly CostRule[]> {
  return (await stored).map(({ rule }) => rule);
}

/** The rule with that id. @throws GatewayError NOT_FOUND */
export function ruleById(link: BackendLink, rules: readonly CostRule[], id: string): CostRule {
  const found = rules.find(({ sourceId }) => sourceId === id);
  if (found === undefined) throw missing(link, WHAT);
  return found;
}

/**
 * Reads a rule afresh, writes it back with what is to change, and reads it again. The prices that do not change go
 * along exactly as they were read: a price left out is documented to have the default 0, not to keep its value.
 *
 * @throws GatewayError NOT_FOUND where the rule does not exist, and any other
 */
export async function updateCostRule(
  link: BackendLink,
  place: CostRulePlace,
  change: CostRulePrices,
): Promise<Changed<CostRule>> {
  const { rule, modelName, prices } = await readStored(link, place);
  if (modelName === undefined) {
    const text = `The backend requires the model's name with every change, and tells none of this ${WHAT}. Nothing was changed.`;
    throw new GatewayError('UNEXPECTED_REFUSAL', text, { source: link.source });
  }
  const merged: CostRulePrices = {
    inputCostPointsPerMillion: change.inputCostPointsPerMillion ?? prices.inputCostPointsPerMillion,
    outputCostPointsPerMillion: change.outputCostPointsPerMillion ?? prices.outputCostPointsPerMillion,
    cacheCostPointsPerMillion: change.cacheCostPointsPerMillion ?? prices.cacheCostPointsPerMillion,
  };
  return changeRow({
    what: WHAT,
    operation: MODIFY_RULE.name,
    sent: { ...rule, ...merged },
    write: () => modifyCostRule(link, place, modelName, merged),
    readBack: async () => (await readStored(link, place)).rule,
  });
}

/**
 * Reads a rule afresh and deletes it: whether the backend tells of one that does not exist is not documented.
 *
 * @throws GatewayError NOT_FOUND where the rule does not exist, and any other
 */
export async function removeCostRule(link: BackendLink, place: CostRulePlace): Promise<void> {
  await readStored(link, place);
  await writeAfterRead(WHAT, () => deleteCostRule(link, place));
}

/** No operation reads one rule: the list of its service can hold it. */
async function readStored(link: BackendLink, place: CostRulePlace): Promise<StoredCostRule> {
  const { gatewaySourceId, modelServiceSourceId } = place;
  const listed = await readCostRules(link, { gatewaySourceId, modelServiceSourceId });
  const found = listed.find(({ rule }) => rule.sourceId === place.sourceId);
  if (found === undefined) throw missing(link, WHAT);
  return found;
}
