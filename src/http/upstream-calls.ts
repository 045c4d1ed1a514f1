import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { BackendCall } from '../telemetry/backend-call.ts';
import { roundedMs } from '../telemetry/backend-call.ts';

/** By which the page of GraphiQL asks to be told what was called for an operation. */
export const UPSTREAM_CALLS_HEADER = 'x-graphql-upstream-calls';

/** The extension of an answer that tells it. */
export const UPSTREAM_CALLS_EXTENSION = 'upstreamCalls';

/** One call of a backend, as `extensions.upstreamCalls` lists it. Names, numbers and codes only. */
export interface ToldCall {
  readonly source: string;
  /** The vendor's name of it. */
  readonly operation: string;
  /** Things that the call asks for by their ids; left out of an operation that takes no list of them. */
  readonly keys?: number;
  /** Milliseconds since the request arrived. */
  readonly startMs: number;
  /** Its waiting and all its attempts; left out while it is under way. */
  readonly ms?: number;
  /** Of the last answer; left out where none came. */
  readonly httpStatus?: number;
  /** `ok`, `cancelled` or a code. */
  readonly outcome?: string;
  /** HTTP requests that were sent for it. */
  readonly attempts: number;
  /** Whether the answer to an equal call under way served it. */
  readonly joined: boolean;
}

/**
 * Tells in `extensions.upstreamCalls` what was called for an operation, where the header asks: for the page of
 * GraphiQL, so only where that is. The first 200 calls, in the order in which they began.
 */
export function useUpstreamCalls(): Plugin<{ readonly request: Request } & Context> {
  return {
    onExecute({ args }) {
      const { request, record } = args.contextValue;
      if (request.headers.get(UPSTREAM_CALLS_HEADER) !== '1') return undefined;
      return {
        onExecuteDone: (done) =>
          handleStreamOrSingleExecutionResult(done, ({ result, setResult }) => {
            // Of an answer in parts only the last one knows.
            if ('hasNext' in result && result.hasNext === true) return;
            const extensions = { ...result.extensions, [UPSTREAM_CALLS_EXTENSION]: record.calls.map(told) };
            setResult({ ...result, extensions });
          }),
      };
    },
  };
}

function told({ source, operation, keys, startMs, durationMs, outcome, attempts, hasJoined }: BackendCall) {
  const httpStatus = attempts.at(-1)?.httpStatus;
  return {
    source,
    operation,
    ...(keys === undefined ? {} : { keys }),
    startMs: roundedMs(startMs),
    ...(durationMs === undefined ? {} : { ms: roundedMs(durationMs) }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(outcome === undefined ? {} : { outcome }),
    attempts: attempts.length,
    joined: hasJoined,
  } satisfies ToldCall;
}
