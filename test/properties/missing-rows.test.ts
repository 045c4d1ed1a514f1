import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Context } from '../../src/context.ts';
import { anySizePages, type PagedList } from '../../src/domain/page.ts';
import { CatalogPage } from '../../src/schema/catalog/page.ts';
import type { CatalogRow } from '../../src/schema/catalog/source-registry.ts';
import { connect, type WindowArgs } from '../../src/schema/connection.ts';
import type { Patience } from '../../src/transport/flight.ts';

/*
 * Backends that leave rows out of a page after they have cut it, as one does that looks at permissions last, and
 * backends that give smaller pages than asked for: whoever walks such a list meets each row that can be seen, once.
 */

// Many runs a test: on a busy machine they take longer than one test may by default.
vi.setConfig({ testTimeout: 60_000 });

const RUNS = 400;
const GATEWAY_SIZES = [30, 50, 100];

interface Row {
  readonly sourceId: string;
}

interface Facts {
  readonly length: number;
  readonly missing: ReadonlySet<number>;
  /** Most rows of a page; undefined for a backend that takes no sizes but its own three. */
  readonly cap: number | undefined;
}

function listOf({ length, missing, cap }: Facts): PagedList<Row> {
  const readPage = async (pageNumber: number, pageSize: number) => {
    const size = Math.min(pageSize, cap ?? pageSize);
    const start = (pageNumber - 1) * size;
    const places = Array.from({ length: Math.max(0, Math.min(size, length - start)) }, (_, at) => start + at);
    const rows = places.filter((place) => !missing.has(place)).map((place) => ({ sourceId: `m${place}` }));
    return { rows, total: length };
  };
  return cap === undefined ? { pageSizes: GATEWAY_SIZES, readPage } : anySizePages('PAI', readPage);
}

function visible({ length, missing }: Facts): readonly string[] {
  return Array.from({ length }, (_, place) => place)
    .filter((place) => !missing.has(place))
    .map((place) => `m${place}`);
}

/** Ways to a list: as one of its own, and as the only one of the catalogue. */
const OPENINGS = {
  'a list': (facts: Facts, args: WindowArgs) => connect(['a list'], listOf(facts), args),
  'a catalogue of a list': (facts: Facts, { first, after, last, before }: WindowArgs) => {
    const list = listOf(facts) as PagedList<CatalogRow>;
    const isBackward = last !== undefined;
    const cursor = after ?? before;
    return new CatalogPage(
      {
        parts: [
          { source: 'S', rows: 'rows', keyOf: (row) => row.sourceId, lists: async () => [{ key: '', list }] },
        ],
        ...{ text: undefined, vendor: undefined, field: 'SOURCE', direction: 'ASC', maxSnapshotRows: 5_000 },
        isBackward,
        size: first ?? last ?? 20,
        cursor:
          typeof cursor === 'string'
            ? { text: cursor, argument: isBackward ? 'before' : 'after' }
            : undefined,
      },
      UNHURRIED,
    );
  },
} as const;

const UNHURRIED = {
  region: 'cn-beijing',
  identity: { account: 'the test' },
  upstreamTimeoutMs: 5_000,
  patience: { until: Number.POSITIVE_INFINITY } as Partial<Patience>,
  monotonicMs: () => 0,
} as Context;

type Opening = keyof typeof OPENINGS;

/** A window as a client sees it; each is asked for by a request of its own, which remembers nothing. */
async function look(opening: Opening, facts: Facts, args: WindowArgs) {
  const window = OPENINGS[opening](facts, args);
  const edges = await window.edges();
  return {
    names: edges.map(({ node }) => node.sourceId),
    startCursor: edges.at(0)?.cursor,
    endCursor: edges.at(-1)?.cursor,
    hasNextPage: await window.hasNextPage(),
    hasPreviousPage: await window.hasPreviousPage(),
  };
}

const facts = (cap: fc.Arbitrary<number | undefined>): fc.Arbitrary<Facts> =>
  fc
    .tuple(
      fc.integer({ min: 0, max: 230 }),
      fc.oneof(
        fc.uniqueArray(fc.nat({ max: 230 }), { maxLength: 25 }),
        fc.integer({ min: 2, max: 12 }).map((step) => Array.from({ length: 230 }, (_, at) => at * step)),
      ),
      cap,
    )
    .map(([length, missing, most]) => ({
      length,
      // No two side by side: of which not one row is left, a page behind a short one is the end.
      missing: new Set(missing.filter((place) => place < length && !missing.includes(place - 1))),
      cap: most,
    }));

const KINDS: readonly (readonly [string, fc.Arbitrary<Facts>])[] = [
  ['of any page size', facts(fc.constant(100))],
  ['of three page sizes', facts(fc.constant(undefined))],
  [
    'with a cap on its pages',
    facts(fc.integer({ min: 1, max: 100 })).map((one) => ({ ...one, missing: new Set<number>() })),
  ],
];

/** Which of the visible rows were seen last. */
interface Shown {
  readonly from: number;
  readonly to: number;
  readonly startCursor?: string | undefined;
  readonly endCursor?: string | undefined;
}

async function on(opening: Opening, list: Facts, { to, endCursor }: Shown, size: number): Promise<Shown> {
  const { names, ...page } = await look(opening, list, { first: size, after: endCursor });
  expect(names).toEqual(visible(list).slice(to, to + size));
  return { ...page, from: to, to: to + names.length };
}

async function back(
  opening: Opening,
  list: Facts,
  { from, startCursor }: Shown,
  size: number,
): Promise<Shown> {
  const { names, ...page } = await look(opening, list, { last: size, before: startCursor });
  expect(names).toEqual(visible(list).slice(Math.max(0, from - size), from));
  return { ...page, from: from - names.length, to: from };
}

const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 100 }));

const CASES = KINDS.flatMap(([title, lists]) =>
  (Object.keys(OPENINGS) as Opening[]).map((opening) => [opening, title, lists] as const),
);

describe.each(CASES)('%s %s', (opening, _title, lists) => {
  it('is walked forward without loss and without repetition', async () => {
    await fc.assert(
      fc.asyncProperty(lists, sizes, async (list, wanted) => {
        const seen: string[] = [];
        for (let after: string | undefined; ; ) {
          const { names, endCursor, hasNextPage } = await look(opening, list, {
            first: wanted.next().value,
            after,
          });
          seen.push(...names);
          expect(seen.length).toBeLessThanOrEqual(list.length);
          if (!hasNextPage) break;
          expect(names).not.toEqual([]);
          after = endCursor;
        }
        expect(seen).toEqual(visible(list));
      }),
      { numRuns: RUNS },
    );
  });

  it('is walked backward without loss and without repetition', async () => {
    await fc.assert(
      fc.asyncProperty(lists, sizes, async (list, wanted) => {
        const seen: string[] = [];
        for (let before: string | undefined; ; ) {
          const page = await look(opening, list, { last: wanted.next().value, before });
          seen.unshift(...page.names);
          expect(seen.length).toBeLessThanOrEqual(list.length);
          if (!page.hasPreviousPage) break;
          expect(page.names).not.toEqual([]);
          before = page.startCursor;
        }
        expect(seen).toEqual(visible(list));
      }),
      { numRuns: RUNS },
    );
  });

  it('is walked to and fro without loss and without repetition', async () => {
    await fc.assert(
      fc.asyncProperty(
        lists,
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 60 }))),
        async (list, steps) => {
          let at: Shown = { from: 0, to: 0 };
          for (const [isBack, size] of steps) {
            at =
              isBack && at.startCursor !== undefined
                ? await back(opening, list, at, size)
                : await on(opening, list, at, size);
            if (at.startCursor === undefined) break;
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

/** Walks that once went wrong, and that chance rarely finds. */
describe('a walk in pages of several sizes', () => {
  const every = (step: number) => new Set(Array.from({ length: 230 }, (_, at) => at * step));
  const NONE: ReadonlySet<number> = new Set();

  it.each([
    [
      'whose last page has as many rows as a capped one',
      { length: 225, missing: NONE, cap: 67 },
      [67, 3, 78, 24, 64],
    ],
    ['that begins where such a page does', { length: 5, missing: NONE, cap: 2 }, [2, 1, 2]],
  ])('forward over a list %s loses and repeats nothing', async (_title, list, wanted) => {
    let at: Shown = { from: 0, to: 0 };
    for (const size of wanted) at = await on('a list', list, at, size);
  });

  it('backward over a page of which no row is left loses and repeats nothing', async () => {
    const list = { length: 143, missing: every(4), cap: 100 };
    const all = Array.from({ length: 143 }, (_, place) => place).filter((place) => place % 4 !== 0);
    let at: Shown = { from: all.length, to: all.length };
    for (const size of [2, 1, 72, 90]) at = await back('a list', list, at, size);
  });
});
