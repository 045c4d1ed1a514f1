import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Sandbox, startSandbox } from '../src/sandbox/index.ts';
import { type Attempt, judge, type Kind, makeOne } from './soak/creates.ts';
import { type GatewayProcess, type Reply, startGateway } from './soak/gateway-process.ts';
import { chanceFrom } from './soak/random.ts';
import { type KnownRows, readKnown, someRead, wrongRows } from './soak/reads.ts';
import { storm } from './soak/storm.ts';

/*
 * Mixed load on a gateway while faults come and go in the backends. A program, not a test: `npm run soak`. It ends with
 * 1 where the gateway crashed, a row bore another's name, an error was none of the vocabulary, a create was lost or
 * doubled, or the memory grew. Linux only, for the memory is read from /proc.
 */

const HELP = `Usage: npm run soak [-- --seconds 600] [--seed 1]\n`;
const READERS = 6;
const MAKERS = 3;
/** Pause of a reader between two reads: the soak looks for faults, not for speed. */
const READ_PAUSE_MS = 20;
const WARM_UP_S = 60;
/** Seconds whose median stands for the memory at their time. */
const JUDGED_S = 20;
const MEMORY_GROWTH = 1.15;
const CODES =
  /^(BAD_USER_INPUT|UNAUTHENTICATED|FORBIDDEN|NOT_FOUND|CONFLICT|RATE_LIMITED|UPSTREAM_TIMEOUT|UPSTREAM_UNAVAILABLE|UPSTREAM_ERROR)$/;

interface Tally {
  reads: number;
  readonly codes: Map<string, number>;
  readonly violations: string[];
  readonly attempts: Attempt[];
  /** Resident memory in MB, every second. */
  readonly memory: number[];
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help === true) process.stdout.write(HELP);
else process.exitCode = await soak(Number(values.seconds), Number(values.seed));

async function soak(seconds: number, seed: number): Promise<number> {
  if (!Number.isInteger(seconds) || seconds < 1 || !Number.isInteger(seed)) {
    process.stderr.write(`--seconds and --seed must be whole numbers.\n${HELP}`);
    return 1;
  }
  await using sandbox = await startSandbox({ keptRequests: 0 });
  const gateway = await startGateway(sandbox);
  const tally: Tally = { reads: 0, codes: new Map(), violations: [], attempts: [], memory: [] };
  const known = await readKnown(gateway);
  const over = new AbortController();
  const watching = watch(gateway, tally, seconds, over);
  const chance = chanceFrom(seed);
  const faults = storm(sandbox, chanceFrom(seed + 1), over.signal);
  await Promise.all([
    watching,
    ...Array.from({ length: READERS }, (_, index) =>
      read(gateway, known, chanceFrom(seed + 100 + index), tally, over.signal),
    ),
    ...Array.from({ length: MAKERS }, async (_, index) => {
      for (let count = 0; !over.signal.aborted; count++) {
        tally.attempts.push(await makeOne(gateway, chance, `soak-${index}-${count}`));
      }
    }),
  ]).catch((error: unknown) => {
    tally.violations.push(String(error));
    over.abort();
  });
  const faultCount = await faults;
  sandbox.clearFaults();
  if (gateway.hasEnded()) tally.violations.push('the gateway ended by itself');
  await gateway.stop();
  tally.violations.push(...judge(tally.attempts, await finalCount(sandbox)));
  return report(tally, seconds, faultCount);
}

async function watch(gateway: GatewayProcess, tally: Tally, seconds: number, over: AbortController) {
  for (let second = 1; second <= seconds && !over.signal.aborted; second++) {
    await sleep(1_000);
    if (gateway.hasEnded()) break;
    // Only where the memory is judged: else the soak would run with an emptier heap than a gateway has.
    const isJudged =
      second > WARM_UP_S - 2 && (second <= WARM_UP_S + JUDGED_S || second > seconds - JUDGED_S - 2);
    if (isJudged) gateway.collectGarbage();
    tally.memory.push(gateway.residentMb());
    if (second % 10 === 0) {
      process.stderr.write(
        `${second} s: ${tally.reads} reads, ${tally.attempts.length} creates, ${Math.round(tally.memory.at(-1) ?? 0)} MB, ${tally.violations.length} violations\n`,
      );
    }
  }
  over.abort();
}

async function read(
  gateway: GatewayProcess,
  known: KnownRows,
  chance: ReturnType<typeof chanceFrom>,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const query = someRead(known, chance);
    const reply = await gateway.ask(query);
    tally.reads += 1;
    note(reply, query, tally);
    tally.violations.push(...wrongRows(reply, known));
    await sleep(READ_PAUSE_MS);
  }
}

function note({ status, errors }: Reply, query: string, { codes, violations }: Tally): void {
  if (status !== 200) violations.push(`status ${status} for ${query}`);
  for (const { extensions, message } of errors) {
    const code = extensions?.code ?? 'none';
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (!CODES.test(code)) violations.push(`${code} (${message}) for ${query}`);
  }
}

/** What exists in the end, asked through a gateway that has met no fault. */
async function finalCount(sandbox: Sandbox): Promise<(kind: Kind, name: string) => number> {
  const fresh = await startGateway(sandbox);
  try {
    const counts = new Map<string, number>();
    const prefixes: readonly (readonly [string, Kind])[] = [
      ['Model:', 'Model'],
      ['PaiModel:', 'PaiModel'],
      ['ModelService:', 'ModelService'],
    ];
    for (const [id, name] of await readKnown(fresh)) {
      const plain = Buffer.from(id, 'base64url').toString();
      const [, kind] = prefixes.find(([prefix]) => plain.startsWith(prefix)) ?? [];
      const key = `${kind} ${name}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return (kind, name) => counts.get(`${kind} ${name}`) ?? 0;
  } finally {
    await fresh.stop();
  }
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? Number.NaN;
}

function report(tally: Tally, seconds: number, faults: number): number {
  const outcomes = new Map<string, number>();
  for (const outcome of tally.attempts.flatMap((attempt) => attempt.outcomes)) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const listed = (counts: ReadonlyMap<string, number>) =>
    [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
  console.log(
    `${seconds} s, ${faults} faults, ${tally.reads} reads, ${tally.attempts.length} things to make`,
  );
  console.log(`errors of reads: ${listed(tally.codes)}`);
  console.log(`outcomes of creates: ${listed(outcomes)}`);
  const end = median(tally.memory.slice(-JUDGED_S));
  if (tally.memory.length > WARM_UP_S + JUDGED_S) {
    const begin = median(tally.memory.slice(WARM_UP_S, WARM_UP_S + JUDGED_S));
    const ratio = end / begin;
    console.log(
      `resident memory, garbage collected: ${begin.toFixed(0)} MB after the first minute, ${end.toFixed(0)} MB at the end, ratio ${ratio.toFixed(2)}`,
    );
    if (ratio > MEMORY_GROWTH) tally.violations.push(`the memory grew by more than ${MEMORY_GROWTH}`);
  } else console.log(`memory: ${end.toFixed(0)} MB at the end; its growth is judged in runs of over 80 s`);
  for (const violation of tally.violations.slice(0, 20)) console.log(`VIOLATION ${violation}`);
  console.log(`${tally.violations.length} violations`);
  return tally.violations.length === 0 ? 0 : 1;
}
