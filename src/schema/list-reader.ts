import { crc32 } from 'node:zlib';
import type { Page, PagedList } from '../domain/page.ts';
import { GatewayError } from '../errors.ts';

/*
 * One list, read by the fewest pages, whatever its backend makes of page sizes and totals.
 *
 * Where rows are missing from a page, the place of its other rows is known only as one of the pages of that size, so
 * their cursors name it, and reading goes on by it: by another size the same row would stand elsewhere. Every cursor
 * tells its row, too, by which it is found in a page from which rows are missing.
 */

/** Where a row stands in its list. */
export interface RowPlace {
  readonly offset: number;
  /** The size of pages that the offset goes by; undefined where it is the same by any. */
  readonly pageSize?: number | undefined;
  /** Tells the row from others; undefined where it has nothing to be told by. */
  readonly tag?: string | undefined;
}

/** A row and its place. */
export class PlacedRow<Row> implements RowPlace {
  readonly offset: number;
  readonly pageSize: number | undefined;
  readonly row: Row;

  constructor(offset: number, pageSize: number | undefined, row: Row) {
    this.offset = offset;
    this.pageSize = pageSize;
    this.row = row;
  }

  get tag(): string | undefined {
    return tagOf(this.row);
  }
}

/** A few characters made of what tells a row from the others of its list. */
function tagOf(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  const { sourceId, versionName } = row as { readonly sourceId?: unknown; readonly versionName?: unknown };
  const own = sourceId ?? versionName;
  return typeof own === 'string' ? crc32(own).toString(36) : undefined;
}

/** Rows of a list from a place on. */
export interface Range<Row> {
  readonly rows: readonly PlacedRow<Row>[];
  readonly hasMore: () => Promise<boolean>;
}

/** Rows beyond it have page numbers that the backends, which count in int32, cannot take. */
export const MAX_ROWS = 2 ** 31 - 2;

/** A total that tells of more pages is no help to find the end of a list. */
const LIKELY_PAGES = 1_000;

/** How far behind a page that has rows the end of a list is looked for. */
function farthest(filled: number): number {
  return Math.max(LIKELY_PAGES, 4 * filled);
}

/** More than any page is large; times the place of a page it is a number that is exact for every list. */
const SIZES = 1_000_000;

/** Reads one list, each of its pages once. */
export class ListReader<Row> {
  readonly #list: PagedList<Row>;
  /** By size and place in pages of that size. */
  readonly #reads = new Map<number, Promise<ReadPage<Row>>>();
  readonly #pages: ReadPage<Row>[] = [];
  /** The row of the cursor that was given. */
  #given: RowPlace | undefined;
  /** The only size of pages that is read. */
  #only: number | undefined;

  constructor(list: PagedList<Row>) {
    this.#list = list;
  }

  /** Told before anything is read: what is read will begin or end at a row that stood there in an earlier page. */
  goOnAt(place: RowPlace): void {
    const { pageSize } = place;
    this.#given = place;
    if (pageSize !== undefined && this.#list.pageSizes.includes(pageSize)) this.#only = pageSize;
  }

  /** Undefined where the backend does not tell. */
  async total(): Promise<number | undefined> {
    if (this.#pages.length === 0) await this.#readPage(0, this.#only ?? this.#list.pageSizes[0] ?? 1);
    return this.#knownTotal();
  }

  async isEmpty(): Promise<boolean> {
    return !(await this.reaches(0));
  }

  /** Whether a row stands at `offset` or behind it: seen, or told by the total where nothing read denies it. */
  async reaches(offset: number): Promise<boolean> {
    if (this.#hasSeen(offset, Number.POSITIVE_INFINITY)) return true;
    const total = await this.total();
    if (total !== undefined && total <= offset) return false;
    if (total !== undefined && this.#pageAt(offset) === undefined) return true;
    return (await this.read(offset, 1)).rows.length > 0;
  }

  /** Whether a row stands in front of `offset`, or anywhere without one. */
  async hasRowsBefore(offset: number | undefined): Promise<boolean> {
    if (offset === 0 || (await this.isEmpty())) return false;
    if (offset === undefined || this.#hasSeen(0, offset)) return true;
    let front = offset;
    for (let page = this.#pageAt(front - 1); page !== undefined; page = this.#pageAt(front - 1)) {
      front = page.start;
    }
    return front > 0;
  }

  /** Up to `count` rows from `from` on. */
  async read(from: number, count: number): Promise<Range<Row>> {
    if (count === 0) return { rows: [], hasMore: () => this.reaches(from) };
    const rows: PlacedRow<Row>[] = [];
    const planned = await this.#sizeFor(from, from + count, from);
    let size = planned;
    let isProbe = false;
    for (let place = from; ; ) {
      const page = await this.#pageWith(place, place, size, planned);
      rows.push(...this.#placed(page, this.#indexIn(page, place)));
      if (rows.length > count) return { rows: rows.slice(0, count), hasMore: async () => true };
      if (!this.#claimsMore(page) || (isProbe && page.rows.length === 0)) {
        return { rows, hasMore: async () => false };
      }
      if (rows.length === count) return { rows, hasMore: () => this.#hasRowsBehind(page) };
      isProbe = isShort(page);
      place = page.start + page.size;
      // Rows without an id left the window open: the next of them may be many.
      if (place >= from + count && !isProbe) size = this.#largestSize();
    }
  }

  /**
   * Up to `count` rows in front of `end`, or of the list's end; `from` is the place of the foremost one looked at.
   *
   * @throws GatewayError where the backend tells no total
   */
  async readLast(
    end: number | undefined,
    count: number,
  ): Promise<{ readonly rows: readonly PlacedRow<Row>[]; readonly from: number }> {
    const stop = end ?? (await this.#totalForLast());
    if (stop === 0 || count === 0) return { rows: [], from: stop };
    const size = await this.#sizeFor(Math.max(0, stop - count), stop, stop - 1);
    const rear = await this.#readPage(Math.floor((stop - 1) / size), size);
    const told = await this.#totalForLast();
    if (rear.rows.length > 0) return this.#readBack(stop, count, size);
    const last = await this.#endBefore(Math.min(stop, told));
    return this.#readBack(last, count, this.#planSize(Math.max(0, last - count), last));
  }

  /** Page by page towards the front. */
  async #readBack(stop: number, count: number, planned: number) {
    let rows: readonly PlacedRow<Row>[] = [];
    let place = stop;
    let size = planned;
    while (rows.length < count && place > 0) {
      const page = await this.#pageWith(place - 1, place, size, planned);
      rows = [...this.#placed(page, 0, this.#indexIn(page, place)), ...rows];
      place = page.start;
      // Rows without an id left the window open.
      if (place <= stop - count) size = this.#largestSize();
    }
    if (rows.length <= count) return { rows, from: place };
    const kept = rows.slice(-count);
    return { rows: kept, from: kept[0]?.offset ?? place };
  }

  /**
   * The page with a place. Where that page lacks rows and goes beyond the edge to what was read already, none tells where
   * the edge is in it: it is the page of the planned size then, which has the edge for an edge of its own.
   */
  async #pageWith(place: number, edge: number, size: number, planned: number): Promise<ReadPage<Row>> {
    const page = await this.#readPage(Math.floor(place / size), size);
    const isAcross = edge > page.start && edge < page.start + size;
    if (size === planned || !isAcross || !hasGap(page)) return page;
    return this.#readPage(Math.floor(place / planned), planned);
  }

  /**
   * The size of the pages to cover [from, to) by. Where the one with `place` should hold the cursor's row and holds
   * another one in its place, and would be full if it were smaller, it is one of a backend that gives smaller pages: of
   * those that the total does not tell from a last one.
   */
  async #sizeFor(from: number, to: number, place: number): Promise<number> {
    const size = this.#planSize(from, to);
    const given = this.#given;
    const index = Math.floor(place / size);
    if (given?.tag === undefined || this.#only !== undefined) return size;
    const page = await this.#readPage(index, size);
    const own = page.rows.length;
    if (own === 0 || !isShort(page) || hasGap(page)) return size;
    const isPlaced = index === Math.floor(given.offset / size) ? isAt(page, given) : !holds(page, given);
    if (isPlaced) return size;
    if (isAt(await this.#readPage(Math.floor(given.offset / own), own), given)) this.#only = own;
    return this.#only ?? size;
  }

  /** Where in a page the first row stands that is at a place or behind it. */
  #indexIn(page: ReadPage<Row>, place: number): number {
    const index = Math.max(0, place - page.start);
    const given = this.#given;
    if (index === 0 || given?.tag === undefined || this.#only !== undefined || isAt(page, given))
      return index;
    // Rows that are missing from the page may have stood in front of it or behind it, and rows may have come or gone.
    const found = page.rows.findIndex((row) => row !== undefined && tagOf(row) === given.tag);
    return found === -1 ? index : found + Number(place > given.offset);
  }

  #placed({ start, rows, size, ownSize }: ReadPage<Row>, from: number, to = rows.length): PlacedRow<Row>[] {
    const placed: PlacedRow<Row>[] = [];
    const pageSize = this.#knownBy(size, ownSize);
    for (let index = from; index < Math.min(to, rows.length); index += 1) {
      const row = rows[index];
      if (row !== undefined) placed.push(new PlacedRow(start + index, pageSize, row));
    }
    return placed;
  }

  /** The size of pages that places go by in what was read by that size; undefined where they go by any. */
  #knownBy(size: number, ownSize: number | undefined): number | undefined {
    if (this.#only !== undefined) return this.#only;
    return this.#pages.some((page) => page.size === size && hasGap(page)) ? size : ownSize;
  }

  /** Whether rows may follow a page. Where rows are missing, a total that counts those alone which are there is no end. */
  #claimsMore(page: ReadPage<Row>): boolean {
    return claimsMore(page) || (!isShort(page) && this.#knownBy(page.size, undefined) !== undefined);
  }

  /** Where a list ends that has no row right in front of `stop`: found by halving, for a total may be far off. */
  async #endBefore(stop: number): Promise<number> {
    const size = this.#largestSize();
    let [filled, empty] = [-1, Math.ceil(stop / size)];
    let end = 0;
    for (let guess = 0; empty - filled > 1; ) {
      const page = await this.#readPage(guess, size);
      if (page.rows.length === 0) empty = guess;
      else [filled, end] = [guess, endOf(page)];
      // The one behind a page that is not full is empty, most likely.
      const isLast = page.rows.length > 0 && isShort(page);
      guess = isLast ? filled + 1 : Math.floor((filled + Math.min(empty, farthest(filled))) / 2);
    }
    return Math.min(end, stop);
  }

  async #totalForLast(): Promise<number> {
    // The largest page: where it holds the whole list, the total and the rows cost one call.
    if (this.#pages.length === 0) await this.#readPage(0, this.#largestSize());
    const total = this.#knownTotal();
    if (total !== undefined) return Math.min(total, MAX_ROWS);
    throw new GatewayError(
      'UNEXPECTED_REFUSAL',
      'The backend does not tell how long this list is, so it cannot be read from its end: use first and after.',
      { source: this.#list.source },
    );
  }

  async #hasRowsBehind(page: ReadPage<Row>): Promise<boolean> {
    if (!isShort(page) && page.total !== undefined && endOf(page) < page.total) return true;
    // A full page without a total: one row more tells.
    if (!isShort(page)) return (await this.read(endOf(page), 1)).rows.length > 0;
    const next = await this.#readPage(page.start / page.size + 1, page.size);
    if (next.rows.some((row) => row !== undefined)) return true;
    return next.rows.length > 0 && this.#claimsMore(next) && this.#hasRowsBehind(next);
  }

  #largestSize(): number {
    const own = this.#only ?? this.#pages.find(({ ownSize }) => ownSize !== undefined)?.ownSize;
    return own ?? this.#list.pageSizes.at(-1) ?? 100;
  }

  /** The largest that any page told; one smaller than what has been seen is a lie. */
  #knownTotal(): number | undefined {
    let told: number | undefined;
    let seen = 0;
    for (const page of this.#pages) {
      if (page.total !== undefined) told = Math.max(told ?? page.total, page.total);
      if (page.rows.length > 0) seen = Math.max(seen, endOf(page));
    }
    return told === undefined ? undefined : Math.max(told, seen);
  }

  /** Whether a page that was read has a row in [from, to). */
  #hasSeen(from: number, to: number): boolean {
    return this.#pages.some(({ start, rows }) =>
      rows.some((row, index) => row !== undefined && start + index >= from && start + index < to),
    );
  }

  #pageAt(place: number): ReadPage<Row> | undefined {
    return this.#pages.find(({ start, size }) => start <= place && place < start + size);
  }

  #readPage(pageIndex: number, size: number): Promise<ReadPage<Row>> {
    const key = pageIndex * SIZES + size;
    const known = this.#reads.get(key);
    if (known !== undefined) return known;
    const read = this.#fetchPage(pageIndex, size);
    this.#reads.set(key, read);
    return read;
  }

  async #fetchPage(pageIndex: number, size: number): Promise<ReadPage<Row>> {
    const { rows, total, ownSize } = await this.#list.readPage(pageIndex + 1, size);
    const own = rows.length > size ? rows.slice(0, size) : rows;
    const page = { size, start: pageIndex * size, rows: own, total, ownSize };
    this.#pages.push(page);
    return page;
  }

  /** The page size that covers [from, to) with the fewest calls still to make, the smallest among equals. */
  #planSize(from: number, to: number): number {
    if (this.#only !== undefined) return this.#only;
    const total = this.#knownTotal() ?? Number.POSITIVE_INFINITY;
    const stop = Math.max(from + 1, Math.min(to, total));
    let best = { size: 1, calls: Number.POSITIVE_INFINITY };
    for (const size of this.#list.pageSizes) {
      const first = Math.floor(from / size);
      const last = Math.floor((stop - 1) / size);
      let calls = last - first + 1;
      for (const page of this.#pages) {
        if (page.size === size && page.start >= first * size && page.start <= last * size) calls--;
      }
      if (calls < best.calls) best = { size, calls };
      if (calls === 1 && this.#pages.length === 0) break;
    }
    return best.size;
  }
}

interface ReadPage<Row> extends Page<Row> {
  readonly start: number;
  readonly size: number;
}

function endOf({ start, rows }: ReadPage<unknown>): number {
  return start + rows.length;
}

function isShort({ rows, size }: ReadPage<unknown>): boolean {
  return rows.length < size;
}

/** Whether a row stands where its cursor says. */
function isAt({ start, rows }: ReadPage<unknown>, { offset, tag }: RowPlace): boolean {
  return tagOf(rows[offset - start]) === tag;
}

/** Whether a page has the row of a cursor anywhere. */
function holds({ rows }: ReadPage<unknown>, { tag }: RowPlace): boolean {
  return rows.some((row) => tagOf(row) === tag);
}

/** Whether rows are missing from a page, as far as its total can be trusted. */
function hasGap(page: ReadPage<unknown>): boolean {
  return page.rows.length > 0 && isShort(page) && page.total !== undefined && endOf(page) < page.total;
}

/** Whether rows may follow a page. A total that the page itself disproves counts as none. */
function claimsMore(page: ReadPage<unknown>): boolean {
  const { total } = page;
  if (total === undefined || (page.rows.length > 0 && endOf(page) > total)) return !isShort(page);
  return endOf(page) < total;
}
