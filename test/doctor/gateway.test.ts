import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { gatewayUrl } from '../../src/doctor/gateway.ts';
import { type ListeningGateway, openListening } from '../security/support/listening.ts';
import { closedUrl, diagnose, type Env, listen, only } from './support/doctor.ts';

/** What the doctor says of the gateway at an address; its own backends are well. */
async function gatewayAt(url: string, env: Env = {}) {
  const checks = await diagnose(env, { gatewayUrl: url });
  return checks.filter(({ subject }) => subject === 'gateway' || subject === 'drift');
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const BACKEND = {
  source: 'PAI',
  breaker: 'closed',
  retryAfterMs: 0,
  callsPerSecond: null,
  running: 0,
  queued: 0,
  lastError: null,
};

/** Answers `/ready` as a gateway in this state would. */
const stateServer = (backend: object, more: object = {}) =>
  listen((_request, response) => {
    response.end(JSON.stringify({ ready: true, backends: [{ ...BACKEND, ...backend }], ...more }));
  });

describe('a gateway that runs', () => {
  let gateway: ListeningGateway;
  beforeAll(async () => {
    gateway = await openListening();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('and is well is told of with a drift of none, and asked once', async () => {
    gateway.served.splice(0);
    expect(await gatewayAt(gateway.origin)).toEqual([
      {
        subject: 'gateway',
        title: 'gateway',
        mark: 'ok',
        finding: `runs at ${gateway.origin}`,
        facts: { url: gateway.origin, ready: true, running: 0, queued: 0 },
      },
      {
        subject: 'drift',
        title: 'drift',
        mark: 'ok',
        finding: 'none since start: answers are as documented',
        facts: { distinct: 0, top: [] },
      },
    ]);
    expect(gateway.served).toEqual(['GET 200']);
  });

  it('tells which permission it lacked, where the doctor itself was let in', async () => {
    await using other = await openListening();
    other.sandbox.setFault('aiworkspace:ListModels', {
      kind: 'answer',
      status: 403,
      bodyText: JSON.stringify({
        Code: 'NoPermission',
        AccessDeniedDetail: { AuthAction: 'paimodel:ListModels' },
      }),
    });
    await other.query('{ paiModels(first: 1) { totalCount } }');
    const [, trouble] = await gatewayAt(other.origin);
    expect(trouble).toMatchObject({
      subject: 'gateway',
      source: 'PAI',
      mark: 'fail',
      finding: expect.stringMatching(
        /^PAI last failed \d s ago with FORBIDDEN: the permission paimodel:ListModels is missing$/,
      ),
      hint: expect.stringContaining('"Action":["paimodel:ListModels"]'),
      facts: { lastError: { code: 'FORBIDDEN', missingPermission: 'paimodel:ListModels' } },
    });
  });

  it('tells of an open breaker', async () => {
    await using other = await openListening({
      breaker: {
        failuresInARow: 1,
        windowCalls: 20,
        windowMs: 10_000,
        failureShare: 0.5,
        pauseMs: 60_000,
        longestPauseMs: 60_000,
      },
    });
    other.sandbox.setFault('aiworkspace:ListModels', { kind: 'error', status: 500, code: 'InternalError' });
    await other.query('{ paiModels(first: 1) { totalCount } }');
    const [ready, trouble] = await gatewayAt(other.origin);
    expect(ready).toMatchObject({ mark: 'ok' });
    expect(trouble).toMatchObject({
      source: 'PAI',
      mark: 'fail',
      finding: expect.stringMatching(
        /^does not ask PAI for another \d+ ms, since it failed too often; last failed \d s ago with UPSTREAM_ERROR$/,
      ),
      hint: expect.stringMatching(/^The doctor was let in just now/),
    });
  });

  it('tells where answers drifted since it started, the most frequent first', async () => {
    await using other = await openListening();
    const rows = (models: readonly object[]) =>
      JSON.stringify({ RequestId: 'R-1', TotalCount: models.length, Models: models });
    const odd = { ModelId: 'model-1', ModelName: 'a', GmtCreateTime: 'yesterday', ParameterSize: 'big' };
    other.sandbox.setFault('aiworkspace:ListModels', {
      kind: 'answer',
      status: 200,
      bodyText: rows([odd, { ...odd, ModelId: 'model-2', ParameterSize: 1 }]),
    });
    await other.query('{ paiModels(first: 2) { nodes { name createdAt parameterSize } } }');
    const drift = (await gatewayAt(other.origin)).find(({ subject }) => subject === 'drift');
    const row = { source: 'PAI', operation: 'ListModels', kind: 'odd' };
    expect(drift).toMatchObject({
      mark: 'warn',
      finding: expect.stringMatching(
        /^since start \d+ fields not as documented: PAI ListModels GmtCreateTime \(odd, 2×\), PAI ListModels ParameterSize \(odd, 1×\)/,
      ),
      hint: expect.stringContaining('null'),
    });
    const top = drift?.facts?.['top'] as readonly object[] | undefined;
    expect(top?.slice(0, 2)).toEqual([
      { ...row, field: 'GmtCreateTime', count: 2 },
      { ...row, field: 'ParameterSize', count: 1 },
    ]);
  });

  it('that drains is warned about', async () => {
    await using other = await openListening();
    other.gateway.drain();
    expect((await gatewayAt(other.origin))[0]).toMatchObject({
      mark: 'warn',
      finding: expect.stringContaining('about to stop'),
    });
  });
});

describe('what a gateway says of a backend', () => {
  it.each<[string, object, string | undefined, RegExp]>([
    ['all is well', {}, undefined, /./],
    ['it failed long ago', { lastError: { code: 'UPSTREAM_TIMEOUT', at: minutesAgo(11) } }, undefined, /./],
    [
      'it failed just now',
      { lastError: { code: 'UNAUTHENTICATED', at: minutesAgo(1) } },
      'warn',
      /^PAI last failed 6\d s ago with UNAUTHENTICATED$/,
    ],
    ['it tries again', { breaker: 'half-open' }, 'warn', /^tries whether PAI is back/],
    ['it is paced', { callsPerSecond: 2.5 }, 'warn', /^asks PAI for no more than 2\.5 calls a second/],
  ])('%s', async (_what, backend, mark, finding) => {
    await using server = await stateServer(backend);
    const trouble = (await gatewayAt(server.url)).find(({ source }) => source === 'PAI');
    expect(trouble?.mark).toBe(mark);
    if (trouble !== undefined) {
      expect(trouble.finding).toMatch(finding);
      expect(trouble.hint).toMatch(/.{20}/);
    }
  });

  it('drift of another kind than what is lost is no warning, and rows that are left out are counted', async () => {
    const row = { source: 'PAI', operation: 'ListModels', field: 'New', kind: 'unknown', count: 3 };
    const top = Array.from({ length: 7 }, (_, index) => ({ ...row, field: `New${index}` }));
    await using server = await stateServer({}, { drift: { distinct: 30, top } });
    const drift = (await gatewayAt(server.url)).find(({ subject }) => subject === 'drift');
    expect(drift).toMatchObject({
      mark: 'ok',
      finding: expect.stringMatching(/^since start 30 fields .*New4 \(unknown, 3×\) and 25 more$/),
    });
  });

  it('says why it knows of no drift where the gateway tells none', async () => {
    await using server = await stateServer({}, { drift: undefined });
    const drift = (await gatewayAt(server.url)).find(({ subject }) => subject === 'drift');
    expect(drift).toMatchObject({ mark: 'skip', finding: expect.stringMatching(/^not told: .*loopback/) });
  });
});

describe('no gateway', () => {
  it('where one would listen is no fault', async () => {
    const url = await closedUrl();
    const { hostname, port } = new URL(url);
    const checks = await diagnose({ HOST: hostname, PORT: port });
    expect(only(checks, 'gateway')).toMatchObject({ mark: 'skip', finding: `none runs at ${url}` });
  });

  it('where --url says that one runs is a fault', async () => {
    const url = await closedUrl();
    expect(await gatewayAt(url)).toMatchObject([
      {
        mark: 'fail',
        finding: `none can be reached at ${url}`,
        hint: expect.stringContaining('--url'),
      },
    ]);
  });

  it('is looked for where the port is any', async () => {
    const checks = await diagnose({ PORT: '0' });
    expect(only(checks, 'gateway')).toMatchObject({
      mark: 'skip',
      finding: expect.stringContaining('--url'),
    });
  });

  it.each([
    ['another server', 'hello', 200],
    ['JSON of another kind', '{"status":"UP"}', 200],
    ['a gateway that refuses the name', '{"errors":[]}', 403],
    ['a state that is none', '{"ready":"yes","backends":[]}', 200],
    ['a name that is a sentence', '{"ready":true,"backends":[{"source":"your secret is Pl4nted"}]}', 200],
  ])('but %s is warned about', async (_what, body, status) => {
    await using server = await listen((_request, response) => response.writeHead(status).end(body));
    const found = await gatewayAt(server.url);
    expect(found).toMatchObject([
      { mark: 'warn', finding: expect.stringContaining('not as a gateway does') },
    ]);
    expect(JSON.stringify(found)).not.toContain('Pl4nted');
  });

  it('but something that breaks off is warned about', async () => {
    await using server = await listen((_request, response) => response.destroy());
    expect(await gatewayAt(server.url)).toMatchObject([{ mark: 'warn' }]);
  });

  it('that takes connections and says nothing is a fault, after three seconds', async () => {
    await using server = await listen(() => undefined);
    expect(await gatewayAt(server.url)).toMatchObject([
      { mark: 'fail', finding: expect.stringMatching(/does not answer within 3000 ms$/) },
    ]);
  }, 10_000);
});

describe('its address', () => {
  const open = { ALLOW_UNAUTHENTICATED: '1' };
  it.each<[Env, string | undefined]>([
    [{}, 'http://127.0.0.1:4000'],
    [{ PORT: '81' }, 'http://127.0.0.1:81'],
    [{ PORT: '0' }, undefined],
    [{ HOST: 'localhost' }, 'http://localhost:4000'],
    [{ HOST: '::1' }, 'http://[::1]:4000'],
    [{ HOST: '0.0.0.0', ...open }, 'http://127.0.0.1:4000'],
    [{ HOST: '::', ...open }, 'http://[::1]:4000'],
    [{ HOST: 'gateway.internal', ...open }, 'http://gateway.internal:4000'],
  ])('with %j is %s', (env, url) => {
    expect(gatewayUrl(readConfig(env))?.origin).toBe(url);
  });
});
