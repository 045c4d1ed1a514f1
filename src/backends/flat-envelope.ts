import type * as z from 'zod';
import type { Page } from '../domain/page.ts';
import { exchangeSecrets } from '../transport/exchange-secrets.ts';
import type { HttpAnswer } from '../transport/http.ts';
import type { UpstreamRequest } from '../transport/request.ts';
import type { BackendLink } from './backend.ts';
import type { Documentation } from './documented.ts';
import { reportDrift } from './drift.ts';
import { leftOutList, type NoteOdd, parseLeniently, totalOf } from './lenient.ts';
import { textOf } from './normal-text.ts';
import { isSuccess, jsonBody, refusalError, refusalFacts, requestIdOf, unreadable } from './vendor-errors.ts';

/** An answer whose fields lie beside its `RequestId`, as PAI and PolarDB send them. */
export interface FlatAnswer {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Notes an odd value of this answer. */
  readonly noteOdd: NoteOdd;
  /** The error for when `fields` lack what the operation must return. */
  readonly unreadable: () => Error;
}

/** What is known of a backend with flat answers. */
export interface FlatSettings {
  /** Codes of this backend that mean not found. */
  readonly notFoundCodes?: readonly string[];
  /** Without it no field is unknown, and none is missing. */
  readonly documentation?: Documentation;
}

/**
 * Judges a flat envelope: 2xx with a JSON object is success, for these products carry no other sign of it.
 *
 * @throws GatewayError
 */
export function judgeFlat(
  link: BackendLink,
  request: UpstreamRequest,
  answer: HttpAnswer,
  { notFoundCodes = [], documentation = {} }: FlatSettings = {},
): FlatAnswer {
  const body = jsonBody(answer);
  if (!isSuccess(answer)) {
    const facts = refusalFacts(answer, body);
    throw refusalError({
      ...facts,
      title: link.title,
      notFoundCodes,
      secrets: exchangeSecrets(request, answer),
    });
  }
  const fault = () => unreadable(link.title, answer, requestIdOf(answer, body));
  if (!isJsonObject(body)) throw fault();
  const noteOdd = reportDrift(link, request.operation, documentation, answer, body);
  return { fields: body, noteOdd, unreadable: fault };
}

function isJsonObject(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

/**
 * What a create answers: the id of what was made, and what else it tells. Only the id must be there and fit.
 *
 * @throws GatewayError UNREADABLE
 */
export function flatCreated<
  Name extends string,
  Wire extends Readonly<Partial<Record<Name, string | null | undefined>>>,
>(answer: FlatAnswer, schema: z.ZodType<Wire>, idName: Name): { readonly id: string; readonly wire: Wire } {
  const wire = parseLeniently(schema, answer.fields, answer.noteOdd);
  const id = textOf(wire?.[idName]);
  if (wire === undefined || id === undefined) throw answer.unreadable();
  return { id, wire };
}

/**
 * A page of a flat list answer. A list that is null or left out beside a total is an empty one; without either, or
 * where the total promises rows behind the `rowsBefore` of earlier pages, the answer lacks what it must return.
 *
 * @throws GatewayError UNREADABLE
 */
export function flatPage<Row>(
  answer: FlatAnswer,
  names: { readonly rows: string; readonly total: string },
  rowsBefore: number,
  toRow: (row: unknown) => Row | undefined,
): Page<Row> {
  const total = totalOf(answer.fields[names.total], names.total, answer.noteOdd);
  const rows = answer.fields[names.rows] ?? leftOutList(total, rowsBefore);
  const isList = names.rows in answer.fields || names.total in answer.fields;
  if (!Array.isArray(rows) || !isList) throw answer.unreadable();
  return { rows: rows.map((row: unknown) => toRow(row)), total };
}
