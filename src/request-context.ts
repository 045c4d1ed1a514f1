import { requireScope } from './auth/scopes.ts';
import type { BackendReport } from './backends/backend.ts';
import { backends, openSessions, type Sessions } from './backends/index.ts';
import type { Context, LiveUpdates, StatusBoard } from './context.ts';
import type { Creates } from './idempotency/creates.ts';
import type { Identity } from './identity.ts';
import { type Snapshots, snapshotsFor } from './snapshots.ts';
import type { BackendLog } from './telemetry/backend-log.ts';
import type { OperationRecord } from './telemetry/operation-record.ts';
import type { Patience } from './transport/flight.ts';
import type { UpstreamPool } from './transport/upstream.ts';

/** What the contexts of all operations share. */
export interface ContextGround {
  readonly region: string;
  readonly upstreamTimeoutMs: number;
  readonly isSandbox: boolean;
  readonly endpointOf: (source: string) => URL;
  readonly tellsEndpoints: boolean;
  readonly upstreams: ReadonlyMap<string, UpstreamPool>;
  readonly log: BackendLog;
  readonly snapshots: Snapshots;
  readonly creates: Creates;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A clock that never jumps, the one that patience goes by. */
  readonly monotonicMs: () => number;
}

/** What is an operation's own. */
export interface ContextOwner {
  readonly requestId: string;
  readonly identity: Identity;
  readonly record: OperationRecord;
  /** Asked when the operation first waits for something. */
  patience(): Patience;
  /** Asked when it first tells or hears of events. @param confirmedWrites those of the operation so far */
  live(confirmedWrites: () => number): LiveUpdates;
}

const TITLES: ReadonlyMap<string, string> = new Map(backends.map(({ source, title }) => [source, title]));

/** A context whose parts are made when they are first used: few operations use all of them. */
export class RequestContext implements Context {
  readonly requestId: string;
  readonly identity: Identity;
  readonly record: OperationRecord;
  readonly region: string;
  readonly creates: Creates;
  readonly upstreamTimeoutMs: number;
  readonly monotonicMs: () => number;
  readonly #ground: ContextGround;
  readonly #owner: ContextOwner;
  #patience: Patience | undefined;
  #sessions: Sessions | undefined;
  #snapshots: Snapshots | undefined;
  #status: StatusBoard | undefined;
  #live: LiveUpdates | undefined;
  #confirmedWrites = 0;

  constructor(ground: ContextGround, owner: ContextOwner) {
    this.requestId = owner.requestId;
    this.identity = owner.identity;
    this.record = owner.record;
    this.region = ground.region;
    this.creates = ground.creates;
    this.upstreamTimeoutMs = ground.upstreamTimeoutMs;
    this.monotonicMs = ground.monotonicMs;
    this.#ground = ground;
    this.#owner = owner;
  }

  get patience(): Patience {
    this.#patience ??= this.#owner.patience();
    return this.#patience;
  }

  get sessions(): Sessions {
    this.#sessions ??= this.#openSessions();
    return this.#sessions;
  }

  get snapshots(): Snapshots {
    const { scopes } = this.identity;
    this.#snapshots ??= snapshotsFor(this.#ground.snapshots, (source) =>
      requireScope(scopes, source, 'read'),
    );
    return this.#snapshots;
  }

  get status(): StatusBoard {
    this.#status ??= this.#openStatus();
    return this.#status;
  }

  get live(): LiveUpdates {
    this.#live ??= this.#owner.live(() => this.#confirmedWrites);
    return this.#live;
  }

  /** All parts as properties of a plain object, for who copies contexts. */
  unfolded(): Context {
    const { requestId, identity, record, region, creates, upstreamTimeoutMs, monotonicMs } = this;
    const { patience, sessions, snapshots, status, live } = this;
    return {
      ...{ requestId, identity, record, region, creates, upstreamTimeoutMs, monotonicMs },
      ...{ patience, sessions, snapshots, status, live },
    };
  }

  #upstreamOf(source: string) {
    const { account, credentials } = this.identity;
    return (this.#ground.upstreams.get(source) as UpstreamPool).forAccount(account, credentials);
  }

  #openSessions(): Sessions {
    const { region, record } = this;
    const { scopes } = this.identity;
    const report = this.#report();
    return openSessions((source) => ({
      source,
      title: TITLES.get(source) ?? source,
      region,
      upstream: this.#upstreamOf(source),
      patience: this.patience,
      report,
      authorise: (access) => requireScope(scopes, source, access),
      calls: record,
    }));
  }

  #report(): BackendReport {
    const { log } = this.#ground;
    return {
      outcome: log.outcome,
      drift: log.drift,
      wrote: (source, isConfirmed) => {
        log.wrote(source);
        if (isConfirmed) this.#confirmedWrites += 1;
      },
    };
  }

  #openStatus(): StatusBoard {
    const { log, isSandbox, endpointOf, tellsEndpoints, now } = this.#ground;
    return {
      lastOutcome: log.lastOutcome,
      lastError: log.lastError,
      generation: log.generation,
      live: (source) => this.#upstreamOf(source).state(),
      isSandbox,
      endpoint: (source) => (tellsEndpoints ? endpointOf(source).origin : undefined),
      now,
    };
  }
}
