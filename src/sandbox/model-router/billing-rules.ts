import { timestamp } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import type { Arguments, Parameter } from '../parameters.ts';
import { invalidParameter, missingParameter } from '../refusal.ts';
import { deleteTagOf } from './models.ts';
import { BILLING_TYPES, type BillingType, billingTypeOf, checkPricing } from './pricing.ts';
import type { BillingRule, RouterModel, RouterStore } from './store.ts';

const PATH = '/api/v1/modelRouter/open/billing/rules';
const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

/** Creating, changing and listing what entries cost. There is no operation that deletes a rule. */
export function billingOperations(store: RouterStore, setting: Setting): readonly Operation[] {
  return [
    {
      action: 'ModelRouterCreateBillingRule',
      method: 'POST',
      path: PATH,
      parameters: [{ name: 'modelId', in: 'body', type: 'int64', required: true }, ...WRITABLE],
      answer: (args) => {
        const model = store.model(BigInt(args.int64('modelId') ?? 0));
        const rule = store.addRule(newRule(model, timestamp(setting.now()), args));
        return { data: answered(store, rule) };
      },
    },
    {
      action: 'ModelRouterUpdateBillingRule',
      method: 'PUT',
      path: `${PATH}/{id}`,
      parameters: [
        { name: 'id', in: 'path', type: 'int64', required: true },
        ...WRITABLE,
        { name: 'status', in: 'body', type: 'int32' },
      ],
      answer: (args) => {
        const rule = store.rule(BigInt(args.int64('id') ?? 0));
        const updated = updatedRule(rule, store.model(rule.modelId), timestamp(setting.now()), args);
        store.replaceRule(updated);
        return { data: answered(store, updated) };
      },
    },
    {
      action: 'ModelRouterQueryBillingRuleList',
      method: 'GET',
      path: PATH,
      parameters: LIST_PARAMETERS,
      answer: (args) => listRules(store, setting.now(), args),
    },
  ];
}

/** Source: the published examples name it, and the update's list holds nothing else, yet no answer shows it. */
const CONFIGURABLE = 'configurable';
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const WRITABLE: readonly Parameter[] = [
  { name: 'billingType', in: 'body', type: 'text', oneOf: [...BILLING_TYPES, CONFIGURABLE] },
  { name: 'effectiveTime', in: 'body', type: 'text', pattern: RFC_3339 },
  { name: 'expireTime', in: 'body', type: 'text', pattern: RFC_3339 },
  { name: 'pricingConfig', in: 'body', type: 'object' },
  { name: 'version', in: 'body', type: 'int32' },
];

const LIST_PARAMETERS: readonly Parameter[] = [
  { name: 'activeOnly', in: 'query', type: 'boolean' },
  { name: 'modelCode', in: 'query', type: 'text' },
  { name: 'modelId', in: 'query', type: 'int32' },
  { name: 'modelType', in: 'query', type: 'text' },
  { name: 'page', in: 'query', type: 'int32', min: 1 },
  { name: 'pageIndex', in: 'query', type: 'int32', min: 1 },
  { name: 'pageSize', in: 'query', type: 'int32', min: 1, max: MAX_PAGE_SIZE },
  { name: 'maxResults', in: 'query', type: 'int32', min: 1, max: MAX_PAGE_SIZE },
  { name: 'nextToken', in: 'query', type: 'text', pattern: /^\d{1,9}$/ },
];

/** Code, name, type and vendor are those that the model has now. */
function answered(store: RouterStore, rule: BillingRule) {
  const { modelCode, name, modelType, symbol } = store.model(rule.modelId);
  // Source: the published rule of a Chat model calls the type chat, that of an Embedding model does not.
  const printedType = modelType === 'Chat' ? 'chat' : modelType;
  return { ...rule, modelCode, modelName: name, modelType: printedType, symbol };
}

function newRule(model: RouterModel, created: string, args: Arguments): Omit<BillingRule, 'id'> {
  const rule = {
    modelId: model.id,
    billingType: writtenType(args) ?? billingTypeOf(model.modelType) ?? 'token_tiered',
    pricingConfig: args.object('pricingConfig') ?? {},
    effectiveTime: args.text('effectiveTime') ?? created,
    ...args.texts(['expireTime']),
    version: args.int32('version') ?? 1,
    deleteTag: 0,
    gmtCreate: created,
    gmtModified: created,
  };
  checkRule(rule, model, args);
  return rule;
}

/** What was not sent keeps its value and the version counts up; neither is documented. */
function updatedRule(rule: BillingRule, model: RouterModel, modified: string, args: Arguments): BillingRule {
  const status = args.int32('status');
  const updated = {
    ...rule,
    billingType: writtenType(args) ?? rule.billingType,
    pricingConfig: args.object('pricingConfig') ?? rule.pricingConfig,
    ...args.texts(['effectiveTime', 'expireTime']),
    version: args.int32('version') ?? rule.version + 1,
    ...(status !== undefined && { deleteTag: deleteTagOf(status) }),
    gmtModified: modified,
  };
  checkRule(updated, model, args);
  return updated;
}

function writtenType(args: Arguments): BillingType | undefined {
  const written = args.text('billingType');
  return BILLING_TYPES.find((type) => type === written);
}

/** Only what was sent is judged, but a new type must fit the prices and a new time the other. */
function checkRule(rule: Omit<BillingRule, 'id'>, model: RouterModel, args: Arguments): void {
  const expectedType = billingTypeOf(model.modelType) ?? rule.billingType;
  if (rule.billingType !== expectedType) {
    throw invalidParameter('billingType', `models of the type ${model.modelType} take ${expectedType}`);
  }
  const hasPricing = args.object('pricingConfig') !== undefined;
  const isRetyped = writtenType(args) !== undefined && Object.keys(rule.pricingConfig).length > 0;
  if (hasPricing || isRetyped) checkPricing(rule.billingType, rule.pricingConfig);
  const [start, end] = [rule.effectiveTime, rule.expireTime ?? '9999-12-31T00:00:00Z'].map(Date.parse);
  for (const [name, time] of [
    ['effectiveTime', start],
    ['expireTime', end],
  ] as const) {
    if (Number.isNaN(time)) throw invalidParameter(name, 'there is no such time');
  }
  if (Number(start) >= Number(end)) throw invalidParameter('expireTime', 'it must be after effectiveTime');
}

/** Source: the description calls a model filter required though no type says so. Page style wins over tokens. */
function listRules(store: RouterStore, nowMs: number, args: Arguments) {
  if (args.int32('modelId') === undefined && args.text('modelCode') === undefined) {
    throw missingParameter('modelId');
  }
  const matching = store.rules
    .map((rule) => answered(store, rule))
    .filter((rule) => isWanted(rule, args) && (!args.flag('activeOnly') || isInForce(rule, nowMs)));
  const pageSize = args.int32('pageSize');
  const page = args.int32('pageIndex') ?? args.int32('page');
  const isPageStyle = page !== undefined || pageSize !== undefined;
  const size = (isPageStyle ? pageSize : args.int32('maxResults')) ?? DEFAULT_PAGE_SIZE;
  const start = isPageStyle ? ((page ?? 1) - 1) * size : Number(args.text('nextToken') ?? 0);
  const end = start + size;
  return {
    maxResults: size,
    nextToken: !isPageStyle && end < matching.length ? String(end) : '',
    data: {
      list: matching.slice(start, end),
      page: Math.floor(start / size) + 1,
      pageSize: size,
      total: matching.length,
    },
  };
}

function isWanted(rule: ReturnType<typeof answered>, args: Arguments): boolean {
  const modelId = args.int32('modelId');
  const modelType = args.text('modelType')?.toLowerCase();
  return (
    (modelId === undefined || rule.modelId === BigInt(modelId)) &&
    (args.text('modelCode') ?? rule.modelCode) === rule.modelCode &&
    (modelType === undefined || rule.modelType.toLowerCase() === modelType)
  );
}

function isInForce(rule: BillingRule, nowMs: number): boolean {
  const endMs = rule.expireTime === undefined ? Number.POSITIVE_INFINITY : Date.parse(rule.expireTime);
  return rule.deleteTag === 0 && Date.parse(rule.effectiveTime) <= nowMs && nowMs < endMs;
}
