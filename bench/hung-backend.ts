import { startSandbox } from '../src/sandbox/index.ts';
import { createGateway } from '../src/server.ts';
import { createLogger } from '../src/telemetry/log.ts';
import { Credentials, staticCredentials } from '../src/transport/credentials.ts';

/*
 * How much slower queries to two backends get while many hang on the third: p50 and p99 of one run, with nothing
 * hanging and with so many, in turns, so that whatever else the machine does weighs on both; how far two calm turns
 * differ tells how much that is. Gateway and sandbox are in this process. A program, not a test: `npm run bench:hung`.
 */

/** Queries of one round. */
const QUERIES = 400;
const ROUNDS = 5;
const CALLERS = 2;
const HUNG = [200, 1_000];
/** Longer than the whole run: what hangs must neither give up nor open the breaker. */
const PATIENCE_MS = 600_000;

const BACKENDS = [
  {
    source: 'MODEL_ROUTER',
    product: 'aicontent',
    list: 'models',
    lookup: (number: number) => `model(sourceId: "${number}")`,
  },
  {
    source: 'PAI',
    product: 'aiworkspace',
    list: 'paiModels',
    lookup: (number: number) => `paiModel(sourceId: "model-${number}")`,
  },
  {
    source: 'AI_GATEWAY',
    product: 'polardb',
    list: 'aiGateways',
    lookup: (number: number) => `modelService(gatewaySourceId: "pg-1", sourceId: "ms-${number}")`,
  },
] as const;
type BenchBackend = (typeof BACKENDS)[number];

const sandbox = await startSandbox({ keptRequests: 0 });
const { accessKeyId, accessKeySecret } = sandbox.credentials;
const gateway = createGateway(
  {
    region: sandbox.region,
    endpointOf: () => new URL(sandbox.url),
    isSandbox: true,
    requestTimeoutMs: PATIENCE_MS,
    upstreamTimeoutMs: PATIENCE_MS,
    upstreamConcurrency: 16,
    upstreamQueue: 2_000,
    isLoopback: true,
  },
  {
    credentials: staticCredentials(new Credentials(accessKeyId, accessKeySecret), 'the sandbox'),
    logger: createLogger('silent'),
  },
);

async function ask(query: string, signal?: AbortSignal): Promise<string> {
  const response = await gateway.handler.fetch('http://127.0.0.1:4000/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    ...(signal === undefined ? {} : { signal }),
  });
  return response.text();
}

/** Milliseconds that each of {@link QUERIES} queries took. No two that are under way are equal: each is a call. */
async function measure(lists: readonly string[]): Promise<number[]> {
  const tookMs: number[] = [];
  const caller = async (index: number) => {
    for (let sent = 0; sent < QUERIES / CALLERS; sent++) {
      const begun = performance.now();
      const answer = await ask(
        `{ ${lists[sent % lists.length]}(first: ${1 + index}) { totalCount nodes { id } } }`,
      );
      tookMs.push(performance.now() - begun);
      if (answer.includes('"errors"')) throw new Error(answer);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index)));
  return tookMs;
}

/** Waits until so many operations are under way or in line at a backend. */
async function hang(source: string, count: number): Promise<void> {
  for (;;) {
    const response = await gateway.handler.fetch('http://127.0.0.1:4000/ready');
    const { backends } = (await response.json()) as {
      backends: readonly { source: string; running: number; queued: number }[];
    };
    const state = backends.find((backend) => backend.source === source);
    if (state !== undefined && state.running + state.queued >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Has so many distinct queries hang on one backend while `work` is done. */
async function whileHanging<T>(
  { source, product, lookup }: BenchBackend,
  count: number,
  work: () => Promise<T>,
): Promise<T> {
  const clients = new AbortController();
  const release = sandbox.setFault(
    '*',
    { kind: 'hang' },
    { match: (request) => request.product === product },
  );
  const hanging = Array.from({ length: count }, (_, number) =>
    ask(`{ ${lookup(number)} { name } }`, clients.signal).catch(() => undefined),
  );
  await hang(source, count);
  const result = await work();
  clients.abort();
  await Promise.all(hanging);
  release();
  return result;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const cell = (value: number, digits = 2) => value.toFixed(digits).padStart(9);

for (const list of BACKENDS.map((backend) => backend.list)) await measure([list]);
console.log(
  'hangs         queries  calm p50      p99  hung p50      p99   p50 hung/calm   p99 hung/calm   p99 calm/calm',
);
for (const hung of BACKENDS) {
  const others = BACKENDS.filter((backend) => backend !== hung).map(({ list }) => list);
  for (const count of HUNG) {
    const calm: number[] = [];
    const calmAgain: number[] = [];
    const troubled: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      calm.push(...(await measure(others)));
      calmAgain.push(...(await measure(others)));
      const turn = async () => {
        // That so many queries were just taken in is felt for a moment, and has nothing to do with their hanging.
        await measure(others);
        return measure(others);
      };
      troubled.push(...(await whileHanging(hung, count, turn)));
    }
    const p50 = percentile([...calm, ...calmAgain], 0.5);
    const p99 = percentile([...calm, ...calmAgain], 0.99);
    const [hungP50, hungP99] = [percentile(troubled, 0.5), percentile(troubled, 0.99)];
    const noise = percentile(calmAgain, 0.99) / percentile(calm, 0.99);
    console.log(
      [
        hung.source.padEnd(12) + cell(count, 0),
        cell(p50) + cell(p99),
        cell(hungP50) + cell(hungP99),
        ...[hungP50 / p50, hungP99 / p99, noise].map((ratio) => cell(ratio).padStart(16)),
      ].join(''),
    );
  }
}
await gateway.close();
await sandbox.close();
