import { ACCOUNT_ID } from '../data/account.ts';
import { toJson } from '../exact-json.ts';
import { timestampWithMs } from '../identifiers.ts';
import type { Operation, Setting } from '../operation.ts';
import type { Arguments, Parameter } from '../parameters.ts';
import { invalidParameter, Refusal } from '../refusal.ts';
import { containsText, labelsContain, readLabels } from './labels.ts';
import { PAGE_PARAMETERS, pageOf, sortedByTime } from './pages.ts';
import type { PaiStore, PaiVersion } from './store.ts';

const PATH = '/api/v1/models/{ModelId}/versions';

/** Creating, reading, changing and deleting the versions of a model, and their list. */
export function versionOperations(store: PaiStore, setting: Setting): readonly Operation[] {
  return [
    {
      action: 'GetModelVersion',
      method: 'GET',
      path: `${PATH}/{VersionName}`,
      parameters: [MODEL_ID, VERSION_NAME],
      answer: (args) => ({ ...store.version(args.text('ModelId'), args.text('VersionName')) }),
    },
    {
      action: 'ListModelVersions',
      method: 'GET',
      path: PATH,
      parameters: LIST_PARAMETERS,
      answer: (args) => listVersions(store.entry(args.text('ModelId')).versions, args),
    },
    {
      action: 'CreateModelVersion',
      method: 'POST',
      path: PATH,
      parameters: CREATE_PARAMETERS,
      answer: (args) => {
        const { model, versions } = store.entry(args.text('ModelId'));
        const version = newVersion(versions, timestampWithMs(setting.now()), args);
        store.put({ model, versions: [...versions, version] });
        return { VersionName: version.VersionName };
      },
    },
    {
      action: 'UpdateModelVersion',
      method: 'PUT',
      path: `${PATH}/{VersionName}`,
      parameters: [MODEL_ID, VERSION_NAME, ...WRITABLE],
      answer: (args) => {
        const version = store.version(args.text('ModelId'), args.text('VersionName'));
        // What was not sent keeps its value, the source type too; the documentation does not say.
        const updated = { ...version, ...writtenFields(args) };
        checkSource(updated, args);
        const GmtModifiedTime = timestampWithMs(setting.now());
        store.replaceVersion(store.entry(args.text('ModelId')), { ...updated, GmtModifiedTime });
        return {};
      },
    },
    {
      action: 'DeleteModelVersion',
      method: 'DELETE',
      path: `${PATH}/{VersionName}`,
      parameters: [MODEL_ID, VERSION_NAME],
      answer: (args) => {
        const doomed = store.version(args.text('ModelId'), args.text('VersionName'));
        const { model, versions } = store.entry(args.text('ModelId'));
        store.put({ model, versions: versions.filter((version) => version !== doomed) });
        return {};
      },
    },
  ];
}

const MODEL_ID: Parameter = { name: 'ModelId', in: 'path', type: 'text', required: true };
const VERSION_NAME: Parameter = { name: 'VersionName', in: 'path', type: 'text', required: true };

const APPROVALS = ['Pending', 'Approved', 'Rejected'];
const SOURCES = ['Custom', 'PAIFlow', 'TrainingService'];
const FRAMEWORKS = ['Pytorch', 'XGBoost', 'Keras', 'Caffe', 'Alink', 'Xflow', 'TensorFlow'];
const FORMATS = [
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
];
const MAX_METRICS_BYTES = 8192;
/** Source: what SourceId must look like unless the source type is Custom. */
const SOURCE_ID = /^region=[^,]+,workspaceId=[^,]+,kind=[^,]+,id=[^,]+$/;

const LIST_PARAMETERS: readonly Parameter[] = [
  MODEL_ID,
  { name: 'VersionName', in: 'query', type: 'text' },
  { name: 'ApprovalStatus', in: 'query', type: 'text', oneOf: APPROVALS },
  { name: 'FormatType', in: 'query', type: 'text', oneOf: FORMATS },
  { name: 'FrameworkType', in: 'query', type: 'text', oneOf: FRAMEWORKS },
  { name: 'SourceType', in: 'query', type: 'text', oneOf: SOURCES },
  { name: 'SourceId', in: 'query', type: 'text' },
  { name: 'Label', in: 'query', type: 'text' },
  { name: 'SortBy', in: 'query', type: 'text', oneOf: ['GmtCreateTime'] },
  ...PAGE_PARAMETERS,
];

const SPECS = [
  'InferenceSpec',
  'TrainingSpec',
  'EvaluationSpec',
  'CompressionSpec',
  'DistillationSpec',
  'Metrics',
  'ExtraInfo',
] as const;

const WRITABLE: readonly Parameter[] = [
  { name: 'VersionDescription', in: 'body', type: 'text' },
  { name: 'ApprovalStatus', in: 'body', type: 'text', oneOf: APPROVALS },
  { name: 'SourceType', in: 'body', type: 'text', oneOf: SOURCES },
  { name: 'SourceId', in: 'body', type: 'text' },
  { name: 'Options', in: 'body', type: 'text' },
  ...SPECS.map((name): Parameter => ({ name, in: 'body', type: 'object' })),
];

const CREATE_PARAMETERS: readonly Parameter[] = [
  MODEL_ID,
  {
    name: 'Uri',
    in: 'body',
    type: 'text',
    required: true,
    pattern: /^(https?:\/\/[^\s/]+|oss:\/\/[^\s/.]+\.[^\s/]+\/)\S*$/,
  },
  { name: 'VersionName', in: 'body', type: 'text', pattern: /^\d+\.\d+\.\d+(_\w+)?$/ },
  { name: 'FormatType', in: 'body', type: 'text', oneOf: FORMATS },
  { name: 'FrameworkType', in: 'body', type: 'text', oneOf: FRAMEWORKS },
  { name: 'Labels', in: 'body', type: 'list' },
  ...WRITABLE,
];

/** All source types are listed where none is asked for, and VersionName is fuzzy; neither is documented. */
function listVersions(versions: readonly PaiVersion[], args: Arguments) {
  const exact = ['ApprovalStatus', 'FormatType', 'FrameworkType', 'SourceType', 'SourceId'] as const;
  const matching = versions.filter(
    (version) =>
      containsText([version.VersionName], args.text('VersionName')) &&
      exact.every((name) => (args.text(name) ?? version[name]) === version[name]) &&
      labelsContain(version.Labels, args.text('Label')),
  );
  const sorted = sortedByTime(matching, ({ GmtCreateTime }) => GmtCreateTime, args);
  return { TotalCount: sorted.length, Versions: pageOf(sorted, args) };
}

function writtenFields(args: Arguments) {
  return {
    ...args.texts(['VersionDescription', 'ApprovalStatus', 'SourceType', 'SourceId', 'Options']),
    ...args.objects(SPECS),
  };
}

function newVersion(siblings: readonly PaiVersion[], created: string, args: Arguments): PaiVersion {
  const VersionName = args.text('VersionName') ?? nextVersionName(siblings);
  const version: PaiVersion = {
    VersionName,
    VersionDescription: '',
    Uri: args.text('Uri') ?? '',
    ...args.texts(['FormatType', 'FrameworkType']),
    SourceType: 'Custom',
    SourceId: '',
    InferenceSpec: {},
    TrainingSpec: {},
    EvaluationSpec: {},
    CompressionSpec: {},
    DistillationSpec: {},
    Metrics: {},
    ExtraInfo: {},
    Options: '{}',
    ...writtenFields(args),
    Labels: readLabels('Labels', args.list('Labels') ?? []),
    OwnerId: ACCOUNT_ID,
    UserId: ACCOUNT_ID,
    GmtCreateTime: created,
    GmtModifiedTime: created,
  };
  checkSource(version, args);
  // Source: version names are unique within a model. The code is not documented.
  if (siblings.some((sibling) => sibling.VersionName === VersionName)) {
    throw new Refusal(400, 'ModelVersionDuplicate', `Version ${VersionName} exists already.`);
  }
  return version;
}

/** Source: the server picks 0.1.0, then 0.2.0 and so on; here, the minor number after the highest of 0.x. */
function nextVersionName(siblings: readonly PaiVersion[]): string {
  const minors = siblings.map(({ VersionName }) => Number(/^0\.(\d+)\./.exec(VersionName)?.[1] ?? 0));
  return `0.${Math.max(0, ...minors) + 1}.0`;
}

function checkSource({ SourceType, SourceId, Metrics, Options }: PaiVersion, args: Arguments): void {
  const isChanged = args.text('SourceId') !== undefined || args.text('SourceType') !== undefined;
  if (isChanged && SourceType !== 'Custom' && SourceId !== '' && !SOURCE_ID.test(SourceId)) {
    throw invalidParameter('SourceId', 'use region=,workspaceId=,kind=,id=');
  }
  if (Buffer.byteLength(toJson(Metrics)) > MAX_METRICS_BYTES) {
    throw invalidParameter('Metrics', `use up to ${MAX_METRICS_BYTES} bytes`);
  }
  try {
    JSON.parse(Options);
  } catch {
    throw invalidParameter('Options', 'it is not JSON');
  }
}
