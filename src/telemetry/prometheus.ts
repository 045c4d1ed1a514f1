/*
 * Metrics in memory and Prometheus' text format 0.0.4. Own code, since prom-client takes 50 ms and 20 MB at every
 * start, most of it for the OpenTelemetry API that it loads whether or not anything is traced, its own process metrics
 * do not pass `promtool check metrics`, and nothing bounds the series of a metric.
 */

/** What a metric is called and told apart by. */
export interface MetricDescription<Label extends string> {
  /** After Prometheus' conventions: base units, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

/** One value for each label. */
export type LabelValues<Label extends string> = Readonly<Record<Label, string>>;

/** Only grows. */
export interface Counter<Label extends string> {
  /** Adding 0 shows the series before anything has happened. */
  add(labels: LabelValues<Label>, amount?: number): void;
}

/** Counts values by size. */
export interface Histogram<Label extends string> {
  observe(labels: LabelValues<Label>, value: number): void;
  /** Shows the series before anything was observed. */
  show(labels: LabelValues<Label>): void;
}

/** Series of a metric whose values are kept elsewhere, as they are when it is scraped. */
export type ReadSeries<Label extends string> = () => Iterable<readonly [LabelValues<Label>, number]>;

/** Series that one metric may have: no label here takes as many values, so it only guards against a mistake. */
const MAX_SERIES = 2_000;

/** The `content-type` of {@link MetricRegistry.text}. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics that are scraped together. */
export class MetricRegistry {
  readonly #sections = new Map<string, () => readonly string[]>();
  #droppedValues = 0;

  constructor() {
    this.readCounter(
      {
        name: 'modelgraph_metrics_dropped_values_total',
        help: 'Values that were not counted, since their metric had too many series already.',
        labels: [],
      },
      () => [[{}, this.#droppedValues]],
    );
  }

  /** A counter that is counted here. */
  counter<Label extends string>(description: MetricDescription<Label>): Counter<Label> {
    const { name, labels: names } = description;
    const series = this.#series(names, (text) => ({ text, value: 0 }));
    this.#add(description, 'counter', () =>
      Array.from(series.all(), ({ text, value }) => line(name, text, value)),
    );
    return {
      add(labels, amount = 1) {
        const one = series.of(labels);
        if (one !== undefined) one.value += amount;
      },
    };
  }

  /** @param bounds upper ends of the buckets, ascending, without the last, which is endless */
  histogram<Label extends string>(
    description: MetricDescription<Label>,
    bounds: readonly number[],
  ): Histogram<Label> {
    const { name, labels: names } = description;
    const series = this.#series(names, (text) => ({
      text,
      sum: 0,
      counts: new Array<number>(bounds.length + 1).fill(0),
    }));
    this.#add(description, 'histogram', () =>
      Array.from(series.all(), (one) => histogramLines(name, bounds, one)).flat(),
    );
    return {
      observe(labels, value) {
        const one = series.of(labels);
        if (one === undefined) return;
        let index = 0;
        while (index < bounds.length && !(value <= (bounds[index] as number))) index += 1;
        one.counts[index] = (one.counts[index] ?? 0) + 1;
        one.sum += value;
      },
      show: (labels) => void series.of(labels),
    };
  }

  /** A gauge whose values are kept elsewhere. */
  readGauge<Label extends string>(description: MetricDescription<Label>, read: ReadSeries<Label>): void {
    this.#addRead(description, 'gauge', read);
  }

  /** A counter whose values are kept elsewhere. */
  readCounter<Label extends string>(description: MetricDescription<Label>, read: ReadSeries<Label>): void {
    this.#addRead(description, 'counter', read);
  }

  /** Every metric as it is now. */
  text(): string {
    return `${Array.from(this.#sections.values(), (lines) => lines().join('\n')).join('\n\n')}\n`;
  }

  #addRead<Label extends string>(
    description: MetricDescription<Label>,
    type: 'counter' | 'gauge',
    read: ReadSeries<Label>,
  ): void {
    const { name, labels: names } = description;
    this.#add(description, type, () =>
      [...read()].slice(0, MAX_SERIES).map(([labels, value]) => line(name, labelText(names, labels), value)),
    );
  }

  #add(
    { name, help }: MetricDescription<string>,
    type: 'counter' | 'gauge' | 'histogram',
    lines: () => readonly string[],
  ): void {
    if (this.#sections.has(name)) throw new Error(`There are two metrics called ${name}.`);
    this.#sections.set(name, () => [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines()]);
  }

  #series<One>(names: readonly string[], open: (text: string) => One) {
    const all: One[] = [];
    // By the values of the labels, one after the other: no text has to be made of them to find a series.
    const root: SeriesNode<One> = { one: undefined, next: new Map() };
    const add = (labels: Readonly<Record<string, string>>): One | undefined => {
      if (all.length >= MAX_SERIES) {
        this.#droppedValues += 1;
        return undefined;
      }
      let node = root;
      for (const name of names) {
        const value = labels[name] ?? '';
        const next = node.next.get(value) ?? { one: undefined, next: new Map() };
        node.next.set(value, next);
        node = next;
      }
      const one = open(labelText(names, labels));
      all.push(one);
      node.one = one;
      return one;
    };
    return {
      all: () => all,
      /** Undefined where there are too many series already. */
      of: (labels: Readonly<Record<string, string>>): One | undefined => {
        let node: SeriesNode<One> | undefined = root;
        for (const name of names) node = node?.next.get(labels[name] ?? '');
        return node?.one ?? add(labels);
      },
    };
  }
}

/** Series whose first labels have the same values. */
interface SeriesNode<One> {
  /** That of all labels. */
  one: One | undefined;
  /** By the value of the next label. */
  readonly next: Map<string, SeriesNode<One>>;
}

/** The series of one histogram: the counts of its buckets, each without those below it, and the sum of its values. */
interface HistogramSeries {
  readonly text: string;
  readonly counts: readonly number[];
  readonly sum: number;
}

function histogramLines(
  name: string,
  bounds: readonly number[],
  { text, counts, sum }: HistogramSeries,
): readonly string[] {
  let below = 0;
  const buckets = counts.map((count, index) => {
    below += count;
    const bound = `le="${numeral(bounds[index] ?? Number.POSITIVE_INFINITY)}"`;
    return line(`${name}_bucket`, text === '' ? bound : `${text},${bound}`, below);
  });
  return [...buckets, line(`${name}_sum`, text, sum), line(`${name}_count`, text, below)];
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${numeral(value)}`;
}

function labelText(names: readonly string[], labels: Readonly<Record<string, string>>): string {
  return names.map((name) => `${name}="${escaped(labels[name] ?? '').replaceAll('"', '\\"')}"`).join(',');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numeral(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
