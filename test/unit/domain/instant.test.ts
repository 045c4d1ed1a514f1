import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { formatInstant, parseInstant, parseRfc3339 } from '../../../src/domain/instant.ts';

// Many runs a test: on a busy machine they take longer than one test may by default.
vi.setConfig({ testTimeout: 60_000 });

describe('parseInstant', () => {
  it.each([
    ['Model Router', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
    ['PAI, with milliseconds', '2021-01-30T12:51:33.028Z', '2021-01-30T12:51:33.028Z'],
    ['PAI, without', '2021-01-21T17:12:35Z', '2021-01-21T17:12:35Z'],
    ['services and gateways', '2026-03-31T14:40:48Z', '2026-03-31T14:40:48Z'],
    ['cost rules, made: a zone', '2026-01-04T16:09:29+08:00', '2026-01-04T08:09:29Z'],
    ['cost rules, changed: no zone is UTC+8', '2024-10-16 16:46:20', '2024-10-16T08:46:20Z'],
    ['no zone, with a T', '2024-10-16T16:46:20', '2024-10-16T08:46:20Z'],
    ['no seconds', '2024-10-16T16:46Z', '2024-10-16T16:46:00Z'],
    ['a zone west of UTC, over a year', '2023-12-31T20:00:00-05:30', '2024-01-01T01:30:00Z'],
    ['a zone without a colon', '2024-01-01T00:00:00+0800', '2023-12-31T16:00:00Z'],
    ['a blank in front of the zone', '2024-01-01 00:00:00 +08:00', '2023-12-31T16:00:00Z'],
    ['lower case', '2024-01-01t00:00:00z', '2024-01-01T00:00:00Z'],
    ['blanks around it', ' 2024-01-01T00:00:00Z\n', '2024-01-01T00:00:00Z'],
    ['tenths', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.500Z'],
    ['nanoseconds, cut', '2024-01-01T00:00:00.123999999Z', '2024-01-01T00:00:00.123Z'],
    ['a leap day', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['a leap day of a century', '2000-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
    ['the time of Go that was never set', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['year 99, not 1999', '0099-06-01T00:00:00Z', '0099-06-01T00:00:00Z'],
    ['before 1970', '1969-12-31T23:59:59.001Z', '1969-12-31T23:59:59.001Z'],
  ])('reads %s: %s', (_form, text, instant) => {
    const parsed = parseInstant(text);
    expect(parsed === undefined ? undefined : formatInstant(parsed)).toBe(instant);
  });

  it.each([
    '',
    'None',
    'yesterday',
    '2024-01-01',
    '1704067200',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-02-30T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-00-10T00:00:00Z',
    '2024-13-10T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-01-32T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T23:60:00Z',
    '2024-06-30T23:59:60Z',
    '2024-01-01T00:00:00+15:00',
    '2024-01-01T00:00:00+08:60',
    '2024-01-01T00:00:00CST',
    '2024-01-01T00:00:00.Z',
    '2024-1-1 0:00:00',
    '24-01-01T00:00:00Z',
    '+02024-01-01T00:00:00Z',
    '2024/01/01 00:00:00',
    '2024-01-01T00:00:00Z and more',
    '\uFF12\uFF10\uFF12\uFF14-01-01T00:00:00Z',
    '0000-01-01T00:00:00+08:00',
    '9999-12-31T23:59:59-08:00',
  ])('has no instant for %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('reads back whatever it writes, to the millisecond', () => {
    const range = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') };
    fc.assert(
      fc.property(fc.date({ ...range, noInvalidDate: true }), (date) => {
        const text = formatInstant(date.getTime());
        expect(parseInstant(text)).toBe(date.getTime());
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with the platform on every zone it takes', () => {
    const two = (value: number) => String(value).padStart(2, '0');
    const zone = fc.tuple(
      fc.constantFrom('+', '-'),
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: 0, max: 59 }),
    );
    fc.assert(
      fc.property(zone, ([sign, hours, minutes]) => {
        const text = `2024-05-06T07:08:09${sign}${two(hours)}:${two(minutes)}`;
        expect(parseInstant(text)).toBe(Date.parse(text));
      }),
    );
  });

  it('an ordinary time is what it is with blanks around it, which is read in the general way', () => {
    const number = (digits: number) => fc.nat(10 ** digits - 1).map((n) => String(n).padStart(digits, '0'));
    const sometimes = (usual: string) =>
      fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, fc.string({ maxLength: 2 }));
    const parts = [
      number(4),
      sometimes('-'),
      fc.oneof(number(2), fc.constantFrom('02', '04', '12')),
      sometimes('-'),
      fc.oneof(number(2), fc.constantFrom('01', '28', '29', '30', '31')),
      sometimes('T'),
      number(2),
      sometimes(':'),
      number(2),
      sometimes(':'),
      number(2),
      fc.oneof(
        sometimes(''),
        number(3).map((ms) => `.${ms}`),
        number(1).map((ms) => `.${ms}`),
      ),
      fc.constantFrom('', 'Z', '+08:00', '-05:30', '+0800', 'z', '+15:00', '+00:60', '+8:00', ':'),
    ];
    fc.assert(
      fc.property(fc.tuple(...parts), (texts) => {
        const text = texts.join('');
        expect(parseInstant(text)).toBe(parseInstant(` ${text}`));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('formatInstant', () => {
  it('writes milliseconds only where they are not zero', () => {
    expect(formatInstant(0)).toBe('1970-01-01T00:00:00Z');
    expect(formatInstant(1)).toBe('1970-01-01T00:00:00.001Z');
    expect(formatInstant(100)).toBe('1970-01-01T00:00:00.100Z');
  });
});

describe('parseRfc3339', () => {
  it.each([
    ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
    ['2024-01-01t00:00:00z', '2024-01-01T00:00:00Z'],
    ['2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.500Z'],
    ['2024-01-01T08:00:00+08:00', '2024-01-01T00:00:00Z'],
    ['2023-12-31T20:00:00.250-05:30', '2024-01-01T01:30:00.250Z'],
    ['2024-01-01T00:00:00-00:00', '2024-01-01T00:00:00Z'],
  ])('reads %s', (text, instant) => {
    const parsed = parseRfc3339(text);
    expect(parsed === undefined ? undefined : formatInstant(parsed)).toBe(instant);
  });
});
