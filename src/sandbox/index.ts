import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerRequest, type ExchangeSetting } from './exchange.ts';
import { type FaultOptions, FaultPlan, type SandboxFault } from './faults.ts';
import { headersOf, splitUrl } from './http-request.ts';
import { createRoutes, productOf } from './routes.ts';
import type { SandboxRequest } from './sandbox-request.ts';
import { NonceMemory } from './verify-signature.ts';

export type { SandboxFault } from './faults.ts';
export type { SandboxRequest } from './sandbox-request.ts';

export interface SandboxOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free one. */
  port?: number;
  /** Region of the PAI and AI gateway data; default cn-beijing. */
  region?: string;
  /** Clock in ms for the age of signatures, for timestamps and for the `Date` header; default Date.now. */
  now?: () => number;
  /** Default demo. */
  data?: 'demo' | 'empty';
  /**
   * Whether the AI gateway takes a service name twice; default unique. The documentation does not say, so a
   * caller has to live with both.
   */
  serviceNames?: 'unique' | 'repeatable';
  /** How many of the last requests are kept to be looked at; default 10,000, of use in tests only. */
  keptRequests?: number;
}

/** A running sandbox: one port that answers as the three cloud APIs do. */
export interface Sandbox {
  readonly url: string;
  readonly endpoints: { readonly modelRouter: string; readonly pai: string; readonly aiGateway: string };
  readonly credentials: { readonly accessKeyId: string; readonly accessKeySecret: string };
  readonly region: string;
  /** In order of arrival, the last 10,000. The list is live. */
  readonly requests: readonly SandboxRequest[];
  forgetRequests(): void;
  /**
   * Applies to requests of that action (`*` for all, `aiworkspace:CreateModel` for one of a product) until it is
   * removed or `times` are used up. Returns the remover.
   */
  setFault(
    action: string,
    fault: SandboxFault,
    options?: { times?: number; match?: (request: SandboxRequest) => boolean },
  ): () => void;
  clearFaults(): void;
  /** Ends open and hung connections too. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const CREDENTIALS = {
  accessKeyId: 'LTAI-sandbox-not-a-real-key',
  accessKeySecret: 'sandbox-secret-that-opens-nothing',
} as const;

const DEFAULT_KEPT_REQUESTS = 10_000;
/** Longer than any client's own, so that the client closes idle connections and never meets a closed one. */
const KEEP_ALIVE_MS = 120_000;

/** Starts a sandbox. Rejects with the listening error, such as EADDRINUSE. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, region = 'cn-beijing', now = Date.now } = options;
  const { data = 'demo', serviceNames = 'unique', keptRequests = DEFAULT_KEPT_REQUESTS } = options;
  const requests: SandboxRequest[] = [];
  const faults = new FaultPlan();
  const nonces = new NonceMemory();
  const closing = new AbortController();
  const setting: ExchangeSetting = {
    routes: createRoutes({ region, data, now, serviceNames }),
    faults,
    signature: () => ({ secretOf, nonces, nowMs: now() }),
    now,
    closing: closing.signal,
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    const record = recordOf(message);
    requests.push(record);
    if (requests.length > keptRequests) requests.shift();
    void answerRequest(setting, message, response, record);
  });
  server.listen(port, host);
  await once(server, 'listening');

  const url = urlOf(server);
  let closed: Promise<void> | undefined;
  const close = () => {
    closing.abort();
    closed ??= stop(server);
    return closed;
  };
  return {
    url,
    endpoints: { modelRouter: url, pai: url, aiGateway: url },
    credentials: CREDENTIALS,
    region,
    requests,
    forgetRequests: () => void requests.splice(0),
    setFault: (action: string, fault: SandboxFault, faultOptions?: FaultOptions) =>
      faults.set(action, fault, faultOptions),
    clearFaults: () => faults.clear(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function secretOf(accessKeyId: string): string | undefined {
  return accessKeyId === CREDENTIALS.accessKeyId ? CREDENTIALS.accessKeySecret : undefined;
}

function recordOf(message: IncomingMessage): SandboxRequest {
  const rawUrl = message.url ?? '/';
  const { path, query } = splitUrl(rawUrl);
  const headers = headersOf(message);
  return {
    product: productOf(path) ?? 'unknown',
    action: headers['x-acs-action'] ?? '',
    method: message.method ?? '',
    path,
    query: Object.fromEntries(query),
    rawUrl,
    headers,
    bodyText: '',
    status: null,
    aborted: false,
  };
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' ? `[${reachable}]` : reachable}:${port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
