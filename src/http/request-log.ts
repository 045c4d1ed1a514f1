import { getOperationAST, type OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { KeptOn } from '../kept-on.ts';
import type { OperationRecord, OperationResult } from '../telemetry/operation-record.ts';
import { RequestRecord } from '../telemetry/request-record.ts';
import type { Telemetry } from '../telemetry/request-scope.ts';
import { type AnswerPart, watchParts, wholeResult } from './answer-parts.ts';
import { callerOf } from './authentication.ts';
import { leavingOf } from './node-exchange.ts';
import { refusalCodeOf } from './refuse.ts';
import { requestIdOf } from './request-id.ts';

const GRAPHQL = '/graphql';

/** What machines ask all the time. */
const ROUTINE_ROUTES: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const requests = new KeptOn<Request, RequestRecord>();

/** The record of a request. @throws Error where {@link useRequestLog} is not the first of the plugins */
export function recordOf(request: Request): RequestRecord {
  const record = requests.get(request);
  if (record === undefined) throw new Error('The request has no record.');
  return record;
}

/** By the context that Yoga makes for each operation. */
const operations = new WeakMap<object, OperationRecord>();

/**
 * The record of the operation that Yoga made a context for.
 *
 * @throws Error where {@link useRequestLog} is not the first of the plugins
 */
export function operationOf(context: object): OperationRecord {
  const record = operations.get(context);
  if (record === undefined) throw new Error('The operation has no record.');
  return record;
}

/** Writes down each request from its arrival to its answer: a line of the log, metrics, a trace. Goes first of all plugins. */
export function useRequestLog(telemetry: Telemetry): Plugin {
  return {
    onRequest({ request, url }) {
      const { pathname } = url;
      const method = METHODS.has(request.method) ? request.method : 'other';
      const isRoutine = ROUTINE_ROUTES.has(pathname);
      const route = isRoutine || pathname === GRAPHQL ? pathname : undefined;
      const head = { requestId: requestIdOf(request), method, route, isRoutine };
      const span = route === GRAPHQL ? telemetry.tracing?.begin(request.headers, method, route) : undefined;
      requests.set(request, new RequestRecord(head, telemetry, span));
    },
    onParams({ params, request, context }) {
      const document: unknown = params?.query;
      const isText = typeof document === 'string' && document !== '';
      const operation = requests.get(request)?.open(isText ? document : undefined);
      if (operation !== undefined) operations.set(context, operation);
    },
    onParse({ context, params: { source } }) {
      const operation = operations.get(context);
      // Not before: a trusted document comes by its id.
      if (operation !== undefined) operation.document = source.toString();
      return ({ result }) => {
        if (result === null || result instanceof Error) return;
        const { operationName } = (context.params ?? {}) as { readonly operationName?: unknown };
        const node = getOperationAST(result, typeof operationName === 'string' ? operationName : undefined);
        if (node != null) operation?.found(node.operation satisfies `${OperationTypeNode}`, node.name?.value);
      };
    },
    onExecutionResult({ request, result, setResult, context }) {
      const record = requests.get(request);
      if (record === undefined || !isInParts(result)) return;
      if (operations.get(context)?.type === 'subscription') {
        setResult(
          watchParts(
            result,
            // Who has left is told nothing, and breaking an event off is no failure.
            (event) => leavingOf(request).aborted || record.toldLater(event as OperationResult),
            () => undefined,
          ),
        );
        return;
      }
      const parts: AnswerPart[] = [];
      const finish = record.answerInParts();
      setResult(
        watchParts(
          result,
          (part) => parts.push(part as AnswerPart),
          () => finish(wholeResult(parts), parts.at(-1)?.hasNext !== false),
        ),
      );
    },
    onResultProcess({ request, result }) {
      const results = (Array.isArray(result) ? result : [result]) as readonly OperationResult[];
      requests.get(request)?.answered(results);
    },
    onResponse({ request, response }) {
      requests.get(request)?.end({
        status: response.status,
        isCancelled: leavingOf(request).aborted,
        refusal: refusalCodeOf(request),
        caller: callerOf(request)?.name,
      });
    },
  };
}

function isInParts<Result>(result: Result): result is Extract<Result, AsyncIterable<unknown>> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}
