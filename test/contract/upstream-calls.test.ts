import { describe, expect, it } from 'vitest';
import type { ToldCall } from '../../src/http/upstream-calls.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

interface Told {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: { readonly upstreamCalls?: readonly ToldCall[]; readonly cost?: unknown };
}

async function ask(
  { fetch }: TestGateway,
  query: string,
  headers: Record<string, string> = { 'x-graphql-upstream-calls': '1' },
): Promise<Told> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Told;
}

const OVERVIEW = '{ models(first: 1) { nodes { name } } paiModels(first: 1) { nodes { name } } }';

/** Everything open, as on a loopback address, but GraphiQL. */
const WITHOUT_GRAPHIQL = {
  access: { origins: [], hasIntrospection: true, hasGraphiql: false, rateLimit: undefined },
};

describe('extensions.upstreamCalls', () => {
  it('lists what was sent for an operation', async () => {
    await using gateway = await openGateway();
    const { extensions } = await ask(gateway, OVERVIEW);
    expect(extensions?.upstreamCalls).toEqual([
      {
        ...{ source: 'MODEL_ROUTER', operation: 'ModelRouterQueryModelList', outcome: 'ok', httpStatus: 200 },
        ...{ attempts: 1, joined: false, startMs: expect.any(Number), ms: expect.any(Number) },
      },
      {
        ...{ source: 'PAI', operation: 'ListModels', outcome: 'ok', httpStatus: 200 },
        ...{ attempts: 1, joined: false, startMs: expect.any(Number), ms: expect.any(Number) },
      },
    ]);
    expect(gateway.actions()).toEqual(['ModelRouterQueryModelList', 'ListModels']);
  });

  it('says how many things a call asked for by their ids', async () => {
    await using gateway = await openGateway();
    const page = await gateway.query('{ modelServices(first: 4) { nodes { id } } }');
    const { modelServices } = page.data as { modelServices: { nodes: readonly { id: string }[] } };
    const { extensions } = await ask(
      gateway,
      `{ nodes(ids: ${JSON.stringify(modelServices.nodes.map(({ id }) => id))}) { id } }`,
    );
    expect(extensions?.upstreamCalls).toMatchObject([{ operation: 'DescribeModelServices', keys: 4 }]);
  });

  it('has the code of a call that failed, and how often it was tried', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('ListModels', { kind: 'error', status: 500, code: 'InternalError' });
    const { extensions } = await ask(gateway, OVERVIEW);
    expect(extensions?.upstreamCalls).toMatchObject([
      { source: 'MODEL_ROUTER', outcome: 'ok', attempts: 1 },
      { source: 'PAI', outcome: 'UPSTREAM_ERROR', httpStatus: 500, attempts: 2 },
    ]);
  });

  it('stands beside what another header asks for', async () => {
    await using gateway = await openGateway();
    const asked = { 'x-graphql-upstream-calls': '1', 'x-graphql-cost': '1' };
    const { extensions } = await ask(gateway, OVERVIEW, asked);
    expect(Object.keys(extensions ?? {}).toSorted()).toEqual(['cost', 'upstreamCalls']);
  });

  it('is empty where nothing was called', async () => {
    await using gateway = await openGateway();
    expect(await ask(gateway, '{ __typename }')).toEqual({
      data: { __typename: 'Query' },
      extensions: { upstreamCalls: [] },
    });
  });

  it.each([{}, { 'x-graphql-upstream-calls': '0' }])('is not there for the headers %j', async (headers) => {
    await using gateway = await openGateway();
    expect(await ask(gateway, OVERVIEW, headers as Record<string, string>)).not.toHaveProperty('extensions');
  });

  it('is not there where GraphiQL is not, whoever asks', async () => {
    await using gateway = await openGateway(WITHOUT_GRAPHIQL);
    expect(await ask(gateway, OVERVIEW)).not.toHaveProperty('extensions');
  });
});
