import fc from 'fast-check';
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { expect, it } from 'vitest';
import { variableReader } from '../../src/execution/variables.ts';

const SCHEMA = buildSchema(`
  enum Colour { RED BLUE }
  input Box { colour: Colour!, width: Int = 3 }
  type Query { nothing: Int }
`);

const NAMED = ['String', 'ID', 'Boolean', 'Int', 'Float', 'Colour', 'Box'];
const DEFAULTS: Readonly<Record<string, string>> = {
  ...{ String: '"s"', ID: '"i"', Boolean: 'true', Int: '7', Float: '1.5' },
  ...{ Colour: 'RED', Box: '{ colour: BLUE }' },
};

const named = fc.constantFrom(...NAMED);
const types = fc.record({
  named,
  form: fc.constantFrom('T', 'T!', '[T]', '[T!]', '[T!]!', '[[T]!]'),
  hasDefault: fc.boolean(),
});

const leaves = fc.oneof(
  ...[fc.string(), fc.integer(), fc.boolean(), fc.double(), fc.constantFrom('RED', 'BLUE', '7', '', null)],
  ...[fc.constantFrom(-0, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 0.5, 1e300)],
  fc.record({ colour: fc.constantFrom('RED', 'GREEN'), width: fc.integer() }, { requiredKeys: [] }),
);
const values = fc.oneof(
  leaves,
  fc.array(leaves, { maxLength: 3 }),
  fc.array(fc.array(leaves), { maxLength: 2 }),
);

it('reads variables as graphql-js does', () => {
  const asked = fc.array(fc.tuple(types, fc.option(values, { nil: undefined })), { maxLength: 4 });
  let read = 0;
  fc.assert(
    fc.property(asked, (variables) => {
      const declared = variables.map(([{ named: name, form, hasDefault }], index) => {
        const hasValue = hasDefault && !form.includes('[');
        return `$v${index}: ${form.replace('T', name)}${hasValue ? ` = ${DEFAULTS[name]}` : ''}`;
      });
      const document = parse(`query ${declared.length === 0 ? '' : `(${declared.join(' ')})`} { nothing }`);
      const operation = document.definitions[0] as OperationDefinitionNode;
      const given = Object.fromEntries(
        variables.flatMap(([, value], index) => (value === undefined ? [] : [[`v${index}`, value]])),
      );
      const { coerced } = getVariableValues(SCHEMA, operation.variableDefinitions ?? [], given);
      if (coerced !== undefined) read += 1;
      expect(variableReader(SCHEMA, operation)(given)).toEqual(coerced);
    }),
    { numRuns: 3_000 },
  );
  // Else it would compare refusals only.
  expect(read).toBeGreaterThan(300);
});
