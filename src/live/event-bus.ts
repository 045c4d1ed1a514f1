import type { CatalogEvent } from '../domain/catalog-event.ts';

/**
 * Carries events from mutations to subscriptions. The one here reaches this process only; a bus that several
 * processes share takes its place by these two functions.
 */
export interface EventBus {
  /** Tells all who listen to an account. Never waits for them. */
  publish(account: string, event: CatalogEvent): void;
  /** Listens to an account until the function it gives is called. */
  listen(account: string, listener: (event: CatalogEvent) => void): () => void;
}

/** A bus in memory. */
export function createMemoryBus(): EventBus {
  const listeners = new Map<string, Set<(event: CatalogEvent) => void>>();
  return {
    publish(account, event) {
      for (const listener of listeners.get(account) ?? []) listener(event);
    },
    listen(account, listener) {
      const own = listeners.get(account) ?? new Set();
      listeners.set(account, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(account) === own) listeners.delete(account);
      };
    },
  };
}
