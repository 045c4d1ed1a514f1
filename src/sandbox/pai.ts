import { ACCOUNT_ID, WORKSPACE_IDS } from './data/account.ts';
import { demoPaiModels } from './data/pai-models.ts';
import { resourceId, timestampWithMs } from './identifiers.ts';
import type { Operation, Setting } from './operation.ts';
import { type Arguments, isObject, type Parameter } from './parameters.ts';
import { invalidParameter, Refusal } from './refusal.ts';

/** A label of a PAI model or version. */
export interface PaiLabel {
  readonly Key: string;
  readonly Value: string;
}

/** A PAI model as it is kept; GetModel shows all but Tags, ListModels shows Tags as well. */
export interface PaiModel {
  readonly ModelId: string;
  readonly ModelName: string;
  readonly ModelDescription?: string;
  readonly ModelDoc?: string;
  readonly ModelType?: string;
  readonly Accessibility: string;
  readonly Domain?: string;
  readonly Task?: string;
  readonly Origin?: string;
  /** Empty for models of the account's own. */
  readonly Provider?: string;
  readonly OrderNumber?: number | bigint;
  /** In millions of parameters. */
  readonly ParameterSize?: number | bigint;
  readonly ExtraInfo?: Readonly<Record<string, unknown>>;
  readonly Labels: readonly PaiLabel[];
  readonly LatestVersion?: Readonly<Record<string, unknown>>;
  readonly WorkspaceId?: string;
  readonly OwnerId: string;
  readonly UserId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
  readonly GmtLatestVersionModifiedTime?: string;
}

const PATH = '/api/v1/models';
const LABEL_LIMIT_BYTES = 128;

/** The operations of the PAI model registry (product aiworkspace, 2021-02-04) over one store of models. */
export function paiOperations(setting: Setting): readonly Operation[] {
  const models: PaiModel[] = setting.data === 'demo' ? demoPaiModels(setting.region) : [];
  let created = 0;

  return [
    {
      action: 'GetModel',
      method: 'GET',
      path: `${PATH}/{ModelId}`,
      parameters: [{ name: 'ModelId', in: 'path', type: 'text', required: true }],
      answer: (args) => ({ ...findModel(models, args.text('ModelId')) }),
    },
    {
      action: 'ListModels',
      method: 'GET',
      path: PATH,
      parameters: LIST_PARAMETERS,
      answer: (args) => listModels(models, args),
    },
    {
      action: 'CreateModel',
      method: 'POST',
      path: PATH,
      parameters: CREATE_PARAMETERS,
      answer: (args) => {
        created += 1;
        const model = newModel(resourceId('model-', `created ${created}`, 18), setting.now(), args);
        models.push(model);
        return { ModelId: model.ModelId };
      },
    },
  ];
}

const LIST_PARAMETERS: readonly Parameter[] = [
  { name: 'ModelName', in: 'query', type: 'text' },
  { name: 'WorkspaceId', in: 'query', type: 'text' },
  { name: 'Domain', in: 'query', type: 'text' },
  { name: 'Task', in: 'query', type: 'text' },
  { name: 'ModelType', in: 'query', type: 'text' },
  { name: 'Origin', in: 'query', type: 'text' },
  { name: 'Provider', in: 'query', type: 'text' },
  { name: 'Label', in: 'query', type: 'text' },
  { name: 'Tag', in: 'query', type: 'json-list' },
  { name: 'Query', in: 'query', type: 'text' },
  { name: 'Collections', in: 'query', type: 'text' },
  { name: 'Conditions', in: 'query', type: 'json-list' },
  { name: 'SortBy', in: 'query', type: 'text', oneOf: ['GmtCreateTime'] },
  { name: 'Order', in: 'query', type: 'text', oneOf: ['ASC', 'DESC'] },
  { name: 'PageNumber', in: 'query', type: 'int32', min: 1 },
  { name: 'PageSize', in: 'query', type: 'int32', min: 1, max: 100 },
];

const CREATE_PARAMETERS: readonly Parameter[] = [
  { name: 'ModelName', in: 'body', type: 'text', required: true, min: 1, max: 127 },
  { name: 'ModelDescription', in: 'body', type: 'text' },
  { name: 'ModelDoc', in: 'body', type: 'text' },
  { name: 'ModelType', in: 'body', type: 'text' },
  { name: 'Accessibility', in: 'body', type: 'text', oneOf: ['PRIVATE', 'PUBLIC'] },
  { name: 'Domain', in: 'body', type: 'text' },
  { name: 'Task', in: 'body', type: 'text' },
  { name: 'Origin', in: 'body', type: 'text' },
  { name: 'OrderNumber', in: 'body', type: 'int64' },
  { name: 'ParameterSize', in: 'body', type: 'int64' },
  { name: 'ExtraInfo', in: 'body', type: 'object' },
  { name: 'Labels', in: 'body', type: 'list' },
  { name: 'Tag', in: 'body', type: 'list' },
  { name: 'WorkspaceId', in: 'body', type: 'text', pattern: /^\d+$/ },
];

function findModel(models: readonly PaiModel[], modelId: string | undefined): PaiModel {
  const model = models.find((candidate) => candidate.ModelId === modelId);
  // The registry's own codes are not documented.
  if (!model) throw new Refusal(404, 'ModelNotFound', `Model ${modelId} does not exist.`);
  return model;
}

function listModels(models: readonly PaiModel[], args: Arguments) {
  const tags = readTags('Tag', args.list('Tag') ?? []);
  const conditions = readConditions(args.list('Conditions') ?? []);
  const direction = args.text('Order') === 'DESC' ? -1 : 1;
  const matching = models
    .filter(
      (model) =>
        isOfProvider(model, args.text('Provider')) &&
        hasFields(model, args) &&
        hasText(model, args) &&
        tags.every((tag) => hasLabel(model, tag)) &&
        conditions.every((condition) => condition(model)),
    )
    .sort((a, b) => direction * (Date.parse(a.GmtCreateTime) - Date.parse(b.GmtCreateTime)));
  const size = args.int32('PageSize') ?? 10;
  const start = ((args.int32('PageNumber') ?? 1) - 1) * size;
  return {
    TotalCount: matching.length,
    Models: matching.slice(start, start + size).map((model) => ({ ...model, Tags: model.Labels })),
  };
}

/** Source: with Provider only that provider's public models are listed, without it the caller's own. */
function isOfProvider(model: PaiModel, provider: string | undefined): boolean {
  if (provider === undefined) return !model.Provider;
  return model.Provider === provider && model.Accessibility === 'PUBLIC';
}

function hasFields(model: PaiModel, args: Arguments): boolean {
  const names = ['WorkspaceId', 'Domain', 'Task', 'ModelType', 'Origin'] as const;
  return names.every((name) => args.text(name) === undefined || args.text(name) === model[name]);
}

/** ModelName is fuzzy here; the documentation does not say. */
function hasText(model: PaiModel, args: Arguments): boolean {
  const labelTexts = model.Labels.flatMap(({ Key, Value }) => [Key, Value]);
  return (
    containsText([model.ModelName], args.text('ModelName')) &&
    containsText(labelTexts, args.text('Label')) &&
    containsText([model.ModelName, model.Domain, model.Task, ...labelTexts], args.text('Query'))
  );
}

function containsText(candidates: readonly (string | undefined)[], wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return candidates.some((candidate) => candidate?.toLowerCase().includes(wanted.toLowerCase()));
}

function hasLabel(model: PaiModel, wanted: PaiLabel): boolean {
  return model.Labels.some(({ Key, Value }) => Key === wanted.Key && Value === wanted.Value);
}

/** Source: ParameterSize with LessThan is the only condition that is documented. */
function readConditions(entries: readonly unknown[]): readonly ((model: PaiModel) => boolean)[] {
  return entries.map((entry) => {
    const limit = isObject(entry) ? Number(entry['Value'] ?? Number.NaN) : Number.NaN;
    const isKnown =
      isObject(entry) && entry['Column'] === 'ParameterSize' && entry['Operator'] === 'LessThan';
    if (!isKnown || Number.isNaN(limit)) {
      throw invalidParameter('Conditions', 'only ParameterSize LessThan a number is known');
    }
    return (model) => model.ParameterSize !== undefined && model.ParameterSize < limit;
  });
}

function readTags(name: 'Tag' | 'Labels', entries: readonly unknown[]): readonly PaiLabel[] {
  return entries.map((entry) => {
    const [key, value] = isObject(entry) ? [entry['Key'], entry['Value']] : [];
    if (typeof key !== 'string' || typeof value !== 'string' || key === '') {
      throw invalidParameter(name, 'each item needs Key and Value');
    }
    for (const text of [key, value]) {
      if (/[=,]/.test(text) || Buffer.byteLength(text) > LABEL_LIMIT_BYTES) {
        throw invalidParameter(name, `up to ${LABEL_LIMIT_BYTES} bytes without "=" and ","`);
      }
    }
    return { Key: key, Value: value };
  });
}

function newModel(id: string, nowMs: number, args: Arguments): PaiModel {
  // Tag replaced the deprecated Labels; which wins is not documented.
  const labels = args.list('Tag')
    ? readTags('Tag', args.list('Tag') ?? [])
    : readTags('Labels', args.list('Labels') ?? []);
  const created = timestampWithMs(nowMs);
  return {
    ModelId: id,
    ModelName: args.text('ModelName') ?? '',
    ModelDescription: args.text('ModelDescription') ?? '',
    ModelDoc: args.text('ModelDoc') ?? '',
    ModelType: args.text('ModelType') ?? '',
    Accessibility: args.text('Accessibility') ?? 'PRIVATE',
    Domain: args.text('Domain') ?? '',
    Task: args.text('Task') ?? '',
    Origin: args.text('Origin') ?? '',
    Provider: '',
    OrderNumber: args.int64('OrderNumber') ?? 0,
    ...optional('ParameterSize', args.int64('ParameterSize')),
    ExtraInfo: args.object('ExtraInfo') ?? {},
    Labels: labels,
    WorkspaceId: existingWorkspace(args.text('WorkspaceId')),
    OwnerId: ACCOUNT_ID,
    UserId: ACCOUNT_ID,
    GmtCreateTime: created,
    GmtModifiedTime: created,
  };
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });
}

/** Source: code 100400008 is what the vendor's own Terraform provider expects for a missing workspace. */
function existingWorkspace(workspaceId: string | undefined): string {
  if (workspaceId === undefined) return WORKSPACE_IDS[0];
  if (!WORKSPACE_IDS.some((id) => id === workspaceId)) {
    throw new Refusal(400, '100400008', `Workspace ${workspaceId} does not exist.`);
  }
  return workspaceId;
}
