import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Check, Subject } from '../../../src/doctor/check.ts';
import { examine } from '../../../src/doctor/examine.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';

export type Env = Readonly<Record<string, string>>;

/** What a diagnosis may be given beside the environment. */
export interface Circumstances {
  readonly gatewayUrl?: string;
  /** Milliseconds that this machine's clock is ahead. */
  readonly aheadMs?: number;
}

/** Runs the doctor here, and gives all that it finds. No gateway is looked for unless it is named. */
export async function diagnose(
  env: Env,
  { gatewayUrl, aheadMs = 0 }: Circumstances = {},
): Promise<readonly Check[]> {
  const order = {
    env: { PORT: '0', ...env },
    gatewayUrl: gatewayUrl === undefined ? undefined : new URL(gatewayUrl),
  };
  const clock = {
    now: () => Date.now() + aheadMs,
    nonce: randomUUID,
    monotonicMs: () => performance.now(),
    random: () => 0,
  };
  return Array.fromAsync(examine(order, clock));
}

/** The one check on a subject, of a backend where it is named. */
export function only(checks: readonly Check[], subject: Subject, source?: string): Check {
  const found = checks.filter((check) => check.subject === subject && check.source === source);
  const [check] = found;
  if (check === undefined || found.length > 1) {
    throw new Error(`${found.length} checks of ${subject} ${source}: ${JSON.stringify(checks)}`);
  }
  return check;
}

/** The variables that put the doctor in front of a sandbox of the test's own. */
export function inFrontOf(sandbox: Sandbox): Env {
  return {
    MODEL_ROUTER_ENDPOINT: sandbox.endpoints.modelRouter,
    PAI_ENDPOINT: sandbox.endpoints.pai,
    AI_GATEWAY_ENDPOINT: sandbox.endpoints.aiGateway,
    ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.credentials.accessKeySecret,
  };
}

/** Every backend at one address. */
export function everywhere(url: string): Env {
  return { MODEL_ROUTER_ENDPOINT: url, PAI_ENDPOINT: url, AI_GATEWAY_ENDPOINT: url };
}

/** A server of the test's own. */
export interface Listening {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** An address that was free a moment ago and where nobody listens. */
export async function closedUrl(): Promise<string> {
  const server = await listen(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.url;
}
