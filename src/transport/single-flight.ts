import type { Flight } from './flight.ts';
import { WorkUnderWay } from './work-under-way.ts';

/** Reads under way, so that an equal one need not be sent again. */
export interface SingleFlight<Result, Notes> {
  /**
   * The flight of `key` that is under way, or the one that `begin` begins.
   *
   * @param key all that the answer depends on
   */
  join(
    key: string,
    begin: () => Flight<Result, Notes>,
  ): { readonly flight: Flight<Result, Notes>; readonly isLeader: boolean };
}

/** Starts with none under way. A flight is forgotten as soon as it has landed: nothing is cached. */
export function createSingleFlight<Result, Notes>(): SingleFlight<Result, Notes> {
  const underWay = new WorkUnderWay<Flight<Result, Notes>>();
  return {
    join(key, begin) {
      const known = underWay.get(key);
      if (known !== undefined && !known.isAbandoned) return { flight: known, isLeader: false };
      const flight = begin();
      underWay.set(key, flight);
      // An abandoned one may have been followed by another.
      flight.whenLanded(() => underWay.delete(key, flight));
      return { flight, isLeader: true };
    },
  };
}
