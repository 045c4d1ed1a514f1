import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, errors, Pool } from 'undici';
import { type ErrorKind, GatewayError } from '../errors.ts';
import type { Method } from './request.ts';
import type { Signal } from './signal.ts';

/** A request ready for the wire. */
export interface HttpRequest {
  readonly method: Method;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null where the request has none. */
  readonly body: string | null;
}

/** An answer as it came, whatever its status. Redirects are not followed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A pool of connections to one backend. */
export interface HttpClient {
  /**
   * Sends once. Rejects with the signal's reason when it aborts.
   *
   * @throws GatewayError TIMEOUT, UNAVAILABLE, TLS_FAILURE or UNREADABLE (an answer over the cap).
   */
  send(request: HttpRequest, signal: Signal, progress: SendProgress): Promise<HttpAnswer>;
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

/**
 * Opens a pool that keeps connections alive and never pipelines.
 *
 * @param origin scheme, host and port
 */
export function createHttpClient(origin: string, limits: HttpLimits): HttpClient {
  const pool = new Pool(origin, {
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
    send: (request, signal, progress) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        pool.dispatch(request, new Exchange(signal, progress, limits.maxBodyBytes, resolve, reject));
      }),
    close: () => pool.destroy(),
  };
}

/** One request and its answer. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #signal: Signal;
  readonly #progress: SendProgress;
  readonly #maxBodyBytes: number;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #onAbort = () => {
    this.#fail(this.#signal.reason);
    this.#controller?.abort(new Error('aborted'));
  };
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #received = 0;
  readonly #chunks: Buffer[] = [];

  constructor(
    signal: Signal,
    progress: SendProgress,
    maxBodyBytes: number,
    resolve: (answer: HttpAnswer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#signal = signal;
    this.#progress = progress;
    this.#maxBodyBytes = maxBodyBytes;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.#onAbort, ONCE);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted) controller.abort(new Error('aborted'));
    else this.#progress.hasLeft = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.#progress.hasAnswerBegun = true;
    this.#status = statusCode;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.#received <= this.#maxBodyBytes) {
      this.#chunks.push(chunk);
      return;
    }
    const message = 'The backend answered with more than the gateway reads.';
    this.#fail(new GatewayError('UNREADABLE', message, { httpStatus: this.#status, mayHaveActed: true }));
    controller.abort(new Error('body over the cap'));
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    const [only] = this.#chunks;
    const bytes = only?.length === this.#received ? only : Buffer.concat(this.#chunks, this.#received);
    const answer = { status: this.#status, headers: this.#headers, body: bytes.toString('utf8') };
    // The pool takes this connection for busy until the next turn of the event loop, and would open another one for a
    // call that follows at once.
    queueMicrotask(() => setImmediate(this.#resolve, answer));
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#fail(toGatewayError(error, this.#progress));
  }

  #fail(reason: unknown): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#reject(reason);
  }
}

const ONCE = { once: true } as const;

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
