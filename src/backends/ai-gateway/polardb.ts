import type * as z from 'zod';
import type { Page } from '../../domain/page.ts';
import { GatewayError } from '../../errors.ts';
import type { Operation, Parameter, UpstreamRequest } from '../../transport/request.ts';
import { rpc } from '../../transport/rpc.ts';
import { type BackendLink, callOperation } from '../backend.ts';
import { type FlatAnswer, type FlatSettings, flatPage, judgeFlat } from '../flat-envelope.ts';
import { type NoteOdd, readLeniently } from '../lenient.ts';
import { DOCUMENTATION } from './documented.ts';

/** What one operation sends beside the region. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** What a list operation sends beside the region. */
export type PageParameters = Parameters & { readonly PageNumber: number; readonly PageSize: number };

const VERSION = '2017-08-01';

/** An operation that changes nothing. */
export function reading(name: string): Operation {
  return { name, version: VERSION, access: 'read', idempotent: true };
}

/** An operation that makes, changes or removes something. */
export function writing(name: string, { idempotent }: { readonly idempotent: boolean }): Operation {
  return { name, version: VERSION, access: 'write', idempotent };
}

/** Source: the list operations take no other size. */
export const PAGE_SIZES = [30, 50, 100];

/** Ids that one call can name: as many as its largest page holds. */
export const MAX_IDS = 100;

const SETTINGS: FlatSettings = { documentation: DOCUMENTATION };

const LIST_FIELDS = { rows: 'Items', total: 'TotalRecordCount' };

/**
 * Performs one operation in the configured region and has `read` parse what it answered.
 *
 * @param traits as of the request
 * @throws GatewayError
 */
export function perform<T>(
  link: BackendLink,
  operation: Operation,
  parameters: Parameters,
  read: (answer: FlatAnswer) => T,
  traits: Pick<UpstreamRequest, 'secrets' | 'readAs'> = {},
): Promise<T> {
  const keys = idsIn(parameters);
  const request = { ...rpc(operation, { RegionId: link.region, ...parameters }), ...traits, keys };
  return callOperation(link, request, (answer) => read(judgeFlat(link, request, answer, SETTINGS)));
}

/** How many ids the parameters name, undefined where none takes a list of them. Source: such a one ends in `Ids`. */
function idsIn(parameters: Parameters): number | undefined {
  const ids = Object.entries(parameters).find(([name]) => name.endsWith('Ids'))?.[1];
  return typeof ids === 'string' ? ids.split(',').length : undefined;
}

/** What an operation answers that tells no more than that it was done. */
export function nothing(): void {}

/** How the rows of a list are read. */
export interface RowReading<Wire, Place, Row> {
  readonly wire: z.ZodType<Wire>;
  /** Makes a row of what `wire` passed, of a list in that place. Always the same function: it tells readings apart. */
  readonly toRow: (wire: Wire, place: Place, noteOdd: NoteOdd) => Row | undefined;
}

/**
 * Performs one list operation.
 *
 * @param place follows from the region and the parameters
 * @throws GatewayError
 */
export function readPage<Wire, Place, Row>(
  link: BackendLink,
  operation: Operation,
  parameters: PageParameters,
  place: Place,
  { wire, toRow }: RowReading<Wire, Place, Row>,
): Promise<Page<Row>> {
  const rowsBefore = (parameters.PageNumber - 1) * parameters.PageSize;
  const read = (answer: FlatAnswer) =>
    flatPage(answer, LIST_FIELDS, rowsBefore, (row) =>
      readLeniently(wire, row, answer.noteOdd, (parsed, noteOdd) => toRow(parsed, place, noteOdd)),
    );
  return perform(link, operation, parameters, read, { readAs: toRow });
}

/** The parameters that read the rows of these ids, at most {@link MAX_IDS}, in one page. */
export function byIds(parameter: string, ids: readonly string[]): PageParameters {
  return {
    [parameter]: ids.join(','),
    PageNumber: 1,
    PageSize: PAGE_SIZES.find((size) => size >= ids.length) ?? MAX_IDS,
  };
}

/** The error for a row that does not exist; `what` names it, e.g. `model service`. */
export function missing(link: BackendLink, what: string): GatewayError {
  return new GatewayError('NOT_FOUND', `The gateway has no such ${what}.`, { source: link.source });
}
