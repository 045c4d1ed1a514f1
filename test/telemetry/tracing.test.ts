import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/telemetry/log.ts';
import { openTracing } from '../../src/telemetry/otlp.ts';
import type { TraceSettings } from '../../src/telemetry/trace-settings.ts';
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { logLines } from '../support/log-lines.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CLIENT_SPAN_ID = 'b7ad6b7169203331';
const BACKEND = new URL('https://backend.example');

let collector: Collector;
let gateway: TestGateway;
let logs: string[];

async function open(settings: Partial<TraceSettings> = {}): Promise<void> {
  // An earlier test's collector may fail yet.
  const own: string[] = [];
  logs = own;
  const tracing = openTracing(
    { url: collector.url, sampler: 'parentbased_always_on', ratio: 1, ...settings },
    () => BACKEND,
    createLogger('debug', (line) => own.push(line)),
  );
  gateway = await openGateway({ tracing });
}

beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
});

const send = (query: string, headers: Readonly<Record<string, string>> = {}) =>
  gateway.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

/** What was exported, the parents first. */
async function spans(): Promise<readonly CollectedSpan[]> {
  await gateway.gateway.close();
  const order = ['server', 'internal', 'client'];
  return collector.spans().toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

const clientTrace = (flags: string) => ({ traceparent: `00-${TRACE_ID}-${CLIENT_SPAN_ID}-${flags}` });

describe('a trace', () => {
  it('has a span for the request, one for each call of a backend, and one for each attempt', async () => {
    await open();
    gateway.sandbox.setFault(
      'ModelRouterQueryModelList',
      { kind: 'error', status: 503, code: 'ServiceUnavailable' },
      { times: 1 },
    );
    const response = await send('query Named { models { totalCount } }', { 'x-request-id': 'my-id' });
    expect(response.status).toBe(200);
    const [request, call, first, second, ...others] = await spans();
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      name: 'POST /graphql',
      kind: 'server',
      parentSpanId: undefined,
      hasFailed: false,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
        'http.response.status_code': 200,
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Named',
        'graphql.document.hash': expect.stringMatching(/^[0-9a-f]{16}$/),
        'modelgraph.request.id': 'my-id',
        'modelgraph.outcome': 'ok',
      },
    });
    expect(call).toMatchObject({
      name: 'MODEL_ROUTER ModelRouterQueryModelList',
      kind: 'internal',
      parentSpanId: request?.spanId,
      hasFailed: false,
      attributes: {
        'modelgraph.source': 'MODEL_ROUTER',
        'modelgraph.operation': 'ModelRouterQueryModelList',
        'modelgraph.joined': false,
      },
    });
    const attempt = {
      'http.request.method': 'GET',
      'server.address': 'backend.example',
      'server.port': 443,
    };
    expect(first).toMatchObject({
      name: 'GET attempt',
      kind: 'client',
      parentSpanId: call?.spanId,
      hasFailed: true,
    });
    expect(first?.attributes).toEqual({
      ...attempt,
      'modelgraph.attempt': 1,
      'http.response.status_code': 503,
      'error.type': 'UPSTREAM_UNAVAILABLE',
    });
    expect(second).toMatchObject({ kind: 'client', parentSpanId: call?.spanId, hasFailed: false });
    expect(second?.attributes).toEqual({
      ...attempt,
      'modelgraph.attempt': 2,
      'http.request.resend_count': 1,
      'http.response.status_code': 200,
    });
    expect(new Set([request, call, first, second].map((span) => span?.traceId)).size).toBe(1);
    expect(collector.resource()).toMatchObject({ 'service.name': 'modelgraph' });
  });

  it('holds no address with its query, no document, no variables and no answer', async () => {
    await open();
    await send('query Q { models(filter: { keyword: "pl4nted" }, first: 5) { nodes { name modelCode } } }');
    expect(gateway.sandbox.requests[0]?.query).toMatchObject({ keyword: 'pl4nted' });
    await spans();
    const exported = collector.bodies.join('');
    expect(exported).toContain('attempt');
    expect(exported).not.toMatch(/pl4nted|pageIndex|totalCount|modelCode|qwen|Signature/i);
  });

  it.each([
    ['failed', '{ models(first: -1) { totalCount } }', ['BAD_USER_INPUT'], true],
    ['partial', '{ __typename models(first: -1) { totalCount } }', ['BAD_USER_INPUT'], false],
    ['refused', '{ nothing }', ['BAD_USER_INPUT'], false],
  ])('says that a request %s', async (outcome, query, codes, hasFailed) => {
    await open();
    await send(query);
    const [request] = await spans();
    expect(request?.attributes).toMatchObject({
      'modelgraph.outcome': outcome,
      'modelgraph.error.codes': codes,
    });
    expect(request?.hasFailed).toBe(hasFailed);
    expect(request?.attributes['error.type']).toBe(hasFailed ? 'BAD_USER_INPUT' : undefined);
  });

  it('says of a call that failed without an attempt why, and of one that joined another that it did', async () => {
    await open();
    gateway.sandbox.setFault('ModelRouterQueryModelList', {
      kind: 'error',
      status: 500,
      code: 'InternalError',
    });
    for (let times = 0; times < 4; times++) await send('{ models { totalCount } }');
    gateway.sandbox.setFault('ListModels', { kind: 'latency', ms: 50 });
    await Promise.all([send('{ paiModels { totalCount } }'), send('{ paiModels { totalCount } }')]);
    const all = await spans();
    const childrenOf = ({ spanId }: CollectedSpan) =>
      all.filter(({ parentSpanId }) => parentSpanId === spanId);
    const calls = all.filter(({ kind }) => kind === 'internal');
    const unsent = calls.filter((call) => call.hasFailed && childrenOf(call).length === 0);
    expect(unsent.map(({ attributes }) => attributes['error.type'])).toContain('UPSTREAM_UNAVAILABLE');
    const joined = calls.filter(({ name }) => name === 'PAI ListModels');
    expect(
      joined.map((call) => [call.attributes['modelgraph.joined'], childrenOf(call).length]).toSorted(),
    ).toEqual([
      [false, 1],
      [true, 0],
    ]);
  });

  it('has no operation of a batch, and none of probes, scrapes and pages', async () => {
    await open();
    for (const path of ['/health', '/ready', '/metrics', '/nowhere']) await gateway.fetch(path);
    await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: 'query A { __typename }' }, { query: 'query B { __typename }' }]),
    });
    const [request, ...others] = await spans();
    expect(others).toEqual([]);
    expect(request?.attributes).not.toHaveProperty('graphql.operation.name');
  });

  it('ends where the client leaves', async () => {
    await open();
    gateway.sandbox.setFault('*', { kind: 'hang' });
    const leaving = new AbortController();
    const left = gateway.query('{ models { totalCount } }', {}, leaving.signal).catch(() => undefined);
    await expect.poll(() => gateway.sandbox.requests.length).toBe(1);
    leaving.abort();
    await left;
    await expect.poll(() => gateway.logs.join('')).toContain('"request"');
    const [request, call, attempt] = await spans();
    expect(request?.attributes['modelgraph.outcome']).toBe('cancelled');
    expect([call, attempt].map((span) => span?.attributes['error.type'])).toEqual(['cancelled', 'cancelled']);
  });
});

describe('the context of the W3C', () => {
  it("makes a request a part of the client's trace, and its attempts known to the backends", async () => {
    await open();
    const { status } = await send('{ models { totalCount } }', {
      ...clientTrace('01'),
      tracestate: 'theirs=1',
    });
    expect(status).toBe(200);
    const [request, , attempt] = await spans();
    expect(request).toMatchObject({ traceId: TRACE_ID, parentSpanId: CLIENT_SPAN_ID });
    expect(gateway.sandbox.requests[0]?.headers).toMatchObject({
      traceparent: `00-${TRACE_ID}-${attempt?.spanId}-01`,
      tracestate: 'theirs=1',
    });
    expect(gateway.sandbox.requests[0]?.headers['authorization']).not.toContain('traceparent');
    const lines = logLines(gateway.logs);
    expect(lines.map(({ msg, traceId }) => [msg, traceId])).toEqual([
      ['upstream call', TRACE_ID],
      ['request', TRACE_ID],
    ]);
  });

  it('that is not sampled is handed on, and not recorded', async () => {
    await open();
    await send('{ models { totalCount } }', clientTrace('00'));
    expect(await spans()).toEqual([]);
    const sent = gateway.sandbox.requests[0]?.headers['traceparent'];
    expect(sent).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-00$`));
    expect(sent).not.toContain(CLIENT_SPAN_ID);
  });

  it.each([
    ['of another form', 'secret'],
    ['of nobody', `00-${'0'.repeat(32)}-${CLIENT_SPAN_ID}-01`],
    ['given twice', `00-${TRACE_ID}-${CLIENT_SPAN_ID}-01, 00-${TRACE_ID}-${CLIENT_SPAN_ID}-01`],
  ])('%s is not taken', async (_case, traceparent) => {
    await open();
    await send('{ __typename }', { traceparent });
    const [request] = await spans();
    expect(request).toMatchObject({ parentSpanId: undefined });
    expect(request?.traceId).not.toBe(TRACE_ID);
  });

  it('is not sent where nobody traces', async () => {
    gateway = await openGateway();
    await send('{ models { totalCount } }', clientTrace('01'));
    expect(gateway.sandbox.requests[0]?.headers).not.toHaveProperty('traceparent');
    expect(gateway.logs.join('')).not.toContain(TRACE_ID);
  });
});

describe('the sampler', () => {
  it.each([
    ['always_on', 1, clientTrace('00'), 1],
    ['always_off', 1, clientTrace('01'), 0],
    ['traceidratio', 0, clientTrace('01'), 0],
    ['traceidratio', 1, clientTrace('00'), 1],
    ['parentbased_always_off', 1, {}, 0],
    ['parentbased_always_off', 1, clientTrace('01'), 1],
    ['parentbased_traceidratio', 0, {}, 0],
    ['parentbased_traceidratio', 0, clientTrace('01'), 1],
  ] as const)('%s of %d with %j records %d', async (sampler, ratio, headers, recorded) => {
    await open({ sampler, ratio });
    await send('{ __typename }', headers);
    expect(await spans()).toHaveLength(recorded);
  });
});

describe('a collector', () => {
  /** Longer than the gateway waits for it. */
  const PATIENCE_MS = 4_000;

  async function closedWithin(): Promise<number> {
    const began = performance.now();
    await gateway.gateway.close();
    return performance.now() - began;
  }

  it('that cannot be reached holds up nothing, not even the end', async () => {
    await open({ url: new URL('http://127.0.0.1:9/v1/traces') });
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('{ models { totalCount } }')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await closedWithin()).toBeLessThan(PATIENCE_MS);
  });

  it('that never answers holds up nothing, not even the end', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    await open({ url: new URL(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1/traces`) });
    expect((await send('{ models { totalCount } }')).status).toBe(200);
    expect(await closedWithin()).toBeLessThan(PATIENCE_MS);
    silent.closeAllConnections();
    silent.close();
  });

  it('that refuses is logged once, without what it said', async () => {
    await open();
    collector.answer(400);
    for (const batches of [1, 2]) {
      // As many spans as are sent at once.
      await Promise.all(Array.from({ length: 512 }, () => send('{ __typename }')));
      await expect.poll(() => collector.bodies.length).toBe(batches);
      await expect.poll(() => logs.length).toBe(1);
    }
    expect(logLines(logs)).toEqual([
      {
        level: 40,
        time: expect.any(Number),
        msg: 'traces cannot be sent to their collector, and are dropped',
      },
    ]);
  });
});
