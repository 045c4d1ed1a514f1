import type { FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Arguments } from '../cost/field-arguments.ts';

/** Whether it is to be waited for; anything with a `then` is. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  return (value as { readonly then?: unknown } | null)?.then != null;
}

/** Nobody waits for it: that it rejects must not end the process. */
export function ignore(value: unknown): void {
  if (isPromise(value)) value.then(undefined, () => undefined);
}

/** What one execution is given. */
export interface RunSetting {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly operation: OperationDefinitionNode;
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Breaks the execution off. */
  readonly signal: AbortSignal | undefined;
}

/** What the executor in use before offers to resolvers. */
export interface AsyncHelpers {
  readonly promiseAll: <T>(values: readonly (PromiseLike<T> | T)[]) => Promise<T[]>;
  readonly track: (values: readonly unknown[]) => void;
}

/** Those of an execution. */
export function asyncHelpersOf(contextValue: unknown): AsyncHelpers {
  return {
    promiseAll: (values) => Promise.all(values),
    track: (values) => {
      const { waitUntil } = (contextValue ?? {}) as { readonly waitUntil?: unknown };
      if (typeof waitUntil === 'function') for (const value of values.filter(isPromise)) waitUntil(value);
    },
  };
}

/** One execution of a compiled operation. */
export class Run implements RunSetting {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly operation: OperationDefinitionNode;
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
  /** In the order in which fields failed. */
  readonly errors: GraphQLError[] = [];
  #argumentsByField: Map<object, Arguments> | undefined;
  #isAborted = false;
  #aborted: PromiseWithResolvers<never> | undefined;

  constructor(setting: RunSetting) {
    this.schema = setting.schema;
    this.fragments = setting.fragments;
    this.operation = setting.operation;
    this.rootValue = setting.rootValue;
    this.contextValue = setting.contextValue;
    this.variables = setting.variables;
    this.signal = setting.signal;
    this.signal?.addEventListener('abort', () => this.#abort(), { once: true });
  }

  /** Of each field whose arguments take some doing: they are the same for all its objects. */
  get argumentsByField(): Map<object, Arguments> {
    this.#argumentsByField ??= new Map();
    return this.#argumentsByField;
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** Cheaper than to ask the signal, which every field does. */
  throwIfAborted(): void {
    if (this.#isAborted) throw this.signal?.reason;
  }

  /** Rejects with the signal's reason, when it comes to that. */
  get aborted(): Promise<never> | undefined {
    if (this.signal === undefined) return undefined;
    if (this.#aborted === undefined) {
      this.#aborted = Promise.withResolvers();
      // What nobody waits for any more must not end the process.
      this.#aborted.promise.catch(() => undefined);
      if (this.#isAborted) this.#aborted.reject(this.signal.reason);
    }
    return this.#aborted.promise;
  }

  #abort(): void {
    this.#isAborted = true;
    this.#aborted?.reject(this.signal?.reason);
  }
}
