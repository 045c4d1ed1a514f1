import { createSecretKey } from 'node:crypto';
import * as z from 'zod';
import { isLoopback } from '../loopback.ts';
import type { JwtSettings } from './jwt.ts';

/** How callers say who they are. */
export type AuthSettings =
  | { readonly mode: 'none' }
  | { readonly mode: 'api-key'; readonly keysFile: string }
  | ({ readonly mode: 'jwt' } & JwtSettings);

/** Signatures of public keys; none of them can be made with the public key itself. */
const PUBLIC_KEY_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const DEFAULT_PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** HMAC, and the least bytes of its secret. Source: RFC 7518, section 3.2. */
const SECRET_ALGORITHMS: ReadonlyMap<string, number> = new Map([
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
]);
const DEFAULT_SECRET_ALGORITHMS = ['HS256'];

/** Items of a text, separated by commas. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** The variables of authentication. */
export const authVariables = {
  AUTH_MODE: z.enum(['none', 'api-key', 'jwt'], 'must be none, api-key or jwt').default('none'),
  AUTH_KEYS_FILE: z.string().optional(),
  AUTH_JWKS_URL: z
    .string()
    .refine(
      (text) => URL.canParse(text) && isConfidential(new URL(text)),
      'must be a whole URL beginning with https://, or with http:// on this machine',
    )
    .refine(
      (text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '',
      'must not carry user information',
    )
    .transform((text) => new URL(text))
    .optional(),
  AUTH_JWT_SECRET: z.string().optional(),
  AUTH_JWT_ISSUER: z.string().optional(),
  AUTH_JWT_AUDIENCE: z
    .string()
    .transform(listOf)
    .refine((audiences) => audiences.length > 0, 'must name an audience')
    .optional(),
  AUTH_JWT_ALGORITHMS: z
    .string()
    .transform(listOf)
    .refine((names) => names.length > 0, 'must name an algorithm')
    .optional(),
  AUTH_JWT_SCOPE_CLAIM: z.string().optional(),
};

const variables = z.object(authVariables);

/** Whoever answers at the address decides which tokens are good. */
function isConfidential({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** What is wrong with the variables as they stand to each other. No value is quoted. */
export function authFaults(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const mode = given['AUTH_MODE'];
  if (mode === undefined) {
    const used = Object.keys(authVariables).find((name) => given[name] !== undefined);
    return used === undefined ? [] : [`AUTH_MODE must be set as well, since ${used} is`];
  }
  if (mode === 'api-key') return missing(given, mode, ['AUTH_KEYS_FILE']);
  return mode === 'jwt' ? jwtFaults(given) : [];
}

function jwtFaults(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const faults = [...missing(given, 'jwt', ['AUTH_JWT_ISSUER', 'AUTH_JWT_AUDIENCE'])];
  const secret = given['AUTH_JWT_SECRET'];
  const hasUrl = given['AUTH_JWKS_URL'] !== undefined;
  if (hasUrl === (secret !== undefined)) {
    faults.push(
      hasUrl
        ? 'AUTH_JWT_SECRET must not be set beside AUTH_JWKS_URL: tokens are signed in one way or the other'
        : 'AUTH_JWKS_URL or AUTH_JWT_SECRET must be set, since AUTH_MODE is jwt',
    );
    return faults;
  }
  const algorithms = algorithmsOf(listOf(given['AUTH_JWT_ALGORITHMS'] ?? ''), hasUrl);
  const allowed = hasUrl ? PUBLIC_KEY_ALGORITHMS : [...SECRET_ALGORITHMS.keys()];
  if (algorithms.some((name) => !allowed.includes(name))) {
    const key = hasUrl ? 'keys from AUTH_JWKS_URL' : 'a secret';
    faults.push(
      `AUTH_JWT_ALGORITHMS must hold only ${allowed.join(', ')}: those are what ${key} can be used with`,
    );
  }
  const leastBytes = Math.max(32, ...algorithms.map((name) => SECRET_ALGORITHMS.get(name) ?? 0));
  if (secret !== undefined && Buffer.byteLength(secret) < leastBytes) {
    faults.push(`AUTH_JWT_SECRET must hold at least ${leastBytes} bytes`);
  }
  return faults;
}

/** What is set, and of no use in the mode that was chosen. */
export function authWarnings(given: Readonly<Record<string, unknown>>): readonly string[] {
  const mode = String(given['AUTH_MODE']);
  return Object.keys(authVariables)
    .filter((name) => name !== 'AUTH_MODE' && given[name] !== undefined)
    .filter((name) => mode !== (name === 'AUTH_KEYS_FILE' ? 'api-key' : 'jwt'))
    .map((name) => `${name} is not used: AUTH_MODE is ${mode}`);
}

function missing(
  given: Readonly<Record<string, string | undefined>>,
  mode: string,
  names: readonly string[],
): readonly string[] {
  return names
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} must be set, since AUTH_MODE is ${mode}`);
}

function algorithmsOf(named: readonly string[], isPublicKey: boolean): readonly string[] {
  if (named.length > 0) return named;
  return isPublicKey ? DEFAULT_PUBLIC_KEY_ALGORITHMS : DEFAULT_SECRET_ALGORITHMS;
}

/** The settings of variables in which {@link authFaults} finds nothing. */
export function toAuthSettings(values: z.output<typeof variables>): AuthSettings {
  if (values.AUTH_MODE === 'none') return { mode: 'none' };
  if (values.AUTH_MODE === 'api-key') return { mode: 'api-key', keysFile: values.AUTH_KEYS_FILE ?? '' };
  const jwksUrl = values.AUTH_JWKS_URL;
  return {
    mode: 'jwt',
    // A key object prints nothing of what it holds.
    key:
      jwksUrl === undefined
        ? { secret: createSecretKey(Buffer.from(values.AUTH_JWT_SECRET ?? '')) }
        : { jwksUrl },
    issuer: values.AUTH_JWT_ISSUER ?? '',
    audiences: values.AUTH_JWT_AUDIENCE ?? [],
    algorithms: algorithmsOf(values.AUTH_JWT_ALGORITHMS ?? [], jwksUrl !== undefined),
    scopeClaim: values.AUTH_JWT_SCOPE_CLAIM,
  };
}
