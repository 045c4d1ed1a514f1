import { backends } from './backends/index.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import type { BackendLog } from './telemetry/backend-log.ts';
import { BREAKER_DEFAULTS } from './transport/breaker.ts';
import { createUpstreamPool, type UpstreamClock, type UpstreamPool } from './transport/upstream.ts';

/** Largest answer of a backend that is read: a page of 100 rows stays far below it. */
const MAX_UPSTREAM_BODY_BYTES = 8 * 1024 * 1024;

/** Opens the way to every backend, by its source. */
export function openUpstreams(
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
          concurrency: settings.concurrencyBySource?.get(source) ?? settings.upstreamConcurrency,
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
