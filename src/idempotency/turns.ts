/** Runs what has the same name one after the other, in the order in which it was asked for. */
export type InTurn = <T>(name: string, run: () => Promise<T>) => Promise<T>;

/** Starts with nobody in line. */
export function createTurns(): InTurn {
  const lines = new Map<string, Promise<unknown>>();
  return async (name, run) => {
    const before = lines.get(name) ?? Promise.resolve();
    const mine = before.then(run, run);
    lines.set(name, mine);
    try {
      return await mine;
    } finally {
      if (lines.get(name) === mine) lines.delete(name);
    }
  };
}
