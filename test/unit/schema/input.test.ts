import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { GatewayError } from '../../../src/errors.ts';
import { checkInput, httpUrl, price } from '../../../src/schema/input.ts';

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
