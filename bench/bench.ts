import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compare } from './compare/compare.ts';
import { CONTESTANTS, PEERS, TAILCALL_LIBC } from './compare/contestants.ts';
import { QUERIES } from './compare/queries.ts';
import { comparisonChart, comparisonReport } from './compare/report.ts';
import { measureSizes, sizesChart, sizesReport } from './compare/sizes.ts';
import { measureStartAndMemory, startAndMemoryReport } from './compare/start-and-memory.ts';
import { build, chosen, inFolder, runProgram, tell, wholeNumber, writeResults } from './compare/terminal.ts';

/*
 * ModelGraph beside the same work by hand and beside its peers, on static backends. A program, not a test:
 * `npm run bench`. Linux only, for processor time and memory are read from /proc.
 */

const HELP = `Usage: npm run bench [-- OPTIONS]

Compares the built gateway, as it is shipped, with the same answers written by hand and with its peers: requests a
second, p50 and p99, processor time a request, upstream calls a query, memory; then what a single warm request costs
over its upstream call. The peers are installed on first use, into ${PEERS}, apart from the product.

  --quick              one short round, under two minutes
  --only IDS           only these contestants, separated by commas; with none but modelgraph and hand… no peer is
                       installed: ${CONTESTANTS.map(({ id }) => id).join(', ')}
  --queries IDS        only these queries: ${QUERIES.map(({ id }) => id).join(', ')}
  --rounds N           rounds (5)
  --connections N      connections of the load generator (32)
  --sizes              measures how cost grows instead: rows, aliases, rows of the catalogue
  --start-and-memory   measures the start, and memory after 10,000 and 100,000 mixed queries, instead
  --write              writes the results into bench/results, to be committed; else into reports/bench
  --help               this

Tailcall's binary wants a libc of 2.39 or newer. Where the system's is older, ${TAILCALL_LIBC}=FOLDER takes another one:
its ld-linux-x86-64.so.2, libc.so.6, libm.so.6 and libgcc_s.so.1, as a newer system's packages hold them.

Ctrl-C ends it and all that it started.
`;

/** Compilers go on for some seconds of one query: who has more code needs longer, and a server runs for weeks. */
const FULL = { rounds: 5, firstWarmUpMs: 3_000, warmUpMs: 1_500, durationMs: 2_000, overheadPairs: 10_000 };
const QUICK = { rounds: 1, firstWarmUpMs: 300, warmUpMs: 100, durationMs: 400, overheadPairs: 1_500 };

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      queries: { type: 'string' },
      rounds: { type: 'string' },
      connections: { type: 'string', default: '32' },
      sizes: { type: 'boolean', default: false },
      'start-and-memory': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.sizes) return sizes(values.quick, values.write);
  if (values['start-and-memory']) return startAndMemory(values.quick, values.write);
  const { overheadPairs, ...pace } = values.quick ? QUICK : FULL;
  const settings = {
    ...pace,
    rounds: wholeNumber('--rounds', values.rounds ?? String(pace.rounds)),
    connections: wholeNumber('--connections', values.connections),
  };
  const usual = CONTESTANTS.filter(({ isExtra }) => isExtra !== true || !values.quick);
  const wanted =
    values.only === undefined ? usual.map(({ id }) => id) : chosen('--only', values.only, CONTESTANTS);
  const queries = QUERIES.filter(({ id }) => chosen('--queries', values.queries, QUERIES).includes(id));
  build();
  const leftOut = installPeers(wanted);
  const here = wanted.filter((id) => !leftOut.some((one) => one.id === id));
  const comparison = await inFolder((folder) =>
    compare({ queries, wanted: here, settings, overheadPairs, folder, leftOut }, tell),
  );
  tell('');
  const report = comparisonReport(comparison);
  process.stdout.write(report);
  writeResults(values.write, 'comparison', {
    json: `${JSON.stringify(comparison, undefined, 2)}\n`,
    md: report,
    svg: comparisonChart(comparison),
  });
  return 0;
}

async function sizes(isQuick: boolean, isForKeeps: boolean): Promise<number> {
  build();
  const result = await inFolder(() => measureSizes(isQuick ? 300 : 2_000, tell));
  tell('');
  const report = sizesReport(result);
  process.stdout.write(report);
  const json = `${JSON.stringify(result, undefined, 2)}\n`;
  writeResults(isForKeeps, 'sizes', { json, md: report, svg: sizesChart(result) });
  return 0;
}

async function startAndMemory(isQuick: boolean, isForKeeps: boolean): Promise<number> {
  build();
  const counts = isQuick ? [1_000, 10_000] : [10_000, 100_000];
  const result = await inFolder((folder) => measureStartAndMemory(folder, counts, tell));
  tell('');
  const report = startAndMemoryReport(result);
  process.stdout.write(report);
  writeResults(isForKeeps, 'start-and-memory', {
    json: `${JSON.stringify(result, undefined, 2)}\n`,
    md: report,
  });
  return 0;
}

/** Installs the peers where they are wanted and not there. Tells who cannot take part. */
function installPeers(wanted: readonly string[]): readonly { readonly id: string; readonly why: string }[] {
  const peers = CONTESTANTS.filter(({ id, isPeer }) => isPeer && wanted.includes(id));
  if (peers.length === 0 || existsSync(`${PEERS}/node_modules/.package-lock.json`)) return [];
  tell(`installing the peers into ${PEERS}, a minute or two`);
  const { status, stderr } = spawnSync(
    'npm',
    ['ci', '--prefix', PEERS, '--no-audit', '--no-fund', '--ignore-scripts'],
    { encoding: 'utf8' },
  );
  if (status === 0) return [];
  const why = `npm ci --prefix ${PEERS} failed: ${stderr.trim().split('\n').at(0) ?? ''}`;
  return peers.map(({ id }) => ({ id, why }));
}

await runProgram(main);
