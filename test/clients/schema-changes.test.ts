import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCHEMA_FILE } from './support/schema.ts';
import { breakingFaults } from './support/schema-changes.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
const schema = readFileSync(SCHEMA_FILE, 'utf8');

it('breaks nothing of the released schema that is not declared, and declares nothing that is not broken', async () => {
  expect(await breakingFaults(read('released.graphql'), schema, read('breaking-changes.json'))).toEqual([]);
});

describe('a schema', () => {
  const released = `
    type Query { model(id: ID): Model models(filter: Filter): [Model!] kind: Kind }
    type Model { id: ID! name: String! vendor: String }
    type Other { id: ID! }
    input Filter { text: String }
    enum Kind { CHAT CODE }
    union Any = Model | Other
  `;
  const changed = (from: string, to: string) => released.replace(from, to);

  it.each([
    ["Field 'vendor' was removed from object type 'Model'", 'vendor: String', ''],
    ["Field 'Model.name' changed type from 'String!' to 'String'", 'name: String!', 'name: String'],
    ["Argument 'id: ID' was removed from field 'Query.model'", 'model(id: ID)', 'model'],
    [
      "Type for argument 'id' on field 'Query.model' changed from 'ID' to 'ID!'",
      'model(id: ID)',
      'model(id: ID!)',
    ],
    [
      "Input field 'must' of type 'ID!' was added to input object type 'Filter'",
      'text: String',
      'text: String must: ID!',
    ],
    ["Enum value 'CODE' was removed from enum 'Kind'", 'CHAT CODE', 'CHAT'],
    ["Member 'Other' was removed from Union type 'Any'", 'Model | Other', 'Model'],
  ])('may not break unless that is declared: %s', async (change, from, to) => {
    const current = changed(from, to);
    expect(await breakingFaults(released, current, '{}')).toEqual([
      `${change}. Clients break. If it is meant, declare it in test/clients/breaking-changes.json: "${change}": "the reason".`,
    ]);
    expect(await breakingFaults(released, current, JSON.stringify({ [change]: 'Nobody used it.' }))).toEqual(
      [],
    );
  });

  it('may not hide a change behind another that is declared', async () => {
    const current = changed('Model | Other', 'Query');
    const declared = { "Member 'Other' was removed from Union type 'Any'": 'Nobody used it.' };
    expect(await breakingFaults(released, current, JSON.stringify(declared))).toEqual([
      expect.stringContaining("Member 'Model' was removed"),
    ]);
  });

  it('may grow', async () => {
    const current = changed('vendor: String', 'vendor: String region(at: ID): String');
    expect(await breakingFaults(released, current, '{}')).toEqual([]);
  });

  it('may not declare what does not break', async () => {
    const declared = `{ "Field 'vendor' was removed from object type 'Model'": "Nobody used it." }`;
    expect(await breakingFaults(released, released, declared)).toEqual([
      expect.stringContaining('no such thing has changed'),
    ]);
  });

  it.each([['{ "a change": "" }'], ['[]'], ['{ "a change": true }']])(
    'may not declare without a reason: %s',
    async (declared) => {
      await expect(breakingFaults(released, changed('vendor: String', ''), declared)).rejects.toThrow();
    },
  );
});
