import { type JsonValue, toJsonValue } from '../domain/json-value.ts';
import type { NoteOdd } from './lenient.ts';

/** A text with something in it; empty, null and absent are undefined. */
export function textOf(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  const first = text.charCodeAt(0);
  // Nearly all begin with a character that is no blank.
  if (first > 0x20 && first < 0x7f) return text;
  return text.trim() === '' ? undefined : text;
}

/**
 * Parses a field's text. Empty is undefined without a word; what `parse` cannot read is undefined and noted under
 * the field's wire name.
 */
export function parsedText<T>(
  noteOdd: NoteOdd,
  field: string,
  text: string | null | undefined,
  parse: (text: string) => T | undefined,
): T | undefined {
  const present = textOf(text);
  if (present === undefined) return undefined;
  const value = parse(present);
  if (value === undefined) noteOdd(field);
  return value;
}

/** A whole number that GraphQL's Int can hold. */
export function intOf(text: string): number | undefined {
  const value = wholeNumber(text);
  return value !== undefined && Math.abs(value) < 2 ** 31 ? value : undefined;
}

/** A whole number within ±(2^53-1). */
export function longOf(text: string): number | undefined {
  return wholeNumber(text);
}

function wholeNumber(text: string): number | undefined {
  if (!/^-?\d{1,16}(\.0+)?$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A field's JSON value; null and absent are undefined without a word, one that is too deep is undefined and noted. */
export function parsedJson(noteOdd: NoteOdd, field: string, wire: unknown): JsonValue | undefined {
  if (wire === undefined || wire === null) return undefined;
  const value = toJsonValue(wire);
  if (value === undefined) noteOdd(field);
  return value;
}
