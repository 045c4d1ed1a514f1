import { createHash } from 'node:crypto';
import { invalidInput } from '../../errors.ts';

/*
 * A cursor of the catalogue tells, for each source, which of its rows stand at or in front of it: none, all, or those
 * up to a mark. So a source that was missing from a page keeps its own place, and its rows come when it is back.
 */

/** Which rows of one source stand at or in front of a cursor. */
export type Split<Mark> = 'none' | 'all' | { readonly mark: Mark };

/** A place in the catalogue. */
export interface CatalogPosition<Mark> {
  /** Index of the source whose row the cursor is of; -1 for the cursor of a page without rows. */
  readonly own: number;
  /** One for each source asked, in catalogue order. */
  readonly splits: readonly Split<Mark>[];
}

/**
 * The splits to walk down from: without the cursor's own row. `inFrontOf` gives the mark that stands directly in front
 * of a row's, so that a source that fails meanwhile keeps that place.
 */
export function splitsInFrontOf<Mark>(
  { own, splits }: CatalogPosition<Mark>,
  inFrontOf: (mark: Mark) => Mark,
): readonly Split<Mark>[] {
  return splits.map((split, index) =>
    index === own && typeof split !== 'string' ? { mark: inFrontOf(split.mark) } : split,
  );
}

const CURSOR_VERSION = '1';
/** Far beyond any cursor made here, names of 1,000 characters included. */
const MAX_CURSOR_LENGTH = 16_384;

/** Cursors of one order and filter: base64url of JSON, with a digest of what they are bound to. */
export interface CatalogCursors<Mark> {
  encode(position: CatalogPosition<Mark>): string;
  /** @throws GatewayError INVALID_INPUT */
  decode(cursor: string, argument: string): CatalogPosition<Mark>;
}

/** The codec for a catalogue of `count` sources. A mark that most sources share is written once. */
export function catalogCursors<Mark>(
  identity: readonly unknown[],
  count: number,
  isMark: (value: unknown) => value is Mark,
): CatalogCursors<Mark> {
  const bound = createHash('sha256').update(JSON.stringify(identity)).digest('base64url').slice(0, 12);
  return {
    encode({ own, splits }) {
      const marks = [
        ...new Set(
          splits.flatMap((split) => (typeof split === 'string' ? [] : [JSON.stringify(split.mark)])),
        ),
      ];
      const parts = splits.map((split) => {
        if (split === 'none') return -1;
        return split === 'all' ? -2 : marks.indexOf(JSON.stringify(split.mark));
      });
      const text = JSON.stringify([CURSOR_VERSION, bound, own, parts, marks.map((mark) => JSON.parse(mark))]);
      return Buffer.from(text).toString('base64url');
    },
    decode(cursor, argument) {
      const fields = parse(cursor);
      const [version, of, own, parts, marks] = fields;
      const isCursor =
        version === CURSOR_VERSION && Number.isInteger(own) && Array.isArray(parts) && Array.isArray(marks);
      if (!isCursor) throw invalidInput(`${argument} is not a cursor of the catalogue.`, [argument]);
      if (of !== bound) {
        throw invalidInput(`${argument} is a cursor of another order or of another filter.`, [argument]);
      }
      const splits = parts.map((part): Split<Mark> | undefined => {
        if (part === -1) return 'none';
        if (part === -2) return 'all';
        const mark: unknown = typeof part === 'number' ? marks[part] : undefined;
        return isMark(mark) ? { mark } : undefined;
      });
      const known = splits.filter((split) => split !== undefined);
      if (known.length !== count || splits.length !== count) {
        throw invalidInput(`${argument} is not a cursor of the catalogue.`, [argument]);
      }
      return { own: own as number, splits: known };
    },
  };
}

function parse(cursor: string): readonly unknown[] {
  if (cursor.length > MAX_CURSOR_LENGTH) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
