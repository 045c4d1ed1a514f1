import { describe, expect, it } from 'vitest';
import { createRetryBudget } from '../../../src/transport/retry-budget.ts';

/** Retries that a burst of calls is granted, each of which fails as often as it is sent. */
function grantedTo(calls: number, budget = createRetryBudget(() => 0)): number {
  let granted = 0;
  for (let call = 0; call < calls; call++) {
    budget.deposit();
    for (let retry = 0; retry < 2 && budget.withdraw(); retry++) granted += 1;
  }
  return granted;
}

describe('a retry budget', () => {
  it('grants the first failing calls their two retries', () => {
    expect(grantedTo(1)).toBe(2);
    expect(grantedTo(5)).toBe(10);
  });

  it.each([100, 1_000, 10_000])('grants %i failing calls a tenth, and the reserve once', (calls) => {
    expect(grantedTo(calls)).toBe(calls / 10 + 10);
  });

  it('saves up no more than 20 retries however many calls went well', () => {
    const budget = createRetryBudget(() => 0);
    for (let call = 0; call < 10_000; call++) budget.deposit();
    let granted = 0;
    while (budget.withdraw()) granted += 1;
    expect(granted).toBe(20);
  });

  it('fills its reserve again by one a second, and no further', () => {
    let nowMs = 0;
    const budget = createRetryBudget(() => nowMs);
    while (budget.withdraw());
    nowMs += 999;
    expect(budget.withdraw()).toBe(false);
    nowMs += 1;
    expect(budget.withdraw()).toBe(true);
    expect(budget.withdraw()).toBe(false);
    nowMs += 3_600_000;
    let granted = 0;
    while (budget.withdraw()) granted += 1;
    expect(granted).toBe(10);
  });

  it('is not filled by time beyond its reserve', () => {
    let nowMs = 0;
    const budget = createRetryBudget(() => nowMs);
    for (let call = 0; call < 50; call++) budget.deposit();
    nowMs += 3_600_000;
    let granted = 0;
    while (budget.withdraw()) granted += 1;
    expect(granted).toBe(15);
  });
});
