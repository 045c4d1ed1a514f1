import { eachOnce } from '../../domain/each-once.ts';
import { type Page, readWhole } from '../../domain/page.ts';
import { invalidInput } from '../../errors.ts';
import { PAGE_SIZES } from './polardb.ts';

/** Most rows of one list that are read as a whole. */
const MAX_ROWS = 5_000;

/**
 * All rows of a list, in its own order and each once by its key: one call for each 100 rows, at most 50.
 *
 * @param tooLong what to tell where the list has more than 5,000 rows: why, and what to name instead
 * @throws GatewayError INVALID_INPUT beyond the bound; any other of the reads
 */
export async function readWholeList<Row>(
  readPage: (pageNumber: number, pageSize: number) => Promise<Page<Row>>,
  keyOf: (row: Row) => string,
  tooLong: string,
): Promise<readonly Row[]> {
  const rows = await readWhole({ pageSizes: PAGE_SIZES, readPage }, MAX_ROWS);
  if (rows === undefined) throw invalidInput(tooLong);
  return eachOnce(rows, keyOf);
}
