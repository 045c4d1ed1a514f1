import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../errors.ts';
import { KeptOn } from '../kept-on.ts';

/** A refusal before anything ran. */
export interface RefusalFacts {
  readonly status: number;
  /** The one beyond the vocabulary is the word that clients' libraries look for. */
  readonly code: ErrorCode | 'PERSISTED_QUERY_NOT_FOUND';
  /** Quotes nothing of the request. */
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
  /** Whether who takes `application/json` has it with status 200, as GraphQL over HTTP had it at first. */
  readonly isOkInJson?: boolean;
}

/** A refusal of the gateway's own, which leaves as it is. */
export class Refusal extends GraphQLError {
  constructor({ status, code, message, headers = {}, retryAfterMs, isOkInJson = false }: RefusalFacts) {
    const http = { status, headers, ...(isOkInJson ? { spec: true } : {}) };
    super(message, { extensions: { ...extensionsOf(code, retryAfterMs), http } });
  }
}

/** A refusal of what cannot be used. `message` quotes nothing of the request. */
export function refuse(status: number, message: string): Refusal {
  return new Refusal({ status, code: 'BAD_USER_INPUT', message });
}

const codes = new KeptOn<Request, RefusalFacts['code']>();

/** The code that a request was refused with by {@link refusalResponse}. */
export function refusalCodeOf(request: Request): string | undefined {
  return codes.get(request);
}

/** A refusal as an answer, for where Yoga makes none of errors: before it reads the request. */
export function refusalResponse(
  { Response }: { readonly Response: typeof globalThis.Response },
  request: Request,
  { status, code, message, headers = {}, retryAfterMs }: RefusalFacts,
): Response {
  codes.set(request, code);
  const errors = [{ message, extensions: extensionsOf(code, retryAfterMs) }];
  const type = answerType(request.headers.get('accept') ?? '');
  return Response.json(
    { errors },
    { status, headers: { ...headers, 'content-type': `${type}; charset=utf-8` } },
  );
}

const JSON_TYPE = 'application/json';
/** Only in this type may a client take the body of a failed request for GraphQL's. Source: GraphQL over HTTP, draft. */
const GRAPHQL_TYPE = 'application/graphql-response+json';
const ANY_TYPE = ['*/*', 'application/*'];

/** Of the types that hold errors the one that the client names first, as Yoga chooses for its answers. */
export function answerType(accept: string): string {
  const named = accept.split(',').map((item) => item.split(';')[0]?.trim().toLowerCase() ?? '');
  const first = named.find((type) => [JSON_TYPE, GRAPHQL_TYPE, ...ANY_TYPE].includes(type));
  return first === GRAPHQL_TYPE ? GRAPHQL_TYPE : JSON_TYPE;
}

function extensionsOf(code: RefusalFacts['code'], retryAfterMs: number | undefined) {
  return { code, ...(retryAfterMs === undefined ? {} : { retryable: true, retryAfterMs }) };
}
