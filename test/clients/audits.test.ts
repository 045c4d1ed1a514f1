import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway } from './support/gateway.ts';

const AUDITS = 61;
const KEY_COMMAND = fileURLToPath(new URL('../../src/auth/main.ts', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'audits-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Results that are not `ok`, whether they are a must or not. */
async function complaints(url: string, fetchFn: typeof fetch) {
  const results = await auditServer({ url, fetchFn });
  expect(results).toHaveLength(AUDITS);
  return results
    .filter(({ status }) => status !== 'ok')
    .map(({ name, status, ...rest }) => ({ name, status, reason: 'reason' in rest ? rest.reason : '' }));
}

it('passes every audit as it is shipped', async () => {
  await using gateway = await startGateway();
  expect(await complaints(gateway.url, fetch)).toEqual([]);
});

it('passes every audit with keys, limits and trusted documents', async () => {
  const keys = join(folder, 'keys.json');
  const manifest = join(folder, 'documents.json');
  writeFileSync(manifest, JSON.stringify({ known: 'query Known { models(first: 1) { totalCount } }' }));
  const key = execFileSync(
    process.execPath,
    [KEY_COMMAND, '--name', 'audits', '--scopes', '*:read', '--file', keys],
    { encoding: 'utf8', env: {}, stdio: ['ignore', 'pipe', 'ignore'] },
  ).trim();
  await using gateway = await startGateway({
    AUTH_MODE: 'api-key',
    AUTH_KEYS_FILE: keys,
    RATE_LIMIT_PER_MINUTE: '600',
    MAX_BODY_BYTES: '65536',
    MAX_TOKENS: '1000',
    MAX_DEPTH: '10',
    MAX_ALIASES: '20',
    MAX_DIRECTIVES: '10',
    MAX_BATCH_OPERATIONS: '2',
    MAX_UPSTREAM_CALLS: '50',
    TRUSTED_DOCUMENTS: 'allow',
    TRUSTED_DOCUMENTS_FILE: manifest,
  });
  const withKey: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${key}`);
    return fetch(input, { ...init, headers });
  };
  // Without the key nobody is served, so that what passes below passes with it.
  expect((await fetch(`${gateway.url}?query={__typename}`)).status).toBe(401);
  const known = await withKey(`${gateway.url}?documentId=known`);
  expect(await known.json()).toEqual({ data: { models: { totalCount: expect.any(Number) } } });
  expect(await complaints(gateway.url, withKey)).toEqual([]);
});
