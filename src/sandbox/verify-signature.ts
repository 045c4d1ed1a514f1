import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.ts';

const ALGORITHM = 'ACS3-HMAC-SHA256';
const MAX_CLOCK_SKEW_MS = 15 * 60 * 1000;
const AUTHORIZATION = /^(\S+) +Credential=([^,\s]*),\s*SignedHeaders=([^,\s]*),\s*Signature=([^,\s]*)$/;
const ALWAYS_NEEDED = ['x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256'] as const;

/** A request as received. */
export interface SignedRequest {
  readonly method: string;
  /** Encoded, without query. */
  readonly path: string;
  /** Decoded pairs; a plus sign is a plus sign. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SignatureContext {
  /** The secret of an access key id, if that key exists. */
  readonly secretOf: (accessKeyId: string) => string | undefined;
  readonly nonces: NonceMemory;
  readonly nowMs: number;
}

/** Remembers nonces as long as their date could still be accepted, at most `capacity` of them. */
export class NonceMemory {
  readonly #expiryMs = new Map<string, number>();
  readonly #capacity: number;

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** False when the nonce was used before. */
  use(nonce: string, nowMs: number): boolean {
    const expiryMs = this.#expiryMs.get(nonce);
    if (expiryMs !== undefined && expiryMs > nowMs) return false;
    this.#expiryMs.delete(nonce);
    this.#expiryMs.set(nonce, nowMs + 2 * MAX_CLOCK_SKEW_MS);
    const oldest = this.#expiryMs.keys().next().value;
    if (this.#expiryMs.size > this.#capacity && oldest !== undefined) this.#expiryMs.delete(oldest);
    return true;
  }
}

/**
 * Throws the Refusal that the cloud's gateway would answer, or returns when the signature holds.
 *
 * Source: the public page of signature version 3 and its common error codes.
 */
export function verifySignature(request: SignedRequest, context: SignatureContext): void {
  const authorization = request.headers['authorization'];
  if (!authorization) throw new Refusal(400, 'MissingAccessKeyId', 'The request carries no access key id.');
  const { accessKeyId, signedHeaders, signature } = readAuthorization(authorization);

  for (const name of ALWAYS_NEEDED) {
    if (!request.headers[name]) throw incomplete(`the header ${name} is missing`);
  }
  checkDate(request.headers['x-acs-date'] ?? '', context.nowMs);

  const secret = context.secretOf(accessKeyId);
  if (secret === undefined) {
    throw new Refusal(404, 'InvalidAccessKeyId.NotFound', 'The specified access key is not found.');
  }

  checkHeaderList(request, signedHeaders);
  const payloadHash = sha256Hex(request.body);
  if (request.headers['x-acs-content-sha256'] !== payloadHash) {
    throw mismatch('x-acs-content-sha256 is not the hash of the body received');
  }
  const expected = expectedSignature(request, signedHeaders, payloadHash, secret);
  if (!isSameText(expected, signature)) throw mismatch('the signature is not the one computed here');

  if (!context.nonces.use(`${accessKeyId} ${request.headers['x-acs-signature-nonce']}`, context.nowMs)) {
    throw new Refusal(400, 'SignatureNonceUsed', 'The signature nonce was used already.');
  }
}

function readAuthorization(header: string) {
  const [, algorithm, accessKeyId, list, signature] = AUTHORIZATION.exec(header) ?? [];
  if (algorithm !== undefined && algorithm !== ALGORITHM) {
    throw new Refusal(400, 'InvalidSignatureMethod', `The signature method must be ${ALGORITHM}.`);
  }
  if (accessKeyId === '') throw new Refusal(400, 'MissingAccessKeyId', 'The access key id is empty.');
  if (!accessKeyId || !list || !signature) throw incomplete('the authorization header cannot be read');
  return { accessKeyId, signedHeaders: list.split(';'), signature };
}

function checkDate(date: string, nowMs: number): void {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new Refusal(400, 'InvalidTimeStamp.Format', 'x-acs-date must look like 2026-01-15T08:30:00Z.');
  }
  if (Math.abs(nowMs - ms) > MAX_CLOCK_SKEW_MS) {
    throw new Refusal(400, 'InvalidTimeStamp.Expired', 'x-acs-date is more than 15 minutes off.');
  }
}

function checkHeaderList(request: SignedRequest, signedHeaders: readonly string[]): void {
  const mustBeSigned = Object.keys(request.headers).filter(
    (name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-'),
  );
  const unsigned = mustBeSigned.find((name) => !signedHeaders.includes(name));
  if (unsigned !== undefined) throw mismatch(`the header ${unsigned} is not signed`);
  const absent = signedHeaders.find((name) => request.headers[name] === undefined);
  if (absent !== undefined) throw mismatch(`the signed header ${absent} did not arrive`);
  if (signedHeaders.join(';') !== signedHeaders.toSorted().join(';')) {
    throw mismatch('the signed headers are not sorted');
  }
}

function expectedSignature(
  request: SignedRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  secret: string,
): string {
  const canonicalRequest = [
    request.method.toUpperCase(),
    request.path.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~'),
    canonicalQuery(request.query),
    signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`).join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const textToSign = `${ALGORITHM}\n${sha256Hex(canonicalRequest)}`;
  return createHmac('sha256', secret).update(textToSign).digest('hex');
}

function canonicalQuery(query: SignedRequest['query']): string {
  return query
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => compareCodeUnits(a, b) || compareCodeUnits(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function incomplete(why: string): Refusal {
  return new Refusal(400, 'IncompleteSignature', `The signature is incomplete: ${why}.`);
}

function mismatch(why: string): Refusal {
  return new Refusal(400, 'SignatureDoesNotMatch', `The signature does not match: ${why}.`);
}
