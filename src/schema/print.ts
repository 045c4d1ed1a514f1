import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';

/** The graph as `schema.graphql` holds it: sorted, so that a diff shows what changed and nothing else. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync('schema.graphql', printedSchema());
