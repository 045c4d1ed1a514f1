import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** Where the graph stands as text. */
export const SCHEMA_FILE = fileURLToPath(new URL('../../../schema.graphql', import.meta.url));

/** The graph as a client's tools read it. */
export const schema = buildSchema(readFileSync(SCHEMA_FILE, 'utf8'));

/** A field that gives a Relay connection. */
export interface Connection {
  /** `Query.models`. */
  readonly name: string;
  readonly owner: string;
  readonly field: string;
  readonly nodeType: string;
  readonly edgeType: string;
  readonly connectionType: string;
  /** Arguments that make another list of it, and no other page. */
  readonly listArgs: readonly string[];
  /** What tells its rows apart: their global id where they have one. */
  readonly key: 'id' | 'sourceId';
}

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

/** Object types of the graph. */
export const objectTypes: readonly GraphQLObjectType[] = types.filter(isObjectType);

const PAGE_ARGS = ['first', 'after', 'last', 'before'];

/** Every connection that any object has. */
export const connections: readonly Connection[] = objectTypes.flatMap((owner) =>
  Object.values(owner.getFields()).flatMap((field) => {
    const connection = getNamedType(field.type);
    if (!isObjectType(connection) || !connection.name.endsWith('Connection')) return [];
    const nodeType = typeAt(connection, 'nodes');
    return [
      {
        name: `${owner.name}.${field.name}`,
        owner: owner.name,
        field: field.name,
        nodeType,
        edgeType: typeAt(connection, 'edges'),
        connectionType: connection.name,
        listArgs: field.args.map(({ name }) => name).filter((name) => !PAGE_ARGS.includes(name)),
        key: hasField(nodeType, 'id') ? ('id' as const) : ('sourceId' as const),
      },
    ];
  }),
);

/** Types that can be fetched by `node`. */
export const entities: readonly string[] = objectTypes
  .filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'))
  .map(({ name }) => name);

/** The members of every union and the implementations of every interface, as clients' caches take them. */
export const possibleTypes: Readonly<Record<string, string[]>> = Object.fromEntries(
  types
    .filter((type) => isUnionType(type) || isInterfaceType(type))
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

/** A mutation, and what of its success a client's list must follow. */
export interface ListMutation {
  readonly name: string;
  readonly kind: 'create' | 'delete';
  readonly success: string;
  /** Fields of the success that give the new objects, or the id of the one that is gone. */
  readonly fields: readonly { readonly name: string; readonly type: string; readonly isList: boolean }[];
}

/** Every mutation that makes or removes something. */
export const listMutations: readonly ListMutation[] = Object.values(
  schema.getMutationType()?.getFields() ?? {},
).flatMap((mutation) => {
  const kind = (['create', 'delete'] as const).find((verb) => mutation.name.startsWith(verb));
  const success = getNamedType(mutation.type)
    .toString()
    .replace(/Result$/, 'Success');
  const fields = Object.values(objectType(success).getFields()).map((field) => ({
    name: field.name,
    type: getNamedType(field.type).name,
    isList: String(field.type).startsWith('['),
  }));
  const followed = fields.filter(({ name, type }) =>
    kind === 'create' ? entities.includes(type) : name === 'deletedId',
  );
  return kind === undefined ? [] : [{ name: mutation.name, kind, success, fields: followed }];
});

/** Fields of a type that hold a value and no object. */
export function leafFields(name: string): readonly string[] {
  return Object.values(objectType(name).getFields())
    .filter(({ type, args }) => isLeafType(getNamedType(type)) && args.length === 0)
    .map((field) => field.name);
}

function objectType(name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
  return type;
}

function typeAt(type: GraphQLObjectType, field: string): string {
  return getNamedType(fieldOf(type, field).type).name;
}

function fieldOf(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> {
  const field = type.getFields()[name];
  if (field === undefined) throw new Error(`${type.name} has no ${name}.`);
  return field;
}

function hasField(name: string, field: string): boolean {
  const type = schema.getType(name);
  return (isObjectType(type) || isInterfaceType(type)) && type.getFields()[field] !== undefined;
}
