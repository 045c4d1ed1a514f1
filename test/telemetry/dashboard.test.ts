import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openGateway } from '../support/gateway.ts';
import { needsPromtool, promtoolComplaints, skipsPromtool } from '../support/promtool.ts';
import { type Sample, samplesOf } from '../support/scrape.ts';
import { mixedRun } from './support/mixed-run.ts';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const dashboard = JSON.parse(readFileSync('deploy/grafana-dashboard.json', 'utf8')) as Dashboard;
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

/** A query as Grafana sends it. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m').replaceAll('$source', 'PAI|MODEL_ROUTER');
}

const SUFFIX = /_(bucket|sum|count)$/;

/** Names of metrics in a query; all begin so. */
const metricsIn = (expr: string) =>
  [...expr.matchAll(/\b(?:modelgraph|process|nodejs)_\w+/g)].map(([name]) => name);

/** Labels that a query selects or groups by. */
function labelsIn(expr: string): readonly string[] {
  const selected = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) =>
    [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  );
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inside = '']) => inside.split(/,\s*/));
  return [...selected, ...grouped];
}

let samples: readonly Sample[];
beforeAll(async () => {
  await using gateway = await openGateway();
  await mixedRun(gateway);
  samples = samplesOf(await (await gateway.fetch('/metrics')).text());
});

describe('the dashboard', () => {
  it.each(queries)('asks in "$title" for what there is: $expr', ({ expr, legendFormat }) => {
    const metrics = metricsIn(expr);
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics) {
      const series = samples.filter(({ name }) => name === metric);
      expect(series, metric).not.toEqual([]);
      for (const label of labelsIn(expr)) {
        expect(Object.keys(series[0]?.labels ?? {}), `${metric} has ${label}`).toContain(label);
      }
    }
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inside = '']) =>
      inside.split(/,\s*/),
    );
    expect(shown.filter((label) => !grouped.includes(label))).toEqual([]);
  });

  it('selects only values of labels that there are', () => {
    for (const { expr } of queries) {
      for (const [, label = '', value = ''] of expr.matchAll(/(\w+)="([^$"]+)"/g)) {
        expect(
          samples.filter(({ labels }) => labels[label] === value),
          `${label}="${value}"`,
        ).not.toEqual([]);
      }
    }
  });

  it.skipIf(skipsPromtool)(`asks in PromQL${needsPromtool}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'modelgraph-rules-'));
    const file = join(folder, 'rules.yml');
    const rules = queries.map(({ expr }, index) => ({ record: `query:${index}`, expr: filledIn(expr) }));
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    const complaints = promtoolComplaints(['check', 'rules', file]);
    rmSync(folder, { recursive: true });
    expect(complaints).toBe('');
  });

  it('shows every metric of the gateway itself', () => {
    const asked = new Set(
      queries.flatMap(({ expr }) => metricsIn(expr)).map((name) => name.replace(SUFFIX, '')),
    );
    const own = new Set(samples.map(({ name }) => name).filter((name) => name.startsWith('modelgraph_')));
    const unseen = [...own].filter((name) => !asked.has(name) && !asked.has(name.replace(SUFFIX, '')));
    expect(unseen).toEqual([]);
  });

  it('lets its user choose the backends', () => {
    const [, source] = dashboard.templating.list;
    const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(source?.definition ?? '') ?? [];
    const values = samples.filter(({ name }) => name === metric).map(({ labels }) => labels[label]);
    expect(values).toEqual(['MODEL_ROUTER', 'PAI', 'AI_GATEWAY']);
  });

  it('has no panel upon another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});
