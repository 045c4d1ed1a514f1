import type { Context } from '../../context.ts';
import type { OnceRead } from '../../cost/statement.ts';
import type { Instant } from '../../domain/instant.ts';
import type { PagedList } from '../../domain/page.ts';
import type { Segment } from '../window.ts';

/** What the catalogue needs of a row, whichever backend it is of. */
export interface CatalogRow {
  readonly type: string;
  readonly sourceId: string;
  /** Where its backend keeps such rows in several places. */
  readonly gatewaySourceId?: string;
  readonly name: string;
  readonly vendor: string | undefined;
  readonly createdAt: Instant | undefined;
}

/** A backend's part of the catalogue. */
export interface CatalogPart {
  /** Its name in `CatalogSource`. */
  readonly source: string;
  /** What its rows are called in a message, e.g. `models of the Model Router`. */
  readonly rows: string;
  /** Its lists, one behind the other. @throws GatewayError */
  lists(context: Context): Promise<readonly Segment<CatalogRow>[]>;
  /** Its rows as one list that its backend sorts by creation time, where it can. */
  byCreation?(context: Context, direction: 'ASC' | 'DESC'): PagedList<CatalogRow>;
  /** Tells a row from every other one of the part. */
  keyOf(row: CatalogRow): string;
  readonly cost?: CatalogPartCost;
}

/** A part that says what it costs to read. */
export interface CostedPart extends CatalogPart {
  readonly cost: CatalogPartCost;
}

/** What reading a part takes. */
export interface CatalogPartCost {
  /** The GraphQL type of its rows. */
  readonly type: string;
  /** Lists it has at most. */
  readonly lists: number;
  /** What tells its lists. */
  readonly once: readonly OnceRead[];
  /** The first page of each of its lists; none has more than its share of further ones. */
  readonly whole: OnceRead;
  /** Distinct owners of that many rows; left out: as many. */
  readonly ownersOf?: (rows: number) => number;
}

const parts = new Map<string, CostedPart>();

/** Makes a backend's rows part of the catalogue. Called once by the schema file of their type. */
export function registerCatalogPart(part: CostedPart): void {
  parts.set(part.source, part);
}

/** The parts of these sources, in the order given; a source without a part is left out. */
export function catalogParts(sources: readonly string[]): readonly CostedPart[] {
  return sources.flatMap((source) => {
    const part = parts.get(source);
    return part === undefined ? [] : [part];
  });
}
