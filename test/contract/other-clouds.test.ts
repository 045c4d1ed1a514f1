import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { openGateway } from '../support/gateway.ts';

/** How large a page may be is not documented for these two: here 20 rows, whatever is asked. */
const CAP = 20;

async function cappedCloud() {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const isRouter = url.pathname.includes('modelRouter');
    const page = Number(url.searchParams.get(isRouter ? 'pageIndex' : 'PageNumber'));
    const size = Math.min(CAP, Number(url.searchParams.get(isRouter ? 'pageSize' : 'PageSize')));
    const count = isRouter ? 57 : 43;
    const ids = Array.from({ length: count }, (_, index) => index + 1).slice((page - 1) * size, page * size);
    const body = isRouter
      ? {
          success: true,
          data: { list: ids.map((id) => ({ id, name: `m${id}` })), total: String(count), pageSize: size },
        }
      : { TotalCount: count, Models: ids.map((id) => ({ ModelId: `model-${id}` })) };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

describe('a backend that answers with smaller pages than asked', () => {
  test.each([100, 60, 25, 7])('loses no row of a page of %i, and tells the true count', async (first) => {
    await using cloud = await cappedCloud();
    await using gateway = await openGateway({ endpoints: { MODEL_ROUTER: cloud.url, PAI: cloud.url } });
    for (const [field, count] of [
      ['models', 57],
      ['paiModels', 43],
    ] as const) {
      const seen: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const { data, errors } = await gateway.query(
          `query($after: String) { list: ${field}(first: ${first}, after: $after) {
            totalCount nodes { sourceId } pageInfo { hasNextPage endCursor } } }`,
          { after },
        );
        expect(errors).toBeUndefined();
        const list = data?.['list'] as {
          totalCount: number;
          nodes: { sourceId: string }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
        expect(list.totalCount).toBe(count);
        seen.push(...list.nodes.map(({ sourceId }) => sourceId));
        ({ hasNextPage: more, endCursor: after } = list.pageInfo);
      }
      expect(seen).toHaveLength(count);
      expect(new Set(seen).size).toBe(count);
    }
  });

  test('loses no row of the catalogue by NAME', async () => {
    await using cloud = await cappedCloud();
    await using gateway = await openGateway({ endpoints: { MODEL_ROUTER: cloud.url, PAI: cloud.url } });
    const { data } = await gateway.query(
      '{ catalog(first: 100, filter: { sources: [MODEL_ROUTER, PAI] }, orderBy: { field: NAME, direction: ASC }) { totalCount nodes { id } } }',
    );
    expect(data).toMatchObject({ catalog: { totalCount: 100 } });
    expect((data?.['catalog'] as { nodes: unknown[] } | undefined)?.nodes).toHaveLength(100);
  });
});

test('a masked key sent back is refused, and nothing leaves', async () => {
  await using gateway = await openGateway();
  const { data } = await gateway.query(
    `mutation { updateModel(input: { id: "TW9kZWw6MQ", apiKey: "sk-a****bcd" }) {
      __typename ... on GatewayInvalidInputError { fieldErrors { path } } } }`,
  );
  expect(data).toEqual({
    updateModel: { __typename: 'GatewayInvalidInputError', fieldErrors: [{ path: ['apiKey'] }] },
  });
  expect(gateway.actions()).toEqual([]);
});

test.each([
  ['a byte order mark', '\uFEFF{"TotalCount":0,"Models":[]}'],
  ['blanks around', ' \n{"TotalCount":0,"Models":[]}\n'],
])('an answer with %s is read', async (_what, bodyText) => {
  await using gateway = await openGateway();
  gateway.sandbox.setFault('ListModels', { kind: 'answer', status: 200, bodyText });
  expect(await gateway.query('{ paiModels { totalCount } }')).toEqual({
    data: { paiModels: { totalCount: 0 } },
  });
});

test.each([
  ['true', { name: '通义千问' }],
  ['TRUE', { name: '通义千问' }],
])('success as the text %s is success', async (success, model) => {
  await using gateway = await openGateway();
  const bodyText = JSON.stringify({ success, data: { id: 1, ...model } });
  gateway.sandbox.setFault('ModelRouterQueryModel', { kind: 'answer', status: 200, bodyText });
  expect(await gateway.query('{ model(sourceId: "1") { name } }')).toEqual({ data: { model } });
});
