import { Cancellation, type Signal } from '../transport/signal.ts';
import { WorkUnderWay } from '../transport/work-under-way.ts';

/** Work under way that several requests wait for, broken off when the last of them has left. */
interface Sharing<Result> {
  readonly result: Promise<Result>;
  /** Aborts when nobody waits any more. */
  readonly end: Cancellation;
  waiting: number;
}

/**
 * Has equal requests that are under way answered by one piece of work (single flight). It belongs to none of them: who
 * leaves takes no other along. Nothing is kept of it once it has settled.
 */
export class SharedWork<Result> {
  readonly #underWay = new WorkUnderWay<Sharing<Result>>();

  /**
   * @param key all that the result depends on
   * @param client aborts when the one who waits leaves
   * @param begin called where no equal work is under way; its signal aborts when nobody waits any more
   */
  join(key: string, client: Signal, begin: (signal: Signal) => PromiseLike<Result>): PromiseLike<Result> {
    const known = this.#underWay.get(key);
    const sharing = known === undefined ? this.#begin(key, begin) : known;
    sharing.waiting += 1;
    const leave = () => {
      sharing.waiting -= 1;
      if (sharing.waiting > 0) return;
      // A newcomer begins anew.
      this.#underWay.delete(key, sharing);
      sharing.end.abort(client.reason);
    };
    if (client.aborted) leave();
    else {
      client.addEventListener('abort', leave, { once: true });
      const stay = () => client.removeEventListener('abort', leave);
      sharing.result.then(stay, stay);
    }
    return sharing.result;
  }

  #begin(key: string, begin: (signal: Signal) => PromiseLike<Result>): Sharing<Result> {
    const end = new Cancellation();
    const result = Promise.resolve(begin(end));
    const sharing = { result, end, waiting: 0 };
    this.#underWay.set(key, sharing);
    const forget = () => this.#underWay.delete(key, sharing);
    result.then(forget, forget);
    return sharing;
  }
}
