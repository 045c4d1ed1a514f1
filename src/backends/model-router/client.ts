import type { Model, ModelChange, ModelFilter, NewModel } from '../../domain/model.ts';
import type { Page } from '../../domain/page.ts';
import type { UpstreamRequest } from '../../transport/request.ts';
import { roa } from '../../transport/roa.ts';
import { type BackendLink, callOperation } from '../backend.ts';
import { type NoteOdd, readLeniently } from '../lenient.ts';
import { refusalError, refusalFacts } from '../vendor-errors.ts';
import { isSameId, judge, listPage, ROOT, readOperation, writeOperation } from './envelope.ts';
import { toModel } from './normalise.ts';
import { modelWire } from './wire.ts';

/** Path of the models. */
export const MODELS = [...ROOT, 'models'] as const;

const QUERY_MODEL = readOperation('ModelRouterQueryModel');
const QUERY_MODEL_LIST = readOperation('ModelRouterQueryModelList');
const CREATE_MODEL = writeOperation('ModelRouterCreateModel', false);
const UPDATE_MODEL = writeOperation('ModelRouterUpdateModel', true);
const DELETE_MODEL = writeOperation('ModelRouterDeleteModel', true);

/** ModelRouterQueryModel. @throws GatewayError NOT_FOUND and any other */
export function queryModel(link: BackendLink, id: string): Promise<Model> {
  const request = { ...roa(QUERY_MODEL, 'GET', [...MODELS, id]), readAs: queryModel };
  return callOperation(link, request, (answer) => {
    const { data, requestId, noteOdd, unreadable } = judge(link, request, answer);
    if (data === null || data === undefined) {
      throw refusalError(
        { ...refusalFacts(answer, undefined), title: link.title, code: undefined, requestId: requestId() },
        'NOT_FOUND',
      );
    }
    const model = readModel(data, noteOdd);
    if (model === undefined || !isSameId(model.sourceId, id)) throw unreadable();
    return model;
  });
}

/** ModelRouterQueryModelList, in its page style: the other one, by token, has no total. @throws GatewayError */
export function queryModelList(
  link: BackendLink,
  filter: ModelFilter,
  pageIndex: number,
  pageSize: number,
): Promise<Page<Model>> {
  const query = {
    pageIndex,
    pageSize,
    needTotalCount: true,
    keyword: filter.keyword,
    modelType: filter.category,
  };
  const request = { ...roa(QUERY_MODEL_LIST, 'GET', MODELS, { query }), readAs: queryModelList };
  return callOperation(link, request, (answer) => {
    const judged = judge(link, request, answer);
    return listPage(judged, (pageIndex - 1) * pageSize, (row) => readModel(row, judged.noteOdd));
  });
}

/** ModelRouterCreateModel; the answer holds the whole entry. @throws GatewayError */
export function createModel(link: BackendLink, model: NewModel): Promise<Model> {
  const request = {
    ...roa(CREATE_MODEL, 'POST', MODELS, { body: bodyOf(model) }),
    secrets: secretsOf(model),
  };
  return callOperation(link, request, (answer) => {
    const { data, noteOdd, unreadable } = judge(link, request, answer);
    const created = readModel(data, noteOdd);
    if (created === undefined) throw unreadable();
    return created;
  });
}

/** ModelRouterUpdateModel with the fields given; the answer holds the whole entry. @throws GatewayError */
export function updateModel(link: BackendLink, id: string, change: ModelChange): Promise<Model> {
  const body = { ...changedFields(change), status: change.status };
  const request: UpstreamRequest = {
    ...roa(UPDATE_MODEL, 'PUT', [...MODELS, id], { body }),
    secrets: secretsOf(change),
  };
  return callOperation(link, request, (answer) => {
    const { data, noteOdd, unreadable } = judge(link, request, answer);
    const updated = readModel(data, noteOdd);
    if (updated === undefined || !isSameId(updated.sourceId, id)) throw unreadable();
    return updated;
  });
}

/** ModelRouterDeleteModel. Source: `data` is true where the entry was deleted. @throws GatewayError */
export function deleteModel(link: BackendLink, id: string): Promise<void> {
  const request = roa(DELETE_MODEL, 'DELETE', [...MODELS, id]);
  return callOperation(link, request, (answer) => {
    const { data, unreadable } = judge(link, request, answer);
    // As text, too: so `success` is taken.
    if (data !== true && data !== 'true') throw unreadable();
  });
}

/** What ModelRouterCreateModel sends. */
export function bodyOf(model: NewModel): Readonly<Record<string, unknown>> {
  return { ...changedFields(model), inOut: model.inOut, extensions: jsonText(model.extensions) };
}

/** What create and update send alike. */
function changedFields(model: ModelChange): Readonly<Record<string, unknown>> {
  return {
    name: model.name,
    // Source: written as modelId, read back as modelCode.
    modelId: model.modelCode,
    description: model.description,
    symbol: model.vendor,
    tags: model.tags?.join(','),
    modelType: model.category,
    apiKey: model.apiKey,
    baseUrl: model.baseUrl,
    maxInputLength: model.maxInputLength,
    maxOutputLength: model.maxOutputLength,
  };
}

/** Source: `extensions` is a text that holds JSON. */
export function jsonText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** What no message may echo. */
export function secretsOf({ apiKey }: { readonly apiKey?: string | undefined }): readonly string[] {
  return apiKey === undefined ? [] : [apiKey];
}

/** A row as a model; undefined for what has no id. What does not fit is noted. */
export function readModel(row: unknown, noteOdd: NoteOdd): Model | undefined {
  return readLeniently(modelWire, row, noteOdd, toModel);
}
