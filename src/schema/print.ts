import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';
import { clientGraph, subgraphSdl } from './subgraph.ts';

/** The graph as `schema.graphql` holds it: sorted, so that a diff shows what changed and nothing else. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(clientGraph(schema)))}\n`;
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--federation')) process.stdout.write(subgraphSdl(schema));
  else writeFileSync('schema.graphql', printedSchema());
}
