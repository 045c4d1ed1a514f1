import type { Flight } from './flight.ts';

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
  const underWay = new Map<string, Flight<Result, Notes>>();
  return {
    join(key, begin) {
      const known = underWay.get(key);
      if (known !== undefined && !known.isAbandoned) return { flight: known, isLeader: false };
      const flight = begin();
      underWay.set(key, flight);
      flight.whenLanded(() => {
        // An abandoned one may have been followed by another.
        if (underWay.get(key) === flight) underWay.delete(key);
      });
      return { flight, isLeader: true };
    },
  };
}
