import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Credentials,
  defaultChainCredentials,
  staticCredentials,
} from '../../../src/transport/credentials.ts';

const SECRETS = ['LTAI-planted-id', 'planted-secret', 'planted-token'] as const;

describe('Credentials', () => {
  const credentials = new Credentials(...SECRETS);

  it.each([
    ['JSON', () => JSON.stringify({ credentials })],
    ['a template', () => `${credentials}`],
    ['String', () => String(credentials)],
    ['concatenation', () => `keys: ${credentials}`],
    ['util.inspect', () => inspect({ credentials }, { depth: 9, showHidden: true })],
    ['util.format', () => format('%s %o %j', credentials, credentials, credentials)],
    ['an error with it as its cause', () => inspect(new Error('x', { cause: credentials }))],
    ['Object.entries', () => `${JSON.stringify(Object.entries(credentials))}[redacted]`],
    ['spreading', () => `${JSON.stringify({ ...credentials })}[redacted]`],
  ])('prints as [redacted] by %s', (_way, print) => {
    const text = print();
    expect(text).toContain('[redacted]');
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });

  it('hands out its parts only where they are asked for by name', () => {
    expect([credentials.accessKeyId, credentials.revealSecret(), credentials.revealToken()]).toEqual(SECRETS);
  });

  it('a static source gives the same one each time, and prints as little', async () => {
    const source = staticCredentials(credentials, 'the test');
    expect(await source.get()).toBe(credentials);
    expect(inspect(source, { depth: 9, showHidden: true })).not.toContain(SECRETS[0]);
  });
});

describe("the vendor's default chain", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelgraph-'));
    await writeFile(
      join(folder, 'credentials'),
      '[default]\ntype = access_key\naccess_key_id = LTAI-from-profile\naccess_key_secret = secret-from-profile\n',
    );
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** Leaves nothing for the chain to find, and nothing that asks the network. */
  function isolate(profile: string): void {
    for (const name of [
      'ACCESS_KEY_ID',
      'ACCESS_KEY_SECRET',
      'SECURITY_TOKEN',
      'CREDENTIALS_URI',
      'PROFILE',
    ]) {
      vi.stubEnv(`ALIBABA_CLOUD_${name}`, undefined);
    }
    vi.stubEnv('ALIBABA_CLOUD_CLI_PROFILE_DISABLED', 'true');
    vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true');
    vi.stubEnv('ALIBABA_CLOUD_CREDENTIALS_FILE', join(folder, profile));
  }

  it('reads a profile', async () => {
    isolate('credentials');
    const found = await defaultChainCredentials().get();
    expect([found.accessKeyId, found.revealSecret()]).toEqual(['LTAI-from-profile', 'secret-from-profile']);
  });

  it('says which link of it had them, once it was found', async () => {
    isolate('credentials');
    const source = defaultChainCredentials();
    expect(source.description).toBe("the vendor's default credential chain");
    await source.get();
    expect(source.description).toMatch(/^the vendor's default credential chain \(profile[\w/]*\)$/);
  });

  it('reads the environment first, its token included', async () => {
    isolate('credentials');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', SECRETS[0]);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', SECRETS[1]);
    vi.stubEnv('ALIBABA_CLOUD_SECURITY_TOKEN', SECRETS[2]);
    const found = await defaultChainCredentials().get();
    expect([found.accessKeyId, found.revealSecret(), found.revealToken()]).toEqual(SECRETS);
  });

  it('is found by every one of several first callers at once', async () => {
    isolate('credentials');
    const source = defaultChainCredentials();
    const found = await Promise.all(Array.from({ length: 5 }, () => source.get()));
    expect(found.map(({ accessKeyId }) => accessKeyId)).toEqual(Array(5).fill('LTAI-from-profile'));
  });

  it('is walked anew once its keys were refused, for a profile may be written anew', async () => {
    const profile = (id: string) =>
      writeFile(
        join(folder, 'rotated'),
        `[default]\ntype = access_key\naccess_key_id = ${id}\naccess_key_secret = secret\n`,
      );
    let nowMs = 0;
    isolate('rotated');
    await profile('LTAI-first');
    const source = defaultChainCredentials(() => nowMs);
    const id = async () => (await source.get()).accessKeyId;
    expect(await id()).toBe('LTAI-first');
    await profile('LTAI-second');
    nowMs += 60_000;
    expect(await id()).toBe('LTAI-first');
    source.refused?.();
    expect(await id()).toBe('LTAI-second');
    await profile('LTAI-third');
    nowMs += 9_999;
    source.refused?.();
    expect(await id()).toBe('LTAI-second');
    nowMs += 1;
    source.refused?.();
    expect(await id()).toBe('LTAI-third');
  });

  it('finds nothing: the error names the variables to set, and no file', async () => {
    isolate('absent');
    const failure = defaultChainCredentials().get();
    await expect(failure).rejects.toMatchObject({
      name: 'GatewayError',
      code: 'UNAUTHENTICATED',
      retryable: false,
      mayHaveActed: false,
      message: expect.stringContaining('ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET'),
    });
    await expect(failure).rejects.toSatisfy((error) => !inspect(error, { depth: 9 }).includes(folder));
  });

  it('looks again after a failure, so that keys that come later are found', async () => {
    isolate('absent');
    const source = defaultChainCredentials();
    await expect(source.get()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    isolate('credentials');
    expect((await source.get()).accessKeyId).toBe('LTAI-from-profile');
  });
});
