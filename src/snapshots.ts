/** What identifies a snapshot besides the gateway's one region. */
export interface SnapshotKey {
  /** Whose rows they are: accounts never see each other's. */
  readonly account: string;
  readonly source: string;
  /** The filter that was pushed down to the backend; empty for none. */
  readonly filter: string;
}

/** Whole lists of the backends, kept for a short time so that the pages of one walk need not read them again. */
export interface Snapshots {
  /** The rows of `key`, read by `load` where none are kept. One that fails is not kept. */
  read<Row>(key: SnapshotKey, load: () => Promise<readonly Row[]>): Promise<readonly Row[]>;
}

/** The store as one caller may use it: `authorise` throws for a source that it may not read. */
export function snapshotsFor(snapshots: Snapshots, authorise: (source: string) => void): Snapshots {
  return {
    async read(key, load) {
      authorise(key.source);
      return snapshots.read(key, load);
    },
  };
}

/** How long a snapshot is served. */
const SNAPSHOT_TTL_MS = 30_000;

/** Snapshots that are kept at once; the oldest goes first. */
const MAX_SNAPSHOTS = 16;

interface Kept {
  readonly rows: readonly unknown[];
  readonly generation: number;
  readonly readAt: number;
}

/**
 * Opens a store in memory. `generation` counts the writes to a source: a snapshot of an earlier number, or one whose
 * reading a write overtook, is not served.
 */
export function createSnapshots(now: () => number, generation: (source: string) => number): Snapshots {
  const kept = new Map<string, Kept>();
  return {
    async read<Row>({ account, source, filter }: SnapshotKey, load: () => Promise<readonly Row[]>) {
      const key = JSON.stringify([account, source, filter]);
      const known = kept.get(key);
      const readAt = now();
      if (
        known !== undefined &&
        known.generation === generation(source) &&
        readAt - known.readAt < SNAPSHOT_TTL_MS
      ) {
        return known.rows as readonly Row[];
      }
      kept.delete(key);
      const begun = generation(source);
      const rows = await load();
      if (begun === generation(source)) {
        const oldest = kept.size >= MAX_SNAPSHOTS ? kept.keys().next().value : undefined;
        if (oldest !== undefined) kept.delete(oldest);
        kept.set(key, { rows, generation: begun, readAt });
      }
      return rows;
    },
  };
}
