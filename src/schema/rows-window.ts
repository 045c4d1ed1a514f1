import type { PaidAsOnce } from '../cost/statement.ts';
import { type Eventually, whenThere } from './eventually.ts';
import { type Encode, type ListPage, partGone, WindowEdge, type WindowRequest } from './window.ts';

/** What stands in the cursors of a list that is the only one. */
const ONLY_SEGMENT = '';

/** Reads all rows of a list; the calls it takes are paid as what is read once. @throws GatewayError */
export type ReadRows<Row> = () => Eventually<readonly Row[]>;

/**
 * A window on rows that are there all at once or not at all, as those of a join. Nothing is read until asked, and what
 * is there is told without a turn: such lists stand in every row of another one.
 */
export class RowsWindow<Row> implements ListPage<Row>, PaidAsOnce {
  readonly isPaidAsOnce = true;
  readonly #readRows: ReadRows<Row>;
  readonly #request: WindowRequest;
  readonly #encode: Encode;
  #rows: Eventually<readonly Row[]> | undefined;

  constructor(readRows: ReadRows<Row>, request: WindowRequest, encode: Encode) {
    this.#readRows = readRows;
    this.#request = request;
    this.#encode = encode;
  }

  edges() {
    return whenThere(this.#open(), (rows) => {
      const start = this.#startIn(rows);
      return this.#cut(rows).map(
        (row, index) => new WindowEdge(ONLY_SEGMENT, { offset: start + index }, row, this.#encode),
      );
    });
  }

  nodes<Node>(nodeOf: (row: Row) => Node) {
    return whenThere(this.#open(), (rows) => this.#cut(rows).map((row) => nodeOf(row)));
  }

  hasNextPage() {
    const { isBackward, position } = this.#request;
    return whenThere(this.#open(), (rows) => {
      const end = isBackward ? position?.offset : this.#endIn(rows);
      return end !== undefined && end < rows.length;
    });
  }

  hasPreviousPage() {
    const { isBackward, position } = this.#request;
    if (!isBackward && position === undefined) return false;
    return whenThere(this.#open(), (rows) => rows.length > 0 && this.#startIn(rows) > 0);
  }

  totalCount() {
    return whenThere(this.#read(), ({ length }) => length);
  }

  /** @throws GatewayError INVALID_INPUT for a cursor that no row of the list can have */
  #open(): Eventually<readonly Row[]> {
    const { position } = this.#request;
    if (position !== undefined && position.segment !== ONLY_SEGMENT) throw partGone(position);
    return this.#read();
  }

  #read(): Eventually<readonly Row[]> {
    this.#rows ??= this.#readRows();
    return this.#rows;
  }

  #cut(rows: readonly Row[]): readonly Row[] {
    return rows.slice(this.#startIn(rows), this.#endIn(rows));
  }

  #startIn(rows: readonly Row[]): number {
    const { isBackward, size, position } = this.#request;
    if (isBackward) return Math.max(0, this.#endIn(rows) - size);
    return position === undefined ? 0 : position.offset + 1;
  }

  #endIn(rows: readonly Row[]): number {
    const { isBackward, size, position } = this.#request;
    if (isBackward) return Math.min(position?.offset ?? rows.length, rows.length);
    return this.#startIn(rows) + size;
  }
}
