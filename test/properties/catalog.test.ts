import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Context } from '../../src/context.ts';
import type { Instant } from '../../src/domain/instant.ts';
import type { PagedList } from '../../src/domain/page.ts';
import { GatewayError } from '../../src/errors.ts';
import { CatalogPage, type CatalogRequest } from '../../src/schema/catalog/page.ts';
import type { CatalogPart, CatalogRow } from '../../src/schema/catalog/source-registry.ts';
import { createSnapshots } from '../../src/snapshots.ts';
import type { OperationRecord } from '../../src/telemetry/operation-record.ts';
import type { Patience } from '../../src/transport/flight.ts';

/*
 * The catalogue against a plain sort of all rows, over sources made up here: a source is a few lists, which can fail.
 */

interface FakeSource {
  readonly source: string;
  lists: { key: string; rows: CatalogRow[] }[];
  isDown: boolean;
  /** Whether it sorts by creation time itself, rows of one instant in an order of its own. */
  readonly sorts: boolean;
}

type Field = CatalogRequest['field'];
type Direction = CatalogRequest['direction'];

const keyOf = ({ gatewaySourceId = '', sourceId }: CatalogRow) => `${gatewaySourceId}/${sourceId}`;
const idOf = (source: string, row: CatalogRow) => `${source}:${keyOf(row)}`;

function partOf(fake: FakeSource): CatalogPart {
  const check = () => {
    if (fake.isDown) throw new GatewayError('UNAVAILABLE', 'down', { source: fake.source });
  };
  const pagesOf = (rows: readonly CatalogRow[]) => ({
    pageSizes: [30, 50, 100],
    readPage: async (pageNumber: number, size: number) => {
      check();
      return { rows: rows.slice((pageNumber - 1) * size, pageNumber * size), total: rows.length };
    },
  });
  const sorted = (direction: Direction) =>
    fake.lists
      .flatMap(({ rows }) => rows)
      .toReversed()
      .toSorted((a, b) => (direction === 'ASC' ? 1 : -1) * ((a.createdAt ?? -1) - (b.createdAt ?? -1)));
  return {
    source: fake.source,
    rows: 'rows',
    keyOf,
    ...(fake.sorts
      ? { byCreation: (_context: Context, direction: Direction) => pagesOf(sorted(direction)) }
      : {}),
    async lists() {
      check();
      return fake.lists.map(({ key, rows }) => ({ key, list: pagesOf(rows) }));
    },
  };
}

/**
 * A context whose snapshots never serve twice, so that every page sees the lists as they are. In a hurry no source is
 * waited for before the next is asked.
 */
function contextOf(isHurried: boolean): Context {
  let tick = 0;
  const snapshots = createSnapshots(
    () => 0,
    () => tick++,
  );
  return {
    region: 'cn-beijing',
    identity: { account: 'the test' },
    snapshots,
    upstreamTimeoutMs: 5_000,
    patience: { until: isHurried ? 0 : Number.POSITIVE_INFINITY } as Partial<Patience>,
    monotonicMs: () => 0,
    record: { told: () => undefined } as Partial<OperationRecord>,
  } as Context;
}

interface Wanted {
  readonly isHurried: boolean;
  readonly field: Field;
  readonly direction: Direction;
  readonly text?: string | undefined;
  readonly vendor?: string | undefined;
}

/** A bound that lists pass, where all of them can do without being read whole. */
function boundFor(sources: readonly FakeSource[], { field, text, vendor }: Wanted): number {
  const isTimed = ({ sorts, lists }: FakeSource) =>
    sorts && lists.every(({ rows }) => rows.every(({ createdAt }) => createdAt !== undefined));
  const isUnfiltered = text === undefined && vendor === undefined;
  return field === 'CREATED_AT' && isUnfiltered && sources.every(isTimed) ? 10 : 5_000;
}

function pageOf(
  sources: readonly FakeSource[],
  wanted: Wanted,
  window: { isBackward: boolean; size: number; cursor?: string | undefined },
): CatalogPage {
  const { isBackward, size, cursor } = window;
  return new CatalogPage(
    {
      parts: sources.map(partOf),
      text: wanted.text,
      vendor: wanted.vendor,
      field: wanted.field,
      maxSnapshotRows: boundFor(sources, wanted),
      direction: wanted.direction,
      isBackward,
      size,
      cursor: cursor === undefined ? undefined : { text: cursor, argument: isBackward ? 'before' : 'after' },
    },
    contextOf(wanted.isHurried),
  );
}

/** What the catalogue must hold, in order, by the plainest means. */
function plain(
  sources: readonly FakeSource[],
  { field, direction, text, vendor }: Wanted,
): readonly string[] {
  const rows = sources
    .filter(({ isDown }) => !isDown)
    .flatMap(({ source, lists }) =>
      lists.flatMap((list) => list.rows.map((row) => ({ source, row, id: idOf(source, row) }))),
    )
    .filter(({ row }) => text === undefined || row.name.toLowerCase().includes(text.toLowerCase()))
    .filter(({ row }) => vendor === undefined || row.vendor?.toLowerCase() === vendor.toLowerCase());
  if (field === 'SOURCE') return (direction === 'ASC' ? rows : rows.toReversed()).map(({ id }) => id);
  const sign = direction === 'ASC' ? 1 : -1;
  const collator = new Intl.Collator('und');
  const units = (a: string, b: string) => Number(a > b) - Number(a < b);
  const order = sources.map(({ source }) => source);
  return rows
    .toSorted((a, b) => {
      const ties = order.indexOf(a.source) - order.indexOf(b.source) || units(keyOf(a.row), keyOf(b.row));
      if (field === 'NAME') {
        const names = collator.compare(a.row.name, b.row.name) || units(a.row.name, b.row.name);
        return sign * names || ties;
      }
      const [x, y] = [a.row.createdAt, b.row.createdAt];
      if (x === undefined || y === undefined)
        return Number(x === undefined) - Number(y === undefined) || ties;
      return sign * (x - y) || ties;
    })
    .map(({ id }) => id);
}

const ids = async (sources: readonly FakeSource[], page: CatalogPage) => {
  const bySourceId = new Map(
    sources.flatMap(({ source, lists }) =>
      lists.flatMap(({ rows }) => rows.map((row) => [row, source] as const)),
    ),
  );
  return (await page.edges()).map(({ node }) => idOf(bySourceId.get(node) ?? '?', node));
};

const names = ['qwen-max', 'Qwen-Max', 'qwen-MAX', '通义千问', '文心', 'é', 'e', 'E', 'a b', 'a-b', 'zz', ''];
const vendors = [undefined, 'alibaba', 'Alibaba', 'deepseek'];

const rowArb = fc.record({
  name: fc.constantFrom(...names),
  vendor: fc.constantFrom(...vendors),
  createdAt: fc.integer({ min: 0, max: 40 }),
});

/** Some lists have rows without a time. */
const rowsArb = fc
  .tuple(fc.array(rowArb, { maxLength: 70, size: 'max' }), fc.nat(3))
  .map(([rows, gaps]) =>
    rows.map((row, at) => (gaps === 0 && at % 3 === 0 ? { ...row, createdAt: undefined } : row)),
  );

const fakeArb = fc.record({ sorts: fc.boolean(), lists: fc.array(rowsArb, { maxLength: 3 }) });

const sourcesArb = fc.array(fakeArb, { minLength: 1, maxLength: 3 }).map((made): FakeSource[] =>
  made.map(({ sorts, lists }, index) => ({
    source: `S${index}`,
    isDown: false,
    sorts,
    lists: lists.map((rows, list) => ({
      key: `pg-${list}`,
      rows: rows.map((row, at) => ({
        type: 'Row',
        gatewaySourceId: `pg-${list}`,
        sourceId: `r${at}`,
        ...row,
      })),
    })),
  })),
);

const wantedArb = fc.record({
  isHurried: fc.boolean(),
  field: fc.constantFrom<Field>('SOURCE', 'NAME', 'CREATED_AT'),
  direction: fc.constantFrom<Direction>('ASC', 'DESC'),
  text: fc.option(fc.constantFrom('qwen', '问', 'E', '-'), { nil: undefined, freq: 3 }),
  vendor: fc.option(fc.constantFrom('ALIBABA', 'deepseek'), { nil: undefined, freq: 3 }),
});

/** The cursor of the row at `start`, as a walk from the front meets it. */
async function cursorAt(
  sources: readonly FakeSource[],
  wanted: Wanted,
  start: number,
): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let seen = 0; ; ) {
    const edges = await pageOf(sources, wanted, { isBackward: false, size: 100, cursor }).edges();
    if (start - seen < edges.length) return edges[start - seen]?.cursor;
    seen += edges.length;
    cursor = edges.at(-1)?.cursor;
  }
}

test('1,000 random windows are cut from the plain sort, with true page info, from any cursor', async () => {
  await fc.assert(
    fc.asyncProperty(
      sourcesArb,
      wantedArb,
      fc.boolean(),
      fc.integer({ min: 0, max: 100 }),
      fc.option(fc.nat(), { nil: undefined }),
      async (sources, wanted, isBackward, size, at) => {
        const all = plain(sources, wanted);
        const start = at === undefined || all.length === 0 ? undefined : at % all.length;
        const cursor = start === undefined ? undefined : await cursorAt(sources, wanted, start);
        const page = pageOf(sources, wanted, { isBackward, size, cursor });
        const end = start ?? all.length;
        const front = start === undefined ? 0 : start + 1;
        const [low, high] = isBackward
          ? [Math.max(0, end - size), end]
          : [front, Math.min(all.length, front + size)];
        expect(await ids(sources, page)).toEqual(all.slice(low, high));
        expect(await page.hasNextPage()).toBe(isBackward ? start !== undefined : high < all.length);
        expect(await page.hasPreviousPage()).toBe(isBackward ? low > 0 : start !== undefined);
        expect(await page.totalCount()).toBe(all.length);
      },
    ),
    { numRuns: 1_000 },
  );
}, 120_000);

test('walking page by page loses and repeats no row, in any order and direction, at any page size', async () => {
  await fc.assert(
    fc.asyncProperty(
      sourcesArb,
      wantedArb,
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      async (sources, wanted, isBackward, size) => {
        const walked: string[] = [];
        let cursor: string | undefined;
        for (let more = true; more; ) {
          const page = pageOf(sources, wanted, { isBackward, size, cursor });
          const rows = await ids(sources, page);
          if (isBackward) walked.unshift(...rows);
          else walked.push(...rows);
          const edges = await page.edges();
          cursor = isBackward ? edges[0]?.cursor : await page.endCursor();
          more = isBackward ? await page.hasPreviousPage() : await page.hasNextPage();
          expect(more && rows.length === 0).toBe(false);
        }
        expect(walked).toEqual(plain(sources, wanted));
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);

/** Walks the whole catalogue; on page n the source with index `downByPage[n]` is down, none beyond. */
async function walkThroughOutages(
  sources: readonly FakeSource[],
  wanted: Wanted,
  window: { isBackward: boolean; size: number },
  downByPage: readonly number[],
): Promise<readonly string[]> {
  const { isBackward } = window;
  const walked: string[] = [];
  let cursor: string | undefined;
  for (let turn = 0, hasMore = true; hasMore || turn <= downByPage.length; turn++) {
    for (const [index, source] of sources.entries()) source.isDown = index === (downByPage[turn] ?? -1);
    const page = pageOf(sources, wanted, { ...window, cursor });
    walked.push(...(await ids(sources, page)));
    await expectHonest(page, sources, wanted);
    cursor = isBackward ? ((await page.edges())[0]?.cursor ?? cursor) : await page.endCursor();
    hasMore = isBackward ? await page.hasPreviousPage() : await page.hasNextPage();
  }
  return walked;
}

test('a source that is down hides no other, and its rows come when it is back', async () => {
  await fc.assert(
    fc.asyncProperty(
      sourcesArb,
      wantedArb,
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 8 }),
      async (sources, wanted, isBackward, size, downByPage) => {
        const walked = await walkThroughOutages(sources, wanted, { isBackward, size }, downByPage);
        expect(walked.toSorted()).toEqual([...plain(sources, wanted)].toSorted());
      },
    ),
    { numRuns: 500 },
  );
}, 120_000);

/** `sources` names who is down and who is not, and the count is that of those who answered. */
async function expectHonest(
  page: CatalogPage,
  sources: readonly FakeSource[],
  wanted: Wanted,
): Promise<void> {
  const results = await page.sources();
  expect(results.map(({ source, error }) => [source, error?.code])).toEqual(
    sources.map(({ source, isDown }) => [source, isDown ? 'UPSTREAM_UNAVAILABLE' : undefined]),
  );
  const answered = sources.filter(({ isDown }) => !isDown);
  expect(await page.totalCount()).toBe(plain(answered, wanted).length);
  expect(await page.endCursor()).toBeDefined();
}

interface Change {
  readonly source: number;
  readonly list: number;
  readonly at: number;
  /** Comes; without it one goes. */
  readonly row: Pick<CatalogRow, 'name' | 'vendor' | 'createdAt'> | undefined;
}

/** Has a row come or go, and gives the id of the one that went. */
function change(
  sources: readonly FakeSource[],
  { source, list, at, row }: Change,
  turn: number,
): string | undefined {
  const of = sources[source];
  const rows = of?.lists[list]?.rows;
  if (of === undefined || rows === undefined) return undefined;
  if (row !== undefined) {
    const key = of.lists[list]?.key ?? '';
    rows.splice(at % (rows.length + 1), 0, {
      type: 'Row',
      gatewaySourceId: key,
      sourceId: `new${turn}`,
      ...row,
    });
    return undefined;
  }
  const [gone] = rows.splice(at % Math.max(1, rows.length), 1);
  return gone === undefined ? undefined : idOf(of.source, gone);
}

test('rows that come and go between pages by NAME and CREATED_AT lose and repeat none that stayed', async () => {
  const changeArb: fc.Arbitrary<Change> = fc.record({
    source: fc.nat(2),
    list: fc.nat(2),
    at: fc.nat(),
    row: fc.option(rowArb, { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(
      sourcesArb,
      wantedArb.filter(({ field }) => field !== 'SOURCE'),
      fc.integer({ min: 1, max: 30 }),
      fc.array(changeArb, { maxLength: 30 }),
      async (sources, wanted, size, changes) => {
        const lasting = new Set(plain(sources, wanted));
        const walked: string[] = [];
        let cursor: string | undefined;
        for (let turn = 0; ; turn++) {
          const page = pageOf(sources, wanted, { isBackward: false, size, cursor });
          walked.push(...(await ids(sources, page)));
          if (!(await page.hasNextPage())) break;
          cursor = await page.endCursor();
          const step = changes[turn];
          if (step !== undefined) lasting.delete(change(sources, step, turn) ?? '');
        }
        expect(new Set(walked).size).toBe(walked.length);
        expect(lasting.difference(new Set(walked))).toEqual(new Set());
      },
    ),
    { numRuns: 500 },
  );
}, 120_000);

/** A page by time of a source that is too long to be read whole; `moved` rows came in front behind its first page. */
function stretchOf(moved: number, isBackward: boolean, cursor: string | undefined): CatalogPage {
  const rows = Array.from(
    { length: 250 },
    (_, at): CatalogRow => ({
      type: 'Row',
      sourceId: String(at),
      name: '',
      vendor: undefined,
      createdAt: at as Instant,
    }),
  );
  const list: PagedList<CatalogRow> = {
    pageSizes: [100],
    readPage: async (pageNumber) => {
      const end = pageNumber * 100 - (pageNumber === 1 ? 0 : moved);
      return { rows: rows.slice(end - 100, end), total: 250 };
    },
  };
  const part = {
    source: 'S',
    rows: 'rows',
    keyOf,
    byCreation: () => list,
    lists: async () => [{ key: '', list }],
  };
  const request: CatalogRequest = {
    parts: [part],
    text: undefined,
    vendor: undefined,
    field: 'CREATED_AT',
    maxSnapshotRows: 10,
    direction: 'ASC',
    isBackward,
    size: 40,
    cursor: cursor === undefined ? undefined : { text: cursor, argument: isBackward ? 'before' : 'after' },
  };
  return new CatalogPage(request, contextOf(false));
}

test.each([
  [false, 79],
  [true, 120],
])(
  'a stretch that moves while it is read has each row once and loses none, backward: %s',
  async (isBackward, from) => {
    let cursor: string | undefined;
    for (let at = -1; at < from; ) {
      const edges = await stretchOf(0, false, cursor).edges();
      const edge = edges[Math.min(edges.length, from - at) - 1];
      cursor = edge?.cursor;
      at = Number(edge?.node.sourceId);
    }
    const page = stretchOf(3, isBackward, cursor);
    const walked = (await page.edges()).map(({ node }) => Number(node.sourceId));
    expect(walked).toEqual(Array.from({ length: 40 }, (_, at) => 80 + at));
    expect(await (isBackward ? page.hasPreviousPage() : page.hasNextPage())).toBe(true);
  },
);

test('a walk down over a source that fails half-way repeats none of its rows when it is back', async () => {
  const row = (name: string): CatalogRow => ({
    ...{ type: 'Model', sourceId: name, name, vendor: undefined, createdAt: undefined },
  });
  const listOf = (names: readonly string[], isDown: () => boolean): PagedList<CatalogRow> => ({
    pageSizes: [100],
    readPage: async () => {
      if (isDown()) throw new GatewayError('UNAVAILABLE', 'down', { source: 'B' });
      return { rows: names.map(row), total: names.length };
    },
  });
  const never = () => false;
  let isDown = true;
  const part = (source: string, lists: readonly (readonly [string, PagedList<CatalogRow>])[]) => ({
    ...{ source, rows: 'rows', keyOf },
    lists: async () => lists.map(([key, list]) => ({ key, list })),
  });
  const parts = [
    part('A', [['', listOf(['a0', 'a1', 'a2'], never)]]),
    part('B', [
      ['g1', listOf(['x0', 'x1'], () => isDown)],
      ['g2', listOf(['y0', 'y1'], never)],
    ]),
  ];
  const look = async (after: string | undefined, size: number) => {
    const cursor = after === undefined ? undefined : ({ text: after, argument: 'after' } as const);
    const order = { field: 'SOURCE', direction: 'DESC', maxSnapshotRows: 5_000 } as const;
    const filter = { text: undefined, vendor: undefined };
    const page = new CatalogPage(
      { parts, ...filter, ...order, isBackward: false, size, cursor },
      contextOf(false),
    );
    const edges = await page.edges();
    return { names: edges.map(({ node }) => node.sourceId), end: edges.at(-1)?.cursor };
  };
  const first = await look(undefined, 3);
  expect(first.names).toEqual(['y1', 'y0', 'a2']);
  isDown = false;
  expect((await look(first.end, 10)).names).toEqual(['x1', 'x0', 'a1', 'a0']);
});
