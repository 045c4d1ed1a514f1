import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { backends } from '../../src/backends/index.ts';
import { readConfig } from '../../src/config.ts';
import { deadlinesOf, openCalls } from '../../src/doctor/calls.ts';
import { type Sandbox, type SandboxFault, startSandbox } from '../../src/sandbox/index.ts';
import { Credentials, staticCredentials } from '../../src/transport/credentials.ts';
import { closedUrl, diagnose, type Env, everywhere, inFrontOf, listen, only } from './support/doctor.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => {
  sandbox.clearFaults();
  sandbox.forgetRequests();
});

const PROBES = [
  ['MODEL_ROUTER', 'aicontent:ModelRouterQueryModelList'],
  ['PAI', 'aiworkspace:ListModels'],
  ['AI_GATEWAY', 'polardb:DescribeGatewayList'],
] as const;

const refusal = (status: number, code: string, more: object = {}): SandboxFault => ({
  kind: 'answer',
  status,
  bodyText: JSON.stringify({ RequestId: 'R-1', HostId: 'h', Code: code, Message: 'No.', ...more }),
});

/** Diagnoses with PAI struck by a fault. */
async function struck(fault: SandboxFault, env: Env = {}, times?: number) {
  sandbox.setFault('aiworkspace:ListModels', fault, times === undefined ? {} : { times });
  const checks = await diagnose({ ...inFrontOf(sandbox), ...env });
  return only(checks, 'backend', 'PAI');
}

describe('a backend that answers', () => {
  it('is ok, with the operation and the middle one of three times', async () => {
    const checks = await diagnose(inFrontOf(sandbox));
    expect(checks.filter(({ mark }) => mark === 'fail' || mark === 'warn')).toEqual([]);
    for (const [source, name] of PROBES) {
      const operation = name.split(':')[1];
      expect(only(checks, 'backend', source)).toMatchObject({
        mark: 'ok',
        finding: expect.stringMatching(new RegExp(`^answered ${operation} in \\d+ ms$`)),
        facts: { operation, reads: 3, attempts: 3, latencyMs: expect.any(Number), error: null },
      });
    }
  });

  it('was asked for one page three times, and for nothing else', async () => {
    await diagnose(inFrontOf(sandbox));
    const asked = sandbox.requests.map(({ product, action, status }) => `${product}:${action} ${status}`);
    expect(asked.toSorted()).toEqual(PROBES.flatMap(([, name]) => Array(3).fill(`${name} 200`)).toSorted());
  });

  it('one slow answer among three does not count', async () => {
    const check = await struck({ kind: 'latency', ms: 1_000 }, {}, 1);
    expect(check).toMatchObject({ mark: 'ok' });
    expect(check.facts?.['latencyMs']).toBeLessThan(900);
  });

  it('slowly is warned about where reads come close to their deadline', async () => {
    const check = await struck({ kind: 'latency', ms: 800 }, { UPSTREAM_ATTEMPT_TIMEOUT_MS: '1500' });
    expect(check).toMatchObject({
      mark: 'warn',
      finding: expect.stringMatching(/^answered ListModels in \d+ ms: an attempt has 1500 ms$/),
      hint: expect.stringContaining('UPSTREAM_ATTEMPT_TIMEOUT_MS'),
    });
  });

  it('only when asked again is warned about: a retry hides nothing', async () => {
    const check = await struck({ kind: 'reset', when: 'before' }, {}, 1);
    expect(check).toMatchObject({
      mark: 'warn',
      finding: expect.stringMatching(/^answered .*, but 1 of 4 attempts failed: the connection to .* broke/),
      facts: { reads: 3, attempts: 4 },
    });
  });

  it('not every time is told as it failed', async () => {
    let seen = 0;
    sandbox.setFault(
      'aiworkspace:ListModels',
      refusal(400, 'InvalidAccessKeyId.Inactive'),
      // The third read and all that may follow.
      { match: () => ++seen > 2 },
    );
    const check = only(await diagnose(inFrontOf(sandbox)), 'backend', 'PAI');
    expect(check).toMatchObject({
      mark: 'fail',
      finding: expect.stringMatching(/is disabled.*; at read 3, after 2 that were answered$/),
      facts: { reads: 2, latencyMs: expect.any(Number), error: { code: 'UNAUTHENTICATED' } },
    });
  });
});

describe('keys that are not accepted', () => {
  it.each<[number, string, RegExp, RegExp]>([
    [404, 'InvalidAccessKeyId.NotFound', /does not know the access key id/, /typing error.*STS\./],
    [400, 'InvalidAccessKeyId.Inactive', /access key is disabled/, /Enable it/],
    [400, 'MissingAccessKeyId', /does not know the access key id/, /typing error/],
    [403, 'SignatureDoesNotMatch', /signature does not match/, /secret does not belong to the access key id/],
    [400, 'IncompleteSignature', /signature does not match/, /secret/],
    [400, 'InvalidSecurityToken.Expired', /security token has expired/, /Get a new set/],
    [403, 'SecurityTokenExpired', /security token has expired/, /Get a new set/],
    [400, 'InvalidSecurityToken.Malformed', /does not accept the security token/, /set all three anew/],
    [401, 'SomethingNew', /did not accept the gateway's credentials/, /Set the access key id/],
  ])('%i %s', async (status, code, finding, hint) => {
    const check = await struck(refusal(status, code));
    expect(check).toMatchObject({
      mark: 'fail',
      finding: expect.stringMatching(finding),
      hint: expect.stringMatching(hint),
      facts: {
        attempts: 1,
        error: { code: 'UNAUTHENTICATED', upstreamCode: code, httpStatus: status, requestId: 'R-1' },
        missingPermission: null,
      },
    });
    expect(check.finding).toContain(`(HTTP ${status}, ${code})`);
  });

  it('are told of at every backend, as the cloud does', async () => {
    const checks = await diagnose({
      ...inFrontOf(sandbox),
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'another-secret-than-the-right-one',
    });
    for (const [source] of PROBES) {
      expect(only(checks, 'backend', source)).toMatchObject({
        mark: 'fail',
        facts: { error: { upstreamCode: 'SignatureDoesNotMatch' } },
      });
    }
  });
});

describe('a missing permission', () => {
  const detail = (more: object) => ({
    AccessDeniedDetail: { AuthAction: 'paimodel:ListAllModels', ...more },
  });
  const policy = (action: string) => ({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: [action], Resource: ['*'] }],
  });

  it('is named as the backend names it, with the policy that grants it', async () => {
    const action = 'paimodel:ListAllModels';
    expect(await struck(refusal(403, 'NoPermission', detail({})))).toMatchObject({
      mark: 'fail',
      finding: `the permission ${action} is missing (HTTP 403, NoPermission: "No.")`,
      hint: `Attach a policy to this identity in the RAM console: ${JSON.stringify(policy(action))}`,
      facts: {
        error: { code: 'FORBIDDEN' },
        missingPermission: { action, isNamedByBackend: true, policy: policy(action) },
      },
    });
  });

  it.each([
    ['MODEL_ROUTER', 'aicontent:ModelRouterQueryModelList', 'aicontent:ModelRouterQueryModelList'],
    ['PAI', 'aiworkspace:ListModels', 'paimodel:ListModels'],
    ['AI_GATEWAY', 'polardb:DescribeGatewayList', 'polardb:DescribeGatewayList'],
  ])(
    'of %s is named by its documentation where the backend does not name it',
    async (source, operation, action) => {
      sandbox.setFault(operation, { kind: 'error', status: 403, code: 'Forbidden.RAM' });
      expect(only(await diagnose(inFrontOf(sandbox)), 'backend', source)).toMatchObject({
        mark: 'fail',
        finding: expect.stringMatching(
          new RegExp(
            `^the permission ${action} is missing, by its documentation \\(the backend does not say\\)`,
          ),
        ),
        hint: expect.stringContaining(JSON.stringify(policy(action))),
        facts: { missingPermission: { action, isNamedByBackend: false } },
      });
    },
  );

  it('is documented for workspaces under a name of their own', () => {
    const pai = backends.find(({ source }) => source === 'PAI');
    expect(pai?.permissionFor?.('ListWorkspaces')).toBe('paiworkspace:ListWorkspaces');
    expect(pai?.permissionFor?.('CreateModel')).toBe('paimodel:CreateModel');
  });

  it('that a policy denies outright is not mended by one that allows it', async () => {
    const check = await struck(refusal(403, 'NoPermission', detail({ NoPermissionType: 'ExplicitDeny' })));
    expect(check.finding).toMatch(/^a policy denies paimodel:ListAllModels/);
    expect(check.hint).toMatch(/^Take the Deny .* out/);
  });

  it.each([
    ['InsufficientBalance', /arrears/],
    ['Forbidden.RiskControl', /risk control/],
    ['Forbidden.UserVerification', /prove/],
    ['Forbedden.NotSupportRAM', /key of the account itself/],
  ])('is not what %s means', async (code, hint) => {
    expect(await struck(refusal(403, code))).toMatchObject({
      mark: 'fail',
      finding: expect.stringContaining(code),
      hint: expect.stringMatching(hint),
      facts: { error: { code: 'FORBIDDEN' }, missingPermission: null },
    });
  });
});

describe('a backend that fails', () => {
  it.each<[string, SandboxFault, 'warn' | 'fail', string, number, RegExp]>([
    [
      'throttles',
      { kind: 'throttle' },
      'warn',
      'RATE_LIMITED',
      3,
      /takes no more requests.*Throttling\.User/,
    ],
    [
      'is down',
      { kind: 'error', status: 503, code: 'ServiceUnavailable' },
      'fail',
      'UPSTREAM_UNAVAILABLE',
      3,
      /not available.*ServiceUnavailable/,
    ],
    [
      'fails by itself',
      { kind: 'error', status: 500, code: 'InternalError' },
      'fail',
      'UPSTREAM_ERROR',
      2,
      /failed by itself.*InternalError/,
    ],
    [
      'resets',
      { kind: 'reset', when: 'before' },
      'fail',
      'UPSTREAM_UNAVAILABLE',
      3,
      /connection to .* broke/,
    ],
    ['cuts its answer', { kind: 'cutBody' }, 'fail', 'UPSTREAM_ERROR', 2, /cannot be read/],
    [
      'answers a page',
      { kind: 'answer', status: 200, bodyText: '<html>Log in' },
      'fail',
      'UPSTREAM_ERROR',
      2,
      /cannot be read \(HTTP 200\)/,
    ],
    [
      'redirects',
      { kind: 'answer', status: 302, headers: { location: 'https://x.example' }, bodyText: '' },
      'fail',
      'UPSTREAM_ERROR',
      1,
      /HTTP 302/,
    ],
    [
      'does not know the operation',
      refusal(404, 'InvalidApi.NotFound'),
      'fail',
      'UPSTREAM_ERROR',
      1,
      /refused ListModels.*InvalidApi\.NotFound/,
    ],
    [
      'does not know the version',
      refusal(400, 'NoSuchVersion'),
      'fail',
      'UPSTREAM_ERROR',
      1,
      /refused ListModels/,
    ],
    ['refuses a value', refusal(400, 'InvalidParameter'), 'fail', 'BAD_USER_INPUT', 1, /refused ListModels/],
    ['refuses a state', refusal(409, 'Conflict'), 'fail', 'CONFLICT', 1, /refused ListModels/],
    ['does not find', refusal(404, 'ModelNotFound'), 'fail', 'NOT_FOUND', 1, /refused ListModels/],
    [
      'saw the nonce',
      refusal(400, 'SignatureNonceUsed'),
      'fail',
      'UNAUTHENTICATED',
      2,
      /saw the request before/,
    ],
    [
      'times out by its own word',
      { kind: 'answer', status: 504, bodyText: '{}' },
      'fail',
      'UPSTREAM_TIMEOUT',
      3,
      /gave no answer \(HTTP 504\)/,
    ],
  ])('and %s', async (_what, fault, mark, code, attempts, finding) => {
    const check = await struck(fault);
    expect(check).toMatchObject({
      mark,
      finding: expect.stringMatching(finding),
      hint: expect.stringMatching(/.{20}/),
      facts: { reads: 0, attempts, latencyMs: null, error: { code } },
    });
    if (attempts > 1) expect(check.finding).toContain(`; ${attempts} attempts`);
  });

  it('says nothing of the others', async () => {
    sandbox.setFault('aiworkspace:ListModels', { kind: 'error', status: 500, code: 'InternalError' });
    const checks = await diagnose(inFrontOf(sandbox));
    expect(checks.filter(({ mark }) => mark === 'fail').map(({ source }) => source)).toEqual(['PAI']);
  });

  it.each<SandboxFault>([{ kind: 'hang' }, { kind: 'drip', everyMs: 20 }])(
    'by a $kind is given up after its deadline, as the others are not',
    async (fault) => {
      const check = await struck(fault, { UPSTREAM_TIMEOUT_MS: '400' });
      expect(check).toMatchObject({ mark: 'fail', facts: { attempts: 2 } });
      expect(check.finding).toMatch(
        fault.kind === 'hang' ? /gave no answer within 200 ms/ : /cannot be read/,
      );
    },
  );

  it('is waited for as the gateway would, but never for longer than a person would', () => {
    const deadlines = (env: Env) => deadlinesOf(readConfig(env));
    expect(deadlines({})).toEqual({ timeoutMs: 10_000, attemptMs: 5_000 });
    expect(deadlines({ UPSTREAM_TIMEOUT_MS: '900' })).toEqual({ timeoutMs: 900, attemptMs: 450 });
    expect(deadlines({ UPSTREAM_TIMEOUT_MS: '600000', UPSTREAM_ATTEMPT_TIMEOUT_MS: '500000' })).toEqual({
      timeoutMs: 10_000,
      attemptMs: 5_000,
    });
  });
});

it('a probe that would write is not sent', () => {
  const clock = { now: Date.now, nonce: () => 'n', monotonicMs: () => 0, random: () => 0 };
  const { link } = openCalls(
    { source: 'PAI', title: 'PAI', endpoint: new URL(sandbox.url) },
    readConfig({}),
    staticCredentials(new Credentials('id', 'secret'), 'the test'),
    clock,
  );
  expect(() => link.authorise('write')).toThrow('only reads');
  expect(() => link.authorise('read')).not.toThrow();
});

describe('a backend that cannot be reached', () => {
  const keys = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI-of-nobody-at-all',
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'of-nobody',
  };
  const at = async (url: string) => only(await diagnose({ ...keys, ...everywhere(url) }), 'backend', 'PAI');

  it('because nothing listens', async () => {
    const url = await closedUrl();
    expect(await at(url)).toMatchObject({
      mark: 'fail',
      finding: `${new URL(url).host} refuses connections (ECONNREFUSED); 3 attempts`,
      hint: 'Nothing listens there. Look for a typing error in PAI_ENDPOINT.',
      facts: { endpoint: url, error: { code: 'UPSTREAM_UNAVAILABLE', networkCode: 'ECONNREFUSED' } },
    });
  });

  it('because its name has no address', async () => {
    // A label of more than 63 letters, which no resolver takes.
    const check = await at(`http://${'x'.repeat(64)}.invalid`);
    expect(check).toMatchObject({
      mark: 'fail',
      finding: expect.stringMatching(/x\.invalid (has no address|could not)/),
    });
  });

  it('because it does not speak TLS', async () => {
    await using plain = await listen((_request, response) => response.end('{}'));
    const check = await at(plain.url.replace('http:', 'https:'));
    expect(check).toMatchObject({
      mark: 'fail',
      finding: expect.stringMatching(/does not speak TLS \((EPROTO|ERR_SSL_\w+)\)$/),
      hint: expect.stringContaining('scheme and port of PAI_ENDPOINT'),
      facts: { attempts: 1, error: { code: 'UPSTREAM_UNAVAILABLE' } },
    });
  });
});
