import type { Told } from '../cost/support/ask.ts';
import type { Answer } from './gateway.ts';

/** A part of an answer, as a client parses it. */
export interface AnswerPart extends Answer {
  readonly hasNext?: boolean;
  readonly incremental?: readonly {
    readonly path: readonly (string | number)[];
    readonly label?: string;
    readonly data?: Record<string, unknown> | null;
    readonly errors?: Answer['errors'];
  }[];
  readonly extensions?: { readonly cost?: Told };
}

/** What a client of answers in parts accepts. */
export const PARTS = 'multipart/mixed; deferSpec=20220824, application/json';

/** Reads the parts of a multipart answer one by one, as they arrive. */
export async function* partsOf(response: Response): AsyncGenerator<AnswerPart> {
  if (response.headers.get('content-type') !== 'multipart/mixed; boundary="-"' || response.body === null) {
    throw new Error(`${response.status} ${await response.text()}`);
  }
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const pieces = (text + chunk).split('\r\n---');
    text = pieces.pop() ?? '';
    for (const piece of pieces) {
      const json = piece.split('\r\n\r\n')[1];
      if (json !== undefined) yield JSON.parse(json) as AnswerPart;
    }
  }
  if (text.trim() !== '--') throw new Error(`The answer ends in ${JSON.stringify(text)}.`);
}

/** The whole answer, put together from its parts. */
export function together(parts: readonly AnswerPart[]): Answer {
  const [first, ...later] = structuredClone(parts) as AnswerPart[];
  const errors = [...(first?.errors ?? [])];
  for (const { path, data, errors: more = [] } of later.flatMap(({ incremental = [] }) => incremental)) {
    errors.push(...more);
    const at = path.reduce<unknown>(
      (value, key) => (value as Record<string | number, unknown>)[key],
      first?.data,
    );
    merge(at as Record<string, unknown>, data ?? {});
  }
  return { data: first?.data ?? null, ...(errors.length === 0 ? {} : { errors }) };
}

/** Objects and lists are put into each other, field by field and row by row. */
function merge(into: Record<string, unknown>, from: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(from)) {
    const known = into[key];
    if (isObject(known) && isObject(value)) merge(known, value);
    else into[key] = value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
