import { readFileSync } from 'node:fs';
import { ESLint } from 'eslint';
import { expect, it } from 'vitest';
import { SCHEMA_FILE } from './support/schema.ts';

const linter = () =>
  new ESLint({ overrideConfigFile: new URL('eslint.config.js', import.meta.url).pathname });

const faultsOf = async (text: string) => {
  const results = await linter().lintText(text, { filePath: 'schema.graphql' });
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
};

const schema = readFileSync(SCHEMA_FILE, 'utf8');

it("keeps GraphQL-ESLint's recommended rules and those of Relay, but for what the configuration explains", async () => {
  expect(await faultsOf(schema)).toEqual([]);
});

it.each([
  ['a type without an id', '"A thing." type Thing { name: String }', 'strict-id-in-types'],
  ['a list without pages', 'extend type Model { things: [String!]! }', 'relay-edge-types'],
  ['a field named like its type', 'extend type Model { modelThing: String }', 'no-typename-prefix'],
  [
    'a connection without pageInfo',
    '"Things." type ThingConnection { edges: [ModelEdge] }',
    'relay-connection-types',
  ],
])('finds %s that is none of them', async (_fault, text, rule) => {
  const faults = await faultsOf(`${schema}\n${text}\n`);
  expect(faults).toContainEqual(expect.stringContaining(`@graphql-eslint/${rule}: `));
});

it('finds an exception that nothing needs any more', async () => {
  const faults = await faultsOf(schema.replace('  tagNames: [String!]!\n', '  tagNames: String\n'));
  expect(faults).toContainEqual(expect.stringContaining('relay-edge-types at Model.tagNames'));
});
