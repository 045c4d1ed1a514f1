import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkConfiguration, checkNode, OLDEST_NODE } from '../../src/doctor/configuration.ts';
import { checkCredentials } from '../../src/doctor/credentials.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { Credentials, staticCredentials } from '../../src/transport/credentials.ts';
import { diagnose, type Env, everywhere, inFrontOf, only } from './support/doctor.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

describe('the configuration', () => {
  it('that cannot be used is told with every fault, and a hint for each', async () => {
    const checks = await diagnose({
      PORT: 'Pl4nted',
      UPSTREAM: 'Pl4nted',
      HOST: '0.0.0.0',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'Pl4nted',
    });
    const faults = checks.filter(({ subject }) => subject === 'configuration');
    expect(faults.map(({ mark, facts }) => [mark, facts?.['variable']])).toEqual([
      ['fail', 'PORT'],
      ['fail', 'UPSTREAM'],
      ['fail', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'],
      ['fail', 'HOST'],
    ]);
    for (const { hint, facts } of faults) expect(hint).toContain(`Change ${facts?.['variable']} or unset it`);
    expect(checks.slice(faults.length)).toMatchObject([
      { subject: 'node', mark: 'ok' },
      { subject: 'credentials', mark: 'skip' },
    ]);
    expect(JSON.stringify(checks)).not.toContain('Pl4nted');
  });

  it('that cannot be used does not keep a gateway from being asked', async () => {
    const checks = await diagnose({ PORT: 'x' }, { gatewayUrl: 'http://127.0.0.1:9' });
    expect(only(checks, 'gateway')).toMatchObject({
      mark: 'fail',
      finding: 'none can be reached at http://127.0.0.1:9',
    });
  });

  it('with nothing in it has a sandbox stand in for the cloud, and breaks nothing', async () => {
    const checks = await diagnose({});
    expect(only(checks, 'configuration')).toMatchObject({
      mark: 'ok',
      finding: expect.stringContaining('sandbox'),
      facts: { upstream: 'sandbox', region: 'cn-beijing' },
    });
    expect(checks.every(({ mark }) => mark === 'ok' || mark === 'skip')).toBe(true);
    expect(checks.filter(({ subject }) => subject === 'backend').map(({ source }) => source)).toEqual([
      'MODEL_ROUTER',
      'PAI',
      'AI_GATEWAY',
    ]);
  });

  it('that names a port for the sandbox does not take it from a gateway that runs', async () => {
    const checks = await diagnose({ SANDBOX_PORT: new URL(sandbox.url).port });
    expect(only(checks, 'backend', 'PAI').mark).toBe('ok');
  });

  it('tells the region and the endpoints that are not its own', () => {
    const { checks } = checkConfiguration({
      ALIBABA_CLOUD_REGION_ID: 'cn-hangzhou',
      PAI_ENDPOINT: 'https://pai.example',
    });
    expect(checks).toMatchObject([
      { mark: 'ok', finding: 'Alibaba Cloud, region cn-hangzhou, other endpoints for PAI' },
    ]);
  });

  it.each([
    [{ UPSTREAM: 'sandbox', PAI_ENDPOINT: 'https://pai.example' }, 'UPSTREAM'],
    [{ PAI_ENDPOINT: 'http://pai.example' }, 'PAI_ENDPOINT'],
  ])('%j is warned about, with the variable to change', (env, variable) => {
    expect(checkConfiguration(env).checks[1]).toMatchObject({
      mark: 'warn',
      hint: expect.stringContaining(variable),
    });
  });
});

describe('files that the configuration names', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelgraph-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Everything but ok of the configuration, with one file. */
  async function faultsWith(name: string, text: string | undefined, env: Env) {
    const path = join(folder, 'file.json');
    await rm(path, { force: true });
    if (text !== undefined) await writeFile(path, text);
    const checks = await diagnose({ ...env, [name]: path });
    expect(JSON.stringify(checks)).not.toContain(folder);
    expect(only(checks, 'backend', 'PAI').mark).toBe('ok');
    return checks.filter(({ subject, mark }) => subject === 'configuration' && mark !== 'ok');
  }

  const keys = (more: object) =>
    JSON.stringify({ keys: [{ name: 'ci', sha256: '0'.repeat(64), scopes: ['*:read'], ...more }] });
  const withKeys = (text?: string) => faultsWith('AUTH_KEYS_FILE', text, { AUTH_MODE: 'api-key' });

  it.each<[string, string | undefined, RegExp[]]>([
    ['absent', undefined, [/AUTH_KEYS_FILE names cannot be used: It cannot be read \(ENOENT\)/]],
    ['no JSON', 'mg_Pl4nted', [/It is not JSON/]],
    [
      'wrong in two places',
      keys({ name: 'Pl4nted Pl4nted', sha256: 'Pl4nted' }),
      [/keys\.0\.name must/, /keys\.0\.sha256 must/],
    ],
  ])('a file of keys that is %s is a fault, each in it a line', async (_how, text, findings) => {
    const faults = await withKeys(text);
    expect(faults).toMatchObject(
      findings.map((finding) => ({
        mark: 'fail',
        finding: expect.stringMatching(finding),
        hint: expect.stringContaining('npm run key'),
      })),
    );
    expect(JSON.stringify(faults)).not.toContain('Pl4nted');
  });

  it('a key that has expired is warned about by its name', async () => {
    expect(await withKeys(keys({ expiresAt: '2020-01-01T00:00:00Z' }))).toMatchObject([
      { mark: 'warn', finding: expect.stringMatching(/^the API keys of ci have expired/) },
    ]);
    expect(await withKeys(keys({ expiresAt: '2999-01-01T00:00:00Z' }))).toEqual([]);
    expect(await withKeys(keys({}))).toEqual([]);
  });

  it.each([
    ['absent', undefined, /cannot be read/],
    ['no manifest', '[]', /TRUSTED_DOCUMENTS_FILE/],
  ])('trusted documents that are %s are a fault', async (_how, text, finding) => {
    const faults = await faultsWith('TRUSTED_DOCUMENTS_FILE', text, { TRUSTED_DOCUMENTS: 'only' });
    expect(faults).toMatchObject([
      {
        mark: 'fail',
        finding: expect.stringMatching(finding),
        hint: expect.stringContaining('Mend the file'),
      },
    ]);
  });
});

describe('Node', () => {
  it('is as old as package.json allows', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${OLDEST_NODE}`);
  });

  it.each([
    ['22.18.9', 'fail'],
    ['22.9.0', 'fail'],
    ['20.20.0', 'fail'],
    ['22.19.0', 'ok'],
    ['22.20.1', 'ok'],
    ['24.0.0', 'ok'],
  ])('%s is %s', (version, mark) => {
    expect(checkNode(version).mark).toBe(mark);
  });
});

describe('credentials', () => {
  const ID = 'LTAI5tPl4ntedPl4nted1234';
  const at = (env: Readonly<Record<string, string>>) =>
    diagnose({ ...everywhere(sandbox.url), ALIBABA_CLOUD_ACCESS_KEY_ID: ID, ...env });

  it('are told with where they come from and the ends of the key id', async () => {
    const checks = await at({ ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'a-secret-of-a-test' });
    expect(only(checks, 'credentials')).toEqual({
      subject: 'credentials',
      title: 'credentials',
      mark: 'ok',
      finding: 'access key LTAI****1234, from the environment',
      facts: { source: 'the environment', accessKeyId: 'LTAI****1234', hasSecurityToken: false },
    });
  });

  it.each([
    ['a line break', 'a-secret-of-a-test\n'],
    ['a blank before', ' a-secret-of-a-test'],
    ['quotes', '"a-secret-of-a-test"'],
    ['a control character', 'a-secret\u0007of-a-test'],
    ['characters that no header takes', 'ключ-a-secret-of-a-test'],
  ])(
    'with %s are a fault of the configuration in the environment, of the keys elsewhere',
    async (_what, secret) => {
      const fault = expect.stringContaining('begins or ends with a blank, a quote or a line break');
      const checks = await at({ ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret });
      expect(only(checks, 'configuration')).toMatchObject({
        mark: 'fail',
        finding: fault,
        facts: { variable: 'ALIBABA_CLOUD_ACCESS_KEY_SECRET' },
      });
      expect(JSON.stringify(checks)).not.toContain('of-a-test');

      const elsewhere = await checkCredentials(staticCredentials(new Credentials(ID, secret), 'a profile'));
      expect(elsewhere).toMatchObject({
        isUsable: false,
        check: { mark: 'fail', finding: fault, hint: expect.stringContaining('quotes') },
      });
      expect(elsewhere.check.finding).toContain('the access key secret');
    },
  );

  it('that are temporary need their token', async () => {
    const env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'STS.NUabcdefghijklmnop',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'a-secret',
    };
    expect(only(await at(env), 'credentials')).toMatchObject({
      mark: 'fail',
      hint: expect.stringContaining('ALIBABA_CLOUD_SECURITY_TOKEN'),
    });
    const whole = await at({ ...env, ALIBABA_CLOUD_SECURITY_TOKEN: 'a-token' });
    expect(only(whole, 'credentials')).toMatchObject({
      mark: 'ok',
      finding: expect.stringContaining('with a security token'),
    });
  });
});

describe("the vendor's chain", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelgraph-'));
    const { accessKeyId, accessKeySecret } = sandbox.credentials;
    await writeFile(
      join(folder, 'credentials'),
      `[default]\ntype = access_key\naccess_key_id = ${accessKeyId}\naccess_key_secret = ${accessKeySecret}\n`,
    );
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** Leaves nothing for the chain to find but a file, and nothing that asks the network. */
  function isolate(profile: string): void {
    for (const name of ['ACCESS_KEY_ID', 'ACCESS_KEY_SECRET', 'ROLE_ARN', 'CREDENTIALS_URI', 'PROFILE']) {
      vi.stubEnv(`ALIBABA_CLOUD_${name}`, undefined);
    }
    vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true');
    vi.stubEnv('ALIBABA_CLOUD_CLI_PROFILE_DISABLED', 'true');
    vi.stubEnv('ALIBABA_CLOUD_CREDENTIALS_FILE', join(folder, profile));
  }

  it('is named with the link that had them', async () => {
    isolate('credentials');
    const checks = await diagnose(everywhere(sandbox.url));
    expect(only(checks, 'credentials')).toMatchObject({
      mark: 'ok',
      finding: expect.stringMatching(/from the vendor's default credential chain \(profile[\w/]*\)$/),
    });
    expect(only(checks, 'backend', 'PAI').mark).toBe('ok');
  });

  it('that finds none is a fault, and nothing is asked', async () => {
    isolate('absent');
    sandbox.forgetRequests();
    const checks = await diagnose(everywhere(sandbox.url));
    expect(only(checks, 'credentials')).toMatchObject({
      mark: 'fail',
      finding: "none found by the vendor's default credential chain",
      hint: expect.stringMatching(/^Set ALIBABA_CLOUD_ACCESS_KEY_ID.*~\/\.alibabacloud\/credentials/),
    });
    expect(only(checks, 'backend')).toMatchObject({ mark: 'skip' });
    expect(sandbox.requests).toEqual([]);
    expect(JSON.stringify(checks)).not.toContain(folder);
  });
});

describe('all of it', () => {
  it('has a hint on every fault and warning, and on nothing else', async () => {
    sandbox.setFault('*', { kind: 'error', status: 403, code: 'Forbidden.RAM' });
    const checks = await diagnose({ ...inFrontOf(sandbox), STS_ENDPOINT: 'http://127.0.0.1:9' });
    sandbox.clearFaults();
    expect(checks.filter(({ mark }) => mark === 'fail')).toHaveLength(3);
    for (const { mark, hint } of checks) {
      expect(hint !== undefined).toBe(mark === 'fail' || mark === 'warn');
    }
  });
});
