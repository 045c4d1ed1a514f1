import type { KeyObject } from 'node:crypto';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { type Authenticate, bearerToken, refused, type Verdict } from './authenticate.ts';
import { parseScopes, type Scopes } from './scopes.ts';

/** Which tokens are accepted. */
export interface JwtSettings {
  readonly key: { readonly jwksUrl: URL } | { readonly secret: KeyObject };
  readonly issuer: string;
  /** One of them must be among the token's. */
  readonly audiences: readonly string[];
  /** Never `none`; never HMAC where the keys are public. */
  readonly algorithms: readonly string[];
  /** The claim that holds the scopes; undefined for the first of the usual ones that is there. */
  readonly scopeClaim: string | undefined;
}

/** How far the clocks of the issuer and this machine may be apart. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Longest subject. Source: OpenID Connect Core 1.0, section 2. */
const MAX_SUBJECT_LENGTH = 255;
const JWKS_TIMEOUT_MS = 5000;
/** Largest set of keys that is read; one of a hundred keys with their certificates is smaller. */
const MAX_JWKS_BYTES = 1024 * 1024;
/** Names that issuers give the claim with the scopes: RFC 8693, then Microsoft and Okta, then others. */
const USUAL_SCOPE_CLAIMS = ['scope', 'scp', 'scopes'];

/** The public keys cannot be had: nothing is known of the token. */
class KeysUnavailable extends Error {}

/** Asks for a JSON Web Token in `Authorization: Bearer …`. */
export function createJwtAuthenticator(settings: JwtSettings, now: () => number): Authenticate {
  const { key } = settings;
  const getKey: JWTVerifyGetKey = 'secret' in key ? async () => key.secret : publicKeys(key.jwksUrl);
  return async (headers) => {
    const token = bearerToken(headers);
    if (token === undefined) return refused('MISSING', 'Send a token as "Authorization: Bearer …".');
    try {
      const claims = await verify(token, getKey, settings, now);
      const name = `${settings.issuer}#${claims.sub}`;
      const scopes = scopesOf(claims, settings.scopeClaim);
      return { kind: 'known', caller: { name, scopes, expiresAt: endOf(claims) } };
    } catch (error) {
      return verdictOf(error);
    }
  };
}

async function verify(
  token: string,
  getKey: JWTVerifyGetKey,
  { issuer, audiences, algorithms }: JwtSettings,
  now: () => number,
): Promise<JWTPayload> {
  const options = {
    issuer,
    audience: [...audiences],
    algorithms: [...algorithms],
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(now()),
  };
  const { payload } = await jwtVerify(token, getKey, options).catch(async (error: unknown) => {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // A token need not name its key: then each that fits its algorithm is tried.
    for await (const candidate of error) {
      try {
        return await jwtVerify(token, candidate, options);
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  });
  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT_LENGTH) {
    throw new errors.JWTInvalid('sub');
  }
  return payload;
}

/** The issuer's keys: kept for ten minutes, and asked for anew by a key id not among them, twice a minute at most. */
function publicKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, { timeoutDuration: JWKS_TIMEOUT_MS, [customFetch]: fetchKeys });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      const isOfToken =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      throw isOfToken ? error : new KeysUnavailable(causeOf(error));
    }
  };
}

/** Anyone can have the keys asked for, by any token: what the address answers must not fill the memory. */
const fetchKeys: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new KeysUnavailable(`HTTP_${response.status}`);
  }
  let bytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MAX_JWKS_BYTES) throw new KeysUnavailable('TOO_LARGE');
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(counted) ?? null);
};

function verdictOf(error: unknown): Verdict {
  if (error instanceof KeysUnavailable) return { kind: 'unavailable', cause: error.message };
  // Claims are judged only once the signature holds: nobody learns of them by guessing.
  if (error instanceof errors.JWTExpired) return refused('EXPIRED', 'The token has expired.');
  const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : undefined;
  if (claim === 'aud') return refused('AUDIENCE', 'The token is meant for another audience.');
  if (claim === 'iss') return refused('ISSUER', 'The token comes from another issuer.');
  return refused('UNKNOWN', 'The token is not valid.');
}

/** A code or a name of the innermost error that has one: messages and stacks of the network hold addresses. */
function causeOf(error: unknown): string {
  if (error instanceof KeysUnavailable) return error.message;
  const { cause, code, name } = error as { cause?: unknown; code?: unknown; name?: unknown };
  if (typeof cause === 'object' && cause !== null) return causeOf(cause);
  // Those of the DOM's exceptions are numbers of no meaning.
  return String(typeof code === 'string' ? code : name);
}

/** When a token is no longer accepted. */
function endOf({ exp }: JWTPayload): number | undefined {
  return exp === undefined ? undefined : 1000 * (exp + CLOCK_TOLERANCE_SECONDS);
}

/** Scopes of other services in the same token grant nothing here. */
function scopesOf(claims: JWTPayload, claim: string | undefined): Scopes {
  const name = claim ?? USUAL_SCOPE_CLAIMS.find((usual) => claims[usual] !== undefined) ?? '';
  const value = claims[name];
  const names = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return parseScopes(names.filter((one): one is string => typeof one === 'string')).granted;
}
