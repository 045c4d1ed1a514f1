import * as z from 'zod';
import { parseDecimal } from '../domain/decimal.ts';
import { type KeyShape, keyPartFault } from '../domain/global-id.ts';
import type { JsonValue } from '../domain/json-value.ts';
import { isMaskedUrl, maskUrl } from '../domain/secret-text.ts';
import { type FieldError, GatewayError } from '../errors.ts';
import { parseGlobalId } from './ids.ts';

/** A text with something in it. */
export const filledText = z.string().refine((text) => text.trim() !== '', 'must not be empty');

/** A key that is not the preview of one. */
export const newKey = filledText.refine(
  (text) => !text.includes('***'),
  'is masked: it would overwrite the real key. Leave it out, or give it whole',
);

/** An absolute http(s) URL that can be told again, and was not masked by this gateway. */
export const httpUrl = z
  .string()
  .refine((text) => maskUrl(text) !== undefined, 'must be an absolute http or https URL')
  .refine(
    (text) => !isMaskedUrl(text),
    'is masked: it would overwrite the real URL. Leave it out, or give it whole',
  );

/** A price in points, with or without blanks around it. */
export const price = z
  .string()
  .trim()
  .refine((text) => parseDecimal(text) !== undefined, 'must be a decimal such as 10 or 0.25')
  .refine((text) => !text.startsWith('-'), 'must not be negative');

/** An item of a list that a backend takes as one text joined by commas. */
export const commaJoinedItem = filledText.refine(
  (text) => !text.includes(','),
  'must hold no comma: the backend separates items by it',
);

/** A JSON object. */
export const jsonObject = z.custom<Readonly<Record<string, JsonValue>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  // Else what is judged of the input as a whole would not be.
  { error: 'must be a JSON object', abort: false },
);

/** A backend's own id of a thing that is named in an input. */
export const sourceIdText = z.string().superRefine((text, context) => {
  const fault = keyPartFault('name', text, '');
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** A global id in an input; becomes its key without the region. */
export function globalIdText(shape: KeyShape, region: string) {
  return z.string().transform((id, context) => {
    try {
      return parseGlobalId(shape, id, region, ['it']);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      context.addIssue({
        code: 'custom',
        message: `is no id of a ${shape.typeName} of this graph and region`,
      });
      return z.NEVER;
    }
  });
}

/**
 * Judges an input whole: every fault at once, before anything is sent. A null is the same as a field left out.
 *
 * @throws GatewayError INVALID_INPUT with a field error for each fault
 */
export function checkInput<Output>(schema: z.ZodType<Output>, input: object): Output {
  return judge(schema, input, []);
}

/**
 * Judges the input of an update: like {@link checkInput}, and a null is a fault, since the backends cannot clear a
 * field, and so is an input that changes nothing.
 *
 * @throws GatewayError INVALID_INPUT with a field error for each fault
 */
export function checkUpdate<Output>(schema: z.ZodType<Output>, input: { readonly id: string }): Output {
  const given = Object.entries(input);
  const faults: FieldError[] = given
    .filter(([, value]) => value === null)
    .map(([name]) => ({
      path: [name],
      message: `${name} must not be null: the backend cannot clear a field. Leave it out to keep its value.`,
    }));
  if (given.every(([name, value]) => name === 'id' || value === undefined)) {
    faults.push({ path: [], message: 'Give at least one field to change.' });
  }
  return judge(schema, input, faults);
}

function judge<Output>(schema: z.ZodType<Output>, input: object, known: readonly FieldError[]): Output {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const result = schema.safeParse(given);
  const found = (result.error?.issues ?? []).map(({ path, message }) => ({
    path: path.map(String),
    message: `${path.join('.')} ${message}.`,
  }));
  const illFormed = illFormedTexts(given, []).filter(
    (fault) => !found.some(({ path }) => isAtOrBelow(path, fault.path)),
  );
  const fieldErrors = [...known, ...illFormed, ...found];
  if (result.success && fieldErrors.length === 0) return result.data;
  throw new GatewayError('INVALID_INPUT', fieldErrors.map(({ message }) => message).join(' '), {
    fieldErrors,
  });
}

/** Half a character has no bytes: what is sent in a query would be another text. Values are nested a hundred levels at most. */
function illFormedTexts(value: unknown, path: readonly string[]): readonly FieldError[] {
  if (typeof value === 'string') return value.isWellFormed() ? [] : [illFormed(path)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) =>
    // A name that cannot be told is told by where it stands.
    name.isWellFormed() ? illFormedTexts(inside, [...path, name]) : [illFormed(path)],
  );
}

function illFormed(path: readonly string[]): FieldError {
  return { path, message: `${path.join('.')} must be well-formed text.` };
}

function isAtOrBelow(path: readonly string[], place: readonly string[]): boolean {
  return place.every((name, index) => path[index] === name);
}
