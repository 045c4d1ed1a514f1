import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { type Plugin, processRegularResult } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { type Ledger, payFrom } from '../cost/ledger.ts';
import type { CompiledExecution, ReadyOperation } from '../execution/execute.ts';
import { isPromise } from '../execution/run.ts';
import type { Identity } from '../identity.ts';
import type { OperationRecord, OperationResult } from '../telemetry/operation-record.ts';
import type { Patience } from '../transport/flight.ts';
import type { Signal } from '../transport/signal.ts';
import { acceptsAnswer } from './accept.ts';
import { COST_HEADER, ledgerOf } from './call-budget.ts';
import { DocumentCache } from './document-cache.ts';
import { isNestedTooDeep } from './limits.ts';
import { asRequest, leavingOf, PLAIN_API, type PlainRequest, PlainResponse } from './node-exchange.ts';
import type { RateLimiter } from './rate-limit.ts';
import { answerType } from './refuse.ts';
import { DEADLINE_HEADER, hasReadableDeadline, type Watch } from './request-deadline.ts';
import { recordOf } from './request-log.ts';
import { SharedWork } from './shared-work.ts';
import { UPSTREAM_CALLS_HEADER } from './upstream-calls.ts';

/** What a {@link FastPath} shares with the plugins. */
export interface FastPathSettings {
  readonly schema: GraphQLSchema;
  readonly compiled: CompiledExecution;
  /** That one operation may take. */
  readonly maxUpstreamCalls: number;
  /** The configured one. */
  readonly region: string;
  /** Undefined for no limit. */
  readonly rateLimiter: RateLimiter | undefined;
  readonly maskError: (error: unknown) => GraphQLError;
  /** Whether equal queries of a caller that are under way are executed once. */
  readonly isShared: boolean;
  /** Changes with every write to a backend: what began before is no answer to who comes after. */
  readonly generation: () => string;
  readonly openPatience: (request: Request, signal: Signal) => Watch;
  /** @param patience that of the request where it is left out */
  readonly openContext: (request: Request, record: OperationRecord, patience?: Patience) => Context;
}

/** Yoga behind its adapter. */
type InnerServer = Parameters<NonNullable<Plugin['onYogaInit']>>[0]['yoga'];

/** A document that has passed validation. */
interface ValidDocument {
  readonly document: DocumentNode;
  /** SHA-256 of its text, in hexadecimal. */
  readonly textHash: string;
}

/** What nearly all bodies hold: the text of a document, the name of its operation, its variables. */
interface PlainParams {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** A query that there is nothing to say against. */
interface Admitted {
  readonly request: Request;
  readonly body: string;
  readonly ready: ReadyOperation;
  readonly ledger: Ledger;
  readonly textHash: string;
  readonly type: string;
}

const PLAIN_PARAMS: ReadonlySet<string> = new Set(['query', 'operationName', 'variables']);

/** Headers `accept` whose answers' type is remembered. */
const MAX_KNOWN_ACCEPTS = 100;

/**
 * The short way of a query that there is nothing to say against: parsed and validated by the plugins when it comes for
 * the first time, compiled, and answered without asking each of them again. Whatever one of them could refuse, or do
 * otherwise, is left to them before anything has run, so that every refusal has one author.
 */
export class FastPath {
  readonly #settings: FastPathSettings;
  readonly #documents = new DocumentCache<ValidDocument>();
  readonly #shared = new SharedWork<Outcome>();
  readonly #types = new Map<string | null, string | undefined>();

  constructor(settings: FastPathSettings) {
    this.#settings = settings;
  }

  /** Undefined for what goes the long way. */
  answer(
    server: InnerServer,
    plain: PlainRequest,
    incoming: IncomingMessage,
  ): PlainResponse | PromiseLike<PlainResponse> | undefined {
    const admitted = this.#admitted(server, plain, incoming);
    if (admitted === undefined) return undefined;
    const { request, ready, textHash, type } = admitted;
    const record = recordOf(request);
    const operation = record.open(undefined);
    operation.documentHash = textHash;
    operation.found('query', ready.operation.name?.value);
    const context = this.#settings.openContext(request, operation);
    const respond = (outcome: Outcome) => {
      record.answered([outcome.result as OperationResult]);
      return outcome.response(type);
    };
    const result = this.#settings.isShared
      ? this.#runShared(admitted, operation, context.identity)
      : this.#run(admitted, context);
    return isPromise(result) ? result.then(respond) : respond(result);
  }

  #run({ ready, ledger }: Admitted, contextValue: Context): Outcome | PromiseLike<Outcome> {
    const result = payFrom(ledger.rest, () => ready.run({ contextValue }));
    return isPromise(result) ? result.then((settled) => this.#outcome(settled)) : this.#outcome(result);
  }

  #runShared(
    admitted: Admitted,
    operation: OperationRecord,
    { caller, account, scopes, expiresAt }: Identity,
  ): PromiseLike<Outcome> {
    const { request, body } = admitted;
    const { openContext, openPatience, generation } = this.#settings;
    const deadline = request.headers.get(DEADLINE_HEADER);
    const key = JSON.stringify([generation(), account, caller, expiresAt, [...scopes], deadline, body]);
    return this.#shared.join(key, leavingOf(request), async (signal) => {
      const patience = openPatience(request, signal);
      try {
        return await this.#run(admitted, openContext(request, operation, patience));
      } finally {
        patience.end();
      }
    });
  }

  #admitted(...asked: Parameters<FastPath['answer']>): Admitted | undefined {
    try {
      return this.#admit(...asked);
    } catch {
      // The long way says what is wrong with it.
      return undefined;
    }
  }

  #admit(server: InnerServer, plain: PlainRequest, incoming: IncomingMessage): Admitted | undefined {
    const { headers } = plain;
    const type = this.#typeOf(headers.get('accept'));
    if (type === undefined || headers.has(COST_HEADER) || headers.has(UPSTREAM_CALLS_HEADER))
      return undefined;
    const request = asRequest(plain);
    const params = hasReadableDeadline(request) ? paramsOf(plain) : undefined;
    const known = params === undefined ? undefined : this.#validDocument(server, params, request, incoming);
    if (params === undefined || known === undefined) return undefined;
    const { schema, compiled, region, maxUpstreamCalls, rateLimiter } = this.#settings;
    const { document, textHash } = known;
    const { operationName, variables: variableValues } = params;
    const ready = compiled.prepare({ schema, document, operationName, variableValues });
    if (ready?.operation.operation !== 'query') return undefined;
    const { operation, variables } = ready;
    const ledger = ledgerOf({ schema, document, operation, variables, region }, maxUpstreamCalls);
    if (ledger.planned > maxUpstreamCalls) return undefined;
    // Last, for what is taken here is taken once: who has nothing left is refused on the long way.
    const isLimited = rateLimiter?.take(request, incoming.socket.remoteAddress, 1) !== undefined;
    return isLimited ? undefined : { request, body: plain.text(), ready, ledger, textHash, type };
  }

  /** The type of an answer; undefined where the client takes none in one piece. */
  #typeOf(accept: string | null): string | undefined {
    const known = this.#types.get(accept);
    if (known !== undefined) return known;
    const type = acceptsAnswer(accept) ? answerType(accept ?? '') : undefined;
    if (this.#types.size < MAX_KNOWN_ACCEPTS) this.#types.set(accept, type);
    return type;
  }

  #validDocument(
    { getEnveloped }: InnerServer,
    params: PlainParams,
    request: Request,
    incoming: IncomingMessage,
  ): ValidDocument | undefined {
    const { query } = params;
    const known = this.#documents.get(query);
    if (known !== undefined) return known;
    const { parse, validate, schema } = getEnveloped({ request, params, req: incoming } as never);
    const document: DocumentNode = parse(query);
    if (validate(schema, document).length > 0) return undefined;
    const valid = { document, textHash: hash('sha256', query) };
    this.#documents.set(query, valid);
    return valid;
  }

  #outcome(result: ExecutionResult): Outcome {
    const { maskError } = this.#settings;
    return new Outcome(
      result.errors === undefined ? result : { ...result, errors: result.errors.map(maskError) },
    );
  }
}

/** A result with its errors as clients see them, for all who wait for it. */
class Outcome {
  readonly result: ExecutionResult;
  #text: string | undefined;

  constructor(result: ExecutionResult) {
    this.result = result;
  }

  response(type: string): PlainResponse {
    // Typed for Yoga's own results, and for any Response: it makes the one that it is given.
    if (this.result.errors !== undefined)
      return processRegularResult(this.result as never, PLAIN_API as never, type) as unknown as PlainResponse;
    this.#text ??= JSON.stringify(this.result);
    return new PlainResponse(this.#text, { headers: { 'content-type': `${type}; charset=utf-8` } });
  }
}

/** Undefined where the body holds anything else. @throws SyntaxError where it is no JSON, Refusal where it is no text */
function paramsOf(plain: PlainRequest): PlainParams | undefined {
  const body = plain.json();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const params = body as Readonly<Record<string, unknown>>;
  for (const name in params) if (!PLAIN_PARAMS.has(name) && params[name] !== null) return undefined;
  const { query, operationName, variables } = params;
  if (typeof query !== 'string' || query === '') return undefined;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    return undefined;
  if (variables !== undefined && variables !== null && !isPlainVariables(variables)) return undefined;
  return {
    query,
    operationName: operationName ?? undefined,
    variables: (variables as PlainParams['variables'] | null) ?? undefined,
  };
}

function isPlainVariables(variables: unknown): boolean {
  return typeof variables === 'object' && !Array.isArray(variables) && !isNestedTooDeep(variables);
}
