import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hasEnded } from './compare/children.ts';
import { startGateway } from './compare/contestants.ts';
import { graphqlTarget, startLoadGenerator } from './compare/load-generator.ts';
import { bodiesOf, QUERIES } from './compare/queries.ts';
import { freePort, startStaticBackend, untilAnswers } from './compare/static-backend.ts';
import { figure, markdownTable } from './compare/table.ts';
import { chosen, inFolder, runProgram, tell, UsageError, wholeNumber } from './compare/terminal.ts';
import { type CpuProfile, hottest, layersOf } from './profile/layers.ts';

/*
 * Where the gateway's time goes for a query, once it is warm. A program, not a test: `npm run profile -- Q1`.
 * Linux only, like the benchmark.
 */

const HELP = `Usage: npm run profile -- QUERY [OPTIONS]

Records a CPU profile of the gateway, from its sources, while it answers one query as fast as it can, and sums it up by layer.
QUERY is one of ${QUERIES.map(({ id, title }) => `${id} (${title})`).join(', ')}.

  --seconds N          how long to record (8)
  --connections N      connections of the load generator (32)
  --out FILE           where the profile goes, for a browser's developer tools (reports/QUERY.cpuprofile)
  --help               this
`;

const WARM_UP_MS = 4_000;
const POLL_MS = 100;
const WRITE_POLLS = 300;
const HOTTEST = 15;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '8' },
      connections: { type: 'string', default: '32' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [id] = positionals.length === 1 ? chosen('profile', positionals[0], QUERIES) : [];
  const query = QUERIES.find((one) => one.id === id);
  if (query === undefined) throw new UsageError('Name one query.');
  const seconds = wholeNumber('--seconds', values.seconds);
  const connections = wholeNumber('--connections', values.connections);
  const file = values.out ?? `reports/${query.id}.cpuprofile`;
  mkdirSync(dirname(file), { recursive: true });
  return inFolder(async (folder) => {
    const backend = await startStaticBackend(folder);
    const load = startLoadGenerator();
    const port = await freePort();
    const gateway = startGateway(port, backend.url, {
      flags: ['--import', './bench/profile/record.ts'],
      env: { PROFILE_FILE: file },
      // Not the bundle, which does not tell one module from another.
      main: 'src/main.ts',
    });
    await untilAnswers(`http://127.0.0.1:${port}/health`, () => hasEnded(gateway));
    const job = { target: graphqlTarget(port), bodies: bodiesOf(query), connections, pid: gateway.pid ?? 0 };
    tell('warming up');
    await load.load({ ...job, warmUpMs: 0, durationMs: WARM_UP_MS });
    tell(`recording for ${seconds} s`);
    const begunAt = Date.now();
    gateway.kill('SIGUSR2');
    const result = await load.load({ ...job, warmUpMs: 0, durationMs: seconds * 1_000 });
    gateway.kill('SIGUSR2');
    const profile = await readProfile(file, begunAt);
    tell('');
    if (result.failures > 0) throw new Error(result.firstFailure);
    process.stdout.write(reportOf(profile, result.answers, query.title));
    process.stdout.write(`\nThe profile is in ${file}.\n`);
    return 0;
  });
}

/** Waits until the gateway has written it whole. */
async function readProfile(file: string, begunAt: number): Promise<CpuProfile> {
  for (let poll = 0; poll < WRITE_POLLS; poll++) {
    await sleep(POLL_MS);
    const written = statSync(file, { throwIfNoEntry: false });
    if (written === undefined || written.mtimeMs < begunAt) continue;
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
    } catch {
      // Half written.
    }
  }
  throw new Error('the gateway wrote no profile');
}

function reportOf(profile: CpuProfile, answers: number, title: string): string {
  const layers = layersOf(profile).filter(({ layer }) => layer !== 'the profiler');
  const busyMs = layers.filter(({ layer }) => layer !== 'idle').reduce((sum, { ms }) => sum + ms, 0);
  const row = (name: string, ms: number) => [
    name,
    ((100 * ms) / busyMs).toFixed(1),
    figure((ms * 1_000) / answers),
  ];
  const rows = layers.filter(({ layer }) => layer !== 'idle').map(({ layer, ms }) => row(layer, ms));
  const idle = layers.find(({ layer }) => layer === 'idle')?.ms ?? 0;
  const functions = hottest(profile, HOTTEST + 2).filter(
    ({ name }) => name !== '(idle)' && !name.includes('node:inspector'),
  );
  return [
    `${title}: ${answers.toLocaleString('en-GB')} answers, ${figure((busyMs * 1_000) / answers)} µs of work each while recorded; idle ${((100 * idle) / (busyMs + idle)).toFixed(0)} % of the time.`,
    '',
    markdownTable(['layer', '% of the work', 'µs a request'], rows),
    '',
    markdownTable(
      ['function, itself', '% of the work', 'µs a request'],
      functions.slice(0, HOTTEST).map(({ name, ms }) => row(name, ms)),
    ),
    '',
  ].join('\n');
}

await runProgram(main);
