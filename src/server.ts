import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createYoga, useExecutionCancellation, type YogaServerInstance } from 'graphql-yoga';
import type { Authenticate } from './auth/authenticate.ts';
import { EVERY_SCOPE, NO_SCOPE } from './auth/scopes.ts';
import { backends } from './backends/index.ts';
import type { ScrapeAccess } from './config.ts';
import type { Context, LiveUpdates } from './context.ts';
import { examples } from './examples.ts';
import { CompiledExecution } from './execution/execute.ts';
import { useCompiledExecution } from './execution/plugin.ts';
import { callerOf, useAuthentication } from './http/authentication.ts';
import { useCallBudget } from './http/call-budget.ts';
import { DocumentCache, NO_CACHE } from './http/document-cache.ts';
import { cutUnlessRead, networkOfClient, useEventStream } from './http/event-stream.ts';
import { FastPath } from './http/fast-path.ts';
import { useGraphiql } from './http/graphiql.ts';
import { useIncrementalDelivery } from './http/incremental-delivery.ts';
import { useNoIntrospection } from './http/introspection.ts';
import { documentLimits } from './http/limits.ts';
import { createErrorMask } from './http/mask.ts';
import { NodeDoor } from './http/node-door.ts';
import { useProbes } from './http/probes.ts';
import { RateLimiter, useRateLimit } from './http/rate-limit.ts';
import { openPatience, patienceOf, useRequestDeadline } from './http/request-deadline.ts';
import { requestIdOf, useRequestId } from './http/request-id.ts';
import { DEFAULT_LIMITS, type RequestLimits } from './http/request-limits.ts';
import { operationOf, useRequestLog } from './http/request-log.ts';
import { useSafeHttp } from './http/safe-http.ts';
import { useSafeMessages } from './http/safe-messages.ts';
import { useMetrics } from './http/scrape.ts';
import type { RateLimit } from './http/token-buckets.ts';
import { type TrustedDocuments, useTrustedDocuments } from './http/trusted-documents.ts';
import { useUpstreamCalls } from './http/upstream-calls.ts';
import { type CreateSettings, Creates } from './idempotency/creates.ts';
import { createMemoryStore } from './idempotency/memory-store.ts';
import type { Identity } from './identity.ts';
import { createMemoryBus, type EventBus } from './live/event-bus.ts';
import {
  SUBSCRIPTION_LIMITS,
  type SubscriptionLimits,
  type SubscriptionState,
  Subscriptions,
} from './live/subscriptions.ts';
import { type ContextGround, RequestContext } from './request-context.ts';
import { schema } from './schema/index.ts';
import { createSnapshots } from './snapshots.ts';
import { type BackendLog, createBackendLog } from './telemetry/backend-log.ts';
import type { DriftCount } from './telemetry/drift-log.ts';
import { liveDrift, liveState } from './telemetry/live-state.ts';
import type { Logger } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { OperationRecord } from './telemetry/operation-record.ts';
import type { Tracing } from './telemetry/tracing.ts';
import { BREAKER_DEFAULTS, type BreakerSettings } from './transport/breaker.ts';
import type { CredentialSource } from './transport/credentials.ts';
import type { Patience } from './transport/flight.ts';
import type { Signal } from './transport/signal.ts';
import { createUpstreamPool, type UpstreamClock, type UpstreamPool } from './transport/upstream.ts';

/** What a gateway serves, decided before it is made. */
export interface GatewaySettings {
  readonly region: string;
  /** The address of a backend. */
  readonly endpointOf: (source: string) => URL;
  readonly isSandbox: boolean;
  /** Deadline of a whole request; a client may ask for less. */
  readonly requestTimeoutMs: number;
  /** Deadline of one upstream operation, retries included. */
  readonly upstreamTimeoutMs: number;
  /** Deadline of one attempt of a read; half of the operation's, or of the request's if that is less, by default. */
  readonly upstreamAttemptTimeoutMs?: number;
  /** Upstream operations under way at once, for each backend. */
  readonly upstreamConcurrency: number;
  /** Upstream operations that wait for a place, for each backend. */
  readonly upstreamQueue: number;
  /** Whether equal queries of a caller that are under way are executed once. */
  readonly sharesOperations?: boolean;
  /** Whether an equal read under way is waited for instead of being sent again; it is by default. */
  readonly hasSingleFlight?: boolean;
  readonly breaker?: BreakerSettings;
  /** Documents that run by their id; without them every document runs, and none by an id. */
  readonly trustedDocuments?: TrustedDocuments;
  /** Whether only this machine can reach the gateway: then the Host header must name it. */
  readonly isLoopback: boolean;
  /** In place of the defaults. */
  readonly limits?: Partial<RequestLimits>;
  /** In place of the defaults. */
  readonly subscriptionLimits?: Partial<SubscriptionLimits>;
  /** By default: no other origin, introspection and GraphiQL, and as much as anyone likes. */
  readonly access?: AccessSettings;
  /** Who may read `/metrics`; by default everyone who is on this machine, where no other can reach the gateway. */
  readonly metrics?: ScrapeAccess;
}

/** What callers see of the gateway besides its answers, and how much they may ask. */
export interface AccessSettings {
  /** Origins whose pages may call. */
  readonly origins: readonly string[];
  readonly hasIntrospection: boolean;
  readonly hasGraphiql: boolean;
  /** For each caller; undefined for no limit. */
  readonly rateLimit: RateLimit | undefined;
}

const OPEN_ACCESS: AccessSettings = {
  origins: [],
  hasIntrospection: true,
  hasGraphiql: true,
  rateLimit: undefined,
};

/** What a gateway needs from outside, replaceable in tests. */
export interface GatewayDependencies {
  readonly credentials: CredentialSource;
  /** Tells callers apart, and turns others away; undefined where nobody is asked who they are. */
  readonly authenticate?: Authenticate | undefined;
  /** Who a request speaks for; by default its caller, or everyone as one, with one account, that of `credentials`. */
  readonly identify?: (request: Request) => Omit<Identity, 'scopes'>;
  readonly logger: Logger;
  /** Undefined where nobody traces. */
  readonly tracing?: Tracing | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly nonce?: () => string;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs?: () => number;
  /** From 0 to 1, for the jitter of retries. */
  readonly random?: () => number;
  /** What is remembered of creates: by default in memory, under a secret of this process. */
  readonly idempotency?: Pick<CreateSettings, 'store' | 'secret'>;
  /** What carries events to subscriptions: by default in memory, those of this process. */
  readonly eventBus?: EventBus;
}

/** A gateway without a port. */
export interface Gateway {
  /** Answers a request of the Fetch standard; also a node request listener. */
  readonly handler: YogaServerInstance<object, Context>;
  /** Answers node's requests: the common ones with less ado. */
  readonly listener: RequestListener;
  /** Where the backends' answers drifted from their documentation so far. */
  drift(): readonly DriftCount[];
  /** What `/metrics` answers. */
  metricsText(): string;
  /** How many subscriptions are open, and what they hold. */
  subscriptions(): SubscriptionState;
  /** From now on `/ready` says no, and no subscription is opened; those that are open end. */
  drain(): void;
  /** Breaks off what is under way, closes the connections to the backends, and sends the last traces. */
  close(): Promise<void>;
}

/** Largest answer of a backend that is read: a page of 100 rows stays far below it. */
const MAX_UPSTREAM_BODY_BYTES = 8 * 1024 * 1024;

/** No address ends in a space. */
const NO_ADDRESS = ' ';

/** Assembles the gateway. Reads no environment, listens on no port. */
export function createGateway(settings: GatewaySettings, dependencies: GatewayDependencies): Gateway {
  const { logger, now = Date.now, nonce = randomUUID } = dependencies;
  const { monotonicMs = () => performance.now(), random = Math.random } = dependencies;
  const log = createBackendLog(logger, now);
  const upstreams = openUpstreams(settings, { now, nonce, monotonicMs, random }, log);
  const snapshots = createSnapshots(now, log.generation);
  const { idempotency = { store: createMemoryStore(now), secret: randomBytes(32).toString('base64url') } } =
    dependencies;
  const creates = new Creates({ ...idempotency, now });
  const live = (source: string) =>
    liveState(source, upstreams.get(source)?.states() ?? [], log.lastError(source), settings.isLoopback);
  const sources = backends.map(({ source }) => source);
  const metrics = createMetrics({ sources, live, drift: log.driftCounts });
  const { eventBus = createMemoryBus() } = dependencies;
  const subscriptionLimits = { ...SUBSCRIPTION_LIMITS, ...settings.subscriptionLimits };
  const subscriptions = new Subscriptions(eventBus, subscriptionLimits, now);
  let isDraining = false;
  const { authenticate, credentials } = dependencies;
  const nameOf = (request: Request) => callerOf(request)?.name ?? 'anonymous';
  const isNobodyAsked = authenticate === undefined && dependencies.identify === undefined;
  const { identify = (request) => ({ caller: nameOf(request), account: 'gateway', credentials }) } =
    dependencies;
  const scopesOf = (request: Request) =>
    authenticate === undefined ? EVERY_SCOPE : (callerOf(request)?.scopes ?? NO_SCOPE);
  const { origins, hasIntrospection, hasGraphiql, rateLimit } = settings.access ?? OPEN_ACCESS;

  const limits: RequestLimits = { ...DEFAULT_LIMITS, ...settings.limits };

  const ground: ContextGround = {
    region: settings.region,
    upstreamTimeoutMs: settings.upstreamTimeoutMs,
    isSandbox: settings.isSandbox,
    endpointOf: settings.endpointOf,
    ...{ upstreams, log, snapshots, creates, now },
  };
  const liveOf = (request: Request, identity: Identity, confirmedWrites: () => number): LiveUpdates => ({
    tell: (event) => eventBus.publish(identity.account, { ...event, at: now() }),
    hear: (wanted) =>
      subscriptions.open({
        ...identity,
        // As by the rate limit, else all whom nobody asks would share what one caller may have.
        caller: isNobodyAsked ? networkOfClient(request) : identity.caller,
        sources: new Set(wanted),
        onEnded: () => cutUnlessRead(request, subscriptionLimits.lingerMs),
      }),
    confirmedWrites,
  });
  const openContext = (request: Request, patience: () => Patience, record: OperationRecord) => {
    const identity: Identity = {
      ...identify(request),
      scopes: scopesOf(request),
      expiresAt: callerOf(request)?.expiresAt,
    };
    return new RequestContext(ground, {
      requestId: requestIdOf(request),
      identity,
      record,
      patience,
      live: (confirmedWrites) => liveOf(request, identity, confirmedWrites),
    });
  };
  const ownPatience = (request: Request, signal: Signal) =>
    openPatience(request, signal, settings.requestTimeoutMs, monotonicMs);
  const patienceFor = (request: Request) => () => patienceOf(request, settings.requestTimeoutMs, monotonicMs);

  const maskedErrors = createErrorMask(logger);
  const compiled = new CompiledExecution();
  const rateLimiter = rateLimit === undefined ? undefined : new RateLimiter(rateLimit);
  // Where only trusted documents run, the text of one is no way to it.
  const fastPath =
    settings.trustedDocuments?.mode === 'only'
      ? undefined
      : new FastPath({
          ...{ schema, compiled, rateLimiter, maskError: maskedErrors.maskError },
          region: settings.region,
          maxUpstreamCalls: limits.maxUpstreamCalls,
          isShared: settings.sharesOperations === true,
          generation: () => sources.map(log.generation).join(),
          openPatience: ownPatience,
          openContext: (request, record, patience) =>
            openContext(request, patience === undefined ? patienceFor(request) : () => patience, record),
        });
  const door = new NodeDoor(limits.maxBodyBytes, logger, fastPath);

  const handler = createYoga<object, Context>({
    schema,
    context: (context) => {
      const { request } = context;
      return openContext(request, patienceFor(request), operationOf(context)).unfolded();
    },
    // Yoga's own would come before useSafeHttp, which does it.
    cors: false,
    multipart: false,
    landingPage: false,
    batching: { limit: limits.maxBatchOperations },
    maxRequestBodySize: limits.maxBodyBytes,
    parserAndValidationCache: { documentCache: new DocumentCache(), errorCache: NO_CACHE },
    // Yoga's own come before every plugin, the one that judges the request included: see useProbes, useGraphiql.
    healthCheckEndpoint: NO_ADDRESS,
    graphiql: false,
    logging: yogaLog(logger),
    maskedErrors,
    plugins: [
      useRequestLog({ logger, metrics, tracing: dependencies.tracing, nowMs: monotonicMs }),
      useRequestId(),
      useSafeHttp(settings.isLoopback, origins),
      useProbes(
        () => !isDraining,
        () => ({
          backends: sources.map(live),
          // Nobody is asked for a key here: names of fields and permissions are for this machine only.
          ...(settings.isLoopback ? { drift: liveDrift(log.driftCounts()) } : {}),
        }),
      ),
      useMetrics(settings.metrics ?? { kind: settings.isLoopback ? 'open' : 'closed' }, metrics.text),
      useRequestDeadline(),
      hasGraphiql && useGraphiql(graphiqlOptions(authenticate !== undefined)),
      authenticate !== undefined && useAuthentication(authenticate, logger),
      rateLimiter !== undefined && useRateLimit(rateLimiter),
      useSafeMessages(),
      !hasIntrospection && useNoIntrospection(),
      settings.trustedDocuments !== undefined && useTrustedDocuments(settings.trustedDocuments),
      useExecutionCancellation(),
      useCompiledExecution(compiled),
      ...documentLimits(limits),
      useIncrementalDelivery(maskedErrors.maskError),
      // Behind all that may still refuse the operation.
      useCallBudget(limits.maxUpstreamCalls),
      hasGraphiql && useUpstreamCalls(),
      useEventStream({
        maxCalls: limits.maxUpstreamCalls,
        patience: (request) => ownPatience(request, request.signal),
        openContext: ({ request, record }, patience) =>
          openContext(request, () => patience, record.forEvent()).unfolded(),
      }),
      door.plugin,
    ],
  });

  return {
    handler,
    listener: door.listener(handler),
    drift: log.driftCounts,
    metricsText: metrics.text,
    subscriptions: () => subscriptions.state,
    drain() {
      isDraining = true;
      subscriptions.drain();
    },
    async close() {
      metrics.close();
      subscriptions.drain();
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
      await dependencies.tracing?.close();
    },
  };
}

function graphiqlOptions(asksForKey: boolean) {
  const key = asksForKey ? { authorization: 'Bearer ' } : {};
  return {
    title: 'ModelGraph',
    defaultTabs: examples.map(({ query, variables, headers }) => ({
      query,
      variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
      ...(headers === undefined ? {} : { headers: JSON.stringify({ ...key, ...headers }, null, 2) }),
    })),
    // A place to put the key, and none to keep it: the browser's storage is open to every page of this origin.
    ...(asksForKey
      ? {
          headers: '{ "authorization": "Bearer " }',
          shouldPersistHeaders: false,
          defaultEditorToolsVisibility: 'headers' as const,
        }
      : {}),
  };
}

function openUpstreams(
  settings: GatewaySettings,
  clock: UpstreamClock,
  log: BackendLog,
): ReadonlyMap<string, UpstreamPool> {
  return new Map(
    backends.map(({ source }) => [
      source,
      createUpstreamPool(
        {
          endpoint: settings.endpointOf(source),
          timeoutMs: settings.upstreamTimeoutMs,
          // Less than a request has, or a backend that hangs would be noticed by nobody but the clients.
          attemptTimeoutMs:
            settings.upstreamAttemptTimeoutMs ??
            Math.ceil(Math.min(settings.upstreamTimeoutMs, settings.requestTimeoutMs) / 2),
          concurrency: settings.upstreamConcurrency,
          maxQueued: settings.upstreamQueue,
          hasSingleFlight: settings.hasSingleFlight ?? true,
          maxBodyBytes: MAX_UPSTREAM_BODY_BYTES,
          userAgent: 'modelgraph',
          breaker: settings.breaker ?? BREAKER_DEFAULTS,
        },
        clock,
        () => log.generation(source),
        log.observerOf(source),
      ),
    ]),
  );
}

/**
 * Yoga's own log, without what it would say of errors: those are logged where they are masked, and the objects that
 * Yoga hands over hold the document and its variables.
 */
function yogaLog(logger: Logger) {
  const quiet = () => undefined;
  return { debug: quiet, info: quiet, warn: () => logger.warn({}, 'the server warned'), error: quiet };
}
