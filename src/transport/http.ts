import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher, errors } from 'undici';
import { type ErrorKind, GatewayError } from '../errors.ts';
import type { Method } from './request.ts';

/** A request ready for the wire. */
export interface HttpRequest {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly method: Method;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** An answer as it came, whatever its status. Redirects are not followed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A pool of connections. */
export interface HttpClient {
  /**
   * Sends once. Rejects with the signal's reason when it aborts.
   *
   * @throws GatewayError TIMEOUT, UNAVAILABLE, TLS_FAILURE or UNREADABLE (an answer over the cap).
   */
  send(request: HttpRequest, signal: AbortSignal, progress: SendProgress): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** What a sender learns even where sending fails. */
export interface SendProgress {
  /** Whether a connection stood and the request began to leave: from then on the backend may have acted. */
  hasLeft: boolean;
  /** Whether the head of an answer came: what fails from then on is an answer that cannot be read. */
  hasAnswerBegun: boolean;
}

/** Limits of a {@link HttpClient}. */
export interface HttpLimits {
  readonly connectTimeoutMs: number;
  readonly maxBodyBytes: number;
}

/** Opens a pool that keeps connections alive and never pipelines. */
export function createHttpClient(limits: HttpLimits): HttpClient {
  const agent = new Agent({
    // As many as there are calls under way, which each account's cap bounds: were they shared out here, an account
    // whose calls hang would leave none to the others.
    connections: null,
    pipelining: 1,
    // One call a connection, so that one that breaks takes no other along.
    allowH2: false,
    connect: { timeout: limits.connectTimeoutMs },
    // The caller's signal carries the deadline for the whole exchange, dripping bodies included.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    send: (request, signal, progress) => exchange(agent, request, signal, progress, limits.maxBodyBytes),
    close: () => agent.destroy(),
  };
}

function exchange(
  agent: Agent,
  request: HttpRequest,
  signal: AbortSignal,
  progress: SendProgress,
  maxBodyBytes: number,
): Promise<HttpAnswer> {
  return new Promise<HttpAnswer>((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let received = 0;
    const chunks: Buffer[] = [];

    const fail = (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      reject(error);
    };
    const onAbort = () => {
      fail(signal.reason);
      controller?.abort(new Error('aborted'));
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });

    agent.dispatch(
      { ...request, body: request.body ?? null },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.aborted) started.abort(new Error('aborted'));
          else progress.hasLeft = true;
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          progress.hasAnswerBegun = true;
          status = statusCode;
          headers = responseHeaders;
        },
        onResponseData(current, chunk) {
          received += chunk.length;
          if (received > maxBodyBytes) {
            fail(
              new GatewayError('UNREADABLE', 'The backend answered with more than the gateway reads.', {
                httpStatus: status,
                mayHaveActed: true,
              }),
            );
            current.abort(new Error('body over the cap'));
            return;
          }
          chunks.push(chunk);
        },
        onResponseEnd() {
          signal.removeEventListener('abort', onAbort);
          const answer = { status, headers, body: Buffer.concat(chunks, received).toString('utf8') };
          // The pool takes this connection for busy until the next turn of the event loop, and would open another
          // one for a call that follows at once.
          queueMicrotask(() => setImmediate(resolve, answer));
        },
        onResponseError(_controller, error) {
          fail(toGatewayError(error, progress));
        },
      },
    );
  });
}

/** Network failures by their code. What is not listed is a broken connection. */
const KIND_BY_CODE: Readonly<Record<string, ErrorKind>> = {
  UND_ERR_CONNECT_TIMEOUT: 'TIMEOUT',
  UND_ERR_HEADERS_TIMEOUT: 'TIMEOUT',
  UND_ERR_BODY_TIMEOUT: 'TIMEOUT',
  ETIMEDOUT: 'TIMEOUT',
  UND_ERR_HEADERS_OVERFLOW: 'UNREADABLE',
};

/** OpenSSL and X.509 failures have no common code; these prefixes and names are what Node gives them. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|HOSTNAME_MISMATCH|EPROTO$)/;

function networkKind(error: Error & { code?: unknown }): ErrorKind {
  // Its code is missing where the very first line is no HTTP.
  if (error instanceof errors.HTTPParserError) return 'UNREADABLE';
  const code = typeof error.code === 'string' ? error.code : '';
  if (TLS_CODE.test(code)) return 'TLS_FAILURE';
  return KIND_BY_CODE[code] ?? 'UNAVAILABLE';
}

const NETWORK_MESSAGES: Partial<Record<ErrorKind, string>> = {
  TIMEOUT: 'The backend did not answer in time.',
  TLS_FAILURE: 'No secure connection to the backend could be made.',
  UNREADABLE: 'The backend answered with something that is not HTTP.',
};

/** Names no host: network errors of the runtime carry addresses, and those of a signed call its whole URL. */
function toGatewayError(
  error: Error & { code?: unknown },
  { hasLeft, hasAnswerBegun }: SendProgress,
): GatewayError {
  if (hasAnswerBegun) {
    return new GatewayError('UNREADABLE', "The backend's answer broke off.", {
      mayHaveActed: true,
      cause: error,
    });
  }
  const kind = networkKind(error);
  const message =
    NETWORK_MESSAGES[kind] ??
    (hasLeft ? 'The connection to the backend broke.' : 'The backend could not be reached.');
  return new GatewayError(kind, message, { mayHaveActed: hasLeft, cause: error });
}
