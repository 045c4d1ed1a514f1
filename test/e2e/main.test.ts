import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { complaintsIn } from '../support/log-lines.ts';
import { type GatewayProcess, startProcess } from './support/gateway-process.ts';

const SLOW = { timeout: 30_000 };

/** The variables that put a process in front of a sandbox of the test's own. */
function inFrontOf(sandbox: Sandbox): Record<string, string> {
  return {
    MODEL_ROUTER_ENDPOINT: sandbox.endpoints.modelRouter,
    PAI_ENDPOINT: sandbox.endpoints.pai,
    AI_GATEWAY_ENDPOINT: sandbox.endpoints.aiGateway,
    ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.credentials.accessKeySecret,
  };
}

async function query(origin: string, document: string, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document }),
    ...(signal === undefined ? {} : { signal }),
  });
  return response.json();
}

/** The status of a path, on a connection of its own. */
async function statusOf(origin: string, path: string): Promise<number | string> {
  const sent = request(`${origin}${path}`, { agent: false });
  sent.end();
  try {
    const [answer] = await once(sent, 'response');
    await text(answer);
    return answer.statusCode;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'broken';
  }
}

const COUNT = '{ models { totalCount } }';

describe('npm start', SLOW, () => {
  it('needs nothing, says what it is and what to try, and what it says to try works', async () => {
    await using gateway = startProcess();
    const origin = await gateway.origin();
    expect(gateway.stdout.replaceAll(/:\d+/g, ':0').split('\n')).toEqual([
      'ModelGraph listens at http://127.0.0.1:0/graphql',
      '  upstream  the embedded sandbox at http://127.0.0.1:0, region cn-beijing; no account needed',
      '  browser   open the address for GraphiQL, with examples that run',
      expect.stringMatching(/^ {2}shell {5}curl -s http:\/\/127\.0\.0\.1:0\/graphql -H '.*' -d '.*'$/),
      '  stop      Ctrl-C',
      '',
    ]);
    const [, url = '', header = '', body = ''] =
      /curl -s (\S+) -H '([^']*)' -d '([^']*)'/.exec(gateway.stdout) ?? [];
    const [name = '', value = ''] = header.split(': ');
    const response = await fetch(url, { method: 'POST', headers: { [name]: value }, body });
    expect(await response.json()).toEqual({
      data: {
        models: { totalCount: 151, nodes: [{ name: '通义千问' }, expect.anything(), expect.anything()] },
      },
    });
    expect([await statusOf(origin, '/health'), await statusOf(origin, '/ready')]).toEqual([200, 200]);
    expect(complaintsIn(gateway.stderr)).toEqual([]);
  });

  it('suggests nothing that it would refuse, where only trusted documents run', async () => {
    await using gateway = startProcess({
      TRUSTED_DOCUMENTS: 'only',
      TRUSTED_DOCUMENTS_FILE: fileURLToPath(new URL('../generated/trusted-documents.json', import.meta.url)),
    });
    await gateway.origin();
    expect(gateway.stdout).toContain(`-d '{"documentId":"…"}'`);
    expect(gateway.stdout).not.toMatch(/models|examples that run/);
  });

  it.each(['--help', '-h'])('explains itself with %s', async (option) => {
    await using gateway = startProcess({}, [option]);
    expect(await gateway.ended).toBe(0);
    for (const word of [
      'Usage',
      'HOST, PORT',
      'UPSTREAM',
      'PAI_ENDPOINT',
      'ALIBABA_CLOUD_REGION_ID',
      'ALLOW_UNAUTHENTICATED',
      'AUTH_MODE',
      'RATE_LIMIT_PER_MINUTE',
      'CORS_ORIGINS',
    ]) {
      expect(gateway.stdout).toContain(word);
    }
    expect(gateway.stderr).toBe('');
  });

  it('refuses an option it does not have', async () => {
    await using gateway = startProcess({}, ['--prot', '80']);
    expect(await gateway.ended).toBe(1);
    expect(gateway.stderr).toMatch(/--prot.*\nTry --help\.\n$/s);
  });
});

describe('a reader that has gone away', SLOW, () => {
  it('of the greeting and of the log costs nobody an answer, nor the end its order', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await using gateway = startProcess({ PORT: String(port) });
    gateway.child.stdout.destroy();
    gateway.child.stderr.destroy();
    const origin = `http://127.0.0.1:${port}`;
    await expect.poll(() => statusOf(origin, '/health'), { timeout: 20_000 }).toBe(200);
    for (let times = 0; times < 40; times += 1) {
      expect(await query(origin, COUNT)).toEqual({ data: { models: { totalCount: 151 } } });
    }
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  });
});

describe('upstream', SLOW, () => {
  const SECRET = 'Pl4nted-s3cret';
  const keys = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'Pl4nted-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: SECRET };
  const elsewhere = { PAI_ENDPOINT: 'http://127.0.0.1:9' };

  it.each([
    ['the sandbox without anything', {}, /the embedded sandbox at/],
    [
      'the sandbox where variables are empty',
      { ALIBABA_CLOUD_ACCESS_KEY_ID: '', PAI_ENDPOINT: ' ' },
      /the embedded sandbox at/,
    ],
    ['the cloud with keys', keys, /Alibaba Cloud, region cn-beijing, keys from the environment/],
    [
      'the cloud with keys and a token',
      { ...keys, ALIBABA_CLOUD_SECURITY_TOKEN: SECRET },
      /keys from the environment/,
    ],
    ['the cloud with an endpoint', elsewhere, /Alibaba Cloud, region cn-beijing, keys from .*default.*chain/],
    ['the cloud where it is asked for', { UPSTREAM: 'alibaba' }, /Alibaba Cloud, .*default.*chain/],
    [
      'the sandbox where it is asked for',
      { ...keys, ...elsewhere, UPSTREAM: 'sandbox' },
      /sandbox at.*warning {3}UPSTREAM=sandbox.*not used/s,
    ],
    ['of another region', { ...keys, ALIBABA_CLOUD_REGION_ID: 'ap-southeast-1' }, /region ap-southeast-1/],
    [
      'warned about where it is plain http',
      { ...keys, PAI_ENDPOINT: 'http://pai.example' },
      /warning {3}PAI_ENDPOINT is plain http/,
    ],
  ])('is %s', async (_case, env: Record<string, string>, said) => {
    await using gateway = startProcess({ LOG_LEVEL: 'debug', ...env });
    const origin = await gateway.origin();
    expect(gateway.stdout).toMatch(said);
    expect(await statusOf(origin, '/ready')).toBe(200);
    expect(`${gateway.stdout}${gateway.stderr}`).not.toMatch(/Pl4nted/);
  });

  it('answers from where it points', async () => {
    await using sandbox = await startSandbox();
    await using gateway = startProcess(inFrontOf(sandbox));
    expect(await query(await gateway.origin(), COUNT)).toEqual({ data: { models: { totalCount: 151 } } });
    expect(sandbox.requests.map(({ action, status }) => [action, status])).toEqual([
      ['ModelRouterQueryModelList', 200],
    ]);
  });

  it('that refuses the keys is told of without them', async () => {
    await using sandbox = await startSandbox();
    await using gateway = startProcess({
      ...inFrontOf(sandbox),
      ...keys,
      ALIBABA_CLOUD_SECURITY_TOKEN: SECRET,
      LOG_LEVEL: 'debug',
    });
    const answer = JSON.stringify(await query(await gateway.origin(), COUNT));
    expect(answer).toContain('UNAUTHENTICATED');
    await gateway.printed(/backend failed/);
    expect(`${answer}${gateway.stdout}${gateway.stderr}`).not.toMatch(/Pl4nted/);
  });
});

describe('a bad environment', SLOW, () => {
  it('is refused with every fault at once, and no value', async () => {
    const bad = {
      HOST: 'Pl4nted host',
      PORT: 'Pl4nted',
      UPSTREAM: 'Pl4nted',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'Pl4nted',
      ALIBABA_CLOUD_REGION_ID: 'Pl4nted.example',
      MODEL_ROUTER_ENDPOINT: 'Pl4nted.example',
      PAI_ENDPOINT: 'https://user:Pl4nted@pai.example',
      AI_GATEWAY_ENDPOINT: 'https://polardb.example/?token=Pl4nted',
      SANDBOX_PORT: '65536',
      UPSTREAM_TIMEOUT_MS: '0',
      UPSTREAM_CONCURRENCY: '-1',
      SINGLE_FLIGHT: 'Pl4nted',
      DRAIN_DELAY_MS: '-1',
      LOG_LEVEL: 'Pl4nted',
      ALLOW_UNAUTHENTICATED: 'Pl4nted',
      AUTH_MODE: 'Pl4nted',
      AUTH_JWKS_URL: 'Pl4nted.example',
      CORS_ORIGINS: 'Pl4nted.example',
      INTROSPECTION: 'Pl4nted',
      GRAPHIQL: 'Pl4nted',
      RATE_LIMIT_PER_MINUTE: 'Pl4nted',
      RATE_LIMIT_BURST: 'Pl4nted',
    };
    await using gateway = startProcess(bad);
    expect(await gateway.ended).toBe(1);
    const named = gateway.stderr.split('\n').flatMap((line) => /^ {2}- (\w+) /.exec(line)?.[1] ?? []);
    expect(new Set(named)).toEqual(
      new Set([
        ...Object.keys(bad).filter((name) => name !== 'ALIBABA_CLOUD_ACCESS_KEY_ID'),
        'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
      ]),
    );
    expect(gateway.stderr).toMatch(/^The environment cannot be used:\n/);
    expect(gateway.stderr).not.toContain('Pl4nted');
    expect(gateway.stdout).toBe('');
  });

  it('is one with a secret and no id', async () => {
    await using gateway = startProcess({ ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'Pl4nted' });
    expect(await gateway.ended).toBe(1);
    expect(gateway.stderr).toContain('ALIBABA_CLOUD_ACCESS_KEY_ID must be set as well');
    expect(gateway.stderr).not.toContain('Pl4nted');
  });

  it.each(['PORT', 'SANDBOX_PORT'])('is one whose %s is in use', async (name) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using gateway = startProcess({ [name]: String(port) });
    expect(await gateway.ended).toBe(1);
    expect(gateway.stderr).toBe(
      'The port is in use: set PORT (or SANDBOX_PORT, or METRICS_PORT) to another one, 0 for any.\n',
    );
    expect(gateway.stdout).toBe('');
    server.close();
  });

  it.each(['0.0.0.0', '::', 'models.example', '192.0.2.1'])(
    'is HOST=%s while nobody is asked who they are',
    async (host) => {
      await using gateway = startProcess({ HOST: host });
      expect(await gateway.ended).toBe(1);
      expect(gateway.stderr).toMatch(/HOST is not a loopback address.*ALLOW_UNAUTHENTICATED=1/);
    },
  );

  it('is not HOST=0.0.0.0 where that is wanted', async () => {
    await using gateway = startProcess({ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: '1' });
    const { port } = new URL(await gateway.origin());
    const sent = request({
      host: '127.0.0.1',
      port,
      path: '/graphql?query={__typename}',
      headers: { host: 'models.example' },
    });
    sent.end();
    const [answer] = await once(sent, 'response');
    expect(await text(answer)).toBe('{"data":{"__typename":"Query"}}');
  });

  it('is HOST with an address of another machine', async () => {
    await using gateway = startProcess({ HOST: '192.0.2.1', ALLOW_UNAUTHENTICATED: '1' });
    expect(await gateway.ended).toBe(1);
    expect(gateway.stderr).toBe('HOST (or METRICS_HOST) is not an address of this machine.\n');
  });
});

/** A process with a request under way that its backend has, and has not answered. */
async function withRequestUnderWay(sandbox: Sandbox, gateway: GatewayProcess, signal?: AbortSignal) {
  const origin = await gateway.origin();
  const answer = query(origin, COUNT, signal).catch((error: Error) => error.name);
  await expect.poll(() => sandbox.requests.length, { timeout: 10_000 }).toBe(1);
  return { origin, answer };
}

it('a promise that fails and that nobody waits for is logged, and ends nothing', SLOW, async () => {
  // Put together when it runs: a frame of the stack holds the module's whole text.
  const planted = `setTimeout(() => Promise.reject(new TypeError('no "' + ['sk', 'planted'].join('-') + '"')), 1)`;
  await using gateway = startProcess({}, [], {
    command: [
      '--import',
      `data:text/javascript,process.on('SIGUSR2',()=>{${encodeURIComponent(planted)}})`,
      'src/main.ts',
    ],
    cwd: process.cwd(),
  });
  const origin = await gateway.origin();
  gateway.child.kill('SIGUSR2');
  await gateway.printed(/"msg":"bug"/);
  expect(gateway.stderr).not.toContain('sk-planted');
  expect((await fetch(`${origin}/health`)).status).toBe(200);
});

it.each([
  ['head', 'POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
  [
    'body',
    'POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  ],
])('a request whose %s does not come within REQUEST_TIMEOUT_MS is given up', SLOW, async (_part, bytes) => {
  await using gateway = startProcess({ REQUEST_TIMEOUT_MS: '100' });
  const { port } = new URL(await gateway.origin());
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(bytes);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  expect(complaintsIn(gateway.stderr)).toEqual([]);
});

describe('the end', SLOW, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s waits for what is under way, and is not ready meanwhile',
    async (signal) => {
      await using sandbox = await startSandbox();
      sandbox.setFault('*', { kind: 'latency', ms: 1500 });
      await using gateway = startProcess(inFrontOf(sandbox));
      const { origin, answer } = await withRequestUnderWay(sandbox, gateway);
      let isAnswered = false;
      void answer.then(() => {
        isAnswered = true;
      });
      expect(await statusOf(origin, '/ready')).toBe(200);
      gateway.child.kill(signal);
      await expect.poll(() => statusOf(origin, '/ready')).toBe(503);
      expect([await statusOf(origin, '/health'), isAnswered]).toEqual([200, false]);
      expect(await answer).toEqual({ data: { models: { totalCount: 151 } } });
      expect(await gateway.ended).toBe(0);
      expect(await statusOf(origin, '/ready')).toBe('ECONNREFUSED');
      expect(complaintsIn(gateway.stderr)).toEqual([]);
    },
  );

  it('is at once where nothing is under way, whatever connections are open', async () => {
    await using gateway = startProcess();
    const origin = await gateway.origin();
    const agent = new Agent({ keepAlive: true });
    const sent = request(`${origin}/health`, { agent });
    sent.end();
    const [answer] = await once(sent, 'response');
    await text(answer);
    // Longer than what stands in front of it keeps one.
    expect(answer.headers['keep-alive']).toBe('timeout=65');
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    agent.destroy();
  });

  it('does not wait for a connection that was opened ahead of need', async () => {
    await using gateway = startProcess();
    const { port } = new URL(await gateway.origin());
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    // The process has it, once it has answered a connection that came behind it.
    expect(await statusOf(await gateway.origin(), '/health')).toBe(200);
    const closed = once(socket, 'close');
    gateway.child.kill('SIGTERM');
    // Requests under way would have 16 seconds to end.
    const late = AbortSignal.timeout(8_000);
    expect(await Promise.race([gateway.ended, once(late, 'abort').then(() => 'late')])).toBe(0);
    await closed;
  });

  it('leaves time to send requests elsewhere: it takes them for DRAIN_DELAY_MS, and ends their connections', async () => {
    await using sandbox = await startSandbox();
    sandbox.setFault('*', { kind: 'latency', ms: 500 });
    await using gateway = startProcess({ ...inFrontOf(sandbox), DRAIN_DELAY_MS: '1500' });
    const origin = await gateway.origin();
    const agent = new Agent({ keepAlive: true });
    const connectionAfter = async (path: string) => {
      const [answer] = await once(request(`${origin}${path}`, { agent }).end(), 'response');
      await text(answer);
      return answer.headers.connection;
    };
    expect(await connectionAfter('/health')).toBe('keep-alive');
    const underWay = connectionAfter(`/graphql?query=${encodeURIComponent(COUNT)}`);
    await expect.poll(() => sandbox.requests.length, { timeout: 10_000 }).toBe(1);
    gateway.child.kill('SIGTERM');
    await expect.poll(() => statusOf(origin, '/ready')).toBe(503);
    expect(await underWay).toBe('close');
    expect(await query(origin, COUNT)).toEqual({ data: { models: { totalCount: 151 } } });
    expect(await connectionAfter('/health')).toBe('close');
    expect(await gateway.ended).toBe(0);
    agent.destroy();
  });

  it('is at once with the second signal', async () => {
    await using sandbox = await startSandbox();
    sandbox.setFault('*', { kind: 'hang' });
    await using gateway = startProcess({ ...inFrontOf(sandbox), UPSTREAM_TIMEOUT_MS: '600000' });
    const { origin, answer } = await withRequestUnderWay(sandbox, gateway);
    gateway.child.kill('SIGINT');
    await expect.poll(() => statusOf(origin, '/ready')).toBe(503);
    gateway.child.kill('SIGINT');
    expect(await gateway.ended).toBe(1);
    expect(await answer).toBe('TypeError');
  });

  it('of a client ends its call upstream', async () => {
    await using sandbox = await startSandbox();
    sandbox.setFault('*', { kind: 'hang' });
    await using gateway = startProcess({ ...inFrontOf(sandbox), UPSTREAM_TIMEOUT_MS: '600000' });
    const leaving = new AbortController();
    const { origin, answer } = await withRequestUnderWay(sandbox, gateway, leaving.signal);
    expect(sandbox.requests[0]?.aborted).toBe(false);
    leaving.abort();
    expect(await answer).toBe('AbortError');
    await expect.poll(() => sandbox.requests[0]?.aborted, { timeout: 5_000 }).toBe(true);
    sandbox.clearFaults();
    expect(await query(origin, COUNT)).toEqual({ data: { models: { totalCount: 151 } } });
    expect(complaintsIn(gateway.stderr)).toEqual([]);
  });
});

describe('a log that nobody reads any more', SLOW, () => {
  it('stops nobody from being answered, nor the process from ending well', async () => {
    await using gateway = startProcess();
    const origin = await gateway.origin();
    gateway.child.stderr?.destroy();
    // More lines than are written at once.
    for (let sent = 0; sent < 40; sent += 1) {
      expect(await query(origin, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    }
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  });
});
