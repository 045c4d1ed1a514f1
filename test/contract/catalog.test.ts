import { describe, expect, test } from 'vitest';
import { GATEWAY_IDS } from '../../src/sandbox/data/gateways.ts';
import type { SandboxFault } from '../../src/sandbox/index.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

const LISTS = {
  MODEL_ROUTER: 'ModelRouterQueryModelList',
  PAI: 'ListModels',
  AI_GATEWAY: 'DescribeModelServices',
} as const;
const TYPES = { MODEL_ROUTER: 'Model', PAI: 'PaiModel', AI_GATEWAY: 'ModelService' } as const;
const SOURCES = ['MODEL_ROUTER', 'PAI', 'AI_GATEWAY'] as const;

interface Catalog {
  totalCount: number;
  sources: {
    source: string;
    totalCount: number | null;
    error: { code: string; retryable: boolean } | null;
  }[];
  nodes: { __typename: string; id: string; name: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

const DOCUMENT = `query($first: Int, $after: String, $filter: CatalogFilter, $orderBy: CatalogOrder) {
  catalog(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount
    sources { source totalCount error { code retryable } }
    nodes { __typename id name }
    pageInfo { hasNextPage endCursor }
  }
}`;

const BY_NAME = { field: 'NAME', direction: 'ASC' };

async function ask(gateway: TestGateway, variables: Record<string, unknown>): Promise<Catalog> {
  gateway.sandbox.forgetRequests();
  const { data, errors } = await gateway.query(DOCUMENT, variables);
  expect(errors).toBeUndefined();
  return data?.['catalog'] as Catalog;
}

const counted = (gateway: TestGateway) => {
  const counts: Record<string, number> = {};
  for (const action of gateway.actions()) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
};

describe('the calls of the catalogue', () => {
  test('by NAME each source is read whole once, and further pages cost nothing while the snapshot lasts', async () => {
    let now = Date.now();
    await using gateway = await openGateway({ now: () => now });
    const cold = await ask(gateway, { first: 50, orderBy: BY_NAME });
    expect(counted(gateway)).toEqual({
      ModelRouterQueryModelList: 2,
      ListModels: 1,
      DescribeGatewayList: 1,
      DescribeModelServices: 4,
    });
    const warm = await ask(gateway, { first: 50, orderBy: BY_NAME, after: cold.pageInfo.endCursor });
    expect(counted(gateway)).toEqual({});
    expect(warm.nodes).toHaveLength(50);
    now += 30_000;
    await ask(gateway, { first: 50, orderBy: BY_NAME });
    expect(gateway.actions()).toHaveLength(8);
  });

  test('by SOURCE a page reads its own rows and one total a source that is counted', async () => {
    await using gateway = await openGateway();
    await gateway.query('{ catalog(first: 20) { nodes { id } } }');
    expect(counted(gateway)).toEqual({ ModelRouterQueryModelList: 1 });
    await ask(gateway, { first: 20 });
    expect(counted(gateway)).toEqual({
      ModelRouterQueryModelList: 1,
      ListModels: 1,
      DescribeGatewayList: 1,
      DescribeModelServices: 3,
    });
    gateway.sandbox.forgetRequests();
    await gateway.query('{ catalog { __typename } }');
    expect(gateway.actions()).toEqual([]);
  });

  test('a mutation made here drops the snapshot of its source, and no other', async () => {
    await using gateway = await openGateway();
    const before = await ask(gateway, { first: 1, orderBy: BY_NAME });
    await gateway.query(
      'mutation { createModel(input: { name: "  first of all", modelCode: "first" }) { __typename } }',
    );
    const after = await ask(gateway, { first: 1, orderBy: BY_NAME });
    expect(counted(gateway)).toEqual({ ModelRouterQueryModelList: 2 });
    expect(after.totalCount).toBe(before.totalCount + 1);
  });

  test('sources that are not asked for are not read', async () => {
    await using gateway = await openGateway();
    const { nodes, sources } = await ask(gateway, {
      first: 3,
      filter: { sources: ['PAI'] },
      orderBy: BY_NAME,
    });
    expect(counted(gateway)).toEqual({ ListModels: 1 });
    expect(nodes.map(({ __typename }) => __typename)).toEqual(['PaiModel', 'PaiModel', 'PaiModel']);
    expect(sources).toEqual([{ source: 'PAI', totalCount: 65, error: null }]);
  });
});

describe('the filters of the catalogue', () => {
  test('text is a part of the name, vendor the whole vendor, both without regard to letter case', async () => {
    await using gateway = await openGateway();
    const byText = await ask(gateway, { first: 100, filter: { text: 'QWEN3-c' } });
    expect(byText.nodes.length).toBeGreaterThan(1);
    expect(byText.nodes.every(({ name }) => name.toLowerCase().includes('qwen3-c'))).toBe(true);
    const byVendor = await ask(gateway, {
      first: 100,
      filter: { vendor: 'ALIBABA', sources: ['MODEL_ROUTER'] },
    });
    const all = await ask(gateway, { first: 100, filter: { vendor: 'alibab' } });
    expect(byVendor.totalCount).toBeGreaterThan(10);
    expect(all.totalCount).toBe(0);
  });

  test.each([
    [{ filter: { sources: [] } }, 'sources must name at least one source'],
    [{ first: 101 }, 'first must be between'],
    [{ after: 'nonsense' }, 'after is not a cursor of the catalogue'],
  ])('%j is refused, and nothing leaves', async (variables, message) => {
    await using gateway = await openGateway();
    const { data, errors } = await gateway.query(DOCUMENT, variables);
    expect(data).toEqual({ catalog: null });
    expect(errors).toMatchObject([
      { message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(gateway.actions()).toEqual([]);
  });

  test('a cursor is good for its order, direction and filter only', async () => {
    await using gateway = await openGateway();
    const { pageInfo } = await ask(gateway, { first: 2, orderBy: BY_NAME });
    for (const other of [
      {},
      { orderBy: { field: 'NAME', direction: 'DESC' } },
      { orderBy: { field: 'CREATED_AT', direction: 'ASC' } },
      { orderBy: BY_NAME, filter: { text: 'q' } },
      { orderBy: BY_NAME, filter: { sources: ['PAI'] } },
    ]) {
      gateway.sandbox.forgetRequests();
      const { errors } = await gateway.query(DOCUMENT, { after: pageInfo.endCursor, ...other });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(gateway.actions()).toEqual([]);
    }
  });
});

/** Each source's row at a place, and the answer around some of them. */
const LISTED = {
  MODEL_ROUTER: {
    rowAt: (place: number) => ({ id: place + 1, name: `m${place}`, gmtCreate: '2024-01-01T00:00:00Z' }),
    answer: (list: readonly object[], total: number) => ({ success: true, data: { list, total } }),
  },
  PAI: {
    rowAt: (place: number) => ({
      ModelId: `m-${place}`,
      ModelName: `m${place}`,
      GmtCreateTime: '2024-01-01T00:00:00Z',
    }),
    answer: (Models: readonly object[], TotalCount: number) => ({ Models, TotalCount }),
  },
  AI_GATEWAY: {
    rowAt: (place: number) => ({
      ModelServiceId: `ms-${place}`,
      Name: `m${place}`,
      GmtCreated: '2024-01-01T00:00:00Z',
    }),
    answer: (Items: readonly object[], TotalRecordCount: number) => ({ Items, TotalRecordCount }),
  },
} as const;

/** A source of 150 rows, where one more is put in front once its first page was read; any other gateway is empty. */
function answerMoving(gateway: TestGateway, source: (typeof SOURCES)[number]): void {
  const { rowAt, answer } = LISTED[source];
  const rows = Array.from({ length: 150 }, (_, place) => rowAt(place));
  const pages = [answer([], 0), answer(rows.slice(0, 100), 150), answer(rows.slice(99), 151)];
  for (const [page, body] of pages.entries()) {
    gateway.sandbox.setFault(
      LISTS[source],
      { kind: 'answer', status: 200, bodyText: JSON.stringify(body) },
      {
        match: ({ query }) => {
          const isIn = [undefined, GATEWAY_IDS.many].includes(query['GwClusterId']);
          return (isIn ? Number(query['pageIndex'] ?? query['PageNumber']) : 0) === page;
        },
      },
    );
  }
}

describe('a source that moves while it is read', () => {
  const cases = SOURCES.flatMap((source) =>
    ['NAME', 'CREATED_AT'].flatMap((field) => [7, 100].map((first) => [source, field, first] as const)),
  );
  test.each(cases)('%s by %s, %i at a time, has each row once', async (source, field, first) => {
    await using gateway = await openGateway();
    answerMoving(gateway, source);
    const wanted = { first, filter: { sources: [source] }, orderBy: { field, direction: 'ASC' } };
    const seen: string[] = [];
    for (let after: string | undefined, hasNextPage = true; hasNextPage; ) {
      const page: Catalog = await ask(gateway, { ...wanted, after });
      expect(page.totalCount).toBe(150);
      seen.push(...page.nodes.map(({ id }) => id));
      ({ hasNextPage, endCursor: after } = page.pageInfo);
    }
    expect([seen.length, new Set(seen).size]).toEqual([150, 150]);
  });
});

describe('a source that fails', () => {
  const faults: readonly (readonly [string, SandboxFault, string, boolean])[] = [
    ['that is down', { kind: 'reset', when: 'before' }, 'UPSTREAM_UNAVAILABLE', true],
    ['that is throttled', { kind: 'throttle', retryAfterMs: 100 }, 'RATE_LIMITED', true],
    ['that is forbidden', { kind: 'error', status: 403, code: 'NoPermission' }, 'FORBIDDEN', false],
    ['that answers HTML', { kind: 'answer', status: 200, bodyText: '<html>' }, 'UPSTREAM_ERROR', true],
    ['that hangs', { kind: 'hang' }, 'UPSTREAM_TIMEOUT', true],
  ];
  const cases = SOURCES.flatMap((source) =>
    ['SOURCE', 'NAME', 'CREATED_AT'].flatMap((field) =>
      faults.map((fault) => [source, field, ...fault] as const),
    ),
  );

  test.each(cases)(
    '%s by %s, %s, hides no other and comes when it is back',
    async (source, field, _how, fault, code, retryable) => {
      await using gateway = await openGateway({
        isForgetful: true,
        upstreamTimeoutMs: fault.kind === 'hang' ? 1_500 : 10_000,
      });
      const orderBy = { field, direction: 'ASC' };
      const heal = gateway.sandbox.setFault(LISTS[source], fault);
      const broken = await ask(gateway, { first: 100, orderBy });
      const missing = broken.sources.find((one) => one.source === source);
      expect(missing).toEqual({ source, totalCount: null, error: { code, retryable } });
      const others = broken.sources.filter((one) => one.source !== source);
      expect(others.every(({ error, totalCount }) => error === null && totalCount !== null)).toBe(true);
      expect(broken.totalCount).toBe(others.reduce((sum, { totalCount }) => sum + (totalCount ?? 0), 0));
      expect(broken.nodes).toHaveLength(100);
      expect(broken.nodes.some(({ __typename }) => __typename === TYPES[source])).toBe(false);
      heal();
      const seen = broken.nodes.map(({ id }) => id);
      let after = broken.pageInfo.endCursor;
      for (let hasNextPage = true; hasNextPage; ) {
        const page = await ask(gateway, { first: 100, orderBy, after });
        expect(page.sources.every(({ error }) => error === null)).toBe(true);
        seen.push(...page.nodes.map(({ id }) => id));
        ({ hasNextPage, endCursor: after } = page.pageInfo);
      }
      expect(seen).toHaveLength(358);
      expect(new Set(seen).size).toBe(358);
    },
  );

  test('that holds more than 5,000 rows says what to do instead, and hides no other', async () => {
    await using gateway = await openGateway();
    const rows = Array.from({ length: 100 }, (_, index) => ({
      ModelId: `model-${index}`,
      ModelName: `m${index}`,
    }));
    gateway.sandbox.setFault('ListModels', {
      kind: 'answer',
      status: 200,
      bodyText: JSON.stringify({ RequestId: 'r', TotalCount: 5001, Models: rows }),
    });
    const { data } = await gateway.query(
      '{ catalog(first: 1, orderBy: { field: NAME, direction: ASC }) { sources { source error { code message } } } }',
    );
    expect((data?.['catalog'] as Catalog | undefined)?.sources[1]).toMatchObject({
      source: 'PAI',
      error: { code: 'BAD_USER_INPUT', message: expect.stringContaining('order by SOURCE') },
    });
    expect(counted(gateway)['ListModels']).toBe(1);
  });
});

describe('a source of which one list fails', () => {
  const PAGE = `totalCount sources { source totalCount error { code retryable } }
    nodes { __typename id } pageInfo { hasNextPage endCursor }`;
  const ONLY = 'filter: { sources: [AI_GATEWAY] }';
  const FORBIDDEN = {
    source: 'AI_GATEWAY',
    totalCount: null,
    error: { code: 'FORBIDDEN', retryable: false },
  };

  /** A gateway whose second AI gateway is forbidden. */
  async function openForbidden() {
    const gateway = await openGateway();
    const { data } = await gateway.query('{ aiGateways(first: 2) { nodes { sourceId } } }');
    const second = (data?.['aiGateways'] as { nodes: { sourceId: string }[] } | undefined)?.nodes[1];
    const heal = gateway.sandbox.setFault(
      LISTS.AI_GATEWAY,
      { kind: 'error', status: 403, code: 'NoPermission' },
      { match: ({ query }) => query['GwClusterId'] === second?.sourceId },
    );
    const ask = async (page: string) => {
      const answer = await gateway.query(`{ page: ${page} }`);
      expect(answer.errors).toBeUndefined();
      return answer.data?.['page'] as Catalog;
    };
    return { ask, heal, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
  }

  test.each([
    ['ends there', `catalog(${ONLY}) { ${PAGE} }`, 12],
    ['is whole before it', `catalog(first: 5, ${ONLY}) { ${PAGE} }`, 5],
  ])('by SOURCE a page that %s shows its rows, counts none and says why', async (_how, page, rows) => {
    await using forbidden = await openForbidden();
    const { nodes, totalCount, sources } = await forbidden.ask(page);
    expect(nodes).toHaveLength(rows);
    expect(totalCount).toBeNull();
    expect(sources).toEqual([FORBIDDEN]);
  });

  test('its other rows come when it answers again, none twice', async () => {
    await using forbidden = await openForbidden();
    const { nodes, pageInfo } = await forbidden.ask(`catalog(${ONLY}) { ${PAGE} }`);
    forbidden.heal();
    const seen = nodes.map(({ id }) => id);
    for (let { hasNextPage, endCursor } = { ...pageInfo, hasNextPage: true }; hasNextPage; ) {
      const page = await forbidden.ask(`catalog(first: 100, after: "${endCursor}", ${ONLY}) { ${PAGE} }`);
      seen.push(...page.nodes.map(({ id }) => id));
      ({ hasNextPage, endCursor } = page.pageInfo);
    }
    expect(seen).toHaveLength(142);
    expect(new Set(seen).size).toBe(142);
  });

  test.each(['NAME', 'CREATED_AT'])('by %s none of its rows are shown or counted', async (field) => {
    await using forbidden = await openForbidden();
    const orderBy = `orderBy: { field: ${field}, direction: ASC }`;
    const { nodes, totalCount, sources } = await forbidden.ask(`catalog(first: 100, ${orderBy}) { ${PAGE} }`);
    expect(nodes.some(({ __typename }) => __typename === 'ModelService')).toBe(false);
    expect(totalCount).toBe(216);
    expect(sources).toContainEqual(FORBIDDEN);
  });
});

describe('a source that hangs, by SOURCE', () => {
  const DEADLINE_MS = 1_500;
  const HASTE = { 'x-request-timeout-ms': String(DEADLINE_MS) };
  const COUNTS = 'totalCount sources { source totalCount error { code retryable } }';
  const PAGE = `${COUNTS} nodes { __typename id } pageInfo { hasNextPage endCursor }`;
  const ROWS = { MODEL_ROUTER: 151, PAI: 65, AI_GATEWAY: 142 } as const;
  const typesIn = ({ nodes }: Catalog) => nodes.map(({ __typename }) => __typename);

  /** A hurried page while sources hang. */
  async function askHurried(
    gateway: TestGateway,
    hung: readonly (typeof SOURCES)[number][],
    page: string,
  ): Promise<Catalog> {
    const heals = hung.map((source) => gateway.sandbox.setFault(LISTS[source], { kind: 'hang' }));
    const begun = performance.now();
    const { data, errors } = await gateway.query(`{ page: ${page} }`, {}, undefined, HASTE);
    expect(performance.now() - begun).toBeLessThan(DEADLINE_MS + 1_000);
    expect(errors).toBeUndefined();
    for (const heal of heals) heal();
    return data?.['page'] as Catalog;
  }

  const descending = 'orderBy: { field: SOURCE, direction: DESC }';
  const pages: readonly (readonly [string, (rows: readonly string[]) => readonly string[]])[] = [
    [`catalog(first: 100) { ${PAGE} }`, (rows) => rows.slice(0, 100)],
    [`catalog(last: 100) { ${PAGE} }`, (rows) => rows.slice(-100)],
    [`catalog(first: 100, ${descending}) { ${PAGE} }`, (rows) => rows.toReversed().slice(0, 100)],
    [`catalog(first: 100, filter: { text: "" }) { ${PAGE} }`, (rows) => rows.slice(0, 100)],
    [`catalog { ${COUNTS} }`, () => []],
  ];
  const outages: readonly (readonly (typeof SOURCES)[number][])[] = [
    ...SOURCES.map((source) => [source]),
    ...SOURCES.map((source) => SOURCES.filter((other) => other !== source)),
  ];
  const cases = outages.flatMap((hung) => pages.map(([page, cut]) => ({ hung, page, cut })));

  test.concurrent.each(cases)('$hung hide no row and no total: $page', async ({ hung, page, cut }) => {
    await using gateway = await openGateway();
    const { totalCount, sources, nodes = [] } = await askHurried(gateway, hung, page);
    const timeout = { code: 'UPSTREAM_TIMEOUT', retryable: true };
    expect(sources).toEqual(
      SOURCES.map((source) =>
        hung.includes(source)
          ? { source, totalCount: null, error: timeout }
          : { source, totalCount: ROWS[source], error: null },
      ),
    );
    const healthy = SOURCES.filter((source) => !hung.includes(source));
    const rows = healthy.flatMap((source) => Array<string>(ROWS[source]).fill(TYPES[source]));
    expect(totalCount).toBe(rows.length);
    expect(nodes.map(({ __typename }) => __typename)).toEqual(cut(rows));
  });

  test('the rows that were missing come when it answers again, none twice', async () => {
    await using gateway = await openGateway();
    const page = await askHurried(gateway, ['MODEL_ROUTER'], `catalog(first: 100) { ${PAGE} }`);
    const seen = page.nodes.map(({ id }) => id);
    let after = page.pageInfo.endCursor;
    for (let hasNextPage = true; hasNextPage; ) {
      const next = await ask(gateway, { first: 100, after });
      seen.push(...next.nodes.map(({ id }) => id));
      ({ hasNextPage, endCursor: after } = next.pageInfo);
    }
    expect(seen).toHaveLength(358);
    expect(new Set(seen).size).toBe(358);
  });

  test.each([
    ['source', 'catalog(first: 65)', 65, 'PaiModel'],
    ['list', 'catalog(first: 12, filter: { sources: [MODEL_ROUTER, AI_GATEWAY] })', 12, 'ModelService'],
  ])('a page that another %s fills to its end knows of the rows beyond', async (_what, field, rows, type) => {
    await using gateway = await openGateway();
    const document = `${field} { nodes { __typename } pageInfo { hasNextPage } }`;
    const page = await askHurried(gateway, ['MODEL_ROUTER'], document);
    expect(typesIn(page)).toEqual(Array(rows).fill(type));
    expect(page.pageInfo.hasNextPage).toBe(true);
  });

  test('one that is slow, but in time, keeps its place', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault(LISTS.MODEL_ROUTER, { kind: 'latency', ms: 1_200 });
    const headers = { 'x-request-timeout-ms': '2000' };
    const { data } = await gateway.query(`{ catalog(first: 20) { ${PAGE} } }`, {}, undefined, headers);
    const page = data?.['catalog'] as Catalog;
    expect(typesIn(page)).toEqual(Array(20).fill('Model'));
    expect(page.sources.map(({ error }) => error)).toEqual([null, null, null]);
    expect(page.totalCount).toBe(358);
  });
});
