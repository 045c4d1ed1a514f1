import { residentMb } from './children.ts';
import { queryFor, type RunningContestant } from './contestants.ts';
import { graphqlTarget, type LoadGenerator } from './load-generator.ts';
import type { LoadResult } from './load-job.ts';
import { type BenchQuery, bodiesOf } from './queries.ts';
import type { StaticBackend } from './static-backend.ts';
import { median } from './statistics.ts';

/** How long and how hard. */
export interface RoundSettings {
  readonly rounds: number;
  readonly connections: number;
  /** Once, for each contestant and query. */
  readonly firstWarmUpMs: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Whether all requests of a query are the same: then those that join equal reads need fewer calls. */
  readonly areEqual: boolean;
}

/** One contestant on one query, over all rounds. */
export interface Measured {
  readonly query: string;
  readonly contestant: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly processorMsPerRequest: number;
  /** Under load: fewer than alone where equal reads were joined. */
  readonly callsPerRequest: number;
  readonly residentMb: number;
  /** Of each round. */
  readonly rounds: readonly number[];
  /** Share of a core that it had: well below 1 with a queue in front of it, somebody else had the rest. */
  readonly coreShare: number;
  /** The largest share of the time that the load generator was busy. */
  readonly generatorShare: number;
}

interface Sample {
  readonly load: LoadResult;
  readonly callsPerRequest: number;
  readonly residentMb: number;
}

/** A place to tell how far it has come. */
export type Progress = (text: string) => void;

/** Has every contestant answer every query for a while: what compilers need before a first round counts as any other. */
export async function warmUp(
  queries: readonly BenchQuery[],
  contestants: readonly RunningContestant[],
  { load, progress }: { readonly load: LoadGenerator; readonly progress: Progress },
  { connections, firstWarmUpMs }: Pick<RoundSettings, 'connections' | 'firstWarmUpMs'>,
): Promise<void> {
  for (const { contestant, port, pid } of contestants) {
    progress(`warming up ${contestant.id}`);
    for (const query of queries.filter(({ id }) => contestant.cannot?.[id] === undefined)) {
      await load.load({
        target: graphqlTarget(port),
        bodies: bodiesOf(queryFor(contestant, query)),
        connections: connectionsFor(query, connections),
        warmUpMs: 0,
        durationMs: firstWarmUpMs,
        pid,
      });
    }
  }
}

/**
 * Measures every contestant on every query, one after the other, round after round: what else the machine does weighs
 * on all of them. In each round another one is first.
 *
 * @throws where an answer was no success
 */
export async function runRounds(
  queries: readonly BenchQuery[],
  contestants: readonly RunningContestant[],
  tools: { readonly load: LoadGenerator; readonly backend: StaticBackend; readonly progress: Progress },
  settings: RoundSettings,
): Promise<readonly Measured[]> {
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round < settings.rounds; round++) {
    for (const query of queries) {
      const able = contestants.filter(({ contestant }) => contestant.cannot?.[query.id] === undefined);
      const first = round % Math.max(1, able.length);
      for (const running of [...able.slice(first), ...able.slice(0, first)]) {
        const { id } = running.contestant;
        tools.progress(
          `round ${round + 1} of ${settings.rounds}: ${query.id}${settings.areEqual ? ' equal' : ''}, ${id}`,
        );
        const key = `${query.id} ${id}`;
        samples.set(key, [...(samples.get(key) ?? []), await sample(query, running, tools, settings)]);
      }
    }
  }
  return [...samples].map(([key, taken]) => summary(key, taken));
}

function connectionsFor({ maxConnections }: BenchQuery, connections: number): number {
  return Math.min(connections, maxConnections ?? connections);
}

async function sample(
  query: BenchQuery,
  { port, pid, contestant }: RunningContestant,
  { load, backend }: { readonly load: LoadGenerator; readonly backend: StaticBackend },
  { connections, warmUpMs, durationMs, areEqual }: RoundSettings,
): Promise<Sample> {
  const before = await backend.requestCount();
  const bodies = bodiesOf(queryFor(contestant, query), areEqual);
  const result = await load.load({
    target: graphqlTarget(port),
    bodies,
    connections: connectionsFor(query, connections),
    warmUpMs,
    durationMs,
    pid,
  });
  if (result.failures > 0) {
    throw new Error(
      `${contestant.id} failed ${result.failures} times at ${query.id}: ${result.firstFailure ?? ''}`,
    );
  }
  const calls = (await backend.requestCount()) - before;
  return {
    load: result,
    callsPerRequest: calls / result.answersInAll,
    residentMb: residentMb(pid),
  };
}

function summary(key: string, taken: readonly Sample[]): Measured {
  const [query = '', contestant = ''] = key.split(' ');
  const of = (value: (sample: Sample) => number) => median(taken.map(value));
  return {
    query,
    contestant,
    requestsPerSecond: of(({ load }) => load.answers / load.seconds),
    p50Ms: of(({ load }) => load.p50Ms),
    p99Ms: of(({ load }) => load.p99Ms),
    processorMsPerRequest: of(({ load }) => load.targetMs / load.answers),
    callsPerRequest: of(({ callsPerRequest }) => callsPerRequest),
    residentMb: Math.max(...taken.map((one) => one.residentMb)),
    rounds: taken.map(({ load }) => load.answers / load.seconds),
    coreShare: of(({ load }) => load.targetMs / 1_000 / load.seconds),
    generatorShare: Math.max(...taken.map(({ load }) => load.ownShare)),
  };
}
