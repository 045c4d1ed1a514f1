import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseDecimal } from '../../../src/domain/decimal.ts';
import { toJsonValue } from '../../../src/domain/json-value.ts';
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
