import * as z from 'zod';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { PAI_MODEL_KEY } from '../domain/pai-model.ts';
import {
  type NewPaiModelVersion,
  PAI_MODEL_VERSION_KEY,
  type PaiModelVersion,
} from '../domain/pai-model-version.ts';
import type { Created } from '../idempotency/create.ts';
import { createOnce, IDEMPOTENCY_KEY, searchedBy } from './create-once.ts';
import { type CreateOutcome, createOutcome } from './create-outcome.ts';
import { asResult, resultType } from './error-types.ts';
import { checkInput, checkUpdate, globalIdText } from './input.ts';
import { lazyRow } from './lazy-row.ts';
import { changeCosts, createCosts } from './mutation-cost.ts';
import { tellsCreated, tellsDeleted, tellsUpdated } from './mutation-events.ts';
import { labelKeys, labelsToAdd, paiLabelInput } from './pai-label.ts';
import { paiModelVersion } from './pai-model-version.ts';
import { changedPaiModelVersion, newPaiModelVersion } from './pai-model-version-input.ts';

const SOURCE_REF =
  'What made it: free text for Custom, else region=…,workspaceId=…,kind=PipelineRun or ServiceJob,id=…. Upstream: SourceId.';

const createPaiModelVersionInput = builder.inputType('CreatePaiModelVersionInput', {
  description: 'A version to register.',
  fields: (t) => ({
    modelId: t.id({ required: true, description: 'Global id of the model it is a version of.' }),
    versionName: t.string({
      description:
        'Digits like 0.1.0, or 0.1.0_beta; unique within the model. Left out, the backend counts on: 0.1.0, 0.2.0, ….',
    }),
    uri: t.string({
      required: true,
      description:
        'Where its files lie, for good: an http or https URL, or oss://<bucket>.<endpoint>/<object>.',
    }),
    description: t.string({ description: 'What it is. Upstream: VersionDescription.' }),
    formatType: t.string({
      description:
        'Format of its files, for good: OfflineModel, SavedModel, Keras H5, Frozen Pb, Caffe Prototxt, TorchScript, XGBoost, PMML, AlinkModel or ONNX.',
    }),
    frameworkType: t.string({
      description:
        'What it was made with, for good: Pytorch, XGBoost, Keras, Caffe, Alink, Xflow or TensorFlow.',
    }),
    approvalStatus: t.string({ description: 'Pending, Approved or Rejected.' }),
    sourceType: t.string({ description: 'Custom, PAIFlow or TrainingService. Left out: Custom.' }),
    sourceRef: t.string({ description: SOURCE_REF }),
    labels: t.field({ type: [paiLabelInput], description: 'Its labels.' }),
    metrics: t.field({ type: 'JSON', description: 'How well it does: a JSON object of at most 8192 bytes.' }),
    inferenceSpec: t.field({ type: 'JSON', description: 'How it is deployed: a JSON object.' }),
    trainingSpec: t.field({ type: 'JSON', description: 'How it is trained further: a JSON object.' }),
    extraInfo: t.field({ type: 'JSON', description: 'Anything else: a JSON object.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
});

const updatePaiModelVersionInput = builder.inputType('UpdatePaiModelVersionInput', {
  description: 'What to change of a version. A field left out keeps its value; none can be cleared by null.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the version.' }),
    description: t.string({ description: 'What it is. Upstream: VersionDescription.' }),
    approvalStatus: t.string({ description: 'Pending, Approved or Rejected.' }),
    sourceType: t.string({
      description:
        'Custom, PAIFlow or TrainingService. Whether a change of something else leaves it as it is, is not documented.',
    }),
    sourceRef: t.string({ description: SOURCE_REF }),
    metrics: t.field({ type: 'JSON', description: 'How well it does: a JSON object of at most 8192 bytes.' }),
    inferenceSpec: t.field({ type: 'JSON', description: 'How it is deployed: a JSON object.' }),
    trainingSpec: t.field({ type: 'JSON', description: 'How it is trained further: a JSON object.' }),
    extraInfo: t.field({ type: 'JSON', description: 'Anything else: a JSON object.' }),
    labels: t.field({
      type: [paiLabelInput],
      description:
        'The whole wanted set; what is missing is added before what is surplus is removed. Empty: all are removed.',
    }),
  }),
});

const deletePaiModelVersionInput = builder.inputType('DeletePaiModelVersionInput', {
  description: 'The version to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Global id of the version.' }) }),
});

const addPaiModelVersionLabelsInput = builder.inputType('AddPaiModelVersionLabelsInput', {
  description: 'Labels to set on a version.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the version.' }),
    labels: t.field({
      type: [paiLabelInput],
      required: true,
      description: 'At least one. A key that the version has already gets the value given here.',
    }),
  }),
});

const removePaiModelVersionLabelsInput = builder.inputType('RemovePaiModelVersionLabelsInput', {
  description: 'Labels to take from a version.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the version.' }),
    keys: t.stringList({ required: true, description: 'Keys of its labels, at least one.' }),
  }),
});

const VERSION_FIELD =
  'The version. The backend does not answer it: selecting more than what its id holds reads it, once. Upstream: GetModelVersion.';

const createPaiModelVersionSuccess = builder
  .objectRef<{
    readonly type: 'CreatePaiModelVersionSuccess';
    readonly version: PaiModelVersion;
    readonly outcome: CreateOutcome;
  }>('CreatePaiModelVersionSuccess')
  .implement({
    description: 'The version is registered.',
    fields: (t) => ({
      version: t.expose('version', { type: paiModelVersion, nullable: false, description: VERSION_FIELD }),
      outcome: t.expose('outcome', {
        type: createOutcome,
        nullable: false,
        description: 'What this create did.',
      }),
    }),
  });

function changeSuccess<Name extends string>(name: Name, description: string) {
  return builder.objectRef<{ readonly type: Name; readonly version: PaiModelVersion }>(name).implement({
    description,
    fields: (t) => ({
      version: t.field({
        type: paiModelVersion,
        nullable: false,
        description: VERSION_FIELD,
        resolve: ({ version }) => version,
      }),
    }),
  });
}

const deletePaiModelVersionSuccess = builder
  .objectRef<{ readonly type: 'DeletePaiModelVersionSuccess'; readonly deletedId: string }>(
    'DeletePaiModelVersionSuccess',
  )
  .implement({
    description: 'The version is gone.',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { nullable: false, description: 'Global id it had.' }),
    }),
  });

const onePaiModel = (region: string) =>
  globalIdText(PAI_MODEL_KEY, region).transform(([sourceId = '']) => sourceId);

const oneVersion = (region: string) =>
  globalIdText(PAI_MODEL_VERSION_KEY, region).transform(
    ([modelId = '', versionName = '']) => [modelId, versionName] as const,
  );

builder.mutationFields((t) => ({
  createPaiModelVersion: t.field({
    type: resultType('CreatePaiModelVersion', createPaiModelVersionSuccess),
    description: `Registers a version of a PAI model. Upstream: CreateModelVersion, sent once. ${searchedBy('GetModelVersion, or ListModelVersions where versionName was left out')}`,
    args: { input: t.arg({ type: createPaiModelVersionInput, required: true, description: 'The version.' }) },
    extensions: {
      ...createCosts('PAI'),
      ...tellsCreated('PAI', (made: { readonly version: PaiModelVersion }) => [made.version]),
    },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const { row, outcome } = await create(input, context);
        return { type: 'CreatePaiModelVersionSuccess' as const, version: row, outcome };
      }),
  }),
  updatePaiModelVersion: t.field({
    type: resultType(
      'UpdatePaiModelVersion',
      changeSuccess('UpdatePaiModelVersionSuccess', 'The version is changed.'),
    ),
    description:
      'Changes a version of a PAI model. Upstream: GetModelVersion; then, as far as they are needed, UpdateModelVersion, CreateModelVersionLabels and DeleteModelVersionLabels, each sent once and in this order.',
    args: { input: t.arg({ type: updatePaiModelVersionInput, required: true, description: 'The changes.' }) },
    extensions: { ...changeCosts(5), ...tellsUpdated('PAI') },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const { id, ...change } = checkUpdate(changedPaiModelVersion(oneVersion(context.region)), input);
        const row = await context.sessions.pai.updatePaiModelVersion(...id, change);
        return { type: 'UpdatePaiModelVersionSuccess' as const, version: readOnDemand(row, context) };
      }),
  }),
  deletePaiModelVersion: t.field({
    type: resultType('DeletePaiModelVersion', deletePaiModelVersionSuccess),
    description: 'Deletes a version of a PAI model. Upstream: GetModelVersion, DeleteModelVersion.',
    args: { input: t.arg({ type: deletePaiModelVersionInput, required: true, description: 'The version.' }) },
    extensions: { ...changeCosts(2), ...tellsDeleted('PAI') },
    resolve: (_root, { input }, { sessions, region }) =>
      asResult(async () => {
        const { id } = checkInput(z.object({ id: oneVersion(region) }), input);
        await sessions.pai.deletePaiModelVersion(...id);
        return { type: 'DeletePaiModelVersionSuccess' as const, deletedId: input.id };
      }),
  }),
  addPaiModelVersionLabels: t.field({
    type: resultType(
      'AddPaiModelVersionLabels',
      changeSuccess('AddPaiModelVersionLabelsSuccess', 'The version has the labels.'),
    ),
    description:
      'Sets labels on a version and leaves its others as they are. Upstream: GetModelVersion, and CreateModelVersionLabels for those it does not have yet.',
    args: {
      input: t.arg({ type: addPaiModelVersionLabelsInput, required: true, description: 'The labels.' }),
    },
    extensions: { ...changeCosts(3), ...tellsUpdated('PAI') },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const schema = z.object({ id: oneVersion(context.region), labels: labelsToAdd });
        const { id, labels } = checkInput(schema, input);
        const row = await context.sessions.pai.addPaiModelVersionLabels(...id, labels);
        return { type: 'AddPaiModelVersionLabelsSuccess' as const, version: readOnDemand(row, context) };
      }),
  }),
  removePaiModelVersionLabels: t.field({
    type: resultType(
      'RemovePaiModelVersionLabels',
      changeSuccess('RemovePaiModelVersionLabelsSuccess', 'The version has the labels no more.'),
    ),
    description:
      'Takes labels from a version: all of them, or none where it lacks one, which is GatewayNotFoundError. Upstream: GetModelVersion, DeleteModelVersionLabels.',
    args: {
      input: t.arg({ type: removePaiModelVersionLabelsInput, required: true, description: 'The labels.' }),
    },
    extensions: { ...changeCosts(3), ...tellsUpdated('PAI') },
    resolve: (_root, { input }, context) =>
      asResult(async () => {
        const schema = z.object({ id: oneVersion(context.region), keys: labelKeys });
        const { id, keys } = checkInput(schema, input);
        const row = await context.sessions.pai.removePaiModelVersionLabels(...id, keys);
        return { type: 'RemovePaiModelVersionLabelsSuccess' as const, version: readOnDemand(row, context) };
      }),
  }),
}));

function create(input: object, context: Context): Promise<Created<PaiModelVersion>> {
  const { pai } = context.sessions;
  const checked = checkInput(newPaiModelVersion(onePaiModel(context.region)), input);
  const { idempotencyKey: key, modelId, ...wanted } = checked;
  return createOnce(context, {
    source: 'PAI',
    typeName: 'PaiModelVersion',
    key,
    input: wanted,
    place: [modelId],
    search: pai.searchPaiModelVersion(modelId, wanted),
    givenId: wanted.versionName,
    send: async () => made(modelId, wanted, await pai.createPaiModelVersion(modelId, wanted), context),
    again: (versionName) => made(modelId, wanted, versionName, context),
    idOf: ({ versionName }) => versionName,
  });
}

function made(
  modelId: string,
  wanted: NewPaiModelVersion,
  versionName: string,
  context: Context,
): PaiModelVersion {
  const sent: PaiModelVersion = {
    type: 'PaiModelVersion',
    region: context.region,
    modelSourceId: modelId,
    versionName,
    description: undefined,
    uri: undefined,
    approvalStatus: undefined,
    formatType: undefined,
    frameworkType: undefined,
    sourceType: undefined,
    sourceRef: undefined,
    labels: wanted.labels ?? [],
    metrics: undefined,
    inferenceSpec: undefined,
    trainingSpec: undefined,
    extraInfo: undefined,
    createdAt: undefined,
    updatedAt: undefined,
  };
  return readOnDemand(sent, context);
}

/** A version that was just written: it is read again when more than what its id holds is selected. */
function readOnDemand(sent: PaiModelVersion, { sessions }: Context): PaiModelVersion {
  const told = ['type', 'region', 'modelSourceId', 'versionName'] as const;
  const { modelSourceId, versionName } = sent;
  return lazyRow(sent, told, ['labels'], () => sessions.pai.paiModelVersion(modelSourceId, versionName));
}
