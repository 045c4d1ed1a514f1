import type { Search } from '../domain/candidate.ts';
import type { Identity } from '../identity.ts';
import type { Signal } from '../transport/signal.ts';

/** What is to be made, and how it is looked for. */
export interface Sought<Row> {
  /** What it is, e.g. `PaiModelVersion`. */
  readonly typeName: string;
  /** All that decides what is made, judged. Only a MAC of it is kept. */
  readonly input: object;
  /** What its id is unique in, e.g. the gateway's id. */
  readonly place: readonly string[];
  readonly search: Search<Row>;
  readonly idOf: (row: Row) => string;
}

/** A create. */
export interface Create<Row> extends Sought<Row> {
  /** The backend, as in the registry. */
  readonly source: string;
  readonly key: string | undefined;
  /** Its id, where the input gives it. */
  readonly givenId?: string | undefined;
  readonly send: () => Promise<Row>;
  /** The row with that id, read on demand. */
  readonly again: (id: string) => Row;
}

/** Creates that one call of a backend carries out, each of which succeeds or fails alone. */
export interface Batch<Row, Answer> {
  /** The backend, as in the registry. */
  readonly source: string;
  readonly items: readonly Sought<Row>[];
  readonly send: () => Promise<Answer>;
  /** The rows that an answer tells of. */
  readonly madeBy: (answer: Answer) => readonly Row[];
  /** Whether an answer leaves open what became of an item. */
  readonly isOpen: (answer: Answer, index: number) => boolean;
  /** The answer in place of one that did not come, of what was found of each item. */
  readonly fromFound: (found: readonly (Row | undefined)[]) => Answer;
}

/** What a create gave, and how it came to it. */
export interface Created<Row> {
  readonly row: Row;
  readonly outcome: 'CREATED' | 'REPLAYED' | 'RECOVERED';
}

/** Who asks for a create. */
export interface Asker {
  readonly identity: Pick<Identity, 'caller' | 'account'>;
  readonly region: string;
  /** Aborts when the request waits no longer. */
  readonly signal: Signal;
}
