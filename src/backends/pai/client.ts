import type { Page } from '../../domain/page.ts';
import type {
  NewPaiModel,
  PaiModel,
  PaiModelChange,
  PaiModelFilter,
  PaiModelOrder,
} from '../../domain/pai-model.ts';
import { roa } from '../../transport/roa.ts';
import type { BackendLink } from '../backend.ts';
import { type FlatAnswer, flatCreated, flatPage } from '../flat-envelope.ts';
import { readLeniently } from '../lenient.ts';
import { toLabelBody } from './labels.ts';
import { toPaiModel } from './normalise.ts';
import { callRegistry, callSilently, MODELS, readOperation, writeOperation } from './operation.ts';
import { createdPaiModelWire, paiModelWire } from './wire.ts';

const GET_MODEL = readOperation('GetModel');
const LIST_MODELS = readOperation('ListModels');
const CREATE_MODEL = writeOperation('CreateModel', { idempotent: false });
const DELETE_MODEL = writeOperation('DeleteModel', { idempotent: true });

/** UpdateModel. */
export const UPDATE_MODEL = writeOperation('UpdateModel', { idempotent: true });

/** GetModel. @throws GatewayError NOT_FOUND and any other */
export function getModel(link: BackendLink, id: string): Promise<PaiModel> {
  const request = { ...roa(GET_MODEL, 'GET', [...MODELS, id]), readAs: getModel };
  return callRegistry(link, request, (answer) => {
    const model = readModel(link, answer, answer.fields);
    if (model?.sourceId !== id) throw answer.unreadable();
    return model;
  });
}

/** ListModels; sorts by creation time only. @throws GatewayError */
export function listModels(
  link: BackendLink,
  filter: PaiModelFilter,
  order: PaiModelOrder | undefined,
  pageNumber: number,
  pageSize: number,
): Promise<Page<PaiModel>> {
  const query = {
    PageNumber: pageNumber,
    PageSize: pageSize,
    SortBy: order === undefined ? undefined : 'GmtCreateTime',
    Order: order,
    ModelName: filter.name,
    WorkspaceId: filter.workspaceId,
    Domain: filter.domain,
    Task: filter.task,
    ModelType: filter.category,
    Origin: filter.origin,
    Provider: filter.provider,
    ...labelQuery(filter.label),
  };
  const request = { ...roa(LIST_MODELS, 'GET', MODELS, { query }), readAs: listModels };
  return callRegistry(link, request, (answer) =>
    flatPage(answer, { rows: 'Models', total: 'TotalCount' }, (pageNumber - 1) * pageSize, (row) =>
      readModel(link, answer, row),
    ),
  );
}

/** CreateModel; the answer is the new model's id. @throws GatewayError */
export function createModel(link: BackendLink, model: NewPaiModel): Promise<string> {
  const request = roa(CREATE_MODEL, 'POST', MODELS, { body: bodyOf(model) });
  return callRegistry(link, request, (answer) => flatCreated(answer, createdPaiModelWire, 'ModelId').id);
}

/** What CreateModel sends. */
export function bodyOf(model: NewPaiModel): Readonly<Record<string, unknown>> {
  return {
    ...changedFields(model),
    WorkspaceId: model.workspaceId,
    // Source: `Labels` is deprecated for writing.
    Tag: model.labels?.map(toLabelBody),
  };
}

/** UpdateModel, without labels. @throws GatewayError */
export function updateModel(link: BackendLink, id: string, change: PaiModelChange): Promise<void> {
  return callSilently(link, roa(UPDATE_MODEL, 'PUT', [...MODELS, id], { body: changedFields(change) }));
}

/** DeleteModel. @throws GatewayError NOT_FOUND and any other */
export function deleteModel(link: BackendLink, id: string): Promise<void> {
  return callSilently(link, roa(DELETE_MODEL, 'DELETE', [...MODELS, id]));
}

function changedFields(change: PaiModelChange): Readonly<Record<string, unknown>> {
  return {
    ModelName: change.name,
    ModelDescription: change.description,
    Accessibility: change.accessibility,
    Origin: change.origin,
    Domain: change.domain,
    Task: change.task,
    ModelDoc: change.documentation,
    OrderNumber: change.orderNumber,
    ModelType: change.category,
    ExtraInfo: change.extraInfo,
    ParameterSize: change.parameterSize,
  };
}

/** Source: Tag is one JSON text of keys with values; Label matches where a key or a value contains the text. */
function labelQuery(label: string | undefined): { Tag?: string; Label?: string } {
  if (label === undefined) return {};
  const split = label.indexOf('=');
  if (split === -1) return { Label: label };
  return {
    Tag: JSON.stringify([toLabelBody({ key: label.slice(0, split), value: label.slice(split + 1) })]),
  };
}

function readModel(link: BackendLink, answer: FlatAnswer, row: unknown): PaiModel | undefined {
  return readLeniently(paiModelWire, row, answer.noteOdd, (wire, noteOdd) =>
    toPaiModel(wire, link.region, noteOdd),
  );
}
