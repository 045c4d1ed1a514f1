/** Keeps retries a small share of the calls, so that a backend in trouble is not asked three times as much. */
export interface RetryBudget {
  /** A call is made for the first time. */
  deposit(): void;
  /** Whether a retry may be made; takes it from the budget. */
  withdraw(): boolean;
}

/** Retries that a call earns. */
const EARNED_BY_CALL = 0.1;
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
  let saved = RESERVE;
  let refilledAt = nowMs();
  const refill = () => {
    const now = nowMs();
    if (saved < RESERVE) {
      saved = Math.min(RESERVE, saved + ((now - refilledAt) / 1_000) * REFILL_PER_SECOND);
    }
    refilledAt = now;
  };
  return {
    deposit() {
      refill();
      saved = Math.min(MOST_SAVED, saved + EARNED_BY_CALL);
    },
    withdraw() {
      refill();
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
