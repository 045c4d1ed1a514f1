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
    // Of such a number graphql-js would make another id.
    roundedPlaces(given).length > 0
      ? undefined
      : getVariableValues(schema, definitions, given, { maxErrors: MAX_FAULTS }).coerced;
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

/** Where in a JSON value the numbers stand that may have lost digits when they were read. */
export function roundedPlaces(
  value: unknown,
  place: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? [place] : [];
  if (typeof value !== 'object' || value === null) return [];
  const items = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return items.flatMap(([key, item]) => roundedPlaces(item, [...place, key]));
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
