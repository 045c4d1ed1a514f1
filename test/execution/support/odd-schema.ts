import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import { hashOf } from './chaos.ts';

/*
 * A schema that has everything the gateway's has not. What a field gives follows from its place in the answer and the
 * seed of the execution, so that it is the same for whoever executes; what resolvers were told is written down.
 */

/** The context of an execution. */
export interface OddContext {
  readonly seed: number;
  /** What was called with what, in order. */
  readonly trace: string[];
}

const SECRET = 'a value that no client may see';

const odd = new GraphQLScalarType({
  name: 'Odd',
  serialize(value) {
    if (value === 'throw') throw new TypeError(SECRET);
    if (value === 'graphql') throw new GraphQLError(SECRET, { extensions: { code: SECRET } });
    return value === 'none' ? undefined : value;
  },
});

const colour = new GraphQLEnumType({
  name: 'Colour',
  values: { RED: { value: 0 }, GREEN: { value: 'green' }, BLUE: {} },
});

const nested = new GraphQLInputObjectType({
  name: 'Nested',
  fields: () => ({
    text: { type: GraphQLString, defaultValue: 'given' },
    numbers: { type: new GraphQLList(new GraphQLNonNull(GraphQLInt)) },
    colour: { type: colour, defaultValue: 'green' },
    deeper: { type: nested },
    must: { type: new GraphQLNonNull(GraphQLBoolean), defaultValue: true },
  }),
});

const named: GraphQLInterfaceType = new GraphQLInterfaceType({
  name: 'Named',
  fields: () => ({ name: { type: GraphQLString }, other: { type: named } }),
  // As graphql-js finds it where there is no such function: by __typename and isTypeOf.
});

const resolved = new GraphQLInterfaceType({
  name: 'Resolved',
  fields: { name: { type: GraphQLString } },
  resolveType(value, context: OddContext, info) {
    note(context, 'resolveType', undefined, info);
    const roll = hashOf(`${context.seed} ${(value as { key?: string }).key} type`);
    const name = ['Cat', 'Dog', 'Cat', 'Dog', 'Rock', 'Nothing', 'Named', 'Dog', undefined, 7, cat][
      roll % 11
    ] as string;
    if (roll % 13 === 0) throw new Error(SECRET);
    return roll % 3 === 0 ? Promise.resolve(name) : name;
  },
});

const isOf = (name: string) => (value: unknown, context: OddContext, info: GraphQLResolveInfo) => {
  note(context, `isTypeOf ${name}`, undefined, info);
  const { kind, key } = value as { kind?: string; key?: string };
  const roll = hashOf(`${context.seed} ${key} is ${name}`);
  const is = kind === name && roll % 12 !== 0;
  if (roll % 31 === 0) throw new TypeError(SECRET);
  return roll % 4 === 0 ? Promise.resolve(is) : is;
};

const cat: GraphQLObjectType = new GraphQLObjectType({
  name: 'Cat',
  interfaces: () => [named, resolved],
  isTypeOf: isOf('Cat'),
  fields: () => fields(),
});

const dog: GraphQLObjectType = new GraphQLObjectType({
  name: 'Dog',
  interfaces: () => [named, resolved],
  isTypeOf: isOf('Dog'),
  fields: () => ({ ...fields(), barks: { type: GraphQLBoolean } }),
});

/** Without isTypeOf, and of no interface. */
const rock: GraphQLObjectType = new GraphQLObjectType({ name: 'Rock', fields: () => fields() });

const pet = new GraphQLUnionType({ name: 'Pet', types: () => [cat, dog] });

const TYPES: Readonly<Record<string, () => GraphQLOutputType>> = {
  name: () => GraphQLString,
  mustName: () => new GraphQLNonNull(GraphQLString),
  id: () => GraphQLID,
  int: () => GraphQLInt,
  float: () => GraphQLFloat,
  flag: () => GraphQLBoolean,
  odd: () => odd,
  mustOdd: () => new GraphQLNonNull(odd),
  colour: () => colour,
  words: () => new GraphQLList(GraphQLString),
  matrix: () => mustList(mustList(new GraphQLNonNull(GraphQLInt))),
  loose: () => new GraphQLList(new GraphQLList(odd)),
  rock: () => rock,
  mustRock: () => new GraphQLNonNull(rock),
  rocks: () => new GraphQLList(rock),
  mustRocks: () => mustList(new GraphQLNonNull(rock)),
  other: () => named,
  resolved: () => resolved,
  resolvedMany: () => new GraphQLList(new GraphQLNonNull(resolved)),
  pet: () => pet,
  pets: () => new GraphQLList(pet),
  cat: () => cat,
  cats: () => new GraphQLList(new GraphQLList(new GraphQLNonNull(cat))),
};

function mustList(type: GraphQLOutputType): GraphQLOutputType {
  return new GraphQLNonNull(new GraphQLList(type));
}

function fields() {
  const given = {
    nested: { type: nested },
    ids: { type: new GraphQLList(GraphQLID) },
    size: { type: GraphQLInt, defaultValue: 2 },
  };
  return Object.fromEntries(
    Object.entries(TYPES).flatMap(([name, type]) => [
      // Of itself, as a property or a method.
      [name, { type: type() }] as const,
      [
        `${name}Resolved`,
        {
          type: type(),
          args: given,
          resolve: (_source: unknown, args: object, context: OddContext, info: GraphQLResolveInfo) => {
            note(context, 'resolve', args, info);
            return made(type(), placeOf(info), context);
          },
        },
      ] as const,
    ]),
  );
}

const root = (name: string) => new GraphQLObjectType({ name, fields: () => fields() });

/** It. */
export const oddSchema = new GraphQLSchema({
  query: root('Query'),
  mutation: root('Mutation'),
  types: [cat, dog, rock],
});

function placeOf({ path }: GraphQLResolveInfo): string {
  const keys: (string | number)[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at !== undefined; at = at.prev)
    keys.push(at.key);
  return keys.reverse().join('.');
}

/** What both executors tell a resolver, however they hold it. */
const TOLD = [
  ...['fieldName', 'fieldNodes', 'returnType', 'parentType', 'path', 'schema', 'fragments', 'rootValue'],
  ...['operation', 'variableValues', 'signal', 'getAbortSignal', 'getAsyncHelpers'],
];

/** All of what resolvers are told. */
function note(context: OddContext, what: string, args: object | undefined, info: GraphQLResolveInfo): void {
  const {
    fieldName,
    fieldNodes,
    returnType,
    parentType,
    path,
    fragments,
    rootValue,
    operation,
    variableValues,
  } = info;
  const { signal, getAbortSignal } = info as never as { signal: unknown; getAbortSignal(): unknown };
  context.trace.push(
    JSON.stringify([
      what,
      placeOf(info),
      args,
      fieldName,
      fieldNodes.map(({ loc }) => loc?.start),
      String(returnType),
      parentType.name,
      path.typename,
      Object.keys(fragments),
      rootValue === undefined,
      operation.name?.value,
      variableValues,
      info.schema === oddSchema,
      signal === getAbortSignal(),
      TOLD.filter((name) => name in info),
    ]),
  );
}

/** What a field of that type gives at that place. */
export function made(type: GraphQLOutputType, place: string, context: OddContext): unknown {
  const roll = hashOf(`${context.seed} ${place}`);
  const value = () => madeOf(type, place, context, roll);
  switch (roll % 43) {
    case 0:
      return null;
    case 1:
      return undefined;
    case 2:
      throw new Error(SECRET);
    case 3:
      return new Error(SECRET);
    case 4:
      return refused(new GraphQLError('for clients', { extensions: { code: 'KNOWN', place } }));
    case 5:
      throw 'a string';
    case 6:
      throw { message: 'like an error', name: 'Odd', stack: 'here', cause: 'that' };
    case 7:
      return refused(undefined);
    case 8:
      throw new AggregateError(roll % 3 === 0 ? [] : [new Error('one'), new TypeError('two')], 'both');
    case 9:
      return refused(new AggregateError([new Error('one'), 'two'], 'both'));
    case 10:
      return Promise.resolve(new Error(SECRET));
    case 11:
      return Promise.resolve(null);
    case 12:
      throw new GraphQLError('critical', { extensions: { CRITICAL_ERROR: roll % 5 === 0 } });
    case 13:
      return 'nothing of that type';
    case 14:
      return lessThanPromise(value);
    case 15:
    case 16:
    case 17:
    case 18:
      return Promise.resolve().then(value);
    case 19:
      return new Promise((resolve) => setImmediate(() => resolve(value())));
    case 20:
      return { message: 7 };
    default:
      return value();
  }
}

/** Nothing but a `then`. */
function lessThanPromise(value: () => unknown): PromiseLike<unknown> {
  const then = (...settle: Parameters<Promise<unknown>['then']>) =>
    Promise.resolve()
      .then(value)
      .then(...settle);
  return Object.fromEntries([['then', then]]) as never;
}

/** Nobody need wait for it. */
function refused(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason);
  promise.catch(() => undefined);
  return promise;
}

function madeOf(type: GraphQLOutputType, place: string, context: OddContext, roll: number): unknown {
  if (type instanceof GraphQLNonNull) return madeOf(type.ofType, place, context, roll);
  if (type instanceof GraphQLList) {
    const length = (roll >>> 6) % 4;
    const items = Array.from({ length }, (_, index) => () => made(type.ofType, `${place}#${index}`, context));
    switch ((roll >>> 9) % 11) {
      case 0:
        return (function* () {
          for (const item of items) yield safely(item);
        })();
      case 1:
        return (async function* () {
          for (const item of items) yield safely(item);
        })();
      case 2:
        return new Set(items.map(safely));
      default:
        return items.map(safely);
    }
  }
  if (type instanceof GraphQLScalarType || type instanceof GraphQLEnumType) return madeLeaf(type.name, roll);
  const kind = type.name === 'Rock' ? 'Rock' : type.name === 'Cat' || roll % 2 === 0 ? 'Cat' : 'Dog';
  return madeObject(kind, place, context, roll);
}

/** In a list what is thrown is an item: a list cannot throw in its middle. */
function safely(item: () => unknown): unknown {
  try {
    return item();
  } catch (error) {
    return error instanceof Error ? error : new Error('of a list');
  }
}

const LEAVES: Readonly<Record<string, readonly unknown[]>> = {
  String: ['text', 'more', '', 7, true, { secret: SECRET }],
  ID: ['id', 7, 1.5],
  Int: [1, 2, '3', 2 ** 40, Number.NaN],
  Float: [1.5, 2, 'x'],
  Boolean: [true, false, 1, 'yes'],
  Odd: ['fine', { deep: [1] }, 'none', 'throw', 'graphql', 0, false, '', [1, 2]],
  Colour: [0, 'green', 'BLUE', SECRET],
};

function madeLeaf(name: string, roll: number): unknown {
  const values = LEAVES[name] ?? [];
  // The first is what is meant.
  return values[(roll >>> 5) % 3 === 0 ? (roll >>> 12) % values.length : 0];
}

function madeObject(kind: string, place: string, context: OddContext, roll: number): object {
  const key = `${kind} ${place}`;
  const object: Record<string, unknown> = { kind, key };
  if (roll % 3 === 0) object['__typename'] = ['Cat', 'Dog', 'Rock', kind][roll % 4];
  for (const [name, type] of Object.entries(TYPES)) {
    const at = `${key}.${name}`;
    const isMethod = hashOf(`${context.seed} ${at} how`) % 5 === 0;
    const get = () => made(type(), at, context);
    if (isMethod) {
      object[name] = function (this: unknown, args: object, given: OddContext, info: GraphQLResolveInfo) {
        note(given, `method ${this === object}`, args, info);
        return get();
      };
    } else Object.defineProperty(object, name, { enumerable: true, get });
  }
  return object;
}
