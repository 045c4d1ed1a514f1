import * as z from 'zod';
import { isMaskedUrl, maskUrl } from '../domain/secret-text.ts';
import { idempotencyKey } from './create-once.ts';
import { jsonObject } from './input.ts';
import { labelList } from './pai-label.ts';

/** One of the values that the vendor documents for a field. */
function oneOf(values: readonly string[]) {
  return z.string().refine((text) => values.includes(text), `must be one of ${values.join(', ')}`);
}

const MAX_METRICS_BYTES = 8192;

/** Source: at most 8192 bytes once serialised. */
const metrics = jsonObject.refine(
  (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_METRICS_BYTES,
  `must have at most ${MAX_METRICS_BYTES} bytes as JSON`,
);

/** Source: an http(s) URL, or oss://<bucket>.<endpoint>/<object>. */
const STORAGE_URL = /^(https?:\/\/|oss:\/\/[^./?#@\s]+\.[^/?#@\s]+\/)/i;

const storageUrl = z
  .string()
  .refine(
    (text) => STORAGE_URL.test(text) && maskUrl(text, ['http', 'https', 'oss']) !== undefined,
    'must be an http or https URL, or oss://<bucket>.<endpoint>/<object>',
  )
  .refine((text) => !isMaskedUrl(text), 'is masked: give it whole');

/** Source: the form of `SourceId` for every source type but Custom. */
const JOB_REF = /^region=[^,]+,workspaceId=[^,]+,kind=(PipelineRun|ServiceJob),id=[^,]+$/;
const JOB_SOURCES: readonly unknown[] = ['PAIFlow', 'TrainingService'];

interface SourceFields {
  readonly sourceType?: string | undefined;
  readonly sourceRef?: string | undefined;
}

/** Judged beside the fields' own faults, so that all come at once. */
function withFittingSource<Shape extends z.ZodObject>(schema: Shape) {
  return schema.refine(
    (value) => {
      const { sourceType, sourceRef } = value as SourceFields;
      return sourceRef === undefined || !JOB_SOURCES.includes(sourceType) || JOB_REF.test(sourceRef);
    },
    {
      path: ['sourceRef'],
      message: 'must be region=<r>,workspaceId=<w>,kind=<PipelineRun|ServiceJob>,id=<id> for this sourceType',
      when: () => true,
    },
  );
}

const changeable = {
  description: z.string().optional(),
  approvalStatus: oneOf(['Pending', 'Approved', 'Rejected']).optional(),
  sourceType: oneOf(['Custom', 'PAIFlow', 'TrainingService']).optional(),
  sourceRef: z.string().optional(),
  metrics: metrics.optional(),
  inferenceSpec: jsonObject.optional(),
  trainingSpec: jsonObject.optional(),
  extraInfo: jsonObject.optional(),
  labels: labelList.optional(),
};

/** A version to be made, without the model it belongs to. */
const creatable = {
  ...changeable,
  versionName: z
    .string()
    .refine((text) => /^\d+\.\d+\.\d+(_\w+)?$/.test(text), 'must be like 0.1.0 or 0.1.0_beta')
    .optional(),
  uri: storageUrl,
  formatType: oneOf([
    'OfflineModel',
    'SavedModel',
    'Keras H5',
    'Frozen Pb',
    'Caffe Prototxt',
    'TorchScript',
    'XGBoost',
    'PMML',
    'AlinkModel',
    'ONNX',
  ]).optional(),
  frameworkType: oneOf(['Pytorch', 'XGBoost', 'Keras', 'Caffe', 'Alink', 'Xflow', 'TensorFlow']).optional(),
};

/** The input of a create; `modelId` is the key of its model. */
export function newPaiModelVersion<ModelId extends z.ZodType>(modelId: ModelId) {
  return withFittingSource(z.object({ ...creatable, modelId, idempotencyKey }));
}

/** The input of an update; `id` is the key of the version. */
export function changedPaiModelVersion<Id extends z.ZodType>(id: Id) {
  return withFittingSource(z.object({ ...changeable, id }));
}
