import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { createGatewayRuntime } from '@graphql-hive/gateway';

/** An answer, as a client of a router has it. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

/** A router in front of the subgraphs of a supergraph. */
export interface Router {
  /** Runs an operation for a caller with that authorization header; without one for nobody. */
  ask(query: string, variables?: Readonly<Record<string, unknown>>, authorization?: string): Promise<Answer>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Caller {
  readonly authorization: string | undefined;
}

/** Passes on who calls, which no router does unasked. */
class PassingDataSource extends RemoteGraphQLDataSource<Caller> {
  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource<Caller>['willSendRequest']>>[0]): void {
    const { authorization } = context as Partial<Caller>;
    if (authorization !== undefined) request.http?.headers.set('authorization', authorization);
  }
}

/** `@apollo/gateway`, in the server that it is made for; `byHash` are subgraphs that it sends hashes of its documents. */
export async function startApollo(supergraph: string, byHash: readonly string[] = []): Promise<Router> {
  const gateway = new ApolloGateway({
    supergraphSdl: supergraph,
    buildService: ({ name, url }) => new PassingDataSource({ url: url ?? '', apq: byHash.includes(name) }),
  });
  const server = new ApolloServer<Caller>({ gateway });
  await server.start();
  return {
    async ask(query, variables = {}, authorization = undefined) {
      const { body } = await server.executeOperation(
        { query, variables },
        { contextValue: { authorization } },
      );
      if (body.kind !== 'single') throw new Error('The answer came in parts.');
      return JSON.parse(JSON.stringify(body.singleResult)) as Answer;
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** `@graphql-hive/gateway`. */
export async function startHive(supergraph: string): Promise<Router> {
  const runtime = createGatewayRuntime({
    supergraph,
    logging: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }),
    },
  });
  return {
    async ask(query, variables = {}, authorization = undefined) {
      const response = await runtime.fetch('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    },
    async [Symbol.asyncDispose]() {
      await runtime[Symbol.asyncDispose]();
    },
  };
}
