/** 16 digits in a row: only then can an integer lie beyond 2^53. */
const LONG_DIGITS = /\d{16}/;

/**
 * Parses JSON and keeps integers exact: one beyond ±(2^53-1) becomes a bigint instead of being rounded.
 *
 * @throws SyntaxError where the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  return JSON.parse(text, exactInteger);
}

function exactInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
