/**
 * A value for each of many objects, kept on the object itself: there it is found faster than in a weak map, which costs
 * the garbage collector as well.
 */
export class KeptOn<Owner extends object, Value> {
  readonly #slot = Symbol();

  get(owner: Owner): Value | undefined {
    return (owner as Record<symbol, Value | undefined>)[this.#slot];
  }

  set(owner: Owner, value: Value): void {
    (owner as Record<symbol, Value | undefined>)[this.#slot] = value;
  }
}
