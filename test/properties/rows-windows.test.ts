import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { connect, connectRows, type WindowArgs } from '../../src/schema/connection.ts';
import type { ListPage } from '../../src/schema/window.ts';

vi.setConfig({ testTimeout: 60_000 });

const IDENTITY = ['rows of the test'];

function rowsOf(length: number): readonly string[] {
  return Array.from({ length }, (_, index) => `row ${index}`);
}

/** The same rows as a list that is read page by page. */
function pagesOf(rows: readonly string[], args: WindowArgs): ListPage<string> {
  const list = {
    pageSizes: [100],
    readPage: async (pageNumber: number, pageSize: number) => ({
      rows: rows.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
      total: rows.length,
    }),
  };
  return connect(IDENTITY, list, args);
}

async function tell(page: ListPage<string>) {
  return {
    edges: (await page.edges()).map(({ cursor, node }) => ({ cursor, node })),
    nodes: await page.nodes((row) => row.toUpperCase()),
    hasNextPage: await page.hasNextPage(),
    hasPreviousPage: await page.hasPreviousPage(),
    totalCount: await page.totalCount(),
  };
}

const length = fc.oneof(fc.nat({ max: 250 }), fc.constantFrom(0, 1, 99, 100, 101, 200));
const window = fc.record({
  isBackward: fc.boolean(),
  size: fc.nat({ max: 100 }),
  edge: fc.option(fc.nat({ max: 300 }), { nil: undefined }),
});

it.each([true, false])(
  'rows that are read at once (there already: %s) are cut as pages are',
  async (areThere) => {
    await fc.assert(
      fc.asyncProperty(length, window, async (count, { isBackward, size, edge }) => {
        const grown = pagesOf(rowsOf((edge ?? 0) + 1), { last: 1 });
        const cursor = edge === undefined ? undefined : (await grown.edges())[0]?.cursor;
        const args = isBackward ? { last: size, before: cursor } : { first: size, after: cursor };
        const rows = rowsOf(count);
        const page = connectRows(IDENTITY, () => (areThere ? rows : Promise.resolve(rows)), args);
        expect(await tell(page)).toEqual(await tell(pagesOf(rows, args)));
      }),
      { numRuns: 1000 },
    );
  },
);

it('rows that are there already are told without a turn', () => {
  const page = connectRows(IDENTITY, () => ['a', 'b', 'c'], { first: 2 });
  expect(page.nodes((row) => row)).toEqual(['a', 'b']);
  expect(page.hasNextPage()).toBe(true);
  expect(page.totalCount()).toBe(3);
});
