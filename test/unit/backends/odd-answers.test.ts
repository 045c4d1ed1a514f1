import { describe, expect, it } from 'vitest';
import type { DriftKind } from '../../../src/backends/backend.ts';
import type { SandboxRequest } from '../../../src/sandbox/index.ts';
import { openGateway, type TestGateway } from '../../support/gateway.ts';

type Wire = Readonly<Record<string, unknown>>;

/** A backend's list and lookup: how they are asked for, and the envelopes around their rows. */
interface Place {
  readonly source: string;
  readonly listField: string;
  readonly listAction: string;
  readonly lookup: string;
  readonly lookupAction: string;
  readonly row: Wire;
  /** The envelope of a list; a total that is undefined is left out. */
  readonly list: (rows: unknown, total?: unknown) => Wire;
  readonly one: (row: unknown) => Wire;
}

const ROUTER_ENVELOPE = {
  requestId: 'r-1',
  success: true,
  // As the documented success sample has them.
  errCode: 'UNKNOWN_ERROR',
  errMessage: 'an unknown error',
  httpStatusCode: 200,
};

const ROUTER: Place = {
  source: 'MODEL_ROUTER',
  listField: 'models',
  listAction: 'ModelRouterQueryModelList',
  lookup: 'model(sourceId: "1")',
  lookupAction: 'ModelRouterQueryModel',
  row: { id: 1, name: 'Qwen', modelCode: 'qwen-turbo' },
  list: (list, total) => ({
    ...ROUTER_ENVELOPE,
    data: { list, total, nextToken: 'None', maxResults: 'None' },
  }),
  one: (data) => ({ ...ROUTER_ENVELOPE, data }),
};

const PAI: Place = {
  source: 'PAI',
  listField: 'paiModels',
  listAction: 'ListModels',
  lookup: 'paiModel(sourceId: "model-x")',
  lookupAction: 'GetModel',
  row: { ModelId: 'model-x', ModelName: 'bert' },
  list: (Models, TotalCount) => ({ RequestId: 'r-1', Models, TotalCount }),
  one: (row) => ({ RequestId: 'r-1', ...(row as Wire) }),
};

const polarList = (Items: unknown, TotalRecordCount?: unknown) => ({
  RequestId: 'r-1',
  Items,
  TotalRecordCount,
  PageNumber: 1,
  PageSize: 30,
  PageRecordCount: 30,
});

const SERVICES: Place = {
  source: 'AI_GATEWAY',
  listField: 'modelServices(gatewaySourceId: "pg-x")',
  listAction: 'DescribeModelServices',
  lookup: 'modelService(sourceId: "ms-x", gatewaySourceId: "pg-x")',
  lookupAction: 'DescribeModelServices',
  row: { ModelServiceId: 'ms-x', Name: 'test' },
  list: polarList,
  one: (row) => polarList([row], 1),
};

const GATEWAYS: Place = {
  source: 'AI_GATEWAY',
  listField: 'aiGateways',
  listAction: 'DescribeGatewayList',
  lookup: 'aiGateway(sourceId: "pg-x")',
  lookupAction: 'DescribeGatewayAttribute',
  row: { GwClusterId: 'pg-x', GwDescription: 'test' },
  list: polarList,
  one: (row) => ({ RequestId: 'r-1', ...(row as Wire) }),
};

const PLACES = [ROUTER, PAI, SERVICES, GATEWAYS];

const isFirstPage = ({ query }: SandboxRequest) => (query['pageIndex'] ?? query['PageNumber']) === '1';

/** Answers the first page of the list with this, and every further one with nothing but the same total. */
function answerList(graph: TestGateway, place: Place, rows: unknown, total?: unknown, status = 200): void {
  const answer = (body: Wire) => ({ kind: 'answer', status, bodyText: JSON.stringify(body) }) as const;
  graph.sandbox.setFault(place.listAction, answer(place.list(rows, total)), { match: isFirstPage });
  graph.sandbox.setFault(place.listAction, answer(place.list([], total)), {
    match: (one) => !isFirstPage(one),
  });
}

function answerText(graph: TestGateway, action: string, bodyText: string, status = 200): void {
  graph.sandbox.setFault(action, { kind: 'answer', status, bodyText });
}

interface Page {
  readonly nodes: readonly { readonly sourceId: string }[];
  readonly totalCount: number | null;
  readonly pageInfo: { readonly hasNextPage: boolean };
}

async function readList(graph: TestGateway, place: Place) {
  const { data, errors } = await graph.query(
    `{ list: ${place.listField} { nodes { sourceId } totalCount pageInfo { hasNextPage } } }`,
  );
  return { page: data?.['list'] as Page | null | undefined, errors };
}

/** What drifted in one way, by `source operation field`. */
function driftOf(graph: TestGateway, kind: DriftKind) {
  const drift = graph.gateway.drift().filter((one) => one.kind === kind);
  return Object.fromEntries(
    drift.map(({ source, operation, field, count }) => [`${source} ${operation} ${field}`, count]),
  );
}

const oddOf = (graph: TestGateway) => driftOf(graph, 'odd');

describe.each(PLACES)('$source $listAction', (place) => {
  const idName = Object.keys(place.row)[0] ?? '';
  const other = { ...place.row, [idName]: place.source === 'MODEL_ROUTER' ? 2 : 'other-x' };
  const ids = [place.row, other].map((row) => String((row as Wire)[idName]));

  it.each([
    ['a number', 2, 2],
    ['a text', '2', 2],
    ['None', 'None', null],
    ['an empty text', '', null],
    ['null', null, null],
    ['left out', undefined, null],
  ])('a total that is %s', async (_form, total, totalCount) => {
    await using graph = await openGateway();
    answerList(graph, place, [place.row, other], total);
    const { page, errors } = await readList(graph, place);
    expect(errors).toBeUndefined();
    expect(page).toEqual({
      nodes: ids.map((sourceId) => ({ sourceId })),
      totalCount,
      pageInfo: { hasNextPage: false },
    });
    expect(oddOf(graph)).toEqual({});
  });

  it.each([
    ['an object', {}],
    ['a boolean', true],
    ['a list', [2]],
    ['a text that is no number', 'two'],
    ['below zero', -2],
    ['broken', 2.5],
  ])('a total that is %s costs itself, never the page', async (_form, total) => {
    await using graph = await openGateway();
    answerList(graph, place, [place.row, other], total);
    const { page, errors } = await readList(graph, place);
    expect(errors).toBeUndefined();
    expect(page).toMatchObject({ nodes: ids.map((sourceId) => ({ sourceId })), totalCount: null });
  });

  it('the documented sample, a total of 2 and one row, ends cleanly', async () => {
    await using graph = await openGateway();
    answerList(graph, place, [place.row], 2);
    const { page, errors } = await readList(graph, place);
    expect(errors).toBeUndefined();
    expect(page).toEqual({ nodes: [{ sourceId: ids[0] }], totalCount: 2, pageInfo: { hasNextPage: false } });
    expect(graph.actions()).toEqual([place.listAction, place.listAction]);
  });

  it.each([
    ['null beside a total', null, 0, 0],
    ['left out beside a total', undefined, 0, 0],
    ['empty', [], 0, 0],
  ])('a list that is %s is an empty one', async (_form, rows, total, totalCount) => {
    await using graph = await openGateway();
    answerList(graph, place, rows, total);
    const { page, errors } = await readList(graph, place);
    expect(errors).toBeUndefined();
    expect(page).toEqual({ nodes: [], totalCount, pageInfo: { hasNextPage: false } });
  });

  it.each([
    ['null', null],
    ['left out', undefined],
  ])('a list that is %s lacks what it must return where its total promises rows', async (_form, rows) => {
    await using graph = await openGateway();
    answerList(graph, place, rows, 3);
    const { errors } = await readList(graph, place);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', source: place.source });
  });

  it('a list that is left out behind its last row is an empty page', async () => {
    await using graph = await openGateway();
    const body = JSON.stringify(place.list(undefined, 2));
    answerList(graph, place, [place.row], 2);
    graph.sandbox.setFault(
      place.listAction,
      { kind: 'answer', status: 200, bodyText: body },
      { match: (one) => !isFirstPage(one) },
    );
    const { page, errors } = await readList(graph, place);
    expect(errors).toBeUndefined();
    expect(page).toEqual({ nodes: [{ sourceId: ids[0] }], totalCount: 2, pageInfo: { hasNextPage: false } });
  });

  it.each([
    ['a text', 'rows'],
    ['an object', { 0: 1 }],
    ['a number', 5],
  ])('a list that is %s is an answer of the wrong shape', async (_form, rows) => {
    await using graph = await openGateway();
    answerList(graph, place, rows, 2);
    const { errors } = await readList(graph, place);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', source: place.source });
  });

  it('rows without an id, and rows that are no rows, are dropped and counted; the others stay', async () => {
    await using graph = await openGateway();
    const { [idName]: _id, ...nameless } = place.row;
    answerList(graph, place, [null, place.row, 'row', nameless, other, []], 6);
    const { page, errors } = await readList(graph, place);
    expect(errors).toBeUndefined();
    expect(page).toEqual({
      nodes: ids.map((sourceId) => ({ sourceId })),
      totalCount: 6,
      pageInfo: { hasNextPage: false },
    });
    const at = `${place.source} ${place.listAction}`;
    expect(oddOf(graph)).toEqual({ [`${at} (row)`]: 3, [`${at} ${idName}`]: 1 });
  });

  it('unknown fields, in the envelope and in rows, change nothing', async () => {
    await using graph = await openGateway();
    const rows = [{ ...place.row, NewField: { a: [1] }, newField: null }];
    const body = { ...place.list(rows, 1), Another: 'x', another: [] };
    answerText(graph, place.listAction, JSON.stringify(body));
    const { page, errors } = await readList(graph, place);
    expect(errors).toBeUndefined();
    expect(page).toEqual({ nodes: [{ sourceId: ids[0] }], totalCount: 1, pageInfo: { hasNextPage: false } });
    expect(oddOf(graph)).toEqual({});
    const at = `${place.source} ${place.listAction}`;
    const unknown = ['Another', 'another', 'NewField', 'newField'].map((name) => [`${at} ${name}`, 1]);
    expect(driftOf(graph, 'unknown')).toEqual(Object.fromEntries(unknown));
  });

  it('a row with nothing but its id is a row, with nothing odd', async () => {
    await using graph = await openGateway();
    answerList(graph, place, [{ [idName]: place.row[idName] }], 1);
    expect((await readList(graph, place)).page?.nodes).toEqual([{ sourceId: ids[0] }]);
    expect(oddOf(graph)).toEqual({});
  });

  it('the lookup of a row with nothing but its id finds it, with nothing odd', async () => {
    await using graph = await openGateway();
    answerText(graph, place.lookupAction, JSON.stringify(place.one({ [idName]: place.row[idName] })));
    const { data, errors } = await graph.query(`{ found: ${place.lookup} { sourceId } }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ found: { sourceId: ids[0] } });
    expect(oddOf(graph)).toEqual({});
  });
});

/** Everything odd at once, in one row among good ones. */
const ODD_ROWS = [
  {
    place: ROUTER,
    odd: {
      id: 2,
      name: 5,
      description: {},
      tags: ['a'],
      baseUrl: 'nowhere',
      maxInputLength: 'long',
      isCustom: 'yes',
      version: 3_000_000_000,
      gmtCreate: 'soon',
      deleteTag: true,
    },
    selection:
      'name description tags baseUrl maxInputLength maxInputTokens isCustom isEnabled version createdAt inOut',
    expected: {
      name: '2',
      description: null,
      tags: [],
      baseUrl: null,
      maxInputLength: 'long',
      maxInputTokens: null,
      isCustom: null,
      isEnabled: null,
      version: null,
      createdAt: null,
      inOut: null,
    },
    counted: [
      'name',
      'description',
      'tags',
      'baseUrl',
      'maxInputLength',
      'isCustom',
      'version',
      'gmtCreate',
      'deleteTag',
    ],
    chosen: [],
  },
  {
    place: PAI,
    odd: {
      ModelId: 'other-x',
      ModelName: [],
      Accessibility: 'SHARED',
      OrderNumber: 1.5,
      ParameterSize: '7B',
      Tags: 'none',
      Labels: [{ Key: 'k', Value: 'v' }],
      GmtCreateTime: '2024-02-30T00:00:00Z',
      WorkspaceId: 32417,
    },
    selection: 'name accessibility orderNumber parameterSize labels { key value } createdAt workspaceId',
    expected: {
      name: 'other-x',
      accessibility: null,
      orderNumber: null,
      parameterSize: null,
      labels: [{ key: 'k', value: 'v' }],
      createdAt: null,
      workspaceId: '32417',
    },
    counted: ['ModelName', 'OrderNumber', 'ParameterSize', 'Tags', 'GmtCreateTime'],
    chosen: ['Accessibility'],
  },
  {
    place: SERVICES,
    odd: {
      ModelServiceId: 'other-x',
      Name: 'odd',
      Protocol: 'gRPC',
      Status: 'Deleting',
      BaseUrl: 'nowhere',
      ApiKey: 12_345_678_901_234,
      InputCostPointsPerMillion: 'free',
      GmtCreated: 'None',
    },
    selection:
      'name protocol rawProtocol status rawStatus baseUrl apiKeyPreview inputCostPointsPerMillion createdAt',
    expected: {
      name: 'odd',
      protocol: 'OTHER',
      rawProtocol: 'gRPC',
      status: 'OTHER',
      rawStatus: 'Deleting',
      baseUrl: null,
      apiKeyPreview: null,
      inputCostPointsPerMillion: null,
      createdAt: null,
    },
    counted: ['BaseUrl', 'ApiKey', 'InputCostPointsPerMillion', 'GmtCreated'],
    chosen: ['Protocol', 'Status'],
  },
  {
    place: GATEWAYS,
    odd: {
      GwClusterId: 'other-x',
      GwDescription: 5,
      Status: ['ACTIVATION'],
      CreateTime: 'soon',
      ExpireTime: '',
    },
    selection: 'description status createdAt expiresAt',
    expected: { description: null, status: null, createdAt: null, expiresAt: null },
    counted: ['GwDescription', 'Status', 'CreateTime'],
    chosen: [],
  },
];

describe.each(ODD_ROWS)('$place.source $place.listAction: a row where everything is odd', (trap) => {
  const { place, odd, selection, expected, counted, chosen } = trap;

  it('keeps its place and its good fields, each odd one null and counted once', async () => {
    await using graph = await openGateway();
    answerList(graph, place, [place.row, odd], 2);
    const { data, errors } = await graph.query(
      `{ list: ${place.listField} { nodes { sourceId ${selection} } } }`,
    );
    expect(errors).toBeUndefined();
    const list = data?.['list'] as { readonly nodes: readonly Wire[] } | undefined;
    expect(list?.nodes[1]).toEqual({ sourceId: Object.values(odd).map(String)[0], ...expected });
    expect(list?.nodes).toHaveLength(2);
    const at = `${place.source} ${place.listAction}`;
    const once = (fields: readonly string[]) =>
      Object.fromEntries(fields.map((field) => [`${at} ${field}`, 1]));
    expect(oddOf(graph)).toEqual(once(counted));
    expect(driftOf(graph, 'enum')).toEqual(once(chosen));
    expect(graph.logs.join('\n')).not.toContain('nowhere');
  });
});

describe('the envelope of the Model Router', () => {
  const read = (graph: TestGateway) => graph.query('{ model(sourceId: "1") { sourceId } }');
  const { httpStatusCode: _status, requestId: _id, ...bare } = ROUTER_ENVELOPE;

  it.each([
    ['an errCode beside success', ROUTER_ENVELOPE],
    ['no httpStatusCode and no requestId', bare],
    ['an httpStatusCode as text', { ...bare, httpStatusCode: '200' }],
    ['an httpStatusCode that is null', { ...bare, httpStatusCode: null }],
    ['a requestId that is a number', { ...ROUTER_ENVELOPE, requestId: 5 }],
    ['a requestId that is null', { ...ROUTER_ENVELOPE, requestId: null }],
    ['nothing but success', { success: true }],
  ])('is a success with %s', async (_form, envelope) => {
    await using graph = await openGateway();
    answerText(graph, 'ModelRouterQueryModel', JSON.stringify({ ...envelope, data: ROUTER.row }));
    expect(await read(graph)).toEqual({ data: { model: { sourceId: '1' } } });
  });

  it.each([
    [
      'data left out',
      { success: false, errCode: 'NoPermission', httpStatusCode: 403, requestId: 'r' },
      'FORBIDDEN',
    ],
    ['data null', { success: false, errCode: 'NoPermission', httpStatusCode: 403, data: null }, 'FORBIDDEN'],
    ['no httpStatusCode', { success: false, errCode: 'Throttling.User', data: null }, 'RATE_LIMITED'],
    ['nothing but its code', { success: false, errCode: 'Throttling.User' }, 'RATE_LIMITED'],
    ['nothing but success', { success: false }, 'UPSTREAM_ERROR'],
    [
      'data that looks like a model',
      { success: false, errCode: 'NoPermission', data: ROUTER.row },
      'FORBIDDEN',
    ],
  ])('is a failure under HTTP 200 with %s', async (_form, envelope, code) => {
    await using graph = await openGateway();
    answerText(graph, 'ModelRouterQueryModel', JSON.stringify(envelope));
    const { data, errors } = await read(graph);
    expect(data).toEqual({ model: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code, source: 'MODEL_ROUTER', httpStatus: 200 });
    expect(errors?.[0]?.extensions?.['upstreamCode']).toBe((envelope as Wire)['errCode']);
  });
});

it('ids beyond 2^53 keep every digit, in lists, lookups and global ids', async () => {
  await using graph = await openGateway();
  const id = '9007199254740993';
  answerText(
    graph,
    'ModelRouterQueryModelList',
    `{"success": true, "httpStatusCode": 200, "data": {"total": "1", "list": [{"id": ${id}}]}}`,
  );
  answerText(
    graph,
    'ModelRouterQueryModel',
    `{"success": true, "httpStatusCode": 200, "data": {"id": ${id}}}`,
  );
  const listed = await graph.query('{ models { nodes { id sourceId } } }');
  const node = { id: Buffer.from(`Model:${id}`).toString('base64url'), sourceId: id };
  expect(listed).toEqual({ data: { models: { nodes: [node] } } });
  const found = await graph.query('query ($id: ID!) { model(id: $id) { id sourceId } }', { id: node.id });
  expect(found).toEqual({ data: { model: node } });
  expect(graph.sandbox.requests.at(-1)?.path).toBe(`/api/v1/modelRouter/open/models/${id}`);
});

it('a JSON value too deep to be written again costs its field, never the page', async () => {
  await using graph = await openGateway();
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  answerText(
    graph,
    'ListModels',
    `{"TotalCount": 2, "Models": [{"ModelId": "a", "ExtraInfo": ${deep}}, {"ModelId": "b"}]}`,
  );
  expect(await graph.query('{ paiModels { nodes { sourceId extraInfo } } }')).toEqual({
    data: {
      paiModels: {
        nodes: [
          { sourceId: 'a', extraInfo: null },
          { sourceId: 'b', extraInfo: null },
        ],
      },
    },
  });
});

it('an id that holds half a character costs no page', async () => {
  await using graph = await openGateway();
  answerText(graph, 'ListModels', '{"TotalCount": 2, "Models": [{"ModelId": "a\\ud800"}, {"ModelId": "b"}]}');
  const { data, errors } = await graph.query('{ paiModels { nodes { id name } } }');
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ paiModels: { nodes: [{ name: 'a\ud800' }, { name: 'b' }] } });
});

it('what is odd is logged once for each operation and field, and counted from then on', async () => {
  await using graph = await openGateway();
  const rows = [1, 2, 3].map((id) => ({ id, gmtCreate: 'soon' }));
  answerList(graph, ROUTER, rows, 3);
  await readList(graph, ROUTER);
  await readList(graph, ROUTER);
  expect(oddOf(graph)).toEqual({ 'MODEL_ROUTER ModelRouterQueryModelList gmtCreate': 6 });
  expect(graph.logs.filter((line) => line.includes('gmtCreate'))).toHaveLength(1);
  expect(graph.logs.join('')).not.toContain('soon');
});

describe('a total that is none', () => {
  const totals = [true, {}, 'many', -1, 1.5];
  it.each(totals)('%j is counted as odd, and the page stays', async (total) => {
    await using gateway = await openGateway();
    const answers = {
      ModelRouterQueryModelList: { success: true, data: { list: [{ id: 1 }], total } },
      ListModels: { TotalCount: total, Models: [{ ModelId: 'model-x' }] },
      DescribeGatewayList: { TotalRecordCount: total, Items: [{ GwClusterId: 'pg-x' }] },
    };
    for (const [action, body] of Object.entries(answers)) {
      gateway.sandbox.setFault(action, { kind: 'answer', status: 200, bodyText: JSON.stringify(body) });
    }
    const list = '{ totalCount nodes { sourceId } }';
    const { data, errors } = await gateway.query(`{ models ${list} paiModels ${list} aiGateways ${list} }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      models: { totalCount: null, nodes: [{ sourceId: '1' }] },
      paiModels: { totalCount: null, nodes: [{ sourceId: 'model-x' }] },
      aiGateways: { totalCount: null, nodes: [{ sourceId: 'pg-x' }] },
    });
    expect(Object.keys(oddOf(gateway)).toSorted()).toEqual([
      'AI_GATEWAY DescribeGatewayList TotalRecordCount',
      'MODEL_ROUTER ModelRouterQueryModelList total',
      'PAI ListModels TotalCount',
    ]);
  });
});
