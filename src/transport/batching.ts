import DataLoader from 'dataloader';
import type { GatewayError } from '../errors.ts';

/** A loader of rows by key, for one request. A missing row rejects with NOT_FOUND, a failure with its own error. */
export interface RowLoader<Key, Row> {
  /** Reads the row, unless it has been asked for before. */
  load(key: Key): Promise<Row>;
  /** Takes a row for read, unless it has been asked for before. */
  prime(key: Key, row: Row): unknown;
  /** Has the row read anew when it is next asked for. */
  clear(key: Key): unknown;
  clearAll(): unknown;
}

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
  return new FanOut(read);
}

class FanOut<Key, Row> implements RowLoader<Key, Row> {
  readonly #read: (key: Key) => Promise<Row>;
  readonly #rows = new Map<string, Promise<Row>>();

  constructor(read: (key: Key) => Promise<Row>) {
    this.#read = read;
  }

  load(key: Key): Promise<Row> {
    const text = textOf(key);
    const known = this.#rows.get(text);
    if (known !== undefined) return known;
    const row = new Promise<Row>((resolve, reject) => {
      // As late as a batch would be read: what fails at once must not be told before what others fail with.
      process.nextTick(begin<Key, Row>, this.#read, key, resolve, reject);
    });
    this.#rows.set(text, row);
    return row;
  }

  prime(key: Key, row: Row): void {
    const text = textOf(key);
    if (!this.#rows.has(text)) this.#rows.set(text, Promise.resolve(row));
  }

  clear(key: Key): void {
    this.#rows.delete(textOf(key));
  }

  clearAll(): void {
    this.#rows.clear();
  }
}

function textOf(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function begin<Key, Row>(
  read: (key: Key) => Promise<Row>,
  key: Key,
  resolve: (row: Row) => void,
  reject: (error: unknown) => void,
): void {
  try {
    read(key).then(resolve, reject);
  } catch (error) {
    reject(error);
  }
}
