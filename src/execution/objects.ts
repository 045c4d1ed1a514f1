import type { Path } from 'graphql/jsutils/Path.js';
import { isPromise, type Run } from './run.ts';

/** A field of a compiled selection. */
export interface CompiledField {
  /** Its name in the answer. */
  readonly key: string;
  /**
   * Its completed value, or a promise of it; undefined where the answer has no such key.
   *
   * @param parent the place of the object; undefined for the root
   * @throws GraphQLError with its place, for the object to pass on
   */
  readonly run: (run: Run, source: unknown, parent: Path | undefined) => unknown;
}

type Answer = Record<string, unknown>;

/** What is asked of objects of one type. */
export interface Selection {
  readonly fields: readonly CompiledField[];
  /** Makes an empty answer. */
  readonly Answer: new () => Answer;
}

/**
 * A selection whose answers all have one hidden class, which an object without a prototype never has: written and
 * printed in half the time. Nothing is inherited, so `constructor` and the like are keys as any other.
 */
export function selectionOf(fields: readonly CompiledField[]): Selection {
  const Answer = function Answer() {} as unknown as new () => Answer;
  Answer.prototype = Object.create(null);
  return { fields, Answer };
}

/** Runs the fields of an object that is none of the root's. */
export function runFields(run: Run, { fields, Answer }: Selection, source: unknown, path: Path | undefined) {
  const answer = new Answer();
  const waiting: string[] = [];
  try {
    for (const field of fields) {
      run.throwIfAborted();
      const value = field.run(run, source, path);
      if (value === undefined) continue;
      answer[field.key] = value;
      if (isPromise(value)) waiting.push(field.key);
    }
  } catch (error) {
    if (waiting.length === 0 || run.isAborted) throw error;
    return failLater(answer, waiting, error);
  }
  return waiting.length === 0 ? answer : settled(run, answer, waiting, path === undefined);
}

/** The fields that have begun go on, for they may reject as well; the error waits for them. */
function failLater(answer: Answer, waiting: readonly string[], error: unknown): PromiseLike<never> {
  const rethrow = () => {
    throw error;
  };
  return allOf(answer, waiting)
    .then(() => answer)
    .then(rethrow, rethrow);
}

/** The answer when all of its promises have been replaced with their values. */
function settled(run: Run, answer: Answer, waiting: readonly string[], isRoot: boolean): PromiseLike<Answer> {
  run.throwIfAborted();
  const all = allOf(answer, waiting);
  const { aborted } = run;
  if (aborted === undefined) return all.then(() => answer);
  // Where the root of a query gives up nothing below it matters, but the order of things stays what it was with a race.
  const isLeft = isRoot || run.operation.operation === 'mutation';
  const first = isLeft ? Promise.race([aborted, all]) : all.then(() => undefined);
  return first.then(() => answer);
}

function allOf(answer: Answer, waiting: readonly string[]): PromiseLike<unknown> {
  const each = waiting.map((key) =>
    (answer[key] as PromiseLike<unknown>).then((value) => {
      answer[key] = value;
    }),
  );
  const [only] = each;
  return each.length === 1 && only !== undefined ? only : Promise.all(each);
}

/** Runs the fields of a mutation, each when the one before it is done. */
export function runSerially(run: Run, { fields, Answer }: Selection, source: unknown): unknown {
  const answer = new Answer();
  let done: Answer | PromiseLike<Answer> = answer;
  for (const field of fields) {
    const next = () => {
      run.throwIfAborted();
      const value = field.run(run, source, undefined);
      if (!isPromise(value)) return write(answer, field.key, value);
      return value.then((resolved) => write(answer, field.key, resolved));
    };
    done = isPromise(done) ? done.then(next) : next();
  }
  return done;
}

function write(answer: Answer, key: string, value: unknown): Answer {
  if (value !== undefined) answer[key] = value;
  return answer;
}
