import {
  GraphQLBoolean,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  GraphQLString,
} from 'graphql';
import { inspect } from './inspect.ts';

/**
 * Makes of a value that is neither null nor undefined what the answer holds.
 *
 * @throws Error without a place; never a GraphQLError, whose text clients would see
 */
export type Serialise = (value: unknown) => unknown;

/** The completion of a leaf. What most leaves hold is what they answer. */
export function serialiserOf(type: GraphQLLeafType): Serialise {
  const isAsItIs = AS_IT_IS.get(type);
  if (isAsItIs === undefined) return (value) => serialise(type, value);
  return (value) => (isAsItIs(value) ? value : serialise(type, value));
}

/** What `typeof` says of values that are answered as they are; `never` where it does not tell them. */
export type PlainType = 'string' | 'boolean' | 'never';

/** That of a type's values. */
export function plainTypeOf(type: GraphQLLeafType): PlainType {
  if (type === GraphQLString || type === GraphQLID) return 'string';
  return type === GraphQLBoolean ? 'boolean' : 'never';
}

const AS_IT_IS: ReadonlyMap<GraphQLLeafType, (value: unknown) => boolean> = new Map<
  GraphQLLeafType,
  (value: unknown) => boolean
>([
  [GraphQLString, (value) => typeof value === 'string'],
  [GraphQLID, (value) => typeof value === 'string'],
  [GraphQLBoolean, (value) => typeof value === 'boolean'],
  [GraphQLInt, (value) => typeof value === 'number' && (value | 0) === value],
  [GraphQLFloat, Number.isFinite],
]);

function serialise(type: GraphQLLeafType, value: unknown): unknown {
  let serialised: unknown;
  try {
    serialised = type.serialize(value);
  } catch (error) {
    throw error instanceof GraphQLError ? new Error(error.message) : error;
  }
  if (serialised === null || serialised === undefined) {
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialised)}`,
    );
  }
  return serialised;
}
