import { expect, it } from 'vitest';
import { ONE_ROW } from '../../../src/cost/statement.ts';
import { pageCost } from '../../../src/schema/list-cost.ts';

const cursorOf = (place: string) => Buffer.from(`1|list|${place}|`).toString('base64url');

/** What a page of 50 behind a cursor may need beyond its calls. */
function reservedBehind(after: string | undefined): number {
  const asked = { args: { first: 50, after }, of: ONE_ROW, selected: new Set(['nodes']), region: 'r' };
  return pageCost(asked, { source: 'PAI' }).reserve?.[0]?.ownCalls ?? 0;
}

it.each([
  ['no cursor', undefined, 7],
  ['a cursor that is good for pages of any size', cursorOf('4~k'), 7],
  ['one of pages of 30', cursorOf('4~k:30'), 7],
  // Ten pages of 5, and the calls that notice such a backend.
  ['one of pages of 5', cursorOf('4~k:5'), 12],
  ['one of pages of 1', cursorOf('4~k:1'), 52],
  ['no cursor of this graph', 'nonsense', 7],
])('a page behind %s has what the pages it is read by may need', (_what, after, calls) => {
  expect(reservedBehind(after)).toBe(calls);
});
