import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { costs, type OnceRead } from '../cost/statement.ts';
import type { JsonValue } from '../domain/json-value.ts';
import { MODEL_KEY, type Model, type NewModel } from '../domain/model.ts';
import type { Created, Sought } from '../idempotency/create.ts';
import { registerCatalogPart } from './catalog/source-registry.ts';
import { catalogEntry } from './catalog-entry.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { createOnce, IDEMPOTENCY_KEY, idempotencyKey, searchedBy } from './create-once.ts';
import { type CreateOutcome, createOutcome } from './create-outcome.ts';
import { registerEntity } from './entity.ts';
import { asResult, resultType } from './error-types.ts';
import { chosenId, globalId, orNull } from './ids.ts';
import { checkInput, commaJoinedItem, filledText, httpUrl, newKey } from './input.ts';
import { lazyRow } from './lazy-row.ts';
import { pageCost } from './list-cost.ts';
import { lookupCosts } from './lookup-cost.ts';
import { createCosts } from './mutation-cost.ts';
import { tellsCreated } from './mutation-events.ts';
import { node, registerNode } from './node.ts';
import { readAhead } from './read-ahead.ts';
import { catalogSource } from './source.ts';

/** A model of the Model Router. */
export const model = builder.objectRef<Model>('Model').implement({
  description:
    'A model of the Model Router: what callers of the router invoke. Upstream: ModelRouterQueryModel, ModelRouterQueryModelList.',
  interfaces: [node, catalogEntry],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id.',
      resolve: ({ sourceId }, _args, { region }) => globalId(MODEL_KEY, region, sourceId),
    }),
    source: t.field({
      type: catalogSource,
      nullable: false,
      description: 'Always MODEL_ROUTER.',
      resolve: () => 'MODEL_ROUTER',
    }),
    sourceId: t.exposeID('sourceId', {
      nullable: false,
      description: 'Number of the entry, up to 19 digits. Upstream: id.',
    }),
    name: t.exposeString('name', {
      nullable: false,
      description: 'Name for people; its code or its id where it has none.',
    }),
    description: t.exposeString('description', { description: 'What the model is for.' }),
    vendor: t.exposeString('vendor', { description: 'Vendor symbol, e.g. alibaba. Upstream: symbol.' }),
    category: t.exposeString('category', { description: 'Kind of model, e.g. Chat. Upstream: modelType.' }),
    modelCode: t.exposeString('modelCode', {
      description: 'The identifier callers invoke, e.g. qwen-turbo. Upstream: modelCode, written as modelId.',
    }),
    tags: t.expose('tags', { type: ['String'], nullable: false, description: 'Codes of its tags.' }),
    tagNames: t.expose('tagNames', {
      type: ['String'],
      nullable: false,
      description: 'Display names of its tags. That they pair with tags by position is likely, not promised.',
    }),
    apiKeyPreview: t.exposeString('apiKeyPreview', {
      description: 'First and last characters of its API key only.',
    }),
    baseUrl: t.expose('baseUrl', { type: 'URL', description: "The vendor's address that the router calls." }),
    maxInputLength: t.exposeString('maxInputLength', {
      description: 'Longest input as the backend has it: 32K, 8192.',
    }),
    maxOutputLength: t.exposeString('maxOutputLength', {
      description: 'Longest output as the backend has it: 8K, 2048.',
    }),
    maxInputTokens: t.expose('maxInputTokens', {
      type: 'Long',
      description:
        'Longest input in tokens: 8192 is 8192, 32K is 32768; null where the text is not a length.',
    }),
    maxOutputTokens: t.expose('maxOutputTokens', {
      type: 'Long',
      description: 'Longest output in tokens, read like maxInputTokens.',
    }),
    isCustom: t.exposeBoolean('isCustom', { description: 'Whether the account added it itself.' }),
    isEnabled: t.exposeBoolean('isEnabled', {
      description: 'Upstream deleteTag: 0 is enabled, anything else disabled, absent null.',
    }),
    hasBillingRule: t.exposeBoolean('hasBillingRule', { description: 'Whether a billing rule prices it.' }),
    inOut: t.exposeString('inOut', { description: 'Input and output data types. Upstream: inOut.' }),
    extensions: t.expose('extensions', {
      type: 'JSON',
      description:
        'The JSON text upstream, parsed; null where it is empty; the raw text where it is not JSON.',
    }),
    version: t.exposeInt('version', { description: 'Counts the changes of the entry.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

/** Pages of {@link model}. */
export const modelConnection = connectionType('Model', model, 'models of the Model Router');

/** All of them, read by what needs the whole list: a catalogue, a join. */
export const EVERY_MODEL: OnceRead = { what: 'every model of the Model Router', calls: 1 };

registerCatalogPart({
  source: 'MODEL_ROUTER',
  rows: 'models of the Model Router',
  lists: async ({ sessions }) => [{ key: '', list: sessions.modelRouter.models({}) }],
  keyOf: ({ sourceId }) => sourceId,
  cost: { type: 'Model', lists: 1, once: [], whole: EVERY_MODEL },
});

registerNode(MODEL_KEY, ([id = ''], { sessions }) => sessions.modelRouter.model(id));

registerEntity(model, MODEL_KEY, ['sourceId']);

const modelFilter = builder.inputType('ModelFilter', {
  description: "The Model Router's own filters, passed on as they are.",
  fields: (t) => ({
    keyword: t.string({ description: 'Fuzzy search. Upstream: keyword; what it covers is not documented.' }),
    category: t.string({ description: 'Kind of model, e.g. Chat. Upstream: modelType.' }),
  }),
});

builder.queryFields((t) => ({
  model: t.field({
    type: model,
    description:
      'One model of the Model Router by exactly one of id and sourceId; null where it does not exist. Upstream: ModelRouterQueryModel, once for each distinct model.',
    args: {
      id: t.arg.id({ description: 'Global id.' }),
      sourceId: t.arg.id({ description: "The backend's own id, e.g. 1." }),
    },
    extensions: lookupCosts(MODEL_KEY),
    resolve: (_root, args, { sessions, region }) =>
      orNull(sessions.modelRouter.model(chosenId(MODEL_KEY, args, region))),
  }),
  models: t.field({
    type: modelConnection,
    description:
      "Models of the Model Router, in the backend's own order. Upstream: ModelRouterQueryModelList.",
    args: { ...windowArgs, filter: t.arg({ type: modelFilter, description: 'Which models.' }) },
    extensions: costs<WindowArgs>((asked) => pageCost(asked, { source: 'MODEL_ROUTER' })),
    resolve: (_root, { filter, ...window }, context) => {
      const { sessions } = context;
      const wanted = { keyword: filter?.keyword ?? undefined, category: filter?.category ?? undefined };
      const joins = readAhead('Model.modelServices', wanted, context);
      return connect(['models', wanted], sessions.modelRouter.models(wanted), window, joins);
    },
  }),
}));

const createModelInput = builder.inputType('CreateModelInput', {
  description: 'A model to add to the Model Router.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name for people.' }),
    modelCode: t.string({
      required: true,
      description: 'The identifier callers invoke, e.g. qwen-turbo. Upstream: modelId.',
    }),
    description: t.string({ description: 'What the model is for.' }),
    vendor: t.string({ description: 'Vendor symbol, e.g. alibaba. Upstream: symbol.' }),
    tags: t.stringList({ description: 'Codes of its tags; none may hold a comma.' }),
    category: t.string({ description: 'Kind of model, e.g. Chat. Upstream: modelType.' }),
    apiKey: t.string({ description: "Key for the vendor's address. Kept by the backend, never read back." }),
    baseUrl: t.field({ type: 'URL', description: "The vendor's address." }),
    maxInputLength: t.string({ description: 'Longest input, e.g. 32K or 8192.' }),
    maxOutputLength: t.string({ description: 'Longest output, e.g. 8K or 2048.' }),
    inOut: t.string({ description: 'Input and output data types.' }),
    extensions: t.field({ type: 'JSON', description: 'Anything else, as JSON.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
});

/** What a model can be made of. */
export const newModel = z.object({
  name: filledText,
  modelCode: filledText,
  description: z.string().optional(),
  vendor: filledText.optional(),
  tags: z.array(commaJoinedItem).optional(),
  category: filledText.optional(),
  apiKey: newKey.optional(),
  baseUrl: httpUrl.optional(),
  maxInputLength: filledText.optional(),
  maxOutputLength: filledText.optional(),
  inOut: z.string().optional(),
  extensions: z.custom<JsonValue>().optional(),
});

const keyedModel = newModel.extend({ idempotencyKey });

const createModelSuccess = builder
  .objectRef<{
    readonly type: 'CreateModelSuccess';
    readonly model: Model;
    readonly outcome: CreateOutcome;
  }>('CreateModelSuccess')
  .implement({
    description: 'The model exists.',
    fields: (t) => ({
      model: t.expose('model', {
        type: model,
        nullable: false,
        description:
          'The model, as the backend answered it; where it is REPLAYED, selecting more than its ids reads it, once. Upstream: ModelRouterQueryModel.',
      }),
      outcome: t.expose('outcome', {
        type: createOutcome,
        nullable: false,
        description: 'What this create did.',
      }),
    }),
  });

builder.mutationFields((t) => ({
  createModel: t.field({
    type: resultType('CreateModel', createModelSuccess),
    description: `Adds a model to the Model Router. Upstream: ModelRouterCreateModel, sent once. ${searchedBy('ModelRouterQueryModelList')}`,
    args: { input: t.arg({ type: createModelInput, required: true, description: 'The model.' }) },
    extensions: {
      ...createCosts('MODEL_ROUTER'),
      ...tellsCreated('MODEL_ROUTER', (made: { readonly model: Model }) => [made.model]),
    },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const { row, outcome } = await create(input, context);
        return { type: 'CreateModelSuccess' as const, model: row, outcome };
      }),
  }),
}));

function create(input: object, context: Context): Promise<Created<Model>> {
  const { modelRouter } = context.sessions;
  const { idempotencyKey: key, ...wanted } = checkInput(keyedModel, input);
  return createOnce(context, {
    ...soughtModel(wanted, context),
    source: 'MODEL_ROUTER',
    key,
    send: () => modelRouter.createModel(wanted),
    again: (id) => madeBefore(wanted, id, context),
  });
}

/** A model to be made, as it is looked for. */
export function soughtModel(wanted: NewModel, { sessions }: Context): Sought<Model> {
  return {
    typeName: 'Model',
    input: wanted,
    place: [],
    search: sessions.modelRouter.searchModel(wanted),
    idOf: ({ sourceId }) => sourceId,
  };
}

/** A model that an earlier request made: it is read when more than its ids are selected. */
function madeBefore(wanted: NewModel, sourceId: string, { sessions }: Context): Model {
  const sent: Model = {
    type: 'Model',
    sourceId,
    name: wanted.name,
    description: undefined,
    vendor: undefined,
    category: undefined,
    modelCode: undefined,
    tags: wanted.tags ?? [],
    tagNames: [],
    apiKeyPreview: undefined,
    baseUrl: undefined,
    maxInputLength: undefined,
    maxOutputLength: undefined,
    maxInputTokens: undefined,
    maxOutputTokens: undefined,
    isCustom: undefined,
    isEnabled: undefined,
    hasBillingRule: undefined,
    inOut: undefined,
    extensions: undefined,
    version: undefined,
    createdAt: undefined,
    updatedAt: undefined,
  };
  return lazyRow(sent, ['type', 'sourceId'], ['name', 'tags', 'tagNames'], () =>
    sessions.modelRouter.model(sourceId),
  );
}
