/** An exact decimal as text, e.g. `10` or `0.25`; never a float. */
export type Decimal = string;

/** The text as a decimal, undefined where it is none (exponents and thousands separators are not). */
export function parseDecimal(text: string): Decimal | undefined {
  const trimmed = text.trim();
  return /^-?\d{1,38}(\.\d{1,38})?$/.test(trimmed) ? trimmed : undefined;
}

/** The shortest text of the same number: 10 for 10.00. */
export function shortestDecimal(decimal: Decimal): Decimal {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(decimal.trim()) ?? [];
  const number = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return number === '0' ? number : `${sign}${number}`;
}
