/** Work under way that several requests wait for, broken off when the last of them has left. */
interface Sharing<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Has equal requests that are under way answered by one piece of work (single flight). It belongs to none of them: who
 * leaves takes no other along. Nothing is kept of it once it has settled.
 */
export class SharedWork<Result> {
  readonly #underWay = new Map<string, Sharing<Result>>();

  /**
   * @param key all that the result depends on
   * @param client aborts when the one who waits leaves
   * @param begin called where no equal work is under way; its signal aborts when nobody waits any more
   */
  join(
    key: string,
    client: AbortSignal,
    begin: (signal: AbortSignal) => PromiseLike<Result>,
  ): PromiseLike<Result> {
    const known = this.#underWay.get(key);
    const sharing = known === undefined ? this.#begin(key, begin) : known;
    sharing.waiting += 1;
    const leave = () => {
      sharing.waiting -= 1;
      if (sharing.waiting > 0) return;
      // A newcomer begins anew.
      if (this.#underWay.get(key) === sharing) this.#underWay.delete(key);
      sharing.controller.abort(client.reason);
    };
    if (client.aborted) leave();
    else {
      client.addEventListener('abort', leave, { once: true });
      const stay = () => client.removeEventListener('abort', leave);
      sharing.result.then(stay, stay);
    }
    return sharing.result;
  }

  #begin(key: string, begin: (signal: AbortSignal) => PromiseLike<Result>): Sharing<Result> {
    const controller = new AbortController();
    const result = Promise.resolve(begin(controller.signal));
    const sharing = { result, controller, waiting: 0 };
    this.#underWay.set(key, sharing);
    const forget = () => {
      if (this.#underWay.get(key) === sharing) this.#underWay.delete(key);
    };
    result.then(forget, forget);
    return sharing;
  }
}
