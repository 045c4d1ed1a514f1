import { endChild, hasEnded, residentMb } from './children.ts';
import { startGateway } from './contestants.ts';
import { graphqlTarget, startLoadGenerator } from './load-generator.ts';
import { describeMachine, type Measurement } from './machine.ts';
import { bodyOf, QUERIES, VARIANTS } from './queries.ts';
import type { Progress } from './rounds.ts';
import { freePort, startStaticBackend, untilAnswers } from './static-backend.ts';
import { median } from './statistics.ts';
import { figure, markdownTable } from './table.ts';

/** What `--start-and-memory` found. */
export interface StartAndMemory {
  readonly measurement: Measurement;
  /** From starting the process to having the answer to a query that calls a backend. */
  readonly startsMs: readonly number[];
  /** Resident memory after so many mixed queries, in turn. */
  readonly memory: readonly { readonly queries: number; readonly residentMb: number }[];
}

const STARTS = 7;
const CONNECTIONS = 16;
const POLL_MS = 2;
const PATIENCE_MS = 30_000;
/** The heavy ones once among so many: the mix is to be of many queries, not of many rows. */
const HEAVY_EVERY = 16;
const HEAVY = new Set(['Q4', 'Q6']);

/** Starts the built gateway several times, then has one answer mixed queries. `counts` ascend. */
export async function measureStartAndMemory(
  folder: string,
  counts: readonly number[],
  progress: Progress,
): Promise<StartAndMemory> {
  const backend = await startStaticBackend(folder);
  const startsMs: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    progress(`start ${start + 1} of ${STARTS}`);
    startsMs.push(await firstAnswerMs(backend.url));
  }
  const load = startLoadGenerator();
  const port = await freePort();
  const gateway = startGateway(port, backend.url);
  await untilAnswers(`http://127.0.0.1:${port}/health`, () => hasEnded(gateway));
  const pid = gateway.pid ?? 0;
  const memory: { queries: number; residentMb: number }[] = [];
  const bodies = mixedBodies();
  let done = 0;
  for (const queries of counts) {
    progress(`${queries.toLocaleString('en-GB')} mixed queries`);
    const { failures, firstFailure } = await load.load({
      target: graphqlTarget(port),
      bodies,
      connections: CONNECTIONS,
      warmUpMs: 0,
      requests: queries - done,
      pid,
    });
    if (failures > 0) throw new Error(firstFailure);
    done = queries;
    memory.push({ queries, residentMb: residentMb(pid) });
  }
  return { measurement: describeMachine(), startsMs, memory };
}

function mixedBodies(): readonly string[] {
  return Array.from({ length: VARIANTS }, (_, variant) =>
    QUERIES.filter(({ id }) => !HEAVY.has(id) || variant % HEAVY_EVERY === 0).map((query) =>
      bodyOf(query, variant),
    ),
  ).flat();
}

async function firstAnswerMs(upstream: string): Promise<number> {
  const port = await freePort();
  const query = QUERIES.find(({ calls }) => calls === 1);
  if (query === undefined) throw new Error('no query makes one call');
  const body = bodyOf(query, 0);
  const begunMs = performance.now();
  const gateway = startGateway(port, upstream);
  try {
    for (;;) {
      const tookMs = performance.now() - begunMs;
      if (hasEnded(gateway) || tookMs > PATIENCE_MS) throw new Error('the gateway did not answer');
      const isAnswered = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body,
      }).then(
        async (response) => (await response.text()).includes('"modelServices"'),
        () => false,
      );
      if (isAnswered) return performance.now() - begunMs;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await endChild(gateway);
  }
}

/** As Markdown. */
export function startAndMemoryReport({ measurement, startsMs, memory }: StartAndMemory): string {
  const [first] = memory;
  return `${[
    '# Start and memory',
    `${measurement.date}, commit ${measurement.commit}, Node ${measurement.node}. ${measurement.machine}; ${measurement.pinning}. Load average when it ended ${measurement.loadAverage}.`,
    `From starting the process to the answer of a first query that calls a backend: median ${figure(median(startsMs))} ms, fastest ${figure(Math.min(...startsMs))} ms of ${startsMs.length}.`,
    markdownTable(
      ['mixed queries', 'resident MB', 'ratio to the first'],
      memory.map((point) => [
        point.queries.toLocaleString('en-GB'),
        figure(point.residentMb),
        (point.residentMb / (first?.residentMb ?? Number.NaN)).toFixed(2),
      ]),
    ),
  ].join('\n\n')}\n`;
}
