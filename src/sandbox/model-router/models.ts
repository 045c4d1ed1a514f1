import { tagDisplayNames } from '../data/router-models.ts';
import { timestamp } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import { type Arguments, type Parameter, textParameters } from '../parameters.ts';
import type { RouterModel, RouterStore } from './store.ts';

const PATH = '/api/v1/modelRouter/open/models';
const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;

/** Creating, reading, changing and deleting single entries, and their list. */
export function modelOperations(store: RouterStore, setting: Setting): readonly Operation[] {
  return [
    {
      action: 'ModelRouterQueryModel',
      method: 'GET',
      path: `${PATH}/{id}`,
      parameters: [ID],
      answer: (args) => ({ data: answered(store, store.model(idOf(args))) }),
    },
    {
      action: 'ModelRouterQueryModelList',
      method: 'GET',
      path: PATH,
      parameters: LIST_PARAMETERS,
      answer: (args) => listModels(store, args),
    },
    {
      action: 'ModelRouterCreateModel',
      method: 'POST',
      path: PATH,
      parameters: textParameters('body', [...WRITABLE_TEXTS, 'modelId', 'apiKey', 'inOut', 'extensions']),
      answer: (args) => {
        const model = store.addModel(newModel(timestamp(setting.now()), args.texts(NEW_MODEL_TEXTS)));
        return { data: answered(store, model) };
      },
    },
    {
      action: 'ModelRouterUpdateModel',
      method: 'PUT',
      path: `${PATH}/{id}`,
      parameters: [
        ID,
        ...textParameters('body', [...WRITABLE_TEXTS, 'modelId', 'apiKey']),
        { name: 'status', in: 'body', type: 'int32' },
      ],
      answer: (args) => {
        const model = updatedModel(store.model(idOf(args)), timestamp(setting.now()), args);
        store.replaceModel(model);
        return { data: answered(store, model) };
      },
    },
    {
      action: 'ModelRouterDeleteModel',
      method: 'DELETE',
      path: `${PATH}/{id}`,
      parameters: [ID],
      answer: (args) => {
        store.removeModel(store.model(idOf(args)));
        return { data: true };
      },
    },
  ];
}

const ID: Parameter = { name: 'id', in: 'path', type: 'int64', required: true };

/** Texts whose written and read names are the same. */
const WRITABLE_TEXTS = [
  'name',
  'description',
  'symbol',
  'tags',
  'modelType',
  'baseUrl',
  'maxInputLength',
  'maxOutputLength',
] as const;

const NEW_MODEL_TEXTS = [...WRITABLE_TEXTS, 'modelId', 'apiKey', 'inOut', 'extensions'] as const;

const LIST_PARAMETERS: readonly Parameter[] = [
  { name: 'keyword', in: 'query', type: 'text' },
  { name: 'modelType', in: 'query', type: 'text' },
  { name: 'status', in: 'query', type: 'int32' },
  { name: 'groupBy', in: 'query', type: 'text' },
  { name: 'orderBy', in: 'query', type: 'text' },
  { name: 'orderDirection', in: 'query', type: 'text', oneOf: ['ASC', 'DESC'] },
  { name: 'needTotalCount', in: 'query', type: 'boolean' },
  { name: 'pageIndex', in: 'query', type: 'int32', min: 1 },
  { name: 'pageSize', in: 'query', type: 'int32', min: 1, max: MAX_PAGE_SIZE },
  { name: 'maxResults', in: 'query', type: 'int32', min: 1, max: MAX_PAGE_SIZE },
  { name: 'nextToken', in: 'query', type: 'text', pattern: /^\d{1,9}$/ },
];

function idOf(args: Arguments): bigint {
  return BigInt(args.int64('id') ?? 0);
}

/** An entry as answers show it: whether it has a billing rule follows from the rules, on or off. */
export function answered(store: RouterStore, model: RouterModel) {
  return { ...model, hasBillingRule: store.rulesOf(model.id).length > 0 };
}

/** Two paging styles at once; which wins is not documented, here the page style does. */
function listModels(store: RouterStore, args: Arguments) {
  const matching = store.models.filter((model) => isWanted(model, args));
  const isPageStyle = args.int32('pageIndex') !== undefined || args.int32('pageSize') !== undefined;
  const size = (isPageStyle ? args.int32('pageSize') : args.int32('maxResults')) ?? DEFAULT_PAGE_SIZE;
  const start = isPageStyle
    ? ((args.int32('pageIndex') ?? 1) - 1) * size
    : Number(args.text('nextToken') ?? 0);
  const end = start + size;
  const hasNextToken = !isPageStyle && end < matching.length;
  return {
    maxResults: size,
    data: {
      list: matching.slice(start, end).map((model) => answered(store, model)),
      maxResults: String(size),
      nextToken: hasNextToken ? String(end) : 'None',
      page: Math.floor(start / size) + 1,
      pageSize: size,
      ...(args.flag('needTotalCount') && { total: String(matching.length) }),
    },
  };
}

function isWanted(model: RouterModel, args: Arguments): boolean {
  const keyword = args.text('keyword')?.toLowerCase();
  const modelType = args.text('modelType')?.toLowerCase();
  const status = args.int32('status');
  return (
    (keyword === undefined || `${model.name}\n${model.modelCode}`.toLowerCase().includes(keyword)) &&
    (modelType === undefined || model.modelType.toLowerCase() === modelType) &&
    (status === undefined || deleteTagOf(status) === Math.sign(model.deleteTag))
  );
}

/** The numbers are not documented but for the example 1; here 1 is enabled and anything else is not. */
export function deleteTagOf(status: number): 0 | 1 {
  return status === 1 ? 0 : 1;
}

/** The entry that a create or one item of a batch makes of its texts. */
export function newModel(
  created: string,
  given: { readonly [name in (typeof NEW_MODEL_TEXTS)[number]]?: string },
): Omit<RouterModel, 'id'> {
  const tags = given.tags ?? '';
  return {
    name: given.name ?? '',
    description: given.description ?? '',
    symbol: given.symbol ?? '',
    tags,
    tagNames: tagDisplayNames(tags),
    modelCode: given.modelId ?? '',
    modelType: given.modelType ?? '',
    apiKeyPreview: maskedKey(given.apiKey ?? ''),
    baseUrl: given.baseUrl ?? '',
    maxInputLength: given.maxInputLength ?? '',
    maxOutputLength: given.maxOutputLength ?? '',
    isCustom: true,
    deleteTag: 0,
    gmtCreate: created,
    gmtModified: created,
    version: 0,
    inOut: given.inOut ?? '',
    extensions: given.extensions ?? '',
  };
}

/** A field that was not sent keeps its value, an empty text is a value; neither is documented. */
function updatedModel(model: RouterModel, modified: string, args: Arguments): RouterModel {
  const [modelId, apiKey, tags, status] = [
    args.text('modelId'),
    args.text('apiKey'),
    args.text('tags'),
    args.int32('status'),
  ];
  return {
    ...model,
    ...args.texts(WRITABLE_TEXTS),
    ...(tags !== undefined && { tagNames: tagDisplayNames(tags) }),
    ...(modelId !== undefined && { modelCode: modelId }),
    ...(apiKey !== undefined && { apiKeyPreview: maskedKey(apiKey) }),
    ...(status !== undefined && { deleteTag: deleteTagOf(status) }),
    gmtModified: modified,
    version: model.version + 1,
  };
}

function maskedKey(key: string): string {
  if (key === '') return '';
  return key.length < 12 ? '****' : `${key.slice(0, 4)}****${key.slice(-3)}`;
}
