import { createHash } from 'node:crypto';
import { builder, type ObjectTypeRef } from '../builder.ts';
import type { PagedList } from '../domain/page.ts';
import { invalidInput } from '../errors.ts';
import { Connection, type Edge, type Segment } from './window.ts';

/** The paging arguments of a field, as GraphQL gives them. */
export interface WindowArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** Rows of a page where neither `first` nor `last` says. */
export const DEFAULT_PAGE_SIZE = 20;
/** Most rows of a page. */
export const MAX_PAGE_SIZE = 100;

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
 * @throws GatewayError INVALID_INPUT
 */
export function connect<Row>(
  identity: readonly unknown[],
  lists: PagedList<Row> | (() => Promise<readonly Segment<Row>[]>),
  args: WindowArgs,
): Connection<Row> {
  const segments = typeof lists === 'function' ? lists : async () => [{ key: '', list: lists }];
  const cursors = cursorCodec(identity);
  checkDirection(args);
  const { after, last, before } = args;
  const isBackward = isGiven(last) || isGiven(before);
  const name = isBackward ? 'last' : 'first';
  const size = args[name] ?? DEFAULT_PAGE_SIZE;
  if (size < 0 || size > MAX_PAGE_SIZE) {
    throw invalidInput(`${name} must be between 0 and ${MAX_PAGE_SIZE}.`, [name]);
  }
  const edge = isBackward ? before : after;
  const position = isGiven(edge) ? cursors.decode(edge, isBackward ? 'before' : 'after') : undefined;
  return new Connection(segments, { isBackward, size, position }, cursors.encode);
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
const MAX_CURSOR_LENGTH = 1024;

/** Cursors are opaque, versioned and bound to their list: base64url of `version|list|segment|offset`. */
function cursorCodec(identity: readonly unknown[]) {
  const list = createHash('sha256').update(JSON.stringify(identity)).digest('base64url').slice(0, 12);
  return {
    encode: (segment: string, offset: number) =>
      Buffer.from([CURSOR_VERSION, list, segment, offset].join('|')).toString('base64url'),
    decode(cursor: string, argument: string) {
      const text = cursor.length > MAX_CURSOR_LENGTH ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
      const [version, ofList, segment, offset, ...rest] = text.split('|');
      const isCursor = version === CURSOR_VERSION && segment !== undefined && rest.length === 0;
      if (!isCursor || !/^\d{1,15}$/.test(offset ?? '')) {
        throw invalidInput(`${argument} is not a cursor of this graph.`, [argument]);
      }
      if (ofList !== list) {
        throw invalidInput(`${argument} is a cursor of another list or of another filter.`, [argument]);
      }
      return { segment, offset: Number(offset), argument };
    },
  };
}

const pageInfo = builder.objectRef<Connection<unknown>>('PageInfo').implement({
  description: 'Where a page stands in its list (Relay).',
  fields: (t) => ({
    hasNextPage: t.boolean({
      nullable: false,
      description: 'Whether rows follow this page.',
      resolve: (connection) => connection.hasNextPage(),
    }),
    hasPreviousPage: t.boolean({
      nullable: false,
      description: 'Whether rows precede this page; the truth in both directions.',
      resolve: (connection) => connection.hasPreviousPage(),
    }),
    startCursor: t.string({
      description: 'Cursor of the first row; null on an empty page.',
      resolve: async (connection) => (await connection.edges()).at(0)?.cursor,
    }),
    endCursor: t.string({
      description: 'Cursor of the last row; null on an empty page.',
      resolve: async (connection) => (await connection.edges()).at(-1)?.cursor,
    }),
  }),
});

/** Declares `<name>Connection` and `<name>Edge` over a node type; `rows` names the rows in their descriptions. */
export function connectionType<Row>(name: string, node: ObjectTypeRef<Row>, rows: string) {
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
        resolve: ({ node: row }) => row as never,
      }),
    }),
  });
  return builder.objectRef<Connection<Row>>(`${name}Connection`).implement({
    description: `A page of ${rows} (Relay). Exact as long as the list does not change between two pages.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        nullable: false,
        description: 'The rows of the page with their cursors.',
        resolve: (connection) => connection.edges(),
      }),
      nodes: t.field({
        type: [node],
        nullable: false,
        description: 'The rows of the page.',
        resolve: async (connection) => (await connection.edges()).map((one) => one.node),
      }),
      pageInfo: t.field({
        type: pageInfo,
        nullable: false,
        description: 'Where the page stands in the list.',
        resolve: (connection) => connection,
      }),
      totalCount: t.int({
        description: `Number of ${rows} in the whole list; null where the backend does not tell.`,
        resolve: (connection) => connection.totalCount(),
      }),
    }),
  });
}
