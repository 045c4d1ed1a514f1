import { type DriftKind, OTHER_FIELDS } from '../backends/backend.ts';
import { redactVendorText } from '../transport/redact.ts';
import type { Logger } from './log.ts';

/** How often the answers of an operation drifted from their documentation in one field and one way. */
export interface DriftCount {
  readonly source: string;
  readonly operation: string;
  /** A path without indices; what it begins with, the answer or one of its rows, is left out. */
  readonly field: string;
  readonly kind: DriftKind;
  readonly count: number;
}

/** Counts drift, in memory and within bounds. */
export interface DriftLog {
  note(source: string, operation: string, field: string, kind: DriftKind, times: number): void;
  /** The counts so far, each as it is now, in the order in which they began. */
  counts(): readonly DriftCount[];
}

/** Counts that are kept by their field's name. */
const MAX_NAMED = 800;
/** Different names that nobody documented, of one operation, that are kept. */
const MAX_UNKNOWN_NAMES = 50;
const MAX_NAME_LENGTH = 64;
/** Digits in a name that is still taken for one: `Sha256` has three, ids and keys have many. */
const MAX_DIGITS = 4;

/**
 * Opens a log of drift. What is new is logged once: a missing field only for debugging, since the clouds leave fields
 * out all the time. Beyond the bounds, fields are counted as {@link OTHER_FIELDS}, which is one more for each
 * operation and kind. Values never come here; the names of unknown fields do, and may hold anything.
 */
export function createDriftLog(logger: Logger): DriftLog {
  const counts = new Map<string, { -readonly [Name in keyof DriftCount]: DriftCount[Name] }>();
  const unknownNames = new Map<string, number>();

  /** The name under which a field is counted that has not been seen yet. */
  const nameOf = (source: string, operation: string, field: string, kind: DriftKind): string => {
    if (counts.size >= MAX_NAMED) return OTHER_FIELDS;
    if (kind !== 'unknown') return field;
    const place = `${source} ${operation}`;
    const taken = unknownNames.get(place) ?? 0;
    if (taken >= MAX_UNKNOWN_NAMES || !isTellable(field)) return OTHER_FIELDS;
    unknownNames.set(place, taken + 1);
    return field;
  };

  return {
    note(source, operation, field, kind, times) {
      const keyOf = (name: string) => `${kind} ${source} ${operation} ${name}`;
      let known = counts.get(keyOf(field));
      if (known === undefined) {
        const name = nameOf(source, operation, field, kind);
        known = counts.get(keyOf(name));
        if (known === undefined) {
          known = { source, operation, field: name, kind, count: 0 };
          counts.set(keyOf(name), known);
          const level = kind === 'missing' ? 'debug' : 'warn';
          logger[level]({ source, operation, field: name, kind }, 'backend drifted from its documentation');
        }
      }
      known.count += times;
    },
    counts: () => Array.from(counts.values(), (count) => ({ ...count })),
  };
}

/** Whether a name that a backend made up looks like the name of a field, and neither like a key nor like an id. */
function isTellable(field: string): boolean {
  if (field.length > MAX_NAME_LENGTH || !/^[\w.-]+$/.test(field)) return false;
  if (field.replaceAll(/\D/g, '').length > MAX_DIGITS) return false;
  // Part by part: a whole path looks like the name of a host.
  return field.split('.').every((part) => redactVendorText(part) === part);
}
