import * as z from 'zod';

/** Notes that an answer's field held a value that does not fit; `field` is a path without indices. */
export type NoteOdd = (field: string) => void;

/** Text where the backend has text; null and absent are the same. */
export const wireText = z.string().nullish();

/** Numbers and texts alike: the backends send many a number as text, and an id may be longer than a number holds. */
export const wireScalar = z.union([z.string(), z.number(), z.bigint()]).transform(String).nullish();

export const wireBoolean = z.boolean().nullish();

/** Any JSON value. */
export const wireJson = z.unknown();

/** A whole number as number or as text, `undefined` where it is neither (`None` and empty text included). */
export const wireTotal = z
  .union([z.number(), z.bigint(), z.string()])
  .nullish()
  .transform((value) => {
    const text = String(value ?? '');
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  });

/**
 * Parses one row, or one object, that a backend answered. A value that does not fit costs its own field and is
 * noted; only what is no object at all gives undefined. Every field of `schema` must be optional, and the items of
 * its arrays nullable.
 */
export function parseLeniently<Row>(
  schema: z.ZodType<Row>,
  value: unknown,
  noteOdd: NoteOdd,
): Row | undefined {
  let result = schema.safeParse(value);
  while (!result.success) {
    for (const { path } of result.error.issues) {
      if (path.length === 0) {
        noteOdd('(row)');
        return undefined;
      }
      noteOdd(path.filter((part) => typeof part === 'string').join('.'));
      setNull(value, path);
    }
    result = schema.safeParse(value);
  }
  return result.data;
}

function setNull(root: unknown, path: readonly PropertyKey[]): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | null)?.[part], root);
  // Already gone where an earlier issue of the same round took the whole parent.
  if (typeof parent !== 'object' || parent === null) return;
  (parent as Record<PropertyKey, unknown>)[path[path.length - 1] as PropertyKey] = null;
}
