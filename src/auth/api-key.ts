import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Authenticate, bearerToken, refused } from './authenticate.ts';
import type { Scopes } from './scopes.ts';

/** A key as the gateway knows it: never the key itself. */
export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the whole key. */
  readonly digest: Buffer;
  readonly scopes: Scopes;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined;
}

/** By it a person or a scanner of sources knows a key of this gateway. */
const PREFIX = 'mg_';
const SECRET_BYTES = 32;
const WELL_FORMED = new RegExp(`^${PREFIX}[0-9a-f]{${2 * SECRET_BYTES + 8}}$`);

/** A new key: the prefix, 256 random bits, and a checksum by which a mistyped one is told without asking anybody. */
export function newApiKey(random: (bytes: number) => Buffer = randomBytes): string {
  const body = `${PREFIX}${random(SECRET_BYTES).toString('hex')}`;
  return `${body}${checksum(body)}`;
}

/**
 * SHA-256 of a key. A slow hash guards what people think up, and can be guessed; of 256 random bits nobody guesses
 * one, and the hash runs on every request.
 */
export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Asks for an API key, in `Authorization: Bearer …` or in `x-api-key`. */
export function createKeyAuthenticator(
  keys: () => Promise<readonly ApiKey[]>,
  now: () => number,
): Authenticate {
  return async (headers) => {
    const given = [bearerToken(headers), headers.get('x-api-key')].filter((key) => typeof key === 'string');
    const [presented] = given;
    if (presented === undefined || given.length > 1) {
      return refused('MISSING', 'Send an API key, once: as "Authorization: Bearer …" or as "x-api-key".');
    }
    const key = isWellFormed(presented) ? findKey(await keys(), digestOf(presented)) : undefined;
    if (key === undefined) return refused('UNKNOWN', 'The API key is not known.');
    if (key.expiresAt !== undefined && key.expiresAt <= now()) {
      return refused('EXPIRED', 'The API key has expired.');
    }
    return { kind: 'known', caller: { name: key.name, scopes: key.scopes, expiresAt: key.expiresAt } };
  };
}

/** Compares with every key, whichever fits: neither where it stands nor how much of it fits shows in the time. */
function findKey(keys: readonly ApiKey[], digest: Buffer): ApiKey | undefined {
  return keys.filter((key) => timingSafeEqual(key.digest, digest))[0];
}

function isWellFormed(key: string): boolean {
  return WELL_FORMED.test(key) && key.slice(-8) === checksum(key.slice(0, -8));
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
