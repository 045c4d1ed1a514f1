import type { BackendClock } from './backend-clock.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import type { HttpAnswer, HttpClient, SendProgress } from './http.ts';
import type { UpstreamRequest } from './request.ts';
import { authorization, canonicalQuery, sha256Hex } from './sign.ts';
import { abortable } from './wait.ts';

/** What a request needs to be addressed, signed and sent. */
export interface SignedSending {
  readonly http: HttpClient;
  /** http or https; a path in it is put before every request's own. */
  readonly endpoint: URL;
  readonly userAgent: string;
  readonly credentials: CredentialSource;
  readonly backendClock: BackendClock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly nonce: () => string;
}

/** What a signer learns even where sending fails. */
export interface SignedProgress extends SendProgress {
  /** The correction of the clock that it was signed with; undefined until then, e.g. without credentials. */
  signedWithMs: number | undefined;
}

/**
 * Signs a request with the date of now and a new nonce, and sends it once.
 *
 * @param unsigned headers to send along that the signature does not cover
 * @throws GatewayError TIMEOUT, UNAVAILABLE, TLS_FAILURE, UNREADABLE or UNAUTHENTICATED; rejects with the signal's
 * reason when it aborts
 */
export async function sendSigned(
  sending: SignedSending,
  request: UpstreamRequest,
  signal: AbortSignal,
  progress: SignedProgress,
  unsigned: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  const { http, backendClock, now } = sending;
  // Credentials may have to be fetched, by a library that takes no signal.
  const credentials = await abortable(sending.credentials.get(), signal);
  progress.signedWithMs = backendClock.correctionMs;
  const signed = signRequest(sending, request, credentials, progress.signedWithMs);
  const headers = { ...unsigned, ...signed.headers };
  const sentAt = now();
  const answer = await http.send({ ...signed, headers }, signal, progress);
  backendClock.note(answer.headers.date, sentAt, now());
  return answer;
}

function signRequest(
  sending: SignedSending,
  request: UpstreamRequest,
  credentials: Credentials,
  correctionMs: number,
) {
  const { endpoint, userAgent, now, nonce } = sending;
  const token = credentials.revealToken();
  const path = endpoint.pathname === '/' ? request.path : joinPath(endpoint.pathname, request.path);
  const body = request.body ?? '';
  const headers: Record<string, string> = {
    host: endpoint.host,
    accept: 'application/json',
    'user-agent': userAgent,
    'x-acs-action': request.operation.name,
    'x-acs-version': request.operation.version,
    // The vendor takes whole seconds only.
    'x-acs-date': new Date(now() + correctionMs).toISOString().replace(/\.\d+/, ''),
    'x-acs-signature-nonce': nonce(),
    'x-acs-content-sha256': sha256Hex(body),
  };
  if (request.body !== undefined) headers['content-type'] = 'application/json; charset=utf-8';
  if (token !== undefined && token !== '') {
    headers['x-acs-security-token'] = token;
    headers['x-acs-accesskey-id'] = credentials.accessKeyId;
  }
  const { method, query } = request;
  headers['authorization'] = authorization(
    { method, path, query, headers, body },
    { accessKeyId: credentials.accessKeyId, accessKeySecret: credentials.revealSecret() },
  );
  const search = canonicalQuery(query);
  return {
    origin: endpoint.origin,
    method,
    path: search === '' ? path : `${path}?${search}`,
    headers,
    body: request.body,
  };
}

function joinPath(base: string, path: string): string {
  return `${base.replace(/\/$/, '')}${path}`;
}
