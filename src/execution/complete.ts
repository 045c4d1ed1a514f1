import {
  type GraphQLAbstractType,
  type GraphQLError,
  type GraphQLLeafType,
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
import type { FieldPlan } from './field-plan.ts';
import { inspect } from './inspect.ts';
import { serialiserOf } from './leaves.ts';
import { completeList } from './lists.ts';
import { runFields, type Selection } from './objects.ts';
import { itemPlace, NO_ITEM, type ResolveInfo } from './resolve-info.ts';
import { isPromise } from './run.ts';

/**
 * Makes of what a resolver gave what the answer holds.
 *
 * @param info of the field
 * @param list the place of the list that holds the value; undefined for that of the field itself
 * @param index the value's in that list, or NO_ITEM
 * @throws unknown what is wrong with the value, without its place
 */
export type Complete = (info: ResolveInfo, list: Path | undefined, index: number, value: unknown) => unknown;

/** Compiles what a field selects of objects of a type. */
export type SelectionFor = (type: GraphQLObjectType) => Selection;

/** Compiles the completion of a type. */
export function completerOf(type: GraphQLOutputType, plan: FieldPlan, selectionFor: SelectionFor): Complete {
  const isNonNull = isNonNullType(type);
  const nullable = isNonNull ? type.ofType : type;
  const complete = completerOfPresent(nullable, plan, selectionFor);
  return (info, list, index, value) => {
    if (value === null || value === undefined) {
      if (isNonNull) throw new Error(`Cannot return null for non-nullable field ${plan.title}.`);
      return null;
    }
    if (value instanceof Error) throw value;
    return complete(info, list, index, value);
  };
}

function completerOfPresent(type: GraphQLOutputType, plan: FieldPlan, selectionFor: SelectionFor): Complete {
  if (isLeafType(type)) return completeLeaf(type);
  if (isListType(type)) return completeListOf(type.ofType, plan, selectionFor);
  if (isAbstractType(type)) return completeAbstract(type, objectsFor(plan, selectionFor));
  if (!isObjectType(type)) throw new Error(`${plan.title} is of no output type.`);
  return completeObject(type, plan, selectionFor);
}

function completeLeaf(type: GraphQLLeafType): Complete {
  const serialise = serialiserOf(type);
  return (_info, _list, _index, value) => serialise(value);
}

function completeListOf(type: GraphQLOutputType, plan: FieldPlan, selectionFor: SelectionFor): Complete {
  const completeItem = completerOf(type, plan, selectionFor);
  const listPlan = { completeItem, isItemNullable: !isNonNullType(type) };
  return (info, list, index, value) =>
    completeList(listPlan, info, index === NO_ITEM ? info.path : itemPlace(list, index), value);
}

function completeObject(type: GraphQLObjectType, plan: FieldPlan, selectionFor: SelectionFor): Complete {
  let selection: Selection | undefined;
  const complete: Complete = (info, list, index, value) => {
    // Not before: most types that something may be of are never met.
    selection ??= selectionFor(type);
    return runFields(info.run, selection, value, list ?? info.path, index);
  };
  const { isTypeOf } = type;
  if (isTypeOf === undefined || isTypeOf === null) return complete;
  return (info, list, index, value) => {
    const isOfType = type.isTypeOf?.(value, info.run.contextValue, info);
    if (isPromise(isOfType)) {
      return isOfType.then((resolved) => {
        if (!resolved) throw notOfType(type, value, plan);
        return complete(info, list, index, value);
      });
    }
    if (!isOfType) throw notOfType(type, value, plan);
    return complete(info, list, index, value);
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
  objectOf: (type: GraphQLObjectType) => Complete,
): Complete {
  return (info, list, index, value) => {
    const resolve = type.resolveType ?? defaultType;
    const name: unknown = resolve(value, info.run.contextValue, info, type);
    if (isPromise(name)) {
      return name.then((resolved) =>
        objectOf(runtimeType(info, type, resolved, value))(info, list, index, value),
      );
    }
    return objectOf(runtimeType(info, type, name, value))(info, list, index, value);
  };
}

function runtimeType(
  { schema, plan }: ResolveInfo,
  type: GraphQLAbstractType,
  name: unknown,
  value: unknown,
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
