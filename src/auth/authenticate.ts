import type { Scopes } from './scopes.ts';

/** Someone who may ask. */
export interface Caller {
  /** For logs and limits; no part of a key or a token. */
  readonly name: string;
  readonly scopes: Scopes;
  /** When the key or the token holds no more, in milliseconds since 1970; undefined where it has no end. */
  readonly expiresAt?: number | undefined;
}

/** Why a caller was turned away, for the log. */
export type RefusalReason = 'MISSING' | 'UNKNOWN' | 'EXPIRED' | 'AUDIENCE' | 'ISSUER';

/** What the credentials of a request amount to. */
export type Verdict =
  | { readonly kind: 'known'; readonly caller: Caller }
  /** `message` is for the client and quotes nothing of the request. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly message: string }
  /** It cannot be told at the moment; `cause` is a code or a name for the log. */
  | { readonly kind: 'unavailable'; readonly cause: string };

/** Tells who sent a request with these headers. */
export type Authenticate = (headers: Headers) => Promise<Verdict>;

/** The token of `Authorization: Bearer …`, undefined for any other header. */
export function bearerToken(headers: Headers): string | undefined {
  return /^bearer +([\w.~+/-]+=*) *$/i.exec(headers.get('authorization') ?? '')?.[1];
}

/** A refusal. */
export function refused(reason: RefusalReason, message: string): Verdict {
  return { kind: 'refused', reason, message };
}
