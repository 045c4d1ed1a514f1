import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compare } from './compare/compare.ts';
import { CONTESTANTS, PEERS } from './compare/contestants.ts';
import { QUERIES } from './compare/queries.ts';
import { comparisonChart, comparisonReport } from './compare/report.ts';
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
  --write              writes the results into bench/results, to be committed; else into reports/bench
  --help               this

Ctrl-C ends it and all that it started.
`;

const FULL = { rounds: 5, warmUpMs: 500, durationMs: 2_000, overheadPairs: 10_000 };
const QUICK = { rounds: 1, warmUpMs: 150, durationMs: 600, overheadPairs: 3_000 };

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      queries: { type: 'string' },
      rounds: { type: 'string' },
      connections: { type: 'string', default: '32' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { overheadPairs, ...pace } = values.quick ? QUICK : FULL;
  const settings = {
    ...pace,
    rounds: wholeNumber('--rounds', values.rounds ?? String(pace.rounds)),
    connections: wholeNumber('--connections', values.connections),
  };
  const wanted = chosen('--only', values.only, CONTESTANTS);
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
