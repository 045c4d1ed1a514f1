import { Roster } from './roster.ts';
import type { Signal } from './signal.ts';

/** Those who wait for their turn, in the order of their coming; each may leave before it. */
export class Line {
  readonly #waiting = new Roster<() => void>();

  get length(): number {
    return this.#waiting.size;
  }

  /**
   * Resolves at the turn of whoever waits; rejects with the signal's reason when it aborts before that.
   *
   * @param onLeft called after someone has left before its turn
   */
  wait(signal: Signal, onLeft?: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const leave = () => {
        this.#waiting.remove(standing);
        reject(signal.reason);
        onLeft?.();
      };
      const standing = this.#waiting.add(() => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Lets the first one go. False where nobody waits. */
  letGo(): boolean {
    const go = this.#waiting.takeFirst();
    go?.();
    return go !== undefined;
  }
}
