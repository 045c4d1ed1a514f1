import { expect, it } from 'vitest';
import { isOffsetMark } from '../../../src/schema/catalog/sequence.ts';

it.each([[['', 0]], [['pg-1', 57, null, null]], [['', -1]], [['', 2 ** 31 - 3, 30, 'k3f9a2', true]]])(
  '%j is a mark',
  (mark) => {
    expect(isOffsetMark(mark)).toBe(true);
  },
);

it.each([
  [['']],
  [['', -2]],
  // No backend takes the page numbers of such places.
  [['', 2 ** 31 - 2]],
  [['', Number.MAX_SAFE_INTEGER]],
  [['', 1.5]],
  [['', '1']],
  [['', 0, 0]],
  [['', 0, '30']],
  [['', 0, 30, 7]],
  [['', 0, 30, 'k', false]],
  [['', 0, 30, 'k', true, 1]],
  [[7, 0]],
])('%j is none', (mark) => {
  expect(isOffsetMark(mark)).toBe(false);
});
