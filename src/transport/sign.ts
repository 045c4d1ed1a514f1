import { createHash, createHmac } from 'node:crypto';

/** Name of the one signature scheme that all three products take. Source: Alibaba Cloud signature V3. */
const SIGNATURE_ALGORITHM = 'ACS3-HMAC-SHA256';

/** What is signed: the request exactly as it will leave. */
export interface SignableRequest {
  /** Upper case. */
  readonly method: string;
  /** Already percent-encoded, as it goes on the wire; `/` for RPC. */
  readonly path: string;
  /** Decoded names and values. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Names in lower case. Only `host`, `content-type` and `x-acs-*` are signed; the rest is ignored. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text that is sent; empty when there is no body. */
  readonly body: string;
}

/** An access key as the signature needs it. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/**
 * Percent-encodes everything but `A-Z a-z 0-9 - _ . ~`, five characters more than `encodeURIComponent` does. Half of a
 * surrogate pair becomes U+FFFD, as in any other UTF-8.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Lower-case hex SHA-256 of a text in UTF-8. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Query in wire and canonical form at once: sorted by name in code-point order, `%20` for a blank. */
export function canonicalQuery(query: SignableRequest['query']): string {
  return query
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

function canonicalPath(path: string): string {
  return path.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~');
}

function isSigned(name: string): boolean {
  return name.startsWith('x-acs-') || name === 'host' || name === 'content-type';
}

/** The canonical request and the list of the headers it covers. */
export function canonicalRequest(request: SignableRequest): { text: string; signedHeaders: string } {
  const headers = Object.entries(request.headers)
    .filter(([name]) => isSigned(name))
    .map(([name, value]) => [name, value.trim()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const signedHeaders = headers.map(([name]) => name).join(';');
  const text = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers.map(([name, value]) => `${name}:${value}\n`).join(''),
    signedHeaders,
    sha256Hex(request.body),
  ].join('\n');
  return { text, signedHeaders };
}

/** The value of the `authorization` header. Pure: date and nonce are headers of the request already. */
export function authorization(request: SignableRequest, key: SigningKey): string {
  const { text, signedHeaders } = canonicalRequest(request);
  const signature = createHmac('sha256', key.accessKeySecret)
    .update(`${SIGNATURE_ALGORITHM}\n${sha256Hex(text)}`, 'utf8')
    .digest('hex');
  return `${SIGNATURE_ALGORITHM} Credential=${key.accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
}
