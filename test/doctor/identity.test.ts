import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { reasonToSkipIdentity } from '../../src/doctor/identity.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { NonceMemory, verifySignature } from '../../src/sandbox/verify-signature.ts';
import { closedUrl, diagnose, type Env, inFrontOf, listen, only } from './support/doctor.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const USER = {
  RequestId: 'R-1',
  IdentityType: 'RAMUser',
  AccountId: '196813200012',
  PrincipalId: '28877424437521',
  UserId: '216959339000',
  Arn: 'acs:ram::196813200012:user/gateway',
};

/** An STS that knows the sandbox's key, and judges the signature by the sandbox's own reading of the vendor's page. */
function sts(seen: string[], answer: unknown = USER): RequestListener {
  const nonces = new NonceMemory();
  const verify = async (message: IncomingMessage) => {
    const { method = '', url = '/' } = message;
    const headers = message.headers as Record<string, string>;
    const { pathname: path, searchParams } = new URL(url, 'http://sts.example');
    seen.push(`${method} ${url} ${headers['x-acs-action']} ${headers['x-acs-version']}`);
    verifySignature(
      { method, path, query: [...searchParams], headers, body: await buffer(message) },
      { secretOf: () => sandbox.credentials.accessKeySecret, nonces, nowMs: Date.now() },
    );
  };
  return (message, response) => {
    verify(message).then(
      () => response.end(JSON.stringify(answer)),
      (error: { httpStatus: number; code: string }) =>
        response.writeHead(error.httpStatus).end(JSON.stringify({ Code: error.code, Message: 'No.' })),
    );
  };
}

async function identityBy(listener: RequestListener, env: Env = {}) {
  await using server = await listen(listener);
  return only(await diagnose({ ...inFrontOf(sandbox), STS_ENDPOINT: server.url, ...env }), 'identity');
}

describe('the identity that the keys belong to', () => {
  it('is what STS says to a signed GetCallerIdentity', async () => {
    const seen: string[] = [];
    expect(await identityBy(sts(seen))).toMatchObject({
      mark: 'ok',
      finding: 'RAM user acs:ram::196813200012:user/gateway, account 196813200012',
      facts: { accountId: '196813200012', arn: 'acs:ram::196813200012:user/gateway', type: 'RAMUser' },
    });
    expect(seen).toEqual(['POST / GetCallerIdentity 2015-04-01']);
  });

  it.each([
    ['Account', 'acs:ram::196813200012:root', /^the account itself, which may do everything acs:ram::/],
    ['AssumedRoleUser', 'acs:ram::196813200012:assumed-role/reader/session-1', /^RAM role acs:ram::/],
    ['SomethingNew', 'acs:sts::196813200012:x/y', /^identity acs:sts::/],
    [undefined, 'acs:ram::196813200012:user/a', /^identity acs:ram::/],
  ])('may be of the type %s', async (IdentityType, Arn, finding) => {
    const check = await identityBy(sts([], { ...USER, IdentityType, Arn }));
    expect(check).toMatchObject({ mark: 'ok', finding: expect.stringMatching(finding) });
  });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['no identifier', { ...USER, Arn: undefined }],
    ['a sentence in place of one', { ...USER, Arn: 'your token is Pl4nted, friend' }],
    ['a number in place of an account', { ...USER, AccountId: 196813200012 }],
    ['a list', []],
  ])('is not known where STS answers with %s', async (_what, answer) => {
    const check = await identityBy(sts([], answer));
    expect(check).toMatchObject({
      mark: 'warn',
      finding: expect.stringMatching(/^not known.*cannot be read/),
    });
    expect(JSON.stringify(check)).not.toContain('Pl4nted');
  });

  it('is a fault where STS refuses the key', async () => {
    const env = { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'another-secret-than-the-right-one' };
    expect(await identityBy(sts([]), env)).toMatchObject({
      mark: 'fail',
      finding: 'STS says that the signature does not match (HTTP 400, SignatureDoesNotMatch)',
      hint: expect.stringContaining('secret'),
    });
  });

  it.each<[string, () => Promise<string>]>([
    ['refuses connections', closedUrl],
    ['has no address', async () => `http://${'x'.repeat(64)}.invalid`],
  ])('is only not known where STS %s: the gateway does without', async (_what, url) => {
    const check = only(await diagnose({ ...inFrontOf(sandbox), STS_ENDPOINT: await url() }), 'identity');
    expect(check).toMatchObject({
      mark: 'warn',
      finding: expect.stringMatching(/^not known, STS could not be asked: /),
      hint: expect.stringMatching(/does not need STS.*STS_ENDPOINT/),
    });
  });

  it('is only not known where STS fails', async () => {
    const check = await identityBy((_message, response) => response.writeHead(503).end('{}'));
    expect(check).toMatchObject({ mark: 'warn', finding: expect.stringContaining('HTTP 503') });
  });

  it('is not asked of the sandbox, whatever is set', async () => {
    const seen: string[] = [];
    await using server = await listen(sts(seen));
    const checks = await diagnose({ UPSTREAM: 'sandbox', STS_ENDPOINT: server.url });
    expect(only(checks, 'identity')).toMatchObject({
      mark: 'skip',
      finding: expect.stringContaining('sandbox'),
    });
    expect(seen).toEqual([]);
  });

  it('is asked of the cloud with keys and no endpoint of its own', () => {
    const keys = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
    expect(reasonToSkipIdentity(readConfig(keys))).toBeUndefined();
    expect(reasonToSkipIdentity(readConfig({ UPSTREAM: 'alibaba' }))).toBeUndefined();
  });

  it('is not asked where an endpoint leads elsewhere, and no STS is named', async () => {
    expect(only(await diagnose(inFrontOf(sandbox)), 'identity')).toMatchObject({
      mark: 'skip',
      finding: expect.stringMatching(/_ENDPOINT leads elsewhere.*set STS_ENDPOINT to ask$/),
    });
  });
});
