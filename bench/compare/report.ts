import { barChart } from './chart.ts';
import type { Measurement } from './machine.ts';
import type { Overhead } from './overhead.ts';
import { type BenchQuery, QUERIES } from './queries.ts';
import type { Measured, RoundSettings } from './rounds.ts';
import { figure, markdownTable, ratio } from './table.ts';

/** Everything that one run of the comparison found. */
export interface Comparison {
  readonly measurement: Measurement;
  readonly backend: string;
  readonly settings: Omit<RoundSettings, 'areEqual'>;
  readonly contestants: readonly {
    readonly id: string;
    readonly title: string;
    readonly version: string | undefined;
    /** Upstream calls of one query at a time. */
    readonly callsAlone: Readonly<Record<string, number>>;
    readonly cannot: Readonly<Record<string, string>>;
  }[];
  /** Who is not in it, and why. */
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
  /** Requests a second of the least that node:http can answer: the load generator's own ceiling. */
  readonly ceiling: number;
  readonly distinct: readonly Measured[];
  readonly equal: readonly Measured[];
  readonly overhead: Overhead | undefined;
}

/** What ratios refer to. */
const REFERENCES = [
  { id: 'hand', column: '× hand' },
  { id: 'hand-tuned', column: '× tuned' },
] as const;

/** The whole comparison as Markdown. */
export function comparisonReport(comparison: Comparison): string {
  const { measurement, settings, backend, distinct, equal, overhead, leftOut, ceiling } = comparison;
  const sections = [
    '# Benchmark',
    [
      `${measurement.date}, commit ${measurement.commit}, Node ${measurement.node}. ${measurement.machine}; ${measurement.pinning}.`,
      `Backends: ${backend}, static answers. ${settings.connections} connections (at most ${heaviest()} for the heavy queries), medians of ${settings.rounds} interleaved round${settings.rounds === 1 ? '' : 's'} of ${settings.durationMs / 1_000} s.`,
      `Load average when it ended ${measurement.loadAverage}. "core %" is what a contestant had of its core: where that is well below 100, others had the rest, and only the columns of CPU time can be compared.`,
      `The load generator gets ${figure(ceiling)} requests a second out of a bare node:http server, and was busy for at most ${busiest([...distinct, ...equal])} % of any measurement: that is how far the figures are from being its own.`,
    ].join('\n'),
    '## Requests a second',
    summaryTable(comparison),
    '## Query by query',
    ...QUERIES.flatMap((query) => detailSection(query, distinct, comparison)),
    ...(equal.length === 0 ? [] : equalSection(comparison)),
    ...(overhead === undefined ? [] : overheadSection(overhead)),
    ...(leftOut.length === 0
      ? []
      : ['## Left out', leftOut.map(({ id, why }) => `- ${id}: ${why}`).join('\n')]),
    '## Queries',
    QUERIES.map(({ id, title, document }) => `${id}, ${title}:\n\n    ${document}`).join('\n\n'),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** How each contestant stands to the tuned one by hand, as bars. */
export function comparisonChart({ distinct, contestants, measurement }: Comparison): string {
  const queries = QUERIES.filter(({ id }) => distinct.some((row) => row.query === id));
  return barChart({
    title: 'Requests a second, 1.00 = the tuned handler written by hand, without GraphQL',
    subtitle: `${measurement.date}, ${measurement.machine}, Node ${measurement.node}`,
    groups: queries.map(({ id, title }) => `${id}: ${title.split(',')[0]}`),
    series: contestants
      .filter(({ id }) => distinct.some((row) => row.contestant === id))
      .map(({ id, title }) => ({
        name: title,
        isOurs: id.startsWith('modelgraph'),
        values: queries.map((query) => {
          const own = find(distinct, query.id, id)?.requestsPerSecond;
          const tuned = find(distinct, query.id, 'hand-tuned')?.requestsPerSecond;
          return own === undefined || tuned === undefined ? undefined : own / tuned;
        }),
      })),
    mark: 1,
  });
}

function find(rows: readonly Measured[], query: string, contestant: string): Measured | undefined {
  return rows.find((row) => row.query === query && row.contestant === contestant);
}

function heaviest(): number {
  return Math.min(...QUERIES.flatMap(({ maxConnections }) => maxConnections ?? []));
}

function busiest(rows: readonly Measured[]): number {
  return Math.round(100 * Math.max(0, ...rows.map(({ generatorShare }) => generatorShare)));
}

function summaryTable({ contestants, distinct }: Comparison): string {
  const queries = QUERIES.filter(({ id }) => distinct.some((row) => row.query === id));
  const rows = contestants
    .filter(({ id }) => distinct.some((row) => row.contestant === id))
    .map(({ id, title, version }) => [
      version === undefined ? title : `${title} (${version})`,
      ...queries.map((query) => figure(find(distinct, query.id, id)?.requestsPerSecond)),
    ]);
  return markdownTable(['', ...queries.map(({ id }) => id)], rows);
}

const DETAIL_HEAD = [
  '',
  'requests/s',
  ...REFERENCES.map(({ column }) => column),
  'p50 ms',
  'p99 ms',
  'core %',
  'CPU µs/request',
  ...REFERENCES.map(({ column }) => `CPU ${column}`),
  'upstream calls',
  'resident MB',
];

function detailRow(
  row: Measured,
  references: readonly Measured[],
  title: string,
  callsAlone: number | undefined,
): readonly string[] {
  const to = REFERENCES.map(({ id }) => find(references, row.query, id));
  const isJoined = callsAlone !== undefined && row.callsPerRequest < callsAlone * 0.98;
  return [
    title,
    figure(row.requestsPerSecond),
    ...to.map((reference) => ratio(row.requestsPerSecond, reference?.requestsPerSecond)),
    figure(row.p50Ms),
    figure(row.p99Ms),
    String(Math.round(row.coreShare * 100)),
    figure(row.processorMsPerRequest * 1_000),
    ...to.map((reference) => ratio(reference?.processorMsPerRequest, row.processorMsPerRequest)),
    isJoined ? `${row.callsPerRequest.toFixed(2)} of ${figure(callsAlone)}` : figure(row.callsPerRequest),
    figure(row.residentMb),
  ];
}

function detailTable(
  query: BenchQuery,
  rows: readonly Measured[],
  references: readonly Measured[],
  comparison: Comparison,
): string {
  const own = comparison.contestants.flatMap(({ id, title, callsAlone }) => {
    const row = find(rows, query.id, id);
    return row === undefined ? [] : [detailRow(row, references, title, callsAlone[query.id])];
  });
  return markdownTable(DETAIL_HEAD, own);
}

function detailSection(
  query: BenchQuery,
  rows: readonly Measured[],
  comparison: Comparison,
): readonly string[] {
  if (!rows.some((row) => row.query === query.id)) return [];
  const cannot = comparison.contestants.flatMap((contestant) => {
    const why = contestant.cannot[query.id];
    return why === undefined ? [] : [`${contestant.title}: ${why}.`];
  });
  return [
    `### ${query.id}: ${query.title}`,
    ...(query.sharesReads === 'none' ? [] : [SHARED[query.sharesReads]]),
    detailTable(query, rows, rows, comparison),
    ...(cannot.length === 0 ? [] : [`Not in it: ${cannot.join(' ')}`]),
  ];
}

const SHARED = {
  some: 'The list of all models takes no argument, so requests under way read it alike: where equal reads are joined the calls are fewer, as counted. `hand-joined` below is the fair counterpart then.',
  all: 'The list takes no argument, so requests under way read it alike: where equal reads are joined the calls are fewer, as counted. `hand-joined` below is the fair counterpart then.',
} as const;

function equalSection(comparison: Comparison): readonly string[] {
  return [
    '## Equal requests at once, equal reads joined',
    'A class of its own, since it is less work: all requests of a query are the same. The ratios are to the handlers above, which join nothing.',
    ...QUERIES.filter(({ id }) => comparison.equal.some((row) => row.query === id)).flatMap((query) => [
      `### ${query.id}: ${query.title}`,
      detailTable(query, comparison.equal, comparison.distinct, comparison),
    ]),
  ];
}

function overheadSection({ query, pairs, direct, gateway, added }: Overhead): readonly string[] {
  return [
    '## One warm request at a time',
    `${query}, ${pairs.toLocaleString('en-GB')} pairs: the upstream call alone, then the same through ModelGraph.`,
    markdownTable(
      ['ms', 'p50', 'p99'],
      [
        ['the upstream call alone', figure(direct.p50Ms), figure(direct.p99Ms)],
        ['through ModelGraph', figure(gateway.p50Ms), figure(gateway.p99Ms)],
        ['what ModelGraph adds, pair by pair', figure(added.p50Ms), figure(added.p99Ms)],
      ],
    ),
  ];
}
