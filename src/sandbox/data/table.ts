/**
 * Reads a text table, one row a line, cells between bars. A row may end early;
 * its remaining cells are empty.
 */
export function readTable<Column extends string>(
  columns: readonly Column[],
  text: string,
): readonly Readonly<Record<Column, string>>[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      if (cells.length > columns.length) throw new Error(`Too many cells in the demo data: ${line}`);
      return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) as Record<
        Column,
        string
      >;
    });
}
