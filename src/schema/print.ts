import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';
import { clientGraph, subgraphSdl } from './subgraph.ts';

/** The graph as `schema.graphql` holds it: sorted, so that a diff shows what changed and nothing else. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(clientGraph(schema)))}\n`;
}

if (process.argv[1] === import.meta.filename) {
  // A mistyped option throws: it would else write the file, and print nothing where the subgraph's schema is wanted.
  const { values } = parseArgs({ options: { federation: { type: 'boolean' } } });
  if (values.federation === true) process.stdout.write(subgraphSdl(schema));
  else writeFileSync('schema.graphql', printedSchema());
}
