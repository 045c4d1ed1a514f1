import { expect, it } from 'vitest';
import { createLogger } from '../../../src/telemetry/log.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { RequestRecord } from '../../../src/telemetry/request-record.ts';

it.each([
  [false, 'refused', { UNAUTHENTICATED: 1 }],
  [true, 'cancelled', undefined],
])('a refusal is counted where somebody waits for it (client left: %s)', (isCancelled, outcome, errors) => {
  const lines: string[] = [];
  const metrics = createMetrics({ sources: [], live: () => expect.fail('no source'), drift: () => [] });
  const logger = createLogger('info', (line) => lines.push(line));
  const head = { requestId: 'r', method: 'POST', route: '/graphql', isRoutine: false };
  const record = new RequestRecord(head, { logger, metrics, tracing: undefined, nowMs: () => 0 }, undefined);
  record.end({ status: 401, isCancelled, refusal: 'UNAUTHENTICATED', caller: undefined });
  const { errors: told, outcome: ended } = JSON.parse(lines.join(''));
  expect([ended, told]).toEqual([outcome, errors]);
  const counted = metrics.text().match(/modelgraph_errors_total\{code="UNAUTHENTICATED"\} 1/);
  expect(counted !== null).toBe(!isCancelled);
});
