import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { subscribe } from '../live/support/stream.ts';
import { openGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts';
import { logLines } from '../support/log-lines.ts';
import { needsPromtool, promtoolComplaints, skipsPromtool } from '../support/promtool.ts';
import { samplesOf, sumOf } from '../support/scrape.ts';
import { mixedRun } from './support/mixed-run.ts';

let gateway: TestGateway;
afterEach(() => gateway[Symbol.asyncDispose]());

async function open(options: TestGatewayOptions = {}): Promise<void> {
  gateway = await openGateway(options);
}

const scrape = async () => (await gateway.fetch('/metrics')).text();

/** The sum of a metric as it is now. */
const now = async (name: string, labels: Readonly<Record<string, string>> = {}) =>
  sumOf(await scrape(), `modelgraph_${name}`, labels);

const COUNT = '{ models { totalCount } }';
const MODEL_ROUTER = { source: 'MODEL_ROUTER' };
const LIST = { ...MODEL_ROUTER, operation: 'ModelRouterQueryModelList' };

describe('/metrics', () => {
  it.skipIf(skipsPromtool)(`is accepted by promtool after all that can happen${needsPromtool}`, async () => {
    await open();
    await mixedRun(gateway);
    expect(promtoolComplaints(['check', 'metrics'], await scrape())).toBe('');
  });

  it('is of the type that Prometheus reads, and is never kept', async () => {
    await open();
    const response = await gateway.fetch('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('counts operations by type and outcome, and how long they took', async () => {
    await open({ isForgetful: true });
    await gateway.query(COUNT);
    await gateway.query('{ __typename models(first: -1) { totalCount } }');
    await gateway.query('{ models(first: -1) { totalCount } }');
    await gateway.query('{ nothing }');
    await gateway.query('{');
    await gateway.query('mutation { createModel(input: { name: "", modelCode: "m" }) { __typename } }');
    await gateway.fetch('/nowhere');
    const outcomes = samplesOf(await scrape())
      .filter(({ name, value }) => name === 'modelgraph_requests_total' && value > 0)
      .map(({ labels: { type, outcome }, value }) => `${type} ${outcome} ${value}`);
    expect(outcomes.toSorted()).toEqual([
      'mutation failed 1',
      'none refused 2',
      'query failed 1',
      'query ok 1',
      'query partial 1',
      'query refused 1',
    ]);
    expect(await now('request_duration_seconds_count', { type: 'query' })).toBe(4);
    const lines = logLines(gateway.logs).filter(({ operationType }) => operationType === 'query');
    const seconds = lines.reduce((sum, { ms }) => sum + Number(ms) / 1000, 0);
    expect(await now('request_duration_seconds_sum', { type: 'query' })).toBeCloseTo(seconds, 4);
    expect(await now('errors_total', { code: 'BAD_USER_INPUT' })).toBe(5);
  });

  it('counts what subscribers are told of with their events', async () => {
    await open();
    const stream = await subscribe(
      gateway,
      'subscription { catalogEvents { node { id ... on Model { name } } } }',
    );
    gateway.sandbox.setFault('ModelRouterQueryModel', { kind: 'error', status: 403, code: 'Forbidden.RAM' });
    const make = 'mutation { createModel(input: { name: "n", modelCode: "m" }) { __typename } }';
    for (const times of [1, 2]) {
      await gateway.query(make);
      await stream.answer();
      expect(await now('errors_total')).toBe(times);
    }
    expect(await now('errors_total', { code: 'FORBIDDEN' })).toBe(2);
    gateway.sandbox.clearFaults();
    gateway.sandbox.setFault('ModelRouterQueryModel', { kind: 'hang' });
    await gateway.query(make);
    const untold = stream.next().catch(() => undefined);
    await expect.poll(() => now('upstream_running')).toBe(1);
    await stream.leave();
    await untold;
    await expect.poll(() => now('upstream_running')).toBe(0);
    expect(await now('errors_total')).toBe(2);
    // The subscription itself is one operation, which was opened.
    expect(await now('requests_total', { type: 'subscription', outcome: 'ok' })).toBe(1);
  });

  it('counts each operation of a batch', async () => {
    await open();
    const body = JSON.stringify([{ query: COUNT }, { query: '{ __typename }' }]);
    await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await now('requests_total', { type: 'query', outcome: 'ok' })).toBe(2);
  });

  it('does not count itself, nor probes, nor the page of GraphiQL', async () => {
    await open();
    for (const path of ['/health', '/ready', '/metrics']) await gateway.fetch(path);
    await gateway.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect([await now('requests_total'), await now('requests_running')]).toEqual([0, 0]);
  });

  it('counts calls by backend, operation and outcome, retries by the failure, and their time', async () => {
    await open();
    gateway.sandbox.setFault('ListModels', { kind: 'throttle', retryAfterMs: 1 }, { times: 1 });
    await gateway.query('{ models { totalCount } paiModels { totalCount } }');
    const pai = { source: 'PAI', operation: 'ListModels' };
    expect(await now('upstream_calls_total', { ...LIST, outcome: 'ok' })).toBe(1);
    expect(await now('upstream_calls_total', { ...pai, outcome: 'ok' })).toBe(1);
    expect(await now('upstream_calls_total', { ...pai, outcome: 'RATE_LIMITED' })).toBe(1);
    expect(await now('upstream_call_duration_seconds_count', pai)).toBe(2);
    expect(await now('upstream_retries_total')).toBe(1);
    expect(await now('upstream_retries_total', { source: 'PAI', code: 'RATE_LIMITED' })).toBe(1);
  });

  it('shows the pace of a backend that complained, and none of the others', async () => {
    await open();
    const before = await scrape();
    expect(sumOf(before, 'modelgraph_upstream_pace_calls_per_second', { source: 'PAI' })).toBe(
      Number.POSITIVE_INFINITY,
    );
    gateway.sandbox.setFault('ListModels', { kind: 'throttle', retryAfterMs: 1 }, { times: 1 });
    await gateway.query('{ paiModels { totalCount } }');
    expect(await now('upstream_pace_calls_per_second', { source: 'PAI' })).toBeLessThan(1_000);
    expect(await now('upstream_pace_calls_per_second', MODEL_ROUTER)).toBe(Number.POSITIVE_INFINITY);
  });

  it('shows an open breaker, and what it kept from being sent', async () => {
    await open();
    gateway.sandbox.setFault('*', { kind: 'error', status: 500, code: 'InternalError' });
    for (let times = 0; times < 4; times++) await gateway.query(COUNT);
    expect(await now('upstream_breaker_state', MODEL_ROUTER)).toBe(2);
    expect(await now('upstream_breaker_state', { source: 'PAI' })).toBe(0);
    const sent = gateway.actions().length;
    expect(await now('upstream_calls_total', { ...LIST, outcome: 'UPSTREAM_ERROR' })).toBe(sent);
    const unsent = await now('upstream_unsent_total', { ...MODEL_ROUTER, code: 'UPSTREAM_UNAVAILABLE' });
    await gateway.query(COUNT);
    expect(gateway.actions()).toHaveLength(sent);
    expect(await now('upstream_unsent_total', { ...MODEL_ROUTER, code: 'UPSTREAM_UNAVAILABLE' })).toBe(
      unsent + 1,
    );
  });

  it('shows what is under way and what waits, and reads that joined another', async () => {
    await open({ upstreamConcurrency: 1 });
    gateway.sandbox.setFault('*', { kind: 'hang' });
    const leaving = new AbortController();
    const queries = ['{ models(first: 1) { nodes { id } } }', '{ models(first: 2) { nodes { id } } }'];
    const sent = [...queries, ...queries].map((query) =>
      gateway.query(query, {}, leaving.signal).catch(() => undefined),
    );
    await expect.poll(() => now('upstream_joined_total', LIST)).toBe(2);
    const scraped = await scrape();
    const of = (name: string) => sumOf(scraped, `modelgraph_${name}`, MODEL_ROUTER);
    expect([of('upstream_running'), of('upstream_queued')]).toEqual([1, 1]);
    expect(sumOf(scraped, 'modelgraph_requests_running')).toBe(4);
    leaving.abort();
    await Promise.all(sent);
    await expect.poll(() => now('requests_running')).toBe(0);
    expect(await now('requests_total', { outcome: 'cancelled' })).toBe(4);
    expect(await now('upstream_calls_total', { ...LIST, outcome: 'cancelled' })).toBe(1);
    expect(await now('upstream_unsent_total')).toBe(0);
  });

  it('a backend with a cap of its own has that, the others the one of all', async () => {
    await open({ upstreamConcurrency: 1, concurrencyBySource: new Map([['PAI', 2]]) });
    gateway.sandbox.setFault('*', { kind: 'hang' });
    const leaving = new AbortController();
    const sent = [1, 2, 3].map((first) =>
      gateway
        .query(
          `{ models(first: ${first}) { nodes { id } } paiModels(first: ${first}) { nodes { id } } }`,
          {},
          leaving.signal,
        )
        .catch(() => undefined),
    );
    await expect.poll(() => now('upstream_running', { source: 'PAI' })).toBe(2);
    expect(await now('upstream_queued', { source: 'PAI' })).toBe(1);
    expect(await now('upstream_running', MODEL_ROUTER)).toBe(1);
    expect(await now('upstream_queued', MODEL_ROUTER)).toBe(2);
    leaving.abort();
    await Promise.all(sent);
  });

  it('does not take a read that joined one which failed for one that was kept from being sent', async () => {
    await open();
    gateway.sandbox.setFault('*', { kind: 'latency', ms: 50 });
    gateway.sandbox.setFault('*', { kind: 'error', status: 403, code: 'NoPermission' });
    await Promise.all([gateway.query(COUNT), gateway.query(COUNT)]);
    expect([await now('upstream_joined_total'), await now('errors_total', { code: 'FORBIDDEN' })]).toEqual([
      1, 2,
    ]);
    expect(await now('upstream_unsent_total')).toBe(0);
  });

  it('counts drift by backend, operation and field', async () => {
    await open();
    const rows = [
      { ModelId: 'm-1', GmtCreateTime: 'soon' },
      { ModelId: 'm-2', GmtCreateTime: 'later' },
    ];
    const bodyText = JSON.stringify({ RequestId: 'R-1', Models: rows, TotalCount: 2 });
    gateway.sandbox.setFault('ListModels', { kind: 'answer', status: 200, bodyText });
    await gateway.query('{ paiModels { nodes { id createdAt } } }');
    const drift = { source: 'PAI', operation: 'ListModels' };
    expect(await now('drift_total', drift)).toBeGreaterThanOrEqual(2);
    const fields = samplesOf(await scrape()).filter(({ name }) => name === 'modelgraph_drift_total');
    expect(fields.map(({ labels }) => labels['field'])).toContain('GmtCreateTime');
  });

  it('shows the process', async () => {
    await open();
    await scrape();
    const scraped = await scrape();
    expect(sumOf(scraped, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(sumOf(scraped, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(Math.abs(sumOf(scraped, 'process_start_time_seconds') - Date.now() / 1000)).toBeLessThan(3_600);
    expect(sumOf(scraped, 'nodejs_heap_size_used_bytes')).toBeLessThan(
      sumOf(scraped, 'nodejs_heap_size_total_bytes'),
    );
    expect(sumOf(scraped, 'nodejs_eventloop_lag_seconds', { stat: 'max' })).toBeLessThan(60);
    expect(sumOf(scraped, 'nodejs_eventloop_seconds_total', { state: 'active' })).toBeGreaterThan(0);
  });
});

describe('label values', () => {
  it('are names of this code, whatever clients and backends send', async () => {
    await open({ isForgetful: true });
    const series = async () => samplesOf(await scrape()).filter(({ name }) => name.startsWith('modelgraph_'));
    const send = async (round: number) => {
      const name = `Hostile_${round}`;
      await gateway.query(`query ${name} { models(filter: { keyword: "${name}" }) { totalCount } }`);
      await gateway.query(`query ${name} { ${name} }`);
      await gateway.query(`{ model(sourceId: "${round}") { name } paiModel(sourceId: "${name}") { name } }`);
      await gateway.fetch(`/${name}?${name}`, { method: 'GET' });
      await gateway.fetch('/graphql', { method: 'PUT', headers: { 'x-request-id': name }, body: name });
      gateway.sandbox.setFault('ListModels', { kind: 'error', status: 418, code: name }, { times: 1 });
      await gateway.query('{ paiModels { totalCount } }');
    };
    await send(1);
    const first = await series();
    for (let round = 2; round < 20; round++) await send(round);
    const last = await series();
    const names = (samples: typeof first) =>
      samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
    expect(names(last)).toEqual(names(first));
    expect(JSON.stringify(last)).not.toMatch(/hostile/i);
  });
});

describe('docs/telemetry.md', () => {
  it('lists every metric with its type and labels, and no other', async () => {
    await open();
    await mixedRun(gateway);
    const scraped = await scrape();
    const types = new Map(
      [...scraped.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]),
    );
    const labelsOf = (metric: string) => {
      const own = samplesOf(scraped).find(({ name }) => [metric, `${metric}_count`].includes(name));
      return Object.keys(own?.labels ?? {}).join(', ');
    };
    const listed = [
      ...readFileSync('docs/telemetry.md', 'utf8').matchAll(/^\| `(\w+)` *\| (\w+) *\|([\w`, ]*)\|/gm),
    ];
    expect(
      Object.fromEntries(
        listed.map(([, name, type, labels]) => [name, `${type} ${labels?.replaceAll('`', '').trim()}`]),
      ),
    ).toEqual(Object.fromEntries([...types].map(([name, type]) => [name, `${type} ${labelsOf(name)}`])));
  });
});
