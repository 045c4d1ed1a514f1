import type { Changed } from '../domain/changed.ts';
import { lazyRow } from './lazy-row.ts';

/**
 * The row that an update changed, as it was read afterwards. Where that read failed the update stays a success: the
 * fields carry the error, but for those in `kept`, which an update does not touch or the schema promises.
 */
export function changedRow<Row extends object>(
  { sent, after }: Changed<Row>,
  kept: readonly (keyof Row)[],
): Row {
  return after instanceof Error ? lazyRow(sent, kept, [], () => Promise.reject(after)) : after;
}
