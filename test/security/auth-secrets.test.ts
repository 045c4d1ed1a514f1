import { createSecretKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addKey } from '../../src/auth/add-key.ts';
import { openAuthenticator } from '../../src/auth/index.ts';
import type { AuthSettings } from '../../src/auth/settings.ts';
import { createLogger, LOG_LEVELS } from '../../src/telemetry/log.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { type Headers, newSigningKey, openIssuer, sign } from './support/callers.ts';
import { READ, WRITE } from './support/listening.ts';

const OTHER = '{ paiModels(first: 1) { totalCount } sources { source healthy lastError { message } } }';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Requests of every outcome: served, forbidden, faulty, refused before they are read. */
async function ask(gateway: TestGateway, headers: Headers, secret: string): Promise<readonly string[]> {
  const json = { 'content-type': 'application/json', ...headers };
  const bodies = [
    { query: READ },
    { query: WRITE },
    { query: OTHER },
    [{ query: READ }, { query: OTHER }],
    { query: `{ models(first: "${secret}") { totalCount } }` },
    { query: '{ models(filter: { keyword: $k }) { totalCount } }', variables: { k: secret } },
    { query: READ, token: secret },
  ];
  const requests: [path: string, init: RequestInit][] = [
    ...bodies.map((body): [string, RequestInit] => [
      '/graphql',
      { method: 'POST', headers: json, body: JSON.stringify(body) },
    ]),
    ['/graphql', { method: 'POST', headers: json, body: secret }],
    ['/graphql', { method: 'PUT', headers: json, body: secret }],
    ['/graphql', { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body: secret }],
    [`/graphql?query=${secret}`, { headers }],
    [`/graphql?query={__typename}&access_token=${secret}`, { headers }],
    [`/${secret}`, { headers }],
    ['/graphql', { headers: { ...headers, accept: 'text/event-stream' } }],
    ['/graphql', { headers: { ...headers, origin: 'https://evil.example' } }],
    ['/ready', { headers }],
  ];
  const texts: string[] = [];
  for (const [path, init] of requests) {
    const response = await gateway.fetch(path, init);
    texts.push(JSON.stringify([...response.headers]), response.statusText, await response.text());
  }
  return texts;
}

/** Anything of a secret but its ends. */
const middleOf = (secret: string) => secret.slice(secret.length >> 2, (secret.length >> 2) + 12);

async function expectNoneLeft(
  settings: AuthSettings,
  presented: readonly Headers[],
  secrets: readonly string[],
): Promise<{ seen: number; found: number }> {
  let [seen, found] = [0, 0];
  for (const logLevel of LOG_LEVELS) {
    const startLogs: string[] = [];
    const logger = createLogger(logLevel, (line) => startLogs.push(line));
    const authenticate = await openAuthenticator(settings, { logger, now: Date.now });
    await using gateway = await openGateway({ authenticate, logLevel });
    const texts: string[] = [];
    for (const [index, headers] of presented.entries()) {
      texts.push(...(await ask(gateway, headers, secrets[index % secrets.length] ?? '')));
    }
    const all = [...texts, ...gateway.logs, ...startLogs];
    seen += all.length;
    const hits = all.filter((text) => secrets.some((secret) => text.includes(middleOf(secret))));
    found += hits.length;
    expect(hits.slice(0, 3)).toEqual([]);
    // The log says that callers were turned away, where it says anything.
    const isTalkative = logLevel === 'debug' || logLevel === 'info';
    expect(gateway.logs.some((line) => line.includes('turned away'))).toBe(isTalkative);
  }
  return { seen, found };
}

describe('secrets of callers are in no answer and in no log line, at every level:', () => {
  it('API keys, right and wrong, and the digests in the file', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    const path = join(folder, 'keys.json');
    const now = new Date();
    const right = await addKey(path, { name: 'right', scopes: ['*:read'], expiresAt: undefined }, now);
    const poor = await addKey(path, { name: 'poor', scopes: [], expiresAt: undefined }, now);
    const late = await addKey(path, { name: 'late', scopes: ['*:read'], expiresAt: now }, now);
    const unknown = `mg_${right.slice(3).split('').reverse().join('')}`;
    const digests = [...readFileSync(path, 'utf8').matchAll(/[0-9a-f]{64}/g)].map(([digest]) => digest);
    const keys = [right, poor, late, unknown];
    const headers = [
      ...keys.map(bearer),
      { 'x-api-key': right },
      { 'x-api-key': unknown },
      { ...bearer(right), 'x-api-key': right },
      { authorization: `Basic ${right}` },
      { authorization: right },
    ];
    const settings = { mode: 'api-key', keysFile: path } as const;
    const { seen, found } = await expectNoneLeft(settings, headers, [...keys, ...digests]);
    expect(found).toBe(0);
    expect(seen).toBeGreaterThan(1000);
    rmSync(folder, { recursive: true });
  });

  it('a file of keys that holds one in clear', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    const path = join(folder, 'keys.json');
    const secret = await addKey(path, { name: 'a', scopes: [], expiresAt: undefined }, new Date());
    const logs: string[] = [];
    let time = 0;
    const logger = createLogger('debug', (line) => logs.push(line));
    const authenticate = await openAuthenticator(
      { mode: 'api-key', keysFile: path },
      { logger, now: () => time },
    );
    for (const text of [
      `{"keys":[{"name":"${secret}"}]}`,
      `{"keys":[{"name":"a","sha256":"${secret}","scopes":["${secret}"],"${secret}":1}],"${secret}":1}`,
      `{"keys":["${secret}`,
      secret,
    ]) {
      writeFileSync(path, text);
      time += 1000;
      expect(await authenticate?.(new Headers(bearer(secret)))).toMatchObject({ kind: 'known' });
      expect(logs.splice(0)).toEqual([
        expect.stringMatching(new RegExp(`^(?!.*${middleOf(secret)}).*cannot be used`)),
      ]);
      await expect(
        openAuthenticator({ mode: 'api-key', keysFile: path }, { logger, now: () => time }),
      ).rejects.toSatisfy(
        (error: Error) => !JSON.stringify([error, error.message]).includes(middleOf(secret)),
      );
    }
    rmSync(folder, { recursive: true });
  });

  it('tokens, right and wrong, and the secret that signs them', { timeout: 60_000 }, async () => {
    const secret = 'Xq7planted8secret9of0more1than2thirty3two4bytes';
    const claims = {
      iss: 'i',
      aud: 'a',
      sub: 'alice',
      exp: Math.floor(Date.now() / 1000) + 600,
      scope: '*:read',
    };
    const key = Buffer.from(secret);
    const tokens = [
      await sign(claims, 'HS256', key),
      await sign({ ...claims, scope: '' }, 'HS256', key),
      await sign({ ...claims, exp: 1 }, 'HS256', key),
      await sign({ ...claims, aud: 'b' }, 'HS256', key),
      await sign(claims, 'HS256', Buffer.alloc(32)),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`,
    ];
    const settings: AuthSettings = {
      mode: 'jwt',
      key: { secret: createSecretKey(key) },
      issuer: 'i',
      audiences: ['a'],
      algorithms: ['HS256'],
      scopeClaim: undefined,
    };
    // The part that is the token's own: its header is the same in all of them.
    const parts = tokens.flatMap((token) => token.split('.').slice(1)).filter((part) => part !== '');
    const { seen, found } = await expectNoneLeft(settings, tokens.map(bearer), [secret, ...parts]);
    expect(found).toBe(0);
    expect(seen).toBeGreaterThan(1000);
  });

  it('the address of the issuer, which may hold a key, where it fails', { timeout: 60_000 }, async () => {
    const { privateKey, jwk } = await newSigningKey('ES256');
    await using issuer = await openIssuer({ keys: [jwk] });
    issuer.status = 500;
    issuer.url.search = '?key=Xq7planted8secret9of';
    const settings: AuthSettings = {
      mode: 'jwt',
      key: { jwksUrl: issuer.url },
      issuer: 'i',
      audiences: ['a'],
      algorithms: ['ES256'],
      scopeClaim: undefined,
    };
    const token = await sign({ sub: 'a' }, 'ES256', privateKey);
    const authenticate = await openAuthenticator(settings, { logger: createLogger('silent'), now: Date.now });
    await using gateway = await openGateway({ authenticate });
    const texts = [...(await ask(gateway, bearer(token), 'x')), ...gateway.logs];
    expect(issuer.asked[0]).toContain('Xq7planted');
    expect(texts.join()).toContain('cannot be checked');
    expect(texts.join()).not.toContain('planted');
  });
});
