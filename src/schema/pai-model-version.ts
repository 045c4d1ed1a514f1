import { builder } from '../builder.ts';
import { costs } from '../cost/statement.ts';
import {
  PAI_MODEL_VERSION_KEY,
  type PaiModelVersion,
  type PaiModelVersionFilter,
} from '../domain/pai-model-version.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { registerEntity } from './entity.ts';
import { globalId, orNull } from './ids.ts';
import { pageCost } from './list-cost.ts';
import { OWNER_COSTS } from './lookup-cost.ts';
import { node, registerNode } from './node.ts';
import { paiLabel } from './pai-label.ts';
import { paiModel } from './pai-model.ts';

/** A version of a PAI model. */
export const paiModelVersion = builder.objectRef<PaiModelVersion>('PaiModelVersion').implement({
  description: 'A version of a PAI model. Upstream: GetModelVersion, ListModelVersions.',
  interfaces: [node],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id.',
      resolve: ({ region, modelSourceId, versionName }) =>
        globalId(PAI_MODEL_VERSION_KEY, region, modelSourceId, versionName),
    }),
    region: t.exposeString('region', { nullable: false, description: 'The region it is registered in.' }),
    modelSourceId: t.exposeID('modelSourceId', {
      nullable: false,
      description: 'model-… of the model it is a version of.',
    }),
    versionName: t.exposeString('versionName', {
      nullable: false,
      description: 'e.g. 0.1.0; unique within its model only.',
    }),
    description: t.exposeString('description', { description: 'Upstream: VersionDescription.' }),
    uri: t.exposeString('uri', {
      description:
        'Where its files lie, e.g. oss://bucket.endpoint/path/. Leaves without user information, and with the values of its query masked.',
    }),
    approvalStatus: t.exposeString('approvalStatus', { description: 'Pending, Approved or Rejected.' }),
    formatType: t.exposeString('formatType', { description: 'Format of its files, e.g. SavedModel, ONNX.' }),
    frameworkType: t.exposeString('frameworkType', {
      description: 'What it was made with, e.g. Pytorch, TensorFlow.',
    }),
    sourceType: t.exposeString('sourceType', {
      description: 'What kind of thing made it: Custom, PAIFlow or TrainingService.',
    }),
    sourceRef: t.exposeString('sourceRef', {
      description:
        'What made it: free text for Custom, else region=…,workspaceId=…,kind=…,id=…. Upstream: SourceId.',
    }),
    labels: t.expose('labels', {
      type: [paiLabel],
      nullable: false,
      description: 'Its labels.',
    }),
    metrics: t.expose('metrics', { type: 'JSON', description: 'How well it does, as its owner set it.' }),
    inferenceSpec: t.expose('inferenceSpec', { type: 'JSON', description: 'How it is deployed.' }),
    trainingSpec: t.expose('trainingSpec', { type: 'JSON', description: 'How it is trained further.' }),
    extraInfo: t.expose('extraInfo', { type: 'JSON', description: 'Anything else, as its owner set it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Upstream: GmtCreateTime.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'Upstream: GmtModifiedTime.' }),
    model: t.field({
      type: paiModel,
      description:
        'The model it is a version of; null where that is gone. Upstream: GetModel, once for each distinct model.',
      extensions: OWNER_COSTS,
      resolve: ({ modelSourceId }, _args, { sessions }) => orNull(sessions.pai.paiModel(modelSourceId)),
    }),
  }),
});

const paiModelVersionConnection = connectionType(
  'PaiModelVersion',
  paiModelVersion,
  'versions of a PAI model',
);

registerNode(PAI_MODEL_VERSION_KEY, ([modelId = '', versionName = ''], { sessions }) =>
  sessions.pai.paiModelVersion(modelId, versionName),
);

registerEntity(paiModelVersion, PAI_MODEL_VERSION_KEY, ['region', 'modelSourceId', 'versionName']);

const paiModelVersionFilter = builder.inputType('PaiModelVersionFilter', {
  description: "The registry's own filters, passed on as they are.",
  fields: (t) => ({
    approvalStatus: t.string({ description: 'Pending, Approved or Rejected. Upstream: ApprovalStatus.' }),
    formatType: t.string({ description: 'e.g. SavedModel. Upstream: FormatType.' }),
    frameworkType: t.string({ description: 'e.g. TensorFlow. Upstream: FrameworkType.' }),
  }),
});

// Here and not beside the other fields of PaiModel: a version leads back to its model, and one file must come first.
builder.objectFields(paiModel, (t) => ({
  latestVersion: t.expose('latestVersion', {
    type: paiModelVersion,
    description: 'Its latest version, told with the model itself; null where it has none.',
    extensions: costs(({ of }) => ({ rows: { count: of.count, owners: of.count } })),
  }),
  versions: t.field({
    type: paiModelVersionConnection,
    description:
      "Its versions, in the backend's own order. Whether that are those of every sourceType is not documented. Upstream: ListModelVersions.",
    args: {
      ...windowArgs,
      filter: t.arg({ type: paiModelVersionFilter, description: 'Which versions.' }),
    },
    extensions: costs<WindowArgs>((asked) => pageCost(asked, { source: 'PAI' })),
    resolve: ({ sourceId }, { filter, ...window }, { sessions, region }) => {
      const wanted: PaiModelVersionFilter = {
        approvalStatus: filter?.approvalStatus ?? undefined,
        formatType: filter?.formatType ?? undefined,
        frameworkType: filter?.frameworkType ?? undefined,
      };
      const versions = sessions.pai.paiModelVersions(sourceId, wanted);
      return connect(['paiModelVersions', region, sourceId, wanted], versions, window);
    },
  }),
}));
