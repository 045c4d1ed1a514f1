/** Keeps retries a small share of the calls, so that a backend in trouble is not asked three times as much. */
export interface RetryBudget {
  /** A call is made for the first time. */
  deposit(): void;
  /** Whether a retry may be made; takes it from the budget. */
  withdraw(): boolean;
}

/** Calls that earn one retry. The budget is kept in calls: tenths of retries would not add up to whole ones. */
const CALLS_PER_RETRY = 10;
/** Retries that a gateway with few calls has all the same, e.g. the one whose only call has failed. */
const RESERVE = 10;
/** Retries a second by which what is missing of the reserve comes back. */
const REFILL_PER_SECOND = 1;
/** Retries that many calls without trouble save up. */
const MOST_SAVED = 20;

/**
 * Opens a budget of one retry for ten calls, and a small reserve.
 *
 * @param nowMs a clock that never jumps
 */
export function createRetryBudget(nowMs: () => number): RetryBudget {
  const reserve = RESERVE * CALLS_PER_RETRY;
  let savedCalls = reserve;
  let refilledAt = nowMs();
  const refill = () => {
    const now = nowMs();
    const callsPerMs = (REFILL_PER_SECOND * CALLS_PER_RETRY) / 1_000;
    if (savedCalls < reserve) {
      savedCalls = Math.min(reserve, savedCalls + (now - refilledAt) * callsPerMs);
    }
    refilledAt = now;
  };
  return {
    deposit() {
      refill();
      savedCalls = Math.min(MOST_SAVED * CALLS_PER_RETRY, savedCalls + 1);
    },
    withdraw() {
      refill();
      if (savedCalls < CALLS_PER_RETRY) return false;
      savedCalls -= CALLS_PER_RETRY;
      return true;
    },
  };
}
