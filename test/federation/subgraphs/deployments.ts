import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';

/** The schema of a team beside this one's, as its composer takes it. */
export const deploymentsSdl = readFileSync(new URL('deployments.graphql', import.meta.url), 'utf8');

/** A model service, as the other subgraph knows it. */
export interface KnownService {
  readonly id: string;
  readonly region: string;
  readonly gatewaySourceId: string;
  readonly sourceId: string;
}

/** What the other subgraph knows of this one's objects. */
export interface KnownObjects {
  /** Of the first deployment, and so on. */
  readonly services: readonly KnownService[];
  /** Numbers of models, likewise. */
  readonly models: readonly string[];
}

/** The other subgraph, on a port. */
export interface DeploymentsServer {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves deployments, one for each service and model known. */
export async function serveDeployments({ services, models }: KnownObjects): Promise<DeploymentsServer> {
  const deployments = services.map((service, index) => ({
    __typename: 'Deployment',
    id: `deployment-${index}`,
    team: index % 2 === 0 ? 'search' : 'support',
    service,
    model: { sourceId: models[index % models.length] },
  }));
  const byId = (id: string) => deployments.find((one) => one.id === id);
  const serviceOf = (named: Partial<KnownService>) =>
    services.find(({ id }) => id === named.id) ??
    services.find(
      ({ gatewaySourceId, sourceId }) =>
        gatewaySourceId === named.gatewaySourceId && sourceId === named.sourceId,
    );
  const nodeOf = (id: string) => {
    const service = serviceOf({ id });
    return byId(id) ?? (service === undefined ? null : { __typename: 'ModelService', ...service });
  };
  const schema = buildSubgraphSchema([
    {
      typeDefs: parse(deploymentsSdl),
      resolvers: {
        Query: {
          node: (_root: unknown, { id }: { id: string }) => nodeOf(id),
          nodes: (_root: unknown, { ids }: { ids: readonly string[] }) => ids.map(nodeOf),
          deployments: (_root: unknown, { first }: { first?: number }) => ({
            nodes: deployments.slice(0, first ?? deployments.length),
            pageInfo: { hasNextPage: false, hasPreviousPage: false },
          }),
        },
        Mutation: {
          retire: (_root: unknown, { id }: { id: string }) => {
            const deployment = byId(id);
            return deployment === undefined
              ? { __typename: 'NotFoundError', deploymentId: id, reason: 'It was never deployed.' }
              : { __typename: 'RetireSuccess', deployment };
          },
        },
        Deployment: { __resolveReference: ({ id }: { id: string }) => byId(id) },
        ModelService: {
          __resolveReference: (named: Partial<KnownService>) => ({ ...named, ...serviceOf(named) }),
          deployments: ({ id }: Partial<KnownService>) =>
            deployments.filter(({ service }) => service.id === id),
        },
        Model: {
          deployments: ({ sourceId }: { sourceId: string }) =>
            deployments.filter(({ model }) => model.sourceId === sourceId),
        },
      },
    },
  ]);
  const server = createServer(createYoga({ schema, logging: false })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
