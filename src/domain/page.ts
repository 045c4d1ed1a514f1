/** One page of a backend's list. */
export interface Page<Row> {
  /** A hole stands for a row without an id: it takes a place in the list but cannot be shown. */
  readonly rows: readonly (Row | undefined)[];
  /** Rows of the whole list; undefined where the backend does not say. */
  readonly total: number | undefined;
}

/** A list that is read by page number and size. */
export interface PagedList<Row> {
  /** Page sizes the backend takes, ascending. */
  readonly pageSizes: readonly number[];
  /** `pageNumber` starts at 1. */
  readPage(pageNumber: number, pageSize: number): Promise<Page<Row>>;
}

/** Every size from 1 to 100, for backends that take any. */
export const ANY_PAGE_SIZE: readonly number[] = Array.from({ length: 100 }, (_, index) => index + 1);

/**
 * A list of a backend that takes any page size up to 100 as far as is documented, which is not far: one that answers
 * with smaller pages than asked is noticed, and read by the size it has. Without that its page 2 would be taken for
 * what it is not.
 *
 * The sign is a page that is short before the total's end with one as short behind it, or a short page that lies
 * behind the total as it is counted by the size asked for.
 */
export function anySizePages<Row>(readPage: PagedList<Row>['readPage']): PagedList<Row> {
  let largest = Number.POSITIVE_INFINITY;
  const readWanted = async (pageNumber: number, pageSize: number): Promise<Page<Row>> => {
    if (pageSize > largest) return readInParts(readPage, pageNumber, pageSize, largest);
    const page = await readPage(pageNumber, pageSize);
    const size = await observedSize(readPage, page, pageNumber, pageSize);
    if (size === undefined) return page;
    largest = Math.min(largest, size);
    return readWanted(pageNumber, pageSize);
  };
  return { pageSizes: ANY_PAGE_SIZE, readPage: readWanted };
}

/** The page size that a backend seems to have instead of the one asked for; undefined where nothing tells of one. */
async function observedSize<Row>(
  readPage: PagedList<Row>['readPage'],
  { rows, total }: Page<Row>,
  pageNumber: number,
  pageSize: number,
): Promise<number | undefined> {
  const { length } = rows;
  if (length === 0 || length >= pageSize || total === undefined) return undefined;
  const end = (pageNumber - 1) * pageSize + length;
  if (end === total) return undefined;
  if (end > total) {
    if (pageNumber === 1) return undefined;
    const { length: size } = (await readPage(1, pageSize)).rows;
    return size > 0 && size < Math.min(pageSize, total) ? size : undefined;
  }
  const next = await readPage(pageNumber + 1, pageSize);
  const endByOwnSize = pageNumber * length + next.rows.length;
  const isOwnSize = next.rows.length === length || endByOwnSize === total;
  return isOwnSize && next.rows.length > 0 && isLikelySize(length) ? length : undefined;
}

/** Pages that lack a row or two are not pages of a smaller size: sizes are round. */
function isLikelySize(size: number): boolean {
  return size % 5 === 0 || Number.isInteger(Math.log2(size));
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
    if (page.rows.length < size) break;
  }
  return { rows, total };
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
  if (total === undefined) {
    while ((pages.at(-1)?.rows.length ?? 0) >= size) {
      if (pages.length * size >= maxRows) return undefined;
      pages.push(await list.readPage(pages.length + 1, size));
    }
  } else {
    const rest = Array.from({ length: Math.max(0, Math.ceil(total / size) - 1) }, (_, index) => index + 2);
    pages.push(...(await Promise.all(rest.map((pageNumber) => list.readPage(pageNumber, size)))));
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
