import type { Authenticate } from './auth/authenticate.ts';
import type { ScrapeAccess } from './config.ts';
import type { RequestLimits } from './http/request-limits.ts';
import type { RateLimit } from './http/token-buckets.ts';
import type { TrustedDocuments } from './http/trusted-documents.ts';
import type { CreateSettings } from './idempotency/creates.ts';
import type { Identity } from './identity.ts';
import type { EventBus } from './live/event-bus.ts';
import type { SubscriptionLimits } from './live/subscriptions.ts';
import type { Logger } from './telemetry/log.ts';
import type { Tracing } from './telemetry/tracing.ts';
import type { BreakerSettings } from './transport/breaker.ts';
import type { CredentialSource } from './transport/credentials.ts';

/** What a gateway serves, decided before it is made. */
export interface GatewaySettings {
  readonly region: string;
  /** The address of a backend. */
  readonly endpointOf: (source: string) => URL;
  readonly isSandbox: boolean;
  /** Whether callers are told the addresses of the backends; they are by default. */
  readonly tellsEndpoints?: boolean;
  /** Deadline of a whole request; a client may ask for less. */
  readonly requestTimeoutMs: number;
  /** Deadline of one upstream operation, retries included. */
  readonly upstreamTimeoutMs: number;
  /** Deadline of one attempt of a read; half of the operation's, or of the request's if that is less, by default. */
  readonly upstreamAttemptTimeoutMs?: number;
  /** Upstream operations under way at once, for each backend. */
  readonly upstreamConcurrency: number;
  /** The same for the backends that have their own. */
  readonly concurrencyBySource?: ReadonlyMap<string, number>;
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

/** What is open where the operator closes nothing. */
export const OPEN_ACCESS: AccessSettings = {
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
