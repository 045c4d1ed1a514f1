import * as z from 'zod';
import { plainCheckOf } from './plain-wire.ts';

/** Notes that an answer's field held a value that does not fit; `field` is a path without indices. */
export type NoteOdd = (field: string) => void;

/** Text where the backend has text; null and absent are the same. */
export const wireText = z.string().nullish();

/** Numbers and texts alike: the backends send many a number as text, and an id may be longer than a number holds. */
export const wireScalar = z.union([z.string(), z.number(), z.bigint()]).transform(String).nullish();

export const wireBoolean = z.boolean().nullish();

/** Any JSON value, or none: without `optional` the library refuses an object that lacks the name. */
export const wireJson = z.unknown().optional();

/** A whole number as number or as text, `undefined` where it is neither (`None` and empty text included). */
export const wireTotal = z
  .union([z.number(), z.bigint(), z.string()])
  .nullish()
  .transform((value) => {
    const text = String(value ?? '');
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  })
  // A total of another type costs itself, never the page.
  .catch(undefined);

/** A list's total; undefined where it is none, noted under `field` where something else stands in its place. */
export function totalOf(value: unknown, field: string, noteOdd: NoteOdd): number | undefined {
  const total = plainTotal(value) ?? wireTotal.parse(value);
  const isAbsent = value === undefined || value === null || value === '' || value === 'None';
  if (total === undefined && !isAbsent) noteOdd(field);
  return total;
}

/**
 * What a list stands for that is null or left out: no rows, unless its total promises some behind the `rowsBefore` of
 * earlier pages; undefined then.
 */
export function leftOutList(total: number | undefined, rowsBefore: number): readonly unknown[] | undefined {
  return total !== undefined && total > rowsBefore ? undefined : [];
}

/** What the schema makes of nearly every total, without it. */
function plainTotal(value: unknown): number | undefined {
  if (typeof value === 'string') return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  return typeof value === 'number' && value > 0 && value < 1e15 && Number.isInteger(value)
    ? value
    : undefined;
}

/** Notes each field once, for a value is judged twice: when it is parsed and when it is normalised. */
function oncePerField(noteOdd: NoteOdd): NoteOdd {
  let noted: Set<string> | undefined;
  return (field) => {
    noted ??= new Set();
    if (noted.has(field)) return;
    noted.add(field);
    noteOdd(field);
  };
}

/** Parses and normalises one row of an answer; undefined where it cannot be shown. */
export function readLeniently<Wire, Row>(
  schema: z.ZodType<Wire>,
  value: unknown,
  noteOdd: NoteOdd,
  toRow: (wire: Wire, noteOdd: NoteOdd) => Row | undefined,
): Row | undefined {
  const noteOnce = oncePerField(noteOdd);
  const wire = parseLeniently(schema, value, noteOnce);
  return wire === undefined ? undefined : toRow(wire, noteOnce);
}

/**
 * Parses one row, or one object, that a backend answered. A value that does not fit costs its own field and is
 * noted; only what is no object at all gives undefined. Every field of `schema` must be optional, and the items of
 * its arrays nullable. What it holds beside the fields of `schema` may stay in it.
 */
export function parseLeniently<Row>(
  schema: z.ZodType<Row>,
  value: unknown,
  noteOdd: NoteOdd,
): Row | undefined {
  if (plainCheck(schema)(value)) return value as Row;
  let result = schema.safeParse(value);
  while (!result.success) {
    for (const { path } of result.error.issues) {
      if (path.length === 0) {
        noteOdd('(row)');
        return undefined;
      }
      noteOdd(path.filter((part) => typeof part === 'string').join('.'));
      setNull(value, path);
    }
    result = schema.safeParse(value);
  }
  return result.data;
}

const plainChecks = new WeakMap<z.ZodType, (row: unknown) => boolean>();

function plainCheck(schema: z.ZodType): (row: unknown) => boolean {
  let check = plainChecks.get(schema);
  if (check === undefined) {
    check = plainCheckOf(schema, wireScalar);
    plainChecks.set(schema, check);
  }
  return check;
}

function setNull(root: unknown, path: readonly PropertyKey[]): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | null)?.[part], root);
  // Already gone where an earlier issue of the same round took the whole parent.
  if (typeof parent !== 'object' || parent === null) return;
  (parent as Record<PropertyKey, unknown>)[path[path.length - 1] as PropertyKey] = null;
}
