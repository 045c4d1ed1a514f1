import type { IncomingMessage } from 'node:http';
import { fromJson } from './exact-json.ts';
import { isObject } from './parameters.ts';
import { Refusal } from './refusal.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** The parts of a request line; `query` keeps repeated names and order, decoded, with plus signs as they are. */
export function splitUrl(rawUrl: string) {
  const mark = rawUrl.indexOf('?');
  const [path, queryText] = mark < 0 ? [rawUrl, ''] : [rawUrl.slice(0, mark), rawUrl.slice(mark + 1)];
  const query = queryText
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decodeLeniently(name), decodeLeniently(value)] as const;
    });
  return { path, query };
}

function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Headers with repeated ones joined. */
export function headersOf(message: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, [value ?? ''].flat().join(',')]),
  );
}

/** The whole body, whatever its transfer encoding. Throws Refusal beyond 1 MiB. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (length > MAX_BODY_BYTES) {
    throw new Refusal(413, 'InvalidRequestBody.TooLarge', `The body exceeds ${MAX_BODY_BYTES} bytes.`);
  }
  return Buffer.concat(chunks);
}

/** The JSON object that an ROA write carries. Throws Refusal. */
export function readJsonBody(
  contentType: string | undefined,
  body: Buffer,
): Readonly<Record<string, unknown>> {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) {
    throw new Refusal(415, 'UnsupportedMediaType', 'The body must be application/json.');
  }
  let value: unknown;
  try {
    value = fromJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refusal(400, 'InvalidParameter', 'The body is not JSON in UTF-8.');
  }
  if (!isObject(value)) throw new Refusal(400, 'InvalidParameter', 'The body is not a JSON object.');
  return value;
}
