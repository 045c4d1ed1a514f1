import type { Page } from '../../../domain/page.ts';
import type { PaiModelOrder } from '../../../domain/pai-model.ts';
import type {
  NewPaiModelVersion,
  PaiModelVersion,
  PaiModelVersionChange,
  PaiModelVersionFilter,
} from '../../../domain/pai-model-version.ts';
import { roa } from '../../../transport/roa.ts';
import type { BackendLink } from '../../backend.ts';
import { type FlatAnswer, flatCreated, flatPage } from '../../flat-envelope.ts';
import { readLeniently } from '../../lenient.ts';
import { toLabelBody } from '../labels.ts';
import { callRegistry, callSilently, MODELS, readOperation, writeOperation } from '../operation.ts';
import { toPaiModelVersion } from './normalise.ts';
import { createdPaiModelVersionWire, paiModelVersionWire } from './wire.ts';

const GET_VERSION = readOperation('GetModelVersion');
const LIST_VERSIONS = readOperation('ListModelVersions');
const CREATE_VERSION = writeOperation('CreateModelVersion', { idempotent: false });
const DELETE_VERSION = writeOperation('DeleteModelVersion', { idempotent: true });

/** UpdateModelVersion. */
export const UPDATE_VERSION = writeOperation('UpdateModelVersion', { idempotent: true });

/** GetModelVersion. @throws GatewayError NOT_FOUND and any other */
export function getVersion(
  link: BackendLink,
  modelId: string,
  versionName: string,
): Promise<PaiModelVersion> {
  const path = [...versionsPath(modelId), versionName];
  const request = { ...roa(GET_VERSION, 'GET', path), readAs: getVersion };
  return callRegistry(link, request, (answer) => {
    const version = readVersion(link, answer, modelId, answer.fields);
    if (version?.versionName !== versionName) throw answer.unreadable();
    return version;
  });
}

/** ListModelVersions; sorts by creation time only. @throws GatewayError */
export function listVersions(
  link: BackendLink,
  modelId: string,
  filter: PaiModelVersionFilter,
  pageNumber: number,
  pageSize: number,
  order?: PaiModelOrder,
): Promise<Page<PaiModelVersion>> {
  const query = {
    PageNumber: pageNumber,
    PageSize: pageSize,
    SortBy: order === undefined ? undefined : 'GmtCreateTime',
    Order: order,
    ApprovalStatus: filter.approvalStatus,
    FormatType: filter.formatType,
    FrameworkType: filter.frameworkType,
  };
  const request = { ...roa(LIST_VERSIONS, 'GET', versionsPath(modelId), { query }), readAs: listVersions };
  return callRegistry(link, request, (answer) =>
    flatPage(answer, { rows: 'Versions', total: 'TotalCount' }, (pageNumber - 1) * pageSize, (row) =>
      readVersion(link, answer, modelId, row),
    ),
  );
}

/** CreateModelVersion; the answer is the new version's name. @throws GatewayError */
export function createVersion(
  link: BackendLink,
  modelId: string,
  version: NewPaiModelVersion,
): Promise<string> {
  const request = roa(CREATE_VERSION, 'POST', versionsPath(modelId), { body: bodyOf(version) });
  return callRegistry(
    link,
    request,
    (answer) => flatCreated(answer, createdPaiModelVersionWire, 'VersionName').id,
  );
}

/** What CreateModelVersion sends. */
export function bodyOf(version: NewPaiModelVersion): Readonly<Record<string, unknown>> {
  return {
    VersionName: version.versionName,
    Uri: version.uri,
    FormatType: version.formatType,
    FrameworkType: version.frameworkType,
    ...changedFields(version),
    Labels: version.labels?.map(toLabelBody),
  };
}

/** UpdateModelVersion, without labels. @throws GatewayError */
export function updateVersion(
  link: BackendLink,
  modelId: string,
  versionName: string,
  change: PaiModelVersionChange,
): Promise<void> {
  const path = [...versionsPath(modelId), versionName];
  return callSilently(link, roa(UPDATE_VERSION, 'PUT', path, { body: changedFields(change) }));
}

/** DeleteModelVersion. @throws GatewayError NOT_FOUND and any other */
export function deleteVersion(link: BackendLink, modelId: string, versionName: string): Promise<void> {
  return callSilently(link, roa(DELETE_VERSION, 'DELETE', [...versionsPath(modelId), versionName]));
}

function changedFields(change: PaiModelVersionChange): Readonly<Record<string, unknown>> {
  return {
    VersionDescription: change.description,
    ApprovalStatus: change.approvalStatus,
    SourceType: change.sourceType,
    SourceId: change.sourceRef,
    Metrics: change.metrics,
    InferenceSpec: change.inferenceSpec,
    TrainingSpec: change.trainingSpec,
    ExtraInfo: change.extraInfo,
  };
}

function versionsPath(modelId: string): readonly string[] {
  return [...MODELS, modelId, 'versions'];
}

function readVersion(
  link: BackendLink,
  answer: FlatAnswer,
  modelId: string,
  row: unknown,
): PaiModelVersion | undefined {
  return readLeniently(paiModelVersionWire, row, answer.noteOdd, (wire, noteOdd) =>
    toPaiModelVersion(wire, { modelId, region: link.region }, noteOdd),
  );
}
