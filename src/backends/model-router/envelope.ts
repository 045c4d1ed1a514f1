import type * as z from 'zod';
import type { Page } from '../../domain/page.ts';
import type { GatewayError } from '../../errors.ts';
import { exchangeSecrets } from '../../transport/exchange-secrets.ts';
import type { HttpAnswer } from '../../transport/http.ts';
import type { Operation, UpstreamRequest } from '../../transport/request.ts';
import type { BackendLink } from '../backend.ts';
import { reportDrift } from '../drift.ts';
import { leftOutList, type NoteOdd, totalOf } from '../lenient.ts';
import {
  classifyRefusal,
  isSuccess,
  jsonBody,
  type Refusal,
  refusalError,
  refusalFacts,
  requestIdOf,
  unreadable,
} from '../vendor-errors.ts';
import { DOCUMENTATION } from './documented.ts';
import { envelopeWire, listWire } from './wire.ts';

/** Where every operation begins. */
export const ROOT = ['api', 'v1', 'modelRouter', 'open'] as const;

const VERSION = '20240611';

/** An operation that changes nothing. */
export function readOperation(name: string): Operation {
  return { name, version: VERSION, access: 'read', idempotent: true };
}

/** An operation that changes something; `isIdempotent` where sending it twice does no more than once. */
export function writeOperation(name: string, isIdempotent: boolean): Operation {
  return { name, version: VERSION, access: 'write', idempotent: isIdempotent };
}

/** Ids are numbers on the wire: 007 asks for 7. */
export function isSameId(answered: string, asked: string): boolean {
  return answered.replace(/^0+(?=\d)/, '') === asked.replace(/^0+(?=\d)/, '');
}

/** Statuses that count beside `UNKNOWN_ERROR`: with any other the code says nothing but that it failed. */
const TELLING_STATUSES = [400, 403, 404, 409];

/** What a succeeding answer holds. */
export interface Judged {
  readonly data: unknown;
  readonly requestId: () => string | undefined;
  /** Notes an odd value of this answer. */
  readonly noteOdd: NoteOdd;
  /** The error for when `data` lacks what the operation must return. */
  readonly unreadable: () => GatewayError;
}

/**
 * Judges the envelope before anything else: the HTTP status first, then `success`, never `errCode`.
 *
 * @throws GatewayError
 */
export function judge(link: BackendLink, request: UpstreamRequest, answer: HttpAnswer): Judged {
  const body = jsonBody(answer);
  if (isSuccess(answer)) {
    const requestId = () => requestIdOf(answer, body);
    const fault = () => unreadable(link.title, answer, requestId());
    const envelope = envelopeOf(body);
    if (envelope === undefined) throw fault();
    if (envelope.success) {
      const noteOdd = reportDrift(link, request.operation, DOCUMENTATION, answer, body);
      return { data: envelope.data, requestId, noteOdd, unreadable: fault };
    }
  }
  const refusal: Refusal = {
    ...refusalFacts(answer, body),
    title: link.title,
    statedStatus: worseStatus(answer.status, body),
    secrets: exchangeSecrets(request, answer),
  };
  throw refusalError(refusal, refusalKind(refusal));
}

interface Envelope {
  readonly success: boolean;
  readonly data?: unknown;
}

/** Undefined for what is none. */
function envelopeOf(body: unknown): Envelope | undefined {
  // As nearly all are: the schema has nothing to make of it.
  if (typeof (body as Partial<Envelope> | null)?.success === 'boolean') return body as Envelope;
  return envelopeWire.safeParse(body).data;
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

/**
 * A page of a list answer. A list that is null or left out beside a total is an empty one; without either, or where
 * the total promises rows behind the `rowsBefore` of earlier pages, the answer lacks what it must return.
 *
 * @throws GatewayError UNREADABLE
 */
export function listPage<Row>(
  { data, noteOdd, unreadable }: Judged,
  rowsBefore: number,
  toRow: (row: unknown) => Row | undefined,
): Page<Row> {
  const isList = typeof data === 'object' && data !== null && ('list' in data || 'total' in data);
  const page = isList ? listOf(data) : undefined;
  if (page === undefined) throw unreadable();
  const total = totalOf(page.total, 'total', noteOdd);
  const rows = page.list ?? leftOutList(total, rowsBefore);
  if (rows === undefined) throw unreadable();
  return { rows: rows.map((row) => toRow(row)), total };
}

type List = z.output<typeof listWire>;

/** Undefined for what is none. */
function listOf(data: object): List | undefined {
  // As nearly all are: the schema has nothing to make of it.
  return Array.isArray((data as List).list) ? (data as List) : listWire.safeParse(data).data;
}
