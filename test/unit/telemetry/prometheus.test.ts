import { describe, expect, it } from 'vitest';
import { MetricRegistry } from '../../../src/telemetry/prometheus.ts';
import { needsPromtool, promtoolComplaints, skipsPromtool } from '../../support/promtool.ts';
import { samplesOf, sumOf } from '../../support/scrape.ts';

const COLOURS = {
  name: 'colours_total',
  help: 'Colours\nwith \\ and "quotes".',
  labels: ['name', 'kind'],
} as const;

const HOSTILE = ['a"b', 'a\\b', 'a\nb', 'a\\nb', '通义', ',x="y"', '}', ''];

describe('the text format', () => {
  it('holds a counter with its help, its type and a line for each series', () => {
    const registry = new MetricRegistry();
    const colours = registry.counter(COLOURS);
    colours.add({ name: 'red', kind: 'warm' });
    colours.add({ kind: 'warm', name: 'red' }, 2.5);
    colours.add({ name: 'blue', kind: 'cold' }, 0);
    expect(registry.text().split('\n\n').at(-1)).toBe(
      [
        '# HELP colours_total Colours\\nwith \\\\ and "quotes".',
        '# TYPE colours_total counter',
        'colours_total{name="red",kind="warm"} 3.5',
        'colours_total{name="blue",kind="cold"} 0',
        '',
      ].join('\n'),
    );
  });

  it('holds the buckets of a histogram, each with what is below it', () => {
    const registry = new MetricRegistry();
    const sizes = registry.histogram({ name: 'size_bytes', help: 'Sizes.', labels: ['of'] }, [1, 10]);
    for (const size of [0, 1, 1.5, 10, 11, 100]) sizes.observe({ of: 'x' }, size);
    expect(samplesOf(registry.text()).slice(1)).toEqual([
      { name: 'size_bytes_bucket', labels: { of: 'x', le: '1' }, value: 2 },
      { name: 'size_bytes_bucket', labels: { of: 'x', le: '10' }, value: 4 },
      { name: 'size_bytes_bucket', labels: { of: 'x', le: '+Inf' }, value: 6 },
      { name: 'size_bytes_sum', labels: { of: 'x' }, value: 123.5 },
      { name: 'size_bytes_count', labels: { of: 'x' }, value: 6 },
    ]);
  });

  it('holds a histogram without labels, and numbers that are not finite', () => {
    const registry = new MetricRegistry();
    registry.histogram({ name: 'h_seconds', help: 'H.', labels: [] }, [1]).observe({}, 2);
    registry.readGauge({ name: 'g', help: 'G.', labels: ['of'] }, () => [
      [{ of: 'top' }, Number.POSITIVE_INFINITY],
      [{ of: 'bottom' }, Number.NEGATIVE_INFINITY],
      [{ of: 'none' }, Number.NaN],
    ]);
    expect(registry.text()).toContain(
      'h_seconds_bucket{le="1"} 0\nh_seconds_bucket{le="+Inf"} 1\nh_seconds_sum 2\n',
    );
    expect(registry.text()).toContain('g{of="top"} +Inf\ng{of="bottom"} -Inf\ng{of="none"} NaN\n');
  });

  it('shows a histogram before anything was observed', () => {
    const registry = new MetricRegistry();
    registry.histogram({ name: 'h_seconds', help: 'H.', labels: ['of'] }, [1]).show({ of: 'x' });
    expect(
      samplesOf(registry.text())
        .slice(1)
        .map(({ value }) => value),
    ).toEqual([0, 0, 0, 0]);
  });

  it('reads what is kept elsewhere whenever it is asked', () => {
    const registry = new MetricRegistry();
    let value = 1;
    registry.readCounter({ name: 'kept_total', help: 'K.', labels: [] }, () => [[{}, value]]);
    value = 2;
    expect(sumOf(registry.text(), 'kept_total')).toBe(2);
  });

  it.skipIf(skipsPromtool)(`is accepted by promtool whatever a label holds${needsPromtool}`, () => {
    const registry = new MetricRegistry();
    const colours = registry.counter(COLOURS);
    const sizes = registry.histogram({ name: 'size_bytes', help: 'Sizes.', labels: ['of'] }, [0.5, 1e21]);
    for (const name of HOSTILE) {
      colours.add({ name, kind: 'x' });
      sizes.observe({ of: name }, 1e-9);
    }
    expect(samplesOf(registry.text()).filter(({ name }) => name === 'colours_total')).toHaveLength(
      HOSTILE.length,
    );
    expect(promtoolComplaints(['check', 'metrics'], registry.text())).toBe('');
  });
});

describe('a registry', () => {
  it('has no two metrics of one name', () => {
    const registry = new MetricRegistry();
    registry.counter(COLOURS);
    expect(() => registry.counter(COLOURS)).toThrow('colours_total');
  });

  it('has at most 2,000 series a metric, and tells how many values that costs', () => {
    const registry = new MetricRegistry();
    const colours = registry.counter(COLOURS);
    const sizes = registry.histogram({ name: 'size_bytes', help: 'Sizes.', labels: ['of'] }, [1]);
    for (let index = 0; index < 2_100; index++) {
      colours.add({ name: `n${index}`, kind: 'x' });
      sizes.observe({ of: `n${index}` }, 1);
    }
    colours.add({ name: 'n0', kind: 'x' });
    const text = registry.text();
    const named = (name: string) => samplesOf(text).filter((sample) => sample.name === name);
    expect([named('colours_total').length, named('size_bytes_count').length]).toEqual([2_000, 2_000]);
    expect(sumOf(text, 'colours_total', { name: 'n0' })).toBe(2);
    expect(sumOf(text, 'modelgraph_metrics_dropped_values_total')).toBe(200);
  });
});
