import { timestamp, timestampWithMs } from '../identifiers.ts';
import type { PaiModel, PaiVersion } from '../pai/store.ts';
import type { PaiRow } from './pai-models.ts';

/** The model whose versions need several pages. */
const MANY_VERSIONS = { name: '评论情感分析', patchesPerMinor: 17 };
const APPROVALS = ['Approved', 'Pending', 'Approved', 'Rejected'];

/** One to four versions of a model, spread from its creation to its last change; 35 of one model. */
export function demoVersions(region: string, row: PaiRow, index: number, model: PaiModel): PaiVersion[] {
  const names = versionNames(row, index);
  const createdMs = Date.parse(model.GmtCreateTime);
  const stepMs = (Date.parse(model.GmtModifiedTime) - createdMs) / Math.max(1, names.length - 1);
  const print = model.GmtCreateTime.includes('.') ? timestampWithMs : timestamp;
  return names.map((name, position) => {
    const isLatest = position === names.length - 1;
    const time = isLatest ? model.GmtModifiedTime : print(createdMs + Math.floor(position * stepMs));
    return { ...versionOf(region, row, index, name, model.OwnerId, time), ...(!isLatest && OUTDATED) };
  });
}

const OUTDATED = { ApprovalStatus: 'Approved', Labels: [{ Key: 'stage', Value: 'outdated' }] } as const;

function versionNames(row: PaiRow, index: number): readonly string[] {
  const lastMinor = 1 + (index % 4);
  const { name, patchesPerMinor } = MANY_VERSIONS;
  const patches = row.name === name ? patchesPerMinor : 1;
  const earlier = Array.from({ length: lastMinor - 1 }, (_unused, minor) =>
    Array.from({ length: patches }, (_none, patch) => `0.${minor + 1}.${patch}`),
  );
  return [...earlier.flat(), `0.${lastMinor}.0`];
}

function versionOf(
  region: string,
  row: PaiRow,
  index: number,
  name: string,
  ownerId: string,
  time: string,
): PaiVersion {
  const isTrainedHere = row.origin === 'Custom';
  return {
    VersionName: name,
    VersionDescription: row.description,
    Uri: `oss://demo-models.oss-${region}.aliyuncs.com/${encodeURIComponent(row.name)}/${name}/`,
    ApprovalStatus: APPROVALS[index % APPROVALS.length] ?? '',
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
