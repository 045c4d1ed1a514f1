import type { Signal } from '../transport/signal.ts';
/** What a key stands for since it was first used. */
export interface Begun {
  /** MAC of the input that came with it. */
  readonly inputMac: string;
  /** Local ms since 1970. */
  readonly beganAt: number;
}

/** Being sent: by a process that lives, or by one that died over it. */
export interface Running extends Begun {
  readonly state: 'running';
}

/** Made: answered by the backend, or found afterwards. */
export interface Made extends Begun {
  readonly state: 'made';
  /** The id that the backend gave it; undefined where the input gave it itself. */
  readonly id: string | undefined;
}

/** Sent, and nobody knows whether it was made. It is looked for again, and never sent again. */
export interface Unknown extends Begun {
  readonly state: 'unknown';
}

/** What is known of a key. */
export type KnownKey = Running | Made | Unknown;

/** One create, with a key or without. */
export interface Attempt extends Begun {
  /** The MAC of its key; for one without, a random name. */
  readonly owner: string;
  /** MAC of the list that it adds to. */
  readonly place: string;
  /** What it must have made looks like: by field, MACs. */
  readonly looks: Readonly<Record<string, string>>;
  /** MAC of who asked for it. */
  readonly asker: string;
}

/** Whether two attempts could have made the same row: they add to the same list, and no field tells them apart. */
export function areAlike(a: Attempt, b: Attempt): boolean {
  if (a.place !== b.place) return false;
  return Object.entries(a.looks).every(([field, look]) => (b.looks[field] ?? look) === look);
}

/**
 * What is remembered of creates. Keys, rows, inputs and callers are known to it by their MACs only; what it holds in
 * clear are times and ids that a backend gave. Everything is asynchronous and each method a step that nothing may come
 * between, so that a store which several processes share can stand in for the one in memory. What it has is kept for
 * {@link KEPT_MS}.
 */
export interface IdempotencyStore {
  /** Makes a new key `running`. Gives what is known of it where it is not new, `full` where no more can be running. */
  claim(key: string, begun: Begun): Promise<KnownKey | 'claimed' | 'full'>;
  settle(key: string, known: Made | Unknown): Promise<void>;
  /** Forgets a key: its create surely did nothing. */
  release(key: string): Promise<void>;

  /** A create is about to be sent. Of one whose process dies over it nobody knows whether it made something. */
  beginAttempt(attempt: Attempt): Promise<void>;
  /** It has ended, or what it made was found. One left with an unknown outcome stays remembered. */
  endAttempt(attempt: Attempt, isUnknown: boolean): Promise<void>;
  /**
   * Others that could have made the same row ({@link areAlike}), of which nobody knows whether they made something.
   * Waits for those that are being sent when it is called. Rejects with the signal's reason when it aborts.
   */
  rivalsOf(attempt: Attempt, signal: Signal): Promise<readonly Attempt[]>;

  /** A backend has answered that a create made this row. */
  noteRow(row: string, attempt: Attempt): Promise<void>;
  /** Those of `rows` that are no other create's; none where too much was forgotten to tell. */
  freeRows(rows: readonly string[], attempt: Attempt): Promise<readonly string[]>;
  /** Notes that a create must have made a row; false, and nothing done, where it is not free. */
  takeRow(row: string, attempt: Attempt): Promise<boolean>;
}

/** For how long a key, and what was made, is remembered. */
export const KEPT_MS = 24 * 60 * 60_000;

/** Keys that are remembered at once. */
export const MAX_KEYS = 10_000;
