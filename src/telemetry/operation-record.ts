import { hash } from 'node:crypto';
import type { CallLog, CallRecord } from '../backends/backend.ts';
import type { UpstreamRequest } from '../transport/request.ts';
import { BackendCall } from './backend-call.ts';
import { knownCode, type OperationType, type Outcome } from './metrics.ts';
import type { RequestScope } from './request-scope.ts';

/** What of an answer tells how an operation went. */
export interface OperationResult {
  /** Undefined where nothing ran. */
  readonly data?: unknown;
  readonly errors?: readonly ToldError[] | undefined;
}

interface ToldError {
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: { readonly code?: unknown } | undefined;
}

/** Calls of one operation that are kept one by one; further ones are only counted. */
const MAX_KEPT_CALLS = 200;

/** Hexadecimal digits of a document's hash that are told. */
const HASH_DIGITS = 16;

/** A name that a log takes: others may hold anything. */
const TELLABLE_NAME = /^[_A-Za-z]\w{0,63}$/;

/** One GraphQL operation and what was done for it. */
export class OperationRecord implements CallLog {
  type: OperationType = 'none';
  /** The name it has in its document. */
  name: string | undefined;
  outcome: Outcome = 'refused';
  /** How often the client was told of each code. */
  readonly errors = new Map<string, number>();
  /** The first {@link MAX_KEPT_CALLS}, in the order in which they began. */
  readonly calls: BackendCall[] = [];
  /** Its text, undefined where none came. */
  document: string | undefined;
  readonly #scope: RequestScope;
  #failedRootFields = 0;
  #textHash: string | undefined;

  constructor(document: string | undefined, scope: RequestScope) {
    this.document = document;
    this.#scope = scope;
  }

  /** The first digits of the SHA-256 of its document's text. */
  get documentHash(): string | undefined {
    if (this.document !== undefined) this.#textHash ??= hash('sha256', this.document);
    return this.#textHash?.slice(0, HASH_DIGITS);
  }

  /** @param textHash SHA-256 of its document's text, in hexadecimal, for who knows it already */
  set documentHash(textHash: string) {
    this.#textHash = textHash;
  }

  begin(source: string, request: UpstreamRequest): CallRecord {
    const call = new BackendCall(source, request, this.#scope);
    if (this.calls.length < MAX_KEPT_CALLS) this.calls.push(call);
    return call;
  }

  /** Of one event of a subscription: its calls are its own, or those of the first events would be all that is kept. */
  forEvent(): OperationRecord {
    return new OperationRecord(this.document, this.#scope);
  }

  /** It was found in its document. */
  found(type: OperationType, name: string | undefined): void {
    this.type = type;
    this.name = name !== undefined && TELLABLE_NAME.test(name) ? name : undefined;
  }

  /**
   * The client was told of a failure, which stands in no `errors[]`.
   *
   * @param place what it takes the place of: all that a root field answers, a part of that, or the whole answer
   */
  told(code: string, place: 'root field' | 'part' | 'answer'): void {
    this.#count(code);
    if (place === 'root field') this.#failedRootFields += 1;
  }

  answered({ data, errors = [] }: OperationResult): void {
    for (const { extensions } of errors) this.#count(extensions?.code);
    if (this.errors.size === 0) this.outcome = 'ok';
    else if (data === undefined)
      this.outcome = this.errors.has('INTERNAL_SERVER_ERROR') ? 'failed' : 'refused';
    else this.outcome = this.#isAllGone(data, errors) ? 'failed' : 'partial';
  }

  /** The client left before its answer: what that holds is told to nobody, and what breaking it off made of it is no failure. */
  heardByNobody(): void {
    this.errors.clear();
  }

  #isAllGone(data: unknown, errors: readonly ToldError[]): boolean {
    const fields = Object.entries((data ?? {}) as Readonly<Record<string, unknown>>);
    const blamed = new Set(errors.map(({ path }) => path?.[0]));
    const nulled = fields.filter(([name, value]) => value === null && blamed.has(name)).length;
    return nulled + this.#failedRootFields >= fields.length;
  }

  #count(code: unknown): void {
    const known = knownCode(code);
    this.errors.set(known, (this.errors.get(known) ?? 0) + 1);
  }
}
