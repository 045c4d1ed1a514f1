import { createMemoryAttempts } from './memory-attempts.ts';
import { createMemoryKeys } from './memory-keys.ts';
import type { IdempotencyStore } from './store.ts';

/** A store for one process. @param now milliseconds since 1970 */
export function createMemoryStore(now: () => number): IdempotencyStore {
  return { ...createMemoryKeys(now), ...createMemoryAttempts(now) };
}
