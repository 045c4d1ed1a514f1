import { transcode } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import { isStringOneByteRepresentation } from 'node:v8';
import type { PlainResponse } from './node-exchange.ts';

/** Characters from which on to encode apart is quicker than to have a string encoded as it is written. */
const LONG_TEXT = 1_000;

/** Writes an answer whose text holds no half of a surrogate pair, as no text of JSON.stringify does. */
export function sendPlain({ status, headers, text }: PlainResponse, outgoing: ServerResponse): void {
  if (text.length >= LONG_TEXT && !isStringOneByteRepresentation(text)) {
    // Many characters at a time, where a string is counted and then written one by one.
    const encoded = transcode(Buffer.from(text, 'utf16le'), 'utf16le', 'utf8');
    headers.set('content-length', String(encoded.length));
    outgoing.writeHead(status, headers.values);
    outgoing.end(encoded);
    return;
  }
  const bytes = Buffer.byteLength(text);
  headers.set('content-length', String(bytes));
  outgoing.writeHead(status, headers.values);
  // Plain ASCII is the same in both, and quicker to write so.
  outgoing.end(text, bytes === text.length ? 'latin1' : 'utf8');
}
