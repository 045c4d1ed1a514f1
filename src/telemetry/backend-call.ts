import type { CallRecord } from '../backends/backend.ts';
import { GatewayError } from '../errors.ts';
import type { AttemptWitness } from '../transport/call-witness.ts';
import type { UpstreamRequest } from '../transport/request.ts';
import { knownCode } from './metrics.ts';
import type { RequestScope } from './request-scope.ts';
import type { AttemptSpan, CallSpan } from './tracing.ts';

/** One HTTP request to a backend. */
class Attempt implements AttemptWitness {
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the client's request arrived. */
  readonly startMs: number;
  /** Undefined while it is under way. */
  durationMs: number | undefined;
  /** Undefined where no answer came. */
  httpStatus: number | undefined;
  /** As of a {@link BackendCall}. */
  outcome: string | undefined;
  readonly #call: BackendCall;
  readonly #scope: RequestScope;
  readonly #span: AttemptSpan | undefined;

  constructor(call: BackendCall, scope: RequestScope, span: AttemptSpan | undefined) {
    this.headers = span?.headers ?? NO_HEADERS;
    this.startMs = scope.sinceMs();
    this.#call = call;
    this.#scope = scope;
    this.#span = span;
  }

  ended(httpStatus: number | undefined, error: unknown): void {
    const { source, operation } = this.#call;
    const durationMs = this.#scope.sinceMs() - this.startMs;
    const outcome = outcomeOf(error);
    this.durationMs = durationMs;
    this.httpStatus = httpStatus;
    this.outcome = outcome;
    this.#scope.telemetry.metrics.called(source, operation, outcome, durationMs);
    this.#span?.end(httpStatus, codeOf(outcome));
  }
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** One operation of a backend, as the request that called it saw it: names, numbers and codes only. */
export class BackendCall implements CallRecord {
  readonly source: string;
  readonly operation: string;
  /** Things that the one call asks for by their ids; undefined of an operation that takes no list of them. */
  readonly keys: number | undefined;
  /** Milliseconds since the client's request arrived. */
  readonly startMs: number;
  /** Undefined while it is under way. */
  durationMs: number | undefined;
  /** Whether the answer of an equal call served it. */
  hasJoined = false;
  /** What was sent for it, nothing where it joined another call; a few at most, for a read is sent again twice. */
  readonly attempts: Attempt[] = [];
  /** `ok`, `cancelled` where nobody waited any more, or the code of the failure; undefined while it is under way. */
  outcome: string | undefined;
  readonly #method: string;
  readonly #scope: RequestScope;
  readonly #span: CallSpan | undefined;

  constructor(source: string, { operation, method, keys }: UpstreamRequest, scope: RequestScope) {
    this.source = source;
    this.operation = operation.name;
    this.keys = keys;
    this.startMs = scope.sinceMs();
    this.#method = method;
    this.#scope = scope;
    this.#span = scope.span?.call(source, operation.name);
  }

  joined(): void {
    this.hasJoined = true;
    this.#scope.counts.joined += 1;
    this.#scope.telemetry.metrics.joined(this.source, this.operation);
  }

  attempt(): AttemptWitness {
    const { counts, telemetry } = this.#scope;
    counts.sent += 1;
    const failure = this.attempts.at(-1)?.outcome;
    if (failure !== undefined) {
      counts.retried += 1;
      telemetry.metrics.retried(this.source, failure);
    }
    const span = this.#span?.attempt(this.attempts.length + 1, this.#method);
    const attempt = new Attempt(this, this.#scope, span);
    this.attempts.push(attempt);
    return attempt;
  }

  ended(error: unknown): void {
    const { source, operation, keys, hasJoined, attempts } = this;
    const { requestId, telemetry } = this.#scope;
    const durationMs = this.#scope.sinceMs() - this.startMs;
    const outcome = outcomeOf(error);
    this.durationMs = durationMs;
    this.outcome = outcome;
    const isDecidedHere = attempts.length === 0 && !hasJoined;
    if (isDecidedHere && error instanceof GatewayError) telemetry.metrics.unsent(source, outcome);
    this.#span?.end({ hasJoined, keys, errorCode: codeOf(outcome) });
    telemetry.logger.debug(
      {
        requestId,
        traceId: this.#scope.span?.traceId,
        source,
        operation,
        keys,
        ms: roundedMs(durationMs),
        outcome,
        attempts: attempts.length,
        joined: hasJoined,
        httpStatus: attempts.at(-1)?.httpStatus,
        upstreamRequestId: error instanceof GatewayError ? error.requestId : undefined,
      },
      'upstream call',
    );
  }
}

function outcomeOf(error: unknown): string {
  if (error === undefined) return 'ok';
  if (error instanceof GatewayError) return knownCode(error.code);
  return error instanceof Error && error.name === 'AbortError' ? 'cancelled' : 'INTERNAL_SERVER_ERROR';
}

function codeOf(outcome: string): string | undefined {
  return outcome === 'ok' ? undefined : outcome;
}

/** Microseconds are enough. */
export function roundedMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
