import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { type Asked, type Cost, costs } from '../cost/statement.ts';
import type { Model } from '../domain/model.ts';
import type { BATCH_ITEM_STATUSES, BatchItem, BatchItemResult, BatchOutcome } from '../domain/model-batch.ts';
import { MAX_SEARCHES } from '../idempotency/creates.ts';
import { askerOf } from './create-once.ts';
import { asResult, resultType } from './error-types.ts';
import { checkInput, filledText, httpUrl, newKey } from './input.ts';
import { furtherPages } from './list-cost.ts';
import { model, newModel, soughtModel } from './model.ts';
import { tellsCreated } from './mutation-events.ts';

const itemInput = builder.inputType('CreateModelsItemInput', {
  description: 'One of the models that createModels adds.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name for people.' }),
    modelCode: t.string({
      required: true,
      description: 'The identifier callers invoke, e.g. qwen-max. Upstream: modelId.',
    }),
    category: t.string({ required: true, description: 'Kind of model, e.g. Chat. Upstream: modelType.' }),
    description: t.string({ description: 'What the model is for.' }),
    tags: t.stringList({ description: 'Codes of its tags; none may hold a comma.' }),
    maxInputLength: t.string({ description: 'Longest input, e.g. 32K or 8192.' }),
    maxOutputLength: t.string({ description: 'Longest output, e.g. 8K or 2048.' }),
    inOut: t.string({ description: 'Input and output data types.' }),
    extensions: t.field({ type: 'JSON', description: 'Anything else, as JSON.' }),
  }),
});

const createModelsInput = builder.inputType('CreateModelsInput', {
  description: 'Models of one vendor to add to the Model Router by one call.',
  fields: (t) => ({
    apiKey: t.string({
      required: true,
      description: "Key for the vendor's address, for all of them. Kept by the backend, never read back.",
    }),
    vendor: t.string({
      required: true,
      description: 'Vendor symbol of all of them, e.g. qwen. Upstream: symbol.',
    }),
    baseUrl: t.field({
      type: 'URL',
      description:
        "The vendor's address, for all of them; left out, the one the backend knows of the vendor.",
    }),
    models: t.field({
      type: [itemInput],
      required: true,
      description: 'The models, at least one. How many a call may hold is not documented.',
    }),
  }),
});

const modelBatch = z.object({
  apiKey: newKey,
  vendor: filledText,
  baseUrl: httpUrl.optional(),
  models: z
    .array(
      z.preprocess(
        withoutNulls,
        newModel.omit({ vendor: true, apiKey: true, baseUrl: true }).extend({ category: filledText }),
      ),
    )
    .min(1, 'must hold at least one model'),
});

/** In an item, as in the input itself, a null is the same as a field left out. */
function withoutNulls(item: unknown): unknown {
  return Object.fromEntries(Object.entries(item as object).filter(([, value]) => value !== null));
}

const itemStatus = builder.enumType('CreateModelsItemStatus', {
  description: 'What became of one model of a batch.',
  values: {
    CREATED: { description: 'It exists.' },
    FAILED: { description: 'It was not made; upstreamMessage says why.' },
    UNKNOWN: {
      description:
        "The backend's answer does not tell: it names neither a model nor a failure for it, or several different items had this code and name and did not fare alike; createdModels has all that was made. Or the answer did not come, and this model was not found afterwards, or not for certain.",
    },
  } satisfies Record<(typeof BATCH_ITEM_STATUSES)[number], object>,
});

const item = builder.objectRef<BatchItemResult>('CreateModelsItem').implement({
  description:
    'What became of one model of a batch. The backend names its failures by code and name, not by place, and so they are matched; of items that are equal in everything it does not matter which is which.',
  fields: (t) => ({
    index: t.exposeInt('index', { nullable: false, description: 'Place of the model in the input, from 0.' }),
    name: t.string({
      nullable: false,
      description: 'Its name, as sent.',
      resolve: ({ item: sent }) => sent.name,
    }),
    modelCode: t.string({
      nullable: false,
      description: 'Its code, as sent.',
      resolve: ({ item: sent }) => sent.modelCode,
    }),
    status: t.expose('status', { type: itemStatus, nullable: false, description: 'What became of it.' }),
    model: t.expose('model', {
      type: model,
      description:
        'The model, where it was made; null also where several different items of this code and name were made, of which the answer does not tell which is which.',
    }),
    upstreamMessage: t.exposeString('upstreamMessage', {
      description:
        "Why it failed, in the backend's own words, with keys, hosts, URLs and account ids taken out; several reasons where items of the same code and name failed for different ones.",
    }),
  }),
});

const createModelsSuccess = builder
  .objectRef<BatchOutcome & { readonly type: 'CreateModelsSuccess' }>('CreateModelsSuccess')
  .implement({
    description:
      'The backend took the batch: each model succeeded or failed alone, possibly all failed. Or its answer did not come, and at least one of the models was found afterwards.',
    fields: (t) => ({
      results: t.field({
        type: [item],
        nullable: false,
        description: 'One for each model of the input, in the order of the input.',
        resolve: ({ results }) => [...results],
      }),
      createdModels: t.field({
        type: [model],
        nullable: false,
        description: "All models that were made, in the backend's order.",
        resolve: ({ created }) => [...created],
      }),
    }),
  });

interface BatchArgs {
  readonly input: { readonly models: readonly unknown[] };
}

/** Sent once; where nobody knows what it made, each model is looked for, unless they are too many. */
function batchCost({ args }: Asked<BatchArgs>): Cost {
  const count = args.input.models.length;
  const searches = count > MAX_SEARCHES ? 0 : count;
  return { calls: 1 + searches, reserve: [furtherPages('MODEL_ROUTER')], rows: { count, owners: count } };
}

builder.mutationFields((t) => ({
  createModels: t.field({
    type: resultType('CreateModels', createModelsSuccess),
    description:
      'Adds models of one vendor to the Model Router, each of which succeeds or fails alone. It takes no idempotencyKey: what failed in it could not be told again, since of a create only the id of what it made is remembered. Where a failure leaves open what was made, each model is looked for, if they are 50 at most. Upstream: ModelRouterBatchCreateModel, sent once; ModelRouterQueryModelList.',
    args: { input: t.arg({ type: createModelsInput, required: true, description: 'The models.' }) },
    extensions: {
      ...costs(batchCost),
      ...tellsCreated('MODEL_ROUTER', (made: BatchOutcome) => made.created),
    },
    resolve: (_root, { input }, context) =>
      asResult(async () => ({
        type: 'CreateModelsSuccess' as const,
        ...(await create(input, context)),
      })),
  }),
}));

async function create(input: object, context: Context): Promise<BatchOutcome> {
  const batch = checkInput(modelBatch, input);
  const { models, ...common } = batch;
  return context.creates.together(
    {
      source: 'MODEL_ROUTER',
      items: models.map((wanted) => soughtModel({ ...common, ...wanted }, context)),
      send: () => context.sessions.modelRouter.createModels(batch),
      madeBy: ({ created }) => created,
      isOpen: ({ results }, index) => results[index]?.status === 'UNKNOWN',
      fromFound: (found) => ({
        results: models.map((sent, index) => resultOf(index, sent, found[index])),
        created: found.filter((row) => row !== undefined),
      }),
    },
    askerOf(context),
  );
}

function resultOf(index: number, sent: BatchItem, found: Model | undefined): BatchItemResult {
  return { index, item: sent, status: found === undefined ? 'UNKNOWN' : 'CREATED', model: found };
}
