import type { Page, PagedList } from '../../src/domain/page.ts';
import { connect, type WindowArgs } from '../../src/schema/connection.ts';
import type { Connection } from '../../src/schema/window.ts';

/** A list in memory, and how its backend misbehaves. */
export interface ListFacts {
  /** How many rows there are. */
  readonly length: number;
  readonly pageSizes: readonly number[];
  /** What the backend says of its length; undefined where it says nothing. */
  readonly total: number | undefined;
  /** Places of rows without an id. */
  readonly holes: ReadonlySet<number>;
}

/** A row's place in lists that stand one behind the other. */
export interface Place {
  readonly list: number;
  readonly offset: number;
}

/** Lists one behind the other, with a record of what was read of them. */
export interface PlainLists {
  readonly facts: readonly ListFacts[];
  /** `list:page/size` of every page read. */
  readonly reads: string[];
  /** All rows that can be shown, in order. */
  readonly rows: readonly Place[];
  window(args: WindowArgs): Connection<string>;
  /** The cursor of a place, whether a row stands there or not. */
  cursor(place: Place): Promise<string>;
}

const IDENTITY = ['a list of the test'];

export function nameOf({ list, offset }: Place): string {
  return `${list}:${offset}`;
}

export function comparePlaces(a: Place, b: Place): number {
  return a.list - b.list || a.offset - b.offset;
}

/** `isSingle` connects the first list as a list, not as the only one of several. */
export function plainLists(facts: readonly ListFacts[], isSingle = false): PlainLists {
  const reads: string[] = [];
  const open = (given: readonly ListFacts[], log: string[], window: WindowArgs) => {
    const lists = given.map((list, index) => pagedList(list, index, log));
    const [only] = lists;
    if (isSingle && only !== undefined) return connect(IDENTITY, only, window);
    const segments = lists.map((list, index) => ({ key: `pg|${index}`, list }));
    return connect(IDENTITY, async () => segments, window);
  };
  return {
    facts,
    reads,
    rows: facts.flatMap(({ length, holes }, list) =>
      Array.from({ length }, (_, offset) => ({ list, offset })).filter(({ offset }) => !holes.has(offset)),
    ),
    window: (args) => open(facts, reads, args),
    async cursor({ list, offset }) {
      const grown = facts.map((_, index) => (index === list ? honest(offset + 1, [1]) : honest(0, [1])));
      const [edge] = await open(grown, [], { last: 1 }).edges();
      return edge?.cursor ?? '';
    },
  };
}

/** A list whose total is true and whose rows all have ids. */
export function honest(length: number, pageSizes: readonly number[]): ListFacts {
  return { length, pageSizes, total: length, holes: new Set() };
}

function pagedList(facts: ListFacts, list: number, log: string[]): PagedList<string> {
  const { length, pageSizes, total, holes } = facts;
  return {
    pageSizes,
    async readPage(pageNumber, pageSize): Promise<Page<string>> {
      if (!pageSizes.includes(pageSize)) throw new Error(`size ${pageSize} is not allowed`);
      if (!Number.isInteger(pageNumber) || pageNumber < 1) throw new Error(`page ${pageNumber}`);
      log.push(`${list}:${pageNumber}/${pageSize}`);
      const start = (pageNumber - 1) * pageSize;
      const count = Math.max(0, Math.min(pageSize, length - start));
      const rows = Array.from({ length: count }, (_, index) =>
        holes.has(start + index) ? undefined : nameOf({ list, offset: start + index }),
      );
      return { rows, total };
    },
  };
}

/** The fewest pages of any mixture of sizes that cover [from, to): from each place on, the page that reaches farthest. */
export function fewestPages(pageSizes: readonly number[], from: number, to: number): number {
  let pages = 0;
  for (let place = from; place < to; pages++) {
    place = Math.max(...pageSizes.map((size) => (Math.floor(place / size) + 1) * size));
  }
  return pages;
}
