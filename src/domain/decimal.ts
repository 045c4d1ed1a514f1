/** An exact decimal as text, e.g. `10` or `0.25`; never a float. */
export type Decimal = string;

/** The text as a decimal, undefined where it is none (exponents and thousands separators are not). */
export function parseDecimal(text: string): Decimal | undefined {
  const trimmed = text.trim();
  return /^-?\d{1,38}(\.\d{1,38})?$/.test(trimmed) ? trimmed : undefined;
}
