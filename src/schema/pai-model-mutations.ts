import * as z from 'zod';
import { builder } from '../builder.ts';
import { PAI_MODEL_KEY, type PaiModel } from '../domain/pai-model.ts';
import { asResult, resultType } from './error-types.ts';
import { checkInput, checkUpdate, globalIdText } from './input.ts';
import { changeCosts } from './mutation-cost.ts';
import { tellsDeleted, tellsUpdated } from './mutation-events.ts';
import { labelKeys, labelsToAdd, paiLabelInput } from './pai-label.ts';
import { accessibility, paiModel, paiModelFields, paiModelName, readOnDemand } from './pai-model.ts';

const updatePaiModelInput = builder.inputType('UpdatePaiModelInput', {
  description: 'What to change of a model. A field left out keeps its value; none can be cleared by null.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the model.' }),
    name: t.string({ description: '1 to 127 characters.' }),
    description: t.string({ description: 'What it is.' }),
    accessibility: t.field({ type: accessibility, description: 'Who may see it.' }),
    origin: t.string({ description: 'Where it comes from, e.g. ModelScope.' }),
    domain: t.string({ description: 'Field of use, e.g. nlp, cv.' }),
    task: t.string({ description: 'What it does, e.g. text-classification.' }),
    documentation: t.string({ description: 'Address of its documentation.' }),
    orderNumber: t.field({ type: 'Long', description: 'Place among others.' }),
    category: t.string({ description: 'e.g. Checkpoint, LoRA. Upstream: ModelType.' }),
    extraInfo: t.field({ type: 'JSON', description: 'Anything else: a JSON object.' }),
    parameterSize: t.field({ type: 'Long', description: 'In millions of parameters.' }),
    labels: t.field({
      type: [paiLabelInput],
      description:
        'The whole wanted set; what is missing is added before what is surplus is removed. Empty: all are removed.',
    }),
  }),
});

const deletePaiModelInput = builder.inputType('DeletePaiModelInput', {
  description: 'The model to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Global id of the model.' }) }),
});

const addPaiModelLabelsInput = builder.inputType('AddPaiModelLabelsInput', {
  description: 'Labels to set on a model.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the model.' }),
    labels: t.field({
      type: [paiLabelInput],
      required: true,
      description: 'At least one. A key that the model has already gets the value given here.',
    }),
  }),
});

const removePaiModelLabelsInput = builder.inputType('RemovePaiModelLabelsInput', {
  description: 'Labels to take from a model.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the model.' }),
    keys: t.stringList({ required: true, description: 'Keys of its labels, at least one.' }),
  }),
});

/** Declares the success type of a change; more than ids and region of its model is read when it is selected. */
function changeSuccess<Name extends string>(name: Name, description: string) {
  return builder.objectRef<{ readonly type: Name; readonly paiModel: PaiModel }>(name).implement({
    description,
    fields: (t) => ({
      paiModel: t.field({
        type: paiModel,
        nullable: false,
        description:
          'The model after the change. The backend does not answer it: selecting more than ids and region reads it, once. Upstream: GetModel.',
        resolve: ({ paiModel: row }) => row,
      }),
    }),
  });
}

const deletePaiModelSuccess = builder
  .objectRef<{ readonly type: 'DeletePaiModelSuccess'; readonly deletedId: string }>('DeletePaiModelSuccess')
  .implement({
    description: 'The model is gone.',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { nullable: false, description: 'Global id it had.' }),
    }),
  });

const onePaiModel = (region: string) =>
  globalIdText(PAI_MODEL_KEY, region).transform(([sourceId = '']) => sourceId);

builder.mutationFields((t) => ({
  updatePaiModel: t.field({
    type: resultType('UpdatePaiModel', changeSuccess('UpdatePaiModelSuccess', 'The model is changed.')),
    description:
      'Changes a model of the PAI registry. Upstream: GetModel; then, as far as they are needed, UpdateModel, CreateModelLabels and DeleteModelLabels, each sent once and in this order.',
    args: { input: t.arg({ type: updatePaiModelInput, required: true, description: 'The changes.' }) },
    extensions: { ...changeCosts(5), ...tellsUpdated('PAI') },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const schema = z.object({
          ...paiModelFields,
          id: onePaiModel(context.region),
          name: paiModelName.optional(),
        });
        const { id, ...change } = checkUpdate(schema, input);
        const row = await context.sessions.pai.updatePaiModel(id, change);
        return { type: 'UpdatePaiModelSuccess' as const, paiModel: readOnDemand(row, context) };
      }),
  }),
  deletePaiModel: t.field({
    type: resultType('DeletePaiModel', deletePaiModelSuccess),
    description:
      'Deletes a model of the PAI registry. What becomes of its versions is not documented. Upstream: GetModel, DeleteModel.',
    args: { input: t.arg({ type: deletePaiModelInput, required: true, description: 'The model.' }) },
    extensions: { ...changeCosts(2), ...tellsDeleted('PAI') },
    resolve: (_root, { input }, { sessions, region }) =>
      asResult(async () => {
        const { id } = checkInput(z.object({ id: onePaiModel(region) }), input);
        await sessions.pai.deletePaiModel(id);
        return { type: 'DeletePaiModelSuccess' as const, deletedId: input.id };
      }),
  }),
  addPaiModelLabels: t.field({
    type: resultType(
      'AddPaiModelLabels',
      changeSuccess('AddPaiModelLabelsSuccess', 'The model has the labels.'),
    ),
    description:
      'Sets labels on a model and leaves its others as they are. Upstream: GetModel, and CreateModelLabels for those it does not have yet.',
    args: { input: t.arg({ type: addPaiModelLabelsInput, required: true, description: 'The labels.' }) },
    extensions: { ...changeCosts(3), ...tellsUpdated('PAI') },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const schema = z.object({ id: onePaiModel(context.region), labels: labelsToAdd });
        const { id, labels } = checkInput(schema, input);
        const row = await context.sessions.pai.addPaiModelLabels(id, labels);
        return { type: 'AddPaiModelLabelsSuccess' as const, paiModel: readOnDemand(row, context) };
      }),
  }),
  removePaiModelLabels: t.field({
    type: resultType(
      'RemovePaiModelLabels',
      changeSuccess('RemovePaiModelLabelsSuccess', 'The model has the labels no more.'),
    ),
    description:
      'Takes labels from a model: all of them, or none where it lacks one, which is GatewayNotFoundError. Upstream: GetModel, DeleteModelLabels.',
    args: { input: t.arg({ type: removePaiModelLabelsInput, required: true, description: 'The labels.' }) },
    extensions: { ...changeCosts(3), ...tellsUpdated('PAI') },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const schema = z.object({ id: onePaiModel(context.region), keys: labelKeys });
        const { id, keys } = checkInput(schema, input);
        const row = await context.sessions.pai.removePaiModelLabels(id, keys);
        return { type: 'RemovePaiModelLabelsSuccess' as const, paiModel: readOnDemand(row, context) };
      }),
  }),
}));
