import DataLoader from 'dataloader';
import type { GatewayError } from '../errors.ts';

/** A loader of rows by key, for one request. A missing row rejects with NOT_FOUND, a failure with its own error. */
export type RowLoader<Key, Row> = DataLoader<Key, Row, string>;

/** The settings of {@link batchById}. */
export interface BatchSettings<Row> {
  /** Keys one upstream call can name. */
  readonly maxBatchSize: number;
  /** Reads the rows that exist among `ids`, in any order. */
  readonly read: (ids: readonly string[]) => Promise<readonly Row[]>;
  readonly idOf: (row: Row) => string;
  /** The error for an id whose row did not come. */
  readonly missing: (id: string) => GatewayError;
}

/**
 * Truly batches: the ids asked for in one tick become one upstream call per `maxBatchSize`. Rows are matched by id,
 * never by position. A call that fails fails the ids it named and no others.
 */
export function batchById<Row>(settings: BatchSettings<Row>): RowLoader<string, Row> {
  return new DataLoader<string, Row>(
    async (ids) => {
      const rows = await settings.read(ids);
      const byId = new Map(rows.map((row) => [settings.idOf(row), row]));
      return ids.map((id) => byId.get(id) ?? settings.missing(id));
    },
    { maxBatchSize: settings.maxBatchSize },
  );
}

/**
 * For backends without a multi-id read: one upstream call for each distinct key of the request, each settled on its
 * own. The upstream's concurrency cap spaces them. Keys are told apart by their JSON.
 */
export function fanOutById<Key, Row>(read: (key: Key) => Promise<Row>): RowLoader<Key, Row> {
  return new DataLoader<Key, Row, string>(async (keys) => Promise.all(keys.map(read)), {
    // Not a batch: every key is a call of its own, and a slow one must not hold up the others.
    batch: false,
    cacheKeyFn: (key) => (typeof key === 'string' ? key : JSON.stringify(key)),
  });
}
