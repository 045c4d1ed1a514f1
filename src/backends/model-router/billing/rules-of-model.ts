import type { BillingRule } from '../../../domain/billing-rule.ts';
import type { Model } from '../../../domain/model.ts';
import { GatewayError } from '../../../errors.ts';
import type { BackendLink } from '../../backend.ts';
import { isSameId } from '../envelope.ts';
import { type BillingRuleFilter, queryBillingRuleList } from './client.ts';

const PAGE_SIZE = 100;
/** Pages of one list that are read. */
const MAX_PAGES = 50;

/**
 * By what the rules of a model are listed: its code, since the filter by number is narrower than the numbers are.
 *
 * @throws GatewayError UNEXPECTED_REFUSAL for a model without a code whose number the filter cannot hold
 */
export function filterOf(
  link: BackendLink,
  { modelCode, sourceId }: Pick<Model, 'sourceId' | 'modelCode'>,
): BillingRuleFilter {
  if (modelCode !== undefined) return { modelCode };
  const modelId = Number(sourceId);
  if (modelId < 2 ** 31) return { modelId };
  const message = 'The billing rules of a model without a code and with so large an id cannot be listed.';
  throw new GatewayError('UNEXPECTED_REFUSAL', message, { source: link.source });
}

/**
 * All rules that a filter finds, in the backend's order and each once. One call for every 100 rules, 50 at most: a
 * page that is short before the total's end is probed once by the page behind it.
 *
 * @throws GatewayError UNEXPECTED_REFUSAL beyond the bound, and any other
 */
export async function readRules(
  link: BackendLink,
  filter: BillingRuleFilter,
): Promise<readonly BillingRule[]> {
  const rules = new Map<string, BillingRule>();
  let seen = 0;
  for (let pageIndex = 1; pageIndex <= MAX_PAGES; pageIndex++) {
    const { rows, total } = await queryBillingRuleList(link, filter, pageIndex, PAGE_SIZE);
    for (const rule of rows) if (rule !== undefined) rules.set(rule.sourceId, rule);
    seen += rows.length;
    const isShort = rows.length < PAGE_SIZE;
    if (rows.length === 0 || seen === total || (isShort && seen >= (total ?? 0))) return [...rules.values()];
  }
  const message = `There are more than ${MAX_PAGES * PAGE_SIZE} billing rules of one model code.`;
  throw new GatewayError('UNEXPECTED_REFUSAL', message, { source: link.source });
}

/** Codes need not be unique, so the rules of one code are told apart by the number of their model. */
export function rulesOfModel(rules: readonly BillingRule[], modelSourceId: string): readonly BillingRule[] {
  return rules.filter((rule) => isSameId(rule.modelSourceId, modelSourceId));
}

/** The rule with that number. @throws GatewayError NOT_FOUND */
export function ruleWithId(link: BackendLink, rules: readonly BillingRule[], id: string): BillingRule {
  const rule = rules.find(({ sourceId }) => isSameId(sourceId, id));
  if (rule !== undefined) return rule;
  throw new GatewayError('NOT_FOUND', 'The model has no such billing rule.', { source: link.source });
}
