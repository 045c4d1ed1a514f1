/**
 * Begins each work when the one before it has ended, and once `turnMs` are over all that are left at once: one that
 * hangs takes no more than that from the others. Ends when `isEnough` says so, asked whenever a work has ended, or when
 * all of them have.
 */
export async function inTurn(
  works: readonly (() => Promise<void>)[],
  isEnough: () => boolean,
  turnMs: number,
): Promise<void> {
  const late = Promise.withResolvers<void>();
  const enough = Promise.withResolvers<void>();
  let isLate = turnMs <= 0;
  const begin = async (work: () => Promise<void>) => {
    await work();
    if (isEnough()) enough.resolve();
  };
  const timer = setTimeout(() => {
    isLate = true;
    late.resolve();
  }, turnMs);
  try {
    const begun: Promise<void>[] = [];
    for (const work of works) {
      const ended = begin(work);
      begun.push(ended);
      if (!isLate) await Promise.race([ended, late.promise, enough.promise]);
      if (isEnough()) return;
    }
    await Promise.race([Promise.all(begun), enough.promise]);
  } finally {
    clearTimeout(timer);
  }
}
