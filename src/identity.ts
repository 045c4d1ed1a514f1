import type { Scopes } from './auth/scopes.ts';
import type { CredentialSource } from './transport/credentials.ts';

/**
 * Who a request speaks for. Nothing that outlives a request is shared between two identities: reads in flight,
 * snapshots and breakers go by the account, outcomes of creates by the caller, too.
 */
export interface Identity {
  /** Who asks; one constant name where nobody is asked who they are. */
  readonly caller: string;
  /** What the caller may do, whatever the cloud would let the account do. */
  readonly scopes: Scopes;
  /** When the caller's key or token holds no more, in milliseconds since 1970; undefined for never. */
  readonly expiresAt?: number | undefined;
  /** A name for the cloud credentials that is no part of them: equal names, equal rights in the cloud. */
  readonly account: string;
  readonly credentials: CredentialSource;
}
