import type { Context } from '../../context.ts';
import { payOnce } from '../../cost/ledger.ts';
import { type PagedList, sumOfTotals } from '../../domain/page.ts';
import { GatewayError } from '../../errors.ts';
import { readWholeList } from '../whole-list.ts';
import type { Segment } from '../window.ts';
import { inTurn } from './in-turn.ts';
import {
  compareMarks,
  isKeysetMark,
  type KeysetMark,
  type MarkedRow,
  mergeBegin,
  mergePage,
  type PlacedRow,
} from './merge.ts';
import { type CatalogCursors, type CatalogPosition, catalogCursors } from './position.ts';
import { isOffsetMark, type OffsetMark, SequencePart, walkSequence } from './sequence.ts';
import { readStretch } from './sorted-source.ts';
import type { CatalogPart, CatalogRow } from './source-registry.ts';

/** What is asked of the catalogue, already checked. */
export interface CatalogRequest {
  readonly parts: readonly CatalogPart[];
  /** Substring of the name, without regard to letter case. */
  readonly text: string | undefined;
  /** The vendor, without regard to letter case. */
  readonly vendor: string | undefined;
  readonly field: 'SOURCE' | 'NAME' | 'CREATED_AT';
  /** Rows up to which a source is read whole. */
  readonly maxSnapshotRows: number;
  readonly direction: 'ASC' | 'DESC';
  readonly isBackward: boolean;
  readonly size: number;
  /** Where to begin behind, or to end in front of, and the argument that says so. */
  readonly cursor: { readonly text: string; readonly argument: string } | undefined;
}

/** A row with its cursor. */
export interface CatalogEdge {
  readonly cursor: string;
  readonly node: CatalogRow;
}

/** How a source took part. */
export interface CatalogSourceResult {
  readonly source: string;
  readonly totalCount: number | undefined;
  readonly error: GatewayError | undefined;
}

interface PageFacts {
  readonly edges: readonly CatalogEdge[];
  /** Sources whose rows it has. */
  readonly shown: ReadonlySet<number>;
  /** Usable even where the page has no rows. */
  readonly endCursor: string | undefined;
  readonly errors: ReadonlyMap<number, GatewayError>;
  readonly hasNext: () => Promise<boolean>;
  readonly hasPrevious: () => Promise<boolean>;
}

/** A page of the catalogue, in Relay's terms. Reads nothing until a field asks for it. */
export class CatalogPage {
  readonly #request: CatalogRequest;
  readonly #context: Context;
  readonly #page: () => Promise<PageFacts>;
  readonly #sequence: readonly SequencePart[];
  #facts: Promise<PageFacts> | undefined;
  readonly #failedSources = new Set<number>();

  /** @throws GatewayError INVALID_INPUT for a cursor that is not of this catalogue */
  constructor(request: CatalogRequest, context: Context) {
    this.#request = request;
    this.#context = context;
    this.#sequence = request.parts.map((part) => new SequencePart(() => this.#open(part)));
    const { parts, text, vendor, field, direction } = request;
    const identity = [
      'catalog',
      context.region,
      parts.map(({ source }) => source),
      text,
      vendor,
      field,
      direction,
    ];
    this.#page =
      field === 'SOURCE'
        ? this.#sequencePage(catalogCursors(identity, parts.length, isOffsetMark))
        : this.#mergedPage(catalogCursors(identity, parts.length, isKeysetMark), field);
  }

  async edges(): Promise<readonly CatalogEdge[]> {
    return (await this.#read()).edges;
  }

  async endCursor(): Promise<string | undefined> {
    return (await this.#read()).endCursor;
  }

  async hasNextPage(): Promise<boolean> {
    return (await this.#read()).hasNext();
  }

  async hasPreviousPage(): Promise<boolean> {
    if (!this.#request.isBackward && this.#request.cursor === undefined) return false;
    return (await this.#read()).hasPrevious();
  }

  /** Over the sources that answered; undefined where one of them does not tell, or failed behind rows that the page has. */
  async totalCount(): Promise<number | undefined> {
    const sources = await this.sources();
    const shown = (await this.#facts)?.shown;
    const answered = sources.filter(({ error }, index) => error === undefined || shown?.has(index));
    return sumOfTotals(answered.map(({ totalCount }) => totalCount));
  }

  /** Each source's count, or why rows of it are missing. */
  async sources(): Promise<readonly CatalogSourceResult[]> {
    // Sibling fields are resolved in this same tick: a page they ask for brings totals and errors along.
    await Promise.resolve();
    const { parts, field } = this.#request;
    // By NAME and CREATED_AT it has all sources read at once, and what it has read is counted.
    let page = field === 'SOURCE' ? undefined : await this.#facts;
    let totals: readonly (number | GatewayError | undefined)[] = [];
    const readPage = async () => {
      page = await this.#facts;
    };
    const count = async () => {
      totals = await Promise.all(parts.map((_part, index) => page?.errors.get(index) ?? this.#total(index)));
    };
    await inTurn([readPage, count], () => false, this.#turnMs());
    return parts.map(({ source }, index) => {
      const total = page?.errors.get(index) ?? totals[index];
      if (!(total instanceof GatewayError)) return { source, totalCount: total, error: undefined };
      return { source, totalCount: undefined, error: this.#failed(index, total) };
    });
  }

  async #total(index: number): Promise<number | GatewayError | undefined> {
    try {
      return await this.#sequence[index]?.total();
    } catch (error) {
      return asGatewayError(error);
    }
  }

  /** Half of what a source has: of its own deadline, or of the time left to the request where that is less. */
  #turnMs(): number {
    const { upstreamTimeoutMs, patience, monotonicMs } = this.#context;
    return Math.max(0, Math.min(upstreamTimeoutMs, patience.until - monotonicMs())) / 2;
  }

  #read(): Promise<PageFacts> {
    this.#facts ??= this.#page().then((facts) => {
      for (const [index, error] of facts.errors) this.#failed(index, error);
      return facts;
    });
    return this.#facts;
  }

  /** Notes once that a source is missing, whether or not the client asks which are. */
  #failed(index: number, error: GatewayError): GatewayError {
    if (!this.#failedSources.has(index)) this.#context.record.told(error.code, 'part');
    this.#failedSources.add(index);
    return error;
  }

  get #isFiltered(): boolean {
    return this.#request.text !== undefined || this.#request.vendor !== undefined;
  }

  /** The lists of a source; where a filter or an order is judged here, its whole rows as one list in memory. */
  async #open(part: CatalogPart): Promise<readonly Segment<CatalogRow>[]> {
    if (!this.#isFiltered && this.#request.field === 'SOURCE') {
      return this.#inTime(part, part.lists(this.#context));
    }
    const rows = await this.#rowsOrSorted(part);
    return [{ key: '', list: 'readPage' in rows ? rows : listOf(rows) }];
  }

  /** Its whole rows; of a source too long for that, its list as its backend sorts it, where it does. */
  async #rowsOrSorted(part: CatalogPart): Promise<readonly CatalogRow[] | PagedList<CatalogRow>> {
    try {
      return await this.#wholeRows(part);
    } catch (error) {
      const sorted = this.#sortedList(part);
      if (sorted === undefined || !(error instanceof GatewayError) || error.kind !== 'INVALID_INPUT')
        throw error;
      return sorted;
    }
  }

  /** The source as its backend sorts it, where it sorts by what is asked; by its largest pages only. */
  #sortedList(part: CatalogPart): PagedList<CatalogRow> | undefined {
    const { field, direction } = this.#request;
    if (field !== 'CREATED_AT' || this.#isFiltered) return undefined;
    const list = part.byCreation?.(this.#context, direction);
    return list === undefined ? undefined : { ...list, pageSizes: list.pageSizes.slice(-1) };
  }

  async #wholeRows(part: CatalogPart): Promise<readonly CatalogRow[]> {
    const load = async () => {
      const lists = await part.lists(this.#context);
      const remedy = 'order by SOURCE without text and vendor, or leave this source out';
      const whole = await payOnce(part.cost?.whole.what ?? '', () =>
        Promise.all(
          lists.map(({ list }) =>
            readWholeList(list, part.keyOf, part.rows, remedy, this.#request.maxSnapshotRows),
          ),
        ),
      );
      return whole.flat();
    };
    const { account } = this.#context.identity;
    const key = { account, source: part.source, filter: '' };
    const rows = await this.#inTime(part, this.#context.snapshots.read(key, load));
    return this.#isFiltered ? rows.filter((row) => this.#passes(row)) : rows;
  }

  #passes(row: CatalogRow): boolean {
    const { text, vendor } = this.#request;
    const holds = text === undefined || row.name.toLowerCase().includes(text.toLowerCase());
    return holds && (vendor === undefined || row.vendor?.toLowerCase() === vendor.toLowerCase());
  }

  /** Its own deadline for each source, however many calls its rows take. */
  async #inTime<T>(part: CatalogPart, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const message = 'The source did not answer in time.';
        reject(new GatewayError('TIMEOUT', message, { source: part.source }));
      }, this.#context.upstreamTimeoutMs);
    });
    try {
      return await Promise.race([work, overdue]);
    } finally {
      clearTimeout(timer);
    }
  }

  #sequencePage(cursors: CatalogCursors<OffsetMark>): () => Promise<PageFacts> {
    const { cursor, direction, isBackward, size } = this.#request;
    const from = cursor === undefined ? undefined : cursors.decode(cursor.text, cursor.argument);
    // Descending is the same sequence walked from its end.
    const isUp = isBackward === (direction === 'DESC');
    return async () => {
      const page = await walkSequence(this.#sequence, { from, isUp, size, turnMs: () => this.#turnMs() });
      const back = () => this.#hasBehind(from, isUp);
      return {
        edges: toEdges(isBackward ? page.rows.toReversed() : page.rows, cursors),
        shown: sourcesOf(page.rows),
        endCursor: cursors.encode((isBackward ? page.rows[0] : page.rows.at(-1))?.position ?? page.end),
        errors: page.errors,
        hasNext: isBackward ? back : page.hasMore,
        hasPrevious: isBackward ? page.hasMore : back,
      };
    };
  }

  /** Whether rows stand on the other side of where the walk began. */
  async #hasBehind(from: CatalogPosition<OffsetMark> | undefined, isUp: boolean): Promise<boolean> {
    if (from === undefined) return false;
    // The cursor's own row stands in front of an upward walk, and is passed over by a downward one.
    if (from.own >= 0) return true;
    const walk = { from, isUp: !isUp, size: 1, turnMs: () => this.#turnMs() };
    const page = await walkSequence(this.#sequence, walk);
    return page.rows.length > 0;
  }

  #mergedPage(cursors: CatalogCursors<KeysetMark>, field: 'NAME' | 'CREATED_AT'): () => Promise<PageFacts> {
    const { cursor, direction, isBackward, size, parts } = this.#request;
    const position = cursor === undefined ? undefined : cursors.decode(cursor.text, cursor.argument);
    const compare = compareMarks(direction);
    return async () => {
      const errors = new Map<number, GatewayError>();
      const sources = await Promise.all(
        parts.map(async (part, index): Promise<readonly MarkedRow[] | undefined> => {
          try {
            const markOf = (row: CatalogRow) => [sortValue(row, field), index, part.keyOf(row)] as const;
            const rows = await this.#rowsOrSorted(part);
            if ('readPage' in rows) {
              const split = mergeBegin(position, isBackward)(index);
              return await this.#inTime(
                part,
                readStretch({ list: rows, compare, markOf, split, isBackward, size }),
              );
            }
            return sortedOnce(rows, `${field} ${direction} ${index}`, () =>
              rows.map((row) => ({ row, mark: markOf(row) })).sort((a, b) => compare(a.mark, b.mark)),
            );
          } catch (error) {
            errors.set(index, asGatewayError(error));
            return undefined;
          }
        }),
      );
      const page = mergePage({ sources, compare, position, isBackward, size });
      const rest: CatalogPosition<KeysetMark> = position ?? {
        own: -1,
        splits: parts.map(() => (isBackward ? 'all' : 'none')),
      };
      return {
        edges: toEdges(page.rows, cursors),
        shown: sourcesOf(page.rows),
        endCursor: cursors.encode(page.rows.at(-1)?.position ?? rest),
        errors,
        hasNext: async () => page.hasNext,
        hasPrevious: async () => page.hasPrevious,
      };
    };
  }
}

const sortings = new WeakMap<readonly CatalogRow[], Map<string, readonly MarkedRow[]>>();

/** A snapshot is sorted once for each order, not once for each page; its sortings go when it goes. */
function sortedOnce(
  rows: readonly CatalogRow[],
  order: string,
  sort: () => readonly MarkedRow[],
): readonly MarkedRow[] {
  const known = sortings.get(rows) ?? new Map<string, readonly MarkedRow[]>();
  sortings.set(rows, known);
  const sorted = known.get(order) ?? sort();
  known.set(order, sorted);
  return sorted;
}

function toEdges<Mark>(
  rows: readonly PlacedRow<Mark>[],
  cursors: CatalogCursors<Mark>,
): readonly CatalogEdge[] {
  return rows.map(({ row, position }) => ({ cursor: cursors.encode(position), node: row }));
}

function sourcesOf(rows: readonly PlacedRow<unknown>[]): ReadonlySet<number> {
  return new Set(rows.map(({ position }) => position.own));
}

function sortValue(row: CatalogRow, field: 'NAME' | 'CREATED_AT'): KeysetMark[0] {
  return field === 'NAME' ? row.name : (row.createdAt ?? null);
}

function listOf(rows: readonly CatalogRow[]) {
  return {
    pageSizes: [100],
    readPage: async (pageNumber: number, pageSize: number) => ({
      rows: rows.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
      total: rows.length,
    }),
  };
}

/** A failure of a source is data; anything else is a bug and stays thrown. */
function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  throw error;
}
