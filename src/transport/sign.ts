import { hash } from 'node:crypto';
import type { UpstreamRequest } from './request.ts';

/** Name of the one signature scheme that all three products take. Source: Alibaba Cloud signature V3. */
const SIGNATURE_ALGORITHM = 'ACS3-HMAC-SHA256';

/** What is signed: the request exactly as it will leave. */
export interface SignableRequest {
  /** Upper case. */
  readonly method: string;
  /** Already percent-encoded, as it goes on the wire; `/` for RPC. */
  readonly path: string;
  /** As of {@link canonicalQuery}. */
  readonly search: string;
  /** Names in lower case. Only `host`, `content-type` and `x-acs-*` are signed; the rest is ignored. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the exact text that is sent, as of {@link sha256Hex}; of the empty text when there is no body. */
  readonly bodySha256: string;
}

/** An access key as the signature needs it. */
export interface SigningKey {
  readonly accessKeyId: string;
  /** HMAC-SHA256 under the secret, in lower-case hex. */
  sign(text: string): string;
}

const UNRESERVED = /^[\w.~-]*$/;

/**
 * Percent-encodes everything but `A-Z a-z 0-9 - _ . ~`, five characters more than `encodeURIComponent` does. Half of a
 * surrogate pair becomes U+FFFD, as in any other UTF-8.
 */
export function percentEncode(text: string): string {
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Lower-case hex SHA-256 of a text in UTF-8. */
export function sha256Hex(text: string): string {
  return hash('sha256', text);
}

/** Query in wire and canonical form at once: sorted by name in code-point order, `%20` for a blank. */
export function canonicalQuery(query: UpstreamRequest['query']): string {
  let text = '';
  for (const [name, value] of query.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    text += `${text === '' ? '' : '&'}${percentEncode(name)}=${percentEncode(value)}`;
  }
  return text;
}

function canonicalPath(path: string): string {
  if (!/[+*%]/.test(path)) return path;
  return path.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~');
}

function isSigned(name: string): boolean {
  return name.startsWith('x-acs-') || name === 'host' || name === 'content-type';
}

/** The canonical request and the list of the headers it covers. */
export function canonicalRequest(request: SignableRequest): { text: string; signedHeaders: string } {
  const { method, path, search, headers, bodySha256 } = request;
  const names = Object.keys(headers).filter(isSigned).sort();
  const signedHeaders = names.join(';');
  let lines = '';
  for (const name of names) lines += `${name}:${headers[name]?.trim()}\n`;
  const text = `${method}\n${canonicalPath(path)}\n${search}\n${lines}\n${signedHeaders}\n${bodySha256}`;
  return { text, signedHeaders };
}

/** The value of the `authorization` header. Pure: date and nonce are headers of the request already. */
export function authorization(request: SignableRequest, key: SigningKey): string {
  const { text, signedHeaders } = canonicalRequest(request);
  const signature = key.sign(`${SIGNATURE_ALGORITHM}\n${sha256Hex(text)}`);
  return `${SIGNATURE_ALGORITHM} Credential=${key.accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
}
