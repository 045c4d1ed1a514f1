import type { Signal } from './signal.ts';

/** So many places, and a line of those who wait for one. */
export interface Places {
  /**
   * Takes a place; each must be given back. Undefined where one is free; else resolves in the order of asking, and
   * rejects with the signal's reason when it aborts.
   */
  take(signal: Signal): Promise<void> | undefined;
  giveBack(): void;
  readonly taken: number;
  /** Those who wait. */
  readonly waiting: number;
}

/** Own code, since the known libraries make several promises and listeners for each call, also while places are free. */
export function createPlaces(count: number): Places {
  let taken = 0;
  // A set keeps the order of coming, and whoever leaves need not be looked for.
  const line = new Set<() => void>();
  return {
    take(signal) {
      if (taken < count) {
        taken += 1;
        return undefined;
      }
      return new Promise<void>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const go = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          line.delete(go);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        line.add(go);
      });
    },
    giveBack() {
      for (const go of line) {
        line.delete(go);
        // The place goes from hand to hand.
        go();
        return;
      }
      taken -= 1;
    },
    get taken() {
      return taken;
    },
    get waiting() {
      return line.size;
    },
  };
}
