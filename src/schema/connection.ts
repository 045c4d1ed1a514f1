import { createHash } from 'node:crypto';
import { builder, type ObjectTypeRef } from '../builder.ts';
import { OF_ITS_LIST } from '../cost/statement.ts';
import type { PagedList } from '../domain/page.ts';
import { invalidInput } from '../errors.ts';
import type { Eventually } from './eventually.ts';
import { MAX_ROWS } from './list-reader.ts';
import type { BeginAhead } from './read-ahead.ts';
import { type ReadRows, RowsWindow } from './rows-window.ts';
import { applied } from './subgraph-sdl.ts';
import {
  Connection,
  type Edge,
  type Encode,
  type ListPage,
  type Position,
  type Segment,
  type WindowRequest,
} from './window.ts';

/** The paging arguments of a field, as GraphQL gives them. */
export interface WindowArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** Rows of a page where neither `first` nor `last` says. */
const DEFAULT_PAGE_SIZE = 20;
/** Most rows of a page. */
const MAX_PAGE_SIZE = 100;

/** `first`, `after`, `last` and `before`, as arguments of a field. */
export const windowArgs = builder.args((t) => ({
  first: t.int({
    description: `Rows from the front, at most ${MAX_PAGE_SIZE}; ${DEFAULT_PAGE_SIZE} where neither first nor last is given.`,
  }),
  after: t.string({ description: 'Cursor of this list to begin behind. Goes with first.' }),
  last: t.int({
    description: `Rows from the end, at most ${MAX_PAGE_SIZE}. Needs a backend that tells its total.`,
  }),
  before: t.string({ description: 'Cursor of this list to end in front of. Goes with last.' }),
}));

/**
 * A window on a list, or on several lists one behind the other. Nothing is read before a field asks for it.
 *
 * `identity` is all that makes the list this list, its filter included: cursors of another one are refused.
 *
 * @param ahead what to begin together with the rows
 * @throws GatewayError INVALID_INPUT
 */
export function connect<Row>(
  identity: readonly unknown[],
  lists: PagedList<Row> | (() => Promise<readonly Segment<Row>[]>),
  args: WindowArgs,
  ahead?: BeginAhead,
): Connection<Row> {
  const segments = typeof lists === 'function' ? lists : [{ key: '', list: lists }];
  const cursors = new Cursors(identity);
  return new Connection(segments, windowOf(args, cursors), cursors.encode, ahead);
}

/**
 * As {@link connect}, for rows that are read all at once.
 *
 * @throws GatewayError INVALID_INPUT
 */
export function connectRows<Row>(
  identity: readonly unknown[],
  readRows: ReadRows<Row>,
  args: WindowArgs,
): RowsWindow<Row> {
  const cursors = new Cursors(identity);
  return new RowsWindow(readRows, windowOf(args, cursors), cursors.encode);
}

function windowOf(args: WindowArgs, cursors: Cursors): WindowRequest {
  const { isBackward, size, edge, argument } = checkedWindow(args);
  return { isBackward, size, position: edge === undefined ? undefined : cursors.decode(edge, argument) };
}

/** Paging arguments that go together. */
export interface CheckedWindow {
  readonly isBackward: boolean;
  readonly size: number;
  /** The cursor to begin behind, or to end in front of. */
  readonly edge: string | undefined;
  /** The argument that gave it. */
  readonly argument: 'after' | 'before';
}

/** Judges the paging arguments, all but what their cursor holds. @throws GatewayError INVALID_INPUT */
export function checkedWindow(args: WindowArgs): CheckedWindow {
  checkDirection(args);
  const { after, last, before } = args;
  const isBackward = isGiven(last) || isGiven(before);
  const name = isBackward ? 'last' : 'first';
  const size = args[name] ?? DEFAULT_PAGE_SIZE;
  if (size < 0 || size > MAX_PAGE_SIZE) {
    throw invalidInput(`${name} must be between 0 and ${MAX_PAGE_SIZE}.`, [name]);
  }
  const argument = isBackward ? 'before' : 'after';
  return { isBackward, size, edge: (isBackward ? before : after) ?? undefined, argument };
}

function checkDirection({ first, after, last, before }: WindowArgs): void {
  if (isGiven(first) && isGiven(last)) throw invalidInput('first and last exclude each other.', ['first']);
  if (isGiven(first) && isGiven(before))
    throw invalidInput('before goes with last, not with first.', ['before']);
  if (isGiven(last) && isGiven(after)) throw invalidInput('after goes with first, not with last.', ['after']);
  if (isGiven(after) && isGiven(before))
    throw invalidInput('after and before exclude each other.', ['after']);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

const CURSOR_VERSION = '1';
/** Far beyond any cursor made here. */
const MAX_CURSOR_LENGTH = 4096;

/** A {@link RowPlace}: its offset, then, where there is one, `~` and its tag, and `:` and its page size. */
const PLACE = /^(0|[1-9]\d{0,9})(?:~([0-9a-z]{1,7}))?(?::([1-9]\d{0,2}))?$/;

/** Cursors are opaque, versioned and bound to their list: base64url of `version|list|place|segment`. */
class Cursors {
  readonly #identity: readonly unknown[];
  #list: string | undefined;

  constructor(identity: readonly unknown[]) {
    this.#identity = identity;
  }

  /** Made when it is asked for: most lists are asked for no cursor. */
  get encode(): Encode {
    return (segment, { offset, tag, pageSize }) => {
      const place = `${offset}${tag === undefined ? '' : `~${tag}`}${pageSize === undefined ? '' : `:${pageSize}`}`;
      return toCursor([CURSOR_VERSION, this.#listName(), place, segment]);
    };
  }

  /** @throws GatewayError INVALID_INPUT */
  decode(cursor: string, argument: string): Position {
    const text = cursorText(cursor);
    const [version, ofList, place = '', ...segment] = text.split('|');
    const isCursor = version === CURSOR_VERSION && segment.length > 0 && toCursor([text]) === cursor;
    const [, offset, tag, pageSize] = PLACE.exec(place) ?? [];
    if (!isCursor || offset === undefined || Number(offset) >= MAX_ROWS) {
      throw invalidInput(`${argument} is not a cursor of this graph.`, [argument]);
    }
    if (ofList !== this.#listName()) {
      throw invalidInput(`${argument} is a cursor of another list or of another filter.`, [argument]);
    }
    return {
      segment: segment.join('|'),
      offset: Number(offset),
      tag,
      pageSize: pageSize === undefined ? undefined : Number(pageSize),
      argument,
    };
  }

  #listName(): string {
    this.#list ??= createHash('sha256')
      .update(JSON.stringify(this.#identity))
      .digest('base64url')
      .slice(0, 12);
    return this.#list;
  }
}

/** The size of pages that a list is read by behind a cursor, or in front of it; undefined where it may be any. */
export function pageSizeOf(cursor: string): number | undefined {
  const [, , place = ''] = cursorText(cursor).split('|');
  const pageSize = PLACE.exec(place)?.[3];
  return pageSize === undefined ? undefined : Number(pageSize);
}

function cursorText(cursor: string): string {
  return cursor.length > MAX_CURSOR_LENGTH ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
}

function toCursor(parts: readonly unknown[]): string {
  return Buffer.from(parts.join('|')).toString('base64url');
}

/** What PageInfo needs of a page. */
export interface PageLike {
  edges(): Eventually<readonly { readonly cursor: string }[]>;
  hasNextPage(): Eventually<boolean>;
  hasPreviousPage(): Eventually<boolean>;
  /** Where it is not the cursor of the last row. */
  endCursor?(): Promise<string | undefined>;
}

/** Relay's PageInfo. */
export const pageInfo = builder.objectRef<PageLike>('PageInfo').implement({
  description: 'Where a page stands in its list (Relay).',
  // Every other Relay subgraph has it too.
  extensions: applied({ shareable: {} }),
  fields: (t) => ({
    hasNextPage: t.boolean({
      nullable: false,
      description: 'Whether rows follow this page.',
      extensions: OF_ITS_LIST,
      resolve: (connection) => connection.hasNextPage(),
    }),
    hasPreviousPage: t.boolean({
      nullable: false,
      description: 'Whether rows precede this page; the truth in both directions.',
      extensions: OF_ITS_LIST,
      resolve: (connection) => connection.hasPreviousPage(),
    }),
    startCursor: t.string({
      description: 'Cursor of the first row; null on an empty page.',
      extensions: OF_ITS_LIST,
      resolve: async (connection) => (await connection.edges()).at(0)?.cursor,
    }),
    endCursor: t.string({
      description:
        'Cursor of the last row; null on an empty page, but for the catalogue, where it is usable on any.',
      extensions: OF_ITS_LIST,
      resolve: async (page) =>
        page.endCursor === undefined ? (await page.edges()).at(-1)?.cursor : page.endCursor(),
    }),
  }),
});

/** Declares `<name>Connection` and `<name>Edge` over a node type; `rows` names the rows in their descriptions. */
export function connectionType<Row>(name: string, node: ObjectTypeRef<Row>, rows: string) {
  return declareConnection<Row, Row>(name, node, rows, (row) => row).connection;
}

/** Like {@link connectionType}, for rows that hold more than their node: gives the edge as well, to add that to. */
export function joinConnectionType<Node, Row extends { readonly node: Node }>(
  name: string,
  node: ObjectTypeRef<Node>,
  rows: string,
) {
  return declareConnection<Node, Row>(name, node, rows, (row) => row.node);
}

function declareConnection<Node, Row>(
  name: string,
  node: ObjectTypeRef<Node>,
  rows: string,
  nodeOf: (row: Row) => Node,
) {
  const edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: `One of the ${rows} with its place in the list.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        nullable: false,
        description: 'Opaque; good for this list and filter only.',
      }),
      node: t.field({
        type: node,
        nullable: false,
        description: 'The row.',
        // For a row type that is still open the builder cannot tell that a row is what `node` takes.
        resolve: ({ node: row }) => nodeOf(row) as never,
      }),
    }),
  });
  const connection = builder.objectRef<ListPage<Row>>(`${name}Connection`).implement({
    description: `A page of ${rows} (Relay). Exact as long as the list does not change between two pages.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        nullable: false,
        description: 'The rows of the page with their cursors.',
        extensions: OF_ITS_LIST,
        resolve: (page) => page.edges(),
      }),
      nodes: t.field({
        type: [node],
        nullable: false,
        description: 'The rows of the page.',
        extensions: OF_ITS_LIST,
        resolve: (page) => page.nodes(nodeOf) as never,
      }),
      pageInfo: t.field({
        type: pageInfo,
        nullable: false,
        description: 'Where the page stands in the list.',
        resolve: (page) => page,
      }),
      totalCount: t.int({
        description: `Number of ${rows} in the whole list; null where the backend does not tell.`,
        extensions: OF_ITS_LIST,
        resolve: (page) => page.totalCount(),
      }),
    }),
  });
  return { connection, edge };
}
