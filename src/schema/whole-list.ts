import { eachOnce } from '../domain/each-once.ts';
import { type PagedList, readWhole } from '../domain/page.ts';
import { invalidInput } from '../errors.ts';

/** Most rows of one list that are read as a whole. */
export const MAX_WHOLE_LIST = 5_000;

/**
 * All rows of a list, each once by its key: one call for each of its largest pages. `what` names the rows in the error.
 *
 * @throws GatewayError INVALID_INPUT beyond `maxRows`, with `remedy`; any other of the backend's
 */
export async function readWholeList<Row>(
  list: PagedList<Row>,
  keyOf: (row: Row) => string,
  what: string,
  remedy: string,
  maxRows = MAX_WHOLE_LIST,
): Promise<readonly Row[]> {
  const rows = await readWhole(list, maxRows);
  if (rows === undefined) throw invalidInput(`There are more than ${maxRows} ${what}: ${remedy}.`);
  return eachOnce(rows, keyOf);
}
