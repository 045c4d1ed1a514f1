import type { FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';

/** Whether it is to be waited for; anything with a `then` is. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (value as { readonly then?: unknown } | null | undefined)?.then != null;
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

/** Arguments as a resolver takes them. */
export type Arguments = Readonly<Record<string, unknown>>;

/** What the executor in use before offers to resolvers. */
export interface AsyncHelpers {
  readonly promiseAll: <T>(values: readonly (PromiseLike<T> | T)[]) => Promise<T[]>;
  readonly track: (values: readonly unknown[]) => void;
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
  /** Of each field whose arguments depend on variables: they are the same for all its objects. */
  readonly argumentsByField = new Map<object, Arguments>();
  readonly getAbortSignal = (): AbortSignal | undefined => this.signal;
  readonly getAsyncHelpers = (): AsyncHelpers => this.#asyncHelpers();
  #isAborted = false;
  #aborted: Promise<never> | undefined;

  constructor(setting: RunSetting) {
    this.schema = setting.schema;
    this.fragments = setting.fragments;
    this.operation = setting.operation;
    this.rootValue = setting.rootValue;
    this.contextValue = setting.contextValue;
    this.variables = setting.variables;
    this.signal = setting.signal;
    this.signal?.addEventListener('abort', () => (this.#isAborted = true), { once: true });
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
    const { signal } = this;
    if (signal === undefined) return undefined;
    this.#aborted ??= rejectionOf(signal);
    return this.#aborted;
  }

  #asyncHelpers(): AsyncHelpers {
    return {
      promiseAll: (values) => Promise.all(values),
      track: (values) => {
        const { waitUntil } = (this.contextValue ?? {}) as { readonly waitUntil?: unknown };
        if (typeof waitUntil === 'function') for (const value of values.filter(isPromise)) waitUntil(value);
      },
    };
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  // What nobody waits for any more must not end the process.
  promise.catch(() => undefined);
  return promise;
}
