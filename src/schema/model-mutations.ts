import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { MODEL_KEY, type Model } from '../domain/model.ts';
import { deletion } from './deletion.ts';
import { asResult, resultType } from './error-types.ts';
import { checkUpdate, globalIdText } from './input.ts';
import { model, newModel } from './model.ts';
import { changeCosts } from './mutation-cost.ts';
import { tellsDeleted, tellsUpdated } from './mutation-events.ts';

const updateModelInput = builder.inputType('UpdateModelInput', {
  description:
    'Changes of a model. A field left out keeps its value; none can be cleared. inOut and extensions cannot change.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id.' }),
    name: t.string({ description: 'Name for people.' }),
    modelCode: t.string({
      description: 'The identifier callers invoke, e.g. qwen-turbo. Upstream: modelId.',
    }),
    description: t.string({ description: 'What the model is for.' }),
    vendor: t.string({ description: 'Vendor symbol, e.g. alibaba. Upstream: symbol.' }),
    tags: t.stringList({ description: 'Codes of all its tags; none may hold a comma.' }),
    category: t.string({ description: 'Kind of model, e.g. Chat. Upstream: modelType.' }),
    apiKey: t.string({ description: "Key for the vendor's address. Kept by the backend, never read back." }),
    baseUrl: t.field({ type: 'URL', description: "The vendor's address, whole: a masked one is refused." }),
    maxInputLength: t.string({ description: 'Longest input, e.g. 32K or 8192.' }),
    maxOutputLength: t.string({ description: 'Longest output, e.g. 8K or 2048.' }),
    status: t.int({
      description:
        'Turns the model on or off. What the numbers mean is not documented (the example is 1); isEnabled tells what came of it. Upstream: status.',
    }),
  }),
});

const modelChange = (region: string) =>
  newModel
    .omit({ inOut: true, extensions: true })
    .partial()
    .extend({ id: globalIdText(MODEL_KEY, region), status: z.number().optional() });

const updateModelSuccess = builder
  .objectRef<{ readonly type: 'UpdateModelSuccess'; readonly model: Model }>('UpdateModelSuccess')
  .implement({
    description: 'The model is changed.',
    fields: (t) => ({
      model: t.expose('model', {
        type: model,
        nullable: false,
        description: 'The whole model, as the backend answered it.',
      }),
    }),
  });

const deleteModel = deletion(MODEL_KEY, 'model');

builder.mutationFields((t) => ({
  updateModel: t.field({
    type: resultType('UpdateModel', updateModelSuccess),
    description:
      'Changes a model of the Model Router; only the fields given are sent. Upstream: ModelRouterUpdateModel.',
    args: { input: t.arg({ type: updateModelInput, required: true, description: 'The changes.' }) },
    extensions: { ...changeCosts(1), ...tellsUpdated('MODEL_ROUTER') },
    resolve: (_root, { input }, context) =>
      asResult(async () => ({
        type: 'UpdateModelSuccess' as const,
        model: await update(input, context),
      })),
  }),
  deleteModel: t.field({
    type: deleteModel.result,
    description: 'Deletes a model of the Model Router. Upstream: ModelRouterDeleteModel.',
    args: { input: t.arg({ type: deleteModel.input, required: true, description: 'The model.' }) },
    extensions: { ...changeCosts(1), ...tellsDeleted('MODEL_ROUTER') },
    resolve: (_root, { input }, { sessions, region }) =>
      deleteModel.run(input, region, ([id = '']) => sessions.modelRouter.deleteModel(id)),
  }),
}));

async function update(input: { readonly id: string }, { sessions, region }: Context): Promise<Model> {
  const { id, ...change } = checkUpdate(modelChange(region), input);
  return sessions.modelRouter.updateModel(id[0] ?? '', change);
}
