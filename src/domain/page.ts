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
  return pages.flatMap(({ rows }) => rows.filter((row) => row !== undefined));
}
