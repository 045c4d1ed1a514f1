import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Sandbox } from '../../src/sandbox/index.ts';

/** A GraphQL answer and the status it came with. */
export interface Reply {
  readonly status: number;
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** The gateway under load, in a process of its own. */
export interface GatewayProcess {
  ask(query: string, variables?: Record<string, unknown>, signal?: AbortSignal): Promise<Reply>;
  residentMb(): number;
  /** Has it collect its garbage, before it is measured. */
  collectGarbage(): void;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

/** Starts it in front of a sandbox of this process. Deadlines are short, so that many faults fit into a minute. */
export async function startGateway(sandbox: Sandbox): Promise<GatewayProcess> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--import', './bench/soak/collect-garbage.ts', 'src/main.ts'],
    {
      env: {
        ...process.env,
        PORT: '0',
        UPSTREAM: 'alibaba',
        ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.credentials.accessKeySecret,
        ALIBABA_CLOUD_REGION_ID: sandbox.region,
        MODEL_ROUTER_ENDPOINT: sandbox.url,
        PAI_ENDPOINT: sandbox.url,
        AI_GATEWAY_ENDPOINT: sandbox.url,
        UPSTREAM_TIMEOUT_MS: '2000',
        REQUEST_TIMEOUT_MS: '4000',
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const url = await addressOf(child);
  return {
    async ask(query, variables, signal) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        ...(signal === undefined ? {} : { signal }),
      });
      const body = (await response.json()) as Partial<Reply>;
      return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
    },
    residentMb() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    collectGarbage: () => void child.kill('SIGUSR2'),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the gateway has no output');
  for await (const line of createInterface(child.stdout)) {
    const [url] = /http:\/\/\S+\/graphql/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('the gateway ended before it listened');
}
