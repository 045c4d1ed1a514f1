import type { IncomingHttpHeaders } from 'node:http';
import { Client, type Dispatcher, errors, Pool } from 'undici';
import { type ErrorKind, GatewayError } from '../errors.ts';
import type { Credentials } from './credentials.ts';
import type { Method } from './request.ts';

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
  /** The key that its request was signed with. */
  readonly signedWith?: Credentials | undefined;
}

/** A pool of connections to one backend. */
export interface HttpClient {
  /** Sends once. What comes of it is told once, at once where it fails at once. */
  send(request: HttpRequest, progress: SendProgress, told: AnswerListener): Sending;
  close(): Promise<void>;
}

/** Who is told what came of a request: exactly one of these, and no promise has to be made for it. */
export interface AnswerListener {
  answered(answer: HttpAnswer): void;
  /** @param reason GatewayError TIMEOUT, UNAVAILABLE, TLS_FAILURE or UNREADABLE (an answer over the cap), or why it was broken off */
  failed(reason: unknown): void;
}

/** A request under way. */
export interface Sending {
  /** Has it fail for this reason; nothing where its answer is there, or it has failed. */
  breakOff(reason: unknown): void;
}

/** What a sender learns even where sending fails. */
export interface SendProgress {
  /** Whether a connection stood and the request began to leave: from then on the backend may have acted. */
  hasLeft: boolean;
  /** Whether it left on a connection that had brought an answer before. */
  isOnUsedConnection: boolean;
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
    factory: (url, options) => new Connection(url, options),
    // Who sends breaks off when the time for the whole exchange is over, dripping bodies included.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    send(request, progress, told) {
      const exchange = new Exchange(progress, limits.maxBodyBytes, told);
      pool.dispatch(request, exchange);
      return exchange;
    },
    close: () => pool.destroy(),
  };
}

/** One place of the pool: a connection, and another one behind it when it has ended. */
class Connection extends Client {
  /** Whether the one that stands now has brought an answer. */
  isUsed = false;

  constructor(origin: URL, options: Client.Options) {
    super(origin, options);
    this.on('connect', () => {
      this.isUsed = false;
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (handler instanceof Exchange) handler.connection = this;
    return super.dispatch(options, handler);
  }
}

/** One request and its answer. */
class Exchange implements Dispatcher.DispatchHandler, Sending {
  readonly #progress: SendProgress;
  readonly #maxBodyBytes: number;
  readonly #told: AnswerListener;
  /** Undefined until the pool has chosen it. */
  connection: Connection | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #received = 0;
  readonly #chunks: Buffer[] = [];

  constructor(progress: SendProgress, maxBodyBytes: number, told: AnswerListener) {
    this.#progress = progress;
    this.#maxBodyBytes = maxBodyBytes;
    this.#told = told;
  }

  breakOff(reason: unknown): void {
    if (this.#isOver) return;
    this.#fail(reason);
    this.#controller?.abort(new Error('aborted'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('aborted'));
    else {
      this.#progress.hasLeft = true;
      this.#progress.isOnUsedConnection = this.connection?.isUsed === true;
    }
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    // What is no answer yet, such as early hints.
    if (statusCode < 200) return;
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
    this.#isOver = true;
    if (this.connection !== undefined) this.connection.isUsed = true;
    const answer = this.#answer();
    // The pool takes this connection for busy until the next turn of the event loop, and would open another one for a
    // call that follows at once.
    queueMicrotask(() => setImmediate(tellAnswer, this.#told, answer));
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (!this.#isOver) this.#fail(toGatewayError(error, this.#progress));
  }

  #answer(): HttpAnswer {
    const [only] = this.#chunks;
    const bytes = only?.length === this.#received ? only : Buffer.concat(this.#chunks, this.#received);
    return { status: this.#status, headers: this.#headers, body: bytes.toString('utf8') };
  }

  #fail(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#told.failed(reason);
  }
}

function tellAnswer(told: AnswerListener, answer: HttpAnswer): void {
  told.answered(answer);
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
