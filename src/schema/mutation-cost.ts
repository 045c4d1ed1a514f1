import { type CostExtensions, costs } from '../cost/statement.ts';
import { furtherPages } from './list-cost.ts';

/**
 * Of a create: it is sent once. Then what it made is read; or it is looked for, where nobody knows whether it made it,
 * by so many reads and the further pages of a list.
 */
export function createCosts(source: string, searchCalls = 1): CostExtensions {
  return costs(() => ({ calls: 1 + searchCalls, reserve: [furtherPages(source)] }));
}

/** Of a change or a delete, by all it may send and read, what is selected of its answer included. */
export function changeCosts(calls: number): CostExtensions {
  return costs(() => ({ calls }));
}

/** Of a change or a delete of a thing that only a list tells of. */
export function changeInListCosts(source: string, calls: number): CostExtensions {
  return costs(() => ({ calls, reserve: [furtherPages(source)] }));
}
