import { eachOnce } from '../../domain/each-once.ts';
import type { PagedList } from '../../domain/page.ts';
import { type GatewayError, invalidInput } from '../../errors.ts';
import type { CompareMarks, KeysetMark, MarkedRow } from './merge.ts';
import type { Split } from './position.ts';
import type { CatalogRow } from './source-registry.ts';

/*
 * A source that is too long to be read whole but sorts by creation time itself: only the stretch of it that a page can
 * need is read. Rows of one instant come in the backend's order, not in the catalogue's, so a stretch never ends within
 * an instant. Where rows without a time stand in such a list is not documented: a stretch that meets one fails.
 */

/** What {@link readStretch} is asked. */
export interface StretchRequest {
  /** Sorted by creation time, in the direction of `compare`. */
  readonly list: PagedList<CatalogRow>;
  readonly compare: CompareMarks;
  readonly markOf: (row: CatalogRow) => KeysetMark;
  /** Where the page begins. */
  readonly split: Split<KeysetMark>;
  readonly isBackward: boolean;
  /** Rows of the page. */
  readonly size: number;
}

/**
 * Rows around a split, sorted as the catalogue sorts: more than a page on the side where the page lies, and at least
 * one on the other, as far as there are any, each once. About log2(pages) calls find the place.
 *
 * @param spare how many more on both sides, for so many stand in the stretch again
 * @throws GatewayError INVALID_INPUT where a row has no time to be sorted by, and any of the backend's
 */
export async function readStretch(request: StretchRequest, spare = 0): Promise<readonly MarkedRow[]> {
  const rows = new SortedRows(request);
  const total = await rows.total();
  const [start, end] = await rows.instantOf(request.split, total);
  const [before, behind] = request.isBackward ? [request.size + 1, 1] : [1, request.size + 1];
  const low = await rows.edgeOfInstant(Math.max(0, start - before - spare), 'start', total);
  const high = await rows.edgeOfInstant(Math.min(total, end + behind + spare) - 1, 'end', total);
  const stretch: MarkedRow[] = [];
  for (let offset = low; offset <= high; offset++) stretch.push(await rows.at(offset));
  const distinct = eachOnce(stretch, ({ mark: [, , key] }) => key);
  const repeated = stretch.length - distinct.length;
  if (repeated > spare) return readStretch(request, repeated);
  return distinct.toSorted((a, b) => request.compare(a.mark, b.mark));
}

function notSorted(): GatewayError {
  return invalidInput(
    'The source is too long to be read whole and cannot be sorted by time: order by SOURCE, or leave this source out.',
  );
}

class SortedRows {
  readonly #request: StretchRequest;
  readonly #size: number;

  constructor(request: StretchRequest) {
    this.#request = request;
    this.#size = request.list.pageSizes.at(-1) ?? 100;
  }

  async total(): Promise<number> {
    const { total } = await this.#request.list.readPage(1, this.#size);
    if (total === undefined) throw notSorted();
    return total;
  }

  async at(offset: number): Promise<MarkedRow> {
    const { rows } = await this.#request.list.readPage(Math.floor(offset / this.#size) + 1, this.#size);
    const row = rows[offset % this.#size];
    if (row?.createdAt === undefined) throw notSorted();
    return { row, mark: this.#request.markOf(row) };
  }

  /** The stretch [start, end) of rows of the split's instant: empty, between two rows, where there are none. */
  async instantOf(split: Split<KeysetMark>, total: number): Promise<readonly [start: number, end: number]> {
    if (split === 'none') return [0, 0];
    if (split === 'all') return [total, total];
    const [instant] = split.mark;
    return [await this.#firstBehind(instant, total, false), await this.#firstBehind(instant, total, true)];
  }

  /** The offset of the first or last row of the instant that the row at `offset` has. */
  async edgeOfInstant(offset: number, edge: 'start' | 'end', total: number): Promise<number> {
    if (offset < 0 || offset >= total) return offset;
    const [instant] = (await this.at(offset)).mark;
    return edge === 'start'
      ? this.#firstBehind(instant, total, false)
      : (await this.#firstBehind(instant, total, true)) - 1;
  }

  /** The first offset whose instant lies behind `instant` in the list's order, or at it unless `isStrict`. */
  async #firstBehind(instant: KeysetMark[0], total: number, isStrict: boolean): Promise<number> {
    let [low, high] = [0, total];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compareInstants((await this.at(middle)).mark[0], instant);
      if (isStrict ? order > 0 : order >= 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #compareInstants(a: KeysetMark[0], b: KeysetMark[0]): number {
    return this.#request.compare([a, 0, ''], [b, 0, '']);
  }
}
