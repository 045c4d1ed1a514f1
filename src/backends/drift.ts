import type { HttpAnswer } from '../transport/http.ts';
import type { Operation } from '../transport/request.ts';
import { type BackendReport, type DriftKind, OTHER_FIELDS } from './backend.ts';
import type { Documentation, DocumentedField, DocumentedFields } from './documented.ts';
import type { NoteOdd } from './lenient.ts';

/** Different names that nobody documented, of one answer, that are told apart. */
const MAX_UNKNOWN_NAMES = 100;

/** Where an answer came from, and where its drift is noted. */
export interface DriftLink {
  readonly source: string;
  readonly report: Pick<BackendReport, 'drift'>;
}

/** Answers whose drift is reported: one that several wait for is read by each of them. */
const reported = new WeakSet<HttpAnswer>();

/**
 * Reports the fields of a whole answer that nobody documented, those that are missing, and the values that are not in
 * their documented list. Fields of the answer, and those of its rows, go by their own names; what lies deeper by the
 * path from there. Null is a value like any other; what is no object where there should be one is for the wire
 * schemas to judge.
 *
 * @param body what `answer` holds
 * @returns what notes the odd values of the answer; without effect for one that was reported before
 */
export function reportDrift(
  link: DriftLink,
  { name }: Operation,
  documentation: Documentation,
  answer: HttpAnswer,
  body: unknown,
): NoteOdd {
  if (reported.has(answer)) return () => undefined;
  reported.add(answer);
  const report = (field: string, kind: DriftKind, times: number) =>
    link.report.drift(link.source, name, field, kind, times);
  if (Object.hasOwn(documentation, name)) {
    const tally = new Tally();
    tally.visit(contractOf(documentation[name] as DocumentedFields), body);
    for (const { field, kind, times } of tally.counts()) report(field, kind, times);
  }
  return (field) => report(field, 'odd', 1);
}

/** An object's documentation, made ready for many rows. */
interface Contract {
  /** What goes before the name of a field. */
  readonly prefix: string;
  readonly fields: ReadonlyMap<string, Field>;
}

interface Field {
  /** Its place among the fields of its contract. */
  readonly index: number;
  readonly isExpected: boolean;
  /** What to look at in its value. */
  readonly inside: Inside | undefined;
}

type Inside =
  | { readonly holds: 'choice'; readonly choices: ReadonlySet<string>; readonly path: string }
  | { readonly holds: 'object' | 'array'; readonly contract: Contract };

const contracts = new WeakMap<DocumentedFields, Contract>();

function contractOf(fields: DocumentedFields): Contract {
  const known = contracts.get(fields);
  if (known !== undefined) return known;
  const contract = toContract(fields, '');
  contracts.set(fields, contract);
  return contract;
}

function toContract(fields: DocumentedFields, prefix: string): Contract {
  const toField = ([name, field]: [string, DocumentedField], index: number): [string, Field] => {
    const isExpected = field.holds !== 'value' || field.isOnRequest !== true;
    return [name, { index, isExpected, inside: toInside(field, prefix + name) }];
  };
  return { prefix, fields: new Map(Object.entries(fields).map(toField)) };
}

function toInside(field: DocumentedField, path: string): Inside | undefined {
  switch (field.holds) {
    case 'value':
      return undefined;
    case 'choice':
      return { holds: 'choice', choices: new Set(field.choices.flatMap((one) => [one, fold(one)])), path };
    default: {
      const contract = toContract(field.fields, field.isRow ? '' : `${path}.`);
      return { holds: field.holds, contract };
    }
  }
}

function fold(choice: string): string {
  return choice.trim().toLowerCase();
}

/** How many objects there were of a contract, and in how many of them each of its fields. */
interface Seen {
  objects: number;
  readonly fields: Uint32Array;
}

/** What one answer comes to. Rows may be many: one look-up for each of their names, and nothing is made. */
class Tally {
  readonly #seen = new Map<Contract, Seen>();
  readonly #unknown = new Map<string, number>();
  readonly #enum = new Map<string, number>();

  visit(contract: Contract, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const row = value as Readonly<Record<string, unknown>>;
    const seen = this.#seenOf(contract);
    seen.objects += 1;
    // Parsed JSON inherits no names, and this is the fastest way over many rows.
    for (const name in row) {
      const field = contract.fields.get(name);
      if (field === undefined) {
        this.#countUnknown(contract.prefix + name);
        continue;
      }
      seen.fields[field.index] = (seen.fields[field.index] ?? 0) + 1;
      if (field.inside !== undefined) this.#visitInside(field.inside, row[name]);
    }
  }

  *counts(): Generator<{ readonly field: string; readonly kind: DriftKind; readonly times: number }> {
    for (const [field, times] of this.#unknown) yield { field, kind: 'unknown', times };
    for (const [field, times] of this.#enum) yield { field, kind: 'enum', times };
    for (const [{ prefix, fields }, seen] of this.#seen) {
      for (const [name, { index, isExpected }] of fields) {
        const times = seen.objects - (seen.fields[index] ?? 0);
        if (isExpected && times > 0) yield { field: prefix + name, kind: 'missing', times };
      }
    }
  }

  #seenOf(contract: Contract): Seen {
    let seen = this.#seen.get(contract);
    if (seen === undefined) {
      seen = { objects: 0, fields: new Uint32Array(contract.fields.size) };
      this.#seen.set(contract, seen);
    }
    return seen;
  }

  #visitInside(inside: Inside, value: unknown): void {
    if (inside.holds === 'choice') {
      if (typeof value !== 'string' || inside.choices.has(value)) return;
      const folded = fold(value);
      if (folded !== '' && !inside.choices.has(folded)) add(this.#enum, inside.path);
    } else if (inside.holds === 'object') {
      this.visit(inside.contract, value);
    } else if (Array.isArray(value)) {
      for (const item of value) this.visit(inside.contract, item);
    }
  }

  #countUnknown(field: string): void {
    const isNamed = this.#unknown.size < MAX_UNKNOWN_NAMES || this.#unknown.has(field);
    add(this.#unknown, isNamed ? field : OTHER_FIELDS);
  }
}

function add(counts: Map<string, number>, field: string): void {
  counts.set(field, (counts.get(field) ?? 0) + 1);
}
