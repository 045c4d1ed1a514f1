import type { BackendLink, CallLog } from '../backends/backend.ts';
import type { Config } from '../config.ts';
import { GatewayError } from '../errors.ts';
import { BREAKER_DEFAULTS } from '../transport/breaker.ts';
import type { CredentialSource } from '../transport/credentials.ts';
import { createUpstreamPool, type UpstreamClock, type UpstreamPool } from '../transport/upstream.ts';

/** One request that was sent, or could not be. */
export interface Attempt {
  readonly operation: string;
  readonly durationMs: number;
  /** Undefined where it was answered as hoped. */
  readonly error: GatewayError | undefined;
}

/** The way of calls to one address: the gateway's own transport, with every attempt noted. */
export interface Calls {
  readonly link: BackendLink;
  /** In order. A retry that the transport makes by itself is one more. */
  readonly attempts: readonly Attempt[];
  readonly pool: UpstreamPool;
}

/** Deadlines of one operation and of one attempt. */
export interface Deadlines {
  readonly timeoutMs: number;
  readonly attemptMs: number;
}

const LONGEST: Deadlines = { timeoutMs: 10_000, attemptMs: 5_000 };

/** The gateway's deadlines, as far as a person would wait for them. */
export function deadlinesOf({ upstreamTimeoutMs, upstreamAttemptTimeoutMs }: Config): Deadlines {
  const attemptMs = upstreamAttemptTimeoutMs ?? Math.ceil(upstreamTimeoutMs / 2);
  return {
    timeoutMs: Math.min(upstreamTimeoutMs, LONGEST.timeoutMs),
    attemptMs: Math.min(attemptMs, LONGEST.attemptMs),
  };
}

/** Opens the way to a backend, or to what is called like one. */
export function openCalls(
  to: { readonly source: string; readonly title: string; readonly endpoint: URL },
  config: Config,
  credentials: CredentialSource,
  clock: UpstreamClock,
): Calls {
  const attempts: Attempt[] = [];
  const { timeoutMs, attemptMs } = deadlinesOf(config);
  const pool = createUpstreamPool(
    {
      endpoint: to.endpoint,
      timeoutMs,
      attemptTimeoutMs: attemptMs,
      concurrency: 1,
      maxQueued: 1,
      hasSingleFlight: true,
      maxBodyBytes: 1024 * 1024,
      userAgent: 'modelgraph-doctor',
      breaker: BREAKER_DEFAULTS,
    },
    clock,
    () => 0,
    { breakerChanged() {} },
  );
  return {
    attempts,
    pool,
    link: {
      source: to.source,
      title: to.title,
      region: config.region,
      upstream: pool.forAccount('doctor', credentials),
      // The deadline of each operation is the one that counts.
      patience: { signal: new AbortController().signal, until: Number.POSITIVE_INFINITY },
      report: { outcome() {}, drift() {}, wrote() {} },
      calls: notedIn(attempts, clock.monotonicMs),
      authorise(access) {
        if (access === 'write') throw new Error('The doctor only reads.');
      },
    },
  };
}

/** Notes every attempt when it has ended. */
function notedIn(attempts: Attempt[], nowMs: () => number): CallLog {
  return {
    begin: (_source, { operation }) => ({
      joined() {},
      attempt() {
        const sentAt = nowMs();
        return {
          headers: {},
          ended(_httpStatus, error) {
            if (error !== undefined && !(error instanceof GatewayError)) return;
            attempts.push({ operation: operation.name, durationMs: nowMs() - sentAt, error });
          },
        };
      },
      ended() {},
    }),
  };
}
