import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { costs } from '../cost/statement.ts';
import { ACCESSIBILITIES, type NewPaiModel, PAI_MODEL_KEY, type PaiModel } from '../domain/pai-model.ts';
import type { Created } from '../idempotency/create.ts';
import { registerCatalogPart } from './catalog/source-registry.ts';
import { catalogEntry } from './catalog-entry.ts';
import { orderDirection } from './catalog-order.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { createOnce, IDEMPOTENCY_KEY, idempotencyKey, searchedBy } from './create-once.ts';
import { type CreateOutcome, createOutcome } from './create-outcome.ts';
import { registerEntity } from './entity.ts';
import { asResult, resultType } from './error-types.ts';
import { chosenId, globalId, orNull } from './ids.ts';
import { checkInput, filledText, jsonObject } from './input.ts';
import { lazyRow } from './lazy-row.ts';
import { pageCost } from './list-cost.ts';
import { lookupCosts } from './lookup-cost.ts';
import { createCosts } from './mutation-cost.ts';
import { tellsCreated } from './mutation-events.ts';
import { node, registerNode } from './node.ts';
import { labelList, paiLabel, paiLabelInput } from './pai-label.ts';
import { readAhead } from './read-ahead.ts';
import { catalogSource } from './source.ts';

/** Who may see a PAI model. */
export const accessibility = builder.enumType('Accessibility', {
  description: 'Who may see a PAI model.',
  values: {
    PRIVATE: { description: 'Its owner and the administrators of the workspace.' },
    PUBLIC: { description: 'Everyone in the workspace.' },
  } satisfies Record<(typeof ACCESSIBILITIES)[number], object>,
});

/** A model of the PAI registry. */
export const paiModel = builder.objectRef<PaiModel>('PaiModel').implement({
  description: 'A model of the PAI model registry. Upstream: GetModel, ListModels.',
  interfaces: [node, catalogEntry],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id.',
      resolve: ({ region, sourceId }) => globalId(PAI_MODEL_KEY, region, sourceId),
    }),
    source: t.field({
      type: catalogSource,
      nullable: false,
      description: 'Always PAI.',
      resolve: () => 'PAI',
    }),
    sourceId: t.exposeID('sourceId', {
      nullable: false,
      description: 'model-… of the registry. Upstream: ModelId.',
    }),
    region: t.exposeString('region', { nullable: false, description: 'The region it is registered in.' }),
    name: t.exposeString('name', { nullable: false, description: 'Its name. Upstream: ModelName.' }),
    description: t.exposeString('description', { description: 'Upstream: ModelDescription.' }),
    vendor: t.exposeString('vendor', { description: 'Upstream Provider, else Origin.' }),
    category: t.exposeString('category', { description: 'Upstream ModelType, e.g. Checkpoint, LoRA.' }),
    workspaceId: t.exposeString('workspaceId', { description: 'The workspace it belongs to.' }),
    accessibility: t.expose('accessibility', {
      type: accessibility,
      description: 'Who may see it; null where the backend names a value that is not known.',
    }),
    origin: t.exposeString('origin', { description: 'Where it comes from, e.g. ModelScope.' }),
    provider: t.exposeString('provider', { description: 'Who offers it publicly, e.g. pai.' }),
    domain: t.exposeString('domain', { description: 'Field of use, e.g. nlp, cv.' }),
    task: t.exposeString('task', { description: 'What it does, e.g. text-classification.' }),
    documentation: t.exposeString('documentation', {
      description: 'Address of its documentation, without user information. Upstream: ModelDoc.',
    }),
    orderNumber: t.expose('orderNumber', {
      type: 'Long',
      description: 'Place among others, as its owner set it.',
    }),
    parameterSize: t.expose('parameterSize', { type: 'Long', description: 'In millions of parameters.' }),
    labels: t.expose('labels', {
      type: [paiLabel],
      nullable: false,
      description: 'Its labels. Upstream: Tags, or Labels where there are none.',
    }),
    extraInfo: t.expose('extraInfo', { type: 'JSON', description: 'Anything else, as its owner set it.' }),
    ownerId: t.exposeString('ownerId', { description: 'The account that owns it.' }),
    userId: t.exposeString('userId', { description: 'The user who registered it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Upstream: GmtCreateTime.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'Upstream: GmtModifiedTime.' }),
  }),
});

const paiModelConnection = connectionType('PaiModel', paiModel, 'models of the PAI registry');

registerCatalogPart({
  source: 'PAI',
  rows: 'models of the PAI registry',
  lists: async ({ sessions }) => [{ key: '', list: sessions.pai.paiModels({}, undefined) }],
  byCreation: ({ sessions }, direction) => sessions.pai.paiModels({}, direction),
  keyOf: ({ sourceId }) => sourceId,
  cost: {
    type: 'PaiModel',
    lists: 1,
    once: [],
    whole: { what: 'every model of the PAI registry', calls: 1 },
  },
});

registerNode(PAI_MODEL_KEY, ([id = ''], { sessions }) => sessions.pai.paiModel(id));

registerEntity(paiModel, PAI_MODEL_KEY, ['region', 'sourceId']);

const paiModelFilter = builder.inputType('PaiModelFilter', {
  description: "The registry's own filters, passed on as they are.",
  fields: (t) => ({
    name: t.string({ description: 'Upstream: ModelName; whether it is exact is not documented.' }),
    workspaceId: t.string({ description: 'Upstream: WorkspaceId.' }),
    domain: t.string({ description: 'Upstream: Domain, e.g. nlp.' }),
    task: t.string({ description: 'Upstream: Task, e.g. text-classification.' }),
    category: t.string({ description: 'Upstream: ModelType.' }),
    origin: t.string({ description: 'Upstream: Origin, e.g. ModelScope.' }),
    provider: t.string({
      description: "Upstream: Provider. Given: that provider's public models; left out: the account's own.",
    }),
    label: t.string({
      description: 'key=value (upstream: Tag), or key (upstream: Label, a search in keys and values).',
    }),
  }),
});

const paiModelOrder = builder.inputType('PaiModelOrder', {
  description: 'Order of PAI models.',
  fields: (t) => ({
    field: t.field({
      type: builder.enumType('PaiModelOrderField', {
        description: 'All that the backend sorts by.',
        values: { CREATED_AT: { description: 'When it was registered. Upstream: SortBy=GmtCreateTime.' } },
      }),
      required: true,
      description: 'What to sort by.',
    }),
    direction: t.field({ type: orderDirection, required: true, description: 'Which end comes first.' }),
  }),
});

builder.queryFields((t) => ({
  paiModel: t.field({
    type: paiModel,
    description:
      'One model of the PAI registry by exactly one of id and sourceId; null where it does not exist. Upstream: GetModel, once for each distinct model.',
    args: {
      id: t.arg.id({ description: 'Global id.' }),
      sourceId: t.arg.id({ description: "The backend's own id, model-…." }),
    },
    extensions: lookupCosts(PAI_MODEL_KEY),
    resolve: (_root, args, { sessions, region }) =>
      orNull(sessions.pai.paiModel(chosenId(PAI_MODEL_KEY, args, region))),
  }),
  paiModels: t.field({
    type: paiModelConnection,
    description: 'Models of the PAI registry in the configured region. Upstream: ListModels.',
    args: {
      ...windowArgs,
      filter: t.arg({ type: paiModelFilter, description: 'Which models.' }),
      orderBy: t.arg({
        type: paiModelOrder,
        description: "Their order; the backend's own where it is left out.",
      }),
    },
    extensions: costs<WindowArgs>((asked) => pageCost(asked, { source: 'PAI' })),
    resolve: (_root, { filter, orderBy, ...window }, context) => {
      const { sessions, region } = context;
      const wanted = Object.fromEntries(
        Object.entries(filter ?? {}).filter(([, value]) => value !== null && value !== undefined),
      );
      const order = orderBy?.direction;
      const joins = readAhead('PaiModel.models', wanted, context);
      const list = sessions.pai.paiModels(wanted, order);
      return connect(['paiModels', region, wanted, order], list, window, joins);
    },
  }),
}));

const createPaiModelInput = builder.inputType('CreatePaiModelInput', {
  description: 'A model to register.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 127 characters.' }),
    description: t.string({ description: 'What it is.' }),
    workspaceId: t.string({
      description:
        'The workspace to register it in, for good. Left out, the backend chooses, likely the default one.',
    }),
    accessibility: t.field({ type: accessibility, description: 'Who may see it. Left out: PRIVATE.' }),
    origin: t.string({ description: 'Where it comes from, e.g. ModelScope.' }),
    domain: t.string({ description: 'Field of use, e.g. nlp, cv.' }),
    task: t.string({ description: 'What it does, e.g. text-classification.' }),
    documentation: t.string({ description: 'Address of its documentation.' }),
    orderNumber: t.field({ type: 'Long', description: 'Place among others.' }),
    category: t.string({ description: 'e.g. Checkpoint, LoRA. Upstream: ModelType.' }),
    extraInfo: t.field({ type: 'JSON', description: 'Anything else: a JSON object.' }),
    parameterSize: t.field({ type: 'Long', description: 'In millions of parameters.' }),
    labels: t.field({ type: [paiLabelInput], description: 'Its labels.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
});

const MAX_NAME_LENGTH = 127;
/** What a create and an update have in common, as zod judges it. */
export const paiModelFields = {
  description: z.string().optional(),
  accessibility: z.enum(ACCESSIBILITIES).optional(),
  origin: z.string().optional(),
  domain: z.string().optional(),
  task: z.string().optional(),
  documentation: z.string().optional(),
  orderNumber: z.number().optional(),
  category: z.string().optional(),
  extraInfo: jsonObject.optional(),
  parameterSize: z.number().min(0, 'must not be negative').optional(),
  labels: labelList.optional(),
};

/** Source: 1 to 127 characters. */
export const paiModelName = filledText.refine(
  (text) => [...text].length <= MAX_NAME_LENGTH,
  `must have at most ${MAX_NAME_LENGTH} characters`,
);

const newPaiModel = z.object({
  ...paiModelFields,
  name: paiModelName,
  workspaceId: filledText.optional(),
  idempotencyKey,
});

const createPaiModelSuccess = builder
  .objectRef<{
    readonly type: 'CreatePaiModelSuccess';
    readonly paiModel: PaiModel;
    readonly outcome: CreateOutcome;
  }>('CreatePaiModelSuccess')
  .implement({
    description: 'The model is registered.',
    fields: (t) => ({
      paiModel: t.expose('paiModel', {
        type: paiModel,
        nullable: false,
        description:
          'The model. The backend answers its id only: selecting more than ids and region reads it, once. Upstream: GetModel.',
      }),
      outcome: t.expose('outcome', {
        type: createOutcome,
        nullable: false,
        description: 'What this create did.',
      }),
    }),
  });

builder.mutationFields((t) => ({
  createPaiModel: t.field({
    type: resultType('CreatePaiModel', createPaiModelSuccess),
    description: `Registers a model in the PAI registry. Upstream: CreateModel, sent once. ${searchedBy('ListModels')}`,
    args: { input: t.arg({ type: createPaiModelInput, required: true, description: 'The model.' }) },
    extensions: {
      ...createCosts('PAI'),
      ...tellsCreated('PAI', (made: { readonly paiModel: PaiModel }) => [made.paiModel]),
    },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const { row, outcome } = await create(input, context);
        return { type: 'CreatePaiModelSuccess' as const, paiModel: row, outcome };
      }),
  }),
}));

function create(input: object, context: Context): Promise<Created<PaiModel>> {
  const { pai } = context.sessions;
  const { idempotencyKey: key, ...wanted } = checkInput(newPaiModel, input);
  return createOnce(context, {
    source: 'PAI',
    typeName: 'PaiModel',
    key,
    input: wanted,
    place: [],
    search: pai.searchPaiModel(wanted),
    send: async () => made(wanted, await pai.createPaiModel(wanted), context),
    again: (id) => made(wanted, id, context),
    idOf: ({ sourceId }) => sourceId,
  });
}

function made(wanted: NewPaiModel, sourceId: string, context: Context): PaiModel {
  const sent: PaiModel = {
    type: 'PaiModel',
    sourceId,
    region: context.region,
    name: wanted.name,
    description: undefined,
    vendor: undefined,
    category: undefined,
    workspaceId: undefined,
    accessibility: undefined,
    origin: undefined,
    provider: undefined,
    domain: undefined,
    task: undefined,
    documentation: undefined,
    orderNumber: undefined,
    parameterSize: undefined,
    labels: wanted.labels ?? [],
    extraInfo: undefined,
    ownerId: undefined,
    userId: undefined,
    createdAt: undefined,
    updatedAt: undefined,
    latestVersion: undefined,
  };
  return readOnDemand(sent, context);
}

/** A model that was just written: it is read again when more than its ids and region are selected. */
export function readOnDemand(sent: PaiModel, { sessions }: Context): PaiModel {
  const told = ['type', 'sourceId', 'region'] as const;
  return lazyRow(sent, told, ['name', 'labels'], () => sessions.pai.paiModel(sent.sourceId));
}
