import { sumOfTotals } from '../../domain/page.ts';
import { GatewayError, invalidInput } from '../../errors.ts';
import { ListReader, MAX_ROWS, type RowPlace } from '../list-reader.ts';
import type { Segment } from '../window.ts';
import { inTurn } from './in-turn.ts';
import type { PlacedRow } from './merge.ts';
import { type CatalogPosition, type Split, splitsInFrontOf } from './position.ts';
import type { CatalogRow } from './source-registry.ts';

/*
 * The catalogue by source: one source behind the other, each in its backend's own order, reading only the pages that
 * the page needs. A mark is a list of the source and an offset in it.
 */

/**
 * The place of a row in its source; offset -1 is the place in front of a list. The size of pages and the tag are those
 * of {@link RowPlace}; the tag of the place in front of a row is that row's.
 */
export type OffsetMark = readonly [
  list: string,
  offset: number,
  pageSize?: number | null,
  tag?: string | null,
  isInFront?: true,
];

/** Whether a decoded value is an {@link OffsetMark}. */
export function isOffsetMark(value: unknown): value is OffsetMark {
  if (!Array.isArray(value) || value.length > 5) return false;
  const [list, offset, pageSize = null, tag = null, isInFront = true] = value as readonly unknown[];
  const isPlace = Number.isSafeInteger(offset) && Number(offset) >= -1 && Number(offset) < MAX_ROWS;
  const isTag = (tag === null || typeof tag === 'string') && isInFront === true;
  return typeof list === 'string' && isPlace && isPageSize(pageSize) && isTag;
}

function isPageSize(value: unknown): boolean {
  return value === null || (Number.isSafeInteger(value) && Number(value) >= 1);
}

function markOf(list: string, { offset, pageSize, tag }: RowPlace): OffsetMark {
  return [list, offset, pageSize ?? null, tag ?? null];
}

function inFrontOf([list, offset, pageSize = null, tag = null]: OffsetMark): OffsetMark {
  return [list, Math.max(-1, offset - 1), pageSize, tag, true];
}

/** The place of the row whose tag a mark has. */
function placeOf([, offset, pageSize, tag, isInFront]: OffsetMark): RowPlace {
  return {
    offset: offset + Number(isInFront ?? false),
    pageSize: pageSize ?? undefined,
    tag: tag ?? undefined,
  };
}

/** What stands behind the rows that were read: nothing, what could not be read, or what tells whether there are more. */
type Rest = 'nothing' | GatewayError | (() => Promise<boolean>);

/** Rows of a source from where a walk meets it. */
interface Reading {
  readonly rows: readonly { readonly row: CatalogRow; readonly mark: OffsetMark }[];
  readonly rest: Rest;
}

/** One source of the sequence: its lists, opened when it is first needed. */
export class SequencePart {
  readonly #open: () => Promise<readonly Segment<CatalogRow>[]>;
  #lists: Promise<readonly { readonly key: string; readonly reader: ListReader<CatalogRow> }[]> | undefined;
  #reading: Promise<Reading> | undefined;

  constructor(open: () => Promise<readonly Segment<CatalogRow>[]>) {
    this.#open = open;
  }

  /** Rows of all its lists; undefined where a backend does not tell. @throws GatewayError */
  async total(): Promise<number | undefined> {
    // One that is under way brings totals along, or tells why there are none.
    const { rest } = (await this.#reading) ?? {};
    if (rest instanceof GatewayError) throw rest;
    return sumOfTotals(await Promise.all((await this.#openLists()).map(({ reader }) => reader.total())));
  }

  /** Up to `count` rows from a split on, in the order they are walked. */
  read(split: Split<OffsetMark>, isUp: boolean, count: number): Promise<Reading> {
    this.#reading = this.#readFrom(split, isUp, count);
    return this.#reading;
  }

  async #readFrom(split: Split<OffsetMark>, isUp: boolean, count: number): Promise<Reading> {
    const rows: Reading['rows'][number][] = [];
    if (split === endOf(isUp)) return { rows, rest: 'nothing' };
    try {
      const { walk, offset: begin } = walkOf(await this.#openLists(), split, isUp);
      if (typeof split !== 'string') walk[0]?.reader.goOnAt(placeOf(split.mark));
      for (const [step, { key, reader }] of walk.entries()) {
        const offset = step === 0 ? begin : undefined;
        const range = await readRange(reader, offset, isUp, count - rows.length);
        for (const placed of range.rows) rows.push({ row: placed.row, mark: markOf(key, placed) });
        if (rows.length < count) continue;
        const behind = walk.slice(step + 1);
        return { rows, rest: async () => (await range.hasMore()) || anyRows(behind) };
      }
      return { rows, rest: 'nothing' };
    } catch (error) {
      if (error instanceof GatewayError) return { rows, rest: error };
      throw error;
    }
  }

  #openLists() {
    this.#lists ??= this.#open().then((segments) =>
      segments.map(({ key, list }) => ({ key, reader: new ListReader(list) })),
    );
    return this.#lists;
  }
}

/** What is asked of the sequence. */
export interface SequenceWalk {
  /** Walks up from behind it, or down from in front of it. */
  readonly from: CatalogPosition<OffsetMark> | undefined;
  readonly isUp: boolean;
  readonly size: number;
  /** Milliseconds for which one source is asked after the other; then all that are left are asked at once. */
  readonly turnMs: () => number;
}

/** A page of the sequence, its rows in the order they were walked. */
export interface SequencePage {
  readonly rows: readonly PlacedRow<OffsetMark>[];
  /** Where the walk stands behind its last row, for a page without rows. */
  readonly end: CatalogPosition<OffsetMark>;
  readonly errors: ReadonlyMap<number, GatewayError>;
  /** Whether the sources that answered have rows further along the walk. */
  readonly hasMore: () => Promise<boolean>;
}

/** Walks the sequence. A source that fails is passed over. */
export async function walkSequence(
  parts: readonly SequencePart[],
  { from, isUp, size, turnMs }: SequenceWalk,
): Promise<SequencePage> {
  const begin = beginOf(parts, from, isUp);
  const turns = parts.map((part, index): Turn => {
    const split = begin[index] ?? 'none';
    return { index, read: (count) => part.read(split, isUp, count) };
  });
  if (!isUp) turns.reverse();
  const readings = await readInTurn(turns, size, turnMs());
  const splits = [...begin];
  const rows: PlacedRow<OffsetMark>[] = [];
  const errors = new Map<number, GatewayError>();
  const more: (() => Promise<boolean>)[] = [];
  for (const { index, read } of turns) {
    const missing = size - rows.length;
    const { rows: found, rest } = readings.get(index) ?? unread(read);
    const shown = found.slice(0, missing);
    for (const { row, mark } of shown) {
      splits[index] = { mark };
      rows.push({ row, position: { own: index, splits: [...splits] } });
    }
    if (found.length > missing) more.push(async () => true);
    else if (typeof rest === 'function') more.push(rest);
    if (rest instanceof GatewayError) errors.set(index, rest);
    // Of a page of none nothing is behind.
    if (missing >= Math.max(1, found.length))
      splits[index] = splitBehind(splits[index] ?? 'none', rest, isUp, shown.length);
  }
  return { rows, end: { own: -1, splits }, errors, hasMore: () => anyYes(more, turnMs()) };
}

/** The split of a source that a walk leaves for the next one: of a walk down, what was read of it stands behind that. */
function splitBehind(split: Split<OffsetMark>, rest: Rest, isUp: boolean, shown: number): Split<OffsetMark> {
  if (rest === 'nothing') return endOf(isUp);
  const isWalkedOver = rest instanceof GatewayError && !isUp && shown > 0 && typeof split !== 'string';
  return isWalkedOver ? { mark: inFrontOf(split.mark) } : split;
}

/** One source of a walk. */
interface Turn {
  readonly index: number;
  read(count: number): Promise<Reading>;
}

function unread(read: Turn['read']): Reading {
  return { rows: [], rest: async () => (await read(1)).rows.length > 0 };
}

function beginOf(
  parts: readonly SequencePart[],
  from: CatalogPosition<OffsetMark> | undefined,
  isUp: boolean,
): readonly Split<OffsetMark>[] {
  if (from === undefined) return parts.map(() => endOf(!isUp));
  return isUp ? from.splits : splitsInFrontOf(from, inFrontOf);
}

/** What a page of that many rows needs of each source; by its index, of those that have answered or failed by then. */
async function readInTurn(
  turns: readonly Turn[],
  size: number,
  turnMs: number,
): Promise<ReadonlyMap<number, Reading>> {
  const readings = new Map<number, Reading>();
  // A page of none looks for one, too: it tells whether there are more.
  const wanted = Math.max(size, 1);
  const missing = () => wanted - [...readings.values()].reduce((sum, { rows }) => sum + rows.length, 0);
  const works = turns.map(({ index, read }, place) => async () => {
    // Where one in front is late, there may be no time left to look for a row beyond the page.
    const isLate = readings.size < place;
    readings.set(index, await read(missing() + Number(isLate)));
  });
  const isWhole = () => {
    let found = 0;
    for (const { index } of turns) {
      const reading = readings.get(index);
      if (reading === undefined) return false;
      found += reading.rows.length;
      if (found >= wanted) return true;
    }
    return false;
  };
  await inTurn(works, isWhole, turnMs);
  return new Map(readings);
}

/** Whether one of them is answered by yes. A source that fails to answer has no say. */
async function anyYes(questions: readonly (() => Promise<boolean>)[], turnMs: number): Promise<boolean> {
  let isYes = false;
  const works = questions.map((ask) => async () => {
    try {
      if (await ask()) isYes = true;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
    }
  });
  await inTurn(works, () => isYes, turnMs);
  return isYes;
}

/** The split of a source that was walked to its end. */
function endOf(isUp: boolean): 'all' | 'none' {
  return isUp ? 'all' : 'none';
}

/** Rows of one list in the order they are walked, from behind `offset` up, or from `offset` down. */
async function readRange(
  reader: ListReader<CatalogRow>,
  offset: number | undefined,
  isUp: boolean,
  count: number,
) {
  if (isUp) return reader.read(offset === undefined ? 0 : offset + 1, count);
  const { rows, from } = await reader.readLast(offset === undefined ? undefined : offset + 1, count);
  return { rows: rows.toReversed(), hasMore: () => reader.hasRowsBefore(from) };
}

async function anyRows(lists: readonly { readonly reader: ListReader<CatalogRow> }[]): Promise<boolean> {
  for (const { reader } of lists) if (!(await reader.isEmpty())) return true;
  return false;
}

/** The lists that a walk meets from a split on, and where it begins in the first of them. */
function walkOf<List extends { readonly key: string }>(
  lists: readonly List[],
  split: Split<OffsetMark>,
  isUp: boolean,
): { readonly walk: readonly List[]; readonly offset: number | undefined } {
  if (typeof split === 'string') return { walk: isUp ? lists : lists.toReversed(), offset: undefined };
  const [key, offset] = split.mark;
  const at = lists.findIndex((list) => list.key === key);
  if (at === -1) throw invalidInput('The cursor points into a part of the catalogue that is gone.');
  return { walk: isUp ? lists.slice(at) : lists.slice(0, at + 1).reverse(), offset };
}
