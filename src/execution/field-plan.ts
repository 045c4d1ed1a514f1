import { type FieldNode, type GraphQLField, type GraphQLObjectType, isNonNullType } from 'graphql';
import { type Arguments, argumentsReader } from '../cost/field-arguments.ts';
import type { MergedField } from '../cost/selection.ts';
import type { Run } from './run.ts';

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
 * Coerces the arguments of a field as seldom as possible: those that take some doing once for each execution, so that
 * no object of one request is ever given to another. Every call has a record of its own. What cannot be coerced fails
 * anew for every object.
 */
function argumentsOf(definition: Field, node: FieldNode): (run: Run) => Arguments {
  const { isSimple, read } = argumentsReader(definition, node);
  if (isSimple) return (run) => read(run.variables);
  const place = {};
  return (run) => {
    const known = run.argumentsByField.get(place);
    if (known !== undefined) return { ...known };
    const coerced = read(run.variables);
    run.argumentsByField.set(place, coerced);
    return { ...coerced };
  };
}
