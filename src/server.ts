import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createYoga, useExecutionCancellation, type YogaServerInstance } from 'graphql-yoga';
import { EVERY_SCOPE, NO_SCOPE } from './auth/scopes.ts';
import { backends } from './backends/index.ts';
import type { Context, LiveUpdates } from './context.ts';
import { examples } from './examples.ts';
import { CompiledExecution } from './execution/execute.ts';
import { useCompiledExecution } from './execution/plugin.ts';
import { type GatewayDependencies, type GatewaySettings, OPEN_ACCESS } from './gateway-settings.ts';
import { useWeightedTypes } from './http/accept.ts';
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
import { useTrustedDocuments } from './http/trusted-documents.ts';
import { useUpstreamCalls } from './http/upstream-calls.ts';
import { useUtf8Body } from './http/utf8-body.ts';
import { Creates } from './idempotency/creates.ts';
import { createMemoryStore } from './idempotency/memory-store.ts';
import type { Identity } from './identity.ts';
import { createMemoryBus } from './live/event-bus.ts';
import { SUBSCRIPTION_LIMITS, type SubscriptionState, Subscriptions } from './live/subscriptions.ts';
import { type ContextGround, RequestContext } from './request-context.ts';
import { schema } from './schema/index.ts';
import { createSnapshots } from './snapshots.ts';
import { createBackendLog } from './telemetry/backend-log.ts';
import type { DriftCount } from './telemetry/drift-log.ts';
import { liveDrift, liveState } from './telemetry/live-state.ts';
import type { Logger } from './telemetry/log.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { OperationRecord } from './telemetry/operation-record.ts';
import type { Patience } from './transport/flight.ts';
import type { Signal } from './transport/signal.ts';
import { openUpstreams } from './upstreams.ts';

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
    tellsEndpoints: settings.tellsEndpoints ?? true,
    ...{ upstreams, log, snapshots, creates, now, monotonicMs },
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
      useWeightedTypes(),
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
      useUtf8Body(),
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

/**
 * Yoga's own log, without what it would say of errors: those are logged where they are masked, and the objects that
 * Yoga hands over hold the document and its variables.
 */
function yogaLog(logger: Logger) {
  const quiet = () => undefined;
  return { debug: quiet, info: quiet, warn: () => logger.warn({}, 'the server warned'), error: quiet };
}
