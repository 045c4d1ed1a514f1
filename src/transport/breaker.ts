/** What a breaker lets through. */
export type BreakerState =
  /** Everything. */
  | { readonly name: 'closed' }
  /** Nothing until `retryAt`, monotonic ms. */
  | { readonly name: 'open'; readonly retryAt: number; readonly pauseMs: number }
  /** One call, under way now, whose outcome decides. */
  | { readonly name: 'half-open'; readonly pauseMs: number };

/** One call that a breaker let through: exactly one of these must be called. */
export interface Passage {
  /** The backend answered, be it with a refusal. */
  succeeded(): void;
  /** The backend failed. */
  failed(): void;
  /** Nothing was learnt: the caller left. */
  abandoned(): void;
}

/** Stops asking a backend that fails, and asks again from time to time. */
export interface Breaker {
  readonly state: BreakerState;
  /** Milliseconds until a call has a chance; 0 where it has one now. */
  waitMs(): number;
  /** Undefined where the call must not be sent. */
  enter(): Passage | undefined;
}

/** When a {@link Breaker} opens, and for how long. */
export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failuresInARow: number;
  /** Calls of the window from which on the share of failures counts. */
  readonly windowCalls: number;
  readonly windowMs: number;
  /** Share of failed calls in the window, 0 to 1, that opens it. */
  readonly failureShare: number;
  /** First pause; each failed trial doubles it. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
}

/** The defaults of every backend. */
export const BREAKER_DEFAULTS: BreakerSettings = {
  failuresInARow: 5,
  windowCalls: 20,
  windowMs: 10_000,
  failureShare: 0.5,
  pauseMs: 2_000,
  longestPauseMs: 30_000,
};

/** Parts of the window that are forgotten at once: enough to let it slide, and few to add up. */
const SLICES = 100;

/**
 * Opens a closed breaker. Own code, since of the known libraries one lets callers wait for the trial instead of
 * answering at once and closes when the trial's caller leaves, and none tells how long it stays open.
 *
 * @param nowMs a clock that never jumps
 * @param changed told of every change of state
 */
export function createBreaker(
  settings: BreakerSettings,
  nowMs: () => number,
  changed: (state: BreakerState) => void,
): Breaker {
  let state: BreakerState = { name: 'closed' };

  const become = (next: BreakerState) => {
    state = next;
    changed(next);
  };
  const open = (pauseMs: number) => become({ name: 'open', retryAt: nowMs() + pauseMs, pauseMs });

  /** Every call that enters while it is closed. One that ends only after it has opened tells nothing new of the backend. */
  const passageWhileClosed = (): Passage => {
    let inARow = 0;
    const window = createWindow(settings, nowMs);
    const passage: Passage = {
      succeeded() {
        inARow = 0;
        window.add(false);
      },
      failed() {
        inARow += 1;
        window.add(true);
        if (state.name !== 'closed' || passage !== everyday) return;
        if (inARow >= settings.failuresInARow || window.isBad()) open(settings.pauseMs);
      },
      abandoned: () => undefined,
    };
    return passage;
  };
  let everyday = passageWhileClosed();
  const trial = (pauseMs: number): Passage => ({
    succeeded() {
      everyday = passageWhileClosed();
      become({ name: 'closed' });
    },
    failed: () => open(Math.min(2 * pauseMs, settings.longestPauseMs)),
    // The next caller is the trial.
    abandoned: () => become({ name: 'open', retryAt: nowMs(), pauseMs }),
  });

  return {
    get state() {
      return state;
    },
    waitMs() {
      switch (state.name) {
        case 'closed':
          return 0;
        case 'open':
          return Math.max(0, state.retryAt - nowMs());
        case 'half-open':
          return state.pauseMs;
      }
    },
    enter() {
      switch (state.name) {
        case 'closed':
          return everyday;
        case 'half-open':
          return undefined;
        case 'open': {
          if (nowMs() < state.retryAt) return undefined;
          const { pauseMs } = state;
          become({ name: 'half-open', pauseMs });
          return trial(pauseMs);
        }
      }
    },
  };
}

/** Counts the calls of the last `windowMs`, in slices of time so that any number of them takes the same room. */
function createWindow(settings: BreakerSettings, nowMs: () => number) {
  const sliceMs = settings.windowMs / SLICES;
  let slices: { readonly at: number; calls: number; failures: number }[] = [];
  const recent = () => {
    const now = nowMs();
    return slices.filter(({ at }) => now - at < settings.windowMs);
  };
  return {
    add(hasFailed: boolean) {
      const now = nowMs();
      const last = slices.at(-1);
      const current =
        last !== undefined && now - last.at < sliceMs ? last : { at: now, calls: 0, failures: 0 };
      if (current !== last) slices = [...recent(), current];
      current.calls += 1;
      if (hasFailed) current.failures += 1;
    },
    isBad() {
      const counted = recent();
      const calls = counted.reduce((sum, slice) => sum + slice.calls, 0);
      const failures = counted.reduce((sum, slice) => sum + slice.failures, 0);
      return calls >= settings.windowCalls && failures >= calls * settings.failureShare;
    },
  };
}
