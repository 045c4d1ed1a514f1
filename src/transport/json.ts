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
  if (!holdsLongInteger(text)) return JSON.parse(text);
  return JSON.parse(text, exactInteger);
}

/**
 * Whether a number of the text may be an integer of so many digits. Only every 16th character is looked at, for 16
 * digits in a row cannot lie between two of them, and what is around one that is a digit. In valid JSON digits that
 * follow anything but these are inside a text, an account's number of 16 digits for instance, or behind a point.
 */
function holdsLongInteger(text: string): boolean {
  const { length } = text;
  for (let at = LONG_DIGITS - 1; at < length; at += LONG_DIGITS) {
    if (!isDigit(text, at)) continue;
    const end = digitsEnd(text, at);
    if (isLongInteger(text, at, end)) return true;
    at = end;
  }
  return false;
}

/** Where the digits end that begin at `at`. */
function digitsEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isDigit(text, end)) end += 1;
  return end;
}

function isLongInteger(text: string, at: number, end: number): boolean {
  let start = at;
  while (start > 0 && isDigit(text, start - 1)) start -= 1;
  if (end - start < LONG_DIGITS) return false;
  const before = text[start - 1] === '-' ? start - 2 : start - 1;
  return before < 0 || BEFORE_NUMBER.has(text.charCodeAt(before));
}

/** What can stand in front of a number. */
const BEFORE_NUMBER: ReadonlySet<number> = new Set([...':,[ \t\n\r'].map((char) => char.charCodeAt(0)));

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
