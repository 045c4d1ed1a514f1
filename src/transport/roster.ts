/** Where a value stands in a {@link Roster}: holds nothing once it has been taken out. */
interface Place<Value> {
  value: Value | undefined;
  before: Place<Value> | undefined;
  behind: Place<Value> | undefined;
}

/** Told to {@link Roster.remove}. */
export type Standing<Value> = Place<Value>;

/**
 * Values that come and go all the time, in the order of their coming: those who wait, what is under way.
 *
 * A Set would do, were it not for the garbage collector. Every few dozen values a Set changes its table, and the old
 * table goes on holding what stood in it, and the next table. Once one has grown old, all that follow keep each other
 * and what stood in them alive until old objects are collected, too.
 */
export class Roster<Value extends object> {
  #first: Place<Value> | undefined;
  #last: Place<Value> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(value: Value): Standing<Value> {
    const place: Place<Value> = { value, before: this.#last, behind: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.behind = place;
    this.#last = place;
    this.#size += 1;
    return place;
  }

  /** Does nothing where it has been taken out already. */
  remove(standing: Standing<Value>): void {
    const { value, before, behind } = standing;
    if (value === undefined) return;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    standing.value = undefined;
    standing.before = undefined;
    standing.behind = undefined;
    this.#size -= 1;
  }

  /** Takes out the one that has stood longest. */
  takeFirst(): Value | undefined {
    const first = this.#first;
    const value = first?.value;
    if (first !== undefined) this.remove(first);
    return value;
  }

  /** As they stand now. */
  values(): readonly Value[] {
    const values: Value[] = [];
    for (let place = this.#first; place !== undefined; place = place.behind) {
      if (place.value !== undefined) values.push(place.value);
    }
    return values;
  }
}
