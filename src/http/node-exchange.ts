import { Cancellation, type Signal } from '../transport/signal.ts';
import { utf8Text } from './utf8-body.ts';

/*
 * Stand-ins for the classes of the Fetch standard, which cost a gateway more than its own work: a request and an
 * answer that hold plain values. They have what the pipeline reads of them, and no streams.
 */

/** Headers by their names in lower case. */
export class PlainHeaders {
  readonly values: Record<string, string | string[] | undefined>;

  /** @param values by names in lower case; taken over, not copied */
  constructor(values: Record<string, string | string[] | undefined>) {
    this.values = values;
  }

  get(name: string): string | null {
    const value = this.#own(name) ?? this.#own(name.toLowerCase());
    return value ?? null;
  }

  #own(name: string): string | undefined {
    const value = this.values[name];
    if (typeof value === 'string') return value;
    // Neither what every object inherits.
    return Array.isArray(value) ? value.join(', ') : undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  set(name: string, value: string): void {
    this.values[name.toLowerCase()] = value;
  }

  append(name: string, value: string): void {
    const known = this.get(name);
    this.set(name, known === null ? value : `${known}, ${value}`);
  }

  delete(name: string): void {
    delete this.values[name.toLowerCase()];
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of this.entries()) visit(value, name);
  }

  *entries(): Generator<[string, string]> {
    for (const name of Object.keys(this.values)) {
      const value = this.#own(name);
      if (value !== undefined) yield [name, value];
    }
  }

  keys(): IterableIterator<string> {
    return Object.keys(this.values).values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

/** Aborts when the client of a request leaves: cheaper than its signal where it can be. */
export function leavingOf(request: Request): Signal {
  const given: unknown = request;
  return given instanceof PlainRequest ? given.leaving : request.signal;
}

const NO_BODY = Buffer.alloc(0);

/** A POST whose body is read when the hooks in front have let the request in. */
export class PlainRequest {
  readonly method = 'POST';
  /** Nothing is left to read for who takes it as a stream. */
  readonly body = null;
  readonly bodyUsed = true;
  readonly url: string;
  readonly headers: PlainHeaders;
  #body: Buffer = NO_BODY;
  #text: string | undefined;
  /** Aborts when the client leaves. */
  readonly leaving = new Cancellation();
  #controller: AbortController | undefined;

  constructor(url: string, headers: PlainHeaders) {
    this.url = url;
    this.headers = headers;
  }

  /** {@link leaving}, for who needs a real one. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      const leave = () => controller.abort(this.leaving.reason);
      if (this.leaving.aborted) leave();
      else this.leaving.addEventListener('abort', leave);
      this.#controller = controller;
    }
    return this.#controller.signal;
  }

  /** The client is gone. */
  leave(): void {
    this.leaving.abort(new DOMException('This operation was aborted', 'AbortError'));
  }

  /** The body has come. */
  hold(body: Buffer): void {
    this.#body = body;
  }

  /**
   * Unlike that of the standard it does not wait.
   *
   * @throws SyntaxError where the body is no JSON, Refusal where it is no text
   */
  json(): unknown {
    return JSON.parse(this.text());
  }

  /** @throws Refusal where the body is no text in UTF-8 */
  text(): string {
    this.#text ??= utf8Text(this.#body);
    return this.#text;
  }
}

/** An answer whose body is there as a whole. */
export class PlainResponse {
  readonly status: number;
  readonly headers: PlainHeaders;
  readonly text: string;

  constructor(text: string | null, { status = 200, headers = {} }: ResponseInit = {}) {
    this.text = text ?? '';
    this.status = status;
    // Not without a prototype: such an object is a hash table, which each of its readers pays for.
    this.headers = new PlainHeaders({});
    const given = headers as Record<string, string>;
    for (const name in given) this.headers.set(name, given[name] ?? '');
  }
}

/** The request as the pipeline takes it: it has all that is read of one there, and nothing else of a Request. */
export function asRequest(plain: PlainRequest): Request {
  return plain as unknown as Request;
}

/** What stands for the Fetch standard where an answer is put into JSON: its `Response` is all that is asked of it. */
export const PLAIN_API = { Response: PlainResponse } as unknown as typeof globalThis;
