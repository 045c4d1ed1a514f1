const FACTORS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2 };

/** Tokens of a length as people write it: 8192, 32K (32768), 1M; undefined where the text is not a length. */
export function parseTokenCount(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)\s?([KM]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits) * (FACTORS[unit.toUpperCase()] ?? Number.NaN);
  return Number.isSafeInteger(count) ? count : undefined;
}
