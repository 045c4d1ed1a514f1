import { describe, expect, it } from 'vitest';
import { Cancellation } from '../../../src/transport/signal.ts';

/** One beside the runtime's own, to which the same is done. */
function openBoth() {
  const controller = new AbortController();
  const cancellation = new Cancellation();
  return [
    { signal: cancellation, abort: (reason: unknown) => cancellation.abort(reason) },
    { signal: controller.signal, abort: (reason: unknown) => controller.abort(reason) },
  ] as const;
}

describe('a cancellation does what an AbortSignal does', () => {
  it('calls each listener once, in the order of their coming, and keeps the first reason', () => {
    for (const { signal, abort } of openBoth()) {
      const called: string[] = [];
      const first = () => void called.push(`first, ${signal.aborted}, ${signal.reason}`);
      signal.addEventListener('abort', first);
      signal.addEventListener('abort', first);
      signal.addEventListener('abort', () => void called.push('second'));
      expect([signal.aborted, signal.reason]).toEqual([false, undefined]);
      abort('left');
      abort('again');
      expect(called).toEqual(['first, true, left', 'second']);
      expect(signal.reason).toBe('left');
    }
  });

  it('calls none that was removed, were it by another one, and none that comes too late', () => {
    for (const { signal, abort } of openBoth()) {
      const called: string[] = [];
      const removed = () => void called.push('removed');
      const late = () => void called.push('late');
      signal.addEventListener('abort', () => {
        called.push('first');
        signal.removeEventListener('abort', removed);
        signal.addEventListener('abort', late);
      });
      signal.addEventListener('abort', removed);
      abort('left');
      signal.addEventListener('abort', late);
      expect(called).toEqual(['first']);
    }
  });

  it('throws its reason once it has aborted', () => {
    for (const { signal, abort } of openBoth()) {
      signal.throwIfAborted();
      abort(new Error('left'));
      expect(() => signal.throwIfAborted()).toThrow('left');
    }
  });
});
