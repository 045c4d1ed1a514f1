import { lineChart } from './chart.ts';
import { hasEnded, startChild } from './children.ts';
import { startGateway } from './contestants.ts';
import { describeMachine, type Measurement } from './machine.ts';
import type { Progress } from './rounds.ts';
import { freePort, untilAnswers } from './static-backend.ts';
import { median, type SizePoint, type Slope, slopeOf } from './statistics.ts';
import { figure, markdownTable } from './table.ts';

/** How the cost of one query grows with one size. */
export interface Growth {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly SizePoint[];
  readonly slope: Slope;
}

/** What `--sizes` found. */
export interface SizesResult {
  readonly measurement: Measurement;
  readonly growths: readonly Growth[];
}

interface SizedQuery {
  readonly name: string;
  readonly unit: string;
  readonly sizes: readonly number[];
  /** The backends' lists for a size. */
  listsOf(size: number): { readonly rows: number; readonly list: number };
  documentOf(size: number): string;
  /** Sent before each query, and not timed. */
  readonly before?: string;
}

/** Both backends get a write, which drops what the catalogue keeps of their lists. */
const DROP_SNAPSHOTS = `mutation {
  createModel(input: { name: "x", modelCode: "x" }) { __typename }
  createModelService(input: { gatewaySourceId: "pg-0", name: "x", category: "text", protocol: OPENAI, vendor: "bailian", baseUrl: "https://dashscope.aliyuncs.com", apiKey: "sk-0123456789" }) { __typename }
}`;

const ROWS = [10, 30, 100, 300, 1_000, 3_000, 10_000];

const SIZED: readonly SizedQuery[] = [
  {
    name: 'rows of one answer',
    unit: 'row',
    sizes: ROWS,
    listsOf: (size) => ({ rows: size, list: 1 }),
    documentOf: () =>
      '{ providers { symbol models { identifier category inOut maxInputLength maxOutputLength } } }',
  },
  {
    name: 'aliases, a call each',
    unit: 'alias',
    sizes: [1, 3, 10, 30, 100, 300, 1_000],
    listsOf: () => ({ rows: 1, list: 1 }),
    documentOf: (size) =>
      `{ ${Array.from({ length: size }, (_, index) => `a${index}: model(sourceId: "${index + 1}") { name modelCode }`).join(' ')} }`,
  },
  {
    name: 'catalogue by name, rows merged',
    unit: 'row',
    sizes: ROWS,
    listsOf: (size) => ({ rows: 1, list: Math.ceil(size / 2) }),
    documentOf: () =>
      '{ catalog(first: 20, filter: { sources: [MODEL_ROUTER, AI_GATEWAY] }, orderBy: { field: NAME, direction: ASC }) { totalCount nodes { name } sources { error { code } } } }',
    before: DROP_SNAPSHOTS,
  },
];

/** Beyond the defaults: a thousand aliases are more than a gateway takes that nobody set up for it. */
const LIMITS = { MAX_ALIASES: '1000', MAX_UPSTREAM_CALLS: '2000', MAX_TOKENS: '100000' };

const LEAST_SAMPLES = 5;

/** Measures how the cost grows; `budgetMs` for each point. */
export async function measureSizes(budgetMs: number, progress: Progress): Promise<SizesResult> {
  const backendPort = await freePort();
  const backend = startChild(process.execPath, ['bench/compare/sized-backend.ts', String(backendPort)], {
    core: 'rest',
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const upstream = `http://127.0.0.1:${backendPort}`;
  await untilAnswers(`${upstream}/size?rows=1&list=1`, () => hasEnded(backend));
  const port = await freePort();
  const gateway = startGateway(port, upstream, { env: LIMITS });
  await untilAnswers(`http://127.0.0.1:${port}/health`, () => hasEnded(gateway));
  const url = `http://127.0.0.1:${port}/graphql`;
  const growths: Growth[] = [];
  for (const query of SIZED) {
    const measurePoint = async (size: number): Promise<SizePoint> => {
      progress(`${query.name}: ${size}`);
      const { rows, list } = query.listsOf(size);
      await fetch(`${upstream}/size?rows=${rows}&list=${list}`);
      return { size, ms: await medianMs(url, query, size, budgetMs) };
    };
    // Twice over: the first time the compilers have yet to see the query.
    await measurePoint(query.sizes.at(-2) ?? 1);
    const points: SizePoint[] = [];
    for (const size of query.sizes) points.push(await measurePoint(size));
    growths.push({ name: query.name, unit: query.unit, points, slope: slopeOf(points) });
  }
  return { measurement: describeMachine(), growths };
}

async function medianMs(url: string, query: SizedQuery, size: number, budgetMs: number): Promise<number> {
  const document = query.documentOf(size);
  const tookMs: number[] = [];
  const endMs = performance.now() + budgetMs;
  while (tookMs.length < LEAST_SAMPLES || performance.now() < endMs) {
    if (query.before !== undefined) await ask(url, query.before);
    const begunMs = performance.now();
    await ask(url, document);
    tookMs.push(performance.now() - begunMs);
  }
  return median(tookMs);
}

async function ask(url: string, query: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  // One error of a source is data of the catalogue.
  if (!response.ok || text.includes('"errors"') || text.includes('"code":"')) {
    throw new Error(text.slice(0, 400));
  }
}

/** As Markdown. */
export function sizesReport({ measurement, growths }: SizesResult): string {
  const sections = growths.flatMap(({ name, unit, points, slope }) => [
    `## ${name}`,
    markdownTable(
      [unit === 'alias' ? 'aliases' : 'rows', ...points.map(({ size }) => size.toLocaleString('en-GB'))],
      [
        ['ms', ...points.map(({ ms }) => figure(ms))],
        [`µs a ${unit}`, ...points.map(({ size, ms }) => figure((ms * 1_000) / size))],
      ],
    ),
    `${figure(slope.fixedMs)} ms and ${figure(slope.msPerUnit * 1_000)} µs a ${unit}; over the last step ${slope.knee.toFixed(2)} times as steep as over the whole (1 is a straight line, a knee is well above).`,
  ]);
  return `${[
    '# Cost against size',
    `${measurement.date}, commit ${measurement.commit}, Node ${measurement.node}. ${measurement.machine}; ${measurement.pinning}. Load average when it ended ${measurement.loadAverage}.`,
    'One query at a time, from sending it to having the whole answer, medians. The catalogue is read anew and merged each time.',
    ...sections,
  ].join('\n\n')}\n`;
}

/** As a chart. */
export function sizesChart({ measurement, growths }: SizesResult): string {
  return lineChart({
    title: 'Cost of one query against its size',
    subtitle: `${measurement.date}, ${measurement.machine}, Node ${measurement.node}; one query at a time, medians`,
    xLabel: 'rows or aliases',
    yLabel: 'ms',
    series: growths.map(({ name, unit, points, slope }) => ({
      name: `${name}: ${figure(slope.msPerUnit * 1_000)} µs a ${unit}`,
      points: points.map(({ size, ms }) => ({ x: size, y: ms })),
    })),
  });
}
