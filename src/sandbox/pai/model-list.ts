import { type Arguments, isObject, type Parameter } from '../parameters.ts';
import { invalidParameter } from '../refusal.ts';
import { containsText, labelsContain, readLabels } from './labels.ts';
import { PAGE_PARAMETERS, pageOf, sortedByTime } from './pages.ts';
import { answeredModel, type PaiEntry, type PaiLabel, type PaiModel } from './store.ts';

export const LIST_PARAMETERS: readonly Parameter[] = [
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
  ...PAGE_PARAMETERS,
];

/** The answer of ListModels. Throws `InvalidParameter` for tags and conditions that cannot be read. */
export function listModels(entries: readonly PaiEntry[], args: Arguments) {
  const tags = readLabels('Tag', args.list('Tag') ?? []);
  const conditions = readConditions(args.list('Conditions') ?? []);
  const matching = entries
    .map(answeredModel)
    .filter(
      (model) =>
        isOfProvider(model, args.text('Provider')) &&
        hasFields(model, args) &&
        hasText(model, args) &&
        tags.every((tag) => hasLabel(model, tag)) &&
        conditions.every((condition) => condition(model)),
    );
  const sorted = sortedByTime(matching, ({ GmtCreateTime }) => GmtCreateTime, args);
  return {
    TotalCount: sorted.length,
    Models: pageOf(sorted, args).map((model) => ({ ...model, Tags: model.Labels })),
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
  const query = args.text('Query');
  return (
    containsText([model.ModelName], args.text('ModelName')) &&
    labelsContain(model.Labels, args.text('Label')) &&
    (containsText([model.ModelName, model.Domain, model.Task], query) || labelsContain(model.Labels, query))
  );
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
