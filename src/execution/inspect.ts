/** How deep values are shown. */
const MAX_DEPTH = 3;

/**
 * A value as graphql-yoga's executor shows it in the messages of bugs. Nothing of it may reach a client: the mask sees
 * to that.
 */
export function inspect(value: unknown): string {
  return format(value, []);
}

function format(value: unknown, around: readonly unknown[]): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return value.name === '' ? '[function]' : `[function ${value.name}]`;
  if (typeof value === 'object' && value !== null) return formatObject(value, around);
  return String(value);
}

function formatObject(value: object, around: readonly unknown[]): string {
  if (value instanceof Error) return `GraphQLError: ${value.message}`;
  if (around.includes(value)) return '[Circular]';
  const within = [...around, value];
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const plain: unknown = value.toJSON();
    if (plain !== value) return typeof plain === 'string' ? plain : format(plain, within);
  }
  return Array.isArray(value) ? formatArray(value, within) : formatRecord(value, within);
}

function formatArray(items: readonly unknown[], within: readonly unknown[]): string {
  if (items.length === 0) return '[]';
  return within.length > MAX_DEPTH ? '[Array]' : `[${items.map((item) => format(item, within)).join(', ')}]`;
}

function formatRecord(record: object, within: readonly unknown[]): string {
  const entries = Object.entries(record);
  if (entries.length === 0) return '{}';
  if (within.length > MAX_DEPTH) return `[${tagOf(record)}]`;
  return `{ ${entries.map(([key, item]) => `${key}: ${format(item, within)}`).join(', ')} }`;
}

function tagOf(value: object): string {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const { name } = (value as { readonly constructor?: { readonly name?: unknown } }).constructor ?? {};
  return tag === 'Object' && typeof name === 'string' && name !== '' ? name : tag;
}
