import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { examples } from '../src/examples.ts';

/*
 * How long a user waits from the start of the process to the first answer, and what the process holds after many
 * queries. A program, not a test: `npm run measure`. Linux only, for the memory is read from /proc.
 */

const STARTS = 5;
const QUERIES = 10_000;
const WARM_UP = 1_000;
const CONCURRENCY = 16;

async function start(): Promise<{ gateway: ChildProcess; url: string }> {
  const gateway = spawn(process.execPath, ['src/main.ts'], {
    env: { ...process.env, PORT: '0', UPSTREAM: 'sandbox', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (gateway.stdout === null) throw new Error('the gateway has no output');
  for await (const line of createInterface(gateway.stdout)) {
    const [url] = /http:\/\/\S+\/graphql/.exec(line) ?? [];
    if (url !== undefined) return { gateway, url };
  }
  throw new Error('the gateway ended before it listened');
}

async function stop(gateway: ChildProcess): Promise<void> {
  gateway.kill('SIGTERM');
  await once(gateway, 'exit');
}

async function ask(url: string, query: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

function residentMb(gateway: ChildProcess): number {
  const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kb) / 1024);
}

const waitsMs: number[] = [];
for (let round = 0; round < STARTS; round++) {
  const begun = performance.now();
  const { gateway, url } = await start();
  await ask(url, '{ models(first: 5) { nodes { name } } }');
  waitsMs.push(Math.round(performance.now() - begun));
  await stop(gateway);
}
waitsMs.sort((a, b) => a - b);
console.log(`start to first answered query: median ${waitsMs[STARTS >> 1]} ms of ${waitsMs.join(', ')}`);

const queries = examples.map(({ query }) => query).filter((query) => !/^mutation/m.test(query));
const { gateway, url } = await start();
let sent = 0;
const send = async (until: number) => {
  const worker = async () => {
    while (sent < until) await ask(url, queries[sent++ % queries.length] ?? '{ __typename }');
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
};
await send(WARM_UP);
console.log(
  `resident after ${WARM_UP} mixed queries, sandbox in the same process: ${residentMb(gateway)} MB`,
);
await send(QUERIES);
console.log(`resident after ${QUERIES}: ${residentMb(gateway)} MB`);
await stop(gateway);
