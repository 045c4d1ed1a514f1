import { ERROR_CODES, REQUEST_CODES } from '../errors.ts';
import type { DriftCount } from './drift-log.ts';
import type { LiveState } from './live-state.ts';
import { addProcessMetrics } from './process-metrics.ts';
import { MetricRegistry, type ReadSeries } from './prometheus.ts';

/** What became of a GraphQL operation. */
export const OUTCOMES = [
  /** All that it asked for is there. */
  'ok',
  /** Some of it is, and errors tell of the rest. */
  'partial',
  /** None of it is. */
  'failed',
  /** It never ran. */
  'refused',
  /** The client left before it was answered. */
  'cancelled',
] as const;

/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/** `none` of a request that was refused before its operation was known. */
export type OperationType = 'query' | 'mutation' | 'subscription' | 'none';

/** What metrics are read from when they are scraped. */
export interface MetricSources {
  /** The backends' names. */
  readonly sources: readonly string[];
  live(source: string): LiveState;
  drift(): readonly DriftCount[];
}

/** Counts the gateway's work. Every label value is a name of this code, or bounded where it comes from elsewhere. */
export interface Metrics {
  requestBegan(): void;
  requestEnded(): void;
  operationEnded(type: OperationType, outcome: Outcome, ms: number): void;
  /** Failures that a client was told of. @param code of {@link knownCode} */
  failed(code: string, times: number): void;
  /** A request to a backend. @param outcome `ok`, `cancelled` or a code */
  called(source: string, operation: string, outcome: string, ms: number): void;
  retried(source: string, code: string): void;
  joined(source: string, operation: string): void;
  /** An operation of a backend was answered here, and nothing was sent for it. */
  unsent(source: string, code: string): void;
  /** Prometheus' text format. */
  text(): string;
  close(): void;
}

/** Codes that a client can be told; what is no code of ours is counted as one. */
const CODES: ReadonlySet<string> = new Set([...ERROR_CODES, ...REQUEST_CODES]);

/** The code, or `OTHER` for one that is not of this gateway's vocabulary. */
export function knownCode(code: unknown): string {
  return typeof code === 'string' && CODES.has(code) ? code : 'OTHER';
}

/** Upper ends of the buckets of every latency, in seconds: 1 ms to the deadline of a request. */
const LATENCY_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

const BREAKER_VALUES: Readonly<Record<LiveState['breaker'], number>> = { closed: 0, 'half-open': 1, open: 2 };

/** Opens the metrics of one gateway. */
export function createMetrics(read: MetricSources): Metrics {
  const registry = new MetricRegistry();
  const requests = addRequestMetrics(registry);
  const upstream = addUpstreamMetrics(registry, read.sources);
  addLiveMetrics(registry, read);
  const watch = addProcessMetrics(registry);
  let isWatching = false;
  return {
    ...requests,
    ...upstream,
    text() {
      if (!isWatching) watch.begin();
      isWatching = true;
      return registry.text();
    },
    close: () => watch.end(),
  };
}

function addRequestMetrics(registry: MetricRegistry) {
  let running = 0;
  registry.readGauge(
    { name: 'modelgraph_requests_running', help: 'HTTP requests that are not answered yet.', labels: [] },
    () => [[{}, running]],
  );
  const operations = registry.counter({
    name: 'modelgraph_requests_total',
    help: 'GraphQL operations, those of a batch each, and requests that were refused before theirs was known.',
    labels: ['type', 'outcome'],
  });
  const durations = registry.histogram(
    {
      name: 'modelgraph_request_duration_seconds',
      help: 'Time from the arrival of a request to the answer to its operation.',
      labels: ['type'],
    },
    LATENCY_BOUNDS,
  );
  const errors = registry.counter({
    name: 'modelgraph_errors_total',
    help: 'Errors that clients were told of, in errors[] or as data.',
    labels: ['code'],
  });
  for (const type of ['query', 'mutation']) {
    durations.show({ type });
    for (const outcome of OUTCOMES) operations.add({ type, outcome }, 0);
  }
  for (const code of CODES) errors.add({ code }, 0);
  return {
    requestBegan: () => {
      running += 1;
    },
    requestEnded: () => {
      running -= 1;
    },
    operationEnded(type: OperationType, outcome: Outcome, ms: number) {
      operations.add({ type, outcome });
      durations.observe({ type }, ms / 1000);
    },
    failed: (code: string, times: number) => errors.add({ code }, times),
  };
}

function addUpstreamMetrics(registry: MetricRegistry, sources: readonly string[]) {
  const calls = registry.counter({
    name: 'modelgraph_upstream_calls_total',
    help: 'HTTP requests to the backends, each attempt of an operation, by what came of it.',
    labels: ['source', 'operation', 'outcome'],
  });
  const durations = registry.histogram(
    {
      name: 'modelgraph_upstream_call_duration_seconds',
      help: 'Time from signing such a request to the end of its answer.',
      labels: ['source', 'operation'],
    },
    LATENCY_BOUNDS,
  );
  const retries = registry.counter({
    name: 'modelgraph_upstream_retries_total',
    help: 'Requests that were sent again, by the failure before.',
    labels: ['source', 'code'],
  });
  const joined = registry.counter({
    name: 'modelgraph_upstream_joined_total',
    help: 'Reads that were served by the answer to an equal one under way (single flight).',
    labels: ['source', 'operation'],
  });
  const unsent = registry.counter({
    name: 'modelgraph_upstream_unsent_total',
    help: 'Operations answered by the gateway itself: breaker open, line too long, the request out of time, or no cloud keys.',
    labels: ['source', 'code'],
  });
  for (const source of sources) {
    for (const code of ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'RATE_LIMITED']) {
      retries.add({ source, code }, 0);
      unsent.add({ source, code }, 0);
    }
  }
  return {
    called(source: string, operation: string, outcome: string, ms: number) {
      calls.add({ source, operation, outcome });
      durations.observe({ source, operation }, ms / 1000);
    },
    retried: (source: string, code: string) => retries.add({ source, code }),
    joined: (source: string, operation: string) => joined.add({ source, operation }),
    unsent: (source: string, code: string) => unsent.add({ source, code }),
  };
}

function addLiveMetrics(registry: MetricRegistry, { sources, live, drift }: MetricSources): void {
  const gauge = (name: string, help: string, value: (state: LiveState) => number) => {
    const read: ReadSeries<'source'> = () => sources.map((source) => [{ source }, value(live(source))]);
    registry.readGauge({ name: `modelgraph_upstream_${name}`, help, labels: ['source'] }, read);
  };
  gauge(
    'breaker_state',
    '0 closed, 1 half-open, 2 open; the worst that any account meets.',
    ({ breaker }) => BREAKER_VALUES[breaker],
  );
  gauge('running', 'Operations under way.', ({ running }) => running);
  gauge('queued', 'Operations that wait for a place.', ({ queued }) => queued);
  gauge(
    'pace_calls_per_second',
    'Calls a second that a backend is asked at since it complained; +Inf without a limit.',
    ({ callsPerSecond }) => callsPerSecond ?? Number.POSITIVE_INFINITY,
  );
  const drifted = function* () {
    for (const { count, ...labels } of drift()) yield [labels, count] as const;
  };
  registry.readCounter(
    {
      name: 'modelgraph_drift_total',
      help: "Fields and values in the backends' answers that differ from their documentation.",
      labels: ['source', 'operation', 'field', 'kind'],
    },
    drifted,
  );
}
