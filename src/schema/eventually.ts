/** What is there, or is still to come: what is there costs those who ask for it no turn. */
export type Eventually<T> = T | Promise<T>;

/** Uses a value at once where it is there. */
export function whenThere<T, U>(value: Eventually<T>, use: (value: T) => Eventually<U>): Eventually<U> {
  return value instanceof Promise ? value.then(use) : use(value);
}
