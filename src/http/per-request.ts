/**
 * A value for each request, kept on the request itself: there it is found faster than in a weak map, which costs the
 * garbage collector as well.
 */
export class PerRequest<Value> {
  readonly #slot = Symbol();

  get(request: Request): Value | undefined {
    return (request as unknown as Record<symbol, Value | undefined>)[this.#slot];
  }

  set(request: Request, value: Value): void {
    (request as unknown as Record<symbol, Value | undefined>)[this.#slot] = value;
  }
}
