import { describe, expect, it, vi } from 'vitest';
import { EventQueue } from '../../../src/live/event-queue.ts';

const TOO_SLOW = new Error('too slow');
const ENDED = new Error('ended');
const done = { done: true, value: undefined };

function open(max = 3) {
  const left = vi.fn();
  return { left, queue: new EventQueue<number>(max, () => TOO_SLOW, left) };
}

describe('a queue', () => {
  it('gives what is pushed in its order, to readers who wait as to readers who come later', async () => {
    const { queue } = open();
    const waiting = [queue.next(), queue.next()];
    for (const event of [1, 2, 3, 4]) expect(queue.push(event)).toBe(true);
    expect(await Promise.all(waiting)).toEqual([1, 2].map((value) => ({ done: false, value })));
    expect(queue.length).toBe(2);
    expect([await queue.next(), await queue.next()]).toEqual([3, 4].map((value) => ({ done: false, value })));
    expect(queue.length).toBe(0);
  });

  it('that is full ends: it drops what it holds, and an error is the last that it gives', async () => {
    const { queue, left } = open(3);
    expect([1, 2, 3, 4, 5].map((event) => queue.push(event))).toEqual([true, true, true, false, true]);
    expect(queue.length).toBe(0);
    // The reader has not come for the error: it is still there.
    expect(left).not.toHaveBeenCalled();
    await expect(queue.next()).rejects.toBe(TOO_SLOW);
    expect(await queue.next()).toEqual(done);
    expect(left).toHaveBeenCalledOnce();
  });

  it('that is completed gives what it holds, and then ends', async () => {
    const { queue, left } = open();
    queue.push(1);
    queue.complete();
    queue.push(2);
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([
      { done: false, value: 1 },
      done,
      done,
    ]);
    expect(left).toHaveBeenCalledOnce();
  });

  it.each([
    ['completed', (queue: EventQueue<number>) => queue.complete()],
    ['left', (queue: EventQueue<number>) => void queue.return()],
  ])('that is %s keeps no reader waiting', async (_how, end) => {
    const { queue, left } = open();
    const waiting = queue.next();
    end(queue);
    expect(await waiting).toEqual(done);
    expect(left).toHaveBeenCalledOnce();
  });

  it('that fails tells a reader who waits', async () => {
    const { queue, left } = open();
    const waiting = queue.next();
    queue.fail(ENDED);
    await expect(waiting).rejects.toBe(ENDED);
    expect(await queue.next()).toEqual(done);
    expect(left).toHaveBeenCalledOnce();
  });

  it('that has ended does not end again', async () => {
    const { queue } = open();
    queue.fail(ENDED);
    queue.complete();
    queue.fail(TOO_SLOW);
    await expect(queue.next()).rejects.toBe(ENDED);
    expect(await queue.next()).toEqual(done);
  });

  it('that its reader has left holds nothing', async () => {
    const { queue, left } = open();
    queue.push(1);
    expect(await queue.return()).toEqual(done);
    queue.push(2);
    expect([queue.length, await queue.next()]).toEqual([0, done]);
    await queue.return();
    expect(left).toHaveBeenCalledOnce();
  });
});
