import type { BillingRule, BillingRuleChange, NewBillingRule } from '../../../domain/billing-rule.ts';
import { formatInstant } from '../../../domain/instant.ts';
import type { Page } from '../../../domain/page.ts';
import type { HttpAnswer } from '../../../transport/http.ts';
import { jsonInteger } from '../../../transport/json.ts';
import type { UpstreamRequest } from '../../../transport/request.ts';
import { roa } from '../../../transport/roa.ts';
import { type BackendLink, callOperation } from '../../backend.ts';
import { type NoteOdd, readLeniently } from '../../lenient.ts';
import { isSameId, judge, listPage, ROOT, readOperation, writeOperation } from '../envelope.ts';
import { toBillingRule } from './normalise.ts';
import { billingRuleWire } from './wire.ts';

const RULES = [...ROOT, 'billing', 'rules'] as const;

const QUERY_RULE_LIST = readOperation('ModelRouterQueryBillingRuleList');
const CREATE_RULE = writeOperation('ModelRouterCreateBillingRule', false);
const UPDATE_RULE = writeOperation('ModelRouterUpdateBillingRule', true);

/** Whose rules are listed. Source: `modelId` is int32 here, though the entry's number is an int64. */
export type BillingRuleFilter = { readonly modelCode: string } | { readonly modelId: number };

/** ModelRouterQueryBillingRuleList. @throws GatewayError */
export function queryBillingRuleList(
  link: BackendLink,
  filter: BillingRuleFilter,
  pageIndex: number,
  pageSize: number,
): Promise<Page<BillingRule>> {
  const query = { ...filter, pageIndex, pageSize };
  const request = { ...roa(QUERY_RULE_LIST, 'GET', RULES, { query }), readAs: queryBillingRuleList };
  return callOperation(link, request, (answer) => {
    const judged = judge(link, request, answer);
    return listPage(judged, (pageIndex - 1) * pageSize, (row) => readRule(row, judged.noteOdd));
  });
}

/** ModelRouterCreateBillingRule; the answer holds the whole rule. @throws GatewayError */
export function createBillingRule(link: BackendLink, rule: NewBillingRule): Promise<BillingRule> {
  const { modelSourceId } = rule;
  // Source: the number of the entry here, where writes of models mean the vendor's code by the same word.
  const body = { modelId: jsonInteger(modelSourceId), ...fieldsOf(rule) };
  const request = roa(CREATE_RULE, 'POST', RULES, { body });
  return callOperation(link, request, (answer) => writtenRule(link, request, answer, modelSourceId));
}

/** ModelRouterUpdateBillingRule with the fields given; the answer holds the whole rule. @throws GatewayError */
export function updateBillingRule(
  link: BackendLink,
  modelSourceId: string,
  id: string,
  change: BillingRuleChange,
): Promise<BillingRule> {
  const body = { ...fieldsOf(change), status: change.status };
  const request = roa(UPDATE_RULE, 'PUT', [...RULES, id], { body });
  return callOperation(link, request, (answer) => writtenRule(link, request, answer, modelSourceId, id));
}

/** What create and update send alike. */
export function fieldsOf(rule: BillingRuleChange): Readonly<Record<string, unknown>> {
  const timeOf = (instant: number | undefined) =>
    instant === undefined ? undefined : formatInstant(instant);
  return {
    billingType: rule.billingType,
    pricingConfig: rule.pricingConfig,
    effectiveTime: timeOf(rule.effectiveAt),
    expireTime: timeOf(rule.expiresAt),
    version: rule.version,
  };
}

/** The rule that a write answered, if it is the one that was written. */
function writtenRule(
  link: BackendLink,
  request: UpstreamRequest,
  answer: HttpAnswer,
  modelSourceId: string,
  id?: string,
): BillingRule {
  const { data, noteOdd, unreadable } = judge(link, request, answer);
  const rule = readRule(data, noteOdd, modelSourceId);
  if (rule === undefined || !isSameId(rule.modelSourceId, modelSourceId)) throw unreadable();
  if (id !== undefined && !isSameId(rule.sourceId, id)) throw unreadable();
  return rule;
}

function readRule(row: unknown, noteOdd: NoteOdd, askedModelId?: string) {
  return readLeniently(billingRuleWire, row, noteOdd, (wire, noteOnce) =>
    toBillingRule(wire, noteOnce, askedModelId),
  );
}
