import {
  GraphQLBoolean,
  GraphQLID,
  type GraphQLInputType,
  GraphQLInt,
  type GraphQLSchema,
  GraphQLString,
  getVariableValues,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** The coerced variables of one operation; undefined where one of those given is faulty. */
export type VariableReader = (given: Values) => Values | undefined;

/** Whether a value is what it is coerced to. */
type IsPlain = (value: unknown) => boolean;

interface Variable {
  readonly name: string;
  readonly hasDefault: boolean;
  readonly isPlain: IsPlain;
}

/** One fault is enough: whoever tells of them all finds them anew. */
const MAX_FAULTS = 1;

/**
 * Reads the variables of an operation. Texts, ids, numbers and choices that are what their type says are taken as they
 * are, which most are; whatever else is given has all of them coerced by graphql-js.
 */
export function variableReader(
  schema: GraphQLSchema,
  { variableDefinitions: definitions = [] }: OperationDefinitionNode,
): VariableReader {
  const variables = definitions.map(({ variable, type, defaultValue }): Variable => {
    const known = typeFromAST(schema, type);
    return {
      name: variable.name.value,
      hasDefault: defaultValue !== undefined,
      isPlain: isInputType(known) ? plainTestOf(known) : isNever,
    };
  });
  const coerce = (given: Values) =>
    getVariableValues(schema, definitions, given, { maxErrors: MAX_FAULTS }).coerced;
  return (given) => {
    const coerced: Record<string, unknown> = {};
    for (const { name, hasDefault, isPlain } of variables) {
      if (!Object.hasOwn(given, name)) {
        // Left out is as good as null but where there is a default, and is not in what is coerced.
        if (hasDefault || !isPlain(null)) return coerce(given);
      } else {
        if (!isPlain(given[name])) return coerce(given);
        coerced[name] = given[name];
      }
    }
    return coerced;
  };
}

function plainTestOf(type: GraphQLInputType): IsPlain {
  const isNonNull = isNonNullType(type);
  const nullable = isNonNull ? type.ofType : type;
  const isPresentPlain = isListType(nullable) ? listTestOf(nullable.ofType) : SCALARS.get(nullable);
  if (isPresentPlain === undefined) return isNonNull ? isNever : isNull;
  return isNonNull ? isPresentPlain : (value) => value === null || isPresentPlain(value);
}

function listTestOf(itemType: GraphQLInputType): IsPlain {
  const isItemPlain = plainTestOf(itemType);
  return (value) => Array.isArray(value) && value.every(isItemPlain);
}

const isNever: IsPlain = () => false;
const isNull: IsPlain = (value) => value === null;
const isString: IsPlain = (value) => typeof value === 'string';

const SCALARS: ReadonlyMap<GraphQLInputType, IsPlain> = new Map<GraphQLInputType, IsPlain>([
  [GraphQLString, isString],
  [GraphQLID, isString],
  [GraphQLBoolean, (value) => typeof value === 'boolean'],
  // 32 bits.
  [GraphQLInt, (value) => typeof value === 'number' && (value | 0) === value],
]);
