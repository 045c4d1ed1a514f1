import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { createKeyAuthenticator, digestOf, newApiKey } from '../../../src/auth/api-key.ts';
import type { Authenticate } from '../../../src/auth/authenticate.ts';
import { parseScopes } from '../../../src/auth/scopes.ts';
import type { Answer, TestGateway } from '../../support/gateway.ts';

export type Headers = Readonly<Record<string, string>>;

/** Keys of callers, by their scopes. */
export interface KeyRing {
  readonly authenticate: Authenticate;
  /** The headers of a new caller with these scopes. */
  holderOf(...scopes: readonly string[]): Headers;
}

/** Makes keys as a gateway finds them in its file. */
export function openKeyRing(): KeyRing {
  const keys: { name: string; digest: Buffer; scopes: ReadonlySet<string>; expiresAt: undefined }[] = [];
  return {
    authenticate: createKeyAuthenticator(async () => keys, Date.now),
    holderOf(...scopes) {
      const key = newApiKey();
      const { granted } = parseScopes(scopes);
      keys.push({
        name: `caller-${keys.length}`,
        digest: digestOf(key),
        scopes: granted,
        expiresAt: undefined,
      });
      return { authorization: `Bearer ${key}` };
    },
  };
}

/** What a gateway answered over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: globalThis.Headers;
  readonly text: string;
}

/** Posts an operation, or a batch of them. */
export async function post(gateway: TestGateway, headers: Headers, body: unknown): Promise<HttpAnswer> {
  const response = await gateway.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Posts one operation and gives its answer. */
export async function ask(
  gateway: TestGateway,
  headers: Headers,
  query: string,
  variables?: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { text } = await post(gateway, headers, { query, variables });
  return JSON.parse(text) as Answer;
}

/** An issuer of tokens, whose public keys a server of this test gives out. */
export interface Issuer {
  readonly url: URL;
  /** Requests for its keys so far. */
  readonly asked: string[];
  /** The set of keys it gives out; undefined for none. */
  keySet: unknown;
  /** The status it answers with. */
  status: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function openIssuer(keySet: unknown): Promise<Issuer> {
  const asked: string[] = [];
  const issuer = { keySet, status: 200 };
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(issuer.status, { 'content-type': 'application/json' });
    response.end(typeof issuer.keySet === 'string' ? issuer.keySet : JSON.stringify(issuer.keySet));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(issuer, {
    url: new URL(`http://127.0.0.1:${port}/keys`),
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}

/** A key pair of an issuer. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** As it stands in the key set. */
  readonly jwk: JWK;
}

export async function newSigningKey(alg: string, kid?: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), use: 'sig', ...(kid === undefined ? {} : { kid }) };
  return { privateKey, publicKey, jwk };
}

/** Signs claims. */
export function sign(
  claims: JWTPayload,
  alg: string,
  key: CryptoKey | Uint8Array,
  header: object = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(key);
}
