import type { CatalogEvent } from '../../../src/domain/catalog-event.ts';
import { createMemoryBus, type EventBus } from '../../../src/live/event-bus.ts';

/** A bus that remembers what went over it. */
export interface RecordingBus extends EventBus {
  /** What was published since it was last asked, with the account it was published to. */
  taken(): readonly (CatalogEvent & { readonly account: string })[];
}

export function recordingBus(): RecordingBus {
  const bus = createMemoryBus();
  const told: (CatalogEvent & { account: string })[] = [];
  return {
    listen: bus.listen,
    publish(account, event) {
      told.push({ account, ...event });
      bus.publish(account, event);
    },
    taken: () => told.splice(0),
  };
}
