import { Line } from './line.ts';
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
  const line = new Line();
  return {
    take(signal) {
      if (taken >= count) return line.wait(signal);
      taken += 1;
      return undefined;
    },
    giveBack() {
      // It goes from hand to hand.
      if (!line.letGo()) taken -= 1;
    },
    get taken() {
      return taken;
    },
    get waiting() {
      return line.length;
    },
  };
}
