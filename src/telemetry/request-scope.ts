import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { RequestSpan, Tracing } from './tracing.ts';

/** Where the gateway's work is told. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Undefined where nobody traces. */
  readonly tracing: Tracing | undefined;
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs: () => number;
}

/** What a backend's call knows of the request that it is made for. */
export interface RequestScope {
  readonly requestId: string;
  readonly telemetry: Telemetry;
  readonly span: RequestSpan | undefined;
  readonly counts: CallCounts;
  /** Milliseconds since the request arrived. */
  sinceMs(): number;
}

/** What was sent for a request, and what was not. */
export interface CallCounts {
  /** HTTP requests to the backends, retries included. */
  sent: number;
  /** Those that repeated one which had failed. */
  retried: number;
  /** Reads that were served by the answer to an equal one under way. */
  joined: number;
}
