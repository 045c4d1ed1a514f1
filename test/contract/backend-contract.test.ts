import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, openGateway, type TestGateway } from '../support/gateway.ts';
import {
  BACKEND_CASES,
  type BackendCase,
  dataOf,
  GATEWAY_ID,
  type Row,
  type Rows,
  someRows,
} from './support/backend-cases.ts';

let gateway: TestGateway;
/** The first rows of each backend's list, by source. */
const known = new Map<string, readonly Row[]>();

beforeAll(async () => {
  gateway = await openGateway({ isForgetful: true });
  for (const backend of BACKEND_CASES) known.set(backend.source, await someRows(gateway, backend, 12));
});
beforeEach(() => gateway.sandbox.forgetRequests());
afterEach(() => gateway.sandbox.clearFaults());
afterAll(() => gateway[Symbol.asyncDispose]());

function rowsOf({ source }: BackendCase): readonly Row[] {
  return known.get(source) ?? [];
}

function firstOf(backend: BackendCase): Row {
  return rowsOf(backend)[0] as Row;
}

/** The three backends do the same, but for what the AI gateway alone can batch. */
const isBatching = ({ source }: BackendCase) => source === 'AI_GATEWAY';

describe.each(BACKEND_CASES.map((backend) => [backend.source, backend] as const))(
  '%s',
  (_source, backend) => {
    const { lookup, list, create, typeName, lookupField } = backend;

    it('a lookup finds its row by one call', async () => {
      const row = firstOf(backend);
      expect(await gateway.query(lookup.document, { sourceId: row.sourceId })).toEqual({ data: { row } });
      expect(row.__typename).toBe(typeName);
      expect(gateway.actions()).toEqual([lookup.action]);
    });

    it('a lookup of what does not exist is null, and no error', async () => {
      expect(await gateway.query(lookup.document, { sourceId: lookup.absentId })).toEqual({
        data: { row: null },
      });
      expect(gateway.actions()).toEqual([lookup.action]);
    });

    it('a lookup that fails is null, and an error of its own', async () => {
      gateway.sandbox.setFault(lookup.action, { kind: 'error', status: 500, code: 'InternalError' });
      const { data, errors } = await gateway.query(lookup.document, { sourceId: firstOf(backend).sourceId });
      expect(data).toEqual({ row: null });
      expect(
        errors?.map(({ path, extensions }) => [path, extensions?.['code'], extensions?.['source']]),
      ).toEqual([[['row'], 'UPSTREAM_ERROR', backend.source]]);
    });

    it('its first page, by one call', async () => {
      const { rows } = dataOf<{ rows: Rows }>(await gateway.query(list.document, { first: 3 }));
      expect(rows.edges.map(({ node }) => node)).toEqual(rowsOf(backend).slice(0, 3));
      expect(rows.pageInfo).toMatchObject({
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: rows.edges[0]?.cursor,
        endCursor: rows.edges[2]?.cursor,
      });
      expect(rows.totalCount).toBeGreaterThanOrEqual(60);
      expect(gateway.actions()).toEqual([list.action]);
    });

    it('a window behind a cursor goes on where the page before it ended', async () => {
      const first = dataOf<{ rows: Rows }>(await gateway.query(list.document, { first: 5 })).rows;
      const after = first.pageInfo.endCursor;
      const second = dataOf<{ rows: Rows }>(await gateway.query(list.document, { first: 7, after })).rows;
      expect([...first.edges, ...second.edges].map(({ node }) => node)).toEqual(rowsOf(backend));
      expect(second.pageInfo.hasPreviousPage).toBe(true);
    });

    it('sixty aliases over ten ids, with node and nodes among them, ask for each id once', async () => {
      const rows = rowsOf(backend).slice(0, 10);
      const aliases = Array.from({ length: 60 }, (_, index) => {
        const { id, sourceId } = rows[index % 10] as Row;
        return index % 3 === 0
          ? `f${index}: node(id: "${id}") { __typename id ... on ${typeName} { sourceId name } }`
          : `f${index}: ${lookupField(sourceId, '__typename id sourceId name')}`;
      });
      const everything = `nodes(ids: ${JSON.stringify(rows.map(({ id }) => id))}) { __typename id ... on ${typeName} { sourceId name } }`;
      const data = dataOf<Record<string, unknown>>(
        await gateway.query(`{ ${aliases.join(' ')} ${everything} }`),
      );
      expect(data['nodes']).toEqual(rows);
      aliases.forEach((_alias, index) => {
        expect(data[`f${index}`]).toEqual(rows[index % 10]);
      });
      expect(gateway.actions()).toEqual(Array(isBatching(backend) ? 1 : 10).fill(lookup.action));
    });

    it('among many lookups the one that is missing is null, and the others are right', async () => {
      const rows = rowsOf(backend).slice(0, 4);
      const ids = [rows[0], undefined, rows[2], undefined, rows[1]];
      const aliases = ids.map(
        (row, index) =>
          `f${index}: ${lookupField(row?.sourceId ?? lookup.absentId, '__typename id sourceId name')}`,
      );
      const data = dataOf<Record<string, unknown>>(await gateway.query(`{ ${aliases.join(' ')} }`));
      expect(Object.values(data)).toEqual(ids.map((row) => row ?? null));
    });

    it('a global id goes there and back', async () => {
      const { id, name } = firstOf(backend);
      const document = `query ($id: ID!) { node(id: $id) { id ... on ${typeName} { name } } }`;
      expect(await gateway.query(document, { id })).toEqual({ data: { node: { id, name } } });
    });

    it('`__typename` of a list costs nothing', async () => {
      dataOf(await gateway.query(`{ ${list.listField} { __typename pageInfo { __typename } } }`));
      expect(gateway.actions()).toEqual([]);
    });

    it('two windows of one list that need the same page read it once', async () => {
      const field = (alias: string) => `${alias}: ${list.listField} { nodes { sourceId } totalCount }`;
      dataOf(await gateway.query(`{ ${field('a')} ${field('b')} }`));
      expect(gateway.actions()).toEqual([list.action]);
    });

    describe('a create', () => {
      let fresh: TestGateway;
      beforeAll(async () => {
        fresh = await openGateway({ isForgetful: true });
      });
      beforeEach(() => fresh.sandbox.forgetRequests());
      afterEach(() => fresh.sandbox.clearFaults());
      afterAll(() => fresh[Symbol.asyncDispose]());

      const total = async () =>
        dataOf<{ rows: Rows }>(await fresh.query(list.document, { first: 1 })).rows.totalCount;

      it('makes one row that a lookup, a node and the list then have', async () => {
        const before = await total();
        fresh.sandbox.forgetRequests();
        const { result } = dataOf<{ result: { row: Row } }>(
          await fresh.query(create.document, { input: { ...create.input, name: 'made once' } }),
        );
        expect(result).toMatchObject({
          outcome: 'CREATED',
          row: { __typename: typeName, name: 'made once' },
        });
        expect(fresh.actions()).toEqual(create.actions);
        expect(await fresh.query(lookup.document, { sourceId: result.row.sourceId })).toEqual({
          data: { row: result.row },
        });
        const node = await fresh.query(`{ node(id: "${result.row.id}") { id } }`);
        expect(node).toEqual({ data: { node: { id: result.row.id } } });
        expect(await total()).toBe(before + 1);
      });

      it('reads nothing more than it was asked for', async () => {
        const idsOnly = create.document.replace('__typename id sourceId name', '__typename id sourceId');
        dataOf(await fresh.query(idsOnly, { input: { ...create.input, name: 'ids only' } }));
        expect(fresh.actions()).toEqual([create.action]);
      });

      it('stays a success when the read behind it fails: only what was not read carries the error', async () => {
        fresh.sandbox.setFault(lookup.action, { kind: 'error', status: 503, code: 'ServiceUnavailable' });
        const selection = '__typename id sourceId name createdAt category';
        const document = create.document.replace('__typename id sourceId name', selection);
        const { data, errors } = await fresh.query(document, { input: { ...create.input, name: 'unread' } });
        expect(data?.['result']).toMatchObject({
          outcome: 'CREATED',
          row: { __typename: typeName, id: expect.any(String), sourceId: expect.any(String), name: 'unread' },
        });
        // A read is sent again twice, the create never.
        const [created, ...read] = create.actions;
        expect(fresh.actions()).toEqual([created, ...read, ...read, ...read]);
        const isToldWhole = create.actions.length === 1;
        expect(errors?.map(({ path }) => path) ?? []).toEqual(
          isToldWhole
            ? []
            : [
                ['result', 'row', 'createdAt'],
                ['result', 'row', 'category'],
              ],
        );
        for (const { extensions } of errors ?? []) {
          expect(extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', source: backend.source });
        }
      });

      it('is sent once, whatever happens to it', async () => {
        const unknown = { __typename: 'GatewayUpstreamError', outcomeUnknown: true, retryable: false };
        const recovered = { outcome: 'RECOVERED' };
        for (const [fault, expected] of [
          [{ kind: 'reset', when: 'before' }, unknown],
          [{ kind: 'reset', when: 'after' }, recovered],
          [{ kind: 'cutBody' }, recovered],
          [{ kind: 'error', status: 500, code: 'InternalError' }, unknown],
        ] as const) {
          fresh.sandbox.forgetRequests();
          fresh.sandbox.setFault(create.action, fault, { times: 1 });
          const { data } = await fresh.query(create.document, {
            input: { ...create.input, name: `broken ${JSON.stringify(fault).replaceAll(/\W/g, '')}` },
          });
          expect(data?.['result']).toMatchObject(expected);
          expect(fresh.actions().filter((action) => action === create.action)).toHaveLength(1);
        }
      });
    });
  },
);

describe('what is asked for in bulk', () => {
  it('sixty aliases of modelService are one call', async () => {
    const services = BACKEND_CASES.find(isBatching) as BackendCase;
    const rows = await someRows(gateway, services, 60);
    gateway.sandbox.forgetRequests();
    const aliases = rows.map(
      ({ sourceId }, index) => `f${index}: ${services.lookupField(sourceId, 'sourceId')}`,
    );
    const data = dataOf<Record<string, unknown>>(await gateway.query(`{ ${aliases.join(' ')} }`));
    expect(Object.values(data)).toEqual(rows.map(({ sourceId }) => ({ sourceId })));
    expect(gateway.actions()).toEqual(['DescribeModelServices']);
  });

  it('a hundred and fifty are two, and what does not exist is null', async () => {
    const services = BACKEND_CASES.find(isBatching) as BackendCase;
    const document = `query ($after: String) {
      rows: modelServices(first: 100, after: $after, gatewaySourceId: "${GATEWAY_ID}") {
        pageInfo { endCursor } nodes { sourceId }
      }
    }`;
    const page = async (after?: string) =>
      dataOf<{ rows: { pageInfo: { endCursor: string }; nodes: { sourceId: string }[] } }>(
        await gateway.query(document, { after }),
      ).rows;
    const first = await page();
    const second = await page(first.pageInfo.endCursor);
    const ids = [...first.nodes, ...second.nodes].map(({ sourceId }) => sourceId);
    expect(ids).toHaveLength(130);
    const absent = Array.from({ length: 20 }, (_, index) => `ms-absent-${index}`);
    gateway.sandbox.forgetRequests();
    const aliases = [...ids, ...absent].map(
      (sourceId, index) => `f${index}: ${services.lookupField(sourceId, 'sourceId')}`,
    );
    const data = dataOf<Record<string, unknown>>(await gateway.query(`{ ${aliases.join(' ')} }`));
    expect(Object.values(data)).toEqual([
      ...ids.map((sourceId) => ({ sourceId })),
      ...absent.map(() => null),
    ]);
    expect(gateway.actions()).toEqual(Array(2).fill('DescribeModelServices'));
    expect(gateway.sandbox.requests.map(({ query }) => query['ModelServiceIds']?.split(',').length)).toEqual([
      100, 50,
    ]);
  });

  it('a call that fails fails the services it named, and the other call its own rows', async () => {
    const services = BACKEND_CASES.find(isBatching) as BackendCase;
    const absent = Array.from({ length: 101 }, (_, index) => `ms-absent-${index}`);
    gateway.sandbox.setFault(
      'DescribeModelServices',
      { kind: 'error', status: 500, code: 'InternalError' },
      { match: ({ query }) => query['ModelServiceIds'] === absent[100] },
    );
    const aliases = absent.map((sourceId, index) => `f${index}: ${services.lookupField(sourceId, 'name')}`);
    const { data, errors } = await gateway.query(`{ ${aliases.join(' ')} }`);
    expect(Object.values(data ?? {})).toEqual(Array(101).fill(null));
    expect(errors?.map(({ path }) => path)).toEqual([['f100']]);
  });

  it('services of two gateways are a call each', async () => {
    const [, other] = dataOf<{ aiGateways: { nodes: { sourceId: string }[] } }>(
      await gateway.query('{ aiGateways { nodes { sourceId } } }'),
    )
      .aiGateways.nodes.map(({ sourceId }) => sourceId)
      .toSorted((id) => (id === GATEWAY_ID ? -1 : 1));
    gateway.sandbox.forgetRequests();
    const ids = [GATEWAY_ID, other, GATEWAY_ID, other];
    const aliases = ids.map(
      (id, index) => `f${index}: modelService(sourceId: "ms-${index}", gatewaySourceId: "${id}") { name }`,
    );
    dataOf(await gateway.query(`{ ${aliases.join(' ')} }`));
    expect(
      gateway.sandbox.requests.map(({ query }) => [query['GwClusterId'], query['ModelServiceIds']]),
    ).toEqual([
      [GATEWAY_ID, 'ms-0,ms-2'],
      [other, 'ms-1,ms-3'],
    ]);
  });

  it('`{ __typename }` asks nobody', async () => {
    expect(await gateway.query('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(gateway.actions()).toEqual([]);
  });
});

describe('a backend that is dead takes down its own fields and no others', () => {
  /** One query over everything: a lookup and a list of each backend, and the gateways. */
  function everything(): string {
    const fields = BACKEND_CASES.flatMap((backend) => [
      `${backend.source}_row: ${backend.lookupField(firstOf(backend).sourceId, 'name')}`,
      `${backend.source}_list: ${backend.list.listField} { nodes { name } }`,
    ]);
    return `{ ${fields.join(' ')} AI_GATEWAY_gateways: aiGateways { nodes { sourceId } } }`;
  }

  function expectOnlyDead(answer: Answer, whole: Record<string, unknown>, dead: BackendCase): void {
    for (const [name, value] of Object.entries(whole)) {
      expect(answer.data?.[name], name).toEqual(name.startsWith(dead.source) ? null : value);
    }
    expect(answer.errors?.length).toBeGreaterThanOrEqual(2);
    for (const { path, extensions } of answer.errors ?? []) {
      expect(String(path?.[0])).toMatch(new RegExp(`^${dead.source}_`));
      expect(extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', source: dead.source });
    }
  }

  it.each(BACKEND_CASES.map((backend) => [backend.source, backend] as const))(
    '%s, reset',
    async (_source, dead) => {
      const whole = dataOf<Record<string, unknown>>(await gateway.query(everything()));
      for (const value of Object.values(whole)) expect(value).not.toBeNull();
      gateway.sandbox.setFault(
        '*',
        { kind: 'reset', when: 'before' },
        { match: ({ product }) => product === dead.product },
      );
      expectOnlyDead(await gateway.query(everything()), whole, dead);
    },
  );

  it.each(BACKEND_CASES.map((backend) => [backend.source, backend] as const))(
    '%s, gone',
    async (_source, dead) => {
      const whole = dataOf<Record<string, unknown>>(await gateway.query(everything()));
      // A label of more than 63 letters, which no resolver takes.
      const endpoints = { [dead.source]: `http://${'x'.repeat(64)}.invalid` };
      await using partial = await openGateway({ endpoints, isForgetful: true });
      const answer = await partial.query(everything());
      expectOnlyDead(answer, whole, dead);
      expect(JSON.stringify(answer)).not.toContain('invalid');
      expect(partial.sandbox.requests.some(({ product }) => product === dead.product)).toBe(false);
    },
  );
});
