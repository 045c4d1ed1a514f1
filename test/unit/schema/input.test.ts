import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { GatewayError } from '../../../src/errors.ts';
import { checkInput, httpUrl, price, sourceIdText } from '../../../src/schema/input.ts';

/** The paths of the faults that an input has. */
function faultsOf(schema: z.ZodType, input: object): readonly (readonly string[])[] {
  try {
    checkInput(schema, input);
    return [];
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.fieldErrors.map(({ path }) => path);
  }
}

describe('a URL of an input', () => {
  const schema = z.object({ baseUrl: httpUrl });

  it.each([
    'https://host/a b',
    'https://host/a\tb',
    'https://host/\n',
    'https://host/?a=1\u0000',
    ' https://host/',
    'https://host/\u00A0',
    'https://user:pass@',
  ])('%j is refused: what no URL may hold could not be told again', (baseUrl) => {
    expect(faultsOf(schema, { baseUrl })).toEqual([['baseUrl']]);
  });

  it.each([
    'https://host',
    'HTTP://[::1]:8000/v1?a=b+c#d',
    'https://user:pass@host/%20',
    'https://例え.jp/é',
  ])('%j is taken as it is written', (baseUrl) => {
    expect(checkInput(schema, { baseUrl })).toEqual({ baseUrl });
  });
});

describe('a price of an input', () => {
  it('is sent without the blanks around it', () => {
    const schema = z.object({ requestCostPoints: price });
    for (const requestCostPoints of ['0.25', ' 0.25', '0.25\n'])
      expect(checkInput(schema, { requestCostPoints })).toEqual({ requestCostPoints: '0.25' });
    for (const requestCostPoints of [' -1', '1 0', ' '])
      expect(faultsOf(schema, { requestCostPoints })).toEqual([['requestCostPoints']]);
  });
});

describe('a text of an input with half a character', () => {
  const schema = z.object({
    name: z.string().min(1),
    tags: z.array(z.string()).optional(),
    extensions: z.unknown().optional(),
  });

  it.each([
    [['name'], { name: 'a\uD800' }],
    [['name'], { name: '\uDC00' }],
    [['tags', '1'], { name: 'a', tags: ['b', '\uD83D'] }],
    [['extensions', 'b', '0', 'c'], { name: 'a', extensions: { b: [{ c: '\uD800' }] } }],
    [['extensions', 'b'], { name: 'a', extensions: { b: { '\uD800': 1 } } }],
  ])('is refused at %j, for no bytes can hold it', (path, input) => {
    expect(faultsOf(schema, input)).toEqual([path]);
  });

  it('is told beside the other faults', () => {
    expect(faultsOf(schema, { name: '', tags: ['\uD800'] })).toEqual([['tags', '0'], ['name']]);
  });

  it('is told once where its own rule tells it, too', () => {
    expect(faultsOf(z.object({ id: sourceIdText }), { id: 'pg-\uD800' })).toEqual([['id']]);
    const other = z.object({ id: z.string().refine(() => false, 'is no id of a Model') });
    expect(faultsOf(other, { id: '\uD800' })).toEqual([['id']]);
  });

  it('is not what two halves make, or what only looks like one', () => {
    expect(faultsOf(schema, { name: '\uD83D\uDE00', extensions: '\\ud800' })).toEqual([]);
  });
});
