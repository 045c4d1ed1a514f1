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
