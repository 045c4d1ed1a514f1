import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { abortable, wait } from '../../../src/transport/wait.ts';

const rejections: unknown[] = [];
const onRejection = (reason: unknown) => void rejections.push(reason);
beforeEach(() => {
  rejections.length = 0;
  process.on('unhandledRejection', onRejection);
});
afterEach(() => {
  process.off('unhandledRejection', onRejection);
  vi.useRealTimers();
});

describe('a wait', () => {
  it('ends with its time, and leaves nothing at the signal', async () => {
    vi.useFakeTimers();
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const waiting = wait(100, signal);
    await vi.advanceTimersByTimeAsync(100);
    await waiting;
    expect(removed).toHaveBeenCalledOnce();
  });

  it('ends with the signal, for its reason, and leaves no timer', async () => {
    vi.useFakeTimers();
    const client = new AbortController();
    const waiting = wait(100, client.signal);
    client.abort('left');
    await expect(waiting).rejects.toBe('left');
    await expect(wait(100, client.signal)).rejects.toBe('left');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a promise that knows no signal', () => {
  it('is waited for', async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve('there'), signal)).toBe('there');
    await expect(abortable(Promise.reject(new Error('crashed')), signal)).rejects.toThrow('crashed');
  });

  it.each(['before', 'during'])(
    'is left alone when the signal aborts %s its time, were it to fail',
    async (when) => {
      const client = new AbortController();
      const slow = Promise.withResolvers<never>();
      if (when === 'before') client.abort('left');
      const waiting = abortable(slow.promise, client.signal);
      client.abort('left');
      await expect(waiting).rejects.toBe('left');
      slow.reject(new Error('crashed'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejections).toEqual([]);
    },
  );
});
