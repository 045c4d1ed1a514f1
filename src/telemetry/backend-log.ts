import type { BackendReport } from '../backends/backend.ts';
import { ERROR_KINDS, type GatewayError } from '../errors.ts';
import type { UpstreamObserver } from '../transport/resilience.ts';
import { createDriftLog, type DriftCount } from './drift-log.ts';
import type { Logger } from './log.ts';

/** How the last operation of a backend went. */
export interface LastOutcome {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The failure that speaks of the backend, undefined where it answered. */
  readonly error: GatewayError | undefined;
}

/** The last failure of a backend. */
export interface LastError {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly error: GatewayError;
}

/** What is remembered of the backends' behaviour, in memory, for as long as the process lives. */
export interface BackendLog extends Omit<BackendReport, 'wrote'> {
  /** A write is about to be sent, or has been. */
  wrote(source: string): void;
  /** Undefined where nothing was sent yet. */
  lastOutcome(source: string): LastOutcome | undefined;
  /** The last failure that spoke of the backend, even where it has answered since. */
  lastError(source: string): LastError | undefined;
  /** What a backend's transport tells its work to. */
  observerOf(source: string): UpstreamObserver;
  /** Counts the writes to a backend: what was read under another number may be out of date. */
  generation(source: string): number;
  /** Where answers drifted from their documentation so far. */
  driftCounts(): readonly DriftCount[];
}

/** Opens a log. */
export function createBackendLog(logger: Logger, now: () => number): BackendLog {
  const outcomes = new Map<string, LastOutcome>();
  const errors = new Map<string, LastError>();
  const drift = createDriftLog(logger);
  const generations = new Map<string, number>();
  return {
    wrote(source) {
      generations.set(source, (generations.get(source) ?? 0) + 1);
    },
    generation: (source) => generations.get(source) ?? 0,
    outcome(source, operation, error) {
      const own = error !== undefined && speaksOfBackend(error) ? error : undefined;
      outcomes.set(source, { at: now(), error: own });
      if (own === undefined) return;
      errors.set(source, { at: now(), error: own });
      const { code, upstreamCode, requestId, httpStatus } = own;
      const missingPermission = own.missingPermission?.action;
      const facts = { code, upstreamCode, upstreamRequestId: requestId, httpStatus, missingPermission };
      logger.warn({ source, operation, ...facts }, 'backend failed');
    },
    observerOf: (source) => ({
      breakerChanged({ name }) {
        logger.warn({ source, breaker: name }, 'breaker changed');
      },
    }),
    drift: drift.note,
    lastOutcome: (source) => outcomes.get(source),
    lastError: (source) => errors.get(source),
    driftCounts: drift.counts,
  };
}

/** A refusal of one thing asked for says nothing of the backend; a failure to serve, or to let us in, does. */
function speaksOfBackend(error: GatewayError): boolean {
  return (
    ERROR_KINDS[error.kind].tripsBreaker || error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN'
  );
}
