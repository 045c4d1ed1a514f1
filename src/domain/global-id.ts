/** What one part of a key must be: a configured region, a number of up to 19 digits, or any name. */
export type KeyPart = 'region' | 'digits' | 'name';

/** The form of a type's global ids: `Type:part/part/…`. */
export interface KeyShape {
  readonly typeName: string;
  readonly parts: readonly KeyPart[];
}

/** Longest id that is looked at, in characters: three parts of the longest kind, in the script that takes most room. */
const MAX_ID_LENGTH = 12_288;
const MAX_PART_LENGTH = 256;

/** Encodes a key as a global id: base64url without padding of `Type:key`. */
export function encodeGlobalId(shape: KeyShape, key: readonly string[]): string {
  return Buffer.from(`${shape.typeName}:${key.map(encodePart).join('/')}`).toString('base64url');
}

/** What is encoded as it is. */
const PLAIN = /^[\w.~-]*$/;

/** Never throws: a lone surrogate, which no id can hold, is replaced. */
function encodePart(part: string): string {
  if (PLAIN.test(part)) return part;
  return encodeURIComponent(part.toWellFormed());
}

/**
 * Takes an id apart without judging its key; undefined where it is none of this gateway's making. Every key has
 * exactly one id: another spelling of the same bytes is refused.
 */
export function decodeGlobalId(id: string): { typeName: string; key: readonly string[] } | undefined {
  if (id.length > MAX_ID_LENGTH) return undefined;
  const bytes = Buffer.from(id, 'base64url');
  if (bytes.toString('base64url') !== id) return undefined;
  const [, typeName, encoded] = /^([A-Za-z]+):(.+)$/s.exec(bytes.toString('utf8')) ?? [];
  if (typeName === undefined || encoded === undefined) return undefined;
  try {
    const key = encoded.split('/').map(decodeURIComponent);
    return key.map(encodeURIComponent).join('/') === encoded ? { typeName, key } : undefined;
  } catch {
    return undefined;
  }
}

/** Why a value cannot be a part of a key, in words that follow "it"; undefined where it can. */
export function keyPartFault(part: KeyPart, value: string, region: string): string | undefined {
  if (part === 'region') return value === region ? undefined : 'names a region that is not configured';
  if (part === 'digits') return /^\d{1,19}$/.test(value) ? undefined : 'must be 1 to 19 digits';
  if (value === '') return 'must not be empty';
  if (value.length > MAX_PART_LENGTH) return `must have at most ${MAX_PART_LENGTH} characters`;
  if (value === '.' || value === '..') return 'must not be a dot path';
  // A comma would join two ids into one parameter, a slash would change the path.
  if (/[,/\p{Cc}]/u.test(value)) return 'must hold no comma, slash or control character';
  return value.isWellFormed() ? undefined : 'must be well-formed text';
}
