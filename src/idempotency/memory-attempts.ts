import { LONGEST_CREATE_MS } from '../domain/candidate.ts';
import { abortable } from '../transport/wait.ts';
import { type Attempt, areAlike, type IdempotencyStore, KEPT_MS } from './store.ts';

/** How many of each are remembered at once. */
export interface AttemptBounds {
  readonly unknown: number;
  readonly rows: number;
}

const BOUNDS: AttemptBounds = { unknown: 10_000, rows: 50_000 };

/** By which the beginning of a create may be dated too early, as far as a backend's clock is known. */
const CLOCK_MARGIN_MS = 60_000;

/** Whoever looks for a row of its key's last minute must still know the others of that time. */
const REMEMBERED_MS = KEPT_MS + LONGEST_CREATE_MS;

interface UnderWay {
  readonly attempt: Attempt;
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/**
 * Attempts and rows in memory. What is forgotten for want of room could make a row look like nobody's: so nothing is
 * free any more to attempts of that time and before.
 */
export function createMemoryAttempts(
  now: () => number,
  bounds = BOUNDS,
): Omit<IdempotencyStore, 'claim' | 'settle' | 'release'> {
  const underWay = new Map<string, UnderWay>();
  // Both in the order of time.
  const unknown = new Map<string, Attempt>();
  const rows = new Map<string, { readonly owner: string; readonly takenAt: number }>();
  let forgottenUntil = Number.NEGATIVE_INFINITY;

  function forgetAttempts(): void {
    for (const { owner, beganAt } of unknown.values()) {
      const isOld = now() - beganAt >= REMEMBERED_MS;
      if (!isOld && unknown.size <= bounds.unknown) return;
      if (!isOld) forgottenUntil = Math.max(forgottenUntil, beganAt + LONGEST_CREATE_MS);
      unknown.delete(owner);
    }
  }

  function forgetRows(): void {
    for (const [row, { takenAt }] of rows) {
      const isOld = now() - takenAt >= REMEMBERED_MS;
      if (!isOld && rows.size <= bounds.rows) return;
      if (!isOld) forgottenUntil = Math.max(forgottenUntil, takenAt + CLOCK_MARGIN_MS);
      rows.delete(row);
    }
  }

  /** An older note is of a row that bore the same id, and was deleted since: what an attempt may have made is younger. */
  function isAnothers(row: string, { owner, beganAt }: Attempt): boolean {
    const note = rows.get(row);
    return note !== undefined && note.owner !== owner && note.takenAt >= beganAt - CLOCK_MARGIN_MS;
  }

  function note(row: string, owner: string): void {
    rows.delete(row);
    rows.set(row, { owner, takenAt: now() });
    forgetRows();
  }

  return {
    async beginAttempt(attempt) {
      const { promise, resolve } = Promise.withResolvers<void>();
      underWay.set(attempt.owner, { attempt, ended: promise, end: resolve });
    },
    async endAttempt(attempt, isUnknown) {
      const { owner } = attempt;
      unknown.delete(owner);
      if (isUnknown) unknown.set(owner, attempt);
      underWay.get(owner)?.end();
      underWay.delete(owner);
      forgetAttempts();
    },
    async rivalsOf(attempt, signal) {
      const isRival = (other: Attempt) => other.owner !== attempt.owner && areAlike(other, attempt);
      const sending = [...underWay.values()].filter(({ attempt }) => isRival(attempt));
      await abortable(Promise.all(sending.map(({ ended }) => ended)), signal);
      return [...unknown.values()].filter(isRival);
    },
    async noteRow(row, { owner }) {
      note(row, owner);
    },
    async freeRows(wanted, attempt) {
      if (attempt.beganAt <= forgottenUntil) return [];
      return wanted.filter((row) => !isAnothers(row, attempt));
    },
    async takeRow(row, attempt) {
      if (attempt.beganAt <= forgottenUntil || isAnothers(row, attempt)) return false;
      note(row, attempt.owner);
      return true;
    },
  };
}
