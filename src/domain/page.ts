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
