/** How fast a backend is asked: without a limit until it complains, then at a rate that falls at once and climbs slowly. */
export interface Pace {
  /** Resolves when a call may leave. Rejects with the signal's reason when it aborts. */
  turn(signal: AbortSignal): Promise<void> | undefined;
  /** The backend answered a call without complaint. */
  answered(): void;
  /** The backend throttled a call that left at `sentAt`, monotonic ms. */
  throttled(sentAt: number, retryAfterMs: number | undefined): void;
  /** Milliseconds until a call can leave that has `ahead` others before it; 0 without a limit. */
  waitMs(ahead: number): number;
  /** Calls that wait for their turn. */
  readonly waiting: number;
  /** Undefined without a limit. */
  readonly callsPerSecond: number | undefined;
}

/** Share of the rate that is left after a complaint. */
const DECREASE = 0.7;
/** What a second of answers adds to the rate, in calls a second. */
const INCREASE_PER_SECOND = 5;
/** At least this is asked of a backend at first: it may have answered little only because little was asked. */
const LOWEST_FIRST_RATE = 5;
/** One call a second is asked of a backend whatever it says: else nobody would learn that it has recovered. */
const LOWEST_RATE = 1;
/** Faster than a gateway asks anyway. */
const UNLIMITED_RATE = 1_000;
/** Without a complaint for so long the limit is gone. */
const FORGET_AFTER_MS = 60_000;
/** Pause after a complaint that names none; each one without an answer in between doubles it. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** Complaints of calls that had left before the last decrease, or shortly after it, are about the old rate. */
const SETTLE_MS = 250;

interface Limit {
  callsPerSecond: number;
  /** When the next call may leave. */
  nextAt: number;
  decreasedAt: number;
  complainedAt: number;
  complaintsInARow: number;
}

/**
 * Starts without a limit: additive increase, multiplicative decrease.
 *
 * @param nowMs a clock that never jumps
 */
export function createPace(nowMs: () => number): Pace {
  let limit: Limit | undefined;
  const answers = createRate(nowMs);
  const line: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;

  const current = () => {
    if (limit !== undefined && nowMs() - limit.complainedAt > FORGET_AFTER_MS) limit = undefined;
    return limit;
  };
  /** Lets go who may go now, and sets the alarm for the next. */
  const advance = () => {
    clearTimeout(timer);
    timer = undefined;
    while (line.length > 0) {
      const at = current();
      const waitMs = at === undefined ? 0 : at.nextAt - nowMs();
      if (waitMs > 0) {
        timer = setTimeout(advance, Math.ceil(waitMs));
        return;
      }
      if (at !== undefined) at.nextAt = nowMs() + 1_000 / at.callsPerSecond;
      line.shift()?.();
    }
  };

  return {
    turn(signal) {
      if (limit === undefined && line.length === 0) return undefined;
      return new Promise<void>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const go = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          line.splice(line.indexOf(go), 1);
          reject(signal.reason);
          advance();
        };
        signal.addEventListener('abort', leave, { once: true });
        line.push(go);
        advance();
      });
    },
    answered() {
      answers.add();
      if (limit === undefined) return;
      limit.complaintsInARow = 0;
      limit.callsPerSecond += INCREASE_PER_SECOND / limit.callsPerSecond;
      if (limit.callsPerSecond >= UNLIMITED_RATE) limit = undefined;
    },
    throttled(sentAt, retryAfterMs) {
      const now = nowMs();
      const known = current();
      const next: Limit = known ?? {
        // What it answered in the last second is what it can do.
        callsPerSecond: Math.max(answers.lastSecond(), LOWEST_FIRST_RATE / DECREASE),
        nextAt: now,
        decreasedAt: Number.NEGATIVE_INFINITY,
        complainedAt: now,
        complaintsInARow: 0,
      };
      if (sentAt > next.decreasedAt + SETTLE_MS) {
        next.callsPerSecond = Math.max(LOWEST_RATE, next.callsPerSecond * DECREASE);
        next.decreasedAt = now;
        next.complaintsInARow += 1;
      }
      const ownPauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (next.complaintsInARow - 1));
      next.nextAt = Math.max(next.nextAt, now + (retryAfterMs ?? ownPauseMs));
      next.complainedAt = now;
      limit = next;
    },
    waitMs(ahead) {
      const at = current();
      if (at === undefined) return 0;
      return Math.max(0, at.nextAt - nowMs()) + (ahead * 1_000) / at.callsPerSecond;
    },
    get waiting() {
      return line.length;
    },
    get callsPerSecond() {
      return current()?.callsPerSecond;
    },
  };
}

/** Counts events of the last second, in tenths of it. */
function createRate(nowMs: () => number) {
  let tenths: { readonly at: number; count: number }[] = [];
  const recent = (now: number) => tenths.filter(({ at }) => now - at < 1_000);
  return {
    add() {
      const now = nowMs();
      const last = tenths.at(-1);
      if (last !== undefined && now - last.at < 100) last.count += 1;
      else tenths = [...recent(now), { at: now, count: 1 }];
    },
    lastSecond: () => recent(nowMs()).reduce((sum, { count }) => sum + count, 0),
  };
}
