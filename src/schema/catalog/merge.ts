import { type CatalogPosition, type Split, splitsInFrontOf } from './position.ts';
import type { CatalogRow } from './source-registry.ts';

/*
 * The catalogue by name or by time: sorted rows of each source, merged. Cursors are keyset cursors: a mark is the
 * value, the source and the key of a row, so rows that come or go between two pages move no other row.
 */

/**
 * The place of a row in the order: its value (null sorts last in both directions), its source, its key. With a fourth
 * part it is the place directly in front of that row.
 */
export type KeysetMark = readonly [value: string | number | null, source: number, key: string, inFront?: 1];

/** Whether a decoded value is a {@link KeysetMark}. */
export function isKeysetMark(value: unknown): value is KeysetMark {
  if (!Array.isArray(value) || value.length < 3 || value.length > 4) return false;
  const [of, source, key, inFront] = value as readonly unknown[];
  const isValue = of === null || typeof of === 'string' || typeof of === 'number';
  const isPlace = Number.isInteger(source) && typeof key === 'string';
  return isValue && isPlace && (inFront === undefined || inFront === 1);
}

/** A row and its place. */
export interface MarkedRow {
  readonly mark: KeysetMark;
  readonly row: CatalogRow;
}

/** Compares two places. */
export type CompareMarks = (a: KeysetMark, b: KeysetMark) => number;

/**
 * The collation of names: the root collation of Unicode (CLDR), which sorts letters of all scripts without regard to a
 * language, upper and lower case of a letter beside each other. Names that it holds equal go by code units.
 */
const collator = new Intl.Collator('und');

function compareText(a: string, b: string): number {
  return collator.compare(a, b) || compareUnits(a, b);
}

function compareUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A total order: by value in that direction, nulls last, then by source and key. */
export function compareMarks(direction: 'ASC' | 'DESC'): CompareMarks {
  const sign = direction === 'ASC' ? 1 : -1;
  return ([a, aSource, aKey, aInFront = 0], [b, bSource, bKey, bInFront = 0]) =>
    compareValues(a, b, sign) || aSource - bSource || compareUnits(aKey, bKey) || bInFront - aInFront;
}

function compareValues(a: KeysetMark[0], b: KeysetMark[0], sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'string' && typeof b === 'string') return sign * compareText(a, b);
  return sign * (Number(a) - Number(b));
}

/** What a merged page is cut from. A source that did not answer is undefined. */
export interface MergeInput {
  /** By source, each sorted by `compare`. */
  readonly sources: readonly (readonly MarkedRow[] | undefined)[];
  readonly compare: CompareMarks;
  readonly position: CatalogPosition<KeysetMark> | undefined;
  readonly isBackward: boolean;
  readonly size: number;
}

/** A row of a page, with the place its cursor stands for. */
export interface PlacedRow<Mark> {
  readonly row: CatalogRow;
  readonly position: CatalogPosition<Mark>;
}

/** A page of the merged list, its rows in the list's order. */
export interface MergedPage {
  readonly rows: readonly PlacedRow<KeysetMark>[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}

/** Cuts a page out of sorted sources: a binary search in each, then a merge of as many rows as the page has. */
export function mergePage(input: MergeInput): MergedPage {
  const { sources, compare, position, isBackward, size } = input;
  const begin = sources.map((_rows, index) => mergeBegin(position, isBackward)(index));
  // How many rows of each source stand in front of where the page begins.
  const counts = sources.map((rows, index) => countUpTo(rows ?? [], begin[index] ?? 'none', compare));
  const heads = isBackward ? counts.map((count) => count - 1) : [...counts];
  const rows: PlacedRow<KeysetMark>[] = [];
  while (rows.length < size) {
    const next = pick(sources, heads, compare, isBackward);
    if (next === undefined) break;
    const { source, mark, row } = next;
    heads[source] = (heads[source] ?? 0) + (isBackward ? -1 : 1);
    const splits = begin.map((split, index) =>
      sources[index] === undefined ? split : moved(split, mark, compare, isBackward),
    );
    rows.push({ row, position: { own: source, splits } });
  }
  const has = (from: (rows: readonly MarkedRow[], index: number) => number) =>
    sources.some((of, index) => of !== undefined && from(of, index) > 0);
  const more = pick(sources, heads, compare, isBackward) !== undefined;
  return isBackward
    ? {
        rows: rows.reverse(),
        hasPrevious: more,
        hasNext: has((of, index) => of.length - (counts[index] ?? 0)),
      }
    : { rows, hasNext: more, hasPrevious: has((_of, index) => counts[index] ?? 0) };
}

/** Where a page begins in each source, by its index. */
export function mergeBegin(
  position: CatalogPosition<KeysetMark> | undefined,
  isBackward: boolean,
): (source: number) => Split<KeysetMark> {
  if (position === undefined) return () => (isBackward ? 'all' : 'none');
  const splits = isBackward
    ? splitsInFrontOf<KeysetMark>(position, ([value, source, key]) => [value, source, key, 1])
    : position.splits;
  return (source) => splits[source] ?? 'none';
}

/** The head row that comes next, the first in forward order, the last in backward order, and its source. */
function pick(
  sources: MergeInput['sources'],
  heads: readonly number[],
  compare: CompareMarks,
  isBackward: boolean,
): (MarkedRow & { readonly source: number }) | undefined {
  let best: (MarkedRow & { readonly source: number }) | undefined;
  for (const [source, rows] of sources.entries()) {
    const head = rows?.[heads[source] ?? -1];
    if (head === undefined) continue;
    const order = best === undefined ? -1 : compare(head.mark, best.mark) * (isBackward ? -1 : 1);
    if (order < 0) best = { ...head, source };
  }
  return best;
}

/** A source's split once `mark` is passed: never back behind where it stood. */
function moved(
  split: Split<KeysetMark>,
  mark: KeysetMark,
  compare: CompareMarks,
  isBackward: boolean,
): Split<KeysetMark> {
  if (split === (isBackward ? 'all' : 'none')) return { mark };
  if (typeof split === 'string') return split;
  const order = compare(mark, split.mark);
  return (isBackward ? order < 0 : order > 0) ? { mark } : split;
}

function countUpTo(rows: readonly MarkedRow[], split: Split<KeysetMark>, compare: CompareMarks): number {
  if (split === 'none') return 0;
  if (split === 'all') return rows.length;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare((rows[middle] as MarkedRow).mark, split.mark) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
