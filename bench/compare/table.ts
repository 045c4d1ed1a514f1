/** A Markdown table; every column but the first is for numbers. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns = 1,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column < textColumns ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** A number with three digits that count, thousands set apart; a dash for what was not measured. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-GB', { maximumFractionDigits: digits, useGrouping: true });
}

/** How a value stands to another, with two decimals. */
export function ratio(value: number | undefined, to: number | undefined): string {
  if (value === undefined || to === undefined || !(to > 0)) return '–';
  return (value / to).toFixed(2);
}
