import { type IdempotencyStore, KEPT_MS, type KnownKey, MAX_KEYS } from './store.ts';

/**
 * Keys in memory. Beyond the bound the oldest that was made is forgotten, for want of one the oldest whose outcome is
 * unknown, and one that is running never.
 */
export function createMemoryKeys(
  now: () => number,
  maxKeys = MAX_KEYS,
): Pick<IdempotencyStore, 'claim' | 'settle' | 'release'> {
  // In the order of their claims: what is settled keeps its place.
  const keys = new Map<string, KnownKey>();

  function forgetExpired(): void {
    for (const [key, { state, beganAt }] of keys) {
      if (now() - beganAt < KEPT_MS) return;
      if (state !== 'running') keys.delete(key);
    }
  }

  function oldest(wanted: KnownKey['state']): string | undefined {
    for (const [key, { state }] of keys) if (state === wanted) return key;
    return undefined;
  }

  return {
    async claim(key, begun) {
      forgetExpired();
      const known = keys.get(key);
      if (known !== undefined) return known;
      if (keys.size >= maxKeys) {
        const victim = oldest('made') ?? oldest('unknown');
        if (victim === undefined) return 'full';
        keys.delete(victim);
      }
      keys.set(key, { ...begun, state: 'running' });
      return 'claimed';
    },
    async settle(key, known) {
      keys.set(key, known);
    },
    async release(key) {
      keys.delete(key);
    },
  };
}
