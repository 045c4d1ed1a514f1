import { describe, expect, it } from 'vitest';
import { traceSettings, traceWarnings } from '../../../src/telemetry/trace-settings.ts';

const BASE = { OTEL_EXPORTER_OTLP_ENDPOINT: new URL('http://collector.example:4318') };

describe('where traces go', () => {
  it('is nowhere without an endpoint, and where OpenTelemetry is disabled', () => {
    expect(traceSettings({})).toBeUndefined();
    expect(traceSettings({ ...BASE, OTEL_SDK_DISABLED: 'TRUE' })).toBeUndefined();
    expect(traceSettings({ ...BASE, OTEL_SDK_DISABLED: 'false' })).toBeDefined();
    expect(traceWarnings({ OTEL_TRACES_SAMPLER: 'banana' })).toEqual([]);
  });

  it.each([
    ['http://c.example:4318', 'http://c.example:4318/v1/traces'],
    ['http://c.example:4318/', 'http://c.example:4318/v1/traces'],
    ['https://c.example/otlp/', 'https://c.example/otlp/v1/traces'],
  ])('is below the endpoint of all signals: %s', (endpoint, url) => {
    expect(traceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: new URL(endpoint) })?.url.href).toBe(url);
  });

  it('is their own endpoint as it is', () => {
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: new URL('http://own.example/here') };
    expect(traceSettings({ ...BASE, ...own })?.url.href).toBe('http://own.example/here');
    expect(traceSettings(own)?.url.href).toBe('http://own.example/here');
  });
});

describe('which traces', () => {
  it('are all those whose parent is recorded, or that have none, where nothing is said', () => {
    expect(traceSettings(BASE)).toMatchObject({ sampler: 'parentbased_always_on', ratio: 1 });
    expect(traceWarnings(BASE)).toEqual([]);
  });

  it.each([
    ['0', 0],
    ['0.25', 0.25],
    ['.5', 0.5],
    ['1', 1],
    ['1.0', 1],
  ])('are the share %s', (text, ratio) => {
    const values = { ...BASE, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: text };
    expect(traceSettings(values)).toMatchObject({ sampler: 'traceidratio', ratio });
    expect(traceWarnings(values)).toEqual([]);
  });

  it.each(['banana', '2', '-1', '1.5', '1e-1', ''])('are not the share %j, of which it warns', (text) => {
    const values = { ...BASE, OTEL_TRACES_SAMPLER_ARG: text };
    expect(traceSettings(values)?.ratio).toBe(1);
    expect(traceWarnings(values).join()).toContain('OTEL_TRACES_SAMPLER_ARG');
  });

  it('are not those of a sampler or a protocol that is not known here, of which it warns without the value', () => {
    const values = { ...BASE, OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(traceSettings(values)?.sampler).toBe('parentbased_always_on');
    const warnings = traceWarnings(values);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).not.toMatch(/jaeger|grpc/);
    expect(traceWarnings({ ...BASE, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' })).toEqual([]);
  });
});
