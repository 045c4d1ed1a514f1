import {
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

import type { Path } from 'graphql/jsutils/Path.js';
import { defaultType } from './default-type.ts';
import { faultOf } from './field-errors.ts';
import { type FieldPlan, infoOf } from './field-plan.ts';
import { inspect } from './inspect.ts';
import { completeList } from './lists.ts';
import { runFields, type Selection } from './objects.ts';
import { isPromise, type Run } from './run.ts';

/** Makes of what a resolver gave what the answer holds. */
export interface Completer {
  /** Whether it never looks at a place. */
  readonly isLeaf: boolean;
  /**
   * @param fieldPath the place of the field
   * @param path the place of the value: that of the field, or of an item of its list
   * @throws unknown what is wrong with the value, without its place
   */
  readonly complete: (run: Run, fieldPath: Path, path: Path, value: unknown) => unknown;
}

/** Compiles what a field selects of objects of a type. */
export type SelectionFor = (type: GraphQLObjectType) => Selection;

/** Compiles the completion of a type. */
export function completerOf(type: GraphQLOutputType, plan: FieldPlan, selectionFor: SelectionFor): Completer {
  const isNonNull = isNonNullType(type);
  const nullable = isNonNull ? type.ofType : type;
  const { isLeaf, complete } = completerOfPresent(nullable, plan, selectionFor);
  return {
    isLeaf,
    complete(run, fieldPath, path, value) {
      if (value instanceof Error) throw value;
      if (value !== null && value !== undefined) return complete(run, fieldPath, path, value);
      if (isNonNull) throw new Error(`Cannot return null for non-nullable field ${plan.title}.`);
      return null;
    },
  };
}

function completerOfPresent(type: GraphQLOutputType, plan: FieldPlan, selectionFor: SelectionFor): Completer {
  if (isLeafType(type)) {
    return { isLeaf: true, complete: (_run, _fieldPath, _path, value) => serialise(type, value) };
  }
  if (isListType(type)) {
    const list = listOf(type, plan, selectionFor);
    return {
      isLeaf: false,
      complete: (run, fieldPath, path, value) => completeList(run, list, fieldPath, path, value),
    };
  }
  if (isAbstractType(type)) {
    const complete = completeAbstract(type, plan, objectsFor(plan, selectionFor));
    return { isLeaf: false, complete };
  }
  if (!isObjectType(type)) throw new Error(`${plan.title} is of no output type.`);
  return { isLeaf: false, complete: completeObject(type, plan, selectionFor) };
}

function listOf(type: GraphQLList<GraphQLOutputType>, plan: FieldPlan, selectionFor: SelectionFor) {
  const item = completerOf(type.ofType, plan, selectionFor);
  return { plan, item, isItemNullable: !isNonNullType(type.ofType) };
}

/** @throws Error without a place; never a GraphQLError, whose text clients would see */
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

type Complete = Completer['complete'];

function completeObject(type: GraphQLObjectType, plan: FieldPlan, selectionFor: SelectionFor): Complete {
  let selection: Selection | undefined;
  const complete = (run: Run, path: Path, value: unknown) => {
    // Not before: most types that something may be of are never met.
    selection ??= selectionFor(type);
    return runFields(run, selection, value, path);
  };
  const { isTypeOf } = type;
  if (isTypeOf === undefined || isTypeOf === null) {
    return (run, _fieldPath, path, value) => complete(run, path, value);
  }
  return (run, fieldPath, path, value) => {
    const isOfType = type.isTypeOf?.(value, run.contextValue, infoOf(run, plan, fieldPath));
    if (isPromise(isOfType)) {
      return isOfType.then((resolved) => {
        if (!resolved) throw notOfType(type, value, plan);
        return complete(run, path, value);
      });
    }
    if (!isOfType) throw notOfType(type, value, plan);
    return complete(run, path, value);
  };
}

function notOfType({ name }: GraphQLObjectType, value: unknown, plan: FieldPlan): GraphQLError {
  return faultOf(`Expected value of type "${name}" but got: ${inspect(value)}.`, plan);
}

function objectsFor(plan: FieldPlan, selectionFor: SelectionFor): (type: GraphQLObjectType) => Complete {
  const byType = new Map<GraphQLObjectType, Complete>();
  return (type) => {
    const known = byType.get(type);
    if (known !== undefined) return known;
    const complete = completeObject(type, plan, selectionFor);
    byType.set(type, complete);
    return complete;
  };
}

function completeAbstract(
  type: GraphQLAbstractType,
  plan: FieldPlan,
  objectOf: (type: GraphQLObjectType) => Complete,
): Complete {
  return (run, fieldPath, path, value) => {
    const info = infoOf(run, plan, fieldPath);
    const resolve = type.resolveType ?? defaultType;
    const name: unknown = resolve(value, run.contextValue, info, type);
    if (isPromise(name)) {
      return name.then((resolved) =>
        objectOf(runtimeType(run, type, resolved, value, plan))(run, fieldPath, path, value),
      );
    }
    return objectOf(runtimeType(run, type, name, value, plan))(run, fieldPath, path, value);
  };
}

function runtimeType(
  { schema }: Run,
  type: GraphQLAbstractType,
  name: unknown,
  value: unknown,
  plan: FieldPlan,
): GraphQLObjectType {
  const must = `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${plan.title}"`;
  if (name === null || name === undefined) {
    throw faultOf(
      `${must}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      plan,
    );
  }
  if (isObjectType(name)) {
    throw faultOf(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    );
  }
  if (typeof name !== 'string') {
    throw faultOf(`${must} with value ${inspect(value)}, received "${inspect(name)}".`);
  }
  const found = schema.getType(name);
  const was = `Abstract type "${type.name}" was resolved to`;
  if (found === undefined) {
    throw faultOf(`${was} a type "${name}" that does not exist inside the schema.`, plan);
  }
  if (!isObjectType(found)) throw faultOf(`${was} a non-object type "${name}".`, plan);
  if (!schema.isSubType(type, found)) {
    throw faultOf(`Runtime Object type "${found.name}" is not a possible type for "${type.name}".`, plan);
  }
  return found;
}
