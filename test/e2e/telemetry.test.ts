import { describe, expect, it } from 'vitest';
import { startCollector } from '../support/collector.ts';
import { complaintsIn, logLines } from '../support/log-lines.ts';
import { type GatewayProcess, startProcess } from './support/gateway-process.ts';

const SLOW = { timeout: 30_000 };

const query = async (origin: string, document: string) => {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document }),
  });
  return { requestId: response.headers.get('x-request-id'), answer: (await response.json()) as unknown };
};

const COUNT = '{ models { totalCount } }';

const statusOf = async (url: string, headers: Readonly<Record<string, string>> = {}) =>
  (await fetch(url, { headers })).status;

/** Where the process says its metrics are. */
const metricsUrl = async (gateway: GatewayProcess) =>
  (await gateway.printed(/metrics {3}(http:\S+)\n/))[1] ?? '';

/** Says on standard error which modules of OpenTelemetry are loaded. */
const TELLS_WHAT_IT_LOADS = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    if (found.url.includes('opentelemetry')) process.stderr.write('loaded ' + specifier + '\\n');
    return found;
  },
});`)}`;

describe('the log of the process', SLOW, () => {
  it('has a line for each request on standard error, and none for probes', async () => {
    await using gateway = startProcess();
    const origin = await gateway.origin();
    expect(await statusOf(`${origin}/health`)).toBe(200);
    const { requestId } = await query(origin, COUNT);
    await gateway.printed(/"msg":"request"\}\n/);
    expect(logLines(gateway.stderr.trim().split('\n'))).toMatchObject([
      { requestId, upstreamCalls: 1, outcome: 'ok' },
    ]);
  });
});

describe('the metrics of the process', SLOW, () => {
  it('are on the port of the graph on loopback', async () => {
    await using gateway = startProcess();
    const response = await fetch(`${await gateway.origin()}/metrics`);
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining('process_cpu_seconds_total'),
    ]);
  });

  it('are off loopback for who shows the token only', async () => {
    const reached = { HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: '1' };
    await using without = startProcess(reached);
    const { port } = new URL(await without.origin());
    expect(await statusOf(`http://127.0.0.1:${port}/metrics`)).toBe(404);
    await using gateway = startProcess({ ...reached, METRICS_TOKEN: 'Pl4nted-token' });
    const url = `http://127.0.0.1:${new URL(await gateway.origin()).port}/metrics`;
    expect([await statusOf(url), await statusOf(url, { authorization: 'Bearer Pl4nted-token' })]).toEqual([
      401, 200,
    ]);
    expect(`${gateway.stdout}${gateway.stderr}`).not.toContain('Pl4nted');
  });

  it('have a port of their own where that is wanted, on loopback', async () => {
    await using gateway = startProcess({ METRICS_PORT: '0' });
    const origin = await gateway.origin();
    const url = await metricsUrl(gateway);
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect([await statusOf(url), await statusOf(`${origin}/metrics`)]).toEqual([200, 404]);
    expect(gateway.stdout).not.toContain('warning');
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  });

  it('may be reached from elsewhere on that port, of which it warns where there is no token', async () => {
    await using gateway = startProcess({ METRICS_PORT: '0', METRICS_HOST: '0.0.0.0' });
    await gateway.origin();
    const { port } = new URL(await metricsUrl(gateway));
    expect(await statusOf(`http://127.0.0.1:${port}/metrics`)).toBe(200);
    expect(gateway.stdout).toMatch(/warning {3}everyone who reaches METRICS_HOST can read \/metrics/);
    await using guarded = startProcess({ METRICS_PORT: '0', METRICS_HOST: '0.0.0.0', METRICS_TOKEN: 'x' });
    await guarded.origin();
    expect(guarded.stdout).not.toContain('warning');
  });
});

describe('the traces of the process', SLOW, () => {
  it('are not there, nor anything of OpenTelemetry, without a collector', async () => {
    await using gateway = startProcess({ NODE_OPTIONS: `--import=${TELLS_WHAT_IT_LOADS}` });
    const origin = await gateway.origin();
    await query(origin, COUNT);
    expect(await statusOf(`${origin}/metrics`)).toBe(200);
    await gateway.printed(/"msg":"request"\}\n/);
    expect(gateway.stderr).not.toContain('loaded');
  });

  it('go to the collector, the last of them after SIGTERM', async () => {
    await using collector = await startCollector();
    await using gateway = startProcess({
      NODE_OPTIONS: `--import=${TELLS_WHAT_IT_LOADS}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.origin,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Pl4nted',
      OTEL_SERVICE_NAME: 'my-gateway',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    const origin = await gateway.origin();
    const { requestId } = await query(origin, COUNT);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(
      collector
        .spans()
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['client', 'internal', 'server']);
    const request = collector.spans().find(({ kind }) => kind === 'server');
    expect(request?.attributes['modelgraph.request.id']).toBe(requestId);
    expect(collector.resource()).toMatchObject({
      'service.name': 'my-gateway',
      'deployment.environment.name': 'test',
    });
    expect(collector.headers['authorization']).toBe('Pl4nted');
    expect(gateway.stderr).toContain('loaded @opentelemetry/sdk-trace');
    expect(`${gateway.stdout}${gateway.stderr}`).not.toContain('Pl4nted');
  });

  it('hold up neither answers nor the end where the collector is gone', async () => {
    await using gateway = startProcess({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:Pl4nted@127.0.0.1:9' });
    const { answer } = await query(await gateway.origin(), COUNT);
    expect(answer).toEqual({ data: { models: { totalCount: 151 } } });
    const began = performance.now();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(performance.now() - began).toBeLessThan(6_000);
    expect(complaintsIn(gateway.stderr).join('')).not.toContain('Pl4nted');
  });

  it('are sent as http/json whatever is asked for, and sampled by what is known, with a warning', async () => {
    await using gateway = startProcess({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_TRACES_SAMPLER: 'banana',
    });
    await gateway.origin();
    expect(gateway.stdout).toMatch(/warning {3}OTEL_EXPORTER_OTLP_PROTOCOL.*warning {3}OTEL_TRACES_SAMPLER/s);
  });
});

it('refuses what cannot be used, without the value', SLOW, async () => {
  const bad = {
    METRICS_PORT: '70000',
    METRICS_HOST: 'Pl4nted host',
    METRICS_TOKEN: 'Pl4nted token',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'Pl4nted',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'ftp://Pl4nted',
  };
  await using gateway = startProcess(bad);
  expect(await gateway.ended).toBe(1);
  const named = gateway.stderr.split('\n').flatMap((line) => /^ {2}- (\w+) /.exec(line)?.[1] ?? []);
  expect(named.toSorted()).toEqual(Object.keys(bad).toSorted());
  expect(gateway.stderr).not.toContain('Pl4nted');
});
