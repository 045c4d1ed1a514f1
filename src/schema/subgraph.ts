import type { GraphQLSchema } from 'graphql';
import { builder } from '../builder.ts';
import { costs } from '../cost/statement.ts';
import { keysOf } from './entity.ts';
import { FOR_ROUTERS, printSubgraph, withoutQueries } from './subgraph-sdl.ts';

/** The first version of Federation 2: it has all that this graph needs, and whoever takes a later one takes it. */
const FEDERATION = { url: 'https://specs.apollo.dev/federation/v2.0', import: ['@key', '@shareable'] };

/** What every Relay subgraph has: a supergraph chooses the one that serves it. */
const OF_THE_SUPERGRAPH = ['node', 'nodes'];

const sdlOf = new WeakMap<GraphQLSchema, string>();

/** The graph as a composer takes it (Apollo Federation): with its keys, without {@link OF_THE_SUPERGRAPH}. */
export function subgraphSdl(schema: GraphQLSchema): string {
  const known =
    sdlOf.get(schema) ??
    printSubgraph(schema, {
      schemaDirectives: { link: FEDERATION },
      keysOf,
      leftOut: [...FOR_ROUTERS, ...OF_THE_SUPERGRAPH],
    });
  sdlOf.set(schema, known);
  return known;
}

/** The graph as a client takes it: without what is for routers. */
export function clientGraph(schema: GraphQLSchema): GraphQLSchema {
  return withoutQueries(FOR_ROUTERS, schema);
}

const service = builder.objectRef<object>('_Service').implement({
  description: 'This graph as a subgraph (Apollo Federation).',
  fields: (t) => ({
    sdl: t.string({
      nullable: false,
      description: 'Its schema, to be composed with those of other subgraphs.',
      resolve: (_service, _args, _context, { schema }) => subgraphSdl(schema),
    }),
  }),
});

builder.queryField('_service', (t) =>
  t.field({
    type: service,
    nullable: false,
    description: 'What a composer asks of a subgraph (Apollo Federation). Calls nothing.',
    extensions: costs(() => ({})),
    resolve: () => ({}),
  }),
);
