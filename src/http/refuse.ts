import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../errors.ts';

/** A refusal before anything ran. */
interface RefusalFacts {
  readonly status: number;
  /** The one beyond the vocabulary is the word that clients' libraries look for. */
  readonly code: ErrorCode | 'PERSISTED_QUERY_NOT_FOUND';
  /** Quotes nothing of the request. */
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
}

/** A refusal of the gateway's own, which leaves as it is. */
export class Refusal extends GraphQLError {
  constructor({ status, code, message, headers = {}, retryAfterMs }: RefusalFacts) {
    super(message, { extensions: { ...extensionsOf(code, retryAfterMs), http: { status, headers } } });
  }
}

/** A refusal of what cannot be used. `message` quotes nothing of the request. */
export function refuse(status: number, message: string): GraphQLError {
  return new Refusal({ status, code: 'BAD_USER_INPUT', message });
}

/** A refusal as an answer, for where Yoga makes none of errors: before it reads the request. */
export function refusalResponse(
  { Response }: { readonly Response: typeof globalThis.Response },
  { status, code, message, headers = {}, retryAfterMs }: RefusalFacts,
): Response {
  const errors = [{ message, extensions: extensionsOf(code, retryAfterMs) }];
  return Response.json({ errors }, { status, headers: { ...headers } });
}

function extensionsOf(code: RefusalFacts['code'], retryAfterMs: number | undefined) {
  return { code, ...(retryAfterMs === undefined ? {} : { retryable: true, retryAfterMs }) };
}
