import { describe, expect, it } from 'vitest';
import { createMemoryAttempts } from '../../../src/idempotency/memory-attempts.ts';
import { createMemoryKeys } from '../../../src/idempotency/memory-keys.ts';
import { type Attempt, KEPT_MS, MAX_KEYS } from '../../../src/idempotency/store.ts';

const MINUTE_MS = 60_000;
const begun = (beganAt: number) => ({ inputMac: 'input', beganAt });

describe('keys in memory', () => {
  function open(maxKeys?: number) {
    const clock = { nowMs: 1_000_000 };
    return { clock, keys: createMemoryKeys(() => clock.nowMs, maxKeys) };
  }

  it('are claimed once, and tell what became of them', async () => {
    const { keys } = open();
    expect(await keys.claim('a', begun(1_000_000))).toBe('claimed');
    expect(await keys.claim('a', begun(1_000_001))).toEqual({ ...begun(1_000_000), state: 'running' });
    const made = { ...begun(1_000_000), state: 'made', id: '7' } as const;
    await keys.settle('a', made);
    expect(await keys.claim('a', begun(1_000_002))).toEqual(made);
    await keys.release('a');
    expect(await keys.claim('a', begun(1_000_003))).toBe('claimed');
  });

  it('are forgotten a day after they were first used, but never while they run', async () => {
    const { clock, keys } = open();
    const beganAt = clock.nowMs;
    for (const key of ['running', 'unknown', 'made']) await keys.claim(key, begun(beganAt));
    await keys.settle('unknown', { ...begun(beganAt), state: 'unknown' });
    clock.nowMs += KEPT_MS - 1;
    await keys.settle('made', { ...begun(beganAt), state: 'made', id: '1' });
    expect(await keys.claim('unknown', begun(clock.nowMs))).toMatchObject({ state: 'unknown' });
    clock.nowMs += 1;
    expect(await keys.claim('unknown', begun(clock.nowMs))).toBe('claimed');
    expect(await keys.claim('made', begun(clock.nowMs))).toBe('claimed');
    expect(await keys.claim('running', begun(clock.nowMs))).toMatchObject({ state: 'running', beganAt });
  });

  it('make room: the oldest that was made first, then the oldest unknown, one that runs never', async () => {
    const { keys } = open(4);
    for (const key of ['running', 'unknown', 'made 1', 'made 2']) await keys.claim(key, begun(1));
    // Settled in another order than claimed: the age is that of the claim.
    await keys.settle('made 2', { ...begun(1), state: 'made', id: '2' });
    await keys.settle('made 1', { ...begun(1), state: 'made', id: '1' });
    await keys.settle('unknown', { ...begun(1), state: 'unknown' });
    expect(await keys.claim('new 1', begun(2))).toBe('claimed');
    expect(await keys.claim('made 2', begun(2))).toMatchObject({ state: 'made' });
    expect(await keys.claim('made 1', begun(2))).toBe('claimed');
    expect(await keys.claim('unknown', begun(2))).toMatchObject({ state: 'unknown' });
    expect(await keys.claim('new 2', begun(2))).toBe('claimed');
    expect(await keys.claim('new 3', begun(2))).toBe('full');
    expect(await keys.claim('running', begun(2))).toMatchObject({ state: 'running' });
    await keys.release('new 1');
    expect(await keys.claim('new 3', begun(2))).toBe('claimed');
  });

  it('are as many as the docstring of the input says', async () => {
    const { keys } = open();
    for (let index = 0; index < MAX_KEYS; index++) await keys.claim(String(index), begun(1_000_000));
    expect(await keys.claim('one more', begun(1_000_000))).toBe('full');
    expect(MAX_KEYS).toBe(10_000);
  });
});

describe('attempts in memory', () => {
  const attemptOf = (owner: string, others: Partial<Attempt> = {}): Attempt => ({
    owner,
    place: 'models',
    looks: { name: 'x' },
    asker: 'somebody',
    inputMac: owner,
    beganAt: 1_000_000,
    ...others,
  });

  function open(bounds?: { readonly unknown: number; readonly rows: number }) {
    const clock = { nowMs: 1_000_000 };
    return { clock, attempts: createMemoryAttempts(() => clock.nowMs, bounds) };
  }

  const never = new AbortController().signal;

  it('are rivals where no field that both sent tells them apart', async () => {
    const { attempts } = open();
    const mine = attemptOf('mine', { looks: { name: 'x', size: '1' } });
    const rivals = [
      attemptOf('same', { looks: { name: 'x', size: '1' } }),
      attemptOf('said less', { looks: { name: 'x' } }),
      attemptOf('said more', { looks: { name: 'x', size: '1', colour: 'red' } }),
      attemptOf('said something else', { looks: { colour: 'red' } }),
    ];
    const others = [
      attemptOf('another name', { looks: { name: 'y', size: '1' } }),
      attemptOf('another place', { place: 'services', looks: mine.looks }),
    ];
    for (const attempt of [mine, ...rivals, ...others]) {
      await attempts.beginAttempt(attempt);
      await attempts.endAttempt(attempt, true);
    }
    const found = await attempts.rivalsOf(mine, never);
    expect(found.map(({ owner }) => owner)).toEqual(rivals.map(({ owner }) => owner));
  });

  it('are waited for while they are sent, and are no rivals once their outcome is known', async () => {
    const { attempts } = open();
    const [mine, made, unknown, later] = ['mine', 'made', 'unknown', 'later'].map((one) => attemptOf(one));
    if (!mine || !made || !unknown || !later) throw new Error('not reached');
    for (const attempt of [mine, made, unknown]) await attempts.beginAttempt(attempt);
    let found: readonly Attempt[] | undefined;
    const waiting = attempts.rivalsOf(mine, never).then((rivals) => {
      found = rivals;
    });
    // Who begins only now cannot have made what was seen before.
    await attempts.beginAttempt(later);
    await attempts.endAttempt(made, false);
    await new Promise(setImmediate);
    expect(found).toBeUndefined();
    await attempts.endAttempt(unknown, true);
    await waiting;
    expect(found).toEqual([unknown]);
    await attempts.endAttempt(unknown, false);
    await attempts.endAttempt(later, false);
    expect(await attempts.rivalsOf(mine, never)).toEqual([]);
  });

  it('are waited for no longer than the one who waits may', async () => {
    const { attempts } = open();
    const leaving = new AbortController();
    await attempts.beginAttempt(attemptOf('other'));
    const waiting = attempts.rivalsOf(attemptOf('mine'), leaving.signal);
    leaving.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
  });

  it('take a row once', async () => {
    const { attempts } = open();
    const [one, two] = [attemptOf('one'), attemptOf('two')];
    expect(await attempts.freeRows(['a', 'b'], one)).toEqual(['a', 'b']);
    expect(await attempts.takeRow('a', one)).toBe(true);
    expect(await attempts.takeRow('a', one)).toBe(true);
    expect(await attempts.takeRow('a', two)).toBe(false);
    expect(await attempts.freeRows(['a', 'b'], two)).toEqual(['b']);
    await attempts.noteRow('b', one);
    expect(await attempts.freeRows(['a', 'b'], two)).toEqual([]);
  });

  it('take a row again that was noted long before they began: it was deleted, and its id given anew', async () => {
    const { clock, attempts } = open();
    await attempts.noteRow('a', attemptOf('one'));
    clock.nowMs += 2 * MINUTE_MS;
    const later = attemptOf('later', { beganAt: clock.nowMs });
    expect(await attempts.freeRows(['a'], attemptOf('of that time'))).toEqual([]);
    expect(await attempts.takeRow('a', later)).toBe(true);
  });

  it('find nothing free that may be of the time of what was forgotten for want of room', async () => {
    const { clock, attempts } = open({ unknown: 2, rows: 2 });
    const old = attemptOf('old');
    for (const row of ['a', 'b', 'c']) await attempts.noteRow(row, attemptOf('one'));
    expect(await attempts.freeRows(['unheard of'], old)).toEqual([]);
    expect(await attempts.takeRow('unheard of', old)).toBe(false);
    clock.nowMs += 2 * MINUTE_MS;
    const later = attemptOf('later', { beganAt: clock.nowMs });
    expect(await attempts.freeRows(['unheard of'], later)).toEqual(['unheard of']);
    for (const owner of ['x', 'y', 'z']) {
      await attempts.beginAttempt(attemptOf(owner));
      await attempts.endAttempt(attemptOf(owner), true);
    }
    expect(await attempts.freeRows(['unheard of'], later)).toEqual([]);
    clock.nowMs += 30 * MINUTE_MS;
    const last = attemptOf('last', { beganAt: clock.nowMs });
    expect(await attempts.freeRows(['unheard of'], last)).toEqual(['unheard of']);
  });

  it('are remembered as long as a key that could be in question, and no longer', async () => {
    const { clock, attempts } = open();
    const old = attemptOf('old');
    await attempts.beginAttempt(old);
    await attempts.endAttempt(old, true);
    await attempts.noteRow('a', old);
    const mine = attemptOf('mine');
    clock.nowMs += KEPT_MS;
    await attempts.noteRow('b', old);
    await attempts.endAttempt(attemptOf('another'), false);
    expect(await attempts.rivalsOf(mine, never)).toEqual([old]);
    expect(await attempts.freeRows(['a'], mine)).toEqual([]);
    clock.nowMs += 30 * MINUTE_MS;
    await attempts.noteRow('b', old);
    await attempts.endAttempt(attemptOf('another'), false);
    expect(await attempts.rivalsOf(mine, never)).toEqual([]);
    expect(await attempts.freeRows(['a'], mine)).toEqual(['a']);
  });
});
