import { Cancellation, type Signal } from './signal.ts';

/** Waits. Rejects with the signal's reason when it aborts, unlike the runtime's own, which has an error of its own for it. */
export function wait(ms: number, signal: Signal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Waits for `promise`, but no longer than until the signal aborts. Rejects with the signal's reason then. */
export function abortable<T>(promise: Promise<T>, signal: Signal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    // Even where nobody waits any more: a rejection that nobody takes would end the process.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** A signal with an end of its own. */
export interface LimitedSignal {
  readonly signal: Signal;
  /** Lets go of the clock and of the signal it came from. */
  end(): void;
  /** Ends it, and aborts. */
  abort(reason: unknown): void;
}

/** A signal that aborts with `outer` or, with the error of `expired`, after `timeoutMs`. */
export function limitedTo(timeoutMs: number, outer: Signal, expired: () => Error): LimitedSignal {
  const own = new Cancellation();
  const onAbort = () => own.abort(outer.reason);
  const timer = setTimeout(() => own.abort(expired()), timeoutMs);
  if (outer.aborted) onAbort();
  else outer.addEventListener('abort', onAbort, { once: true });
  const end = () => {
    clearTimeout(timer);
    outer.removeEventListener('abort', onAbort);
  };
  return {
    signal: own,
    end,
    abort(reason) {
      end();
      own.abort(reason);
    },
  };
}
