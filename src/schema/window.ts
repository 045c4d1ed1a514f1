import type { Page, PagedList } from '../domain/page.ts';
import { GatewayError, invalidInput } from '../errors.ts';

/*
 * The window arithmetic, once, for every list.
 *
 * A row's place is its offset in the backend's own list. A window is cut from the fewest pages of allowed sizes that
 * can cover it; among those the smallest size wins. Where several lists stand one behind the other, a place is a list
 * and an offset in it, so that going forward never needs the totals of what lies behind.
 *
 * Backends lie about totals and give short pages. A page shorter than asked for, before the total's end, is probed
 * once by reading the page behind it: rows there belong to the window, an empty one means that the list ends here.
 */

/** One list of several; `key` stands in cursors. */
export interface Segment<Row> {
  readonly key: string;
  readonly list: PagedList<Row>;
}

/** A row and its cursor. */
export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

/** What part of a list is wanted. */
export interface WindowRequest {
  readonly isBackward: boolean;
  readonly size: number;
  /** Where to begin behind, or to end in front of. */
  readonly position:
    | { readonly segment: string; readonly offset: number; readonly argument: string }
    | undefined;
}

interface Placed<Row> {
  readonly segment: number;
  readonly offset: number;
  readonly row: Row;
}

interface Window<Row> {
  readonly rows: readonly Placed<Row>[];
  readonly hasNext: () => Promise<boolean>;
  readonly hasPrevious: () => Promise<boolean>;
}

/** A page of a list, in Relay's terms. Reads nothing until asked, and each upstream page once. */
export class Connection<Row> {
  readonly #open: () => Promise<readonly Segment<Row>[]>;
  readonly #request: WindowRequest;
  readonly #encode: (segment: string, offset: number) => string;
  #segments: Promise<readonly Segment<Row>[]> | undefined;
  #readers: Promise<readonly ListReader<Row>[]> | undefined;
  #window: Promise<Window<Row>> | undefined;
  #edges: Promise<readonly Edge<Row>[]> | undefined;

  constructor(
    open: () => Promise<readonly Segment<Row>[]>,
    request: WindowRequest,
    encode: (segment: string, offset: number) => string,
  ) {
    this.#open = open;
    this.#request = request;
    this.#encode = encode;
  }

  /** @throws GatewayError */
  edges(): Promise<readonly Edge<Row>[]> {
    this.#edges ??= this.#readEdges();
    return this.#edges;
  }

  /** @throws GatewayError */
  async hasNextPage(): Promise<boolean> {
    return (await this.#readWindow()).hasNext();
  }

  /** @throws GatewayError */
  async hasPreviousPage(): Promise<boolean> {
    const { isBackward, position } = this.#request;
    if (!isBackward && position === undefined) return false;
    return (await this.#readWindow()).hasPrevious();
  }

  /** Undefined where a backend does not tell. One call for each list, unless a page of it is read anyway. @throws GatewayError */
  async totalCount(): Promise<number | undefined> {
    // Sibling fields are resolved in this same tick: a window they ask for brings the total along.
    await Promise.resolve();
    if (this.#window !== undefined) await this.#window;
    const totals = await Promise.all((await this.#lists()).map((list) => list.total()));
    return totals.reduce<number | undefined>(
      (sum, total) => (sum === undefined || total === undefined ? undefined : sum + total),
      0,
    );
  }

  #lists(): Promise<readonly ListReader<Row>[]> {
    this.#segments ??= this.#open();
    this.#readers ??= this.#segments.then((segments) => segments.map(({ list }) => new ListReader(list)));
    return this.#readers;
  }

  async #readEdges(): Promise<readonly Edge<Row>[]> {
    const { rows } = await this.#readWindow();
    const segments = (await this.#segments) ?? [];
    return rows.map(({ segment, offset, row }) => ({
      cursor: this.#encode(segments[segment]?.key ?? '', offset),
      node: row,
    }));
  }

  #readWindow(): Promise<Window<Row>> {
    this.#window ??= this.#computeWindow();
    return this.#window;
  }

  async #computeWindow(): Promise<Window<Row>> {
    const lists = await this.#lists();
    const { isBackward, size, position } = this.#request;
    const at = position === undefined ? undefined : await this.#locate(position);
    return isBackward ? readBackward(lists, at, size) : readForward(lists, at, size);
  }

  async #locate(position: NonNullable<WindowRequest['position']>): Promise<Place> {
    const segments = (await this.#segments) ?? [];
    const segment = segments.findIndex(({ key }) => key === position.segment);
    if (segment === -1) {
      throw invalidInput(`${position.argument} points into a part of the list that is gone.`, [
        position.argument,
      ]);
    }
    return { segment, offset: position.offset };
  }
}

interface Place {
  readonly segment: number;
  readonly offset: number;
}

async function readForward<Row>(
  lists: readonly ListReader<Row>[],
  after: Place | undefined,
  size: number,
): Promise<Window<Row>> {
  const start = after === undefined ? { segment: 0, offset: 0 } : { ...after, offset: after.offset + 1 };
  const rows: Placed<Row>[] = [];
  let hasMoreHere = async () => false;
  let segment = start.segment;
  for (; segment < lists.length; segment++) {
    const range = await lists[segment]?.read(
      segment === start.segment ? start.offset : 0,
      size - rows.length,
    );
    if (range === undefined) break;
    rows.push(...range.rows.map(({ offset, row }) => ({ segment, offset, row })));
    hasMoreHere = range.hasMore;
    if (rows.length >= size) break;
  }
  const hasPrevious = async () =>
    (start.offset > 0 && !(await lists[start.segment]?.isEmpty())) ||
    someList(lists.slice(0, start.segment), hasRows);
  return {
    rows,
    hasNext: async () => (await hasMoreHere()) || someList(lists.slice(segment + 1), hasRows),
    hasPrevious,
  };
}

async function readBackward<Row>(
  lists: readonly ListReader<Row>[],
  before: Place | undefined,
  size: number,
): Promise<Window<Row>> {
  const last = before?.segment ?? lists.length - 1;
  const rows: Placed<Row>[] = [];
  let segment = last;
  let start = 0;
  for (; segment >= 0; segment--) {
    const list = lists[segment];
    if (list === undefined) break;
    const range = await list.readLast(segment === last ? before?.offset : undefined, size - rows.length);
    rows.unshift(...range.rows.map(({ offset, row }) => ({ segment, offset, row })));
    start = range.from;
    if (rows.length >= size) break;
  }
  const hasNext = async () =>
    before !== undefined &&
    ((await lists[before.segment]?.reaches(before.offset)) === true ||
      someList(lists.slice(before.segment + 1), hasRows));
  return {
    rows,
    hasNext,
    hasPrevious: async () => start > 0 || someList(lists.slice(0, Math.max(0, segment)), hasRows),
  };
}

async function hasRows(list: ListReader<unknown>): Promise<boolean> {
  return !(await list.isEmpty());
}

/** One after the other, so that no list behind the first hit is asked. */
async function someList<Row>(
  lists: readonly ListReader<Row>[],
  test: (list: ListReader<unknown>) => Promise<boolean>,
): Promise<boolean> {
  for (const list of lists) if (await test(list)) return true;
  return false;
}

interface Range<Row> {
  readonly rows: readonly { readonly offset: number; readonly row: Row }[];
  readonly hasMore: () => Promise<boolean>;
  /** Set where the list turned out to end before its total. */
  readonly trueEnd?: number;
}

/** Reads one list, each of its pages once. */
class ListReader<Row> {
  readonly #list: PagedList<Row>;
  readonly #pages = new Map<string, ReadPage<Row>>();

  constructor(list: PagedList<Row>) {
    this.#list = list;
  }

  /** Undefined where the backend does not tell. */
  async total(): Promise<number | undefined> {
    const known = this.#knownPages().find((page) => page.total !== undefined);
    return (known ?? (await this.#readPage(0, this.#list.pageSizes[0] ?? 1))).total;
  }

  async isEmpty(): Promise<boolean> {
    return !(await this.reaches(0));
  }

  /** Whether a row stands at `offset` or behind it. */
  async reaches(offset: number): Promise<boolean> {
    const isSeen = ({ start, rows }: ReadPage<Row>) => rows.length > 0 && start + rows.length > offset;
    if (this.#knownPages().some(isSeen)) return true;
    const total = await this.total();
    if (total !== undefined) return total > offset;
    return (await this.read(offset, 1)).rows.length > 0;
  }

  /** Up to `count` rows from `from` on. */
  async read(from: number, count: number): Promise<Range<Row>> {
    if (count === 0) return { rows: [], hasMore: () => this.reaches(from) };
    const size = this.#planSize(from, from + count);
    const rows: { offset: number; row: Row }[] = [];
    let isProbe = false;
    for (let pageIndex = Math.floor(from / size); ; pageIndex++) {
      const page = await this.#readPage(pageIndex, size);
      rows.push(...placedRows(page, from));
      const end = page.start + page.rows.length;
      const isShort = page.rows.length < size;
      const claimsMore = page.total === undefined ? !isShort : end < page.total;
      if (rows.length > count) return { rows: rows.slice(0, count), hasMore: async () => true };
      if (!claimsMore) return { rows, hasMore: async () => false };
      if (rows.length === count) {
        const isCertain = !isShort && page.total !== undefined;
        return { rows, hasMore: async () => isCertain || (await this.#hasRowsAt(pageIndex + 1, size)) };
      }
      if (isShort && isProbe) return { rows, hasMore: async () => false, trueEnd: end };
      isProbe = isShort;
    }
  }

  /** Up to `count` rows in front of `end`, or of the list's end. @throws GatewayError where the backend tells no total */
  async readLast(end: number | undefined, count: number): Promise<Range<Row> & { readonly from: number }> {
    const total = await this.#totalForLast();
    let stop = Math.min(end ?? total, total);
    for (;;) {
      const from = Math.max(0, stop - count);
      const range = await this.read(from, stop - from);
      // The list ended before its total: what counts as last stands further in front.
      if (range.trueEnd === undefined || range.trueEnd >= stop || stop === 0) return { ...range, from };
      stop = range.trueEnd;
    }
  }

  async #totalForLast(): Promise<number> {
    // The largest page: where it holds the whole list, the total and the rows cost one call.
    const known = this.#knownPages().some((page) => page.total !== undefined);
    const page = known ? undefined : await this.#readPage(0, this.#list.pageSizes.at(-1) ?? 100);
    const total = page === undefined ? await this.total() : page.total;
    if (total !== undefined) return total;
    throw new GatewayError(
      'UNEXPECTED_REFUSAL',
      'The backend does not tell how long this list is, so it cannot be read from its end: use first and after.',
    );
  }

  async #hasRowsAt(pageIndex: number, size: number): Promise<boolean> {
    return (await this.#readPage(pageIndex, size)).rows.length > 0;
  }

  #knownPages(): readonly ReadPage<Row>[] {
    return [...this.#pages.values()];
  }

  async #readPage(pageIndex: number, size: number): Promise<ReadPage<Row>> {
    const key = `${pageIndex}/${size}`;
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const { rows, total } = await this.#list.readPage(pageIndex + 1, size);
    const start = pageIndex * size;
    const kept = rows.slice(0, size);
    // A total smaller than what has been seen is a lie.
    const page = {
      size,
      start,
      rows: kept,
      total: total === undefined || kept.length === 0 ? total : Math.max(total, start + kept.length),
    };
    this.#pages.set(key, page);
    return page;
  }

  /** The page size that covers [from, to) with the fewest calls still to make, the smallest among equals. */
  #planSize(from: number, to: number): number {
    const total =
      this.#knownPages().find((page) => page.total !== undefined)?.total ?? Number.POSITIVE_INFINITY;
    const stop = Math.max(from + 1, Math.min(to, total));
    let best = { size: 1, calls: Number.POSITIVE_INFINITY };
    for (const size of this.#list.pageSizes) {
      const first = Math.floor(from / size);
      const last = Math.floor((stop - 1) / size);
      let calls = last - first + 1;
      for (const page of this.#knownPages()) {
        if (page.size === size && page.start >= first * size && page.start <= last * size) calls--;
      }
      if (calls < best.calls) best = { size, calls };
    }
    return best.size;
  }
}

interface ReadPage<Row> extends Page<Row> {
  readonly start: number;
  readonly size: number;
}

function placedRows<Row>({ start, rows }: ReadPage<Row>, from: number) {
  return rows.flatMap((row, index) =>
    row === undefined || start + index < from ? [] : [{ offset: start + index, row }],
  );
}
