import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sign } from '../security/support/callers.ts';
import { startProcess } from './support/gateway-process.ts';

const SLOW = { timeout: 30_000 };
const COMMAND = fileURLToPath(new URL('../../src/auth/main.ts', import.meta.url));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  file = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `npm run key` with these arguments. */
function makeKey(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

async function newKey(name: string, scopes = '*:read'): Promise<string> {
  const { code, stdout } = await makeKey(['--name', name, '--scopes', scopes, '--file', file]);
  expect(code).toBe(0);
  return stdout.trim();
}

async function post(origin: string, token: string | undefined, query: string) {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

const COUNT = '{ models { totalCount } }';
const SERVED = { status: 200, body: { data: { models: { totalCount: 151 } } } };

describe('npm run key', SLOW, () => {
  it('prints a key alone, once, and keeps its digest for its owner', async () => {
    const { code, stdout, stderr } = await makeKey([
      ...[
        '--name',
        'ci',
        '--scopes',
        'PAI:read, *:write PAI:read',
        '--file',
        file,
        '--expires',
        '2999-12-31',
      ],
    ]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^mg_[0-9a-f]{72}\n$/)]);
    expect(stderr).toMatch(/^The key "ci" is in .*keys\.json\. This is the only time it is shown/);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      keys: [
        {
          name: 'ci',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          scopes: ['PAI:read', '*:write'],
          createdAt: expect.any(String),
          expiresAt: '2999-12-31T00:00:00.000Z',
        },
      ],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(`${readFileSync(file, 'utf8')}${stderr}`).not.toContain(stdout.slice(3, 20));
  });

  it('finds the file in the environment, and counts days', async () => {
    const before = Date.now();
    const { code } = await makeKey(['--name', 'a', '--scopes', '*:read', '--expires', '90d'], {
      AUTH_KEYS_FILE: file,
    });
    const [{ expiresAt }] = JSON.parse(readFileSync(file, 'utf8')).keys;
    const days = (Date.parse(expiresAt) - before) / 86_400_000;
    expect([code, Math.round(days * 100)]).toEqual([0, 9000]);
  });

  it.each([
    ['2096-02-29', '2096-02-29T00:00:00.000Z'],
    ['2096-02-29T12:00+08:00', '2096-02-29T04:00:00.000Z'],
    ['2096-02-29T12:00:01.5Z', '2096-02-29T12:00:01.500Z'],
  ])('takes %s for an end', async (text, expiresAt) => {
    const args = ['--name', 'a', '--scopes', '*:read', '--file', file, '--expires', text];
    expect(await makeKey(args)).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(file, 'utf8')).keys).toMatchObject([{ expiresAt }]);
  });

  it('explains itself', async () => {
    const { code, stdout } = await makeKey(['--help']);
    expect(code).toBe(0);
    for (const word of ['--name', '--scopes', '--file', '--expires', 'MODEL_ROUTER:read', '*:write']) {
      expect(stdout).toContain(word);
    }
  });

  const good = { '--name': 'a', '--scopes': '*:read', '--file': 'keys.json', '--expires': '1d' };
  it.each([
    ['no file', { '--file': undefined }, /Name the file of keys by --file/],
    ['no name', { '--name': undefined }, /Say whose key it is/],
    ['a name with a blank', { '--name': 'a b' }, /--name must be/],
    ['no scopes', { '--scopes': undefined }, /Say what it may do: .*PAI:read/],
    ['empty scopes', { '--scopes': ' , ' }, /Say what it may do/],
    [
      'a scope that is none',
      { '--scopes': 'PAI:read,PAI:admin' },
      /No such scope: PAI:admin; choose from .*PAI:read/,
    ],
    ['an end that is past', { '--expires': '2020-01-01' }, /lies in the past/],
    ['an end of today', { '--expires': '0d' }, /lies in the past/],
    ['an end that is no date', { '--expires': 'soon' }, /--expires must be/],
    ['an end that is no day', { '--expires': '2030-02-31T99:00:00Z' }, /--expires must be/],
    ['an end on a day that does not exist', { '--expires': '2030-02-31' }, /--expires must be/],
    ['an end at a time of such a day', { '--expires': '2030-04-31T12:00Z' }, /--expires must be/],
    ['an unknown option', { '--scope': 'x' }, /--scope/],
  ])('refuses %s, and writes nothing', async (_case, change, fault) => {
    const options = { ...good, '--file': file, ...change };
    const args = Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [name, value],
    );
    const { code, stdout, stderr } = await makeKey(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(fault);
    expect(stderr).toMatch(/Try --help\.\n$/);
    expect(() => readFileSync(file)).toThrow(/ENOENT/);
  });

  it('refuses a name that is taken, and a file that is broken, and leaves both as they are', async () => {
    await newKey('a');
    for (const content of [readFileSync(file, 'utf8'), '{"keys":']) {
      writeFileSync(file, content);
      const { code, stderr } = await makeKey(['--name', 'a', '--scopes', '*:read', '--file', file]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^The file of keys cannot be used:\n {2}- It /),
      ]);
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
  });
});

describe('AUTH_MODE=api-key', SLOW, () => {
  it('serves who has a key, follows the file, and says so at the start', async () => {
    const first = await newKey('first');
    await using gateway = startProcess({ AUTH_MODE: 'api-key', AUTH_KEYS_FILE: file });
    const origin = await gateway.origin();
    expect(gateway.stdout).toContain('  callers   need an API key (npm run key makes one)\n');
    expect(gateway.stdout).toMatch(/curl -s \S+ -H 'authorization: Bearer …' -H 'content-type/);
    expect(await post(origin, first, COUNT)).toEqual(SERVED);
    expect((await post(origin, undefined, COUNT)).status).toBe(401);

    const second = await newKey('second');
    await expect.poll(() => post(origin, second, COUNT), { timeout: 5000 }).toEqual(SERVED);
    const { keys } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ keys: keys.slice(1) }));
    await expect.poll(async () => (await post(origin, first, COUNT)).status, { timeout: 5000 }).toBe(401);
    expect(await post(origin, second, COUNT)).toEqual(SERVED);
    expect(`${gateway.stdout}${gateway.stderr}`).not.toMatch(/mg_[0-9a-f]{8}/);
  });

  it('listens off loopback without more ado, without GraphiQL and introspection', async () => {
    const key = await newKey('a');
    await using gateway = startProcess({ AUTH_MODE: 'api-key', AUTH_KEYS_FILE: file, HOST: '0.0.0.0' });
    const { port } = new URL(await gateway.origin());
    expect(gateway.stdout).not.toContain('GraphiQL');
    const get = async (path: string, headers: Readonly<Record<string, string>>) => {
      const sent = request({
        host: '127.0.0.1',
        port,
        path,
        headers: { host: 'models.example', ...headers },
      });
      sent.end();
      const [answer] = await once(sent, 'response');
      return [answer.statusCode, await text(answer)];
    };
    const authorization = `Bearer ${key}`;
    expect(await get('/graphql?query={__typename}', {})).toEqual([401, expect.any(String)]);
    expect(await get('/graphql?query={__typename}', { authorization })).toEqual([
      200,
      '{"data":{"__typename":"Query"}}',
    ]);
    expect(await get('/graphql', { accept: 'text/html' })).toEqual([401, expect.any(String)]);
    const [status, said] = await get('/graphql?query={__schema{__typename}}', { authorization });
    expect([status, said]).toEqual([200, expect.stringContaining('introspection has been disabled')]);
  });

  it.each([
    ['is missing', undefined, 'It cannot be read (ENOENT)'],
    ['is broken', '{"keys":[{"name":"Pl4nted"', 'It is not JSON'],
    ['holds a key in clear', '{"keys":[{"name":"a","key":"Pl4nted"}]}', 'keys.0'],
  ])('does not start where the file %s', async (_case, content, fault) => {
    if (content !== undefined) writeFileSync(file, content);
    await using gateway = startProcess({ AUTH_MODE: 'api-key', AUTH_KEYS_FILE: file });
    expect(await gateway.ended).toBe(1);
    expect(gateway.stderr).toMatch(/^The file that AUTH_KEYS_FILE names cannot be used:\n {2}- /);
    expect(gateway.stderr).toContain(fault);
    expect(`${gateway.stdout}${gateway.stderr}`).not.toContain('Pl4nted');
  });
});

describe('AUTH_MODE=jwt', SLOW, () => {
  it('serves who has a token of the issuer', async () => {
    const secret = 'a shared secret of more than 32 bytes';
    await using gateway = startProcess({
      ...{ AUTH_MODE: 'jwt', AUTH_JWT_SECRET: secret, AUTH_JWT_ISSUER: 'issuer', AUTH_JWT_AUDIENCE: 'here' },
    });
    const origin = await gateway.origin();
    expect(gateway.stdout).toContain('  callers   need a token of the issuer\n');
    const exp = Math.floor(Date.now() / 1000) + 60;
    const claims = { iss: 'issuer', aud: 'here', sub: 'alice', exp, scope: 'MODEL_ROUTER:read' };
    expect(await post(origin, await sign(claims, 'HS256', Buffer.from(secret)), COUNT)).toEqual(SERVED);
    const other = await sign({ ...claims, aud: 'there' }, 'HS256', Buffer.from(secret));
    expect((await post(origin, other, COUNT)).status).toBe(401);
    expect(`${gateway.stdout}${gateway.stderr}`).not.toContain('shared secret');
  });
});

it('a process on a loopback address is asked by its name only', SLOW, async () => {
  await using gateway = startProcess();
  const { port } = new URL(await gateway.origin());
  const statusOf = async (host: string) => {
    const sent = request({ host: '127.0.0.1', port, path: '/health', headers: { host } });
    sent.end();
    const [answer] = await once(sent, 'response');
    answer.resume();
    return answer.statusCode;
  };
  expect([await statusOf('models.example'), await statusOf('localhost')]).toEqual([403, 200]);
});

it('RATE_LIMIT_PER_MINUTE and CORS_ORIGINS reach the gateway', SLOW, async () => {
  await using gateway = startProcess({ RATE_LIMIT_PER_MINUTE: '2', CORS_ORIGINS: 'https://app.example' });
  const origin = await gateway.origin();
  const send = () =>
    fetch(`${origin}/graphql?query={__typename}`, { headers: { origin: 'https://app.example' } });
  const answers = [await send(), await send(), await send()];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  for (const { headers } of answers) {
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
  }
});
