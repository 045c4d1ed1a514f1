import type { Sessions } from './backends/index.ts';
import type { CatalogEvent } from './domain/catalog-event.ts';
import type { Creates } from './idempotency/creates.ts';
import type { Identity } from './identity.ts';
import type { Snapshots } from './snapshots.ts';
import type { BackendLog } from './telemetry/backend-log.ts';
import type { OperationRecord } from './telemetry/operation-record.ts';
import type { Patience } from './transport/flight.ts';
import type { UpstreamState } from './transport/resilience.ts';

/** What a resolver can reach. One for each operation. */
export interface Context {
  readonly requestId: string;
  /** Who asks, and with whose cloud credentials. */
  readonly identity: Identity;
  /** How long the request waits for its backends. */
  readonly patience: Patience;
  /** The clock that it goes by. */
  readonly monotonicMs: () => number;
  /** The only way to the backends. */
  readonly sessions: Sessions;
  /** The configured region: no other one is ever asked. */
  readonly region: string;
  /** Whole lists, kept for a short time over requests. */
  readonly snapshots: Snapshots;
  /** Creates that can be repeated. */
  readonly creates: Creates;
  /** Deadline of a source that takes many calls, as of one call. */
  readonly upstreamTimeoutMs: number;
  /** What is written down of the operation: what it called, and how it failed. */
  readonly record: OperationRecord;
  /** What `sources` tells. */
  readonly status: StatusBoard;
  /** What mutations tell, and subscriptions hear. */
  readonly live: LiveUpdates;
}

/** The events of the asking account. */
export interface LiveUpdates {
  /** Tells all who listen. */
  tell(event: Omit<CatalogEvent, 'at'>): void;
  /** Hears what happens to these sources from now on. @throws SubscriptionError */
  hear(sources: readonly string[]): AsyncIterableIterator<CatalogEvent>;
  /** Writes of this operation that a backend said are done, so far. */
  confirmedWrites(): number;
}

/** The backends as this process sees them. */
export interface StatusBoard extends Pick<BackendLog, 'lastOutcome' | 'lastError' | 'generation'> {
  readonly isSandbox: boolean;
  /** What the asking account meets at a backend now. */
  live(source: string): UpstreamState;
  /** Scheme and host of a backend; undefined where callers are not told. */
  endpoint(source: string): string | undefined;
  readonly now: () => number;
}
