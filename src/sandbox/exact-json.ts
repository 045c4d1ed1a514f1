// int64 values above 2^53 are legal on this wire and would be rounded by plain JSON functions: they are bigint here.
interface JsonWithRawText {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}
const exactJson = JSON as unknown as JsonWithRawText;

/** JSON text of a value in which a bigint becomes an exact number. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? exactJson.rawJSON(item.toString()) : item,
  );
}

/** The value of a JSON text, integers beyond 2^53 as bigint. Throws SyntaxError as `JSON.parse` does. */
export function fromJson(text: string): unknown {
  return exactJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    source !== undefined &&
    /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
}
