import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  type SelectionNode,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { SubscriptionError, type SubscriptionFault } from '../live/subscriptions.ts';
import { acceptsEvents } from './accept.ts';
import { budgetOf } from './call-budget.ts';
import { networkOf } from './network.ts';
import { Refusal, type RefusalFacts, refuse } from './refuse.ts';
import type { Watch } from './request-deadline.ts';

/** How the events of a subscription are executed. */
export interface EventSettings {
  /** Upstream calls that one event may take. */
  readonly maxCalls: number;
  /** How long an event's backends are waited for, from now on. */
  readonly patience: (request: Request) => Watch;
  /** What the resolvers of one event of a subscription can reach: nothing that was read for an earlier one. */
  readonly openContext: (subscription: StreamContext, patience: Watch) => Context;
}

/** What the resolver of a subscription can reach. */
type StreamContext = Context & { readonly request: Request };

const STREAM_TYPE = 'text/event-stream';

/** What a client is told. The status is that of a subscription which is not opened. */
const FAULTS: Readonly<Record<SubscriptionFault, RefusalFacts>> = {
  CALLER_HAS_TOO_MANY: {
    ...{ status: 429, code: 'RATE_LIMITED' },
    ...retryAfter(5_000),
    message: 'The caller has as many subscriptions open as it may: end one first.',
  },
  TOO_MANY: {
    ...{ status: 429, code: 'RATE_LIMITED' },
    ...retryAfter(5_000),
    message: 'The gateway has as many subscriptions open as it can have: try again later.',
  },
  SHUTTING_DOWN: {
    ...{ status: 503, code: 'UPSTREAM_UNAVAILABLE' },
    ...retryAfter(1_000),
    message: 'This process of the gateway is about to end: subscribe again on a new connection.',
  },
  TOO_SLOW: {
    ...{ status: 429, code: 'RATE_LIMITED' },
    ...retryAfter(1_000),
    message:
      'The subscription has ended: its events happened faster than they were read. Read anew what is shown, and subscribe again.',
  },
  EXPIRED: {
    ...{ status: 401, code: 'UNAUTHENTICATED' },
    message:
      'The subscription has ended with the key or token it was opened with: subscribe again with a new one.',
  },
};

function retryAfter(ms: number): Pick<RefusalFacts, 'headers' | 'retryAfterMs'> {
  return { headers: { 'retry-after': String(Math.ceil(ms / 1000)) }, retryAfterMs: ms };
}

const responses = new WeakMap<Request, ServerResponse>();
const batches = new WeakSet<Request>();

/** Where a request came from, for who is not asked who they are. */
export function networkOfClient(request: Request): string {
  return networkOf(responses.get(request)?.req.socket.remoteAddress ?? '');
}

/** Breaks off the answer of a request that has ended here, unless its client takes the rest of it by then. */
export function cutUnlessRead(request: Request, lingerMs: number): void {
  const response = responses.get(request);
  if (response === undefined || response.closed) return;
  const timer = setTimeout(() => response.destroy(), lingerMs).unref();
  response.once('close', () => clearTimeout(timer));
}

/**
 * Runs subscriptions: refuses those whose answer is not a stream of events, and executes each event as an operation
 * of its own, with loaders, a deadline and a budget that begin with it. An error of the stream itself is the last
 * thing it tells.
 */
export function useEventStream(
  settings: EventSettings,
): Plugin<StreamContext, { req?: IncomingMessage; res?: ServerResponse }> {
  return {
    onRequestParse({ request, serverContext }) {
      if (serverContext?.res !== undefined) responses.set(request, serverContext.res);
      return {
        onRequestParseDone({ requestParserResult }) {
          if (Array.isArray(requestParserResult)) batches.add(request);
        },
      };
    },
    onValidate({ params: { documentAST }, setResult }) {
      if (hasConditionalRoot(documentAST as DocumentNode)) setResult([new Refusal(CONDITIONAL_ROOT)]);
    },
    onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
      const { request } = args.contextValue as StreamContext;
      const refusal = refusalOf(request);
      const answer =
        refusal === undefined ? budgetOf(args, settings.maxCalls)?.refusal : { errors: [refusal] };
      if (answer === undefined) setSubscribeFn((given) => subscribe(given, request, settings));
      else setResultAndStopExecution(answer);
    },
    onResponse({ response }) {
      // Else nginx, and what is built on it, keeps the events until there are many of them.
      if (response.headers.get('content-type') === STREAM_TYPE)
        response.headers.set('x-accel-buffering', 'no');
    },
  };
}

const CONDITIONAL_ROOT: RefusalFacts = {
  ...{ status: 400, code: 'BAD_USER_INPUT', isOkInJson: true },
  message: 'The field of a subscription takes no @skip and no @include: leave the subscription out instead.',
};

/**
 * Whether a subscription may be without its field. The specification forbids it since September 2025; graphql-js 16 does
 * not know, fails on one that is skipped, and reads the variable of a condition before it has any.
 */
function hasConditionalRoot({ definitions }: DocumentNode): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const isConditional = (selection: SelectionNode): boolean => {
    if (selection.directives?.some(({ name }) => CONDITIONS.has(name.value)) === true) return true;
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet.selections.some(isConditional);
    if (selection.kind !== Kind.FRAGMENT_SPREAD) return false;
    const fragment = fragments.get(selection.name.value);
    // Each is looked at once: they may go in a circle.
    fragments.delete(selection.name.value);
    return fragment?.selectionSet.selections.some(isConditional) === true;
  };
  return definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === OperationTypeNode.SUBSCRIPTION &&
      definition.selectionSet.selections.some(isConditional),
  );
}

const CONDITIONS: ReadonlySet<string> = new Set(['skip', 'include']);

function refusalOf(request: Request): Refusal | undefined {
  if (batches.has(request)) {
    return refuse(400, 'A subscription is a stream of its own: send it alone, not in a batch.');
  }
  if (acceptsEvents(request.headers.get('accept'))) return undefined;
  return refuse(406, `A subscription is answered as a stream of events: accept ${STREAM_TYPE}.`);
}

async function subscribe(args: ExecutionArgs, request: Request, settings: EventSettings) {
  const events = await createSourceEventStream(args);
  if (isAsyncIterable(events)) return resultsOf(events, args, request, settings);
  return { ...events, errors: events.errors?.map((error) => refusalFor(error.originalError) ?? error) };
}

function refusalFor(error: unknown): Refusal | undefined {
  return error instanceof SubscriptionError ? new Refusal(FAULTS[error.fault]) : undefined;
}

function resultsOf(
  stream: AsyncIterable<unknown>,
  args: ExecutionArgs,
  request: Request,
  settings: EventSettings,
): AsyncIterableIterator<ExecutionResult> {
  const events = stream[Symbol.asyncIterator]();
  const done = { done: true, value: undefined } as const;
  let current: Watch | undefined;
  const leave = () => {
    current?.end();
    return Promise.resolve(events.return?.()).then(() => done);
  };
  // Whoever leaves before the first byte has no body that could be cancelled.
  if (request.signal.aborted) void leave();
  else request.signal.addEventListener('abort', () => void leave(), { once: true });
  return {
    async next() {
      try {
        const event = await events.next();
        if (event.done === true) return done;
        current = settings.patience(request);
        return { done: false, value: await executeEvent(event.value, args, current, settings) };
      } catch (error) {
        const refusal = refusalFor(error);
        if (refusal === undefined) throw error;
        return { done: false, value: { errors: [refusal] } };
      } finally {
        current?.end();
        current = undefined;
      }
    },
    return: leave,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function executeEvent(
  event: unknown,
  args: ExecutionArgs,
  patience: Watch,
  { maxCalls, openContext }: EventSettings,
): Promise<ExecutionResult> {
  const subscription = args.contextValue as StreamContext;
  const contextValue = { ...subscription, ...openContext(subscription, patience) };
  const budget = budgetOf(args, maxCalls);
  const run = () => execute({ ...args, rootValue: event, contextValue });
  const result = await (budget === undefined ? run() : budget.pay(run));
  return budget?.isTold === true ? budget.told(result) : result;
}
