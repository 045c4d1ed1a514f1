import {
  assertValidSchema,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type OperationDefinitionNode,
} from 'graphql';
import { type CompiledOperation, compileOperation } from './compile.ts';
import { type CompiledDocument, CompiledDocuments } from './compiled-documents.ts';
import { isPromise, Run } from './run.ts';
import type { Survey } from './survey.ts';
import { type VariableReader, variableReader } from './variables.ts';

/** What is to be executed, as Yoga hands it over. */
export interface Execution extends ExecutionArgs {
  readonly signal?: AbortSignal | undefined;
  readonly schemaCoordinateInErrors?: unknown;
}

/** What is to be executed, before anyone has said with what context. */
export type Asked = Pick<Execution, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/** An operation that is compiled, and its variables. */
export interface ReadyOperation {
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** As of {@link CompiledExecution.execute}. */
  run(
    given: Pick<Execution, 'rootValue' | 'contextValue' | 'signal'>,
  ): ExecutionResult | PromiseLike<ExecutionResult>;
}

/** Executes operations by what it has compiled of them. */
export class CompiledExecution {
  readonly #documents = new CompiledDocuments();

  /**
   * The answer that the executor of graphql-yoga would give, or undefined for what is left to that one: the schema
   * itself, subscriptions, faulty requests. A query whose client has left rejects with the reason of its signal.
   */
  execute(execution: Execution): ExecutionResult | PromiseLike<ExecutionResult> | undefined {
    return isUnusual(execution) ? undefined : this.prepare(execution)?.run(execution);
  }

  /** Undefined for what is left to the other executor. */
  prepare(asked: Asked): ReadyOperation | undefined {
    const { schema, document } = asked;
    const opened = this.#documents.open(schema, document);
    const { survey } = opened;
    const operation = survey === undefined ? undefined : operationOf(survey, asked.operationName);
    if (survey === undefined || operation === undefined) return undefined;
    const variables = readerOf(opened, operation)(asked.variableValues ?? {});
    const choices = variables === undefined ? undefined : choicesOf(survey, variables);
    if (variables === undefined || choices === undefined) return undefined;
    const compiled = compiledOf(opened, survey, operation, choices);
    if (compiled === undefined) return undefined;
    const { fragments } = survey;
    return {
      operation,
      variables,
      run: ({ rootValue, contextValue, signal }) => {
        const run = new Run({ schema, fragments, operation, rootValue, contextValue, variables, signal });
        const sizeBefore = compiled.size;
        return answerOf(run, compiled, () => {
          if (sizeBefore === 0 || compiled.size !== sizeBefore) this.#documents.weigh(document);
        });
      },
    };
  }
}

function isUnusual({ signal, fieldResolver, typeResolver, schemaCoordinateInErrors }: Execution): boolean {
  if (signal?.aborted === true) return true;
  return [fieldResolver, typeResolver, schemaCoordinateInErrors].some(
    (one) => one !== undefined && one !== null,
  );
}

/** Undefined where none can be told from the name. */
function operationOf({ operations }: Survey, name: string | null | undefined) {
  if (name !== undefined && name !== null) return operations.findLast((one) => one.name?.value === name);
  return operations.length === 1 ? operations[0] : undefined;
}

function readerOf({ schema, readers }: CompiledDocument, operation: OperationDefinitionNode): VariableReader {
  const known = readers.get(operation);
  if (known !== undefined) return known;
  const reader = variableReader(schema, operation);
  readers.set(operation, reader);
  return reader;
}

type Choices = Readonly<Record<string, boolean>>;

/** What the variables skip and include; undefined where one of them is no choice. */
function choicesOf({ choices }: Survey, variables: Readonly<Record<string, unknown>>): Choices | undefined {
  const made: Record<string, boolean> = {};
  for (const name of choices) {
    const value = variables[name];
    if (typeof value === 'boolean') made[name] = value;
    // Of another operation of the document.
    else if (value !== undefined || Object.hasOwn(variables, name)) return undefined;
  }
  return made;
}

function compiledOf(
  { schema, operations }: CompiledDocument,
  { fragments, operations: all }: Survey,
  operation: OperationDefinitionNode,
  choices: Choices,
): CompiledOperation | undefined {
  const key = `${all.indexOf(operation)} ${Object.entries(choices).join(' ')}`;
  const known = operations.get(key);
  if (known !== undefined) return known;
  assertValidSchema(schema);
  const rootType =
    operation.operation === 'subscription' ? undefined : schema.getRootType(operation.operation);
  if (rootType === undefined || rootType === null) return undefined;
  const compiled = compileOperation({ schema, rootType, operation, fragments, choices });
  operations.set(key, compiled);
  return compiled;
}

function answerOf(
  run: Run,
  compiled: CompiledOperation,
  onDone: () => void,
): ExecutionResult | PromiseLike<ExecutionResult> {
  const succeed = (data: unknown) => {
    onDone();
    return answer(run.errors, data);
  };
  const fail = (error: unknown) => {
    onDone();
    run.throwIfAborted();
    const { errors } = error as { readonly errors?: Iterable<GraphQLError> };
    run.errors.push(...(errors ?? [error as GraphQLError]));
    return answer(run.errors, null);
  };
  let data: unknown;
  try {
    data = compiled.run(run);
  } catch (error) {
    return fail(error);
  }
  // One turn more, as the other executor takes: what other fields do meanwhile is in the answer of both.
  return isPromise(data) ? data.then(succeed, fail).then((given) => given) : succeed(data);
}

function answer(errors: readonly GraphQLError[], data: unknown): ExecutionResult {
  const told = data as Record<string, unknown> | null;
  return errors.length === 0 ? { data: told } : { errors, data: told };
}
