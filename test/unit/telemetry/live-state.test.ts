import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import type { DriftCount } from '../../../src/telemetry/drift-log.ts';
import { type LiveDrift, liveDrift, liveState } from '../../../src/telemetry/live-state.ts';
import { openGateway } from '../../support/gateway.ts';

const row = (field: string, kind: DriftCount['kind'], count: number): DriftCount => ({
  source: 'PAI',
  operation: 'ListModels',
  field,
  kind,
  count,
});

describe('the drift since start', () => {
  it('begins with the most frequent, and ends with fields that are merely left out', () => {
    const rows = [
      row('a', 'missing', 99),
      row('b', 'odd', 1),
      row('c', 'unknown', 5),
      row('d', 'missing', 100),
    ];
    const { distinct, top } = liveDrift(rows);
    expect(top.map(({ field }) => field)).toEqual(['c', 'b', 'd', 'a']);
    expect(distinct).toBe(4);
  });

  it('is bounded, and says how much there is', () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(`f${index}`, 'odd', index));
    const { distinct, top } = liveDrift(rows);
    expect(top.map(({ count }) => count)).toEqual(Array.from({ length: 20 }, (_, index) => 49 - index));
    expect(distinct).toBe(50);
  });

  it('is told by /ready', async () => {
    await using gateway = await openGateway();
    const drift = async () => {
      const answer = (await (await gateway.fetch('/ready')).json()) as {
        readonly drift: LiveDrift;
      };
      return answer.drift;
    };
    expect(await drift()).toEqual({ distinct: 0, top: [] });
    const bodyText = '{"TotalCount": 1, "Models": [{"ModelId": "model-1", "GmtCreateTime": "soon"}]}';
    gateway.sandbox.setFault('aiworkspace:ListModels', { kind: 'answer', status: 200, bodyText });
    await gateway.query('{ paiModels(first: 1) { nodes { createdAt } } }');
    expect((await drift()).top[0]).toEqual(row('GmtCreateTime', 'odd', 1));
  });
});

it('/ready of a gateway that other machines reach tells codes and numbers, and no names of fields and permissions', async () => {
  await using gateway = await openGateway({ isLoopback: false });
  const bodyText = '{"TotalCount": 1, "Models": [{"ModelId": "model-1", "GmtCreateTime": "soon"}]}';
  gateway.sandbox.setFault('aiworkspace:ListModels', { kind: 'answer', status: 200, bodyText }, { times: 1 });
  await gateway.query('{ paiModels(first: 1) { nodes { createdAt } } }');
  gateway.sandbox.setFault('aiworkspace:ListModels', {
    kind: 'answer',
    status: 403,
    bodyText: '{"Code":"NoPermission","AccessDeniedDetail":{"AuthAction":"paimodel:ListModels"}}',
  });
  await gateway.query('{ paiModels(first: 2) { nodes { name } } }');
  const response = await gateway.fetch('/ready');
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({
    ready: true,
    backends: [{ source: 'MODEL_ROUTER' }, { source: 'PAI', lastError: { code: 'FORBIDDEN' } }, {}],
  });
  expect(text).not.toMatch(/GmtCreateTime|paimodel/);
});

describe('the last error of a backend', () => {
  const told = (error: GatewayError) => liveState('PAI', [], { at: 0, error }, true).lastError;

  it('names the permission that was lacking, where the backend did', () => {
    const missingPermission = { action: 'paimodel:ListModels', isDenied: false };
    expect(told(new GatewayError('FORBIDDEN', 'No.', { missingPermission }))).toEqual({
      code: 'FORBIDDEN',
      at: '1970-01-01T00:00:00.000Z',
      missingPermission: 'paimodel:ListModels',
    });
    expect(told(new GatewayError('FORBIDDEN', 'No.'))).toEqual({
      code: 'FORBIDDEN',
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});
