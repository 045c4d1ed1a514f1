import type { Path } from 'graphql/jsutils/Path.js';
import type { PlainType } from './leaves.ts';
import { NO_ITEM } from './resolve-info.ts';
import { isPromise, type Run } from './run.ts';

/** A field of a compiled selection. */
export interface CompiledField {
  /** Its name in the answer. */
  readonly key: string;
  /** The property of the object that it is made from; undefined for one that has a resolver. */
  readonly property: string | undefined;
  /** What `typeof` says of values of the property that are answered as they are; `never` where it does not tell. */
  readonly plainType: PlainType;
  /**
   * Its completed value, or a promise of it; undefined where the answer has no such key.
   *
   * @param parent the place of the object, or of the list that it is an item of; undefined for the root
   * @param index the object's in that list, or NO_ITEM
   * @param property the value of the property
   * @throws unknown why it has none, for {@link fail}
   */
  readonly complete: (
    run: Run,
    source: unknown,
    parent: Path | undefined,
    index: number,
    property: unknown,
  ) => unknown;
  /** What it answers instead. @throws GraphQLError with its place, for the object to pass on */
  readonly fail: (run: Run, parent: Path | undefined, index: number, thrown: unknown) => unknown;
}

type Answer = Record<string, unknown>;

/** What is asked of objects of one type. */
export interface Selection {
  readonly fields: readonly CompiledField[];
  /** Makes an empty answer. */
  readonly Answer: new () => Answer;
}

/** All answers are instances of it, so that they can be told from promises at a glance. */
function AnyAnswer() {}
// Nothing is inherited, so `constructor` and the like are keys as any other.
AnyAnswer.prototype = Object.create(null);

/**
 * A selection whose answers all have one hidden class, which an object without a prototype never has: written and
 * printed in half the time.
 */
export function selectionOf(fields: readonly CompiledField[]): Selection {
  const Answer = function Answer() {} as unknown as new () => Answer;
  Answer.prototype = AnyAnswer.prototype;
  return { fields, Answer };
}

/** Whether what was completed is still to be waited for. */
export function isPending(completed: unknown): completed is PromiseLike<unknown> {
  return typeof completed === 'object' && !(completed instanceof AnyAnswer) && isPromise(completed);
}

/** Runs the fields of an object that is none of the root's, or those of the root of a query. */
export function runFields(
  run: Run,
  { fields, Answer }: Selection,
  source: unknown,
  parent: Path | undefined,
  index: number,
): Answer | PromiseLike<Answer> {
  const answer = new Answer();
  let waiting: string[] | undefined;
  try {
    for (const field of fields) {
      run.throwIfAborted();
      const value = runField(run, field, source, parent, index);
      if (value === undefined) continue;
      answer[field.key] = value;
      if (isPending(value)) {
        if (waiting === undefined) waiting = [field.key];
        else waiting.push(field.key);
      }
    }
  } catch (error) {
    if (waiting === undefined || run.isAborted) throw error;
    return failLater(answer, waiting, error);
  }
  return waiting === undefined ? answer : settled(run, answer, waiting, parent === undefined);
}

function runField(
  run: Run,
  field: CompiledField,
  source: unknown,
  parent: Path | undefined,
  index: number,
): unknown {
  try {
    const property = field.property === undefined ? undefined : propertyOf(source, field.property);
    // What most leaves hold is what they answer.
    if (typeof property === field.plainType) return property;
    return field.complete(run, source, parent, index, property);
  } catch (thrown) {
    return field.fail(run, parent, index, thrown);
  }
}

function propertyOf(source: unknown, name: string): unknown {
  const isHolder = (typeof source === 'object' && source !== null) || typeof source === 'function';
  return isHolder ? (source as Readonly<Record<string, unknown>>)[name] : undefined;
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
      const value = runField(run, field, source, undefined, NO_ITEM);
      if (!isPending(value)) return write(answer, field.key, value);
      return value.then((resolved) => write(answer, field.key, resolved));
    };
    done = isPending(done) ? done.then(next) : next();
  }
  return done;
}

function write(answer: Answer, key: string, value: unknown): Answer {
  if (value !== undefined) answer[key] = value;
  return answer;
}
