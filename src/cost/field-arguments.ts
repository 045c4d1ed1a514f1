import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  getArgumentValues,
  isNonNullType,
  Kind,
  type ValueNode,
  valueFromAST,
} from 'graphql';

/** Arguments as a resolver takes them. */
export type Arguments = Readonly<Record<string, unknown>>;

type Variables = Readonly<Record<string, unknown>>;

/** Coerces the arguments of a field for coerced variables. @throws GraphQLError for what cannot be coerced */
export interface ArgumentsReader {
  /** Whether reading them takes next to nothing: they are plain values and variables. */
  readonly isSimple: boolean;
  /** A record of its own each time. */
  readonly read: (variables: Variables) => Arguments;
}

/** What an argument is, as far as it can be told beforehand. */
interface SimpleArgument {
  readonly name: string;
  /** Undefined for one that no variable changes. */
  readonly variable: string | undefined;
  /** Of one that no variable changes, or whose variable is not given; undefined for none. */
  readonly value: unknown;
  readonly isNonNull: boolean;
}

/** Reads them as getArgumentValues does, which is asked wherever they are not that simple, and for what is wrong. */
export function argumentsReader(
  definition: Pick<GraphQLField<unknown, unknown>, 'args'>,
  node: FieldNode,
): ArgumentsReader {
  const coerce = (variables: Variables) => getArgumentValues(definition as never, node, variables);
  const simple: SimpleArgument[] = [];
  for (const argument of definition.args) {
    const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
    const one = simpleArgument(argument, given);
    if (one === undefined) return { isSimple: false, read: coerce };
    simple.push(one);
  }
  return { isSimple: true, read: (variables) => readSimple(simple, variables) ?? coerce(variables) };
}

/** Undefined for one that is to be coerced each time. */
function simpleArgument(argument: GraphQLArgument, given: ValueNode | undefined): SimpleArgument | undefined {
  const { name, type, defaultValue } = argument;
  const isNonNull = isNonNullType(type);
  if (given === undefined || given.kind === Kind.VARIABLE) {
    if (!isPlain(defaultValue)) return undefined;
    // One that is missing: to be told of.
    if (given === undefined && defaultValue === undefined && isNonNull) return undefined;
    return { name, variable: given?.name.value, value: defaultValue, isNonNull };
  }
  if (given.kind === Kind.LIST || given.kind === Kind.OBJECT) return undefined;
  const value = valueFromAST(given, type);
  return value === undefined || !isPlain(value) ? undefined : { name, variable: undefined, value, isNonNull };
}

/** Undefined where a variable does not do: to be told of. */
function readSimple(simple: readonly SimpleArgument[], variables: Variables): Arguments | undefined {
  const read: Record<string, unknown> = {};
  for (const { name, variable, value, isNonNull } of simple) {
    const isGiven = variable !== undefined && Object.hasOwn(variables, variable);
    const given = isGiven ? variables[variable] : value;
    if (isGiven ? given === undefined : isNonNull && given === undefined) return undefined;
    if (isGiven && isNonNull && given === null) return undefined;
    if (given !== undefined) read[name] = given;
  }
  return read;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
