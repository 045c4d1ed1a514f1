import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { GatewayError } from '../errors.ts';
import type { SigningKey } from './sign.ts';

const REDACTED = '[redacted]';

/** An access key that prints, serialises and inspects as `[redacted]`. */
export class Credentials implements SigningKey {
  readonly accessKeyId: string;
  readonly #accessKeySecret: string;
  readonly #securityToken: string | undefined;
  #key: KeyObject | undefined;

  constructor(accessKeyId: string, accessKeySecret: string, securityToken?: string) {
    this.accessKeyId = accessKeyId;
    this.#accessKeySecret = accessKeySecret;
    this.#securityToken = securityToken;
    // The id alone opens nothing, but it names an account: it stays out of logs as well.
    Object.defineProperty(this, 'accessKeyId', { enumerable: false });
  }

  sign(text: string): string {
    this.#key ??= createSecretKey(this.#accessKeySecret, 'utf8');
    return createHmac('sha256', this.#key).update(text, 'utf8').digest('hex');
  }

  /** The secret in clear, to be told apart from what may be said. */
  revealSecret(): string {
    return this.#accessKeySecret;
  }

  /** The STS token in clear, for its header only. */
  revealToken(): string | undefined {
    return this.#securityToken;
  }

  /** All of it in clear, to be taken out of what may be said. */
  revealAll(): readonly string[] {
    return [this.accessKeyId, this.#accessKeySecret, this.#securityToken ?? ''];
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** Where access keys come from. `get` is called for every request, so that keys that expire are renewed in time. */
export interface CredentialSource {
  /** For a person, e.g. `the environment`; it may say more once credentials were had. */
  readonly description: string;
  /**
   * The credentials themselves where they are at hand.
   *
   * @throws GatewayError UNAUTHENTICATED where no credentials can be had.
   */
  get(): Credentials | Promise<Credentials>;
  /** A backend did not take them. Where they may have been exchanged since, they are looked for anew. */
  refused?(): void;
}

/** What spoils a part of a key, in words that follow its name. */
export const KEY_FAULT =
  'begins or ends with a blank, a quote or a line break, or holds a control character or one outside ASCII';

/** Whether what a shell or a file left around a part of a key, or what no header takes, makes it useless. */
export function isSpoilt(part: string): boolean {
  return /^[\s"']|[\s"']$|[^ -~]/.test(part);
}

/** What is wrong with a part of the keys, seen before anyone is asked to take them; undefined where nothing is. */
export function keyFault(credentials: Credentials): string | undefined {
  const parts = [
    ['the access key id', credentials.accessKeyId],
    ['the access key secret', credentials.revealSecret()],
    ['the security token', credentials.revealToken() ?? ''],
  ] as const;
  const spoilt = parts.find(([, text]) => isSpoilt(text));
  return spoilt && `${spoilt[0]} ${KEY_FAULT}`;
}

/** One key that does not change. */
export function staticCredentials(credentials: Credentials, description: string): CredentialSource {
  return { description, get: () => credentials };
}

/** Keys that were found so lately are not looked for anew: a backend that refuses any must not set off a search each. */
const LEAST_AGE_MS = 10_000;

/**
 * The vendor's default chain: environment, OIDC, configuration file, ECS RAM role, credentials URI. The library
 * renews what expires, before it does; a file that was written anew it reads only when the chain is walked anew.
 *
 * Source: `@alicloud/credentials`, the chain that all SDKs of the vendor share.
 *
 * @param nowMs a clock that never jumps
 */
export function defaultChainCredentials(nowMs: () => number = () => performance.now()): CredentialSource {
  let client: ChainClient | undefined;
  let openedAt = 0;
  let underWay: Promise<Credentials> | undefined;
  let provider: string | undefined;
  const find = async () => {
    try {
      if (client === undefined) {
        client = await openChain();
        openedAt = nowMs();
      }
      const found = await client.getCredential();
      if (!found.accessKeyId || !found.accessKeySecret) throw new Error('empty credentials');
      provider = providerOf(found);
      return new Credentials(found.accessKeyId, found.accessKeySecret, found.securityToken);
    } catch {
      client = undefined;
      // The chain's own message lists file names and metadata addresses, so it is left out.
      throw new GatewayError(
        'UNAUTHENTICATED',
        'The gateway found no cloud credentials: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or configure a profile, a RAM role or OIDC.',
      );
    } finally {
      underWay = undefined;
    }
  };
  return {
    get description() {
      const chain = "the vendor's default credential chain";
      return provider === undefined ? chain : `${chain} (${provider})`;
    },
    get() {
      // One search at a time: a second one, begun while the library still walks its chain, would be given the
      // provider that is just being tried as if it had worked, and fail. Source: @alicloud/credentials 2.4.7.
      underWay ??= find();
      return underWay;
    },
    refused() {
      if (nowMs() - openedAt >= LEAST_AGE_MS) client = undefined;
    },
  };
}

/** The link of the chain that had them, e.g. `profile` or `ram_role_arn/static_ak`. */
function providerOf({ providerName = '' }: ChainCredential): string | undefined {
  return /^(?:default\/)?([\w/]{1,100})$/.exec(providerName)?.[1];
}

async function openChain(): Promise<ChainClient> {
  // A CommonJS module with a `default` of its own: Node nests the class one level deeper than test runners do.
  const { default: found } = await import('@alicloud/credentials');
  const Chain = ('default' in found ? found.default : found) as new () => ChainClient;
  return new Chain();
}

interface ChainClient {
  getCredential(): Promise<ChainCredential>;
}

interface ChainCredential {
  accessKeyId?: string;
  accessKeySecret?: string;
  securityToken?: string;
  providerName?: string;
}
