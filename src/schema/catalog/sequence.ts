import { GatewayError, invalidInput } from '../../errors.ts';
import { ListReader, type Segment } from '../window.ts';
import type { PlacedRow } from './merge.ts';
import { type CatalogPosition, type Split, splitsInFrontOf } from './position.ts';
import type { CatalogRow } from './source-registry.ts';

/*
 * The catalogue by source: one source behind the other, each in its backend's own order, reading only the pages that
 * the page needs. A mark is a list of the source and an offset in it.
 */

/** The place of a row in its source; offset -1 is the place in front of a list. */
export type OffsetMark = readonly [list: string, offset: number];

/** Whether a decoded value is an {@link OffsetMark}. */
export function isOffsetMark(value: unknown): value is OffsetMark {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [list, offset] = value as readonly unknown[];
  return typeof list === 'string' && Number.isSafeInteger(offset) && Number(offset) >= -1;
}

/** One source of the sequence: its lists, opened when it is first needed. */
export class SequencePart {
  readonly #open: () => Promise<readonly Segment<CatalogRow>[]>;
  #lists: Promise<readonly { readonly key: string; readonly reader: ListReader<CatalogRow> }[]> | undefined;

  constructor(open: () => Promise<readonly Segment<CatalogRow>[]>) {
    this.#open = open;
  }

  /** @throws GatewayError */
  lists() {
    this.#lists ??= this.#open().then((segments) =>
      segments.map(({ key, list }) => ({ key, reader: new ListReader(list) })),
    );
    return this.#lists;
  }

  /** Rows of all its lists; undefined where a backend does not tell. @throws GatewayError */
  async total(): Promise<number | undefined> {
    const totals = await Promise.all((await this.lists()).map(({ reader }) => reader.total()));
    return totals.reduce<number | undefined>(
      (sum, total) => (sum === undefined || total === undefined ? undefined : sum + total),
      0,
    );
  }

  /** @throws GatewayError */
  async hasRows(): Promise<boolean> {
    for (const { reader } of await this.lists()) if (!(await reader.isEmpty())) return true;
    return false;
  }
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

/** Walks up the sequence from behind `from`, or down from in front of it. A source that fails is passed over. */
export async function walkSequence(
  parts: readonly SequencePart[],
  from: CatalogPosition<OffsetMark> | undefined,
  direction: 'up' | 'down',
  size: number,
): Promise<SequencePage> {
  const isUp = direction === 'up';
  const splits: Split<OffsetMark>[] = [...beginOf(parts, from, isUp)];
  const rows: PlacedRow<OffsetMark>[] = [];
  const errors = new Map<number, GatewayError>();
  let more: () => Promise<boolean> = async () => false;
  const order = [...parts.keys()];
  if (!isUp) order.reverse();
  let reached = 0;
  for (; reached < order.length && (rows.length < size || size === 0); reached++) {
    const index = order[reached] as number;
    const part = parts[index] as SequencePart;
    try {
      more = await walkPart(part, index, splits, isUp, size - rows.length, rows);
      if (size === 0 && (await more())) break;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      errors.set(index, error);
      more = async () => false;
    }
  }
  const rest = order.slice(reached).map((index) => ({ index, part: parts[index] as SequencePart }));
  return {
    rows,
    end: { own: -1, splits: [...splits] },
    errors,
    hasMore: async () => (await answersYes(more)) || anyRest(rest, splits, isUp),
  };
}

function beginOf(
  parts: readonly SequencePart[],
  from: CatalogPosition<OffsetMark> | undefined,
  isUp: boolean,
): readonly Split<OffsetMark>[] {
  if (from === undefined) return parts.map(() => endOf(!isUp));
  return isUp ? from.splits : splitsInFrontOf(from, ([list, offset]) => [list, offset - 1]);
}

async function anyRest(
  rest: readonly { readonly index: number; readonly part: SequencePart }[],
  splits: readonly Split<OffsetMark>[],
  isUp: boolean,
): Promise<boolean> {
  for (const { index, part } of rest) {
    const split = splits[index];
    if (split === endOf(isUp)) continue;
    const hasOne = async () => {
      const placed: PlacedRow<OffsetMark>[] = [];
      await walkPart(part, index, [...splits], isUp, 1, placed);
      return placed.length > 0;
    };
    if (await answersYes(hasOne)) return true;
  }
  return false;
}

/** A source that fails to answer has no say. */
async function answersYes(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}

/** Walks one source, moves its split, and tells whether it has rows beyond. */
async function walkPart(
  part: SequencePart,
  index: number,
  splits: Split<OffsetMark>[],
  isUp: boolean,
  count: number,
  into: PlacedRow<OffsetMark>[],
): Promise<() => Promise<boolean>> {
  const split = splits[index] ?? 'none';
  if (split === endOf(isUp)) return async () => false;
  const lists = await part.lists();
  const begin = typeof split === 'string' ? undefined : locate(lists, split.mark);
  const walk = [...lists.keys()].filter((at) =>
    isUp ? at >= (begin?.list ?? 0) : at <= (begin?.list ?? lists.length),
  );
  if (!isUp) walk.reverse();
  let wanted = count;
  for (const [step, at] of walk.entries()) {
    const { key, reader } = lists[at] as (typeof lists)[number];
    const offset = at === begin?.list ? begin.offset : undefined;
    const range = await readRange(reader, offset, isUp, wanted);
    for (const { row, offset: place } of range.rows) {
      splits[index] = { mark: [key, place] };
      into.push({ row, position: { own: index, splits: [...splits] } });
    }
    wanted -= range.rows.length;
    const rest = walk.slice(step + 1).map((list) => lists[list] as (typeof lists)[number]);
    if (wanted === 0) return async () => (await range.hasMore()) || anyRows(rest);
  }
  splits[index] = endOf(isUp);
  return async () => false;
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

function locate(lists: readonly { readonly key: string }[], [key, offset]: OffsetMark) {
  const list = lists.findIndex((one) => one.key === key);
  if (list === -1) throw invalidInput('The cursor points into a part of the catalogue that is gone.');
  return { list, offset };
}
