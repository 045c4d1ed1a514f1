import type { BackendReport } from '../backends/backend.ts';
import { ERROR_KINDS, type GatewayError } from '../errors.ts';
import type { UpstreamObserver } from '../transport/resilience.ts';
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
export interface BackendLog extends BackendReport {
  /** Undefined where nothing was sent yet. */
  lastOutcome(source: string): LastOutcome | undefined;
  /** The last failure that spoke of the backend, even where it has answered since. */
  lastError(source: string): LastError | undefined;
  /** What a backend's transport tells its work to. */
  observerOf(source: string): UpstreamObserver;
  /** Counts the writes to a backend: what was read under another number may be out of date. */
  generation(source: string): number;
  /** Odd values so far, by `source operation field`. */
  oddValues(): ReadonlyMap<string, number>;
}

/** Distinct odd fields that are counted; the wire schemas name fewer, so it only guards against a mistake there. */
const MAX_ODD_FIELDS = 1000;

/** Opens a log. An odd field is logged when it is first seen, and only counted from then on. */
export function createBackendLog(logger: Logger, now: () => number): BackendLog {
  const outcomes = new Map<string, LastOutcome>();
  const errors = new Map<string, LastError>();
  const odd = new Map<string, number>();
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
      logger.warn({ source, operation, code, upstreamCode, requestId, httpStatus }, 'backend failed');
    },
    observerOf: (source) => ({
      attempted: () => undefined,
      retried({ name }, { code }) {
        logger.debug({ source, operation: name, code }, 'backend asked again');
      },
      joined: () => undefined,
      breakerChanged({ name }) {
        logger.warn({ source, breaker: name }, 'breaker changed');
      },
    }),
    odd(source, operation, field) {
      const key = `${source} ${operation} ${field}`;
      const seen = odd.get(key) ?? 0;
      if (seen === 0 && odd.size >= MAX_ODD_FIELDS) return;
      odd.set(key, seen + 1);
      if (seen === 0) logger.warn({ source, operation, field }, 'backend sent a value that does not fit');
    },
    lastOutcome: (source) => outcomes.get(source),
    lastError: (source) => errors.get(source),
    oddValues: () => odd,
  };
}

/** A refusal of one thing asked for says nothing of the backend; a failure to serve, or to let us in, does. */
function speaksOfBackend(error: GatewayError): boolean {
  return (
    ERROR_KINDS[error.kind].tripsBreaker || error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN'
  );
}
