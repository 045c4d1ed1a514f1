import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from 'graphql';
import type { Chance } from '../../support/random-query.ts';

const ARGUMENTS = [
  '(size: 3)',
  '(size: null, ids: "one")',
  '(nested: { text: null, numbers: [1, 2], deeper: { colour: RED } })',
  '(ids: ["a", "b"], nested: {})',
  '(nested: { numbers: 7, must: false, deeper: { deeper: { text: "deep" } } }, size: -1)',
];

/** Makes operations on a schema with few names: fields of one type meet under one key, and are merged. */
export function oddOperation(schema: GraphQLSchema, chance: Chance): string {
  const kind = chance.of(0.3) ? 'mutation' : 'query';
  const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  if (type === undefined || type === null) throw new Error(`There is no ${kind}.`);
  return `${kind} Odd($yes: Boolean = true, $no: Boolean = false) ${selectionOf(schema, type, 0, chance)}
    fragment OnNamed on Named { __typename name ... on Cat { id } other { name } }
    fragment OnRock on Rock { id mustName ...Deeper }
    fragment Deeper on Rock { words matrix }`;
}

function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number, chance: Chance): string {
  const parts = chance.of(0.4) ? ['__typename'] : [];
  if (isAbstractType(type)) {
    const types = schema.getPossibleTypes(type).filter(() => chance.of(0.7));
    parts.push(...types.map((one) => `... on ${one.name} ${selectionOf(schema, one, depth, chance)}`));
    if (type.name === 'Named' || type.name === 'Pet') parts.push(chance.of(0.5) ? '...OnNamed' : '');
  }
  if (isObjectType(type)) {
    if (type.name === 'Rock' && chance.of(0.2)) parts.push('...OnRock');
    const all = Object.values(type.getFields());
    const count = chance.int(1, depth === 0 ? 8 : 4);
    const chosen = Array.from({ length: count }, () => chance.pick(all));
    parts.push(...chosen.map((field) => fieldOf(schema, type.name, field, depth, chance)));
  }
  const text = parts.join(' ').trim();
  return `{ ${text === '' ? '__typename' : text} }`;
}

function fieldOf(
  schema: GraphQLSchema,
  parent: string,
  field: GraphQLField<unknown, unknown>,
  depth: number,
  chance: Chance,
): string {
  const named = getNamedType(field.type);
  if (isLeafType(named)) {
    const isAliased = field.args.length > 0 || chance.of(0.3);
    return `${isAliased ? `a${chance.int(0, 99)}${parent}: ` : ''}${field.name}${argumentsOf(field, chance)}`;
  }
  if (depth > 3) return '__typename';
  const alias = `b${chance.int(0, 99)}${parent}: `;
  return `${alias}${field.name}${argumentsOf(field, chance)} ${selectionOf(schema, named, depth + 1, chance)}`;
}

function argumentsOf({ args }: GraphQLField<unknown, unknown>, chance: Chance): string {
  return args.length > 0 && chance.of(0.6) ? chance.pick(ARGUMENTS) : '';
}
