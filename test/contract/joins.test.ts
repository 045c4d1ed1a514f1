import { describe, expect, test } from 'vitest';
import { GATEWAY_IDS } from '../../src/sandbox/data/gateways.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

/*
 * The joins against the plain lists of both sides, joined here by the plainest means, and the calls they cost.
 */

interface ServiceRow {
  id: string;
  sourceId: string;
  gatewaySourceId: string;
  name: string;
  costRules: { nodes: { modelName: string }[] };
}
interface ModelRow {
  id: string;
  modelCode: string | null;
}

async function everyPage<Row>(
  gateway: TestGateway,
  field: string,
  selection: string,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors } = await gateway.query(
      `query($after: String) { list: ${field}(first: 100, after: $after) { nodes { ${selection} } pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    expect(errors).toBeUndefined();
    const page = data?.['list'] as {
      nodes: Row[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
    rows.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return rows;
    after = page.pageInfo.endCursor;
  }
}

const fold = (text: string | null) => (text ?? '').trim().toLowerCase();

function reasonsOf(service: ServiceRow, model: ModelRow): readonly string[] {
  if (model.modelCode === null) return [];
  const code = fold(model.modelCode);
  const isRuled = service.costRules.nodes.some(({ modelName }) => fold(modelName) === code);
  return [...(fold(service.name) === code ? ['NAME'] : []), ...(isRuled ? ['COST_RULE'] : [])];
}

const servicesWithRules = (gateway: TestGateway) =>
  everyPage<ServiceRow>(
    gateway,
    'modelServices',
    'id sourceId gatewaySourceId name costRules(first: 100) { nodes { modelName } }',
  );

const counted = (gateway: TestGateway) => {
  const counts: Record<string, number> = {};
  for (const action of gateway.actions()) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
};

describe('joins', () => {
  test('every model has the services that bear its code or price it, and the reasons are the true ones', async () => {
    await using gateway = await openGateway();
    const services = await servicesWithRules(gateway);
    const models = await everyPage<
      ModelRow & {
        modelServices: { totalCount: number; edges: { matchedBy: string[]; node: { id: string } }[] };
      }
    >(
      gateway,
      'models',
      'id modelCode modelServices(first: 100) { totalCount edges { matchedBy node { id } } }',
    );
    for (const model of models) {
      const expected = services.flatMap((service) => {
        const matchedBy = reasonsOf(service, model);
        return matchedBy.length === 0 ? [] : [{ matchedBy, node: { id: service.id } }];
      });
      expect(model.modelServices.edges, model.modelCode ?? '').toEqual(expected);
      expect(model.modelServices.totalCount).toBe(expected.length);
    }
    expect(models.flatMap(({ modelServices }) => modelServices.edges).length).toBeGreaterThan(100);
  });

  test('every service has the models it serves, whichever side is asked', async () => {
    await using gateway = await openGateway();
    const models = await everyPage<ModelRow>(gateway, 'models', 'id modelCode');
    const services = await everyPage<
      ServiceRow & { models: { edges: { matchedBy: string[]; node: { id: string } }[] } }
    >(
      gateway,
      'modelServices',
      'id sourceId gatewaySourceId name costRules(first: 100) { nodes { modelName } } models(first: 100) { edges { matchedBy node { id } } }',
    );
    for (const service of services) {
      const expected = models.flatMap((model) => {
        const matchedBy = reasonsOf(service, model);
        return matchedBy.length === 0 ? [] : [{ matchedBy, node: { id: model.id } }];
      });
      const byId = (a: { node: { id: string } }, b: { node: { id: string } }) =>
        a.node.id.localeCompare(b.node.id);
      expect(service.models.edges.toSorted(byId), service.name).toEqual(expected.toSorted(byId));
    }
  });

  test('a PAI model has the router models whose code is its name', async () => {
    await using gateway = await openGateway();
    const models = await everyPage<ModelRow>(gateway, 'models', 'id modelCode');
    const paiModels = await everyPage<{
      name: string;
      models: { nodes: { id: string }[]; totalCount: number };
    }>(gateway, 'paiModels', 'name models(first: 100) { totalCount nodes { id } }');
    for (const { name, models: joined } of paiModels) {
      const expected = models.filter(({ modelCode }) => modelCode !== null && fold(modelCode) === fold(name));
      expect(joined.nodes.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      expect(joined.totalCount).toBe(expected.length);
    }
    expect(paiModels.some(({ models: joined }) => joined.totalCount > 0)).toBe(true);
  });

  test('100 models with their services cost one listing of each gateway, whatever their number', async () => {
    await using gateway = await openGateway();
    const cost = async (first: number) => {
      gateway.sandbox.forgetRequests();
      await gateway.query(`{ models(first: ${first}) { nodes { modelServices { nodes { id } } } } }`);
      return counted(gateway);
    };
    const bound = {
      ModelRouterQueryModelList: 1,
      DescribeGatewayList: 1,
      // 0, 12 and 130 services: a call for each 100, and one where there is none.
      DescribeModelServices: 4,
      DescribeCostRules: 3,
    };
    expect(await cost(100)).toEqual(bound);
    expect(await cost(2)).toEqual(bound);
  });

  test('100 services with models and cost rules cost one listing of models and of each gateway, whatever their number', async () => {
    await using gateway = await openGateway();
    await gateway.query(
      '{ modelServices(first: 100) { nodes { models { nodes { id } } costRules { nodes { id } } } } }',
    );
    expect(counted(gateway)).toEqual({
      DescribeGatewayList: 1,
      DescribeModelServices: 2,
      ModelRouterQueryModelList: 2,
      DescribeCostRules: 2,
    });
  });

  test('65 PAI models with their router models cost one listing of the router', async () => {
    await using gateway = await openGateway();
    await gateway.query('{ paiModels(first: 100) { nodes { models { nodes { id } } } } }');
    expect(counted(gateway)).toEqual({ ListModels: 1, ModelRouterQueryModelList: 2 });
  });

  test('pages of a join are cut from what is there already, and the count alone costs no more', async () => {
    await using gateway = await openGateway();
    const document = `query($after: String) { model(sourceId: "2") { modelServices(first: 1, after: $after) {
      totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } } }`;
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { data } = await gateway.query(document, { after });
      if (data === null || data === undefined) throw new Error('no data');
      const { modelServices } = data['model'] as {
        modelServices: {
          totalCount: number;
          edges: { cursor: string; node: { id: string } }[];
          pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
        };
      };
      expect(modelServices.pageInfo.hasPreviousPage).toBe(seen.length > 0);
      seen.push(...modelServices.edges.map(({ node }) => node.id));
      expect(modelServices.pageInfo.hasNextPage).toBe(seen.length < modelServices.totalCount);
      if (!modelServices.pageInfo.hasNextPage) break;
      after = modelServices.edges[0]?.cursor ?? null;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(2);
  });

  test('a row that moves while its list is read is joined once', async () => {
    await using gateway = await openGateway();
    const Items = Array.from({ length: 150 }, (_, at) => ({
      ModelServiceId: `ms-${at}`,
      Name: `code-${at}`,
    }));
    const pages = [
      { Items: [], TotalRecordCount: 0 },
      { Items: Items.slice(0, 100), TotalRecordCount: 150 },
      { Items: Items.slice(99), TotalRecordCount: 151 },
    ];
    for (const [page, body] of pages.entries()) {
      gateway.sandbox.setFault(
        'DescribeModelServices',
        { kind: 'answer', status: 200, bodyText: JSON.stringify(body) },
        {
          match: ({ query }) =>
            (query['GwClusterId'] === GATEWAY_IDS.many ? Number(query['PageNumber']) : 0) === page,
        },
      );
    }
    const { data, errors } = await gateway.query(`mutation {
      createModel(input: { name: "moves", modelCode: "code-99" }) {
        ... on CreateModelSuccess { model { modelServices { totalCount nodes { sourceId } } } }
      }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      createModel: { model: { modelServices: { totalCount: 1, nodes: [{ sourceId: 'ms-99' }] } } },
    });
  });

  test('a backend that fails nulls the join alone', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('DescribeCostRules', { kind: 'error', status: 403, code: 'Forbidden.RAM' });
    const { data, errors } = await gateway.query(
      '{ models(first: 2) { nodes { name modelServices { nodes { id } } } } paiModels(first: 1) { nodes { models { totalCount } } } }',
    );
    expect(data).toMatchObject({
      models: { nodes: [{ modelServices: null }, { modelServices: null }] },
      paiModels: { nodes: [{ models: { totalCount: expect.any(Number) } }] },
    });
    expect(errors?.map(({ extensions }) => [extensions?.['code'], extensions?.['source']])).toEqual([
      ['FORBIDDEN', 'AI_GATEWAY'],
      ['FORBIDDEN', 'AI_GATEWAY'],
    ]);
  });

  test('a mutation of the same request is seen by a join behind it', async () => {
    await using gateway = await openGateway();
    const { data, errors } = await gateway.query(`mutation {
      a: createModel(input: { name: "A", modelCode: "joined-late" }) { ... on CreateModelSuccess { model { modelServices { totalCount } } } }
      b: createModelService(input: { gatewaySourceId: "pg-6713xu76l98vu7", name: " Joined-Late ", category: "text", protocol: OPENAI,
        baseUrl: "https://example.com", apiKey: "k", vendor: "bailian" }) {
        __typename ... on CreateModelServiceSuccess { modelService { models { nodes { modelCode } } } } }
      c: createModel(input: { name: "C", modelCode: "joined-late" }) { ... on CreateModelSuccess { model { modelServices { totalCount } } } }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      a: { model: { modelServices: { totalCount: 0 } } },
      b: { modelService: { models: { nodes: [{ modelCode: 'joined-late' }] } } },
      c: { model: { modelServices: { totalCount: 1 } } },
    });
  });
});
