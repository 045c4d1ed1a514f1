import type { CatalogEvent } from '../domain/catalog-event.ts';
import type { EventBus } from './event-bus.ts';
import { EventQueue } from './event-queue.ts';

/** How much of the process subscribers may take. */
export interface SubscriptionLimits {
  /** Subscriptions that are open at once. */
  readonly total: number;
  /** Those of one caller. */
  readonly perCaller: number;
  /** Events that wait for one subscriber to read them. */
  readonly maxQueued: number;
  /** How long a client that reads nothing keeps a stream that has ended here. */
  readonly lingerMs: number;
}

/** An event takes about 300 bytes, and is one for all who wait for it. */
export const SUBSCRIPTION_LIMITS: SubscriptionLimits = {
  total: 1_000,
  perCaller: 100,
  maxQueued: 1_000,
  lingerMs: 5_000,
};

/** What someone wants to hear. */
export interface SubscriptionRequest {
  readonly caller: string;
  /** Whose changes. */
  readonly account: string;
  readonly sources: ReadonlySet<string>;
  /** Milliseconds since 1970 from which on the caller may not hear any more. */
  readonly expiresAt?: number | undefined;
  /** Called when the subscription ends from this side; its reader may be one who does not read. */
  readonly onEnded: () => void;
}

/** How many subscriptions there are, and what they hold. */
export interface SubscriptionState {
  readonly open: number;
  readonly queued: number;
}

/** Why a subscription is not opened, or ends. */
export type SubscriptionFault = 'CALLER_HAS_TOO_MANY' | 'TOO_MANY' | 'SHUTTING_DOWN' | 'TOO_SLOW' | 'EXPIRED';

/** A subscription that is not opened, or ends before its reader wants it to. */
export class SubscriptionError extends Error {
  override readonly name = 'SubscriptionError';
  readonly fault: SubscriptionFault;

  constructor(fault: SubscriptionFault) {
    super(fault);
    this.fault = fault;
  }
}

/** The longest that a timer of the runtime can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The subscriptions of a process. Each is its own: one who does not read keeps nobody else waiting. */
export class Subscriptions {
  readonly #bus: EventBus;
  readonly #limits: SubscriptionLimits;
  readonly #now: () => number;
  readonly #open = new Map<EventQueue<CatalogEvent>, SubscriptionRequest>();
  #isDraining = false;

  constructor(bus: EventBus, limits: SubscriptionLimits, now: () => number) {
    this.#bus = bus;
    this.#limits = limits;
    this.#now = now;
  }

  get state(): SubscriptionState {
    const queued = this.#open.keys().reduce((sum, queue) => sum + queue.length, 0);
    return { open: this.#open.size, queued };
  }

  /** Hears what happens from now on. @throws SubscriptionError */
  open(request: SubscriptionRequest): EventQueue<CatalogEvent> {
    this.#checkRoom(request.caller);
    const { account, sources, expiresAt, onEnded } = request;
    const endings: (() => void)[] = [];
    const letGo = () => {
      for (const end of endings.splice(0)) end();
    };
    const queue = new EventQueue<CatalogEvent>(this.#limits.maxQueued, tooSlow, () => {
      this.#open.delete(queue);
      letGo();
    });
    this.#open.set(queue, request);
    endings.push(
      this.#bus.listen(account, (event) => {
        if (!sources.has(event.source) || queue.push(event)) return;
        letGo();
        onEnded();
      }),
    );
    if (expiresAt !== undefined) {
      const expire = () => {
        queue.fail(new SubscriptionError('EXPIRED'));
        letGo();
        onEnded();
      };
      endings.push(this.#at(expiresAt, expire));
    }
    return queue;
  }

  /** Ends all in order, and opens no more. */
  drain(): void {
    this.#isDraining = true;
    for (const [queue, { onEnded }] of this.#open) {
      queue.complete();
      onEnded();
    }
  }

  #checkRoom(caller: string): void {
    if (this.#isDraining) throw new SubscriptionError('SHUTTING_DOWN');
    const { total, perCaller } = this.#limits;
    const own = this.#open.values().filter((one) => one.caller === caller);
    if (Array.from(own).length >= perCaller) throw new SubscriptionError('CALLER_HAS_TOO_MANY');
    if (this.#open.size >= total) throw new SubscriptionError('TOO_MANY');
  }

  /** Gives what calls it off. */
  #at(time: number, run: () => void): () => void {
    let timer: NodeJS.Timeout;
    const wait = () => {
      const leftMs = time - this.#now();
      if (leftMs <= 0) return run();
      timer = setTimeout(wait, Math.min(leftMs, MAX_TIMER_MS)).unref();
    };
    timer = setTimeout(wait, 0).unref();
    return () => clearTimeout(timer);
  }
}

function tooSlow(): SubscriptionError {
  return new SubscriptionError('TOO_SLOW');
}
