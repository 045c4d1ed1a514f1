import { resourceId, timestamp, timestampWithMs } from '../identifiers.ts';
import type { PaiLabel, PaiModel } from '../pai.ts';
import { ACCOUNT_ID } from './account.ts';
import { GALLERY_MODELS, OWN_MODELS } from './pai-own-models.ts';
import { readTable } from './table.ts';

const COLUMNS = [
  'name',
  'domain',
  'task',
  'type',
  'origin',
  'size',
  'workspace',
  'labels',
  'framework',
  'format',
  'description',
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

const FIRST_CREATED_MS = Date.parse('2024-03-04T01:12:33.028Z');
const STEP_MS = 9 * 24 * 60 * 60 * 1000 + 3_725_411;
const HOUR_MS = 60 * 60 * 1000;
const GALLERY_OWNER = '1000000000000001';

/** The demo registry: the account's own models, then the public ones of the provider `pai`. */
export function demoPaiModels(region: string): PaiModel[] {
  const own = readTable(COLUMNS, OWN_MODELS).map((row, index) => odd(ownModel(region, row, index), index));
  const gallery = readTable(COLUMNS, GALLERY_MODELS).map((row, index) => galleryModel(region, row, index));
  return [...own, ...gallery];
}

function ownModel(region: string, row: Row, index: number): PaiModel {
  return {
    ...modelOf(region, row, index, ACCOUNT_ID),
    Accessibility: index % 4 === 1 ? 'PUBLIC' : 'PRIVATE',
    Provider: '',
    OrderNumber: 0,
    ExtraInfo: {},
    WorkspaceId: row.workspace,
  };
}

function galleryModel(region: string, row: Row, index: number): PaiModel {
  return {
    ...modelOf(region, row, index + 1000, GALLERY_OWNER),
    ModelId: resourceId('model-', `gallery ${row.name}`, 18),
    ModelDoc: `https://pai-quickstart.example.com/docs/${encodeURIComponent(row.name)}.md`,
    Accessibility: 'PUBLIC',
    Provider: 'pai',
    OrderNumber: 100 + index,
    ExtraInfo: {
      Rating: 4.94 - index / 100,
      DownloadCount: 606_056 - index * 21_013,
      CommentCount: 754 - index,
    },
    ...(index % 3 === 0 && { Labels: [{ Key: 'root_model_name', Value: row.name.toLowerCase() }] }),
  };
}

/** What own and public models share; a row with a framework has a version. */
function modelOf(region: string, row: Row, index: number, ownerId: string) {
  const createdMs = FIRST_CREATED_MS + (index % 1000) * STEP_MS;
  const modifiedMs = createdMs + (index % 5) * HOUR_MS;
  // Times come with and without milliseconds, both are documented.
  const print = index % 3 === 2 ? timestamp : timestampWithMs;
  return {
    ModelId: resourceId('model-', `${row.name} ${row.workspace}`, 18),
    ModelName: row.name,
    ModelDescription: row.description,
    ModelDoc: '',
    ModelType: row.type,
    Domain: row.domain,
    Task: row.task,
    Origin: row.origin,
    ParameterSize: Number(row.size),
    Labels: labelsOf(row.labels),
    OwnerId: ownerId,
    UserId: ownerId,
    GmtCreateTime: print(createdMs),
    GmtModifiedTime: print(modifiedMs),
    ...(row.framework !== '' && {
      LatestVersion: versionOf(region, row, index, ownerId, print(modifiedMs)),
      GmtLatestVersionModifiedTime: print(modifiedMs),
    }),
  };
}

function labelsOf(text: string): readonly PaiLabel[] {
  return text
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [key = '', value = ''] = pair.split('=');
      return { Key: key, Value: value };
    });
}

function versionOf(region: string, row: Row, index: number, ownerId: string, time: string) {
  const approvals = ['Approved', 'Pending', 'Approved', 'Rejected'];
  const isTrainedHere = row.origin === 'Custom';
  return {
    VersionName: `0.${1 + (index % 4)}.0`,
    VersionDescription: row.description,
    Uri: `oss://demo-models.oss-${region}.aliyuncs.com/${encodeURIComponent(row.name)}/0.${1 + (index % 4)}.0/`,
    ApprovalStatus: approvals[index % approvals.length],
    FormatType: row.format,
    FrameworkType: row.framework,
    SourceType: isTrainedHere ? 'TrainingService' : 'Custom',
    SourceId: isTrainedHere
      ? `region=${region},workspaceId=${row.workspace},kind=TrainingJob,id=train${index}`
      : '',
    InferenceSpec: row.framework === 'TensorFlow' ? { processor: 'tensorflow_gpu_1.12' } : {},
    TrainingSpec: isTrainedHere ? { HyperParameters: { learning_rate: '5e-5', epochs: '3' } } : {},
    EvaluationSpec: {},
    CompressionSpec: {},
    DistillationSpec: {},
    Metrics: isTrainedHere
      ? {
          Results: [
            { Dataset: { DatasetId: `d-demo${index}` }, Metrics: { accuracy: 0.9 + (index % 9) / 100 } },
          ],
        }
      : {},
    ExtraInfo: {},
    Options: '{}',
    Labels: isTrainedHere ? [{ Key: 'stage', Value: 'trained' }] : [],
    OwnerId: ownerId,
    UserId: ownerId,
    GmtCreateTime: time,
    GmtModifiedTime: time,
  };
}

/** A few rows that a caller must survive: empty texts, fields left out. */
function odd(model: PaiModel, index: number): PaiModel {
  if (index === 9) {
    const { Provider, ModelDoc, ExtraInfo, OrderNumber, ParameterSize, ...rest } = model;
    return rest;
  }
  return index === 27 ? { ...model, ModelDescription: '', Origin: '', Domain: '' } : model;
}
