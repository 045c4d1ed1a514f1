import { type Candidate, LONGEST_CREATE_MS, type Search } from '../domain/candidate.ts';
import type { Instant } from '../domain/instant.ts';
import { canonicalJson } from '../domain/json-value.ts';
import type { BackendLink } from './backend.ts';

/** The backends write times of creation in whole seconds, cut off there, but for PAI. */
const STEP_MS = 1_000;

/** The form in which a field is compared, where it is not the value itself: equal for all that is the same. */
export type Forms<Row> = { readonly [Field in keyof Row]?: (value: NonNullable<Row[Field]>) => unknown };

/** How the rows of a backend are looked through for what a create made. */
export interface CreationSearch<Row> {
  /** The row that the backend would answer if it kept all that was sent, read like any other. */
  readonly sent: Row | undefined;
  /** The fields that were sent and are told again. */
  readonly fields: readonly (keyof Row & string)[];
  readonly forms: Forms<Row>;
  /** The rows to look through. */
  readonly list: (beganAt: number) => Promise<readonly Row[]>;
}

/** Looks for the row that stands as it was sent. */
export function searchCreated<Row extends { readonly createdAt: Instant | undefined }>(
  link: BackendLink,
  { sent, fields, forms, list }: CreationSearch<Row>,
): Search<Row> {
  const looksOf = (row: Row) => new Map(fields.map((field) => [field, lookOf(row[field], forms[field])]));
  const looks: ReadonlyMap<string, string> = sent === undefined ? new Map() : looksOf(sent);
  const isAsSent = (row: Row) => [...looksOf(row)].every(([field, look]) => look === looks.get(field));
  return {
    looks,
    async candidates(beganAt) {
      const rows = await list(beganAt);
      return rows.filter(isAsSent).map((row) => candidateOf(link, row));
    },
  };
}

/**
 * A field that the backend does not tell differs from one that was sent with something in it: better not found than
 * taken for another.
 */
function lookOf<Value>(value: Value, form: ((value: NonNullable<Value>) => unknown) | undefined): string {
  if (value === undefined || value === null) return '';
  return canonicalJson(form === undefined ? value : form(value));
}

function candidateOf<Row extends { readonly createdAt: Instant | undefined }>(
  link: BackendLink,
  row: Row,
): Candidate<Row> {
  return {
    row,
    canComeFrom(beganAt) {
      const afterMs = madeAfterMs(link, row, beganAt);
      return afterMs !== undefined && afterMs >= 0 && afterMs <= LONGEST_CREATE_MS;
    },
  };
}

/** Whether a row was surely made before a create that began then, in local ms since 1970. */
export function isOlderThan(
  link: BackendLink,
  row: { readonly createdAt: Instant | undefined },
  beganAt: number,
): boolean {
  return (madeAfterMs(link, row, beganAt) ?? 0) < 0;
}

/** By the backend's own clock; undefined where it told neither its time nor that of the row. */
function madeAfterMs(
  { upstream }: BackendLink,
  { createdAt }: { readonly createdAt: Instant | undefined },
  beganAt: number,
): number | undefined {
  const earliest = upstream.earliestBackendTime(beganAt);
  if (createdAt === undefined || earliest === undefined) return undefined;
  const isCutOff = createdAt % STEP_MS === 0;
  return createdAt - (isCutOff ? Math.floor(earliest / STEP_MS) * STEP_MS : earliest);
}

/** The names of the fields that an input sends. */
export function fieldsSent<Input extends object, Field extends keyof Input>(
  input: Input,
  fields: readonly Field[],
): readonly Field[] {
  return fields.filter((field) => input[field] !== undefined);
}

/** The form of a text whose letter case does not count. */
export function ignoringCase(text: string): string {
  return text.toLowerCase();
}

/** The form of a list whose order does not count. */
export function asSet(list: readonly unknown[]): readonly string[] {
  return [...new Set(list.map(canonicalJson))].toSorted();
}
