/** A row that a backend has changed, and what the read after it gave. */
export interface Changed<Row> {
  /** The row as far as it follows from the read before the change and from what was sent. */
  readonly sent: Row;
  /** The row as it is now, or why it could not be read. */
  readonly after: Row | Error;
}
