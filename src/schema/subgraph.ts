import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { GraphQLObjectType, GraphQLSchema, lexicographicSortSchema } from 'graphql';
import { builder } from '../builder.ts';
import { keysOf } from './entity.ts';

/** The version of Federation that the subgraph is written in: the first, which has all it needs. */
const FEDERATION = {
  url: 'https://specs.apollo.dev/federation/v2.0',
  import: ['@key', '@shareable'],
};

/** What routers ask of a subgraph, and nobody else does. */
const FOR_ROUTERS = ['_entities', '_service'];

/** What every Relay subgraph has: a supergraph chooses the one that serves it. */
const OF_THE_SUPERGRAPH = ['node', 'nodes'];

const sdlOf = new WeakMap<GraphQLSchema, string>();

/** The graph as a composer takes it (Apollo Federation): with its keys, without {@link OF_THE_SUPERGRAPH}. */
export function subgraphSdl(schema: GraphQLSchema): string {
  const known = sdlOf.get(schema) ?? `${printSchemaWithDirectives(subgraph(schema))}\n`;
  sdlOf.set(schema, known);
  return known;
}

function subgraph(schema: GraphQLSchema): GraphQLSchema {
  const sorted = lexicographicSortSchema(without([...FOR_ROUTERS, ...OF_THE_SUPERGRAPH], schema));
  sorted.extensions = { ...sorted.extensions, directives: { link: FEDERATION } };
  for (const type of Object.values(sorted.getTypeMap())) {
    const keys = keysOf(type.name).map((fields) => ({ fields }));
    if (keys.length > 0) type.extensions = { ...type.extensions, directives: { key: keys } };
  }
  return sorted;
}

/** The graph as a client takes it: without {@link FOR_ROUTERS}. */
export function clientGraph(schema: GraphQLSchema): GraphQLSchema {
  return without(FOR_ROUTERS, schema);
}

/** Without these fields of the root, and without the types of {@link FOR_ROUTERS}. */
function without(fieldNames: readonly string[], schema: GraphQLSchema): GraphQLSchema {
  const { query, types, ...others } = schema.toConfig();
  if (query === null || query === undefined) return schema;
  const { fields, ...facts } = query.toConfig();
  const kept = Object.entries(fields).filter(([name]) => !fieldNames.includes(name));
  return new GraphQLSchema({
    ...others,
    query: new GraphQLObjectType({ ...facts, fields: Object.fromEntries(kept) }),
    types: types.filter((type) => type !== query && !type.name.startsWith('_')),
  });
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
    resolve: () => ({}),
  }),
);
