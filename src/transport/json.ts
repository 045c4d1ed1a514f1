/** 16 digits in a row: only then can an integer lie beyond 2^53. */
const LONG_DIGITS = /\d{16}/;

/**
 * Parses JSON and keeps integers exact: one beyond ±(2^53-1) becomes a bigint instead of being rounded.
 *
 * @throws SyntaxError where the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  // A byte order mark is no JSON, and no reason to lose an answer.
  if (text.startsWith('\uFEFF')) return parseExactJson(text.slice(1));
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  return JSON.parse(text, exactInteger);
}

function exactInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** Node has it, TypeScript's library does not know it yet: a value that is written as the text it was made of. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => object };

/** Digits as a value that JSON.stringify writes as a number, none of them lost however many there are. */
export function jsonInteger(digits: string): object {
  return rawJSON(digits.replace(/^0+(?=\d)/, ''));
}
