import { Line } from './line.ts';
import type { Signal } from './signal.ts';

/** How fast a backend is asked: without a limit until it complains, then at a rate that falls at once and climbs slowly. */
export interface Pace {
  /**
   * Resolves when a call may leave, in the order of asking; undefined where it may leave now. Rejects with the signal's
   * reason when it aborts.
   */
  turn(signal: Signal): Promise<void> | undefined;
  /** The backend answered a call that left at `sentAt`, monotonic ms, without complaint. */
  answered(sentAt: number): void;
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
/** What a second of answers adds to the rate: this share of the rate that the backend complained of last. */
const INCREASE_PER_SECOND = 0.1;
/** What it adds where no such rate is known, or one that counts no more: this share of the rate itself. */
const SEARCH_PER_SECOND = 0.7;
/** A backend that bears so many times the rate that it complained of has changed its mind. */
const OUTGROWN = 2;
/** At least this is asked of a backend at first: it may have answered little only because little was asked. */
const LOWEST_FIRST_RATE = 5;
/** One call a second is asked of a backend whatever it says: else nobody would learn that it has recovered. */
const LOWEST_RATE = 1;
/** Faster than a gateway asks anyway. */
const UNLIMITED_RATE = 1_000;
/** Without a complaint for so long the limit is gone. */
const FORGET_AFTER_MS = 60_000;
/** Shortest pause after a complaint; each further one without an answer in between doubles it. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** A backend that asks for more is asked again all the same, at the lower rate: it may limit one operation only. */
const LONGEST_TOLD_PAUSE_MS = 30_000;
/** Turns that were missed for so long are made up for: timers are late, and a busy process is later. */
const CATCH_UP_MS = 50;

interface Limit {
  callsPerSecond: number;
  /** The rate that the backend complained of last; undefined while its first complaint is all that is known. */
  tooFast: number | undefined;
  /** When the next call may leave. */
  nextAt: number;
  /** When the last complaint came that was news. What was sent before it tells no more than it did. */
  complainedAt: number;
  /** Complaints since the last answer. */
  complaintsInARow: number;
}

/**
 * Starts without a limit: additive increase, multiplicative decrease. One burst of complaints is one decrease; a
 * backend that then answers nothing at all has used up what it gives in some stretch of time, and is left alone for
 * longer instead of being asked ever slower. The increase goes by the rate that was too fast, so that a backend that
 * allows 10 a second and one that allows 1,000 complain as seldom; from a first guess, or far beyond the last
 * complaint, the rate doubles each second until the next.
 *
 * @param nowMs a clock that never jumps
 */
export function createPace(nowMs: () => number): Pace {
  let limit: Limit | undefined;
  const answers = createRate(nowMs);
  const line = new Line();
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
      const now = nowMs();
      const waitMs = at === undefined ? 0 : at.nextAt - now;
      if (waitMs > 0) {
        timer = setTimeout(advance, Math.ceil(waitMs));
        return;
      }
      if (at !== undefined) at.nextAt = Math.max(at.nextAt, now - CATCH_UP_MS) + 1_000 / at.callsPerSecond;
      line.letGo();
    }
  };
  /** A first complaint: what was answered in the last second is what the backend can do. */
  const open = (): Limit => ({
    callsPerSecond: Math.max(answers.lastSecond(), LOWEST_FIRST_RATE / DECREASE),
    tooFast: undefined,
    nextAt: nowMs(),
    complainedAt: Number.NEGATIVE_INFINITY,
    complaintsInARow: 0,
  });

  return {
    turn(signal) {
      if (current() === undefined && line.length === 0) return undefined;
      const turn = line.wait(signal, advance);
      advance();
      return turn;
    },
    answered(sentAt) {
      answers.add();
      if (limit === undefined || sentAt <= limit.complainedAt) return;
      limit.complaintsInARow = 0;
      limit.callsPerSecond += growthPerSecond(limit) / limit.callsPerSecond;
      if (limit.callsPerSecond >= UNLIMITED_RATE) limit = undefined;
    },
    throttled(sentAt, retryAfterMs = 0) {
      const now = nowMs();
      const known = current();
      limit = known ?? open();
      if (sentAt > limit.complainedAt) {
        if (limit.complaintsInARow === 0) {
          limit.tooFast = known?.callsPerSecond;
          limit.callsPerSecond = Math.max(LOWEST_RATE, limit.callsPerSecond * DECREASE);
        }
        limit.complaintsInARow += 1;
        limit.complainedAt = now;
        const pauseMs = FIRST_PAUSE_MS * 2 ** (limit.complaintsInARow - 1);
        limit.nextAt = Math.max(limit.nextAt, now + Math.min(pauseMs, LONGEST_PAUSE_MS));
      }
      limit.nextAt = Math.max(limit.nextAt, now + Math.min(retryAfterMs, LONGEST_TOLD_PAUSE_MS));
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

function growthPerSecond({ callsPerSecond, tooFast }: Limit): number {
  const isKnown = tooFast !== undefined && callsPerSecond < OUTGROWN * tooFast;
  return isKnown ? INCREASE_PER_SECOND * tooFast : SEARCH_PER_SECOND * callsPerSecond;
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
