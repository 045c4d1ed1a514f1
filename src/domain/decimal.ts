/** An exact decimal as text, e.g. `10` or `0.25`; never a float. */
export type Decimal = string;

/** The text as a decimal, undefined where it is none (exponents and thousands separators are not). */
export function parseDecimal(text: string): Decimal | undefined {
  if (isShortDecimal(text)) return text;
  const trimmed = text.trim();
  return /^-?\d{1,38}(\.\d{1,38})?$/.test(trimmed) ? trimmed : undefined;
}

/** Most digits of what is told without an expression, on both sides of the point together. */
const SHORT_DIGITS = 18;

/** Whether it is a few digits with at most one point between them, as prices are; false for many another decimal. */
function isShortDecimal(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > SHORT_DIGITS) return false;
  let hasPoint = false;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) continue;
    if (code !== 0x2e || hasPoint || at === 0 || at === length - 1) return false;
    hasPoint = true;
  }
  return true;
}

/** The shortest text of the same number: 10 for 10.00. */
export function shortestDecimal(decimal: Decimal): Decimal {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(decimal.trim()) ?? [];
  const number = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return number === '0' ? number : `${sign}${number}`;
}
