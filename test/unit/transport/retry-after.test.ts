import { describe, expect, it } from 'vitest';
import { refusalError, refusalFacts } from '../../../src/backends/vendor-errors.ts';

/** What a client would be told after a throttled answer with these headers. */
function retryAfterMs(headers: Readonly<Record<string, string>>, status = 429) {
  const facts = refusalFacts({ status, headers, body: '' }, undefined);
  return refusalError({ ...facts, title: 'backend' }).retryAfterMs;
}

describe('the pause a backend asks for', () => {
  it.each([
    ['x-acs-retry-after is milliseconds', { 'x-acs-retry-after': '1500' }, 1500],
    ['zero is a pause of none', { 'x-acs-retry-after': '0' }, 0],
    ['a part of a millisecond is a whole one', { 'x-acs-retry-after': '0.2' }, 1],
    ['Retry-After is seconds', { 'retry-after': '3' }, 3000],
    ['parts of a second count', { 'retry-after': '0.5' }, 500],
    ["the vendor's own header wins", { 'x-acs-retry-after': '20', 'retry-after': '3' }, 20],
    [
      'of an own header that says nothing the standard one is read',
      { 'x-acs-retry-after': 'soon', 'retry-after': '3' },
      3000,
    ],
    [
      'a date counts from the date of the answer',
      { date: 'Wed, 21 Oct 2026 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' },
      30_000,
    ],
    [
      'a date that has passed is no pause',
      { date: 'Wed, 21 Oct 2026 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT' },
      0,
    ],
    [
      'a date without a date of the answer counts from now',
      { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
      0,
    ],
    ['more than an Int holds is the most it holds', { 'retry-after': '99999999999' }, 2 ** 31 - 1],
    ['a negative one is not known', { 'retry-after': '-5' }, undefined],
    ['text is not known', { 'retry-after': 'soon' }, undefined],
    ['an empty one is not known', { 'retry-after': '', 'x-acs-retry-after': '' }, undefined],
    ['none is not known', {}, undefined],
  ])('%s', (_what, headers, expected) => {
    expect(retryAfterMs(headers as Record<string, string>)).toBe(expected);
  });

  it('a service that is down may name one as well, another refusal not', () => {
    expect(retryAfterMs({ 'retry-after': '3' }, 503)).toBe(3000);
    expect(retryAfterMs({ 'retry-after': '3' }, 409)).toBeUndefined();
  });
});
