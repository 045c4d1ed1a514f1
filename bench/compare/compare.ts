import { startChild } from './children.ts';
import {
  CONTESTANTS,
  type Contestant,
  type RunningContestant,
  startContestant,
  versionOf,
} from './contestants.ts';
import { compareAnswers, referenceAnswers } from './equal-answers.ts';
import { graphqlTarget, type LoadGenerator, startLoadGenerator } from './load-generator.ts';
import { describeMachine } from './machine.ts';
import { measureOverhead } from './overhead.ts';
import type { BenchQuery } from './queries.ts';
import type { Comparison } from './report.ts';
import { type Measured, type Progress, type RoundSettings, runRounds, warmUp } from './rounds.ts';
import { freePort, type StaticBackend, startStaticBackend, untilAnswers } from './static-backend.ts';

/** What to compare and how long. */
export interface ComparisonPlan {
  readonly queries: readonly BenchQuery[];
  /** Ids of contestants. */
  readonly wanted: readonly string[];
  readonly settings: Omit<RoundSettings, 'areEqual'>;
  /** Single requests that are compared with their upstream call. */
  readonly overheadPairs: number;
  /** Of the run, and empty. */
  readonly folder: string;
  /** Peers that are not to be had, and why. */
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
}

const OVERHEAD_WARM_UP = 2_000;

/** Starts everyone, holds their answers against each other, and measures. All of it is stopped in the end. */
export async function compare(plan: ComparisonPlan, progress: Progress): Promise<Comparison> {
  const { queries, settings } = plan;
  const backend = await startStaticBackend(plan.folder);
  const load = startLoadGenerator();
  progress('the load generator, on a bare server');
  const ceiling = await measureCeiling(load, settings);
  const leftOut = [...plan.leftOut];
  const ready = await startAll(plan, backend, progress, (id, why) => leftOut.push({ id, why }));
  const running = ready.map((one) => one.running);
  const tools = { load, backend, progress };
  const takesPart = (one: RunningContestant) => one.contestant.joinsReads !== 'asked for';
  const joins = (one: RunningContestant) => one.contestant.joinsReads !== 'never';
  await warmUp(queries, running, tools, settings);
  const distinct = await runRounds(queries, running.filter(takesPart), tools, {
    ...settings,
    areEqual: false,
  });
  const equalQueries = queries.filter(({ calls }) => calls > 0);
  const equal: readonly Measured[] = await runRounds(equalQueries, running.filter(joins), tools, {
    ...settings,
    areEqual: true,
  });
  const gateway = running.find(({ contestant }) => contestant.id === 'modelgraph');
  progress('single requests');
  const overhead =
    gateway === undefined
      ? undefined
      : await measureOverhead(gateway, backend, load, plan.overheadPairs, OVERHEAD_WARM_UP);
  await Promise.all([...running.map((one) => one.stop()), load.close(), backend.close()]);
  return {
    measurement: describeMachine(),
    backend: backend.description,
    settings,
    contestants: ready.map(({ running: { contestant }, callsAlone }) => ({
      id: contestant.id,
      title: contestant.title,
      version: versionOf(contestant),
      callsAlone: Object.fromEntries(callsAlone),
      cannot: contestant.cannot ?? {},
    })),
    leftOut,
    ceiling,
    distinct,
    equal,
    overhead,
  };
}

interface Ready {
  readonly running: RunningContestant;
  readonly callsAlone: ReadonlyMap<string, number>;
}

/** Starts one after the other; who does not start, or answers otherwise than by hand, is left out. */
async function startAll(
  { queries, wanted }: ComparisonPlan,
  backend: StaticBackend,
  progress: Progress,
  leaveOut: (id: string, why: string) => void,
): Promise<readonly Ready[]> {
  const reference = await takeReference(queries, backend);
  const ready: Ready[] = [];
  for (const contestant of CONTESTANTS.filter(({ id }) => wanted.includes(id))) {
    progress(`starting ${contestant.id}, comparing its answers`);
    const missing = contestant.missing?.();
    if (missing !== undefined) {
      leaveOut(contestant.id, missing);
      continue;
    }
    let running: RunningContestant | undefined;
    try {
      running = await startContestant(contestant, backend.url);
      ready.push({ running, callsAlone: await compareAnswers(running, queries, reference, backend) });
    } catch (error) {
      await running?.stop();
      leaveOut(contestant.id, error instanceof Error ? error.message : String(error));
    }
  }
  return ready;
}

async function takeReference(queries: readonly BenchQuery[], backend: StaticBackend) {
  const byHand = CONTESTANTS.find(({ id }) => id === 'hand') as Contestant;
  const running = await startContestant(byHand, backend.url);
  try {
    return await referenceAnswers(running.port, queries);
  } finally {
    await running.stop();
  }
}

async function measureCeiling(
  load: LoadGenerator,
  { connections, warmUpMs, durationMs }: Omit<RoundSettings, 'areEqual'>,
): Promise<number> {
  const port = await freePort();
  const child = startChild(process.execPath, ['bench/hand/bare.ts', String(port)], { core: 'contestant' });
  await untilAnswers(`http://127.0.0.1:${port}/`, () => child.exitCode !== null);
  const result = await load.load({
    target: graphqlTarget(port),
    bodies: ['{"operationName":"Q0","query":"query Q0 { __typename }"}'],
    connections,
    warmUpMs,
    durationMs,
    pid: child.pid ?? 0,
  });
  child.kill();
  return result.answers / result.seconds;
}
