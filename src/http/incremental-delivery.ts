import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import {
  type DefinitionNode,
  type ExecutionArgs,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  Kind,
} from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import { countDeferred } from '../defer.ts';
import { acceptsParts } from './accept.ts';
import { refuse } from './refuse.ts';

/** Deferred fragments of one operation, each list taken as one row: each row of a list has a part for each. */
const MAX_DEFERRED = 20;

/**
 * Answers what a document defers in parts of their own, as they come. The executor does that; here is what goes with
 * it: who takes no parts is told so before anything runs, and errors of later parts are masked like any others.
 */
export function useIncrementalDelivery(
  maskError: (error: unknown) => GraphQLError,
): Plugin<{ readonly request: Request }> {
  const batches = new WeakSet<Request>();
  // Its rules and not its directives, since one of those is @stream.
  const { onValidate } = useDeferStream() as Pick<Plugin, 'onValidate'>;
  const masked = <Part extends { readonly errors?: readonly unknown[] }>(part: Part) =>
    part.errors === undefined
      ? part
      : { ...part, errors: part.errors.map((error) => withoutInternals(maskError(error))) };
  return {
    ...(onValidate === undefined ? {} : { onValidate }),
    onRequestParse: ({ request }) => ({
      onRequestParseDone({ requestParserResult }) {
        if (Array.isArray(requestParserResult)) batches.add(request);
      },
    }),
    onExecute({ args, setResultAndStopExecution }) {
      const { request } = args.contextValue;
      const refusal = refusalOf(deferredBy(args), request, batches.has(request));
      if (refusal !== undefined) {
        setResultAndStopExecution({ errors: [refusal] });
        return undefined;
      }
      return {
        onExecuteDone: (done) =>
          handleStreamOrSingleExecutionResult(done, ({ result, setResult }) => {
            if (!('incremental' in result)) return;
            const told = { ...result, incremental: (result.incremental ?? []).map(masked) };
            setResult(told);
          }),
      };
    },
  };
}

function deferredBy({ document, operationName, variableValues }: ExecutionArgs): number {
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return 0;
  const fragments = new Map(
    document.definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment] as const),
  );
  return countDeferred(operation, fragments, variableValues ?? {});
}

function isFragment(definition: DefinitionNode): definition is FragmentDefinitionNode {
  return definition.kind === Kind.FRAGMENT_DEFINITION;
}

function refusalOf(deferred: number, request: Request, isBatch: boolean): GraphQLError | undefined {
  if (deferred === 0) return undefined;
  if (deferred > MAX_DEFERRED) {
    return refuse(400, `The operation defers more than ${MAX_DEFERRED} fragments.`);
  }
  if (isBatch) return refuse(400, 'What is deferred cannot go into a batch: send it by itself.');
  if (acceptsParts(request.headers.get('accept'))) return undefined;
  return refuse(
    406,
    'The operation defers a part of its answer: accept multipart/mixed; deferSpec=20220824, or text/event-stream, or leave out @defer.',
  );
}

/** What is meant for the server, as it leaves out of the errors of whole answers. */
function withoutInternals(error: GraphQLError): GraphQLError {
  const { http: _http, unexpected: _unexpected, ...extensions } = error.extensions;
  const { nodes, path } = error;
  return new GraphQLError(error.message, { nodes: nodes ?? null, path: path ?? null, extensions });
}
