/** Holds nothing once the work has ended. */
interface Entry<Work> {
  work: Work | undefined;
}

/**
 * Work by what it is to find out, for as long as it is under way.
 *
 * The map holds what can be emptied and not the work itself: the tables that a map leaves behind hold what stood in
 * them, as told at `Roster`.
 */
export class WorkUnderWay<Work extends object> {
  readonly #entries = new Map<string, Entry<Work>>();

  get(key: string): Work | undefined {
    return this.#entries.get(key)?.work;
  }

  /** In place of what was under way with this key. */
  set(key: string, work: Work): void {
    const replaced = this.#entries.get(key);
    if (replaced !== undefined) replaced.work = undefined;
    this.#entries.set(key, { work });
  }

  /** Does nothing where other work has taken its place. */
  delete(key: string, work: Work): void {
    const entry = this.#entries.get(key);
    if (entry?.work !== work) return;
    entry.work = undefined;
    this.#entries.delete(key);
  }
}
