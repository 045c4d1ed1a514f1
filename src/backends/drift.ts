import { KeptOn } from '../kept-on.ts';
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

/** Answers whose drift is reported: one that several wait for may be read by some of them anew. */
const reported = new KeptOn<HttpAnswer, true>();

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
  if (reported.get(answer)) return () => undefined;
  reported.set(answer, true);
  const report = (field: string, kind: DriftKind, times: number) =>
    link.report.drift(link.source, name, field, kind, times);
  if (Object.hasOwn(documentation, name)) {
    const tally = new Tally();
    tally.visit(contractOf(documentation[name] as DocumentedFields), body);
    tally.tell(report);
  }
  return (field) => report(field, 'odd', 1);
}

/** An object's documentation, made ready for many rows. */
interface Contract {
  /** What goes before the name of a field. */
  readonly prefix: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Those met last. */
  readonly shapes: Shape[];
}

interface Field {
  readonly isExpected: boolean;
  /** What to look at in its value. */
  readonly inside: Inside | undefined;
}

/** What there is to say of every object that has these names in this order, as the rows of a list mostly do. */
interface Shape {
  readonly names: readonly string[];
  /** The fields whose values are looked at. */
  readonly insides: readonly { readonly name: string; readonly inside: Inside }[];
  readonly unknown: readonly string[];
  readonly missing: readonly string[];
}

/** Shapes of a contract that are kept: rows differ in the fields that they leave out. */
const MAX_SHAPES = 4;
/** Most names of a shape that is kept, for they may be anything. */
const MAX_KEPT_NAMES = 200;

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
  const toField = ([name, field]: [string, DocumentedField]): [string, Field] => {
    const isExpected = field.holds !== 'value' || field.isOnRequest !== true;
    return [name, { isExpected, inside: toInside(field, prefix + name) }];
  };
  return { prefix, fields: new Map(Object.entries(fields).map(toField)), shapes: [] };
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

function shapeOf(contract: Contract, row: object): Shape {
  const { shapes } = contract;
  for (const shape of shapes) if (hasShape(row, shape)) return shape;
  const shape = toShape(contract, Object.keys(row));
  if (shape.names.length <= MAX_KEPT_NAMES) {
    if (shapes.length >= MAX_SHAPES) shapes.pop();
    shapes.unshift(shape);
  }
  return shape;
}

function hasShape(row: object, { names }: Shape): boolean {
  let index = 0;
  // Parsed JSON inherits no names, and this is the fastest way over many rows.
  for (const name in row) {
    if (name !== names[index]) return false;
    index += 1;
  }
  return index === names.length;
}

function toShape({ prefix, fields }: Contract, names: readonly string[]): Shape {
  const present = new Set(names);
  return {
    names,
    insides: names.flatMap((name) => {
      const inside = fields.get(name)?.inside;
      return inside === undefined ? [] : [{ name, inside }];
    }),
    unknown: names.filter((name) => !fields.has(name)).map((name) => prefix + name),
    missing: [...fields]
      .filter(([name, { isExpected }]) => isExpected && !present.has(name))
      .map(([name]) => prefix + name),
  };
}

/** What one answer comes to. Rows may be many: one look at each of their names, and nothing is made. */
class Tally {
  /** How many objects had a shape with something to report. */
  #odd: Map<Shape, number> | undefined;
  #enum: Map<string, number> | undefined;

  visit(contract: Contract, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const row = value as Readonly<Record<string, unknown>>;
    const shape = shapeOf(contract, row);
    if (shape.unknown.length > 0 || shape.missing.length > 0) {
      this.#odd ??= new Map();
      this.#odd.set(shape, (this.#odd.get(shape) ?? 0) + 1);
    }
    for (const { name, inside } of shape.insides) this.#visitInside(inside, row[name]);
  }

  tell(report: (field: string, kind: DriftKind, times: number) => void): void {
    if (this.#odd !== undefined) this.#tellNames(this.#odd, report);
    for (const [field, times] of this.#enum ?? []) report(field, 'enum', times);
  }

  #tellNames(
    odd: ReadonlyMap<Shape, number>,
    report: (field: string, kind: DriftKind, times: number) => void,
  ): void {
    const unknown = new Map<string, number>();
    const missing = new Map<string, number>();
    for (const [shape, times] of odd) {
      for (const field of shape.unknown) {
        const isNamed = unknown.size < MAX_UNKNOWN_NAMES || unknown.has(field);
        add(unknown, isNamed ? field : OTHER_FIELDS, times);
      }
      for (const field of shape.missing) add(missing, field, times);
    }
    for (const [field, times] of unknown) report(field, 'unknown', times);
    for (const [field, times] of missing) report(field, 'missing', times);
  }

  #visitInside(inside: Inside, value: unknown): void {
    if (inside.holds === 'choice') {
      if (typeof value !== 'string' || inside.choices.has(value)) return;
      const folded = fold(value);
      if (folded === '' || inside.choices.has(folded)) return;
      this.#enum ??= new Map();
      add(this.#enum, inside.path, 1);
    } else if (inside.holds === 'object') {
      this.visit(inside.contract, value);
    } else if (Array.isArray(value)) {
      for (const item of value) this.visit(inside.contract, item);
    }
  }
}

function add(counts: Map<string, number>, field: string, times: number): void {
  counts.set(field, (counts.get(field) ?? 0) + times);
}
