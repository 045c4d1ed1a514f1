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
  for (const pair of isSorted(query) ? query : query.toSorted((a, b) => inOrder(a[0], b[0]))) {
    text += `${text === '' ? '' : '&'}${percentEncode(pair[0])}=${percentEncode(pair[1])}`;
  }
  return text;
}

function isSorted(query: UpstreamRequest['query']): boolean {
  let before = '';
  for (const pair of query) {
    if (pair[0] < before) return false;
    before = pair[0];
  }
  return true;
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonicalPath(path: string): string {
  if (!/[+*%]/.test(path)) return path;
  return path.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~');
}

/** The headers that a signature covers, by their names. */
export interface SignedNames {
  readonly sorted: readonly string[];
  /** As the signature lists them. */
  readonly text: string;
}

/** Of headers with these names. */
export function signedNames(names: readonly string[]): SignedNames {
  const sorted = names.filter(isSigned).sort();
  return { sorted, text: sorted.join(';') };
}

function isSigned(name: string): boolean {
  return name.startsWith('x-acs-') || name === 'host' || name === 'content-type';
}

/** The canonical request, which covers the headers of these names. */
export function canonicalRequest(request: SignableRequest, names: SignedNames): string {
  const { method, path, search, headers, bodySha256 } = request;
  let lines = '';
  for (const name of names.sorted) lines += `${name}:${headers[name]?.trim()}\n`;
  return `${method}\n${canonicalPath(path)}\n${search}\n${lines}\n${names.text}\n${bodySha256}`;
}

/**
 * The value of the `authorization` header. Pure: date and nonce are headers of the request already.
 *
 * @param names those of its headers that are signed; told by who knows them, since they are the same for most requests
 */
export function authorization(
  request: SignableRequest,
  key: SigningKey,
  names = signedNames(Object.keys(request.headers)),
): string {
  const signature = key.sign(`${SIGNATURE_ALGORITHM}\n${sha256Hex(canonicalRequest(request, names))}`);
  return `${SIGNATURE_ALGORITHM} Credential=${key.accessKeyId},SignedHeaders=${names.text},Signature=${signature}`;
}
