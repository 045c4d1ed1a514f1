import type { CostRulePlace, CostRulePrices, NewCostRule } from '../../../domain/cost-rule.ts';
import type { Page } from '../../../domain/page.ts';
import type { BackendLink } from '../../backend.ts';
import { flatCreated } from '../../flat-envelope.ts';
import type { NoteOdd } from '../../lenient.ts';
import { nothing, type Parameters, perform, reading, readPage, writing } from '../polardb.ts';
import { type CostRuleScope, type StoredCostRule, TARGET_ON_WIRE, toStoredCostRule } from './normalise.ts';
import { type CostRuleWire, costRuleWire, createdCostRuleWire } from './wire.ts';

const LIST_RULES = reading('DescribeCostRules');
const CREATE_RULE = writing('CreateCostRule', { idempotent: false });
/** The same values sent twice leave the same row. */
export const MODIFY_RULE = writing('ModifyCostRule', { idempotent: true });
const DELETE_RULE = writing('DeleteCostRule', { idempotent: true });

/** Whose cost rules are listed: a gateway's, or one service's. */
export interface CostRuleOwner {
  readonly gatewaySourceId: string;
  readonly modelServiceSourceId?: string | undefined;
}

/**
 * DescribeCostRules by page. A rule of another service than the one asked for is a hole: how exact the backend's
 * filter is is not documented.
 *
 * @throws GatewayError
 */
export function listCostRules(
  link: BackendLink,
  { gatewaySourceId, modelServiceSourceId }: CostRuleOwner,
  pageNumber: number,
  pageSize: number,
): Promise<Page<StoredCostRule>> {
  const parameters = {
    GwClusterId: gatewaySourceId,
    ModelServiceId: modelServiceSourceId,
    PageNumber: pageNumber,
    PageSize: pageSize,
  };
  const scope = { region: link.region, gatewaySourceId, modelServiceSourceId };
  return readPage(link, LIST_RULES, parameters, scope, { wire: costRuleWire, toRow: toAskedRule });
}

function toAskedRule(wire: CostRuleWire, scope: CostRuleScope, noteOdd: NoteOdd): StoredCostRule | undefined {
  const stored = toStoredCostRule(wire, scope, noteOdd);
  const isAsked =
    scope.modelServiceSourceId === undefined ||
    stored?.rule.modelServiceSourceId === scope.modelServiceSourceId;
  return isAsked ? stored : undefined;
}

/** CreateCostRule; the answer is an id. @throws GatewayError */
export function createCostRule(link: BackendLink, rule: NewCostRule): Promise<string> {
  const parameters = { GwClusterId: rule.gatewaySourceId, ModelName: rule.modelName, ...ownParameters(rule) };
  return perform(
    link,
    CREATE_RULE,
    parameters,
    (answer) => flatCreated(answer, createdCostRuleWire, 'CostRuleId').id,
  );
}

/** What CreateCostRule sends and DescribeCostRules answers under the same names. */
export function ownParameters(rule: NewCostRule): Parameters {
  return {
    ModelServiceId: rule.modelServiceSourceId,
    ...priceParameters(rule),
    EffectiveTargetType:
      rule.effectiveTargetType === undefined ? undefined : TARGET_ON_WIRE[rule.effectiveTargetType],
    EffectiveTargetValue: rule.effectiveTargetValue,
  };
}

/** ModifyCostRule; `modelName` is required although it does not change. @throws GatewayError NOT_FOUND and any other */
export function modifyCostRule(
  link: BackendLink,
  place: CostRulePlace,
  modelName: string,
  prices: CostRulePrices,
): Promise<void> {
  const parameters = {
    GwClusterId: place.gatewaySourceId,
    CostRuleId: place.sourceId,
    ModelServiceId: place.modelServiceSourceId,
    ModelName: modelName,
    ...priceParameters(prices),
  };
  return perform(link, MODIFY_RULE, parameters, nothing);
}

/** DeleteCostRule. @throws GatewayError NOT_FOUND and any other */
export function deleteCostRule(
  link: BackendLink,
  { gatewaySourceId, sourceId }: CostRulePlace,
): Promise<void> {
  return perform(link, DELETE_RULE, { GwClusterId: gatewaySourceId, CostRuleId: sourceId }, nothing);
}

function priceParameters(prices: CostRulePrices): Parameters {
  return {
    InputCostPointsPerMillion: prices.inputCostPointsPerMillion,
    OutputCostPointsPerMillion: prices.outputCostPointsPerMillion,
    CacheCostPointsPerMillion: prices.cacheCostPointsPerMillion,
  };
}
