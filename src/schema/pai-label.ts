import * as z from 'zod';
import { builder } from '../builder.ts';
import type { PaiLabel } from '../domain/pai-label.ts';

/** A label of a PAI model or of one of its versions. */
export const paiLabel = builder.objectRef<PaiLabel>('PaiLabel').implement({
  description: 'A label of a PAI model or of one of its versions.',
  fields: (t) => ({
    key: t.exposeString('key', { nullable: false, description: 'Its key.' }),
    value: t.exposeString('value', { description: 'Its value; null where it is empty.' }),
  }),
});

/** A label in an input. */
export const paiLabelInput = builder.inputType('PaiLabelInput', {
  description: 'A label to set.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Up to 128 bytes, without = and comma.' }),
    value: t.string({ description: 'Up to 128 bytes, without = and comma. Left out or null: empty.' }),
  }),
});

const MAX_LABEL_BYTES = 128;

/** Source: up to 128 bytes, no = and no comma. */
const labelText = z
  .string()
  .refine((text) => !/[=,]/.test(text), 'must hold no = and no comma')
  .refine((text) => Buffer.byteLength(text) <= MAX_LABEL_BYTES, `must have at most ${MAX_LABEL_BYTES} bytes`);

const labelKey = labelText.refine((text) => text.trim() !== '', 'must not be empty');

const NONE = 'must name at least one label';

/** Labels of an input, each key once. */
export const labelList = z
  .array(z.object({ key: labelKey, value: labelText.nullish().transform((value) => value ?? undefined) }))
  .superRefine((labels, context) => {
    const keys = labels.map(({ key }) => key);
    keys.forEach((key, index) => {
      if (keys.indexOf(key) === index) return;
      context.addIssue({
        code: 'custom',
        path: [index, 'key'],
        message: 'names a label that stands before it',
      });
    });
  });

/** Labels of an input that names nothing else: at least one. */
export const labelsToAdd = labelList.refine((labels) => labels.length > 0, NONE);

/** Keys of labels to be removed: at least one. */
export const labelKeys = z
  .array(labelKey)
  .refine((keys) => keys.length > 0, NONE)
  .transform((keys) => [...new Set(keys)]);
