import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import {
  isSuccess,
  jsonBody,
  refusalError,
  refusalFacts,
  unreadable,
} from '../../../../src/backends/vendor-errors.ts';
import type { GatewayError } from '../../../../src/errors.ts';
import { BREAKER_DEFAULTS } from '../../../../src/transport/breaker.ts';
import type { CallWitness } from '../../../../src/transport/call-witness.ts';
import {
  type CredentialSource,
  Credentials,
  staticCredentials,
} from '../../../../src/transport/credentials.ts';
import type { HttpAnswer } from '../../../../src/transport/http.ts';
import type { UpstreamRequest } from '../../../../src/transport/request.ts';
import type { UpstreamObserver } from '../../../../src/transport/resilience.ts';
import {
  createUpstreamPool,
  type Upstream,
  type UpstreamSettings,
} from '../../../../src/transport/upstream.ts';
import { UNWATCHED_CALL } from '../../../support/unwatched.ts';

export const READ: UpstreamRequest = {
  operation: { name: 'ReadThing', version: '2021-02-04', access: 'read', idempotent: true },
  method: 'GET',
  path: '/things/1',
  query: [],
};
export const WRITE: UpstreamRequest = {
  operation: { ...READ.operation, name: 'WriteThing', access: 'write', idempotent: false },
  method: 'POST',
  path: '/things',
  query: [],
  body: '{"name":"通义"}',
};
export const KEY = { accessKeyId: 'LTAI-test', accessKeySecret: 'secret-of-the-test' };
export const SIGNING_KEY = new Credentials(KEY.accessKeyId, KEY.accessKeySecret);
export const CREDENTIALS = staticCredentials(SIGNING_KEY, 'the test');
export const NEVER = new AbortController().signal;
/** Long enough for any step that is expected to happen. */
const PATIENT_MS = 10_000;

export const SILENT: UpstreamObserver = { breakerChanged: () => undefined };

export const SETTINGS = {
  timeoutMs: PATIENT_MS,
  attemptTimeoutMs: PATIENT_MS,
  concurrency: 4,
  maxQueued: 100,
  hasSingleFlight: true,
  breaker: BREAKER_DEFAULTS,
} satisfies Partial<UpstreamSettings>;

/** What a test may set beside the limits. */
export interface TestSettings extends Partial<UpstreamSettings> {
  readonly credentials?: CredentialSource;
  /** Milliseconds since 1970; one moment that stands still by default. */
  readonly now?: () => number;
  /** For the jitter; 0 by default, so that no retry waits. */
  readonly random?: () => number;
  readonly generation?: () => number;
  readonly witness?: CallWitness;
}

/** A way to a real server, whose nonces count up. */
export function openUpstream(url: string, options: TestSettings = {}) {
  const {
    credentials = CREDENTIALS,
    generation = () => 0,
    witness = UNWATCHED_CALL,
    random = () => 0,
    ...more
  } = options;
  const { now = () => Date.UTC(2026, 0, 15, 8, 30, 0, 999), ...settings } = more;
  let nonce = 0;
  const pool = createUpstreamPool(
    {
      endpoint: new URL(url),
      maxBodyBytes: 1_000,
      userAgent: 'modelgraph-test',
      ...SETTINGS,
      ...settings,
    },
    { now, nonce: () => `nonce-${++nonce}`, monotonicMs: () => performance.now(), random },
    generation,
    SILENT,
  );
  const upstream = pool.forAccount('the test', credentials);
  return {
    pool,
    upstream,
    witness,
    /** Hands the answer back as it is. */
    call: (request: UpstreamRequest, signal: AbortSignal, until = Number.POSITIVE_INFINITY) =>
      upstream.call(request, (answer: HttpAnswer) => answer, { signal, until }, witness),
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** Judges an answer by the vendor's rules; what is no JSON cannot be read. */
export function judge(answer: HttpAnswer): HttpAnswer {
  const body = jsonBody(answer);
  if (!isSuccess(answer)) throw refusalError({ ...refusalFacts(answer, body), title: 'backend' });
  if (body === undefined) throw unreadable('backend', answer);
  return answer;
}

/** Has an operation performed, and judged by the vendor's rules. */
export function ask(
  { upstream, witness }: { readonly upstream: Upstream; readonly witness: CallWitness },
  request: UpstreamRequest,
  signal: AbortSignal = NEVER,
  until = Number.POSITIVE_INFINITY,
): Promise<HttpAnswer> {
  return upstream.call(request, judge, { signal, until }, witness);
}

export async function listen(server: Server) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, port, connections: sockets, [Symbol.asyncDispose]: close };
}

/** An HTTP server; `arrivals` lists what it received. */
export async function httpServer(answer: (message: IncomingMessage, response: ServerResponse) => void) {
  const arrivals: IncomingMessage[] = [];
  const server = createServer((message, response) => {
    arrivals.push(message);
    answer(message, response);
  });
  return Object.assign(await listen(server), { server, arrivals });
}

/** A server that does with the connection what it likes, once a request has arrived. */
export async function rawServer(onRequest: (socket: Socket) => void) {
  return listen(createTcpServer((socket) => socket.once('data', () => onRequest(socket))));
}

/** The error of a call that must fail. */
export function failure(call: Promise<unknown>): Promise<GatewayError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: GatewayError) => error,
  );
}
