import { anySizePages, type PagedList } from '../../domain/page.ts';
import { GatewayError } from '../../errors.ts';
import type { BackendLink } from '../backend.ts';

const PAGE_SIZE = 100;
/** Pages of one list that are looked through. */
const MAX_PAGES = 20;

/**
 * The rows of a list that is sorted by creation time, the newest first, down to those made before a create began: one
 * call for each 100.
 *
 * @param isOld whether a row was made before then
 * @throws GatewayError UNEXPECTED_REFUSAL beyond 2,000 rows, and any other of the reads
 */
export async function readNewest<Row>(
  link: BackendLink,
  readPage: PagedList<Row>['readPage'],
  isOld: (row: Row) => boolean,
): Promise<readonly Row[]> {
  const pages = anySizePages(link.source, readPage);
  const found: Row[] = [];
  let seen = 0;
  for (let pageNumber = 1; pageNumber <= MAX_PAGES; pageNumber++) {
    const { rows, total } = await pages.readPage(pageNumber, PAGE_SIZE);
    seen += rows.length;
    found.push(...rows.filter((row) => row !== undefined));
    const last = rows.findLast((row) => row !== undefined);
    const isThrough = total === undefined ? rows.length < PAGE_SIZE : seen >= total;
    if (rows.length === 0 || isThrough || (last !== undefined && isOld(last))) return found;
  }
  const message = `More than ${MAX_PAGES * PAGE_SIZE} rows are like the one looked for.`;
  throw new GatewayError('UNEXPECTED_REFUSAL', message, { source: link.source });
}
