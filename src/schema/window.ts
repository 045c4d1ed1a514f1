import { setTimeout } from 'node:timers/promises';
import { type PagedList, sumOfTotals } from '../domain/page.ts';
import { type GatewayError, invalidInput } from '../errors.ts';
import type { Eventually } from './eventually.ts';
import { ListReader, type PlacedRow, type RowPlace } from './list-reader.ts';
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
export interface Position extends RowPlace {
  readonly segment: string;
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
export type Encode = (segment: string, place: RowPlace) => string;

/** Its cursor is made when it is asked for, which it seldom is. */
export class WindowEdge<Row> implements Edge<Row> {
  readonly node: Row;
  readonly #segment: string;
  readonly #place: RowPlace;
  readonly #encode: Encode;

  constructor(segment: string, place: RowPlace, row: Row, encode: Encode) {
    this.node = row;
    this.#segment = segment;
    this.#place = place;
    this.#encode = encode;
  }

  get cursor(): string {
    return this.#encode(this.#segment, this.#place);
  }
}

/** Time that an empty page leaves to what was read for its rows. */
const GRACE_MS = 100;

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
    return sumOfTotals(await Promise.all(lists.map(({ reader }) => reader.total())));
  }

  #openLists(): readonly List<Row>[] | Promise<readonly List<Row>[]> {
    this.#lists ??= typeof this.#open === 'function' ? this.#open().then(toLists) : toLists(this.#open);
    return this.#lists;
  }

  async #readEdges(): Promise<readonly Edge<Row>[]> {
    const { stretches } = await this.#readRows();
    return stretches.flatMap(({ key, rows }) =>
      rows.map((placed) => new WindowEdge(key, placed, placed.row, this.#encode)),
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
    const isEmpty = window.stretches.every(({ rows }) => rows.length === 0);
    // What was read in vain is there by now, most likely: to break it off would cost the connection it comes on.
    if (isEmpty) await Promise.race([aheadEnded, setTimeout(GRACE_MS, undefined, { ref: false })]);
    // Else each row would wait for it on its own.
    else if (ahead?.isAll === true) await aheadEnded;
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
    if (at !== undefined && position !== undefined) lists[at.segment]?.reader.goOnAt(position);
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
