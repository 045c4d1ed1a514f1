import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { printedSchema } from '../../src/schema/print.ts';

const ownTypes = (of: typeof schema): readonly GraphQLNamedType[] =>
  Object.values(of.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );

/** Everything of a type that a client can depend on, a line each. */
function promises(type: GraphQLNamedType): readonly string[] {
  const fieldLines = (field: GraphQLField<unknown, unknown> | GraphQLInputField) => [
    `${type.name}.${field.name}: ${field.type}`,
    ...('args' in field
      ? field.args.map((arg) => `${type.name}.${field.name}(${arg.name}: ${arg.type})`)
      : []),
  ];
  if (isUnionType(type)) return type.getTypes().map((member) => `${type.name} = ${member.name}`);
  if (isEnumType(type)) return type.getValues().map((value) => `${type.name}.${value.name}`);
  if (isInputObjectType(type)) return Object.values(type.getFields()).flatMap(fieldLines);
  if (isObjectType(type) || isInterfaceType(type)) {
    return [
      ...type.getInterfaces().map((one) => `${type.name} implements ${one.name}`),
      ...Object.values(type.getFields()).flatMap(fieldLines),
    ];
  }
  return [`scalar ${type.name}`];
}

/** Everything of a type that must say what it is, with what it says. */
function describedParts(type: GraphQLNamedType): readonly (readonly [string, string | null | undefined])[] {
  const own = [type.name, type.description] as const;
  if (isEnumType(type)) {
    return [
      own,
      ...type.getValues().map((value) => [`${type.name}.${value.name}`, value.description] as const),
    ];
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [own];
  const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(
    type.getFields(),
  );
  return [
    own,
    ...fields.flatMap((field) => [
      [`${type.name}.${field.name}`, field.description] as const,
      ...('args' in field ? field.args : []).map(
        (arg) => [`${type.name}.${field.name}(${arg.name})`, arg.description] as const,
      ),
    ]),
  ];
}

describe('schema.graphql', () => {
  test('is what the code builds (npm run schema writes it)', () => {
    expect(readFileSync('schema.graphql', 'utf8')).toBe(printedSchema());
  });

  test('holds the contract, with its names and nullabilities', () => {
    const contract = buildSchema(readFileSync('test/fixtures/contract.graphql', 'utf8'));
    const built = new Set(ownTypes(schema).flatMap(promises));
    const missing = ownTypes(contract)
      .flatMap(promises)
      .filter((promise) => !built.has(promise));
    expect(missing).toEqual([]);
  });

  test('describes every type, field, argument and enum value', () => {
    const bare = ownTypes(schema)
      .flatMap(describedParts)
      .filter(([, description]) => !description);
    expect(bare.map(([name]) => name)).toEqual([]);
  });

  test('names the upstream operation behind every query and mutation that has one', () => {
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.values(type?.getFields() ?? {}),
    );
    const silent = fields.filter(({ description }) => !/Upstream: |whatever|calls/i.test(description ?? ''));
    expect(silent.map(({ name }) => name)).toEqual(['sources']);
  });
});
