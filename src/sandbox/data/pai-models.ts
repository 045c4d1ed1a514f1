import { resourceId, timestamp, timestampWithMs } from '../identifiers.ts';
import type { PaiEntry, PaiLabel, PaiModel } from '../pai/store.ts';
import { ACCOUNT_ID } from './account.ts';
import { GALLERY_MODELS, OWN_MODELS } from './pai-own-models.ts';
import { demoVersions } from './pai-versions.ts';
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

/** One model of the demo registry as it is written down. */
export type PaiRow = Readonly<Record<(typeof COLUMNS)[number], string>>;

const FIRST_CREATED_MS = Date.parse('2024-03-04T01:12:33.028Z');
const STEP_MS = 9 * 24 * 60 * 60 * 1000 + 3_725_411;
const HOUR_MS = 60 * 60 * 1000;
const GALLERY_OWNER = '1000000000000001';

/** The demo registry: the account's own models, then the public ones of the provider `pai`. */
export function demoPaiEntries(region: string): PaiEntry[] {
  const own = readTable(COLUMNS, OWN_MODELS).map((row, index) =>
    entryOf(region, row, index, odd(ownModel(row, index), index)),
  );
  const gallery = readTable(COLUMNS, GALLERY_MODELS).map((row, index) =>
    entryOf(region, row, index + 1000, galleryModel(row, index)),
  );
  return [...own, ...gallery];
}

/** A row with a framework has versions. */
function entryOf(region: string, row: PaiRow, index: number, model: PaiModel): PaiEntry {
  return { model, versions: row.framework === '' ? [] : demoVersions(region, row, index, model) };
}

function ownModel(row: PaiRow, index: number): PaiModel {
  return {
    ...modelOf(row, index, ACCOUNT_ID),
    Accessibility: index % 4 === 1 ? 'PUBLIC' : 'PRIVATE',
    Provider: '',
    OrderNumber: 0,
    ExtraInfo: {},
    WorkspaceId: row.workspace,
  };
}

function galleryModel(row: PaiRow, index: number): PaiModel {
  return {
    ...modelOf(row, index + 1000, GALLERY_OWNER),
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

/** What own and public models share. */
function modelOf(row: PaiRow, index: number, ownerId: string) {
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

/** A few rows that a caller must survive: empty texts, fields left out. */
function odd(model: PaiModel, index: number): PaiModel {
  if (index === 9) {
    const { Provider, ModelDoc, ExtraInfo, OrderNumber, ParameterSize, ...rest } = model;
    return rest;
  }
  return index === 27 ? { ...model, ModelDescription: '', Origin: '', Domain: '' } : model;
}
