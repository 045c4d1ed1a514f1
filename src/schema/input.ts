import * as z from 'zod';
import { parseDecimal } from '../domain/decimal.ts';
import { keyPartFault } from '../domain/global-id.ts';
import { isMaskedUrl } from '../domain/secret-text.ts';
import { GatewayError } from '../errors.ts';

/** A text with something in it. */
export const filledText = z.string().refine((text) => text.trim() !== '', 'must not be empty');

/** An absolute http(s) URL that was not masked by this gateway. */
export const httpUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^/?#]/i.test(text) && URL.canParse(text),
    'must be an absolute http or https URL',
  )
  .refine(
    (text) => !isMaskedUrl(text),
    'is masked: it would overwrite the real URL. Leave it out, or give it whole',
  );

/** A price in points. */
export const price = z
  .string()
  .refine((text) => parseDecimal(text) !== undefined, 'must be a decimal such as 10 or 0.25')
  .refine((text) => !text.trim().startsWith('-'), 'must not be negative');

/** An item of a list that a backend takes as one text joined by commas. */
export const commaJoinedItem = filledText.refine(
  (text) => !text.includes(','),
  'must hold no comma: the backend separates items by it',
);

/** A backend's own id of a thing that is named in an input. */
export const sourceIdText = z.string().superRefine((text, context) => {
  const fault = keyPartFault('name', text, '');
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/**
 * Judges an input whole: every fault at once, before anything is sent. A null is the same as a field left out.
 *
 * @throws GatewayError INVALID_INPUT with a field error for each fault
 */
export function checkInput<Output>(schema: z.ZodType<Output>, input: object): Output {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const fieldErrors = result.error.issues.map(({ path, message }) => ({
    path: path.map(String),
    message: `${path.join('.')} ${message}.`,
  }));
  throw new GatewayError('INVALID_INPUT', fieldErrors.map(({ message }) => message).join(' '), {
    fieldErrors,
  });
}
