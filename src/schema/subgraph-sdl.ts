import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { GraphQLObjectType, GraphQLSchema, lexicographicSortSchema } from 'graphql';
import { deferDirective } from '../defer.ts';

/** Arguments of directives by their names; of one that stands there several times, a list. */
export type AppliedDirectives = Readonly<Record<string, object | readonly object[]>>;

/** Directives as the printer finds them. */
export function applied(directives: AppliedDirectives): { readonly directives: AppliedDirectives } {
  return { directives };
}

/** What a printed subgraph has that its schema does not say. */
export interface SubgraphFacts {
  /** Of the schema itself: which version of Federation it links, and what it imports. */
  readonly schemaDirectives: AppliedDirectives;
  /** The fields of each key of a type. */
  readonly keysOf: (typeName: string) => readonly string[];
  /** Fields of the root that are left out. */
  readonly leftOut: readonly string[];
}

/** A schema as a composer takes it: sorted, with its descriptions and its directives. */
export function printSubgraph(schema: GraphQLSchema, facts: SubgraphFacts): string {
  const { directives, ...config } = withoutQueries(facts.leftOut, schema).toConfig();
  // Routers defer by themselves: composers take a definition of it for one of the subgraph's own.
  const composed = directives.filter(({ name }) => name !== deferDirective.name);
  const sorted = lexicographicSortSchema(new GraphQLSchema({ ...config, directives: composed }));
  sorted.extensions = { ...sorted.extensions, ...applied(facts.schemaDirectives) };
  for (const type of Object.values(sorted.getTypeMap())) {
    const key = facts.keysOf(type.name).map((fields) => ({ fields }));
    if (key.length > 0) {
      const { directives: others } = type.extensions as Partial<ReturnType<typeof applied>>;
      type.extensions = { ...type.extensions, ...applied({ key, ...others }) };
    }
  }
  return `${printSchemaWithDirectives(sorted)}\n`;
}

/** What routers ask of a subgraph, and nobody else does. */
export const FOR_ROUTERS: readonly string[] = ['_entities', '_service'];

/** Without these fields of the root, and without the types that are for routers only. */
export function withoutQueries(names: readonly string[], schema: GraphQLSchema): GraphQLSchema {
  const { query, types, ...others } = schema.toConfig();
  if (query === null || query === undefined) return schema;
  const { fields, ...facts } = query.toConfig();
  const kept = Object.entries(fields).filter(([name]) => !names.includes(name));
  return new GraphQLSchema({
    ...others,
    query: new GraphQLObjectType({ ...facts, fields: Object.fromEntries(kept) }),
    types: types.filter((type) => type !== query && !type.name.startsWith('_')),
  });
}
