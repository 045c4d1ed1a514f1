import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { openAuthenticator } from './auth/index.ts';
import { KeyFileError } from './auth/key-file.ts';
import { SCOPES } from './auth/scopes.ts';
import { backends } from './backends/index.ts';
import { type Config, ConfigError, concurrencyVariable, endpointVariable, readConfig } from './config.ts';
import { createHttpServer } from './http/listener.ts';
import { logBug } from './http/mask.ts';
import { createMetricsServer } from './http/scrape.ts';
import { KeptOn } from './kept-on.ts';
import { isLoopback } from './loopback.ts';
import { trustedDocumentsOf } from './named-files.ts';
import type { Sandbox } from './sandbox/index.ts';
import { createGateway, type Gateway } from './server.ts';
import { createLogger, type Logger } from './telemetry/log.ts';
import { Roster, type Standing } from './transport/roster.ts';
import { credentialsOf, endpointOf, openSandbox } from './upstream-choice.ts';

/** How often a process that npm started looks whether its parent still lives. */
const PARENT_CHECK_MS = 500;

/** A client is given so long to send its request, however short the deadline of what is asked of the backends. */
const LEAST_ARRIVAL_MS = 5_000;

const HELP = `ModelGraph: one GraphQL endpoint over Model Router, the PAI model registry and the PolarDB AI gateway.

Usage: npm start [-- --help]    or, built: node dist/main.js [--help]

Without credentials it starts a sandbox with data of its own. Environment:

  HOST, PORT                       where to listen (127.0.0.1, 4000)
  UPSTREAM                         sandbox or alibaba (alibaba where credentials or an endpoint are set)
  ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, ALIBABA_CLOUD_SECURITY_TOKEN
                                   the access key; without it the vendor's default credential chain
  ALIBABA_CLOUD_REGION_ID          region of PAI and of the AI gateway (cn-beijing)
  ${backends.map(({ source }) => endpointVariable(source)).join(', ')}
                                   a whole URL in place of the region's
  STS_ENDPOINT                     the same for STS, which npm run doctor asks whose the keys are
  SANDBOX_PORT                     port of the sandbox (0: a free one)
  REQUEST_TIMEOUT_MS               deadline of a request; x-request-timeout-ms asks for less (15000)
  UPSTREAM_TIMEOUT_MS              deadline of one upstream operation, retries included (10000)
  UPSTREAM_ATTEMPT_TIMEOUT_MS      deadline of one attempt of a read (half of the lesser above)
  UPSTREAM_CONCURRENCY             upstream operations under way at once, for each backend (32); so many in the time
                                   that a backend takes to answer is the most that it is asked
  ${backends.map(({ source }) => concurrencyVariable(source)).join(', ')}
                                   the same for one backend, since a slow one needs more
  UPSTREAM_QUEUE                   upstream operations that wait for a place, for each backend (2000)
  SINGLE_FLIGHT                    off, reads or operations: which equal ones under way are done once (reads)
  MAX_UPSTREAM_CALLS               upstream calls that one operation may take, planned before it runs (200);
                                   with x-graphql-cost: 1 an answer tells what was planned and what was made
  MAX_BODY_BYTES                   largest body of a request (1048576)
  MAX_BATCH_OPERATIONS             operations in a batch (10)
  MAX_TOKENS, MAX_DEPTH, MAX_ALIASES, MAX_DIRECTIVES
                                   of a document (20000, 15, 500, 50)
  DRAIN_DELAY_MS                   how long requests are still taken after SIGTERM, while /ready says no (0)
  TRUSTED_DOCUMENTS                off, allow (documents run by their id, too) or only (nothing else runs) (off)
  TRUSTED_DOCUMENTS_FILE           their manifest: a JSON object of ids and documents, or Apollo's form
  LOG_LEVEL                        debug, info, warn, error or silent (info)
  METRICS_PORT, METRICS_HOST       a port of its own for /metrics (that of the graph, on loopback; 127.0.0.1)
  METRICS_TOKEN                    bearer token for /metrics; needed on the port of the graph off loopback
  OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
                                   where traces go, as http/json; OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME and
                                   OTEL_RESOURCE_ATTRIBUTES hold as well (nowhere)
  OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG
                                   which traces (parentbased_always_on)
  ALLOW_UNAUTHENTICATED            1 to listen off loopback although nobody is asked who they are (0)
  AUTH_MODE                        how callers say who they are: none, api-key or jwt (none)
  AUTH_KEYS_FILE                   api-key: the file of keys; npm run key -- --help makes one
  AUTH_JWKS_URL, AUTH_JWT_SECRET   jwt: where the issuer's public keys are, or the secret it shares, 32 bytes or more
  AUTH_JWT_ISSUER, AUTH_JWT_AUDIENCE
                                   jwt: whose tokens, and meant for whom (several: separated by commas)
  AUTH_JWT_ALGORITHMS              jwt: (RS256, PS256, ES256, EdDSA, Ed25519; with a secret HS256)
  AUTH_JWT_SCOPE_CLAIM             jwt: the claim that holds the scopes (the first of scope, scp, scopes)
                                   scopes: ${SCOPES.join(', ')}
  RATE_LIMIT_PER_MINUTE            operations a minute for each caller (0: no limit)
  RATE_LIMIT_BURST                 operations at once for each caller (as many as a minute has)
  CORS_ORIGINS                     origins whose pages may call, separated by commas (none)
  INTROSPECTION, GRAPHIQL          on or off (on where only this machine can call, else off)
  SOURCE_ENDPOINTS                 on or off: whether sources tells callers where the backends are (on)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  // Of a list whose other row failed first, for example. That is a bug to be told of, and no reason to end the requests
  // of everyone else, as Node does by itself.
  process.on('unhandledRejection', (reason) => logBug(logger, reason));
  const sandbox = await openSandbox(config);
  const gateway = await openGateway(config, sandbox, logger);
  const server = createHttpServer(gateway.listener, Math.max(config.requestTimeoutMs, LEAST_ARRIVAL_MS));
  // Before the greeting: whoever waits for it may send a signal at once.
  stopOnSignals(server, gateway, sandbox, config);
  const scraped = await listenForScrapes(config, gateway);
  await listen(server, config.port, config.host);
  // Nobody need read it, and an error that nobody hears would end the process.
  process.stdout.on('error', () => undefined);
  process.stdout.write(greeting(config, sandbox, server, scraped));
}

async function openGateway(config: Config, sandbox: Sandbox | undefined, logger: Logger): Promise<Gateway> {
  return createGateway(
    {
      region: config.region,
      endpointOf: endpointOf(config, sandbox),
      isSandbox: sandbox !== undefined,
      tellsEndpoints: config.tellsEndpoints,
      requestTimeoutMs: config.requestTimeoutMs,
      upstreamTimeoutMs: config.upstreamTimeoutMs,
      ...(config.upstreamAttemptTimeoutMs === undefined
        ? {}
        : { upstreamAttemptTimeoutMs: config.upstreamAttemptTimeoutMs }),
      upstreamConcurrency: config.upstreamConcurrency,
      concurrencyBySource: config.concurrencyBySource,
      upstreamQueue: config.upstreamQueue,
      hasSingleFlight: config.singleFlight !== 'off',
      sharesOperations: config.singleFlight === 'operations',
      limits: config.limits,
      isLoopback: isLoopback(config.host),
      access: config,
      metrics: config.metrics,
      ...trustedDocumentsOf(config),
    },
    {
      credentials: credentialsOf(config, sandbox),
      authenticate: await openAuthenticator(config.auth, { logger, now: Date.now }),
      logger,
      tracing: await openTracing(config, endpointOf(config, sandbox), logger),
    },
  );
}

/** Loads OpenTelemetry only where traces have somewhere to go. */
async function openTracing({ traces }: Config, addressOf: (source: string) => URL, logger: Logger) {
  if (traces === undefined) return undefined;
  const otlp = await import('./telemetry/otlp.ts');
  return otlp.openTracing(traces, addressOf, logger);
}

/** The port of `/metrics` alone, undefined where it has none; it stays open until the process ends. */
async function listenForScrapes({ metricsPort }: Config, gateway: Gateway): Promise<Server | undefined> {
  if (metricsPort === undefined) return undefined;
  const { host, port, access } = metricsPort;
  const server = createMetricsServer(access, gateway.metricsText, isLoopback(host));
  await listen(server, port, host);
  return server;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const CALLERS = {
  'api-key': 'need an API key (npm run key makes one)',
  jwt: 'need a token of the issuer',
} as const satisfies Partial<Record<Config['auth']['mode'], string>>;

function originOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function greeting(
  config: Config,
  sandbox: Sandbox | undefined,
  server: Server,
  scraped: Server | undefined,
): string {
  const url = `${originOf(server)}/graphql`;
  const upstream =
    sandbox === undefined
      ? `Alibaba Cloud, region ${config.region}, keys from ${credentialsOf(config, sandbox).description}`
      : `the embedded sandbox at ${sandbox.url}, region ${config.region}; no account needed`;
  const { auth, hasGraphiql } = config;
  const isAnyTaken = config.trustedDocuments !== 'only';
  const body = isAnyTaken
    ? '{"query":"{ models(first: 3) { totalCount nodes { name } } }"}'
    : '{"documentId":"…"}';
  const key = auth.mode === 'none' ? '' : ` -H 'authorization: Bearer …'`;
  return [
    `ModelGraph listens at ${url}`,
    `  upstream  ${upstream}`,
    ...(auth.mode === 'none' ? [] : [`  callers   ${CALLERS[auth.mode]}`]),
    ...(scraped === undefined ? [] : [`  metrics   ${originOf(scraped)}/metrics`]),
    ...config.warnings.map((warning) => `  warning   ${warning}`),
    ...(hasGraphiql && isAnyTaken
      ? [`  browser   open the address for GraphiQL, with examples that run`]
      : []),
    `  shell     curl -s ${url}${key} -H 'content-type: application/json' -d '${body}'`,
    `  stop      Ctrl-C`,
    '',
  ].join('\n');
}

/**
 * Ends in order. From the first signal on `/ready` says no, and each answer ends its connection, so that clients open
 * the next one elsewhere. Requests are still taken for a while, since whoever sends them here learns of it late. Then
 * those under way finish, and the port closes.
 */
function stopOnSignals(
  server: Server,
  gateway: Gateway,
  sandbox: Sandbox | undefined,
  { drainDelayMs, drainMs, isNpmScript }: Config,
): void {
  const underWay = new Roster<ServerResponse>();
  // Node does not count a connection as idle that had no request yet, and clients open some ahead of need.
  const unused = new Roster<Socket>();
  const standings = new KeptOn<Socket, Standing<Socket>>();
  server.on('connection', (socket) => {
    const standing = unused.add(socket);
    standings.set(socket, standing);
    socket.once('close', () => unused.remove(standing));
  });
  let isStopping = false;
  // Before the gateway's own listener, which may answer at once.
  server.prependListener('request', ({ socket }, response) => {
    const unusedStanding = standings.get(socket);
    if (unusedStanding !== undefined) unused.remove(unusedStanding);
    const standing = underWay.add(response);
    response.once('close', () => underWay.remove(standing));
    if (isStopping) endConnectionAfter(response);
  });
  const close = () => {
    server.close(() => {
      Promise.all([gateway.close(), sandbox?.close()]).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
    server.closeIdleConnections();
    for (const socket of unused.values()) socket.destroy();
  };
  const finish = () => {
    setTimeout(() => server.closeAllConnections(), drainMs).unref();
    Promise.all(underWay.values().map((response) => once(response, 'close'))).then(close, close);
  };
  const stop = () => {
    // A second Ctrl-C does not wait.
    if (isStopping) process.exit(1);
    isStopping = true;
    gateway.drain();
    underWay.values().forEach(endConnectionAfter);
    setTimeout(finish, drainDelayMs);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (isNpmScript) stopWithParent(stop);
}

function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

/** A signal to npm ends the shell that it started, and not what the shell started: without this the port stays taken. */
function stopWithParent(stop: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, PARENT_CHECK_MS);
  watch.unref();
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return `The environment cannot be used:\n${error.faults.map((fault) => `  - ${fault}`).join('\n')}\n`;
  }
  if (error instanceof KeyFileError) {
    return `The file that AUTH_KEYS_FILE names cannot be used:\n${error.faults.map((fault) => `  - ${fault}`).join('\n')}\n`;
  }
  const { code, message }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  if (code === 'EADDRINUSE')
    return 'The port is in use: set PORT (or SANDBOX_PORT, or METRICS_PORT) to another one, 0 for any.\n';
  if (code === 'EACCES') return 'Listening on this port is not allowed: set PORT to one above 1023.\n';
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return 'HOST (or METRICS_HOST) is not an address of this machine.\n';
  if (code?.startsWith('ERR_PARSE_ARGS') === true) return `${message}\nTry --help.\n`;
  return `Could not start: ${message}\n`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(explain(error));
  process.exit(1);
}
