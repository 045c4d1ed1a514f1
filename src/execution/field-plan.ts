import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  getArgumentValues,
  isNonNullType,
  Kind,
  type ValueNode,
} from 'graphql';
import type { MergedField } from '../cost/selection.ts';
import type { Arguments, Run } from './run.ts';

export type Field = GraphQLField<unknown, unknown>;

/** A field of a selection, as far as it is known before anything runs. */
export interface FieldPlan {
  /** Its name in the answer. */
  readonly key: string;
  readonly nodes: MergedField;
  readonly definition: Field;
  readonly parentType: GraphQLObjectType;
  /** For messages: its type and name. */
  readonly title: string;
  readonly isNullable: boolean;
  readonly argumentsFor: (run: Run) => Arguments;
}

/** Plans the field of a type that `nodes` ask for. */
export function planField(
  parentType: GraphQLObjectType,
  definition: Field,
  key: string,
  nodes: MergedField,
): FieldPlan {
  return {
    key,
    nodes,
    definition,
    parentType,
    title: `${parentType.name}.${definition.name}`,
    isNullable: !isNonNullType(definition.type),
    argumentsFor: argumentsOf(definition, nodes[0]),
  };
}

/**
 * Coerces the arguments of a field as seldom as possible: once where all of them are plain values that no variable
 * changes, else once for each execution, so that no object of one request is ever given to another. Every call has a
 * record of its own. What cannot be coerced fails anew for every object.
 */
function argumentsOf(definition: Field, node: FieldNode): (run: Run) => Arguments {
  if (definition.args.length === 0) return () => ({});
  const isVariable = node.arguments?.some(({ value }) => holdsVariable(value)) === true;
  const place = {};
  let constant: Arguments | undefined;
  return (run) => {
    const known = constant ?? run.argumentsByField.get(place);
    if (known !== undefined) return { ...known };
    const coerced = getArgumentValues(definition, node, run.variables);
    if (!isVariable && Object.values(coerced).every(isPlain)) constant = coerced;
    else run.argumentsByField.set(place, coerced);
    return { ...coerced };
  };
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function holdsVariable(value: ValueNode): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return value.values.some(holdsVariable);
    case Kind.OBJECT:
      return value.fields.some((field) => holdsVariable(field.value));
    default:
      return false;
  }
}
