import { type GraphQLFieldResolver, type GraphQLLeafType, getNullableType, isLeafType } from 'graphql';
import { type Complete, completerOf, type SelectionFor } from './complete.ts';
import { failField } from './field-errors.ts';
import type { FieldPlan } from './field-plan.ts';
import { plainTypeOf, serialiserOf } from './leaves.ts';
import { type CompiledField, isPending } from './objects.ts';
import { NO_ITEM, ResolveInfo } from './resolve-info.ts';
import { isPromise } from './run.ts';

/** Compiles a field. */
export function compileField(plan: FieldPlan, selectionFor: SelectionFor): CompiledField {
  const { resolve, type } = plan.definition;
  const complete = completerOf(type, plan, selectionFor);
  if (resolve !== undefined && resolve !== null) return resolvedField(plan, resolve, complete);
  const nullable = getNullableType(type);
  return isLeafType(nullable) ? leafField(plan, nullable, complete) : propertyField(plan, complete);
}

/** A field that answers the name of its type. */
export function typenameField(key: string, typeName: string): CompiledField {
  return {
    key,
    property: undefined,
    plainType: 'never',
    complete: () => typeName,
    fail(_run, _parent, _index, thrown) {
      throw thrown;
    },
  };
}

function resolvedField(
  plan: FieldPlan,
  resolve: GraphQLFieldResolver<unknown, unknown>,
  complete: Complete,
): CompiledField {
  return {
    key: plan.key,
    property: undefined,
    plainType: 'never',
    complete(run, source, parent, index) {
      const info = new ResolveInfo(run, plan, parent, index);
      const result: unknown = resolve(source, plan.argumentsFor(run), run.contextValue, info);
      return completeResult(info, complete, result);
    },
    fail: failureOf(plan),
  };
}

/** A field without a resolver: a property of its object, or what a method of that name gives. */
function propertyField(plan: FieldPlan, complete: Complete): CompiledField {
  return {
    key: plan.key,
    property: plan.definition.name,
    plainType: 'never',
    complete(run, source, parent, index, property) {
      const info = new ResolveInfo(run, plan, parent, index);
      return completeResult(info, complete, typeof property === 'function' ? callOf(info, source) : property);
    },
    fail: failureOf(plan),
  };
}

/** One whose property, as a rule, is what it answers, or can be made that at once. */
function leafField(plan: FieldPlan, type: GraphQLLeafType, complete: Complete): CompiledField {
  const serialise = serialiserOf(type);
  const field = propertyField(plan, complete);
  return {
    ...field,
    plainType: plainTypeOf(type),
    complete(run, source, parent, index, property) {
      if (property === null || property === undefined) {
        if (plan.isNullable) return null;
      } else if (typeof property !== 'object' && typeof property !== 'function') {
        return serialise(property);
      }
      return field.complete(run, source, parent, index, property);
    },
  };
}

function failureOf(plan: FieldPlan): CompiledField['fail'] {
  return (run, parent, index, thrown) => failField(run, plan, parent, index, thrown);
}

function callOf(info: ResolveInfo, source: unknown): unknown {
  const { run, plan } = info;
  const methods = source as Record<string, (...args: readonly unknown[]) => unknown>;
  return methods[plan.definition.name]?.(plan.argumentsFor(run), run.contextValue, info);
}

/** Completes what a field's resolver gave, or what it promised. */
function completeResult(info: ResolveInfo, complete: Complete, result: unknown): unknown {
  const completed = isPromise(result)
    ? result.then((resolved) => complete(info, undefined, NO_ITEM, resolved))
    : complete(info, undefined, NO_ITEM, result);
  if (!isPending(completed)) return completed;
  const { run, plan, parent, index } = info;
  return completed.then(undefined, (thrown: unknown) => failField(run, plan, parent, index, thrown));
}
