import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/telemetry/log.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { OperationRecord } from '../../../src/telemetry/operation-record.ts';
import type { RequestScope } from '../../../src/telemetry/request-scope.ts';
import type { UpstreamRequest } from '../../../src/transport/request.ts';

const READ: UpstreamRequest = {
  operation: { name: 'ReadThing', version: '1', access: 'read', idempotent: true },
  method: 'GET',
  path: '/things',
  query: [],
};

function openScope(): RequestScope {
  const metrics = createMetrics({ sources: [], live: () => expect.fail('nobody scrapes'), drift: () => [] });
  const telemetry = { logger: createLogger('silent'), metrics, tracing: undefined, nowMs: () => 0 };
  const counts = { sent: 0, retried: 0, joined: 0 };
  return { requestId: 'r', telemetry, span: undefined, counts, sinceMs: () => 0 };
}

describe('an operation', () => {
  it.each([
    ['ok', { data: { a: null } }],
    ['failed', { data: null, errors: [{ extensions: { code: 'UPSTREAM_ERROR' } }] }],
    ['failed', { data: { a: null }, errors: [{ path: ['a'], extensions: { code: 'UPSTREAM_ERROR' } }] }],
    ['partial', { data: { a: null, b: null }, errors: [{ path: ['a'], extensions: { code: 'NOT_FOUND' } }] }],
    ['partial', { data: { a: {} }, errors: [{ path: ['a', 'b'], extensions: { code: 'NOT_FOUND' } }] }],
    ['refused', { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }],
    ['failed', { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }],
  ])('is %s with the answer %j', (outcome, answer) => {
    const record = new OperationRecord('{ a b }', openScope());
    record.answered(answer);
    expect(record.outcome).toBe(outcome);
  });

  it.each([undefined, 17, 'sk-secret', { code: 1 }])(
    'counts the code %j, which is none of ours, as OTHER',
    (code) => {
      const record = new OperationRecord('{ a }', openScope());
      record.answered({ data: {}, errors: [{ extensions: { code } }, { extensions: { code: 'CONFLICT' } }] });
      expect([...record.errors]).toEqual([
        ['OTHER', 1],
        ['CONFLICT', 1],
      ]);
    },
  );

  it('keeps its first 200 calls, and counts them all', () => {
    const scope = openScope();
    const record = new OperationRecord('{ a }', scope);
    for (let index = 0; index < 250; index++) {
      const call = record.begin(`SOURCE_${index}`, READ);
      call.attempt().ended(200, undefined);
      call.ended(undefined);
    }
    expect(record.calls).toHaveLength(200);
    expect(record.calls.at(-1)).toMatchObject({ source: 'SOURCE_199', outcome: 'ok', durationMs: 0 });
    expect(scope.counts).toEqual({ sent: 250, retried: 0, joined: 0 });
  });

  it('keeps of a call what a waterfall needs', () => {
    let now = 100;
    const scope = { ...openScope(), sinceMs: () => now };
    const call = new OperationRecord('{ a }', scope).begin('PAI', { ...READ, keys: 3 });
    now = 110;
    const attempt = call.attempt();
    now = 125;
    attempt.ended(404, new Error('a bug'));
    now = 130;
    call.ended(undefined);
    expect(call).toMatchObject({
      source: 'PAI',
      operation: 'ReadThing',
      keys: 3,
      startMs: 100,
      durationMs: 30,
      hasJoined: false,
      outcome: 'ok',
      attempts: [{ startMs: 110, durationMs: 15, httpStatus: 404, outcome: 'INTERNAL_SERVER_ERROR' }],
    });
  });
});
