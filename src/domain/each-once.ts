/**
 * The rows with each key once: where it first stands, as it was read last. Rows that come or go while a list is read
 * move others from one page to another, which then tell of them twice.
 */
export function eachOnce<Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  const byKey = new Map<string, Row>();
  for (const row of rows) byKey.set(keyOf(row), row);
  return byKey.size === rows.length ? rows : [...byKey.values()];
}
