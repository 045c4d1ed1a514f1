import { afterEach, describe, expect, it, vi } from 'vitest';
import { patienceOf } from '../../../src/http/request-deadline.ts';
import { openGateway, type TestGateway } from '../../support/gateway.ts';

const HEADER = 'x-request-timeout-ms';

const asking = (timeoutMs: string | undefined, signal?: AbortSignal) =>
  new Request('http://127.0.0.1/', {
    ...(timeoutMs === undefined ? {} : { headers: { [HEADER]: timeoutMs } }),
    ...(signal === undefined ? {} : { signal }),
  });

async function post(gateway: TestGateway, query: string, timeoutMs?: string) {
  const response = await gateway.fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(timeoutMs === undefined ? {} : { [HEADER]: timeoutMs }),
    },
    body: JSON.stringify({ query }),
  });
  return {
    status: response.status,
    answer: (await response.json()) as Awaited<ReturnType<TestGateway['query']>>,
  };
}

describe('the deadline of a request', () => {
  afterEach(() => void vi.useRealTimers());

  it.each([
    [undefined, 15_000],
    ['1', 1],
    ['2000', 2_000],
    ['0000002000', 2_000],
    ['15001', 15_000],
    ['999999999999', 15_000],
  ])('asked for as %j is %i ms from now', async (asked, expectedMs) => {
    vi.useFakeTimers();
    const patience = patienceOf(asking(asked), 15_000, () => 500);
    expect(patience.until).toBe(500 + expectedMs);
    await vi.advanceTimersByTimeAsync(expectedMs - 1);
    expect(patience.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(patience.signal.reason).toMatchObject({ code: 'UPSTREAM_TIMEOUT', retryable: true });
  });

  it('is one for all that asks about the request', () => {
    const request = asking('2000');
    expect(patienceOf(request, 15_000, () => 0)).toBe(patienceOf(request, 15_000, () => 1_000));
  });

  it('ends with the client that leaves, or has left', () => {
    const client = new AbortController();
    const patience = patienceOf(asking('2000', client.signal), 15_000, () => 0);
    client.abort('left');
    expect(patience.signal.reason).toBe('left');
    expect(patienceOf(asking('2000', client.signal), 15_000, () => 0).signal.reason).toBe('left');
  });

  it.each(['0', '-1', '1.5', 'soon', '', ' ', '1e3', '1234567890123', '1, 2'])(
    'cannot be %j: nothing is asked of anyone',
    async (asked) => {
      await using gateway = await openGateway();
      const { status, answer } = await post(gateway, '{ models(first: 1) { nodes { id } } }', asked);
      expect(status).toBe(400);
      expect(answer.errors?.[0]?.message).toContain(HEADER);
      expect(gateway.sandbox.requests).toHaveLength(0);
    },
  );

  it('is kept however long a backend takes: what had come by then is answered, the rest is stopped', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('aiworkspace:ListModels', { kind: 'hang' });
    const { status, answer } = await post(
      gateway,
      '{ models(first: 1) { nodes { name } } paiModels(first: 1) { nodes { name } } }',
      '300',
    );
    expect(status).toBe(200);
    expect(answer.data).toMatchObject({ models: { nodes: [{ name: expect.any(String) }] }, paiModels: null });
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]).toMatchObject({
      path: ['paiModels', 'nodes'],
      extensions: { code: 'UPSTREAM_TIMEOUT', source: 'PAI', retryable: true },
    });
    const [hung] = gateway.sandbox.requests.filter(({ action }) => action === 'ListModels');
    await expect.poll(() => hung?.aborted).toBe(true);
  });

  it('of the operator holds where a client asks for more', async () => {
    await using gateway = await openGateway({ requestTimeoutMs: 200 });
    gateway.sandbox.setFault('*', { kind: 'hang' });
    const { answer } = await post(gateway, '{ models(first: 1) { nodes { name } } }', '60000');
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_TIMEOUT');
  });

  it('of the operator lets a backend that hangs be found out, were it less than the time of an operation', async () => {
    await using gateway = await openGateway({ requestTimeoutMs: 200 });
    gateway.sandbox.setFault('*', { kind: 'hang' });
    const ask = async (first: number) =>
      (await gateway.query(`{ models(first: ${first}) { nodes { name } } }`)).errors?.[0]?.extensions?.[
        'code'
      ];
    const codes = await Promise.all([1, 2, 3, 4, 5, 6].map((first) => ask(first)));
    expect(new Set(codes)).not.toContain(undefined);
    expect(await ask(7)).toBe('UPSTREAM_UNAVAILABLE');
  });
});

describe('a request that has been answered', () => {
  it('leaves nothing behind at a backend that it gave up on', async () => {
    await using gateway = await openGateway({ upstreamTimeoutMs: 300, upstreamAttemptTimeoutMs: 250 });
    // Each call in time, all of them together not.
    for (const action of ['DescribeGatewayList', 'DescribeModelServices']) {
      gateway.sandbox.setFault(action, { kind: 'latency', ms: 200 });
    }
    const { answer } = await post(
      gateway,
      '{ catalog(first: 1, orderBy: { field: NAME, direction: ASC }) { sources { source error { code } } } }',
    );
    expect(JSON.stringify(answer.data)).toContain('UPSTREAM_TIMEOUT');
    await expect.poll(() => gateway.sandbox.requests.some(({ aborted }) => aborted)).toBe(true);
    const sent = gateway.sandbox.requests.length;
    await gateway.query('{ models(first: 1) { nodes { name } } }');
    expect(gateway.sandbox.requests).toHaveLength(sent + 1);
  });
});
