const FACTORS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2 };

/** Tokens of a length as people write it: 8192, 32K (32768), 1M; undefined where the text is not a length. */
export function parseTokenCount(text: string): number | undefined {
  return ordinaryCount(text) ?? anyCount(text);
}

/** Reads a short whole number, with or without a unit in upper case. */
function ordinaryCount(text: string): number | undefined {
  const factor = FACTORS[text.charAt(text.length - 1)];
  const end = factor === undefined ? text.length : text.length - 1;
  if (end < 1 || end > 9) return undefined;
  let count = 0;
  for (let at = 0; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    count = count * 10 + digit;
  }
  return count * (factor ?? 1);
}

function anyCount(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)\s?([KM]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits) * (FACTORS[unit.toUpperCase()] ?? Number.NaN);
  return Number.isSafeInteger(count) ? count : undefined;
}
