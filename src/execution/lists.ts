import type { Path } from 'graphql/jsutils/Path.js';
import type { Complete } from './complete.ts';
import { failItem, faultOf } from './field-errors.ts';
import { isPending } from './objects.ts';
import type { ResolveInfo } from './resolve-info.ts';
import { ignore, isPromise } from './run.ts';

/** A list as a type of a field, or of the items of another. */
export interface ListPlan {
  readonly completeItem: Complete;
  readonly isItemNullable: boolean;
}

interface Place {
  readonly list: ListPlan;
  readonly info: ResolveInfo;
  readonly path: Path;
}

/** Completes what a resolver gave for a list at `path`. */
export function completeList(list: ListPlan, info: ResolveInfo, path: Path, value: unknown): unknown {
  const place = { list, info, path };
  if (isAsyncIterable(value)) return completeAsync(place, value[Symbol.asyncIterator]());
  if (!isIterable(value)) {
    throw faultOf(`Expected Iterable, but did not find one for field "${info.plan.title}".`);
  }
  const items: unknown[] = [];
  let isWaiting = false;
  try {
    for (const item of value) {
      const completed = completeItem(place, items.length, item);
      if (isPending(completed)) isWaiting = true;
      items.push(completed);
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
  const { list, info, path } = place;
  try {
    const completedItem = isPromise(item)
      ? item.then((resolved) => list.completeItem(info, path, index, resolved))
      : list.completeItem(info, path, index, item);
    if (!isPending(completedItem)) return completedItem;
    return completedItem.then(undefined, (thrown: unknown) => fail(place, index, thrown));
  } catch (thrown) {
    return fail(place, index, thrown);
  }
}

function fail({ info, list, path }: Place, index: number, thrown: unknown): null {
  return failItem(info, path, index, list.isItemNullable, thrown);
}

async function completeAsync(place: Place, iterator: AsyncIterator<unknown>): Promise<unknown[]> {
  const { run } = place.info;
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
