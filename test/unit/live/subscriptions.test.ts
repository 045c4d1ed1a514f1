import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CatalogEvent } from '../../../src/domain/catalog-event.ts';
import { createMemoryBus } from '../../../src/live/event-bus.ts';
import { type SubscriptionRequest, Subscriptions } from '../../../src/live/subscriptions.ts';

const DAY_MS = 24 * 60 * 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

function open(limits: Partial<{ total: number; perCaller: number; maxQueued: number }> = {}) {
  const bus = createMemoryBus();
  const all = { total: 10, perCaller: 5, maxQueued: 3, lingerMs: 0, ...limits };
  const subscriptions = new Subscriptions(bus, all, Date.now);
  return { bus, subscriptions };
}

const request = (given: Partial<SubscriptionRequest> = {}): SubscriptionRequest => ({
  ...{ caller: 'one', account: 'its account', sources: new Set(['PAI']), onEnded: vi.fn() },
  ...given,
});
const event = (nodeId: string, source = 'PAI'): CatalogEvent => ({
  ...{ kind: 'UPDATED', source, typeName: 'PaiModel', nodeId, at: 0 },
});

describe('subscriptions', () => {
  it('hear of their account and their sources, each at its own pace', async () => {
    const { bus, subscriptions } = open({ maxQueued: 2 });
    const slow = request();
    const [quick, slowQueue] = [subscriptions.open(request()), subscriptions.open(slow)];
    const heard: string[] = [];
    for (const nodeId of ['a', 'b', 'c', 'd']) {
      bus.publish('another account', event('not told'));
      bus.publish('its account', event('not told', 'MODEL_ROUTER'));
      bus.publish('its account', event(nodeId));
      heard.push((await quick.next()).value.nodeId);
    }
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
    // The third did not fit: what the slow one holds is gone, and it holds nothing more.
    expect(subscriptions.state).toEqual({ open: 2, queued: 0 });
    expect(slow.onEnded).toHaveBeenCalledOnce();
    await expect(slowQueue.next()).rejects.toMatchObject({ fault: 'TOO_SLOW' });
    expect(await slowQueue.next()).toMatchObject({ done: true });
    expect(subscriptions.state).toEqual({ open: 1, queued: 0 });
  });

  it('that ended by themselves count until their reader has taken the end', async () => {
    const { bus, subscriptions } = open({ perCaller: 1, maxQueued: 1 });
    const queue = subscriptions.open(request());
    for (const nodeId of ['a', 'b']) bus.publish('its account', event(nodeId));
    expect(() => subscriptions.open(request())).toThrow(
      expect.objectContaining({ fault: 'CALLER_HAS_TOO_MANY' }),
    );
    await queue.return();
    expect(subscriptions.open(request())).toBeDefined();
  });

  it('of no more than so many callers are open', () => {
    const { subscriptions } = open({ total: 2, perCaller: 2 });
    subscriptions.open(request({ caller: 'one' }));
    subscriptions.open(request({ caller: 'two' }));
    expect(() => subscriptions.open(request({ caller: 'three' }))).toThrow(
      expect.objectContaining({ fault: 'TOO_MANY' }),
    );
  });

  it('whose reader has left leave nothing behind', async () => {
    const { bus, subscriptions } = open();
    const listen = vi.spyOn(bus, 'listen');
    const queue = subscriptions.open(request({ expiresAt: DAY_MS }));
    expect([listen.mock.calls.length, vi.getTimerCount()]).toEqual([1, 1]);
    await queue.return();
    bus.publish('its account', event('a'));
    expect([subscriptions.state, vi.getTimerCount(), queue.length]).toEqual([{ open: 0, queued: 0 }, 0, 0]);
  });

  it.each([1, 40 * DAY_MS])('end with the key or token of their caller, in %i ms', async (expiresAt) => {
    const { bus, subscriptions } = open();
    const own = request({ expiresAt });
    const queue = subscriptions.open(own);
    bus.publish('its account', event('a'));
    await vi.advanceTimersByTimeAsync(expiresAt - 1);
    expect(queue.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(own.onEnded).toHaveBeenCalledOnce();
    // What had not been read by then is not told any more.
    await expect(queue.next()).rejects.toMatchObject({ fault: 'EXPIRED' });
    await queue.next();
    expect([subscriptions.state.open, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('that are drained tell what they hold, and end; no other is opened', async () => {
    const { bus, subscriptions } = open();
    const own = request({ expiresAt: DAY_MS });
    const queue = subscriptions.open(own);
    bus.publish('its account', event('a'));
    subscriptions.drain();
    expect(own.onEnded).toHaveBeenCalledOnce();
    expect((await queue.next()).value).toEqual(event('a'));
    expect(await queue.next()).toMatchObject({ done: true });
    expect([subscriptions.state.open, vi.getTimerCount()]).toEqual([0, 0]);
    expect(() => subscriptions.open(request())).toThrow(expect.objectContaining({ fault: 'SHUTTING_DOWN' }));
  });
});
