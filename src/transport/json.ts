/** Digits in a row from which on an integer can lie beyond 2^53. */
const LONG_DIGITS = 16;

/**
 * Parses JSON and keeps integers exact: one beyond ±(2^53-1) becomes a bigint instead of being rounded.
 *
 * @throws SyntaxError where the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  // A byte order mark is no JSON, and no reason to lose an answer.
  if (text.startsWith('\uFEFF')) return parseExactJson(text.slice(1));
  if (!hasLongDigits(text)) return JSON.parse(text);
  return JSON.parse(text, exactInteger);
}

/**
 * Looks at every 16th character only, since 16 digits in a row cover one of them: a regular expression looks at all of
 * them, which takes half as long as parsing does.
 */
function hasLongDigits(text: string): boolean {
  for (let at = LONG_DIGITS - 1; at < text.length; at += LONG_DIGITS) {
    if (!isDigit(text, at)) continue;
    let first = at;
    while (isDigit(text, first - 1)) first -= 1;
    let last = at;
    while (isDigit(text, last + 1)) last += 1;
    if (last - first + 1 >= LONG_DIGITS) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
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
