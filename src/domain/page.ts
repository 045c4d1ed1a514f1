import { isDeepStrictEqual } from 'node:util';

/** One page of a backend's list. */
export interface Page<Row> {
  /** A hole stands for a row without an id: it takes a place in the list but cannot be shown. */
  readonly rows: readonly (Row | undefined)[];
  /** Rows of the whole list; undefined where the backend does not say. */
  readonly total: number | undefined;
  /** The size of the backend's own pages, of which this one was put together since the one asked for is larger. */
  readonly ownSize?: number | undefined;
}

/** A list that is read by page number and size. */
export interface PagedList<Row> {
  /** The backend, as errors name it; undefined of one that none lists. */
  readonly source?: string | undefined;
  /** Page sizes the backend takes, ascending. */
  readonly pageSizes: readonly number[];
  /** `pageNumber` starts at 1. */
  readPage(pageNumber: number, pageSize: number): Promise<Page<Row>>;
}

/** The rows of several lists together; undefined where one of them does not tell. */
export function sumOfTotals(totals: readonly (number | undefined)[]): number | undefined {
  return totals.reduce(
    (sum, total) => (sum === undefined || total === undefined ? undefined : sum + total),
    0,
  );
}

/** Every size from 1 to 100, for backends that take any. */
export const ANY_PAGE_SIZE: readonly number[] = Array.from({ length: 100 }, (_, index) => index + 1);

/**
 * A list of a backend that takes any page size up to 100 as far as is documented, which is not far: one that answers
 * with smaller pages than asked is noticed, and read by the size it has. Without that its page 2 would be taken for
 * what it is not.
 *
 * The sign is a page that is short before the total's end, and the same as the one of its number by the size that it
 * has; or a short page that lies behind the total as it is counted by the size asked for. Pages that merely lack rows
 * are others by another size.
 */
export function anySizePages<Row>(source: string, readPage: PagedList<Row>['readPage']): PagedList<Row> {
  const pages = new Map<string, Promise<Page<Row>>>();
  // What was read to judge by is wanted next.
  const read: typeof readPage = (pageNumber, pageSize) => {
    const key = `${pageNumber}/${pageSize}`;
    const page = pages.get(key) ?? readPage(pageNumber, pageSize);
    pages.set(key, page);
    return page;
  };
  let largest = Number.POSITIVE_INFINITY;
  /** Pages of that many rows have been seen, or judged to lack some. */
  let proven = 0;
  const readWanted = async (pageNumber: number, pageSize: number): Promise<Page<Row>> => {
    if (pageSize > largest) return readInParts(read, pageNumber, pageSize, largest);
    const page = await read(pageNumber, pageSize);
    if (page.rows.length >= pageSize) proven = Math.max(proven, pageSize);
    if (pageSize <= proven) return page;
    const size = await observedSize(read, page, pageNumber, pageSize);
    if (size === undefined) return page;
    if (size === pageSize) proven = Math.max(proven, pageSize);
    else largest = Math.min(largest, size);
    return readWanted(pageNumber, pageSize);
  };
  return { source, pageSizes: ANY_PAGE_SIZE, readPage: readWanted };
}

/** The page size that a backend seems to have, be it the one asked for; undefined where nothing tells. */
async function observedSize<Row>(
  readPage: PagedList<Row>['readPage'],
  page: Page<Row>,
  pageNumber: number,
  pageSize: number,
): Promise<number | undefined> {
  const { rows, total } = page;
  const { length } = rows;
  const end = (pageNumber - 1) * pageSize + length;
  if (length === 0 || total === undefined || end === total) return undefined;
  if (end > total) {
    if (pageNumber === 1) return undefined;
    const { length: size } = (await readPage(1, pageSize)).rows;
    return size > 0 && size < Math.min(pageSize, total) ? size : undefined;
  }
  if (pageNumber > 1) return isSame(page, await readPage(pageNumber, length)) ? length : pageSize;
  // The first page begins with the same row by any size.
  const next = await readPage(2, pageSize);
  if (next.rows.length !== Math.min(length, total - length)) return pageSize;
  return isSame(next, await readPage(2, length)) ? length : pageSize;
}

function isSame<Row>(one: Page<Row>, other: Page<Row>): boolean {
  return isDeepStrictEqual(one.rows, other.rows);
}

/** One page as asked for, put together from the pages of a smaller size. */
async function readInParts<Row>(
  readPage: PagedList<Row>['readPage'],
  pageNumber: number,
  pageSize: number,
  size: number,
): Promise<Page<Row>> {
  const start = (pageNumber - 1) * pageSize;
  const end = start + pageSize;
  const rows: (Row | undefined)[] = [];
  let total: number | undefined;
  for (let part = Math.floor(start / size); part * size < end; part++) {
    const page = await readPage(part + 1, size);
    total = page.total;
    rows.push(...page.rows.slice(Math.max(0, start - part * size), end - part * size));
    const isLast = total === undefined || part * size + page.rows.length >= total;
    if (page.rows.length < size && (isLast || page.rows.length === 0)) break;
    // Rows that are missing take their places.
    while (rows.length < Math.min(end, (part + 1) * size) - start) rows.push(undefined);
  }
  return { rows, total, ownSize: size };
}

/**
 * All rows of a list, in its own order, by its largest pages; undefined where it has more than `maxRows`. The pages
 * behind the first are read at once where it tells the total, one after the other where it does not, or tells one that
 * it disproves itself.
 */
export async function readWhole<Row>(
  list: PagedList<Row>,
  maxRows: number,
): Promise<readonly Row[] | undefined> {
  const size = list.pageSizes.at(-1) ?? 100;
  const first = await list.readPage(1, size);
  const pages = [first];
  const total = first.total !== undefined && first.total >= first.rows.length ? first.total : undefined;
  if ((total ?? first.rows.length) > maxRows) return undefined;
  const told = Math.ceil((total ?? 0) / size);
  const rest = Array.from({ length: Math.max(0, told - 1) }, (_, index) => index + 2);
  pages.push(...(await Promise.all(rest.map((pageNumber) => list.readPage(pageNumber, size)))));
  // What is full beyond the total shows that it is no end.
  while (pages.length * size > (total ?? 0) && (pages.at(-1)?.rows.length ?? 0) >= size) {
    if (pages.length * size >= maxRows) return undefined;
    pages.push(await list.readPage(pages.length + 1, size));
  }
  return rowsIn(pages);
}

function rowsIn<Row>(pages: readonly Page<Row>[]): readonly Row[] {
  const whole: Row[] = [];
  for (const { rows } of pages) {
    for (const row of rows) if (row !== undefined) whole.push(row);
  }
  return whole;
}
