import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { federateSubgraphs, ROUTER_COMPATIBILITY_VERSION_ONE } from '@wundergraph/composition';
import { buildSchema, type GraphQLSchema, lexicographicSortSchema, parse, print, printSchema } from 'graphql';

/** A subgraph to be composed. */
export interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** What a composer makes of subgraphs. */
export interface Composed {
  readonly faults: readonly string[];
  /** For a router; empty where there are faults. */
  readonly supergraph: string;
  /** What clients of the supergraph see, sorted; empty where there are faults. */
  readonly api: string;
}

const faulty = (errors: readonly Error[]): Composed => ({
  faults: errors.map(({ message }) => message),
  supergraph: '',
  api: '',
});

const sorted = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema));

function apollo(subgraphs: readonly Subgraph[]): Composed {
  const { errors, schema, supergraphSdl } = composeByApollo(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (errors !== undefined) return faulty(errors);
  return { faults: [], supergraph: supergraphSdl, api: sorted(schema.toAPISchema().toGraphQLJSSchema()) };
}

function guild(subgraphs: readonly Subgraph[]): Composed {
  const { errors, supergraphSdl, publicSdl } = composeByGuild(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (errors !== undefined) return faulty(errors);
  return { faults: [], supergraph: supergraphSdl, api: sorted(buildSchema(publicSdl)) };
}

function wundergraph(subgraphs: readonly Subgraph[]): Composed {
  const result = federateSubgraphs({
    subgraphs: subgraphs.map(({ name, url, sdl }) => ({ name, url, definitions: parse(sdl) })),
    version: ROUTER_COMPATIBILITY_VERSION_ONE,
  });
  if (!result.success) return faulty(result.errors);
  return {
    faults: [],
    supergraph: print(result.federatedGraphAST),
    api: sorted(result.federatedGraphClientSchema),
  };
}

/** Three programs that make a supergraph of subgraphs, by the name of their package. */
export const composers: Readonly<Record<string, (subgraphs: readonly Subgraph[]) => Composed>> = {
  '@apollo/composition': apollo,
  '@theguild/federation-composition': guild,
  '@wundergraph/composition': wundergraph,
};
