import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { Credentials } from '../../../src/transport/credentials.ts';
import { requestTimeout } from '../../../src/transport/given-up.ts';
import { answer, openFakeUpstream, refusal } from './support/fake-backend.ts';
import { failure, KEY, NEVER, READ, WRITE } from './support/upstream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const thing = (number: number) => ({ ...READ, path: `/things/${number}` });

/** An upstream whose backend does what it is told to, until it is told otherwise. */
function openGuarded(options: Parameters<typeof openFakeUpstream>[1] = {}) {
  const backend = { does: answer(200) as ReturnType<typeof answer> | 'hang' };
  const upstream = openFakeUpstream(() => backend.does, options);
  /** Calls whose outcome is kept, however it is; undefined while they are under way. */
  const start = (calls: number, request = thing, signal = NEVER, until = Number.POSITIVE_INFINITY) =>
    Array.from({ length: calls }, (_, number) => {
      const outcome: { error?: GatewayError; status?: number } = {};
      upstream.call(request(number), signal, until).then(
        ({ status }) => Object.assign(outcome, { status }),
        (error: GatewayError) => Object.assign(outcome, { error }),
      );
      return outcome;
    });
  return { backend, upstream, start };
}

const write = () => WRITE;

describe('a backend that fails', () => {
  it.each([
    ['5xx', answer(500), true],
    ['503', answer(503), true],
    ['answers that cannot be read', answer(200, 'hello'), true],
    ['attempts that time out', 'hang', true],
    ['refusals', refusal(400, 'InvalidParameter'), false],
    ['what does not exist', refusal(404, 'Model.NotFound'), false],
    ['a key that is refused', refusal(403, 'InvalidAccessKeyId.Inactive'), false],
    ['throttled calls', refusal(400, 'Throttling.User'), false],
    ['a date that is refused', refusal(400, 'InvalidTimeStamp.Expired'), false],
  ] as const)('five times: %s count is %s against it', async (_what, does, counts) => {
    const { backend, upstream, start } = openGuarded({ timeoutMs: 1_000 });
    backend.does = does;
    for (let call = 0; call < 5; call++) {
      start(1, write);
      await pass(5_000);
    }
    expect(upstream.sentAt).toHaveLength(5);
    expect(upstream.state().breaker).toBe(counts ? 'open' : 'closed');
  });

  it('is not asked again at once: the caller is told so, that it may retry, and when', async () => {
    const { backend, upstream, start } = openGuarded();
    backend.does = answer(500);
    start(5, write);
    await pass(500);
    const sent = upstream.sentAt.length;
    const begun = Date.now();
    for (const request of [READ, WRITE]) {
      expect(await failure(upstream.call(request))).toMatchObject({
        kind: 'BREAKER_OPEN',
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
        retryAfterMs: expect.toSatisfy((ms: number) => ms > 1_400 && ms <= 2_000),
        mayHaveActed: false,
      });
    }
    expect(Date.now()).toBe(begun);
    expect(upstream.sentAt).toHaveLength(sent);
  });

  it('is not waited for in any line', async () => {
    const { backend, upstream, start } = openGuarded();
    backend.does = refusal(400, 'Throttling.User');
    start(1, write);
    await pass(100);
    backend.does = answer(500);
    start(5, write);
    await pass(1_500);
    expect(upstream.state()).toMatchObject({ breaker: 'open', callsPerSecond: expect.any(Number) });
    const sent = upstream.sentAt.length;
    const outcomes = start(20);
    await pass(0);
    expect(outcomes.map(({ error }) => error?.kind)).toEqual(Array(20).fill('BREAKER_OPEN'));
    expect(upstream.sentAt).toHaveLength(sent);
  });

  it('is asked by one call when its pause is over, whose success lets all others through', async () => {
    const { backend, upstream, start } = openGuarded({ concurrency: 50 });
    backend.does = answer(500);
    start(5, write);
    await pass(2_500);
    const sent = upstream.sentAt.length;
    backend.does = answer(200);
    const outcomes = start(20);
    await pass(20);
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(outcomes.filter(({ error }) => error?.kind === 'BREAKER_OPEN')).toHaveLength(19);
    expect(upstream.sentAt).toHaveLength(sent + 1);
    const later = start(20);
    await pass(20);
    expect(later.every(({ status }) => status === 200)).toBe(true);
  });

  it('and hangs costs nobody more than one attempt: those behind are refused as soon as it is found out', async () => {
    const { backend, upstream, start } = openGuarded({
      attemptTimeoutMs: 5_000,
      concurrency: 16,
      maxQueued: 2_000,
    });
    backend.does = 'hang';
    const outcomes = start(1_000);
    await pass(4_999);
    expect(outcomes.every(({ error }) => error === undefined)).toBe(true);
    await pass(200);
    const codes = outcomes.map(({ error }) => error?.code);
    expect(codes.filter((code) => code === 'UPSTREAM_UNAVAILABLE').length).toBeGreaterThanOrEqual(1_000 - 16);
    expect(codes).not.toContain(undefined);
    expect(upstream.sentAt).toHaveLength(16);
  });

  it('is not judged by calls that found no credentials, whichever way', async () => {
    let credentials: () => Promise<Credentials> = () =>
      Promise.resolve(new Credentials(KEY.accessKeyId, KEY.accessKeySecret));
    const { backend, upstream, start } = openGuarded({
      timeoutMs: 1_000,
      credentials: { description: 'changing', get: () => credentials() },
    });
    backend.does = answer(500);
    start(4, write);
    await pass(100);
    credentials = () => new Promise(() => undefined);
    start(4, write);
    await pass(1_000);
    expect(upstream.state().breaker).toBe('closed');
    credentials = () => Promise.reject(new GatewayError('UNAUTHENTICATED', 'none'));
    start(1, write);
    await pass(100);
    credentials = () => Promise.resolve(new Credentials(KEY.accessKeyId, KEY.accessKeySecret));
    start(1, write);
    await pass(100);
    expect(upstream.state().breaker).toBe('open');
    expect(upstream.sentAt).toHaveLength(5);
  });

  it('is not judged by calls that were given too little time', async () => {
    const { backend, upstream, start } = openGuarded({ attemptTimeoutMs: 5_000 });
    backend.does = 'hang';
    for (let call = 0; call < 20; call++) {
      start(1, thing, NEVER, Date.now() + 200);
      await pass(1_000);
    }
    expect(upstream.sentAt).toHaveLength(20);
    expect(upstream.state().breaker).toBe('closed');
  });
});

describe('a call whose caller had no more time', () => {
  it('is neither a failure nor an answer, however long it had taken', async () => {
    const { backend, upstream, start } = openGuarded({ attemptTimeoutMs: 1_000 });
    backend.does = answer(500);
    start(4, write);
    await pass(100);
    backend.does = 'hang';
    start(1, thing, NEVER, Date.now() + 900);
    await pass(1_000);
    expect(upstream.state().breaker).toBe('closed');
    backend.does = answer(500);
    start(1, write);
    await pass(100);
    expect(upstream.state().breaker).toBe('open');
  });
});

describe('a client that leaves', () => {
  it.each([
    ['runs', 'hang', {}, 0],
    ['waits for a place', 'hang', { concurrency: 1 }, 0],
    ['waits to be sent again', answer(503, '', { 'retry-after': '5' }), {}, 100],
    ['stands in the line for the pace', refusal(400, 'Throttling', { 'x-acs-retry-after': '5000' }), {}, 100],
  ] as const)('while its call %s leaves nothing behind', async (_what, does, settings, afterMs) => {
    const { backend, upstream, start } = openGuarded(settings);
    backend.does = does;
    const client = new AbortController();
    start(1, thing, client.signal);
    await pass(afterMs);
    const outcomes = start(4, (number) => thing(1 + number), client.signal);
    await pass(100);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    client.abort('left');
    await pass(0);
    expect(outcomes.map(({ error }) => error)).toEqual(Array(4).fill('left'));
    expect(vi.getTimerCount()).toBe(0);
    expect(upstream.state()).toMatchObject({ running: 0, queued: 0 });
  });
});

describe('a trial whose caller leaves', () => {
  it('makes the next call the trial', async () => {
    const { backend, upstream, start } = openGuarded();
    backend.does = answer(500);
    start(5, write);
    await pass(2_500);
    backend.does = 'hang';
    const client = new AbortController();
    start(1, thing, client.signal);
    await pass(100);
    expect(upstream.state().breaker).toBe('half-open');
    client.abort('left');
    await pass(0);
    backend.does = answer(200);
    const [next] = start(1);
    await pass(100);
    expect(next).toEqual({ status: 200 });
    expect(upstream.state().breaker).toBe('closed');
  });
});

describe('the time of an operation', () => {
  it('is the lesser of its own and of what its request has left', async () => {
    const { backend, start } = openGuarded({ timeoutMs: 1_000 });
    backend.does = 'hang';
    const [own] = start(1, write);
    const [hasty] = start(1, write, NEVER, Date.now() + 300);
    await pass(300);
    expect([own?.error, hasty?.error?.kind]).toEqual([undefined, 'REQUEST_TIMEOUT']);
    await pass(699);
    expect(own?.error).toBeUndefined();
    await pass(1);
    expect(own?.error).toMatchObject({ kind: 'TIMEOUT', mayHaveActed: true });
  });

  it('holds for all attempts together', async () => {
    const { backend, upstream, start } = openGuarded({ timeoutMs: 1_000, attemptTimeoutMs: 400 });
    backend.does = 'hang';
    const [outcome] = start(1);
    await pass(1_000);
    expect(outcome?.error).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(upstream.sentAt.map((at) => at - (upstream.sentAt[0] ?? 0))).toEqual([0, 401, 802]);
    expect(upstream.counts.broken).toBe(3);
  });

  it('holds for the wait in the queue', async () => {
    const { backend, upstream, start } = openGuarded({ concurrency: 1 });
    backend.does = 'hang';
    start(1, write);
    const [waiting] = start(1, thing, NEVER, Date.now() + 200);
    await pass(200);
    expect(waiting?.error).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(upstream.sentAt).toHaveLength(1);
  });

  it('an attempt gets its own part, a write all of it', async () => {
    const { backend, upstream, start } = openGuarded({ timeoutMs: 1_000, attemptTimeoutMs: 900 });
    backend.does = 'hang';
    const [read] = start(1);
    const [written] = start(1, write);
    await pass(950);
    backend.does = answer(200);
    expect([read, written]).toEqual([{}, {}]);
    // The read is on its second attempt, the write on its first.
    expect(upstream.sentAt).toHaveLength(3);
    await pass(50);
    expect([read?.error?.code, written?.error?.code]).toEqual(Array(2).fill('UPSTREAM_TIMEOUT'));
  });

  it('that runs out for a whole line sends nothing more: what would be broken off at once is not begun', async () => {
    const { upstream, start } = openGuarded({ roundTripMs: 1_000, maxQueued: 2_000, timeoutMs: 10_000 });
    const outcomes = start(1_000);
    await pass(10_000);
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(36);
    expect(outcomes.filter(({ error }) => error?.code === 'UPSTREAM_TIMEOUT')).toHaveLength(964);
    expect(upstream.sentAt).toHaveLength(40);
  });

  it.each([
    ['the clock of the call', (at: number) => [NEVER, at] as const],
    ['the clock of the request', (at: number) => [abortsAfter(at - Date.now()), at + 5] as const],
  ])(
    'that runs out in a line for the pace: it was held back, whichever rings first, here %s',
    async (_what, patience) => {
      const { backend, upstream, start } = openGuarded();
      backend.does = refusal(400, 'Throttling.User', { 'x-acs-retry-after': '200' });
      start(1, write);
      await pass(5);
      backend.does = refusal(400, 'Throttling.User', { 'x-acs-retry-after': '5000' });
      start(1, write);
      await pass(6);
      // Admitted while the line is short, it becomes long for them.
      const outcomes = start(2, thing, ...patience(Date.now() + 500));
      await pass(510);
      for (const { error } of outcomes) {
        expect(error).toMatchObject({ kind: 'HELD_BACK', code: 'RATE_LIMITED', retryable: true });
        expect(error?.retryAfterMs).toBeGreaterThan(4_000);
      }
      expect(upstream.sentAt).toHaveLength(2);
    },
  );
});

describe('a full line', () => {
  it('refuses further calls at once, and tells them to come back later', async () => {
    const { backend, upstream, start } = openGuarded({ concurrency: 2, maxQueued: 3 });
    backend.does = 'hang';
    const outcomes = start(10);
    await pass(0);
    const refused = outcomes.filter(({ error }) => error !== undefined);
    expect(refused).toHaveLength(5);
    for (const { error } of refused) {
      expect(error).toMatchObject({ code: 'RATE_LIMITED', retryable: true, mayHaveActed: false });
      expect(error?.retryAfterMs).toBeGreaterThanOrEqual(1_000);
    }
    expect(upstream.state()).toMatchObject({ running: 2, queued: 3 });
    expect(upstream.sentAt).toHaveLength(2);
  });

  it('is none while there is a free place, even where nobody may queue', async () => {
    const { upstream, start } = openGuarded({ concurrency: 2, maxQueued: 0 });
    const outcomes = start(3);
    await pass(20);
    expect(outcomes.map(({ status, error }) => status ?? error?.code)).toEqual([200, 200, 'RATE_LIMITED']);
    expect(upstream.sentAt).toHaveLength(2);
  });

  it('takes a caller who joins a read that is under way all the same', async () => {
    const { upstream, start } = openGuarded({ concurrency: 1, maxQueued: 0 });
    const [leader, follower] = [...start(1), ...start(1)];
    await pass(20);
    expect([leader, follower]).toEqual([{ status: 200 }, { status: 200 }]);
    expect(upstream.sentAt).toHaveLength(1);
  });
});

describe('equal reads', () => {
  it('are one call, and everyone who asks later is another', async () => {
    const { upstream, start } = openGuarded();
    const joined = start(5, () => READ);
    await pass(20);
    expect(joined.every(({ status }) => status === 200)).toBe(true);
    expect(upstream.sentAt).toHaveLength(1);
    start(1, () => READ);
    await pass(20);
    expect(upstream.sentAt).toHaveLength(2);
  });

  it.each([
    ['path', { ...READ, path: '/things/2' }],
    ['method', { ...READ, method: 'POST' as const }],
    ['query', { ...READ, query: [['a', '1']] as const }],
    [
      'order of the query',
      {
        ...READ,
        query: [
          ['b', '2'],
          ['a', '1'],
        ] as const,
      },
    ],
    ['body', { ...READ, body: '{}' }],
    ['operation', { ...READ, operation: { ...READ.operation, name: 'ReadOther' } }],
    ['version', { ...READ, operation: { ...READ.operation, version: '2022-01-01' } }],
  ])('are equal in all that is sent: another %s is another call', async (_what, other) => {
    const { upstream } = openGuarded();
    const base = {
      ...READ,
      query: _what.startsWith('order')
        ? ([
            ['a', '1'],
            ['b', '2'],
          ] as const)
        : READ.query,
    };
    void upstream.call(base);
    void upstream.call(other);
    await pass(20);
    expect(upstream.sentAt).toHaveLength(2);
  });

  it('are each sent where that is switched off', async () => {
    const { upstream, start } = openGuarded({ hasSingleFlight: false });
    const outcomes = start(3, () => READ);
    await pass(20);
    expect(outcomes).toEqual(Array(3).fill({ status: 200 }));
    expect(upstream.sentAt).toHaveLength(3);
  });

  it('a write is never shared, and a read begun before one is not joined after it', async () => {
    let generation = 0;
    const { upstream, start } = openGuarded({ generation: () => generation, concurrency: 10 });
    start(2, write);
    const before = start(2, () => READ);
    generation += 1;
    const after = start(2, () => READ);
    await pass(20);
    expect([...before, ...after].every(({ status }) => status === 200)).toBe(true);
    expect(upstream.sentAt).toHaveLength(2 + 1 + 1);
  });

  it('one that has too little time for the line is refused alone', async () => {
    const { backend, start } = openGuarded();
    backend.does = refusal(400, 'Throttling.User', { 'x-acs-retry-after': '1000' });
    start(1, write);
    await pass(20);
    backend.does = answer(200);
    const [hasty] = start(1, () => READ, NEVER, Date.now() + 100);
    const [patient] = start(1, () => READ, NEVER, Date.now() + 5_000);
    await pass(2_000);
    expect(hasty?.error).toMatchObject({ kind: 'HELD_BACK' });
    expect(patient).toEqual({ status: 200 });
  });

  it('are sent again for as long as the most patient of them waits', async () => {
    const { backend, upstream, start } = openGuarded();
    backend.does = answer(503, '', { 'retry-after': '1' });
    const [hasty] = start(1, () => READ, NEVER, Date.now() + 500);
    const [patient] = start(1, () => READ, NEVER, Date.now() + 5_000);
    await pass(500);
    backend.does = answer(200);
    await pass(1_000);
    expect(hasty?.error).toMatchObject({ kind: 'REQUEST_TIMEOUT' });
    expect(patient).toEqual({ status: 200 });
    expect(upstream.sentAt).toHaveLength(2);
  });
});

/** Aborts as the deadline of a request does. */
function abortsAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(requestTimeout()), ms);
  return controller.signal;
}
