import type { Context } from '../context.ts';
import { askedBelow, isPlannedOnce } from '../cost/ledger.ts';
import type { OnceRead } from '../cost/statement.ts';
import type { Eventually } from './eventually.ts';

/** A field of the rows of a list, whose needs can be read before the rows are there. */
type JoinField = 'Model.modelServices' | 'ModelService.models' | 'PaiModel.models';

/** What a join needs. */
interface JoinReads {
  /** As the field states it. Where it does not, for it refuses its arguments or asks for nothing, none is read. */
  readonly once: readonly OnceRead[];
  /** Reads it all. @param owner whose the rows are, of those that have one */
  read(context: Context, owner: string): Eventually<unknown>;
}

const readsByField = new Map<JoinField, JoinReads>();

/** Declares what a field needs. Called once for a field, by its schema file. */
export function registerReadAhead(field: JoinField, reads: JoinReads): void {
  readsByField.set(field, reads);
}

/** What is read together with a list. */
export interface Ahead {
  /** Rejects with what the rows will fail with. */
  readonly reading: Promise<unknown>;
  /** Whether the rows have nothing else to read, so that to tell them before it is there would help nobody. */
  readonly isAll: boolean;
}

/** Begins what can be read before the rows of a list are there; undefined where there is no such thing. */
export type BeginAhead = () => Ahead | undefined;

/**
 * For a list whose rows will most likely be there: has what their join needs read together with the list and not
 * behind it, so that a query waits once and not twice. The rows find it read, or being read. For a list that turns out
 * to be empty it is read in vain, so one that is filtered begins nothing.
 *
 * @returns to be called by the field that reads the rows
 */
export function readAhead(
  field: JoinField,
  filter: object,
  context: Context,
  owner = '',
): BeginAhead | undefined {
  if (Object.values(filter).some((value) => value !== undefined)) return undefined;
  return () => {
    const asked = askedBelow();
    if (asked.get(field)?.isDeferred !== false) return undefined;
    const reads = readsByField.get(field);
    if (reads?.once.every(({ what }) => isPlannedOnce(what)) !== true) return undefined;
    const reading = reads.read(context, owner);
    return reading instanceof Promise ? { reading, isAll: asked.size === 1 } : undefined;
  };
}
