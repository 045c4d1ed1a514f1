import type { Arguments, Parameter } from '../parameters.ts';

const MAX_PAGE_SIZE = 100;

/** Order and page of a list; the largest page is not documented. */
export const PAGE_PARAMETERS: readonly Parameter[] = [
  { name: 'Order', in: 'query', type: 'text', oneOf: ['ASC', 'DESC'] },
  { name: 'PageNumber', in: 'query', type: 'int32', min: 1 },
  { name: 'PageSize', in: 'query', type: 'int32', min: 1, max: MAX_PAGE_SIZE },
];

/** Oldest first unless DESC is asked for; equal times stay in order of creation. */
export function sortedByTime<Item>(
  items: readonly Item[],
  timeOf: (item: Item) => string,
  args: Arguments,
): readonly Item[] {
  const direction = args.text('Order') === 'DESC' ? -1 : 1;
  return items.toSorted((a, b) => direction * (Date.parse(timeOf(a)) - Date.parse(timeOf(b))));
}

export function pageOf<Item>(items: readonly Item[], args: Arguments, defaultSize = 10): readonly Item[] {
  const size = args.int32('PageSize') ?? defaultSize;
  const start = (Number(args.int64('PageNumber') ?? 1) - 1) * size;
  return items.slice(start, start + size);
}
