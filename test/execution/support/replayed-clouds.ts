import { EVERY_SCOPE } from '../../../src/auth/scopes.ts';
import { openSessions, type Sessions } from '../../../src/backends/index.ts';
import type { Context, StatusBoard } from '../../../src/context.ts';
import { Creates } from '../../../src/idempotency/creates.ts';
import { createMemoryStore } from '../../../src/idempotency/memory-store.ts';
import { createSnapshots, snapshotsFor } from '../../../src/snapshots.ts';
import { BREAKER_DEFAULTS } from '../../../src/transport/breaker.ts';
import { Credentials, staticCredentials } from '../../../src/transport/credentials.ts';
import type { HttpAnswer } from '../../../src/transport/http.ts';
import type { UpstreamRequest } from '../../../src/transport/request.ts';
import { createUpstreamPool, type Upstream, type UpstreamPool } from '../../../src/transport/upstream.ts';
import type { TestGateway } from '../../support/gateway.ts';
import { type Chaos, hashOf } from './chaos.ts';

const NOW = 1_750_000_000_000;

/** What one execution did besides answering. */
export interface Deeds {
  /** Requests to the backends in the order in which they were made. */
  readonly calls: string[];
  /** Failures that were told as data. */
  readonly told: string[];
}

/** What the clouds of a sandbox answer, each answer asked for once and kept. */
export class ReplayedClouds {
  readonly #pool: UpstreamPool;
  readonly #gateway: TestGateway;
  readonly #answers = new Map<string, HttpAnswer>();
  /** Answers that had to be asked for. Until they are kept they take their time, and two executions are not comparable. */
  asked = 0;

  constructor(gateway: TestGateway) {
    this.#gateway = gateway;
    this.#pool = createUpstreamPool(
      {
        endpoint: new URL(gateway.sandbox.url),
        timeoutMs: 10_000,
        attemptTimeoutMs: 5_000,
        concurrency: 16,
        maxQueued: 2_000,
        hasSingleFlight: true,
        maxBodyBytes: 8 * 1024 * 1024,
        userAgent: 'test',
        breaker: BREAKER_DEFAULTS,
      },
      {
        now: Date.now,
        nonce: () => crypto.randomUUID(),
        monotonicMs: () => performance.now(),
        random: Math.random,
      },
      () => 0,
      { breakerChanged: () => undefined },
    );
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** The context of one execution, in which things go wrong as `chaos` has it. */
  open(chaos: Chaos, deeds: Deeds, signal: AbortSignal): Context {
    const patience = { signal, until: Number.POSITIVE_INFINITY };
    const record = {
      told: (...all: readonly unknown[]) => void deeds.told.push(all.join(' ')),
      begin: () => ({ joined: () => undefined, attempt: () => undefined, ended: () => undefined }),
    };
    const generations = new Map<string, number>();
    const report = {
      outcome: () => undefined,
      drift: () => undefined,
      wrote: (source: string) => void generations.set(source, (generations.get(source) ?? 0) + 1),
    };
    const generation = (source: string) => generations.get(source) ?? 0;
    const sessions = openSessions((source) => ({
      source,
      title: source,
      region: this.#gateway.sandbox.region,
      upstream: this.#upstreamOf(source, chaos, deeds),
      patience,
      report,
      authorise: () => undefined,
      calls: record as never,
    }));
    const status: StatusBoard = {
      lastOutcome: () => undefined,
      lastError: () => undefined,
      generation,
      live: () =>
        ({ breaker: 'closed', retryAfterMs: 0, callsPerSecond: undefined, running: 0, queued: 0 }) as never,
      isSandbox: true,
      endpoint: () => 'http://sandbox',
      now: () => NOW,
    };
    return {
      requestId: 'the request',
      identity: {
        caller: 'the test',
        account: 'the account',
        credentials: this.#credentials(),
        scopes: EVERY_SCOPE,
      },
      patience,
      monotonicMs: () => performance.now(),
      sessions: chaos.spoilSessions(sessions) as Sessions,
      region: this.#gateway.sandbox.region,
      snapshots: snapshotsFor(
        createSnapshots(() => NOW, generation),
        () => undefined,
      ),
      creates: new Creates({ store: createMemoryStore(() => NOW), secret: 'secret', now: () => NOW }),
      upstreamTimeoutMs: 10_000,
      record: record as never,
      live: {
        tell: (event: object) => void deeds.told.push(JSON.stringify(event)),
        confirmedWrites: () => [...generations.values()].reduce((sum, writes) => sum + writes, 0),
      } as never,
      status,
    };
  }

  #credentials() {
    const { accessKeyId, accessKeySecret } = this.#gateway.sandbox.credentials;
    return staticCredentials(new Credentials(accessKeyId, accessKeySecret), 'the test');
  }

  #upstreamOf(source: string, chaos: Chaos, deeds: Deeds): Upstream {
    const real = this.#pool.forAccount('the account', this.#credentials());
    const call: Upstream['call'] = async (request, read, patience, _witness, onBegin) => {
      onBegin?.();
      const key = keyOf(source, request);
      deeds.calls.push(key);
      const kept = this.#answers.get(key);
      if (kept === undefined) {
        this.asked += 1;
        const answer = await real.call(request, (one) => one, patience, {
          joined: () => undefined,
          attempt: () => ({ headers: {}, ended: () => undefined }),
        });
        this.#answers.set(key, answer);
        return read(answer);
      }
      // Each backend takes its own time, and always the same.
      for (let turn = hashOf(key) % 3; turn >= 0; turn--) await new Promise((done) => setImmediate(done));
      return read(chaos.spoilAnswer(source, key, kept));
    };
    return { call, state: () => real.state(), earliestBackendTime: () => undefined };
  }
}

function keyOf(source: string, { operation, method, path, query, body }: UpstreamRequest): string {
  return JSON.stringify([source, operation.name, method, path, query, body]);
}
