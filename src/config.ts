import * as z from 'zod';
import {
  type AuthSettings,
  authFaults,
  authVariables,
  authWarnings,
  listOf,
  toAuthSettings,
} from './auth/settings.ts';
import { backends } from './backends/index.ts';
import { DEFAULT_LIMITS, type RequestLimits } from './http/request-limits.ts';
import { isLoopback } from './loopback.ts';
import { LOG_LEVELS, type LogLevel } from './telemetry/log.ts';
import { type TraceSettings, traceSettings, traceWarnings } from './telemetry/trace-settings.ts';
import { Credentials, isSpoilt, KEY_FAULT } from './transport/credentials.ts';

/** What an answer takes to leave after the deadline of its request. */
const ANSWER_MS = 1_000;

/** Everything the environment decides, frozen. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly upstream: 'sandbox' | 'alibaba';
  /** Undefined: the vendor's default chain. */
  readonly credentials: Credentials | undefined;
  readonly region: string;
  /** By `CatalogSource`, in place of the region's own. */
  readonly endpoints: ReadonlyMap<string, URL>;
  /** Where it is asked whom the keys belong to, in place of the cloud's own. */
  readonly stsEndpoint: URL | undefined;
  /** 0 picks a free one. */
  readonly sandboxPort: number;
  /** Deadline of a whole request; a client may ask for less. */
  readonly requestTimeoutMs: number;
  /** Time that requests under way get to end after a signal: all of them have ended by then. */
  readonly drainMs: number;
  readonly upstreamTimeoutMs: number;
  /** Undefined: half of `upstreamTimeoutMs`, or of `requestTimeoutMs` if that is less. */
  readonly upstreamAttemptTimeoutMs: number | undefined;
  /** Upstream operations under way at once, for each backend; so many in its latency is the most that it is asked. */
  readonly upstreamConcurrency: number;
  /** The same for the backends that have their own. */
  readonly concurrencyBySource: ReadonlyMap<string, number>;
  /** Upstream operations that wait for a place, for each backend. */
  readonly upstreamQueue: number;
  /** What is done once for all who ask for the same at the same time. */
  readonly singleFlight: SingleFlightLevel;
  readonly limits: RequestLimits;
  /** How long requests are still taken after the signal to stop. */
  readonly drainDelayMs: number;
  readonly trustedDocuments: 'off' | 'allow' | 'only';
  /** Given where `trustedDocuments` is not `off`. */
  readonly trustedDocumentsFile: string | undefined;
  readonly logLevel: LogLevel;
  readonly auth: AuthSettings;
  /** Origins whose pages may call. */
  readonly origins: readonly string[];
  readonly hasIntrospection: boolean;
  readonly hasGraphiql: boolean;
  /** Whether callers are told where the backends are. */
  readonly tellsEndpoints: boolean;
  /** Operations of each caller; undefined for no limit. */
  readonly rateLimit: { readonly perMinute: number; readonly burst: number } | undefined;
  /** Who may read `/metrics` on the port of the graph. */
  readonly metrics: ScrapeAccess;
  /** A port of its own for `/metrics`; undefined without one. */
  readonly metricsPort: MetricsPort | undefined;
  /** Undefined where nobody traces. */
  readonly traces: TraceSettings | undefined;
  /** Whether npm started the process: a signal to npm ends the shell between them, and reaches no further. */
  readonly isNpmScript: boolean;
  /** What a person should know of it at start. */
  readonly warnings: readonly string[];
}

/** Who may read the metrics of a port. */
export type ScrapeAccess =
  /** Everyone who reaches it. */
  | { readonly kind: 'open' }
  /** Who shows the token. */
  | { readonly kind: 'token'; readonly token: string }
  /** Nobody. */
  | { readonly kind: 'closed' };

/** Where `/metrics` listens, apart from the graph. */
export interface MetricsPort {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly access: ScrapeAccess;
}

/** A configuration that cannot be used, with every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** The variable that names a backend's address. */
export function endpointVariable(source: string): string {
  return `${source}_ENDPOINT`;
}

/** The variable that says how many operations of a backend may be under way at once. */
export function concurrencyVariable(source: string): string {
  return `${source}_CONCURRENCY`;
}

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .transform(Number);

const httpUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\//i.test(text) && URL.canParse(text),
    'must be a whole URL beginning with http:// or https://',
  )
  .transform((text) => new URL(text));

const hostName = z
  .string()
  .regex(/^[\w.:-]+$/, 'must be a host name or an address')
  .default('127.0.0.1');

const endpoint = httpUrl.refine(
  (url) => url.username === '' && url.password === '' && url.search === '' && url.hash === '',
  'must not carry user information, a query or a fragment',
);

/** Nothing, equal reads of an account, or equal queries of a caller, too. */
const SINGLE_FLIGHT_LEVELS = ['off', 'reads', 'operations'] as const;

type SingleFlightLevel = (typeof SINGLE_FLIGHT_LEVELS)[number];

const onOrOff = z
  .enum(['on', 'off'], 'must be on or off')
  .transform((word) => word === 'on')
  .optional();

const keyPart = z
  .string()
  .refine(
    (text) => !isSpoilt(text),
    `${KEY_FAULT}: set it anew without; files of variables keep quotes, and echo adds a line break`,
  );

const concurrency = wholeNumber(1, 1_000);

const variables = z.object({
  HOST: hostName,
  PORT: wholeNumber(0, 65_535).default(4000),
  UPSTREAM: z.enum(['sandbox', 'alibaba'], 'must be sandbox or alibaba').optional(),
  ALIBABA_CLOUD_ACCESS_KEY_ID: keyPart.optional(),
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: keyPart.optional(),
  ALIBABA_CLOUD_SECURITY_TOKEN: keyPart.optional(),
  ALIBABA_CLOUD_REGION_ID: z
    .string()
    .regex(/^[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*$/, 'must be a region id such as cn-beijing')
    .default('cn-beijing'),
  STS_ENDPOINT: endpoint.optional(),
  SANDBOX_PORT: wholeNumber(0, 65_535).default(0),
  REQUEST_TIMEOUT_MS: wholeNumber(1, 600_000).default(15_000),
  UPSTREAM_TIMEOUT_MS: wholeNumber(1, 600_000).default(10_000),
  UPSTREAM_ATTEMPT_TIMEOUT_MS: wholeNumber(1, 600_000).optional(),
  UPSTREAM_CONCURRENCY: concurrency.default(32),
  UPSTREAM_QUEUE: wholeNumber(0, 1_000_000).default(2_000),
  SINGLE_FLIGHT: z.enum(SINGLE_FLIGHT_LEVELS, 'must be off, reads or operations').default('reads'),
  MAX_BODY_BYTES: wholeNumber(1, 100 * 1024 * 1024).default(DEFAULT_LIMITS.maxBodyBytes),
  MAX_BATCH_OPERATIONS: wholeNumber(1, 1_000).default(DEFAULT_LIMITS.maxBatchOperations),
  MAX_TOKENS: wholeNumber(1, 1_000_000).default(DEFAULT_LIMITS.maxTokens),
  MAX_DEPTH: wholeNumber(1, 50).default(DEFAULT_LIMITS.maxDepth),
  MAX_ALIASES: wholeNumber(0, 100_000).default(DEFAULT_LIMITS.maxAliases),
  MAX_DIRECTIVES: wholeNumber(0, 100_000).default(DEFAULT_LIMITS.maxDirectives),
  MAX_UPSTREAM_CALLS: wholeNumber(1, 100_000).default(DEFAULT_LIMITS.maxUpstreamCalls),
  DRAIN_DELAY_MS: wholeNumber(0, 600_000).default(0),
  TRUSTED_DOCUMENTS: z.enum(['off', 'allow', 'only'], 'must be off, allow or only').default('off'),
  TRUSTED_DOCUMENTS_FILE: z.string().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  METRICS_HOST: hostName,
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without a blank')
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.string().optional(),
  OTEL_TRACES_SAMPLER: z.string().optional(),
  OTEL_TRACES_SAMPLER_ARG: z.string().optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
  npm_lifecycle_event: z.string().optional(),
  ALLOW_UNAUTHENTICATED: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform(listOf)
    .refine(
      (origins) => origins.every((origin) => /^https?:[^*]+$/.test(origin) && originOf(origin) === origin),
      'must be a list of whole origins such as https://app.example, without * and without a slash at the end',
    ),
  INTROSPECTION: onOrOff,
  GRAPHIQL: onOrOff,
  SOURCE_ENDPOINTS: onOrOff,
  RATE_LIMIT_PER_MINUTE: wholeNumber(0, 1_000_000).default(0),
  RATE_LIMIT_BURST: wholeNumber(1, 1_000_000).optional(),
  ...authVariables,
  ...Object.fromEntries(backends.map(({ source }) => [endpointVariable(source), endpoint.optional()])),
  ...Object.fromEntries(backends.map(({ source }) => [concurrencyVariable(source), concurrency.optional()])),
});

function originOf(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).origin : undefined;
}

/** Where the file of API keys is, for the command that makes one. */
export function keysFileVariable(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return env['AUTH_KEYS_FILE'];
}

/**
 * Reads the configuration. A variable that is empty is the same as one that is not set.
 *
 * @throws ConfigError with every fault at once; no value is quoted, for it may be a secret
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const result = variables.safeParse(given);
  const faults = result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  const hasId = given['ALIBABA_CLOUD_ACCESS_KEY_ID'] !== undefined;
  const hasSecret = given['ALIBABA_CLOUD_ACCESS_KEY_SECRET'] !== undefined;
  if (hasId !== hasSecret) {
    const [missing, set] = hasId ? ['SECRET', 'ID'] : ['ID', 'SECRET'];
    faults.push(
      `ALIBABA_CLOUD_ACCESS_KEY_${missing} must be set as well, since ALIBABA_CLOUD_ACCESS_KEY_${set} is`,
    );
  }
  faults.push(...authFaults(given));
  const host = given['HOST'] ?? '127.0.0.1';
  const asksNobody = (given['AUTH_MODE'] ?? 'none') === 'none';
  if (!isLoopback(host) && asksNobody && given['ALLOW_UNAUTHENTICATED'] !== '1') {
    faults.push(
      'HOST is not a loopback address, and nobody is asked who they are: set AUTH_MODE to api-key or jwt, keep HOST at 127.0.0.1 behind a proxy that asks, or set ALLOW_UNAUTHENTICATED=1',
    );
  }
  faults.push(...companionFaults(given));
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return toConfig(result.data);
}

/** Variables that are of no use without another one, which does not have its use by default. */
const COMPANIONS = [
  ['ALIBABA_CLOUD_SECURITY_TOKEN', 'ALIBABA_CLOUD_ACCESS_KEY_ID'],
  ['TRUSTED_DOCUMENTS_FILE', 'TRUSTED_DOCUMENTS'],
  ['METRICS_HOST', 'METRICS_PORT'],
] as const;

function companionFaults(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const faults: string[] = COMPANIONS.filter(
    ([variable, companion]) => given[variable] !== undefined && given[companion] === undefined,
  ).map(([variable, companion]) => `${companion} must be set as well, since ${variable} is`);
  if (given['RATE_LIMIT_BURST'] !== undefined && Number(given['RATE_LIMIT_PER_MINUTE'] ?? 0) === 0) {
    faults.push('RATE_LIMIT_PER_MINUTE must be set as well, since RATE_LIMIT_BURST is');
  }
  const trusts = (given['TRUSTED_DOCUMENTS'] ?? 'off') !== 'off';
  if (trusts && given['TRUSTED_DOCUMENTS_FILE'] === undefined) {
    faults.push(
      'TRUSTED_DOCUMENTS_FILE must be set as well, since TRUSTED_DOCUMENTS is: it names the manifest',
    );
  }
  return faults;
}

function toConfig(values: z.output<typeof variables>): Config {
  const keyId = values.ALIBABA_CLOUD_ACCESS_KEY_ID;
  const secret = values.ALIBABA_CLOUD_ACCESS_KEY_SECRET;
  const credentials =
    keyId === undefined || secret === undefined
      ? undefined
      : new Credentials(keyId, secret, values.ALIBABA_CLOUD_SECURITY_TOKEN);
  const overrides = values as Readonly<Record<string, unknown>>;
  const endpoints = new Map(
    backends.flatMap(({ source }) => {
      const url = overrides[endpointVariable(source)];
      return url instanceof URL ? [[source, url] as const] : [];
    }),
  );
  const concurrencyBySource = new Map(
    backends.flatMap(({ source }) => {
      const places = overrides[concurrencyVariable(source)];
      return typeof places === 'number' ? [[source, places] as const] : [];
    }),
  );
  const isCloud = credentials !== undefined || endpoints.size > 0;
  const upstream = values.UPSTREAM ?? (isCloud ? 'alibaba' : 'sandbox');
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    upstream,
    credentials,
    region: values.ALIBABA_CLOUD_REGION_ID,
    endpoints,
    stsEndpoint: values.STS_ENDPOINT,
    sandboxPort: values.SANDBOX_PORT,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    drainMs: values.REQUEST_TIMEOUT_MS + ANSWER_MS,
    upstreamTimeoutMs: values.UPSTREAM_TIMEOUT_MS,
    upstreamAttemptTimeoutMs: values.UPSTREAM_ATTEMPT_TIMEOUT_MS,
    upstreamConcurrency: values.UPSTREAM_CONCURRENCY,
    concurrencyBySource,
    upstreamQueue: values.UPSTREAM_QUEUE,
    singleFlight: values.SINGLE_FLIGHT,
    limits: {
      maxBodyBytes: values.MAX_BODY_BYTES,
      maxBatchOperations: values.MAX_BATCH_OPERATIONS,
      maxTokens: values.MAX_TOKENS,
      maxDepth: values.MAX_DEPTH,
      maxAliases: values.MAX_ALIASES,
      maxDirectives: values.MAX_DIRECTIVES,
      maxUpstreamCalls: values.MAX_UPSTREAM_CALLS,
    },
    drainDelayMs: values.DRAIN_DELAY_MS,
    trustedDocuments: values.TRUSTED_DOCUMENTS,
    trustedDocumentsFile: values.TRUSTED_DOCUMENTS_FILE,
    logLevel: values.LOG_LEVEL,
    auth: toAuthSettings(values),
    origins: values.CORS_ORIGINS,
    hasIntrospection: values.INTROSPECTION ?? isLoopback(values.HOST),
    hasGraphiql: values.GRAPHIQL ?? isLoopback(values.HOST),
    tellsEndpoints: values.SOURCE_ENDPOINTS ?? true,
    rateLimit:
      values.RATE_LIMIT_PER_MINUTE === 0
        ? undefined
        : {
            perMinute: values.RATE_LIMIT_PER_MINUTE,
            burst: values.RATE_LIMIT_BURST ?? values.RATE_LIMIT_PER_MINUTE,
          },
    ...metricsConfig(values),
    traces: traceSettings(values),
    isNpmScript: values.npm_lifecycle_event !== undefined,
    warnings: [
      ...authWarnings(values),
      ...warningsOf(upstream, isCloud, endpoints),
      ...scrapeWarnings(values),
      ...traceWarnings(values),
    ],
  });
}

type Values = z.output<typeof variables>;

/** `/metrics` has a port of its own, or is on that of the graph, there off loopback for those with the token only. */
function metricsConfig({ HOST, METRICS_PORT, METRICS_HOST, METRICS_TOKEN }: Values) {
  const access = (isOpen: boolean): ScrapeAccess => {
    if (METRICS_TOKEN !== undefined) return { kind: 'token', token: METRICS_TOKEN };
    return { kind: isOpen ? 'open' : 'closed' };
  };
  if (METRICS_PORT === undefined) return { metrics: access(isLoopback(HOST)), metricsPort: undefined };
  const metrics: ScrapeAccess = { kind: 'closed' };
  return { metrics, metricsPort: { host: METRICS_HOST, port: METRICS_PORT, access: access(true) } };
}

function scrapeWarnings({ METRICS_PORT, METRICS_HOST, METRICS_TOKEN }: Values): readonly string[] {
  const isOpen = METRICS_PORT !== undefined && METRICS_TOKEN === undefined && !isLoopback(METRICS_HOST);
  return isOpen ? ['everyone who reaches METRICS_HOST can read /metrics: METRICS_TOKEN is not set'] : [];
}

function warningsOf(
  upstream: Config['upstream'],
  isCloud: boolean,
  endpoints: Config['endpoints'],
): readonly string[] {
  if (upstream === 'sandbox') {
    return isCloud ? ['UPSTREAM=sandbox: the credentials and endpoints in the environment are not used'] : [];
  }
  return [...endpoints]
    .filter(([, url]) => url.protocol === 'http:' && !isLoopback(url.hostname))
    .map(
      ([source]) =>
        `${endpointVariable(source)} is plain http to another machine: keys travel in the query, readable on the way`,
    );
}
