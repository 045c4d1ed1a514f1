import { demoRouterModels, tagDisplayNames } from './data/router-models.ts';
import { timestamp } from './identifiers.ts';
import type { Operation, Setting } from './operation.ts';
import type { Arguments, Parameter } from './parameters.ts';
import { Refusal } from './refusal.ts';

/** A Model Router entry as it goes over the wire; answers may lack any field. */
export interface RouterModel {
  readonly id: bigint;
  readonly name: string;
  readonly description?: string;
  readonly symbol: string;
  /** Codes joined by commas. */
  readonly tags: string;
  /** Display names joined by commas, in the order of `tags`. */
  readonly tagNames: string;
  readonly modelCode: string;
  readonly modelType: string;
  readonly apiKeyPreview: string;
  readonly baseUrl: string;
  /** Free text such as 8192, 32K or 1M. */
  readonly maxInputLength: string;
  readonly maxOutputLength: string;
  readonly isCustom: boolean;
  /** 0 is enabled. */
  readonly deleteTag: number;
  readonly gmtCreate: string;
  readonly gmtModified?: string;
  readonly version: number;
  readonly hasBillingRule: boolean;
  readonly inOut?: string;
  /** JSON text or empty. */
  readonly extensions?: string;
}

const PATH = '/api/v1/modelRouter/open/models';
const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;

/** The operations of Model Router (product aicontent, 20240611) over one store of models. */
export function modelRouterOperations(setting: Setting): readonly Operation[] {
  const models: RouterModel[] = setting.data === 'demo' ? demoRouterModels() : [];
  let lastId = BigInt(models.length);

  return [
    {
      action: 'ModelRouterQueryModel',
      method: 'GET',
      path: `${PATH}/{id}`,
      parameters: [{ name: 'id', in: 'path', type: 'int64', required: true }],
      answer: (args) => ({ data: findModel(models, args) }),
    },
    {
      action: 'ModelRouterQueryModelList',
      method: 'GET',
      path: PATH,
      parameters: LIST_PARAMETERS,
      answer: (args) => listModels(models, args),
    },
    {
      action: 'ModelRouterCreateModel',
      method: 'POST',
      path: PATH,
      parameters: CREATE_PARAMETERS,
      answer: (args) => {
        lastId += 1n;
        const model = newModel(lastId, timestamp(setting.now()), args);
        models.push(model);
        return { data: model };
      },
    },
  ];
}

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

const CREATE_PARAMETERS: readonly Parameter[] = [
  'name',
  'description',
  'symbol',
  'tags',
  'modelId',
  'modelType',
  'apiKey',
  'baseUrl',
  'maxInputLength',
  'maxOutputLength',
  'inOut',
  'extensions',
].map((name) => ({ name, in: 'body', type: 'text' }));

function findModel(models: readonly RouterModel[], args: Arguments): RouterModel {
  const id = BigInt(args.int64('id') ?? 0);
  const model = models.find((candidate) => candidate.id === id);
  // The envelope has a status of its own, so a failure can travel under HTTP 200. The code is not documented.
  if (!model) throw new Refusal(404, 'MODEL_NOT_EXIST', `模型不存在: ${id}`, 200);
  return model;
}

/** Two paging styles at once; which wins is not documented, here the page style does. */
function listModels(models: readonly RouterModel[], args: Arguments) {
  const matching = models.filter((model) => isWanted(model, args));
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
      list: matching.slice(start, end),
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
    // The numbers are not documented but for the example 1; here 1 is enabled and anything else is not.
    (status === undefined || (status === 1) === (model.deleteTag === 0))
  );
}

function newModel(id: bigint, created: string, args: Arguments): RouterModel {
  const tags = args.text('tags') ?? '';
  return {
    id,
    name: args.text('name') ?? '',
    description: args.text('description') ?? '',
    symbol: args.text('symbol') ?? '',
    tags,
    tagNames: tagDisplayNames(tags),
    modelCode: args.text('modelId') ?? '',
    modelType: args.text('modelType') ?? '',
    apiKeyPreview: maskedKey(args.text('apiKey') ?? ''),
    baseUrl: args.text('baseUrl') ?? '',
    maxInputLength: args.text('maxInputLength') ?? '',
    maxOutputLength: args.text('maxOutputLength') ?? '',
    isCustom: true,
    deleteTag: 0,
    gmtCreate: created,
    gmtModified: created,
    version: 0,
    hasBillingRule: false,
    inOut: args.text('inOut') ?? '',
    extensions: args.text('extensions') ?? '',
  };
}

function maskedKey(key: string): string {
  if (key === '') return '';
  return key.length < 12 ? '****' : `${key.slice(0, 4)}****${key.slice(-3)}`;
}
