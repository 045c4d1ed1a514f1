import { GatewayError } from '../errors.ts';
import type { Asker, Sought } from './create.ts';
import type { Macs } from './macs.ts';
import type { Unfound } from './outcome-errors.ts';
import type { Attempt, IdempotencyStore } from './store.ts';

/** What a search gave: the one row that a create must have made, else why none can be told to be. */
export type Found<Row> = { readonly row: Row } | { readonly why: Unfound };

/**
 * Looks for what a create made of which nobody knows how it ended, and takes it. That is one row that stands as it was
 * asked for, was made since it began, is no other create's of this gateway, and can be no other's.
 */
export async function search<Row>(
  store: IdempotencyStore,
  macs: Macs,
  sought: Sought<Row>,
  attempt: Attempt,
  asker: Asker,
): Promise<Found<Row>> {
  try {
    const standing = await sought.search.candidates(attempt.beganAt);
    const candidates = standing.filter((one) => one.canComeFrom(attempt.beganAt));
    // Pages may shift while they are read: a row that comes twice is still one.
    const byMac = new Map(candidates.map((one) => [macs.row(sought, one.row, asker), one]));
    // Whoever sends now may have made what was just listed, without anybody knowing it yet.
    const rivals = await store.rivalsOf(attempt, asker.signal);
    const [mac, another] = await store.freeRows([...byMac.keys()], attempt);
    const found = byMac.get(mac ?? '');
    if (mac === undefined || found === undefined) return { why: 'none' };
    if (another !== undefined) return { why: 'several' };
    if (rivals.some((rival) => isAnothers(rival, attempt) && found.canComeFrom(rival.beganAt))) {
      return { why: 'rival' };
    }
    return (await store.takeRow(mac, attempt)) ? { row: found.row } : { why: 'none' };
  } catch (error) {
    if (error instanceof GatewayError || asker.signal.aborted) return { why: 'unsearched' };
    throw error;
  }
}

/** Two equal creates of one asker may have each other's rows: nobody can tell the difference, nor need to. */
function isAnothers(rival: Attempt, attempt: Attempt): boolean {
  return rival.asker !== attempt.asker || rival.inputMac !== attempt.inputMac;
}
