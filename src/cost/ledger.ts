import { AsyncLocalStorage } from 'node:async_hooks';
import { GatewayError } from '../errors.ts';
import type { ById } from './statement.ts';

/*
 * The plan of an operation as its budget. Every field has a share of it, and every call that is sent goes to the share
 * of the field on whose behalf it is made: an async context carries it from the resolver to the call. A field whose
 * share is used up is refused its next read. Writes are counted and never refused: a mutation that stops between two
 * writes helps nobody.
 */

/** What several fields may need: something that is read once for all, lookups that go together, what is in reserve. */
type SharedKind =
  | { readonly is: 'once'; readonly what: string }
  | ({ readonly is: 'lookup' } & Pick<ById, 'what' | 'among'>)
  | { readonly is: 'reserve'; readonly what: string };

/** `what` is a text of ours, on one line. */
function keyOf(kind: SharedKind): string {
  return kind.is === 'lookup' ? `lookup ${kind.what}\n${kind.among}` : `${kind.is} ${kind.what}`;
}

/**
 * The first fields below another one that state a cost, as `Type.field`, and whether their objects are answered without
 * them, since all that asks for them is deferred.
 */
export type FieldsBelow = ReadonlyMap<string, { readonly isDeferred: boolean }>;

const NOTHING: FieldsBelow = new Map();

/** A part of the budget. */
export class Share {
  /** For people: the path of a field by the names of the schema, or what is read. Nothing of the document. */
  readonly what: string;
  readonly ledger: Ledger;
  planned = 0;
  used = 0;
  /** What the objects below a field are asked for: whoever reads them can begin that already. */
  below: FieldsBelow = NOTHING;
  /** Where it goes on when it is used up. */
  next: Share | undefined;
  #reserves: Map<string, Share> | undefined;

  constructor(what: string, ledger: Ledger) {
    this.what = what;
    this.ledger = ledger;
  }

  /** Whether some of it is left. */
  get isOpen(): boolean {
    return this.used < this.planned;
  }

  /** Where calls to a source go on at last. */
  keepReserve(source: string, reserve: Share): void {
    this.#reserves ??= new Map();
    this.#reserves.set(source, reserve);
  }

  /** @throws GatewayError TOO_MANY_CALLS */
  spend(source: string, access: 'read' | 'write'): void {
    const open = this.#openFor(source);
    if (open === undefined && access === 'read') {
      const reserved = this.#reserves?.get(source)?.planned ?? 0;
      throw tooManyCalls(this.what, this.planned + (this.next?.planned ?? 0) + reserved);
    }
    (open ?? this).used += 1;
  }

  /** Who has something left for it. */
  #openFor(source: string): Share | undefined {
    if (this.isOpen) return this;
    if (this.next?.isOpen) return this.next;
    const reserve = this.#reserves?.get(source);
    return reserve?.isOpen ? reserve : this.ledger.restFor(this);
  }
}

function tooManyCalls(what: string, calls: number): GatewayError {
  const message = `${what} may take ${calls} upstream calls in this operation, and needs more: ask for fewer rows or fewer fields at a time.`;
  return new GatewayError('TOO_MANY_CALLS', message, { fieldErrors: [{ path: [], message }] });
}

function sumOf<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}

/** The fields of a plan, as the answer will be nested, by response key. The same for all ledgers of the plan. */
export class Branch {
  readonly #children = new Map<string, Branch>();

  get(key: string): Branch | undefined {
    return this.#children.get(key);
  }

  /** The one of that key, made if there is none. */
  child(key: string): Branch {
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const child = new Branch();
    this.#children.set(key, child);
    return child;
  }
}

/** A place in an answer, as GraphQL tells it. */
interface AnswerPath {
  readonly prev: AnswerPath | undefined;
  readonly key: string | number;
}

/** One line of a plan: what may be called for what, and what was. */
interface LedgerLine {
  readonly what: string;
  readonly planned: number;
  readonly actual: number;
}

/** What one operation may call, and what it has called. */
export class Ledger {
  /** Pays for what no field has stated, as long as the operation stays below the limit. */
  readonly rest: Share;
  readonly #limit: number;
  readonly #fields: Branch;
  readonly #shares: Share[] = [];
  readonly #ofFields = new Map<Branch, Share>();
  readonly #shared = new Map<string, Share>();

  /** @param limit the most calls that any operation may take */
  constructor(limit: number, fields: Branch) {
    this.#limit = limit;
    this.#fields = fields;
    this.rest = this.#open('anything else');
  }

  #open(what: string): Share {
    const share = new Share(what, this);
    this.#shares.push(share);
    return share;
  }

  /** The share of a field. */
  openAt(field: Branch, what: string): Share {
    const known = this.#ofFields.get(field);
    if (known !== undefined) return known;
    const share = this.#open(what);
    this.#ofFields.set(field, share);
    return share;
  }

  /** A share of several fields, opened by the first of them that states it. */
  openShared(kind: SharedKind): Share {
    const key = keyOf(kind);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const share = this.#open(kind.what);
    this.#shared.set(key, share);
    return share;
  }

  /** A share of several fields; undefined where none has stated it. */
  shared(kind: SharedKind): Share | undefined {
    return this.#shared.get(keyOf(kind));
  }

  get planned(): number {
    return sumOf(this.#shares, ({ planned }) => planned);
  }

  get actual(): number {
    return sumOf(this.#shares, ({ used }) => used);
  }

  /** {@link rest}, if it is that one, as long as it may pay. */
  restFor(share: Share): Share | undefined {
    return share === this.rest && this.actual < this.#limit ? share : undefined;
  }

  /** One for each thing that may call or has called, the most expensive first. */
  lines(): readonly LedgerLine[] {
    const byWhat = Map.groupBy(this.#shares, ({ what }) => what);
    return Array.from(byWhat, ([what, shares]) => ({
      what,
      planned: sumOf(shares, ({ planned }) => planned),
      actual: sumOf(shares, ({ used }) => used),
    }))
      .filter(({ planned, actual }) => planned > 0 || actual > 0)
      .toSorted((a, b) => b.planned - a.planned);
  }

  /** The share of the innermost planned field at or above a place. */
  shareAt(path: AnswerPath): Share | undefined {
    for (let at: AnswerPath | undefined = path; at !== undefined; at = at.prev) {
      const branch = this.#branchAt(at);
      const share = branch === undefined ? undefined : this.#ofFields.get(branch);
      if (share !== undefined) return share;
    }
    return undefined;
  }

  #branchAt(path: AnswerPath | undefined): Branch | undefined {
    if (path === undefined) return this.#fields;
    const above = this.#branchAt(path.prev);
    return typeof path.key === 'number' ? above : above?.get(path.key);
  }
}

/** The share that pays for what runs now; none outside of an operation. */
const paying = new AsyncLocalStorage<Share>();

/** Has the calls of `run` paid by a share, also those it makes later. */
export function payFrom<T>(share: Share, run: () => T): T {
  return paying.run(share, run);
}

function payFromOwn<T>(choose: (ledger: Ledger) => Share | undefined, run: () => T): T {
  const paid = paying.getStore();
  const share = paid === undefined ? undefined : choose(paid.ledger);
  // To enter a context takes longer than all the rest of this.
  return share === undefined || share === paid ? run() : paying.run(share, run);
}

/** Has the calls of `run` paid by the planned field at that place. */
export function payAt<T>(path: AnswerPath, run: () => T): T {
  return payFromOwn((ledger) => ledger.shareAt(path), run);
}

/** Has the calls of `read` paid as what is read once for all fields that need it. */
export function payOnce<T>(what: string, read: () => T): T {
  return payFromOwn((ledger) => ledger.shared({ is: 'once', what }), read);
}

/** Has the calls of `read` paid as a lookup of that kind. */
export function payLookup<T>({ what, among }: Pick<ById, 'what' | 'among'>, read: () => T): T {
  return payFromOwn((ledger) => ledger.shared({ is: 'lookup', what, among }), read);
}

/** `read` as it is called by someone else, at the cost of who pays now. */
export function paidFromHere<T>(read: () => T): () => T {
  const share = paying.getStore();
  return share === undefined ? read : () => paying.run(share, read);
}

/** Whether a field of the operation states that it needs what is read once. */
export function isPlannedOnce(what: string): boolean {
  return paying.getStore()?.ledger.shared({ is: 'once', what }) !== undefined;
}

/** What the objects below the field that runs now are asked for. */
export function askedBelow(): FieldsBelow {
  return paying.getStore()?.below ?? NOTHING;
}

/** A call is about to be sent. @throws GatewayError TOO_MANY_CALLS where who pays for it has no more */
export function spendCall(source: string, access: 'read' | 'write'): void {
  paying.getStore()?.spend(source, access);
}
