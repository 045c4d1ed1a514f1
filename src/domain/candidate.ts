/**
 * How long after its beginning a create can still be carried out, in ms. Source: a signature of more than 15 minutes ago
 * is refused; it is made when the request leaves the line it may have stood in, for 10 minutes at most.
 */
export const LONGEST_CREATE_MS = 30 * 60_000;

/** A row that a create, of which nobody knows how it ended, may have made: it stands as that create asked for it. */
export interface Candidate<Row> {
  readonly row: Row;
  /**
   * Whether it was made, by the backend's own clock, within the time that a create begun then, in local ms since 1970,
   * can have made it. False where that cannot be told.
   */
  canComeFrom(beganAt: number): boolean;
}

/** How to look for what a create made. */
export interface Search<Row> {
  /**
   * What it must look like: each field that was sent and is told again, in a form that is the same for all that the
   * backend may make of it. Two creates that differ here in a field that both sent cannot have made the same row.
   */
  readonly looks: ReadonlyMap<string, string>;
  /**
   * The rows that stand as it was asked for, read afresh.
   *
   * @param beganAt when its create began, local ms since 1970: rows that are surely older may be left out
   */
  candidates(beganAt: number): Promise<readonly Candidate<Row>[]>;
}
