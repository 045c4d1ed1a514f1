import PQueue from 'p-queue';
import { GatewayError } from '../errors.ts';
import type { CredentialSource } from './credentials.ts';
import { createHttpClient, type HttpAnswer, type HttpClient, type SendProgress } from './http.ts';
import type { UpstreamRequest } from './request.ts';
import { authorization, canonicalQuery, sha256Hex } from './sign.ts';

/** How one backend is reached. */
export interface UpstreamSettings {
  /** http or https; a path in it is put before every request's own. */
  readonly endpoint: URL;
  readonly credentials: CredentialSource;
  /** Deadline of one operation: the wait for a free place, signing and the whole answer. */
  readonly timeoutMs: number;
  /** Operations under way at once; further ones wait for a place. */
  readonly concurrency: number;
  readonly maxBodyBytes: number;
  readonly userAgent: string;
}

/** Sources of what differs from call to call, replaceable in tests. */
export interface UpstreamClock {
  readonly now: () => number;
  readonly nonce: () => string;
}

/** One backend's endpoint, with its connections, its concurrency cap and its key. */
export interface Upstream {
  /**
   * Sends a request once, signed anew, and gives the answer whatever its status.
   *
   * Order, outermost first: deadline, concurrency cap, sign, send.
   *
   * @throws GatewayError TIMEOUT, UNAVAILABLE, TLS_FAILURE, UNREADABLE or UNAUTHENTICATED; rejects with the signal's
   * reason when it aborts.
   */
  call(request: UpstreamRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Breaks off what is under way and closes the connections. */
  close(): Promise<void>;
}

/** Opens an upstream; connections are made when first needed. */
export function createUpstream(settings: UpstreamSettings, clock: UpstreamClock): Upstream {
  const http = createHttpClient({
    connections: settings.concurrency,
    connectTimeoutMs: settings.timeoutMs,
    maxBodyBytes: settings.maxBodyBytes,
  });
  const queue = new PQueue({ concurrency: settings.concurrency });
  return {
    call: (request, signal) => callOnce(settings, clock, http, queue, request, signal),
    close: () => http.close(),
  };
}

async function callOnce(
  settings: UpstreamSettings,
  clock: UpstreamClock,
  http: HttpClient,
  queue: PQueue,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const progress: SendProgress = { hasLeft: false };
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(timedOut(progress)), settings.timeoutMs);
  const either = AbortSignal.any([signal, deadline.signal]);
  try {
    return await queue.add(
      async () => {
        const signed = await signRequest(settings, clock, request);
        return http.send(signed, either, progress);
      },
      { signal: either },
    );
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(progress: SendProgress): GatewayError {
  return new GatewayError('TIMEOUT', 'The backend did not answer in time.', {
    mayHaveActed: progress.hasLeft,
  });
}

async function signRequest(settings: UpstreamSettings, clock: UpstreamClock, request: UpstreamRequest) {
  const { endpoint } = settings;
  const credentials = await settings.credentials.get();
  const token = credentials.revealToken();
  const path = endpoint.pathname === '/' ? request.path : joinPath(endpoint.pathname, request.path);
  const body = request.body ?? '';
  const headers: Record<string, string> = {
    host: endpoint.host,
    accept: 'application/json',
    'user-agent': settings.userAgent,
    'x-acs-action': request.operation.name,
    'x-acs-version': request.operation.version,
    // The vendor takes whole seconds only.
    'x-acs-date': new Date(clock.now()).toISOString().replace(/\.\d+/, ''),
    'x-acs-signature-nonce': clock.nonce(),
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
