import { array, type Documentation, object, oneOf, onRequest, rows, values } from '../documented.ts';

const SILENT = values('RequestId');

const LABELS = array(values('Key', 'Value'));

const VERSION = {
  ...values(
    'CompressionSpec',
    'DistillationSpec',
    'EvaluationSpec',
    'ExtraInfo',
    'GmtCreateTime',
    'GmtModifiedTime',
    'InferenceSpec',
    'Metrics',
    'Options',
    'OwnerId',
    'SourceId',
    'TrainingSpec',
    'Uri',
    'UserId',
    'VersionDescription',
    'VersionName',
  ),
  ApprovalStatus: oneOf('Pending', 'Approved', 'Rejected'),
  FormatType: oneOf(
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
  ),
  FrameworkType: oneOf('Pytorch', 'XGBoost', 'Keras', 'Caffe', 'Alink', 'Xflow', 'TensorFlow'),
  SourceType: oneOf('Custom', 'PAIFlow', 'TrainingService'),
  Labels: LABELS,
};

const MODEL = {
  ...values(
    'Domain',
    'ExtraInfo',
    'GmtCreateTime',
    'GmtLatestVersionModifiedTime',
    'GmtModifiedTime',
    'ModelDescription',
    'ModelDoc',
    'ModelId',
    'ModelName',
    'ModelType',
    'OrderNumber',
    'Origin',
    'OwnerId',
    'ParameterSize',
    'Provider',
    'Task',
    'UserId',
    'WorkspaceId',
  ),
  Accessibility: oneOf('PRIVATE', 'PUBLIC'),
  Labels: LABELS,
  LatestVersion: object(VERSION),
};

const WORKSPACE = {
  ...values(
    'AdminNames',
    'Creator',
    'Description',
    'DisplayName',
    'EnvTypes',
    'ExtraInfos',
    'GmtCreateTime',
    'GmtModifiedTime',
    'IsDefault',
    'WorkspaceId',
    'WorkspaceName',
    'resourceGroupId',
  ),
  Status: oneOf('ENABLED', 'INITIALIZING', 'FAILURE', 'DISABLED', 'FROZEN', 'UPDATING'),
};

/** What the registry's answers are documented to hold. Source: version 2021-02-04. */
export const DOCUMENTATION = {
  CreateModel: values('RequestId', 'ModelId'),
  GetModel: { ...SILENT, ...MODEL },
  ListModels: { ...values('RequestId', 'TotalCount'), Models: rows({ ...MODEL, Tags: LABELS }) },
  UpdateModel: SILENT,
  DeleteModel: SILENT,
  CreateModelLabels: SILENT,
  DeleteModelLabels: SILENT,
  CreateModelVersion: values('RequestId', 'VersionName'),
  GetModelVersion: { ...SILENT, ...VERSION },
  ListModelVersions: { ...values('RequestId', 'TotalCount'), Versions: rows(VERSION) },
  UpdateModelVersion: SILENT,
  DeleteModelVersion: SILENT,
  CreateModelVersionLabels: SILENT,
  DeleteModelVersionLabels: SILENT,
  ListWorkspaces: {
    ...values('RequestId', 'TotalCount'),
    ResourceLimits: onRequest,
    Workspaces: rows(WORKSPACE),
  },
} satisfies Documentation;
