import type { Model, ModelFilter, NewModel } from '../../domain/model.ts';
import type { Page } from '../../domain/page.ts';
import type { HttpAnswer } from '../../transport/http.ts';
import type { Operation, UpstreamRequest } from '../../transport/request.ts';
import { roa } from '../../transport/roa.ts';
import { type BackendLink, callOperation } from '../backend.ts';
import { type NoteOdd, parseLeniently } from '../lenient.ts';
import {
  classifyRefusal,
  isSuccess,
  jsonBody,
  type Refusal,
  refusalError,
  refusalFacts,
  unreadable,
} from '../vendor-errors.ts';
import { toModel } from './normalise.ts';
import { envelopeWire, modelListWire, modelWire } from './wire.ts';

const VERSION = '20240611';
const MODELS = ['api', 'v1', 'modelRouter', 'open', 'models'] as const;

const QUERY_MODEL: Operation = { name: 'ModelRouterQueryModel', version: VERSION, idempotent: true };
const QUERY_MODEL_LIST: Operation = { name: 'ModelRouterQueryModelList', version: VERSION, idempotent: true };
const CREATE_MODEL: Operation = { name: 'ModelRouterCreateModel', version: VERSION, idempotent: false };

/** ModelRouterQueryModel. @throws GatewayError NOT_FOUND and any other */
export function queryModel(link: BackendLink, id: string): Promise<Model> {
  const request = roa(QUERY_MODEL, 'GET', [...MODELS, id]);
  return callOperation(link, request, (answer) => {
    const { data, requestId } = judge(link, request, answer);
    if (data === null || data === undefined) {
      throw refusalError(
        { ...refusalFacts(answer, undefined), title: link.title, code: undefined, requestId },
        'NOT_FOUND',
      );
    }
    const model = readModel(link, QUERY_MODEL, data);
    if (model === undefined || !isSameId(model.sourceId, id)) throw unreadable(link.title, answer, requestId);
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
  const request = roa(QUERY_MODEL_LIST, 'GET', MODELS, {
    query: {
      pageIndex,
      pageSize,
      needTotalCount: true,
      keyword: filter.keyword,
      modelType: filter.category,
    },
  });
  return callOperation(link, request, (answer) => {
    const { data, requestId } = judge(link, request, answer);
    const page = modelListWire.safeParse(data);
    const names = typeof data === 'object' && data !== null && ('list' in data || 'total' in data);
    if (!page.success || !names) throw unreadable(link.title, answer, requestId);
    return {
      rows: (page.data.list ?? []).map((row) => readModel(link, QUERY_MODEL_LIST, row)),
      total: page.data.total,
    };
  });
}

/** ModelRouterCreateModel; the answer holds the whole entry. @throws GatewayError */
export function createModel(link: BackendLink, model: NewModel): Promise<Model> {
  const request: UpstreamRequest = {
    ...roa(CREATE_MODEL, 'POST', MODELS, {
      body: {
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
        inOut: model.inOut,
        extensions: model.extensions === undefined ? undefined : JSON.stringify(model.extensions),
      },
    }),
    secrets: model.apiKey === undefined ? [] : [model.apiKey],
  };
  return callOperation(link, request, (answer) => {
    const { data, requestId } = judge(link, request, answer);
    const created = readModel(link, CREATE_MODEL, data);
    if (created === undefined) throw unreadable(link.title, answer, requestId);
    return created;
  });
}

function readModel(link: BackendLink, operation: Operation, row: unknown): Model | undefined {
  const noteOdd: NoteOdd = (field) => link.report.odd(link.source, operation.name, field);
  const wire = parseLeniently(modelWire, row, noteOdd);
  return wire === undefined ? undefined : toModel(wire, noteOdd);
}

/** Ids are numbers on the wire: 007 asks for 7. */
function isSameId(answered: string, asked: string): boolean {
  return answered.replace(/^0+(?=\d)/, '') === asked.replace(/^0+(?=\d)/, '');
}

/** Statuses that count beside `UNKNOWN_ERROR`: with any other the code says nothing but that it failed. */
const TELLING_STATUSES = [400, 403, 404, 409];

/** Judges the envelope before anything else: the HTTP status first, then `success`, never `errCode`. */
function judge(
  link: BackendLink,
  request: UpstreamRequest,
  answer: HttpAnswer,
): { data: unknown; requestId: string | undefined } {
  const body = jsonBody(answer);
  const envelope = envelopeWire.safeParse(body);
  const facts = refusalFacts(answer, body);
  if (isSuccess(answer)) {
    if (!envelope.success) throw unreadable(link.title, answer, facts.requestId);
    if (envelope.data.success) return { data: envelope.data.data, requestId: facts.requestId };
  }
  const refusal: Refusal = {
    ...facts,
    title: link.title,
    statedStatus: worseStatus(answer.status, body),
    secrets: request.secrets,
  };
  throw refusalError(refusal, refusalKind(refusal));
}

function refusalKind({ code, httpStatus, statedStatus = httpStatus }: Refusal) {
  const saysNothing =
    httpStatus < 300 && code === 'UNKNOWN_ERROR' && !TELLING_STATUSES.includes(statedStatus);
  return saysNothing ? 'UNEXPECTED_REFUSAL' : classifyRefusal(code, statedStatus);
}

/** Source: a failure may arrive with HTTP 200; where the two statuses disagree the worse one counts. */
function worseStatus(httpStatus: number, body: unknown): number {
  const stated =
    typeof body === 'object' && body !== null && 'httpStatusCode' in body ? body.httpStatusCode : 0;
  const status = Number(stated);
  return Number.isInteger(status) && status >= 100 && status < 600
    ? Math.max(httpStatus, status)
    : httpStatus;
}
