import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { callVendor, type RawCall, sendRaw } from './support/vendor-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.forgetRequests());
afterAll(() => sandbox.close());

type Fields = Readonly<Record<string, unknown>>;

async function answer(call: RawCall) {
  const response = await sendRaw(sandbox, call);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Fields };
}

async function refusal(call: RawCall) {
  const { status, body } = await answer(call);
  const { Code, Message, errCode, errMessage } = body;
  return { status, code: Code ?? errCode, message: Message ?? errMessage };
}

describe('routes', () => {
  it.each([
    ['an unknown path', { action: 'ListModels', path: '/api/v2/models' }, 404, 'InvalidApi.NotFound'],
    [
      'an unknown path below a model',
      { action: 'ListModels', path: '/api/v1/models/m/x/y/z' },
      404,
      'InvalidApi.NotFound',
    ],
    ['an empty id', { action: 'GetModel', path: '/api/v1/models/' }, 404, 'InvalidApi.NotFound'],
    ['a path that is not UTF-8', { action: 'GetModel', path: '/api/v1/models/%FF' }, 400, 'InvalidParameter'],
    [
      'another action than the route',
      { action: 'GetModel', path: '/api/v1/models' },
      404,
      'InvalidApi.NotFound',
    ],
    ['a method that is not taken', { action: 'ListModels', method: 'PATCH' }, 403, 'UnsupportedHTTPMethod'],
    ['RPC by GET', { action: 'DescribeGatewayList', method: 'GET' }, 403, 'UnsupportedHTTPMethod'],
    [
      'an RPC action that does not exist',
      { action: 'DescribeGatewayList', headers: { 'x-acs-action': 'DescribeNothing' } },
      403,
      'InvalidAction',
    ],
    [
      'Model Router with dashes in its version',
      { action: 'ModelRouterQueryModelList', headers: { 'x-acs-version': '2024-06-11' } },
      400,
      'NoSuchVersion',
    ],
    [
      'the version of another product',
      { action: 'ListModels', headers: { 'x-acs-version': '20240611' } },
      400,
      'NoSuchVersion',
    ],
  ] as const)('%s is refused', async (_title, call, status, code) => {
    expect(await refusal(call)).toMatchObject({ status, code });
  });

  it('answers in the gateway envelope before a product is reached, Model Router too', async () => {
    const { body } = await answer({ action: 'ModelRouterQueryModelList', headers: { 'x-acs-version': '1' } });
    expect(Object.keys(body).toSorted()).toEqual(['Code', 'HostId', 'Message', 'RequestId']);
    expect(body['HostId']).toBe(new URL(sandbox.url).host);
  });
});

describe('signatures', () => {
  it('are checked', async () => {
    const headersAfterSigning = { 'x-acs-credentials-provider': 'static_ak' };
    expect(await refusal({ action: 'ListModels', headersAfterSigning })).toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });

  it('are needed', async () => {
    const response = await fetch(`${sandbox.url}/api/v1/models`, {
      headers: { 'x-acs-action': 'ListModels', 'x-acs-version': '2021-02-04' },
    });
    expect(await response.json()).toMatchObject({ Code: 'MissingAccessKeyId' });
  });

  it('age by the clock of the sandbox', async () => {
    await using other = await startSandbox({ now: () => Date.parse('2030-01-01T00:00:00Z') });
    expect(await (await sendRaw(other, { action: 'ListModels' })).json()).toMatchObject({
      Code: 'InvalidTimeStamp.Expired',
    });
    const response = await sendRaw(other, {
      action: 'ListModels',
      nowMs: Date.parse('2030-01-01T00:14:00Z'),
    });
    expect(response.status).toBe(200);
  });

  it('need a fresh nonce for each attempt', async () => {
    const call = { action: 'ListModels', headers: { 'x-acs-signature-nonce': 'once' } };
    expect((await answer(call)).status).toBe(200);
    expect(await refusal(call)).toMatchObject({ status: 400, code: 'SignatureNonceUsed' });
  });

  it('do not take a plus sign for a space', async () => {
    const query = { ModelName: 'a+b c' };
    await answer({ action: 'ListModels', query });
    expect(sandbox.requests[0]).toMatchObject({
      query,
      rawUrl: '/api/v1/models?ModelName=a%2Bb%20c',
      status: 200,
    });
  });
});

describe('the Date header', () => {
  it('is of the clock of the sandbox, in answers and in refusals', async () => {
    await using other = await startSandbox({ now: () => Date.parse('2030-01-01T00:00:00.750Z') });
    for (const nowMs of [Date.parse('2030-01-01T00:00:00Z'), Date.now()]) {
      const { headers } = await sendRaw(other, { action: 'ListModels', nowMs });
      expect(headers.get('date')).toBe('Tue, 01 Jan 2030 00:00:00 GMT');
    }
  });
});

describe('bodies', () => {
  it('are taken in chunks', async () => {
    await callVendor(sandbox, 'CreateModel', { ModelName: 'chunked' });
    expect(sandbox.requests[0]?.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(sandbox.requests[0]?.bodyText).toBe('{"ModelName":"chunked"}');
  });

  it('may be absent from a POST', async () => {
    await callVendor(sandbox, 'DescribeGatewayList', { RegionId: 'cn-beijing' });
    expect(sandbox.requests[0]?.headers).toMatchObject({ 'content-length': '0' });
    expect(sandbox.requests[0]?.headers).not.toHaveProperty('content-type');
  });
});

describe('what is recorded', () => {
  it('is every request in order of arrival, as it was', async () => {
    await answer({ action: 'GetModel', path: '/api/v1/models/a%2Fb' });
    await answer({ action: 'DescribeGatewayList', query: { RegionId: '北京' } });
    await fetch(`${sandbox.url}/favicon.ico`);
    expect(sandbox.requests).toMatchObject([
      {
        product: 'aiworkspace',
        action: 'GetModel',
        method: 'GET',
        path: '/api/v1/models/a%2Fb',
        status: 404,
      },
      {
        product: 'polardb',
        action: 'DescribeGatewayList',
        method: 'POST',
        path: '/',
        query: { RegionId: '北京' },
      },
      { product: 'unknown', action: '', path: '/favicon.ico', status: 404, aborted: false },
    ]);
    sandbox.forgetRequests();
    expect(sandbox.requests).toEqual([]);
  });

  it('says when a client left early', async () => {
    await using other = await startSandbox();
    other.setFault('ListModels', { kind: 'hang' });
    const leaving = new AbortController();
    const attempt = sendRaw(other, { action: 'ListModels', signal: leaving.signal });
    await expect.poll(() => other.requests.length, { timeout: 5000 }).toBe(1);
    leaving.abort();
    await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => other.requests[0]?.aborted, { timeout: 5000 }).toBe(true);
    expect(other.requests[0]?.status).toBeNull();
  });
});
