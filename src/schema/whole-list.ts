import { type PagedList, readWhole } from '../domain/page.ts';
import { invalidInput } from '../errors.ts';

/** Most rows of one list that are read as a whole. */
const MAX_ROWS = 5_000;

/**
 * All rows of a list: one call for each of its largest pages, at most 50. `what` names the rows in the error.
 *
 * @throws GatewayError INVALID_INPUT beyond 5,000 rows, with `remedy`; any other of the backend's
 */
export async function readWholeList<Row>(
  list: PagedList<Row>,
  what: string,
  remedy: string,
): Promise<readonly Row[]> {
  const rows = await readWhole(list, MAX_ROWS);
  if (rows === undefined) throw invalidInput(`There are more than ${MAX_ROWS} ${what}: ${remedy}.`);
  return rows;
}
