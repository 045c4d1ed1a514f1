import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { inject } from 'vitest';
import type { Authenticate } from '../../src/auth/authenticate.ts';
import type { GatewayDependencies, GatewaySettings } from '../../src/gateway-settings.ts';
import type { Identity } from '../../src/identity.ts';
import type { EventBus } from '../../src/live/event-bus.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { createGateway, type Gateway } from '../../src/server.ts';
import { createLogger, type LogLevel } from '../../src/telemetry/log.ts';
import type { Tracing } from '../../src/telemetry/tracing.ts';
import { Credentials, staticCredentials } from '../../src/transport/credentials.ts';
import { openNodeFetch } from './node-fetch.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The way a test's requests take: Yoga's own, or that of a process that listens. */
    readonly door: 'yoga' | 'node';
  }
}

/** A GraphQL answer, as a client parses it. */
export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Record<string, unknown>;
  }[];
}

/** A gateway without a port, in front of a sandbox with one. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly sandbox: Sandbox;
  /** Every line the gateway logged. */
  readonly logs: readonly string[];
  /** Sends an operation as JSON and gives the answer, whatever it is. */
  query(
    document: string,
    variables?: Record<string, unknown>,
    signal?: AbortSignal,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Sends a generated operation; its types are the answer's. */
  run<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<{ readonly data?: Data | null; readonly errors?: Answer['errors'] }>;
  /** Sends any request; the path is below http://127.0.0.1:4000. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Actions the sandbox received since it was last asked to forget, in order. */
  actions(): readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a test may set; the rest is as a user's gateway has it. */
export interface TestGatewayOptions extends Partial<GatewaySettings> {
  readonly sandbox?: SandboxOptions;
  /** In place of the sandbox, for a source, e.g. one that refuses connections. */
  readonly endpoints?: Readonly<Record<string, string>>;
  readonly authenticate?: Authenticate | undefined;
  readonly logLevel?: LogLevel;
  readonly now?: () => number;
  readonly nonce?: () => string;
  /** Who a request speaks for, in place of everyone being the same; their keys are all the sandbox's. */
  readonly identify?: (request: Request) => Pick<Identity, 'caller' | 'account'>;
  readonly idempotency?: GatewayDependencies['idempotency'];
  readonly tracing?: Tracing;
  readonly eventBus?: EventBus;
  /** Every request is of an account of its own, so that no fault of one is held against the backend by the next. */
  readonly isForgetful?: boolean;
}

/** Opens both; `await using` closes them. */
export async function openGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const sandbox = await startSandbox(options.sandbox);
  const logs: string[] = [];
  const { accessKeyId, accessKeySecret } = sandbox.credentials;
  const { sandbox: _sandbox, endpoints = {}, now, nonce, isForgetful = false, ...others } = options;
  const {
    authenticate,
    logLevel = 'debug',
    identify: nameOf,
    idempotency,
    tracing,
    eventBus,
    ...settings
  } = others;
  const credentials = staticCredentials(new Credentials(accessKeyId, accessKeySecret), 'the test');
  let requests = 0;
  const anyone = () => ({ caller: 'the test', account: `account-${++requests}` });
  const name = isForgetful ? anyone : nameOf;
  const gateway = createGateway(
    {
      region: sandbox.region,
      endpointOf: (source) => new URL(endpoints[source] ?? sandbox.url),
      isSandbox: true,
      requestTimeoutMs: 15_000,
      upstreamTimeoutMs: 10_000,
      upstreamConcurrency: 16,
      upstreamQueue: 2_000,
      isLoopback: true,
      ...settings,
    },
    {
      credentials,
      authenticate,
      ...(name === undefined ? {} : { identify: (request) => ({ ...name(request), credentials }) }),
      ...(idempotency === undefined ? {} : { idempotency }),
      ...(eventBus === undefined ? {} : { eventBus }),
      logger: createLogger(logLevel, (line) => logs.push(line)),
      tracing,
      ...(now === undefined ? {} : { now }),
      ...(nonce === undefined ? {} : { nonce }),
    },
  );
  const node = inject('door') === 'node' ? await openNodeFetch(gateway) : undefined;
  const fetch = async (path: string, init?: RequestInit) =>
    node === undefined
      ? gateway.handler.fetch(`http://127.0.0.1:4000${path}`, init ?? {})
      : node.fetch(path, init);
  const post = async (
    query: string,
    variables: unknown,
    signal?: AbortSignal,
    headers: Record<string, string> = {},
  ): Promise<unknown> => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
      ...(signal === undefined ? {} : { signal }),
    });
    return response.json();
  };
  return {
    gateway,
    sandbox,
    logs,
    fetch,
    query: async (...asked) => (await post(...asked)) as Answer,
    run: async <Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables) =>
      (await post(print(document), variables)) as { data?: Data | null },
    actions: () => sandbox.requests.map(({ action }) => action),
    async [Symbol.asyncDispose]() {
      await node?.close();
      await gateway.close();
      await sandbox.close();
    },
  };
}
