import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { callVendor, sendRaw } from './support/vendor-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ data: 'empty' });
});
beforeEach(() => sandbox.forgetRequests());
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.close());

const PATIENTLY = { timeout: 5000 };

async function modelsNamed(name: string): Promise<unknown> {
  return (await callVendor(sandbox, 'ListModels', { ModelName: name })).body['TotalCount'];
}

const create = (name: string) =>
  sendRaw(sandbox, { action: 'CreateModel', bodyText: JSON.stringify({ ModelName: name }) });

describe('each kind of fault', () => {
  it('latency answers late, and goes together with another fault', async () => {
    sandbox.setFault('CreateModel', { kind: 'latency', ms: 30 });
    sandbox.setFault('CreateModel', { kind: 'error', status: 503, code: 'ServiceUnavailable' }, { times: 1 });
    const started = performance.now();
    expect((await create('late')).status).toBe(503);
    expect((await create('late')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(58);
  });

  it('latency goes on to act when the client has left', async () => {
    const leaving = new AbortController();
    const arrived = Promise.withResolvers<void>();
    const match = () => {
      arrived.resolve();
      return true;
    };
    sandbox.setFault('CreateModel', { kind: 'latency', ms: 200 }, { times: 1, match });
    const attempt = sendRaw(sandbox, {
      action: 'CreateModel',
      bodyText: '{"ModelName":"abandoned"}',
      signal: leaving.signal,
    });
    await arrived.promise;
    leaving.abort();
    await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => modelsNamed('abandoned'), PATIENTLY).toBe(1);
    expect(sandbox.requests[0]).toMatchObject({ status: null, aborted: true });
  });

  it('hang never answers nor acts, and does not keep the sandbox from closing', async () => {
    const other = await startSandbox({ data: 'empty' });
    other.setFault('ListModels', { kind: 'hang' });
    const attempt = expect(sendRaw(other, { action: 'ListModels' })).rejects.toThrow();
    await expect.poll(() => other.requests.length, PATIENTLY).toBe(1);
    await other.close();
    await attempt;
    expect(other.requests[0]).toMatchObject({ status: null, aborted: false });
    await other.close();
  });

  it('latency does not keep the sandbox from closing', async () => {
    const other = await startSandbox({ data: 'empty' });
    other.setFault('*', { kind: 'latency', ms: 3_600_000 });
    const attempt = expect(sendRaw(other, { action: 'ListModels' })).rejects.toThrow();
    await expect.poll(() => other.requests.length, PATIENTLY).toBe(1);
    await other.close();
    await attempt;
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('reset %s acting leaves %i models', async (when, count) => {
    sandbox.setFault('CreateModel', { kind: 'reset', when }, { times: 1 });
    const name = `reset ${when}`;
    await expect(create(name)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(await modelsNamed(name)).toBe(count);
    expect(sandbox.requests[0]).toMatchObject({ status: null, aborted: false });
  });

  it('cutBody acts and sends half of the answer', async () => {
    sandbox.setFault('CreateModel', { kind: 'cutBody' }, { times: 1 });
    const response = await create('cut');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(await modelsNamed('cut')).toBe(1);
    expect(sandbox.requests[0]).toMatchObject({ status: null, aborted: false });
  });

  it('answer is verbatim: HTML, nothing at all, a redirect', async () => {
    const answers = [
      { status: 502, headers: { 'content-type': 'text/html' }, bodyText: '<html>Bad Gateway</html>' },
      { status: 503, bodyText: '' },
      { status: 302, headers: { Location: 'http://127.0.0.1:1/' }, bodyText: '' },
    ];
    for (const expected of answers)
      sandbox.setFault('CreateModel', { kind: 'answer', ...expected }, { times: 1 });
    for (const { status, headers, bodyText } of answers) {
      const response = await create('verbatim');
      expect({ status: response.status, bodyText: await response.text() }).toEqual({ status, bodyText });
      for (const [name, value] of Object.entries(headers ?? {}))
        expect(response.headers.get(name)).toBe(value);
    }
    expect(await modelsNamed('verbatim')).toBe(0);
  });

  it.each([
    [
      'ModelRouterQueryModelList',
      {},
      { success: false, errCode: 'Busy', errMessage: 'now', httpStatusCode: 500, data: null },
    ],
    ['ListModels', {}, { Code: 'Busy', Message: 'now' }],
    ['DescribeGatewayList', { RegionId: 'cn-beijing' }, { Code: 'Busy', Message: 'now' }],
  ])('error comes in the envelope of %s', async (action, query, expected) => {
    const headers = { 'retry-after': '3' };
    sandbox.setFault('*', { kind: 'error', status: 500, code: 'Busy', message: 'now', headers });
    const response = await sendRaw(sandbox, { action, query });
    expect(response.status).toBe(500);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toMatchObject(expected);
  });

  it('throttle is Throttling.User as the vendor client understands it', async () => {
    sandbox.setFault('*', { kind: 'throttle', retryAfterMs: 1500 });
    const attempt = callVendor(sandbox, 'ModelRouterQueryModelList');
    await expect(attempt).rejects.toMatchObject({
      code: 'Throttling.User',
      statusCode: 400,
      retryAfter: 1500,
    });
  });
});

describe('where a fault strikes', () => {
  const FAULT = { kind: 'error', status: 500, code: 'InternalError' } as const;
  const status = async (action: string, path?: string) =>
    (await sendRaw(sandbox, { action, ...(path && { path }) })).status;

  it('only at its action, in either form', async () => {
    sandbox.setFault('aiworkspace:ListModels', FAULT);
    expect(await status('ListModels')).toBe(500);
    expect(await status('ModelRouterQueryModelList')).toBe(200);
    sandbox.setFault('aicontent:ListModels', FAULT);
    expect(await status('ModelRouterQueryModelList')).toBe(200);
    sandbox.setFault('ModelRouterQueryModelList', FAULT);
    expect(await status('ModelRouterQueryModelList')).toBe(500);
  });

  it('as often as it says', async () => {
    sandbox.setFault('*', FAULT, { times: 2 });
    expect([await status('ListModels'), await status('ListModels'), await status('ListModels')]).toEqual([
      500, 500, 200,
    ]);
  });

  it('where match says so, which sees the request with its body', async () => {
    sandbox.setFault('CreateModel', FAULT, { match: ({ bodyText }) => bodyText.includes('bad') });
    expect((await create('bad')).status).toBe(500);
    expect((await create('good')).status).toBe(200);
  });

  it('until it is removed', async () => {
    const remove = sandbox.setFault('*', FAULT);
    expect(await status('ListModels')).toBe(500);
    remove();
    expect(await status('ListModels')).toBe(200);
    sandbox.setFault('*', FAULT);
    sandbox.clearFaults();
    expect(await status('ListModels')).toBe(200);
  });

  it('never before the signature was checked, so a repeated nonce still shows', async () => {
    sandbox.setFault('*', FAULT);
    const call = { action: 'ListModels', headers: { 'x-acs-signature-nonce': 'repeated' } };
    expect((await sendRaw(sandbox, call)).status).toBe(500);
    expect(await (await sendRaw(sandbox, call)).json()).toMatchObject({ Code: 'SignatureNonceUsed' });
  });
});
