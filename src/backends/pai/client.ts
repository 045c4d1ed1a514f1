import type { Page } from '../../domain/page.ts';
import type {
  NewPaiModel,
  PaiLabel,
  PaiModel,
  PaiModelFilter,
  PaiModelOrder,
} from '../../domain/pai-model.ts';
import type { Operation } from '../../transport/request.ts';
import { roa } from '../../transport/roa.ts';
import { type BackendLink, callOperation } from '../backend.ts';
import { flatPage, judgeFlat } from '../flat-envelope.ts';
import { type NoteOdd, parseLeniently } from '../lenient.ts';
import { NOT_FOUND_CODES, toPaiModel } from './normalise.ts';
import { createdPaiModelWire, paiModelWire } from './wire.ts';

const VERSION = '2021-02-04';
const MODELS = ['api', 'v1', 'models'] as const;

const GET_MODEL: Operation = { name: 'GetModel', version: VERSION, idempotent: true };
const LIST_MODELS: Operation = { name: 'ListModels', version: VERSION, idempotent: true };
const CREATE_MODEL: Operation = { name: 'CreateModel', version: VERSION, idempotent: false };

/** GetModel. @throws GatewayError NOT_FOUND and any other */
export function getModel(link: BackendLink, id: string): Promise<PaiModel> {
  const request = roa(GET_MODEL, 'GET', [...MODELS, id]);
  return callOperation(link, request, (answer) => {
    const flat = judgeFlat(link, request, answer, NOT_FOUND_CODES);
    const model = readModel(link, GET_MODEL, flat.fields);
    if (model?.sourceId !== id) throw flat.unreadable();
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
  const request = roa(LIST_MODELS, 'GET', MODELS, {
    query: {
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
    },
  });
  return callOperation(link, request, (answer) => {
    const flat = judgeFlat(link, request, answer, NOT_FOUND_CODES);
    return flatPage(flat, { rows: 'Models', total: 'TotalCount' }, (row) =>
      readModel(link, LIST_MODELS, row),
    );
  });
}

/** CreateModel; the answer is the new model's id. @throws GatewayError */
export function createModel(link: BackendLink, model: NewPaiModel): Promise<string> {
  const request = roa(CREATE_MODEL, 'POST', MODELS, {
    body: {
      ModelName: model.name,
      ModelDescription: model.description,
      WorkspaceId: model.workspaceId,
      Accessibility: model.accessibility,
      Origin: model.origin,
      Domain: model.domain,
      Task: model.task,
      ModelDoc: model.documentation,
      OrderNumber: model.orderNumber,
      ModelType: model.category,
      ExtraInfo: model.extraInfo,
      ParameterSize: model.parameterSize,
      // Source: `Labels` is deprecated for writing.
      Tag: model.labels?.map(toTag),
    },
  });
  return callOperation(link, request, (answer) => {
    const flat = judgeFlat(link, request, answer, NOT_FOUND_CODES);
    const created = createdPaiModelWire.safeParse(flat.fields);
    if (!created.success) throw flat.unreadable();
    return created.data.ModelId;
  });
}

function toTag(label: PaiLabel): { Key: string; Value: string | undefined } {
  return { Key: label.key, Value: label.value };
}

/** Source: Tag is one JSON text of keys with values; Label matches where a key or a value contains the text. */
function labelQuery(label: string | undefined): { Tag?: string; Label?: string } {
  if (label === undefined) return {};
  const split = label.indexOf('=');
  if (split === -1) return { Label: label };
  return { Tag: JSON.stringify([toTag({ key: label.slice(0, split), value: label.slice(split + 1) })]) };
}

function readModel(link: BackendLink, operation: Operation, row: unknown): PaiModel | undefined {
  const noteOdd: NoteOdd = (field) => link.report.odd(link.source, operation.name, field);
  const wire = parseLeniently(paiModelWire, row, noteOdd);
  return wire === undefined ? undefined : toPaiModel(wire, link.region, noteOdd);
}
