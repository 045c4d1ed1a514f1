import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { fewestPages } from './plain-list.ts';

// Many runs a test: on a busy machine they take longer than one test may by default.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const WINDOWS = 1_000;
const GATEWAY_SIZES = [30, 50, 100];
const ANY_SIZE = Array.from({ length: 100 }, (_, index) => index + 1);

/** A list of the graph: how it is asked for, and what reads it upstream. */
interface ListField {
  readonly title: string;
  /** With a place for the paging arguments and one for the selection. */
  readonly document: (args: string, selection: string) => string;
  readonly connection: (data: Record<string, unknown>) => unknown;
  readonly action: string;
  readonly sizes: readonly number[];
  /** Whether it is the lists of all three gateways. */
  readonly isEvery: boolean;
  /** Calls that no window can do without, by action. */
  readonly overhead: number;
}

interface Window {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const WHOLE = `nodes { id } edges { cursor node { id } } totalCount
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

let graph: TestGateway;
const manyGateway = { id: '' };
beforeAll(async () => {
  graph = await openGateway();
  const { data } = await graph.query(
    '{ modelServices(first: 1, filter: {name: "selfhosted"}) { nodes { gatewaySourceId } } }',
  );
  const services = data?.['modelServices'] as { nodes: { gatewaySourceId: string }[] } | undefined;
  manyGateway.id = services?.nodes[0]?.gatewaySourceId ?? '';
});
afterAll(() => graph[Symbol.asyncDispose]());
beforeEach(() => graph.sandbox.forgetRequests());

const plainField = (name: string, action: string, sizes: readonly number[]): ListField => ({
  title: name,
  document: (args, selection) => `{ list: ${name}${args === '' ? '' : `(${args})`} { ${selection} } }`,
  connection: (data) => data['list'],
  action,
  sizes,
  isEvery: false,
  overhead: 0,
});

const LISTS: readonly ListField[] = [
  plainField('models', 'ModelRouterQueryModelList', ANY_SIZE),
  plainField('paiModels', 'ListModels', ANY_SIZE),
  plainField('aiGateways', 'DescribeGatewayList', GATEWAY_SIZES),
  {
    ...plainField('modelServices', 'DescribeModelServices', GATEWAY_SIZES),
    title: 'modelServices of every gateway',
    isEvery: true,
    overhead: 1,
  },
  {
    ...plainField('modelServices', 'DescribeModelServices', GATEWAY_SIZES),
    title: 'modelServices of one gateway',
    document: (args, selection) =>
      `{ list: modelServices(gatewaySourceId: "${manyGateway.id}" ${args}) { ${selection} } }`,
  },
  {
    ...plainField('', 'DescribeModelServices', GATEWAY_SIZES),
    title: 'AiGateway.modelServices',
    document: (args, selection) =>
      `{ aiGateway(sourceId: "${manyGateway.id}") { list: modelServices${args === '' ? '' : `(${args})`} { ${selection} } } }`,
    connection: (data) => (data['aiGateway'] as Record<string, unknown>)['list'],
    overhead: 1,
  },
];

async function read(list: ListField, args: string, selection = WHOLE): Promise<Window> {
  const { data, errors } = await graph.query(list.document(args, selection));
  expect(errors).toBeUndefined();
  return list.connection(data ?? {}) as Window;
}

/** The whole list, walked without any of the window's cleverness: by endCursor, in small steps. */
async function walk(list: ListField): Promise<Window['edges']> {
  const edges: Window['edges'][number][] = [];
  let after = '';
  for (let hasNextPage = true; hasNextPage; ) {
    const page = await read(list, `first: 13 ${after}`);
    edges.push(...page.edges);
    hasNextPage = page.pageInfo.hasNextPage;
    after = `after: "${page.pageInfo.endCursor}"`;
  }
  return edges;
}

describe.each(LISTS)('windows on $title', (list) => {
  let whole: Window['edges'];
  beforeAll(async () => {
    whole = await walk(list);
  });

  it('has every row once', () => {
    expect(whole.length).toBeGreaterThan(0);
    expect(new Set(whole.map(({ node }) => node.id)).size).toBe(whole.length);
    expect(new Set(whole.map(({ cursor }) => cursor)).size).toBe(whole.length);
  });

  it('is the whole list cut, whatever the window, from few calls', async () => {
    const window = fc.record({
      isBackward: fc.boolean(),
      size: fc.integer({ min: 0, max: 100 }),
      at: fc.option(fc.nat({ max: 1000 }), { freq: 4, nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(window, async ({ isBackward, size, at }) => {
        const cut = { isBackward, size, index: at === undefined ? undefined : at % whole.length };
        const { start, stop } = boundsOf(cut, whole.length);
        graph.sandbox.forgetRequests();
        const seen = await read(list, argsOf(cut, whole));
        const rows = whole.slice(start, stop);
        expect(seen.edges).toEqual(rows);
        expect(seen.nodes).toEqual(rows.map(({ node }) => node));
        expect(seen.totalCount).toBe(whole.length);
        expect(seen.pageInfo).toEqual({
          hasNextPage: stop < whole.length,
          hasPreviousPage: start > 0,
          startCursor: rows[0]?.cursor ?? null,
          endCursor: rows.at(-1)?.cursor ?? null,
        });
        checkCalls(list, cut);
      }),
      { numRuns: WINDOWS },
    );
  });

  it('totalCount alone is one call for each list, __typename alone none', async () => {
    const lists = list.isEvery ? 3 : 1;
    expect((await read(list, '', 'totalCount')).totalCount).toBe(whole.length);
    expect(graph.sandbox.requests).toHaveLength(lists + list.overhead);
    graph.sandbox.forgetRequests();
    await read(list, '', '__typename');
    expect(graph.sandbox.requests.filter(({ action }) => action === list.action)).toEqual([]);
  });

  it.each(['totalCount nodes { id }', 'nodes { id } totalCount', 'totalCount pageInfo { endCursor }'])(
    'totalCount costs no call beside rows that are read: %s',
    async (selection) => {
      await read(list, 'first: 7', selection);
      const calls = graph.sandbox.requests.filter(({ action }) => action === list.action);
      expect(calls).toHaveLength(list.isEvery ? 3 : 1);
    },
  );

  it.each([
    ['101 rows', () => 'first: 101'],
    ['101 rows from the end', () => 'last: 101'],
    ['-1 rows', () => 'first: -1'],
    ['-1 rows from the end', () => 'last: -1'],
    ['both directions', () => 'first: 1 last: 1'],
    ['first with before', () => `first: 1 before: "${whole[0]?.cursor}"`],
    ['last with after', () => `last: 1 after: "${whole[0]?.cursor}"`],
    ['after with before', () => `after: "${whole[0]?.cursor}" before: "${whole[1]?.cursor}"`],
    ['an empty cursor', () => 'after: ""'],
    ['10 kB', () => `after: "${'A'.repeat(10_240)}"`],
    ['10 kB in front of a cursor', () => `after: "${'A'.repeat(10_240)}${whole[0]?.cursor}"`],
    ['unicode', () => 'after: "\u{1F511}\u540D"'],
    ['a cursor with padding', () => `after: "${whole[0]?.cursor}="`],
    ['a cursor with a blank behind it', () => `after: "${whole[0]?.cursor} "`],
    ['another version', () => `after: "${edited(whole, (parts) => parts.with(0, '2'))}"`],
    ['another list', () => `after: "${edited(whole, (parts) => parts.with(1, 'AAAAAAAAAAAA'))}"`],
    ['an offset below zero', () => `after: "${edited(whole, (parts) => parts.with(2, '-1'))}"`],
    ['an offset with a fraction', () => `after: "${edited(whole, (parts) => parts.with(2, '1.5'))}"`],
    ['an offset in another spelling', () => `after: "${edited(whole, (parts) => parts.with(2, '01'))}"`],
    [
      'an offset that no page number reaches',
      () => `after: "${edited(whole, (parts) => parts.with(2, '4294967296'))}"`,
    ],
    ['no offset', () => `after: "${edited(whole, (parts) => parts.with(2, ''))}"`],
    ['half a cursor', () => `after: "${whole[0]?.cursor.slice(0, 12)}"`],
  ])('refuses %s before anything is sent', async (_fault, args) => {
    // What the list hangs on may be read; the list itself may not.
    graph.sandbox.forgetRequests();
    const { data, errors } = await graph.query(list.document(args(), WHOLE));
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', retryable: false } }]);
    expect(JSON.stringify(errors).length).toBeLessThan(1000);
    expect(data === null ? null : list.connection(data ?? {})).toBeNull();
    const allowed = list.title.startsWith('AiGateway.') ? ['DescribeGatewayAttribute'] : [];
    expect(graph.actions()).toEqual(allowed);
  });
});

it.each([
  ['another list', 'paiModels', 'models', ''],
  ['another filter', 'models', 'models', 'filter: {category: "Chat"}'],
  ['another filter of the registry', 'paiModels', 'paiModels', 'filter: {domain: "nlp"}'],
  ['another order', 'paiModels', 'paiModels', 'orderBy: {field: CREATED_AT, direction: DESC}'],
  ['every gateway, where one is named', 'modelServices', 'modelServices', 'gatewaySourceId: "pg-x"'],
  ['another filter of services', 'modelServices', 'modelServices', 'filter: {status: ENABLED}'],
])('a cursor of %s is refused before anything is sent', async (_other, from, to, filter) => {
  const { data } = await graph.query(`{ list: ${from}(first: 1) { edges { cursor } } }`);
  const found = data?.['list'] as { edges: readonly { cursor: string }[] } | undefined;
  graph.sandbox.forgetRequests();
  const { errors } = await graph.query(
    `{ ${to}(first: 1 after: "${found?.edges[0]?.cursor}" ${filter}) { nodes { id } } }`,
  );
  expect(errors).toMatchObject([
    {
      extensions: { code: 'BAD_USER_INPUT' },
      message: 'after is a cursor of another list or of another filter.',
    },
  ]);
  expect(graph.actions()).toEqual([]);
});

it('a cursor that is no Unicode text is refused before anything is sent', async () => {
  const { errors } = await graph.query('query ($at: String) { models(after: $at) { nodes { id } } }', {
    at: '\ud800',
  });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(graph.actions()).toEqual([]);
});

it('a cursor of one gateway is good for the same gateway by another way', async () => {
  const [one, other] = [LISTS[4], LISTS[5]];
  if (one === undefined || other === undefined) throw new Error('a list is gone');
  const first = await read(one, 'first: 3');
  const next = await read(other, `first: 3 after: "${first.pageInfo.endCursor}"`);
  expect(next.nodes).toEqual((await read(one, 'first: 6')).nodes.slice(3));
});

it('aliases of one list share the pages they have in common', async () => {
  const pages = 'a: models(first: 5) { nodes { id } } b: models(first: 5) { totalCount nodes { name } }';
  expect((await graph.query(`{ ${pages} }`)).errors).toBeUndefined();
  expect(graph.sandbox.requests).toHaveLength(1);
});

/** A cursor of the list, taken apart, changed and put together again. */
function edited(whole: Window['edges'], change: (parts: string[]) => string[]): string {
  const parts = Buffer.from(whole[0]?.cursor ?? '', 'base64url')
    .toString()
    .split('|');
  return Buffer.from(change(parts).join('|')).toString('base64url');
}

interface Cut {
  readonly isBackward: boolean;
  readonly size: number;
  readonly index: number | undefined;
}

function argsOf({ isBackward, size, index }: Cut, whole: Window['edges']): string {
  const cursor = index === undefined ? '' : `${isBackward ? 'before' : 'after'}: "${whole[index]?.cursor}"`;
  return `${isBackward ? 'last' : 'first'}: ${size} ${cursor}`;
}

function boundsOf({ isBackward, size, index }: Cut, length: number): { start: number; stop: number } {
  const edge = isBackward ? (index ?? length) : (index ?? -1) + 1;
  return isBackward
    ? { start: Math.max(0, edge - size), stop: edge }
    : { start: edge, stop: Math.min(length, edge + size) };
}

/** Calls of the list itself: the fewest pages, one for a total where nothing read brings it, one for a list looked at. */
function checkCalls(list: ListField, cut: Cut): void {
  const { requests } = graph.sandbox;
  const pages = requests.filter(({ action }) => action === list.action);
  expect(requests.length - pages.length).toBe(list.overhead);
  expect(new Set(pages.map(({ rawUrl }) => rawUrl)).size, 'a page read twice').toBe(pages.length);
  expect(pages.length).toBeLessThanOrEqual(mostCalls(list, cut));
}

function mostCalls(list: ListField, { isBackward, size, index }: Cut): number {
  // Three gateways: at most two pages of the one that holds most and its total, one of each other and its total.
  if (list.isEvery) return isBackward ? 6 : 4;
  // The end has to be found before it can be read.
  if (isBackward && index === undefined) return 1 + 2;
  const { start, stop } = boundsOf({ isBackward, size, index }, Number.POSITIVE_INFINITY);
  return Math.max(1, fewestPages(list.sizes, start, stop));
}
