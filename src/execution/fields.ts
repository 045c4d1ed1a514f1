import {
  GraphQLBoolean,
  type GraphQLFieldResolver,
  GraphQLID,
  type GraphQLLeafType,
  GraphQLString,
  getNullableType,
  isLeafType,
} from 'graphql';
import type { Path } from 'graphql/jsutils/Path.js';
import { type Completer, completerOf, type SelectionFor } from './complete.ts';
import { failField } from './field-errors.ts';
import { type FieldPlan, infoOf, pathOf } from './field-plan.ts';
import type { CompiledField } from './objects.ts';
import { isPromise, type Run } from './run.ts';

/** Compiles a field. */
export function compileField(plan: FieldPlan, selectionFor: SelectionFor): CompiledField {
  const completer = completerOf(plan.definition.type, plan, selectionFor);
  const { resolve } = plan.definition;
  if (resolve !== undefined && resolve !== null) return resolvedField(plan, resolve, completer);
  return propertyField(plan, completer, isAsItIsOf(plan));
}

/** A field that answers the name of its type. */
export function typenameField(key: string, typeName: string): CompiledField {
  return { key, run: () => typeName };
}

function resolvedField(
  plan: FieldPlan,
  resolve: GraphQLFieldResolver<unknown, unknown>,
  completer: Completer,
): CompiledField {
  return {
    key: plan.key,
    run(run, source, parent) {
      try {
        const path = pathOf(plan, parent);
        const result: unknown = resolve(
          source,
          plan.argumentsFor(run),
          run.contextValue,
          infoOf(run, plan, path),
        );
        return complete(run, plan, completer, parent, path, result);
      } catch (thrown) {
        return failField(run, plan, parent, thrown);
      }
    },
  };
}

/** A field without a resolver: a property of its object, or what a method of that name gives. */
function propertyField(
  plan: FieldPlan,
  completer: Completer,
  isAsItIs: (value: unknown) => boolean,
): CompiledField {
  const { name } = plan.definition;
  return {
    key: plan.key,
    run(run, source, parent) {
      try {
        const property = propertyOf(source, name);
        if (isAsItIs(property)) return property;
        if (property === null || property === undefined) {
          if (plan.isNullable) return null;
        }
        const path = pathOf(plan, parent);
        const result = typeof property === 'function' ? callOf(run, plan, source, path) : property;
        return complete(run, plan, completer, parent, path, result);
      } catch (thrown) {
        return failField(run, plan, parent, thrown);
      }
    },
  };
}

type Properties = Readonly<Record<string, unknown>>;

function propertyOf(source: unknown, name: string): unknown {
  const isHolder = (typeof source === 'object' && source !== null) || typeof source === 'function';
  return isHolder ? (source as Properties)[name] : undefined;
}

function callOf(run: Run, plan: FieldPlan, source: unknown, path: Path): unknown {
  const methods = source as Record<string, (...args: readonly unknown[]) => unknown>;
  const info = infoOf(run, plan, path);
  return methods[plan.definition.name]?.(plan.argumentsFor(run), run.contextValue, info);
}

/** What most leaves hold is what they answer. */
function isAsItIsOf({ definition }: FieldPlan): (value: unknown) => boolean {
  const type = getNullableType(definition.type);
  if (!isLeafType(type)) return isNever;
  const primitive = PRIMITIVES.get(type);
  if (primitive === 'string') return isString;
  return primitive === 'boolean' ? isBoolean : isNever;
}

const PRIMITIVES: ReadonlyMap<GraphQLLeafType, 'string' | 'boolean'> = new Map<
  GraphQLLeafType,
  'string' | 'boolean'
>([
  [GraphQLString, 'string'],
  [GraphQLID, 'string'],
  [GraphQLBoolean, 'boolean'],
]);

const isString = (value: unknown) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isNever = () => false;

/** Completes what a field's resolver gave, or what it promised. */
function complete(
  run: Run,
  plan: FieldPlan,
  completer: Completer,
  parent: Path | undefined,
  path: Path,
  result: unknown,
): unknown {
  const completed = isPromise(result)
    ? result.then((resolved) => completer.complete(run, path, path, resolved))
    : completer.complete(run, path, path, result);
  if (!isPromise(completed)) return completed;
  return completed.then(undefined, (thrown: unknown) => failField(run, plan, parent, thrown));
}
