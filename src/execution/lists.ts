import type { Path } from 'graphql/jsutils/Path.js';
import type { Completer } from './complete.ts';
import { failItem, faultOf } from './field-errors.ts';
import type { FieldPlan } from './field-plan.ts';
import { ignore, isPromise, type Run } from './run.ts';

/** A list as a type of a field, or of the items of another. */
export interface ListPlan {
  readonly plan: FieldPlan;
  readonly item: Completer;
  readonly isItemNullable: boolean;
}

interface Place {
  readonly run: Run;
  readonly list: ListPlan;
  readonly fieldPath: Path;
  readonly path: Path;
}

/** Completes what a resolver gave for a list. */
export function completeList(run: Run, list: ListPlan, fieldPath: Path, path: Path, value: unknown): unknown {
  const place = { run, list, fieldPath, path };
  if (isAsyncIterable(value)) return completeAsync(place, value[Symbol.asyncIterator]());
  if (!isIterable(value)) {
    throw faultOf(`Expected Iterable, but did not find one for field "${list.plan.title}".`);
  }
  const items: unknown[] = [];
  let isWaiting = false;
  let index = 0;
  try {
    for (const item of value) {
      const completed = completeItem(place, index, item);
      if (isPromise(completed)) isWaiting = true;
      items.push(completed);
      index += 1;
    }
  } catch (thrown) {
    // The list is lost, and nobody waits for its other items: one that rejects must not end the process.
    items.forEach(ignore);
    if (Array.isArray(value)) value.forEach(ignore);
    throw thrown;
  }
  return isWaiting ? Promise.all(items) : items;
}

function completeItem(place: Place, index: number, item: unknown): unknown {
  const { run, list, fieldPath, path } = place;
  const { isLeaf, complete } = list.item;
  try {
    const itemPath = isLeaf ? path : { prev: path, key: index, typename: undefined };
    const completedItem = isPromise(item)
      ? item.then((resolved) => complete(run, fieldPath, itemPath, resolved))
      : complete(run, fieldPath, itemPath, item);
    if (!isPromise(completedItem)) return completedItem;
    return completedItem.then(undefined, (thrown: unknown) => fail(place, index, thrown));
  } catch (thrown) {
    return fail(place, index, thrown);
  }
}

function fail({ run, list, path }: Place, index: number, thrown: unknown): null {
  return failItem(run, list.plan, path, index, list.isItemNullable, thrown);
}

async function completeAsync(place: Place, iterator: AsyncIterator<unknown>): Promise<unknown[]> {
  const { run } = place;
  run.throwIfAborted();
  run.aborted?.catch(() => void iterator.return?.());
  const items: unknown[] = [];
  try {
    for (let index = 0; ; index += 1) {
      let next: IteratorResult<unknown>;
      try {
        next = await iterator.next();
      } catch (thrown) {
        items.push(fail(place, index, thrown));
        break;
      }
      if (next.done === true) break;
      items.push(completeItem(place, index, next.value));
    }
  } catch (thrown) {
    items.forEach(ignore);
    throw thrown;
  }
  return items.some(isPromise) ? Promise.all(items) : items;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function'
  );
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (value as { [Symbol.asyncIterator]?: unknown } | null)?.[Symbol.asyncIterator] != null;
}
