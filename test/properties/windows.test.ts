import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ANY_PAGE_SIZE } from '../../src/domain/page.ts';
import type { WindowArgs } from '../../src/schema/connection.ts';
import {
  comparePlaces,
  fewestPages,
  honest,
  type ListFacts,
  nameOf,
  type Place,
  type PlainLists,
  plainLists,
} from './plain-list.ts';

// Many runs a test: on a busy machine they take longer than one test may by default.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const WINDOWS = 1000;
const WALKS = 150;

/** A window as it is asked for. */
interface Ask {
  readonly isBackward: boolean;
  readonly size: number;
  readonly cursor: Place | undefined;
}

interface Seen {
  readonly names: readonly string[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | undefined;
}

const GATEWAY_SIZES = [30, 50, 100];
/** The sizes of the backends. */
const realSizes = fc.constantFrom(GATEWAY_SIZES, ANY_PAGE_SIZE);
const pageSizes = fc.oneof(
  { arbitrary: realSizes, weight: 2 },
  fc.integer({ min: 1, max: 100 }).map((largest) => ANY_PAGE_SIZE.slice(0, largest)),
  fc.integer({ min: 1, max: 100 }).map((only) => [only]),
);
const length = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 250 }), weight: 4 },
  { arbitrary: fc.constantFrom(0, 1, 2, 29, 30, 31, 50, 99, 100, 101, 200, 250), weight: 2 },
);
const size = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 100 }), weight: 4 },
  { arbitrary: fc.constantFrom(0, 1, 20, 30, 50, 100), weight: 1 },
);

const honestList = fc.tuple(length, pageSizes).map(([rows, sizes]) => honest(rows, sizes));
const silentList = honestList.map((list) => ({ ...list, total: undefined }));
const realList = fc.tuple(length, realSizes).map(([rows, sizes]) => honest(rows, sizes));
const boastingList = fc
  .tuple(realList, fc.integer({ min: 1, max: 400 }))
  .map(([list, more]) => ({ ...list, total: list.length + more }));
const modestList = fc
  .tuple(honestList, fc.nat({ max: 250 }))
  .map(([list, total]) => ({ ...list, total: Math.min(total, list.length) }));
const holedList = realList.chain((list) =>
  fc
    .oneof(
      fc.uniqueArray(fc.nat({ max: Math.max(0, list.length - 1) }), { maxLength: 20 }),
      fc
        .tuple(fc.nat({ max: 250 }), fc.nat({ max: 250 }))
        .map(([a, b]) => run(Math.min(a, b), Math.max(a, b))),
    )
    .map((holes): ListFacts => ({ ...list, holes: new Set(holes.filter((place) => place < list.length)) })),
);
/** What a window is opened over; every run of a property opens its own. */
interface Stock {
  readonly facts: readonly ListFacts[];
  readonly isSingle: boolean;
}

const single = (list: fc.Arbitrary<ListFacts>): fc.Arbitrary<Stock> =>
  list.map((only) => ({ facts: [only], isSingle: true }));
const oneOrSeveral = (list: fc.Arbitrary<ListFacts>): fc.Arbitrary<Stock> =>
  fc.oneof(
    single(list),
    fc.array(list, { maxLength: 6 }).map((facts) => ({ facts, isSingle: false })),
  );

function open({ facts, isSingle }: Stock): PlainLists {
  return plainLists(facts, isSingle);
}

function run(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Any place of any list, and a few past its end: the list may have shrunk since the cursor was made. */
function asks({ facts }: Stock, isBackward: fc.Arbitrary<boolean>): fc.Arbitrary<Ask> {
  const place =
    facts.length === 0
      ? fc.constant(undefined)
      : fc
          .nat({ max: facts.length - 1 })
          .chain((list) =>
            fc
              .nat({ max: (facts[list]?.length ?? 0) + 3 })
              .map((offset): Place | undefined => ({ list, offset })),
          );
  const cursor = fc.oneof({ arbitrary: fc.constant(undefined), weight: 1 }, { arbitrary: place, weight: 3 });
  return fc.record({ isBackward, size, cursor });
}

function withAsk(
  stocks: fc.Arbitrary<Stock>,
  isBackward: fc.Arbitrary<boolean> = fc.boolean(),
): fc.Arbitrary<readonly [Stock, Ask]> {
  return stocks.chain((stock) => asks(stock, isBackward).map((ask) => [stock, ask] as const));
}

async function argsOf(lists: PlainLists, { isBackward, size: count, cursor }: Ask): Promise<WindowArgs> {
  const at = cursor === undefined ? undefined : await lists.cursor(cursor);
  return isBackward ? { last: count, before: at } : { first: count, after: at };
}

/** Everything a client can select of a window, at once. */
async function look(lists: PlainLists, args: WindowArgs): Promise<Seen> {
  const window = lists.window(args);
  const [totalCount, edges, hasNextPage, hasPreviousPage] = await Promise.all([
    window.totalCount(),
    window.edges(),
    window.hasNextPage(),
    window.hasPreviousPage(),
  ]);
  return { totalCount, names: edges.map(({ node }) => node), hasNextPage, hasPreviousPage };
}

/** The window as it is cut from the plain list. */
function truth(lists: PlainLists, { isBackward, size: count, cursor }: Ask): Seen {
  const { rows, facts } = lists;
  const isBefore = (place: Place) => cursor !== undefined && comparePlaces(place, cursor) < 0;
  const isBehind = (place: Place) => cursor !== undefined && comparePlaces(place, cursor) > 0;
  const from = rows.filter(
    (place) => cursor === undefined || (isBackward ? isBefore(place) : isBehind(place)),
  );
  const kept = isBackward ? from.slice(Math.max(0, from.length - count)) : from.slice(0, count);
  const others = from.length > kept.length;
  const beyond = rows.length > from.length;
  return {
    names: kept.map(nameOf),
    hasNextPage: isBackward ? beyond : others,
    hasPreviousPage: isBackward ? others : beyond,
    totalCount: facts.every(({ total }) => total !== undefined)
      ? facts.reduce((sum, { total }) => sum + (total ?? 0), 0)
      : undefined,
  };
}

function checkTotal({ totalCount = -1 }: Seen, total: number, rows: number): void {
  expect(totalCount).toBeGreaterThanOrEqual(total);
  expect(totalCount).toBeLessThanOrEqual(rows);
}

function countOf(lists: PlainLists, list: number): number {
  return lists.reads.filter((read) => read.startsWith(`${list}:`)).length;
}

/**
 * What a window may cost of each list: for its rows the fewest pages that cover it; of a list only counted, or only
 * asked whether it is empty, one page. `extra` is what a list's faults may cost on top.
 */
function budget(lists: PlainLists, ask: Ask, extra: number): readonly number[] {
  const { facts } = lists;
  return ask.isBackward ? backwardBudget(facts, ask, extra) : forwardBudget(facts, ask, extra);
}

function forwardBudget(
  facts: readonly ListFacts[],
  { size: count, cursor }: Ask,
  extra: number,
): readonly number[] {
  let missing = count;
  return facts.map((list, index) => {
    if (index < (cursor?.list ?? 0) || missing === 0) return 1 + extra;
    const from = index === cursor?.list ? cursor.offset + 1 : 0;
    const pages = Math.max(1, fewestPages(list.pageSizes, from, from + missing));
    missing -= Math.min(missing, Math.max(0, list.length - from));
    return pages + extra;
  });
}

function backwardBudget(
  facts: readonly ListFacts[],
  { size: count, cursor }: Ask,
  extra: number,
): readonly number[] {
  let missing = count;
  return facts
    .map((list, index) => ({ list, index }))
    .toReversed()
    .map(({ list, index }) => {
      if (index > (cursor?.list ?? facts.length) || missing === 0) return 1 + extra;
      const isNamed = index === cursor?.list;
      const stop = isNamed ? cursor.offset : list.length;
      const pages = fewestPages(list.pageSizes, Math.max(0, stop - missing), stop);
      missing -= Math.min(missing, stop, list.length);
      // Where no cursor says where the list ends, its total is read first; it may bring the rows along.
      const total = isNamed && stop > 0 ? 0 : 1;
      const isStale = isNamed && stop > list.length;
      return pages + total + extra + (isStale ? 1 + fewestPages(list.pageSizes, 0, list.length) : 0);
    })
    .toReversed();
}

function checkCost(lists: PlainLists, ask: Ask, extra = 0): void {
  expect(new Set(lists.reads).size, 'a page read twice').toBe(lists.reads.length);
  const allowed = budget(lists, ask, extra);
  for (const list of lists.facts.keys()) {
    expect(countOf(lists, list), `reads of list ${list}: ${lists.reads}`).toBeLessThanOrEqual(
      allowed[list] ?? 0,
    );
  }
}

describe('a window on one list, or on several one behind the other', () => {
  it('is the plain list cut, with true totals and true neighbours, from the fewest pages', async () => {
    await fc.assert(
      fc.asyncProperty(withAsk(oneOrSeveral(honestList)), async ([stock, ask]) => {
        const lists = open(stock);
        expect(await look(lists, await argsOf(lists, ask))).toEqual(truth(lists, ask));
        checkCost(lists, ask);
      }),
      { numRuns: 2 * WINDOWS },
    );
  });

  it('reads for its rows alone exactly the fewest pages that cover it, whatever the sizes', async () => {
    const inside = fc
      .tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 100 }), pageSizes, fc.boolean())
      .map(([from, count, sizes, isBackward]) => ({ from, count, sizes, isBackward }));
    await fc.assert(
      fc.asyncProperty(inside, async ({ from, count, sizes, isBackward }) => {
        const lists = plainLists([honest(1200, sizes)], true);
        const [start, stop] = [from + 1, from + 1 + count];
        const args = isBackward
          ? { last: count, before: await lists.cursor({ list: 0, offset: stop }) }
          : { first: count, after: await lists.cursor({ list: 0, offset: from }) };
        const edges = await lists.window(args).edges();
        expect(edges.map(({ node }) => node)).toEqual(
          run(start, stop).map((offset) => nameOf({ list: 0, offset })),
        );
        expect(lists.reads).toHaveLength(fewestPages(sizes, start, stop));
      }),
      { numRuns: WINDOWS },
    );
  });

  it('without totals: the same rows going forward, a null total, and one row more for hasNextPage', async () => {
    await fc.assert(
      fc.asyncProperty(withAsk(oneOrSeveral(silentList), fc.constant(false)), async ([stock, ask]) => {
        const lists = open(stock);
        const seen = await look(lists, await argsOf(lists, ask));
        const isNone = lists.facts.length === 0;
        expect(seen).toEqual({ ...truth(lists, ask), totalCount: isNone ? 0 : undefined });
        checkCost(lists, ask, 1);
      }),
      { numRuns: WINDOWS },
    );
  });

  it('without totals: going backward is an upstream error that says so', async () => {
    const notEmpty = silentList.filter((list) => list.length > 0);
    await fc.assert(
      fc.asyncProperty(
        notEmpty,
        fc.integer({ min: 1, max: 100 }),
        fc.boolean(),
        async (list, last, hasCursor) => {
          const lists = plainLists([list], true);
          const before = hasCursor ? await lists.cursor({ list: 0, offset: list.length }) : undefined;
          await expect(lists.window({ last, before }).edges()).rejects.toMatchObject({
            code: 'UPSTREAM_ERROR',
            message: expect.stringContaining('use first and after'),
          });
          expect(lists.reads.length).toBeLessThanOrEqual(fewestPages(list.pageSizes, 0, list.length));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a total larger than the list: the same rows, a clean end, and a bounded search for the end', async () => {
    await fc.assert(
      fc.asyncProperty(withAsk(oneOrSeveral(boastingList)), async ([stock, ask]) => {
        const lists = open(stock);
        const seen = await look(lists, await argsOf(lists, ask));
        const expected = truth(lists, ask);
        expect(seen.names).toEqual(expected.names);
        expect(seen.totalCount).toBe(expected.totalCount);
        // Where the total alone speaks of rows behind, it is believed; a row is never denied.
        if (expected.hasNextPage) expect(seen.hasNextPage).toBe(true);
        if (expected.hasPreviousPage) expect(seen.hasPreviousPage).toBe(true);
        const tolerated = ask.isBackward ? 14 : 2;
        checkCost(lists, ask, tolerated);
      }),
      { numRuns: WINDOWS },
    );
  });

  it('a total smaller than the list, forward: rows in order, none in front of the total lost', async () => {
    await fc.assert(
      fc.asyncProperty(withAsk(single(modestList), fc.constant(false)), async ([stock, ask]) => {
        const lists = open(stock);
        const seen = await look(lists, await argsOf(lists, ask));
        const expected = truth(lists, ask);
        const { total = 0, length: rows } = lists.facts[0] ?? honest(0, []);
        checkTotal(seen, total, rows);
        expect(seen.names).toEqual(expected.names.slice(0, seen.names.length));
        // What the total denies may be missing, as long as no row seen disproved it.
        const next = (ask.cursor === undefined ? 0 : ask.cursor.offset + 1) + seen.names.length;
        if (next < total) expect(seen.names).toEqual(expected.names);
        if (next < total || !expected.hasNextPage) expect(seen.hasNextPage).toBe(expected.hasNextPage);
      }),
      { numRuns: WINDOWS },
    );
  });

  it('a total smaller than the list, backward: rows behind it are reached from a cursor, a last page ends at it or behind', async () => {
    await fc.assert(
      fc.asyncProperty(withAsk(single(modestList), fc.constant(true)), async ([stock, ask]) => {
        const lists = open(stock);
        const seen = await look(lists, await argsOf(lists, ask));
        const { total = 0, length: rows } = lists.facts[0] ?? honest(0, []);
        checkTotal(seen, total, rows);
        if (ask.cursor !== undefined && ask.cursor.offset <= rows) {
          expect(seen.names).toEqual(truth(lists, ask).names);
          return;
        }
        const ends = run(total, rows + 1).map((end) =>
          run(Math.max(0, end - ask.size), end).map((offset) => nameOf({ list: 0, offset })),
        );
        expect(ends).toContainEqual(seen.names);
      }),
      { numRuns: WINDOWS },
    );
  });

  it('rows without an id: they are left out, the window is filled with others, none is taken twice', async () => {
    await fc.assert(
      fc.asyncProperty(withAsk(oneOrSeveral(holedList)), async ([stock, ask]) => {
        const lists = open(stock);
        const seen = await look(lists, await argsOf(lists, ask));
        const expected = truth(lists, ask);
        expect(seen.names).toEqual(expected.names);
        expect(seen.totalCount).toBe(expected.totalCount);
        if (expected.hasNextPage) expect(seen.hasNextPage).toBe(true);
        if (expected.hasPreviousPage) expect(seen.hasPreviousPage).toBe(true);
        checkCost(lists, ask, 5);
      }),
      { numRuns: WINDOWS },
    );
  });
});

describe('a walk over the whole list', () => {
  const anyList = fc.oneof(honestList, silentList, boastingList, holedList);

  it('forward with endCursor loses and repeats nothing, and ends', async () => {
    await fc.assert(
      fc.asyncProperty(oneOrSeveral(anyList), fc.integer({ min: 1, max: 100 }), async (stock, first) => {
        const lists = open(stock);
        const names: string[] = [];
        let after: string | undefined;
        let hasNextPage = true;
        while (hasNextPage) {
          const window = lists.window({ first, after });
          const edges = await window.edges();
          hasNextPage = await window.hasNextPage();
          names.push(...edges.map(({ node }) => node));
          expect(edges.length === 0 && hasNextPage, 'stuck: nothing to go on from').toBe(false);
          if (hasNextPage) expect(edges).toHaveLength(first);
          after = edges.at(-1)?.cursor;
        }
        expect(names).toEqual(lists.rows.map(nameOf));
      }),
      { numRuns: WALKS },
    );
  });

  it('backward with startCursor loses and repeats nothing, and ends', async () => {
    const told = fc.oneof(honestList, boastingList, holedList);
    await fc.assert(
      fc.asyncProperty(oneOrSeveral(told), fc.integer({ min: 1, max: 100 }), async (stock, last) => {
        const lists = open(stock);
        const names: string[] = [];
        let before: string | undefined;
        let hasPreviousPage = true;
        while (hasPreviousPage) {
          const window = lists.window({ last, before });
          const edges = await window.edges();
          hasPreviousPage = await window.hasPreviousPage();
          names.unshift(...edges.map(({ node }) => node));
          expect(edges.length === 0 && hasPreviousPage, 'stuck: nothing to go on from').toBe(false);
          before = edges.at(0)?.cursor;
        }
        expect(names).toEqual(lists.rows.map(nameOf));
      }),
      { numRuns: WALKS },
    );
  });

  it('forward over totals that are too small: in order, without repeats, never short of the total', async () => {
    await fc.assert(
      fc.asyncProperty(modestList, fc.integer({ min: 1, max: 100 }), async (list, first) => {
        const lists = plainLists([list], true);
        const names: string[] = [];
        let after: string | undefined;
        for (let hasNextPage = true; hasNextPage; ) {
          const window = lists.window({ first, after });
          const edges = await window.edges();
          hasNextPage = await window.hasNextPage();
          names.push(...edges.map(({ node }) => node));
          if (hasNextPage) expect(edges).toHaveLength(first);
          after = edges.at(-1)?.cursor;
        }
        expect(names).toEqual(lists.rows.slice(0, names.length).map(nameOf));
        expect(names.length).toBeGreaterThanOrEqual(list.total ?? 0);
      }),
      { numRuns: WALKS },
    );
  });
});

describe('what is not selected is not read', () => {
  it('nothing at all where nothing is selected', async () => {
    const lists = plainLists([honest(10, GATEWAY_SIZES)], true);
    lists.window({ first: 5 });
    expect(lists.reads).toEqual([]);
  });

  it.each([{ first: 0 }, { last: 0 }])('no rows for %o', async (args) => {
    const lists = plainLists([honest(10, GATEWAY_SIZES), honest(10, GATEWAY_SIZES)]);
    expect(await lists.window(args).edges()).toEqual([]);
    expect(lists.reads).toEqual([]);
  });

  it('one page of each list for totalCount alone, the smallest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(honestList, { maxLength: 6 }), async (facts) => {
        const lists = plainLists(facts);
        expect(await lists.window({}).totalCount()).toBe(facts.reduce((sum, list) => sum + list.length, 0));
        expect(lists.reads).toEqual(facts.map((list, index) => `${index}:1/${list.pageSizes[0]}`));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['totalCount first', (lists: PlainLists) => look(lists, { first: 20 })],
    [
      'rows first',
      async (lists: PlainLists) => {
        const window = lists.window({ first: 20 });
        return Promise.all([window.edges(), window.totalCount()]);
      },
    ],
  ])('no call beside the rows of a single list for totalCount: %s', async (_order, read) => {
    for (const sizes of [GATEWAY_SIZES, ANY_PAGE_SIZE]) {
      for (const rows of [0, 1, 19, 20, 21, 250]) {
        const lists = plainLists([honest(rows, sizes)], true);
        await read(lists);
        expect(lists.reads).toHaveLength(1);
      }
    }
  });

  it('no second call for totalCount where a page was read that has no total', async () => {
    const lists = plainLists([{ ...honest(10, ANY_PAGE_SIZE), total: undefined }], true);
    const window = lists.window({ first: 20 });
    expect(await Promise.all([window.totalCount(), window.edges()])).toMatchObject([
      undefined,
      { length: 10 },
    ]);
    expect(lists.reads).toHaveLength(1);
  });

  it('hasPreviousPage at the front is false without a call', async () => {
    const lists = plainLists([honest(10, ANY_PAGE_SIZE)], true);
    expect(await lists.window({ first: 3 }).hasPreviousPage()).toBe(false);
    expect(lists.reads).toEqual([]);
  });
});
