import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox, SandboxFault } from '../../src/sandbox/index.ts';
import type { Chance } from './random.ts';

const PRODUCTS = ['aicontent', 'aiworkspace', 'polardb'] as const;

const answer = (status: number, bodyText: string): SandboxFault => ({ kind: 'answer', status, bodyText });

const FAULTS: readonly SandboxFault[] = [
  { kind: 'hang' },
  { kind: 'latency', ms: 400 },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'cutBody' },
  { kind: 'drip', everyMs: 50 },
  { kind: 'error', status: 500, code: 'InternalError' },
  { kind: 'error', status: 503, code: 'ServiceUnavailable' },
  { kind: 'throttle' },
  { kind: 'throttle', retryAfterMs: 200 },
  answer(200, '<html>hello</html>'),
  answer(204, ''),
  answer(200, 'x'.repeat(9 * 1024 * 1024)),
];

/** Switches faults on and off until the signal aborts. Gives how many there were. */
export async function storm(sandbox: Sandbox, chance: Chance, signal: AbortSignal): Promise<number> {
  let count = 0;
  while (!signal.aborted) {
    const product = chance.pick(PRODUCTS);
    const share = chance.pick([0.1, 0.5, 1]);
    const heal = sandbox.setFault('*', chance.pick(FAULTS), {
      match: (request) => request.product === product && chance.is(share),
    });
    count += 1;
    await pause(200 + chance.below(1_500), signal);
    heal();
    // Long enough for an open breaker to try again now and then.
    await pause(chance.pick([100, 1_000, 3_000]), signal);
  }
  return count;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
