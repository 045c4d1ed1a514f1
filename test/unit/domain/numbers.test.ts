import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseDecimal, shortestDecimal } from '../../../src/domain/decimal.ts';
import { canonicalJson, toJsonValue } from '../../../src/domain/json-value.ts';
import { parseTokenCount } from '../../../src/domain/token-count.ts';

// Many runs a test: on a busy machine they take longer than one test may by default.
vi.setConfig({ testTimeout: 60_000 });

describe('parseDecimal', () => {
  it.each([
    ['10', '10'],
    ['0', '0'],
    ['0.25', '0.25'],
    ['-3.5', '-3.5'],
    [' 106.70 ', '106.70'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
  ])('keeps %j exactly', (text, decimal) => {
    expect(parseDecimal(text)).toBe(decimal);
  });

  it.each([
    '',
    ' ',
    '.5',
    '5.',
    '+1',
    '1e3',
    '1,000',
    '1 000',
    '0x10',
    'NaN',
    'Infinity',
    'None',
    '--1',
    '1.2.3',
    '\u0661',
  ])('has none for %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it('never changes a digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 37n }), fc.stringMatching(/^\d{1,38}$/), (whole, part) => {
        expect(parseDecimal(`${whole}.${part}`)).toBe(`${whole}.${part}`);
      }),
    );
  });
});

describe('parseTokenCount', () => {
  it.each([
    ['8192', 8192],
    ['128000', 128_000],
    ['32K', 32_768],
    ['8k', 8192],
    ['1M', 1_048_576],
    ['1m', 1_048_576],
    ['1.5K', 1536],
    ['0.5M', 524_288],
    ['32 K', 32_768],
    [' 32K ', 32_768],
    ['0', 0],
    ['8192.0', 8192],
  ])('reads %j as %i', (text, count) => {
    expect(parseTokenCount(text)).toBe(count);
  });

  it.each([
    '',
    'K',
    'None',
    'unlimited',
    '-1',
    '1.2',
    '0.0001K',
    '32KB',
    '32 tokens',
    '128,000',
    '1e3',
    '1G',
    '32\u212A',
    '99999999999999M',
    '9007199254740993',
    'Infinity',
  ])('has none for %j', (text) => {
    expect(parseTokenCount(text)).toBeUndefined();
  });

  it('K is 1024 and M is 1024 squared, whatever the count', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 30 }), (count) => {
        expect(parseTokenCount(`${count}K`)).toBe(count * 1024);
        expect(parseTokenCount(`${count}m`)).toBe(count * 1024 * 1024);
      }),
    );
  });

  it('a count is what it is with a blank in front, which is read in the general way', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-+.]?\d{0,12}[.x]?\d{0,3} ?[KkMmGx]?$/), (text) => {
        expect(parseTokenCount(text)).toBe(parseTokenCount(` ${text}`));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('toJsonValue', () => {
  it('writes an integer that a JSON number would round as text, wherever it stands', () => {
    const value = { a: 2n ** 53n, b: [-(2n ** 63n)], c: { d: 1n } };
    expect(toJsonValue(value)).toEqual({ a: '9007199254740992', b: ['-9223372036854775808'], c: { d: '1' } });
  });

  it('leaves every other JSON value as it is, a __proto__ included', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(toJsonValue(JSON.parse(text)))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
    const hostile = JSON.parse('{"__proto__": {"polluted": true}}');
    expect(JSON.stringify(toJsonValue(hostile))).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('passes no value on that is nested too deep to be written again', () => {
    const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(toJsonValue(nested(100_000))).toBeUndefined();
    expect(toJsonValue({ a: [{ b: nested(600) }] })).toBeUndefined();
    expect(toJsonValue(nested(500))).toEqual(nested(500));
  });
});

describe('shortestDecimal', () => {
  it.each([
    ['10', '10'],
    ['10.00', '10'],
    ['010.50', '10.5'],
    ['0', '0'],
    ['0.000', '0'],
    ['-0.0', '0'],
    ['-0.250', '-0.25'],
    ['100', '100'],
    ['0.10', '0.1'],
    [' 7 ', '7'],
    ['12345678901234567890.12345678900', '12345678901234567890.123456789'],
  ])('writes %j as %j', (text, shortest) => {
    expect(shortestDecimal(text)).toBe(shortest);
  });

  it('tells numbers apart as numbers', () => {
    const decimal = fc.tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.nat(3), fc.nat(3), fc.nat(3));
    const written = ([scaled, scale, zeros, more]: readonly [number, number, number, number]) => {
      const digits = String(Math.abs(scaled)).padStart(scale + 1, '0');
      const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
      const point = fraction === '' && more === 0 ? '' : '.';
      return `${scaled < 0 ? '-' : ''}${'0'.repeat(zeros)}${whole}${point}${fraction}${'0'.repeat(more)}`;
    };
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const isSame = Number(written(a)) === Number(written(b));
        expect(shortestDecimal(written(a)) === shortestDecimal(written(b))).toBe(isSame);
      }),
    );
  });
});

describe('canonicalJson', () => {
  it('is the same for values that differ in the order of names only', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value).map(([name, item]) => [name, turned(item)] as const);
      return Object.fromEntries(entries.toReversed());
    };
    fc.assert(fc.property(fc.jsonValue(), (value) => canonicalJson(turned(value)) === canonicalJson(value)));
  });

  it('is JSON of the value, so that others differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson(['1', 1, null, { a: undefined }])).toBe('["1",1,null,{}]');
    expect(canonicalJson(undefined)).toBe('null');
    expect(canonicalJson({ __proto__: 1, b: '\ud800' })).toBe('{"b":"\\ud800"}');
  });
});
