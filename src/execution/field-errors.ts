import { GraphQLError, locatedError } from 'graphql';
import type { Path } from 'graphql/jsutils/Path.js';
import type { FieldPlan } from './field-plan.ts';
import { NO_ITEM, type ResolveInfo } from './resolve-info.ts';
import type { Run } from './run.ts';

/** By which an error says that the answer must not go on without its field, whatever the schema allows. */
const CRITICAL_ERROR = 'CRITICAL_ERROR';

/**
 * A field has failed: null where its type has one, with the error written down, else the error goes on to the object
 * that holds it: the one at `parent`, or that item of it.
 */
export function failField(
  run: Run,
  plan: FieldPlan,
  parent: Path | undefined,
  index: number,
  thrown: unknown,
): unknown {
  const path = index === NO_ITEM ? pathFrom(parent, plan.key) : pathFrom(parent, index, plan.key);
  if (!(thrown instanceof AggregateError)) return fail(run, plan, path, plan.isNullable, thrown);
  let result: unknown;
  for (const one of thrown.errors) result = fail(run, plan, path, plan.isNullable, one);
  return result;
}

/** An item of the list at `path` has failed. */
export function failItem(
  { run, plan }: ResolveInfo,
  path: Path,
  index: number,
  isNullable: boolean,
  thrown: unknown,
): null {
  return fail(run, plan, pathFrom(path, index), isNullable, thrown);
}

function fail(
  run: Run,
  plan: FieldPlan,
  path: readonly (string | number)[],
  isNullable: boolean,
  thrown: unknown,
): null {
  const error = locatedError(toError(thrown), plan.nodes, path);
  if (!isNullable || error.extensions[CRITICAL_ERROR]) throw error;
  run.errors.push(error);
  return null;
}

function pathFrom(
  above: Path | undefined,
  ...below: readonly (string | number)[]
): readonly (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = above; at !== undefined; at = at.prev) keys.push(at.key);
  return [...keys.reverse(), ...below];
}

/** Whatever was thrown, as an Error: objects that are like one keep what they say. */
function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown))
    return new Error(String(thrown));
  const { message, stack, name } = thrown as { message: unknown; stack?: unknown; name?: unknown };
  if (typeof message !== 'string') return new Error(String(thrown));
  const error = 'cause' in thrown ? new Error(message, { cause: thrown.cause }) : new Error(message);
  if (typeof stack === 'string') error.stack = stack;
  if (typeof name === 'string') error.name = name;
  return error;
}

/** Faults of a resolver's answer, worded as graphql-js words them. */
export function faultOf(message: string, plan?: FieldPlan): GraphQLError {
  return plan === undefined ? new GraphQLError(message) : new GraphQLError(message, { nodes: plan.nodes });
}
