import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { composers, type Subgraph } from './composers.ts';
import { type Answer, type Router, startApollo, startHive } from './routers.ts';
import {
  type DeploymentsServer,
  deploymentsSdl,
  type KnownService,
  serveDeployments,
} from './subgraphs/deployments.ts';
import { type GatewayProcess, type Order, printedSubgraph, startGateway } from './subgraphs/gateway.ts';

/** Each with the supergraph of a composer that writes what it reads. */
const ROUTERS = [
  { name: '@apollo/gateway', composer: '@apollo/composition', start: startApollo },
  { name: '@graphql-hive/gateway', composer: '@apollo/composition', start: startHive },
  { name: '@graphql-hive/gateway', composer: '@theguild/federation-composition', start: startHive },
];

const KNOWN =
  '{ modelServices(first: 40) { nodes { id region gatewaySourceId sourceId } } models(first: 5) { nodes { sourceId } } }';

const own = printedSubgraph();
let gateway: GatewayProcess;
let deployments: DeploymentsServer;
let services: readonly KnownService[];
let models: readonly string[];

async function askGateway({ url, callers }: GatewayProcess, query: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: callers.everything },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer;
}

/** The supergraph of a gateway and of the deployments. */
function supergraphOf({ url }: GatewayProcess, composer: string): string {
  const subgraphs: readonly Subgraph[] = [
    { name: 'modelgraph', url, sdl: own },
    { name: 'deployments', url: deployments.url, sdl: deploymentsSdl },
  ];
  return composers[composer]?.(subgraphs).supergraph ?? '';
}

beforeAll(async () => {
  gateway = await startGateway();
  const { data } = (await askGateway(gateway, KNOWN)) as {
    data: { modelServices: { nodes: KnownService[] }; models: { nodes: { sourceId: string }[] } };
  };
  services = data.modelServices.nodes;
  models = data.models.nodes.map(({ sourceId }) => sourceId);
  deployments = await serveDeployments({ services, models });
});
afterAll(async () => {
  await deployments[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

describe.each(ROUTERS)('$name by $composer', ({ start, composer }) => {
  let router: Router;
  /** As who may do everything. */
  const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
    router.ask(query, variables, gateway.callers.everything);
  /** The same router in front of another gateway. */
  const withGateway = async (
    order: Order,
    run: (router: Router, gateway: GatewayProcess) => Promise<void>,
  ) => {
    await using other = await startGateway(order);
    await using inFront = await start(supergraphOf(other, composer));
    await run(inFront, other);
  };

  beforeAll(async () => {
    router = await start(supergraphOf(gateway, composer));
  });
  afterAll(() => router[Symbol.asyncDispose]());
  beforeEach(async () => {
    await gateway.actions();
  });

  it("gives the other subgraph's rows with the fields that are here: 40 services of it in one upstream call each gateway", async () => {
    const { data, errors } = await ask(
      '{ deployments { nodes { id team service { sourceId name protocol } model { sourceId name } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      deployments: {
        nodes: services.map(({ sourceId }, index) => ({
          id: `deployment-${index}`,
          team: expect.any(String),
          service: { sourceId, name: expect.any(String), protocol: expect.any(String) },
          model: { sourceId: models[index % models.length], name: expect.any(String) },
        })),
      },
    });
    const actions = await gateway.actions();
    const gateways = new Set(services.map(({ gatewaySourceId }) => gatewaySourceId));
    expect(actions.filter((action) => action === 'DescribeModelServices')).toHaveLength(gateways.size);
    expect(actions.filter((action) => action === 'ModelRouterQueryModel')).toHaveLength(models.length);
    expect(actions).toHaveLength(gateways.size + models.length);
  });

  it('gives the rows that are here with the fields of the other subgraph', async () => {
    const { data, errors } = await ask(
      '{ modelServices(first: 3) { nodes { name deployments { id team } } pageInfo { hasNextPage } } models(first: 2) { nodes { name deployments { team } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      modelServices: {
        nodes: [0, 1, 2].map((index) => ({
          name: expect.any(String),
          deployments: [{ id: `deployment-${index}`, team: index % 2 === 0 ? 'search' : 'support' }],
        })),
        pageInfo: { hasNextPage: true },
      },
      models: {
        nodes: [0, 1].map(() => ({ deployments: expect.arrayContaining([{ team: expect.any(String) }]) })),
      },
    });
  });

  it("fills the supergraph's node with what is known here, and there and back again", async () => {
    const { data, errors } = await ask(
      'query ($id: ID!) { node(id: $id) { __typename id ... on ModelService { name deployments { service { gateway { status } } } } } }',
      { id: services[7]?.id },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      node: {
        __typename: 'ModelService',
        id: services[7]?.id,
        name: expect.any(String),
        deployments: [{ service: { gateway: { status: expect.any(String) } } }],
      },
    });
  });

  it('runs mutations of either subgraph, each with the errors of its own', async () => {
    const { data, errors } = await ask(
      `mutation ($model: CreateModelInput!, $bad: CreateModelInput!, $gone: DeleteModelInput!) {
        made: createModel(input: $model) { __typename ... on CreateModelSuccess { outcome model { sourceId name deployments { id } } } }
        bad: createModel(input: $bad) { __typename ... on GatewayError { code message } ... on GatewayInvalidInputError { fieldErrors { path } } }
        gone: deleteModel(input: $gone) { __typename ... on GatewayNotFoundError { code source upstreamCode requestId retryable } }
        retired: retire(id: "deployment-0") { __typename ... on RetireSuccess { deployment { service { name } } } }
        never: retire(id: "x") { __typename ... on NotFoundError { deploymentId reason } }
      }`,
      {
        model: { name: 'Routed', modelCode: `routed-by-${composer}${start.name}` },
        bad: { name: '', modelCode: '' },
        gone: { id: Buffer.from('Model:987654321').toString('base64url') },
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      made: {
        __typename: 'CreateModelSuccess',
        outcome: 'CREATED',
        model: { sourceId: expect.stringMatching(/^\d+$/), name: 'Routed', deployments: [] },
      },
      bad: {
        __typename: 'GatewayInvalidInputError',
        code: 'BAD_USER_INPUT',
        message: expect.any(String),
        fieldErrors: [{ path: ['name'] }, { path: ['modelCode'] }],
      },
      gone: {
        __typename: 'GatewayNotFoundError',
        code: 'NOT_FOUND',
        source: 'MODEL_ROUTER',
        upstreamCode: expect.any(String),
        requestId: expect.any(String),
        retryable: false,
      },
      retired: { __typename: 'RetireSuccess', deployment: { service: { name: expect.any(String) } } },
      never: { __typename: 'NotFoundError', deploymentId: 'x', reason: 'It was never deployed.' },
    });
  });

  it('tells of a dead backend on its own fields, and gives all other data', async () => {
    await withGateway({ endpoints: { AI_GATEWAY: 'http://127.0.0.1:1' } }, async (inFront, dead) => {
      const { data, errors = [] } = await inFront.ask(
        '{ deployments(first: 2) { nodes { team service { sourceId name } model { name } } } models(first: 1) { nodes { name } } }',
        {},
        dead.callers.everything,
      );
      expect(data).toEqual({
        deployments: {
          nodes: ['search', 'support'].map((team) => ({
            team,
            service: null,
            model: { name: expect.any(String) },
          })),
        },
        models: { nodes: [{ name: expect.any(String) }] },
      });
      expect(errors.length).toBeGreaterThan(0);
      for (const { extensions } of errors) {
        expect(extensions).toMatchObject({
          code: 'UPSTREAM_UNAVAILABLE',
          source: 'AI_GATEWAY',
          retryable: true,
        });
      }
    });
  });

  it("keeps the extensions of an error: a backend's own code and request id", async () => {
    const refuse = createServer((_request, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end('{"Code":"Forbidden.RAM","Message":"no","RequestId":"R-1","HostId":"h"}');
    }).listen(0, '127.0.0.1');
    await once(refuse, 'listening');
    const { port } = refuse.address() as AddressInfo;
    const endpoints = { AI_GATEWAY: `http://127.0.0.1:${port}`, PAI: `http://127.0.0.1:${port}` };
    await withGateway({ endpoints }, async (inFront, refused) => {
      const { data, errors = [] } = await inFront.ask(
        '{ deployments(first: 1) { nodes { service { name } } } paiModels(first: 1) { nodes { name } } }',
        {},
        refused.callers.everything,
      );
      expect(data).toEqual({ deployments: { nodes: [{ service: null }] }, paiModels: null });
      const known = { code: 'FORBIDDEN', upstreamCode: 'Forbidden.RAM', requestId: 'R-1', httpStatus: 403 };
      expect(errors.map(({ extensions }) => extensions)).toEqual(
        expect.arrayContaining(
          ['AI_GATEWAY', 'PAI'].map((source) =>
            expect.objectContaining({ ...known, source, retryable: false }),
          ),
        ),
      );
    });
    refuse.close();
  });

  it("passes on the caller's authorisation: what its scopes lack is FORBIDDEN on those fields alone", async () => {
    const { data, errors = [] } = await router.ask(
      '{ models(first: 1) { nodes { name deployments { team } } } paiModels(first: 1) { nodes { name } } }',
      {},
      gateway.callers.routerReader,
    );
    expect(data).toMatchObject({ models: { nodes: [{ name: expect.any(String) }] }, paiModels: null });
    expect(errors.map(({ extensions }) => extensions)).toMatchObject([{ code: 'FORBIDDEN', source: 'PAI' }]);
  });

  it.each([
    ['a wrong key', 'Bearer mg_wrong'],
    ['no key', undefined],
  ])('has nothing from here for %s, and the rest', async (_name, authorization) => {
    const { data, errors = [] } = await router.ask(
      '{ deployments(first: 1) { nodes { team } } models(first: 1) { nodes { name } } }',
      {},
      authorization,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(data).toEqual({ deployments: { nodes: [{ team: 'search' }] }, models: null });
    expect(await gateway.actions()).toEqual([]);
  });
});

it('takes the documents of a router that sends them by their hash, where trusted documents are allowed', async () => {
  await using other = await startGateway({ trustedDocuments: ['{ __typename }'] });
  await using router = await startApollo(supergraphOf(other, '@apollo/composition'), ['modelgraph']);
  for (const first of [1, 2, 1]) {
    const { data, errors } = await router.ask(
      'query ($first: Int) { deployments(first: $first) { nodes { service { name } } } }',
      { first },
      other.callers.everything,
    );
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('"name"');
  }
});
