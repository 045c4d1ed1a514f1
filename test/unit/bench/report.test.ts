import { describe, expect, it } from 'vitest';
import { barChart, lineChart } from '../../../bench/compare/chart.ts';
import { figure, markdownTable, ratio } from '../../../bench/compare/table.ts';

describe('the tables of the benchmark', () => {
  it('write numbers with three digits that count', () => {
    expect([0, 0.08167, 1.234, 56.78, 987.6, 54_123, Number.NaN, undefined].map(figure)).toEqual([
      '0',
      '0.0817',
      '1.23',
      '56.8',
      '988',
      '54,100',
      '–',
      '–',
    ]);
  });

  it('write no ratio to what was not measured', () => {
    expect(ratio(3, 4)).toBe('0.75');
    expect(ratio(3, 0)).toBe('–');
    expect(ratio(3, undefined)).toBe('–');
    expect(ratio(undefined, 4)).toBe('–');
  });

  it('align all columns but the first to the right', () => {
    expect(markdownTable(['', 'Q1'], [['by hand', '1']])).toBe('|  | Q1 |\n| --- | ---: |\n| by hand | 1 |');
  });
});

describe('the charts of the benchmark', () => {
  const bars = (value: number | undefined) =>
    barChart({
      title: 'a < b & "c"',
      subtitle: '',
      groups: ['Q1'],
      series: [{ name: 'one', values: [value], isOurs: false }],
      mark: 1,
    });
  const heightOf = (svg: string) => Number(/<rect [^>]*height="([\d.]+)"[^>]*><title>/.exec(svg)?.[1]);

  it('draw a bar twice as high for twice the value', () => {
    expect(heightOf(bars(1)) / heightOf(bars(0.5))).toBeCloseTo(2, 1);
  });

  it('draw none for what was not measured', () => {
    expect(heightOf(bars(undefined))).toBeNaN();
  });

  it('let no text become markup', () => {
    expect(bars(1)).toContain('<title>a &lt; b &amp; &quot;c&quot;</title>');
    expect(bars(1)).not.toContain('a < b');
  });

  it('put tenfold sizes at equal distances', () => {
    const svg = lineChart({
      title: 't',
      subtitle: 's',
      xLabel: 'x',
      yLabel: 'y',
      series: [{ name: 'one', points: [1, 10, 100].map((x) => ({ x, y: x })) }],
    });
    const places = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    const [first = 0, second = 0, third = 0] = places;
    expect(third - second).toBeCloseTo(second - first);
    expect(second).toBeGreaterThan(first);
  });
});
