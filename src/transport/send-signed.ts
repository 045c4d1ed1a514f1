import { GatewayError } from '../errors.ts';
import type { BackendClock } from './backend-clock.ts';
import { type CredentialSource, type Credentials, keyFault } from './credentials.ts';
import type { AnswerListener, HttpAnswer, HttpClient, Sending, SendProgress } from './http.ts';
import type { UpstreamRequest } from './request.ts';
import { authorization, canonicalQuery, type SignedNames, sha256Hex, signedNames } from './sign.ts';

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
  /** When it was signed, ms since 1970. */
  signedAt: number;
}

/** A request as far as it is the same for every attempt. */
export interface PreparedRequest extends UpstreamRequest {
  /** With the path of the endpoint before it. */
  readonly path: string;
  /** As of {@link canonicalQuery}. */
  readonly search: string;
}

/** Signs and sends. */
export interface SignedSender {
  prepare(request: UpstreamRequest): PreparedRequest;
  /**
   * The account's credentials, where they are at hand.
   *
   * @throws GatewayError UNAUTHENTICATED
   */
  credentials(): Credentials | Promise<Credentials>;
  /** The backend did not take the account's credentials. */
  credentialsRefused(): void;
  /**
   * Signs a request with the date of now and a new nonce, and sends it once.
   *
   * @param unsigned headers to send along that the signature does not cover
   */
  send(
    request: PreparedRequest,
    credentials: Credentials,
    progress: SignedProgress,
    unsigned: Readonly<Record<string, string>>,
    told: AnswerListener,
  ): Sending;
  /** Learns of the backend's clock from the answer to what has just been sent with this progress. */
  learn(answer: HttpAnswer, progress: SignedProgress): void;
}

const EMPTY_SHA256 = sha256Hex('');

/** Opens the way of one account's requests to one endpoint. */
export function createSignedSender(sending: SignedSending): SignedSender {
  const { http, backendClock, now, nonce, userAgent } = sending;
  // Once: these are getters that parse.
  const { host, pathname } = sending.endpoint;
  const base = pathname.replace(/\/$/, '');
  const dateText = dateTexts();
  // Of requests without a body or with one, without a token or with one: what else is sent along is not signed.
  const shapes: SignedNames[] = [];

  // Most are the same for every call.
  let usual: Credentials | undefined;

  const signedHeaders = (
    request: PreparedRequest,
    unsigned: Readonly<Record<string, string>>,
    credentials: Credentials,
    dateMs: number,
  ) => {
    const { operation, method, path, search, body } = request;
    const bodySha256 = body === undefined ? EMPTY_SHA256 : sha256Hex(body);
    const headers: Record<string, string> = {
      ...unsigned,
      accept: 'application/json',
      'user-agent': userAgent,
      host,
      'x-acs-action': operation.name,
      'x-acs-content-sha256': bodySha256,
      'x-acs-date': dateText(dateMs),
      'x-acs-signature-nonce': nonce(),
      'x-acs-version': operation.version,
    };
    if (body !== undefined) headers['content-type'] = 'application/json; charset=utf-8';
    const token = credentials.revealToken();
    if (token !== undefined && token !== '') {
      headers['x-acs-security-token'] = token;
      headers['x-acs-accesskey-id'] = credentials.accessKeyId;
    }
    const shape = (body === undefined ? 0 : 1) + (token === undefined || token === '' ? 0 : 2);
    shapes[shape] ??= signedNames(Object.keys(headers));
    const signable = { method, path, search, headers, bodySha256 };
    headers['authorization'] = authorization(signable, credentials, shapes[shape]);
    return headers;
  };

  return {
    prepare: (request) => ({ ...request, path: base + request.path, search: canonicalQuery(request.query) }),
    credentials() {
      const found = sending.credentials.get();
      if (found === usual) return found;
      if ('then' in found) return found.then(sendable);
      usual = sendable(found);
      return usual;
    },
    credentialsRefused: () => sending.credentials.refused?.(),
    send(request, credentials, progress, unsigned, told) {
      const { method, path, search, body = null } = request;
      progress.signedWithMs = backendClock.correctionMs;
      progress.signedAt = now();
      const headers = signedHeaders(
        request,
        unsigned,
        credentials,
        progress.signedAt + progress.signedWithMs,
      );
      const target = search === '' ? path : `${path}?${search}`;
      return http.send({ method, path: target, headers, body }, progress, told);
    },
    learn: (answer, { signedAt }) => backendClock.note(answer.headers.date, signedAt, now()),
  };
}

/** @throws GatewayError UNAUTHENTICATED for keys that cannot be right, some of which no header takes */
function sendable(credentials: Credentials): Credentials {
  const fault = keyFault(credentials);
  if (fault === undefined) return credentials;
  throw new GatewayError('UNAUTHENTICATED', `The gateway's cloud credentials cannot be used: ${fault}.`);
}

/** Times since 1970 in the one form that the vendor takes, whole seconds; many requests leave in the same second. */
function dateTexts(): (ms: number) => string {
  let second = Number.NaN;
  let text = '';
  return (ms) => {
    const current = Math.floor(ms / 1_000);
    if (current !== second) {
      second = current;
      text = new Date(current * 1_000).toISOString().replace('.000', '');
    }
    return text;
  };
}
