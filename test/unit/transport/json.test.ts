import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../src/transport/json.ts';

describe('parseExactJson', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['100000000000000000000', 100000000000000000000n],
  ])('the integer %s keeps every digit', (text, value) => {
    expect(parseExactJson(text)).toBe(value);
  });

  it.each([
    ['1e20', 1e20],
    ['0.1234567890123456789', 0.12345678901234568],
    ['9007199254740993.5', 9007199254740994],
    ['-0.00000000000000001', -0.00000000000000001],
    ['12345678901234567e3', 12345678901234567e3],
  ])('%s is no plain integer and stays a number', (text, value) => {
    expect(parseExactJson(text)).toBe(value);
  });

  it('integers deep inside are exact, their neighbours and texts untouched', () => {
    const text =
      '{"list":[{"id":9007199254740993,"price":0.5,"n":1,"name":"9007199254740993"},[9007199254740995,null,true]]}';
    expect(parseExactJson(text)).toEqual({
      list: [
        { id: 9007199254740993n, price: 0.5, n: 1, name: '9007199254740993' },
        [9007199254740995n, null, true],
      ],
    });
  });

  it('an integer keeps every digit wherever it stands', () => {
    for (let blanks = 0; blanks < 40; blanks++) {
      expect(parseExactJson(`${' '.repeat(blanks)}9007199254740993`)).toBe(9007199254740993n);
      expect(parseExactJson(`[1,${' '.repeat(blanks)}9007199254740993,2]`)).toEqual([
        1,
        9007199254740993n,
        2,
      ]);
    }
  });

  it.each(['', '{', '{"id":9007199254740993', 'oops', '9007199254740993n'])('%j is refused', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('an integer is exact wherever it stands, and whatever digits stand around it', () => {
    const digits = fc.stringMatching(/^[1-9]\d{13,20}$/);
    const number = fc.oneof(
      digits,
      digits.map((one) => `-${one}`),
      digits.map((one) => `0.${one}`),
      digits.map((one) => `${one}e2`),
    );
    const text = fc
      .array(fc.oneof(digits, fc.string()), { maxLength: 3 })
      .map((parts) => JSON.stringify(parts.join('')));
    const blank = fc.constantFrom('', ' ', '\n', '\t\r');
    const { json } = fc.letrec<{ json: string }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        number,
        text,
        fc
          .array(fc.tuple(blank, tie('json'), blank))
          .map((items) => `[${items.map((one) => one.join('')).join()}]`),
        fc
          .array(fc.tuple(text, blank, tie('json')))
          .map((pairs) => `{${pairs.map(([name, gap, value]) => `${name}:${gap}${value}`).join()}}`),
      ),
    }));
    fc.assert(
      fc.property(json, (source) => {
        expect(parseExactJson(source)).toStrictEqual(parseByEach(source));
      }),
    );
  });
});

/** Judges every number by the text it was made of. */
function parseByEach(source: string): unknown {
  const exact = (_name: string, value: unknown, context?: { source?: string }) => {
    const isInteger = typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '');
    return isInteger && !Number.isSafeInteger(value) ? BigInt(context?.source ?? '') : value;
  };
  return JSON.parse(source, exact);
}
