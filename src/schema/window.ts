import type { Page, PagedList } from '../domain/page.ts';
import { GatewayError, invalidInput } from '../errors.ts';
import type { Eventually } from './eventually.ts';
import type { BeginAhead } from './read-ahead.ts';

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

/** What a cursor says, and the argument that gave it. */
export interface Position {
  readonly segment: string;
  readonly offset: number;
  readonly argument: string;
}

/** What part of a list is wanted. */
export interface WindowRequest {
  readonly isBackward: boolean;
  readonly size: number;
  /** Where to begin behind, or to end in front of. */
  readonly position: Position | undefined;
}

/** Rows of a window that stand in one list. */
interface Stretch<Row> {
  readonly key: string;
  readonly rows: readonly PlacedRow<Row>[];
}

interface Window<Row> {
  readonly stretches: readonly Stretch<Row>[];
  readonly hasNext: () => Promise<boolean>;
  readonly hasPrevious: () => Promise<boolean>;
}

/** Makes the cursor of a row. */
export type Encode = (segment: string, offset: number) => string;

/** Its cursor is made when it is asked for, which it seldom is. */
export class WindowEdge<Row> implements Edge<Row> {
  readonly node: Row;
  readonly #segment: string;
  readonly #offset: number;
  readonly #encode: Encode;

  constructor(segment: string, offset: number, row: Row, encode: Encode) {
    this.node = row;
    this.#segment = segment;
    this.#offset = offset;
    this.#encode = encode;
  }

  get cursor(): string {
    return this.#encode(this.#segment, this.#offset);
  }
}

/** The lists of a window, or what tells them. */
type Lists<Row> = readonly Segment<Row>[] | (() => Promise<readonly Segment<Row>[]>);

/** One of the lists, as far as it is read. */
interface List<Row> {
  readonly key: string;
  readonly reader: ListReader<Row>;
}

function toLists<Row>(segments: readonly Segment<Row>[]): readonly List<Row>[] {
  return segments.map(({ key, list }) => ({ key, reader: new ListReader(list) }));
}

/** A page of a list, in Relay's terms. */
export interface ListPage<Row> {
  /** @throws GatewayError */
  edges(): Eventually<readonly Edge<Row>[]>;
  /** What `nodeOf` makes of the rows of the edges. @throws GatewayError */
  nodes<Node>(nodeOf: (row: Row) => Node): Eventually<readonly Node[]>;
  /** @throws GatewayError */
  hasNextPage(): Eventually<boolean>;
  /** @throws GatewayError */
  hasPreviousPage(): Eventually<boolean>;
  /** Undefined where a backend does not tell. @throws GatewayError */
  totalCount(): Eventually<number | undefined>;
}

/** A page of what backends list. Reads nothing until asked, and each upstream page once. */
export class Connection<Row> implements ListPage<Row> {
  readonly #open: Lists<Row>;
  readonly #request: WindowRequest;
  readonly #encode: Encode;
  readonly #ahead: BeginAhead | undefined;
  #lists: readonly List<Row>[] | Promise<readonly List<Row>[]> | undefined;
  #window: Promise<Window<Row>> | undefined;
  #rows: Promise<Window<Row>> | undefined;
  #edges: Promise<readonly Edge<Row>[]> | undefined;

  /** @param ahead what to begin together with the rows */
  constructor(open: Lists<Row>, request: WindowRequest, encode: Encode, ahead?: BeginAhead) {
    this.#open = open;
    this.#request = request;
    this.#encode = encode;
    this.#ahead = ahead;
  }

  edges(): Promise<readonly Edge<Row>[]> {
    this.#edges ??= this.#readEdges();
    return this.#edges;
  }

  async nodes<Node>(nodeOf: (row: Row) => Node): Promise<readonly Node[]> {
    const nodes: Node[] = [];
    for (const { rows } of (await this.#readRows()).stretches) {
      for (const { row } of rows) nodes.push(nodeOf(row));
    }
    return nodes;
  }

  async hasNextPage(): Promise<boolean> {
    return (await this.#readWindow()).hasNext();
  }

  async hasPreviousPage(): Promise<boolean> {
    const { isBackward, position } = this.#request;
    if (!isBackward && position === undefined) return false;
    return (await this.#readWindow()).hasPrevious();
  }

  /** One call for each list, unless a page of it is read anyway. */
  async totalCount(): Promise<number | undefined> {
    // Sibling fields are resolved in this same tick: a window they ask for brings the total along.
    await Promise.resolve();
    if (this.#window !== undefined) await this.#window;
    const lists = await this.#openLists();
    const [only] = lists;
    if (only !== undefined && lists.length === 1) return only.reader.total();
    const totals = await Promise.all(lists.map(({ reader }) => reader.total()));
    return totals.reduce<number | undefined>(
      (sum, total) => (sum === undefined || total === undefined ? undefined : sum + total),
      0,
    );
  }

  #openLists(): readonly List<Row>[] | Promise<readonly List<Row>[]> {
    this.#lists ??= typeof this.#open === 'function' ? this.#open().then(toLists) : toLists(this.#open);
    return this.#lists;
  }

  async #readEdges(): Promise<readonly Edge<Row>[]> {
    const { stretches } = await this.#readRows();
    return stretches.flatMap(({ key, rows }) =>
      rows.map(({ offset, row }) => new WindowEdge(key, offset, row, this.#encode)),
    );
  }

  #readRows(): Promise<Window<Row>> {
    this.#rows ??= this.#ahead === undefined ? this.#readWindow() : this.#readTogether(this.#ahead);
    return this.#rows;
  }

  async #readTogether(begin: BeginAhead): Promise<Window<Row>> {
    const reading = this.#readWindow();
    const ahead = begin();
    // That it failed is told by those who need it.
    const aheadEnded = ahead?.reading.catch(() => undefined);
    const window = await reading;
    // Else each row would wait for it on its own. Without a row it is waited for, too: what was in vain is nearly
    // there, and to break it off would cost the connections that it came on.
    if (ahead?.isAll === true || window.stretches.every(({ rows }) => rows.length === 0)) await aheadEnded;
    return window;
  }

  #readWindow(): Promise<Window<Row>> {
    this.#window ??= this.#computeWindow();
    return this.#window;
  }

  async #computeWindow(): Promise<Window<Row>> {
    const opened = this.#openLists();
    const lists = opened instanceof Promise ? await opened : opened;
    const { isBackward, size, position } = this.#request;
    const at = position === undefined ? undefined : locate(lists, position);
    return await (isBackward ? readBackward(lists, at, size) : readForward(lists, at, size));
  }
}

/** @throws GatewayError INVALID_INPUT */
function locate(lists: readonly List<unknown>[], position: Position): Place {
  const segment = lists.findIndex(({ key }) => key === position.segment);
  if (segment === -1) throw partGone(position);
  return { segment, offset: position.offset };
}

/** The error for a cursor of a segment that is none of the list's. */
export function partGone({ argument }: Position): GatewayError {
  return invalidInput(`${argument} points into a part of the list that is gone.`, [argument]);
}

interface Place {
  readonly segment: number;
  readonly offset: number;
}

async function readForward<Row>(
  lists: readonly List<Row>[],
  after: Place | undefined,
  size: number,
): Promise<Window<Row>> {
  const start = after === undefined ? { segment: 0, offset: 0 } : { ...after, offset: after.offset + 1 };
  const stretches: Stretch<Row>[] = [];
  let missing = size;
  let hasMoreHere = async () => false;
  let segment = start.segment;
  for (; segment < lists.length; segment++) {
    const list = lists[segment];
    if (list === undefined) break;
    const range = await list.reader.read(segment === start.segment ? start.offset : 0, missing);
    stretches.push({ key: list.key, rows: range.rows });
    hasMoreHere = range.hasMore;
    missing -= range.rows.length;
    if (missing <= 0) break;
  }
  const hasPrevious = async () =>
    (await lists[start.segment]?.reader.hasRowsBefore(start.offset)) === true ||
    someList(lists.slice(0, start.segment), hasRows);
  return {
    stretches,
    hasNext: async () => (await hasMoreHere()) || someList(lists.slice(segment + 1), hasRows),
    hasPrevious,
  };
}

async function readBackward<Row>(
  lists: readonly List<Row>[],
  before: Place | undefined,
  size: number,
): Promise<Window<Row>> {
  const last = before?.segment ?? lists.length - 1;
  const stretches: Stretch<Row>[] = [];
  let missing = size;
  let front: { segment: number; offset: number | undefined } = { segment: last, offset: before?.offset };
  for (let segment = last; segment >= 0 && missing > 0; segment--) {
    const list = lists[segment];
    if (list === undefined) break;
    const range = await list.reader.readLast(segment === last ? before?.offset : undefined, missing);
    stretches.unshift({ key: list.key, rows: range.rows });
    missing -= range.rows.length;
    front = { segment, offset: range.from };
  }
  const hasNext = async () =>
    before !== undefined &&
    ((await lists[before.segment]?.reader.reaches(before.offset)) === true ||
      someList(lists.slice(before.segment + 1), hasRows));
  const hasPrevious = async () =>
    (await lists[front.segment]?.reader.hasRowsBefore(front.offset)) === true ||
    someList(lists.slice(0, Math.max(0, front.segment)), hasRows);
  return { stretches, hasNext, hasPrevious };
}

async function hasRows(reader: ListReader<unknown>): Promise<boolean> {
  return !(await reader.isEmpty());
}

/** One after the other, so that no list behind the first hit is asked. */
async function someList<Row>(
  lists: readonly List<Row>[],
  test: (reader: ListReader<unknown>) => Promise<boolean>,
): Promise<boolean> {
  for (const { reader } of lists) if (await test(reader)) return true;
  return false;
}

interface PlacedRow<Row> {
  readonly offset: number;
  readonly row: Row;
}

interface Range<Row> {
  readonly rows: readonly PlacedRow<Row>[];
  readonly hasMore: () => Promise<boolean>;
}

/** More than any page is large; times the place of a page it is a number that is exact for every list. */
const SIZES = 1_000_000;

/** Reads one list, each of its pages once. */
export class ListReader<Row> {
  readonly #list: PagedList<Row>;
  /** By size and place in pages of that size. */
  readonly #reads = new Map<number, Promise<ReadPage<Row>>>();
  readonly #pages: ReadPage<Row>[] = [];

  constructor(list: PagedList<Row>) {
    this.#list = list;
  }

  /** Undefined where the backend does not tell. */
  async total(): Promise<number | undefined> {
    if (this.#pages.length === 0) await this.#readPage(0, this.#list.pageSizes[0] ?? 1);
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
    let size = this.#planSize(from, from + count);
    let isProbe = false;
    for (let place = from; ; ) {
      const page = await this.#readPage(Math.floor(place / size), size);
      placeRows(rows, page, place);
      if (rows.length > count) return { rows: rows.slice(0, count), hasMore: async () => true };
      if (!claimsMore(page) || (isProbe && page.rows.length === 0)) {
        return { rows, hasMore: async () => false };
      }
      if (rows.length === count) return { rows, hasMore: () => this.#hasRowsBehind(page) };
      isProbe = isShort(page);
      place = page.start + size;
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
    let stop = end ?? (await this.#totalForLast());
    if (stop === 0 || count === 0) return { rows: [], from: stop };
    let from = Math.max(0, stop - count);
    let rows = await this.#readRange(from, stop);
    const total = await this.#totalForLast();
    const rear = this.#pageAt(stop - 1);
    if (rear !== undefined && endOf(rear) <= from) {
      stop = await this.#endBefore(Math.min(stop, total));
      from = Math.max(0, stop - count);
      rows = await this.#readRange(from, stop);
    }
    // Rows without an id left the window open.
    while (rows.length < count && from > 0) {
      const front = Math.floor((from - 1) / this.#largestSize()) * this.#largestSize();
      rows = [...(await this.#readRange(front, from)), ...rows];
      from = front;
    }
    if (rows.length <= count) return { rows, from };
    const kept = rows.slice(-count);
    return { rows: kept, from: kept[0]?.offset ?? from };
  }

  /** The rows of [from, to), whatever the total says. */
  async #readRange(from: number, to: number): Promise<readonly PlacedRow<Row>[]> {
    if (from >= to) return [];
    const size = this.#planSize(from, to);
    const rows: PlacedRow<Row>[] = [];
    for (let place = Math.floor(from / size) * size; place < to; place += size) {
      placeRows(rows, await this.#readPage(place / size, size), from);
    }
    return rows.filter(({ offset }) => offset < to);
  }

  /** Where a list ends that has no row right in front of `stop`: found by halving, for a total may be far off. */
  async #endBefore(stop: number): Promise<number> {
    const size = this.#largestSize();
    let [filled, empty] = [-1, Math.ceil(stop / size)];
    let end = 0;
    while (empty - filled > 1) {
      const middle = filled < 0 && empty > 1 ? 0 : Math.floor((filled + empty) / 2);
      const page = await this.#readPage(middle, size);
      if (page.rows.length === 0) empty = middle;
      else [filled, end] = [middle, endOf(page)];
    }
    return Math.min(end, stop);
  }

  async #totalForLast(): Promise<number> {
    // The largest page: where it holds the whole list, the total and the rows cost one call.
    if (this.#pages.length === 0) await this.#readPage(0, this.#largestSize());
    const total = this.#knownTotal();
    if (total !== undefined) return total;
    throw new GatewayError(
      'UNEXPECTED_REFUSAL',
      'The backend does not tell how long this list is, so it cannot be read from its end: use first and after.',
    );
  }

  async #hasRowsBehind(page: ReadPage<Row>): Promise<boolean> {
    if (!isShort(page) && page.total !== undefined && endOf(page) < page.total) return true;
    // A full page without a total: one row more tells.
    if (!isShort(page)) return (await this.read(endOf(page), 1)).rows.length > 0;
    const next = await this.#readPage(page.start / page.size + 1, page.size);
    if (next.rows.some((row) => row !== undefined)) return true;
    return next.rows.length > 0 && claimsMore(next) && this.#hasRowsBehind(next);
  }

  #largestSize(): number {
    return this.#list.pageSizes.at(-1) ?? 100;
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
    const { rows, total } = await this.#list.readPage(pageIndex + 1, size);
    const own = rows.length > size ? rows.slice(0, size) : rows;
    const page = { size, start: pageIndex * size, rows: own, total };
    this.#pages.push(page);
    return page;
  }

  /** The page size that covers [from, to) with the fewest calls still to make, the smallest among equals. */
  #planSize(from: number, to: number): number {
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

/** Whether rows may follow a page. A total that the page itself disproves counts as none. */
function claimsMore(page: ReadPage<unknown>): boolean {
  const { total } = page;
  if (total === undefined || (page.rows.length > 0 && endOf(page) > total)) return !isShort(page);
  return endOf(page) < total;
}

/** Adds the rows of a page that stand at `from` or behind it. */
function placeRows<Row>(to: PlacedRow<Row>[], { start, rows }: ReadPage<Row>, from: number): void {
  for (let index = Math.max(0, from - start); index < rows.length; index += 1) {
    const row = rows[index];
    if (row !== undefined) to.push({ offset: start + index, row });
  }
}
