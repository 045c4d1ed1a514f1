/** A JSON value. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Deepest nesting that is passed on: far beyond what anyone writes, and far from the end of the stack. */
const MAX_DEPTH = 500;

/**
 * A parsed value as JSON; undefined where it is nested too deep to be written again. An integer beyond ±(2^53-1)
 * becomes text, for a JSON number would round it.
 */
export function toJsonValue(value: unknown): JsonValue | undefined {
  if (isJsonValue(value, 0)) return value;
  return depthOf(value, 0) > MAX_DEPTH ? undefined : jsonOf(value);
}

/** Whether a value is JSON as it stands, and surely not nested too deep. */
function isJsonValue(value: unknown, depth: number): value is JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return true;
  if (value === null) return true;
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isJsonValue(item, depth + 1)) return false;
    return true;
  }
  // Parsed JSON inherits no names.
  for (const name in value) {
    if (!isJsonValue((value as Readonly<Record<string, unknown>>)[name], depth + 1)) return false;
  }
  return true;
}

/** Stops counting behind {@link MAX_DEPTH}. */
function depthOf(value: unknown, above: number): number {
  if (typeof value !== 'object' || value === null || above > MAX_DEPTH) return above;
  return Object.values(value).reduce<number>((most, item) => Math.max(most, depthOf(item, above + 1)), above);
}

function jsonOf(value: unknown): JsonValue {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, jsonOf(item)]));
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

/** A value as JSON text that does not depend on the order of names; what is undefined is left out. */
export function canonicalJson(value: unknown): string {
  // JSON.stringify walks the value itself, so that it goes no deeper here than where the value is sent.
  return (
    JSON.stringify(value, (_name, item: unknown) => (isPlainObject(item) ? sorted(item) : item)) ?? 'null'
  );
}

function isPlainObject(item: unknown): item is Readonly<Record<string, unknown>> {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function sorted(item: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
