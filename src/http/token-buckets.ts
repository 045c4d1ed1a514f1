import { TokenBucket } from 'limiter';

/** How much one caller may ask. */
export interface RateLimit {
  /** Operations a minute, in the long run. */
  readonly perMinute: number;
  /** Operations at once, after a pause. */
  readonly burst: number;
}

/** A bucket takes about 300 bytes. */
const MAX_CALLERS = 10_000;

/**
 * A bucket for each caller, full at first. The number of callers is bounded: who asked longest ago is forgotten, and
 * begins anew.
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #limit: RateLimit;
  readonly #maxCallers: number;

  constructor(limit: RateLimit, maxCallers = MAX_CALLERS) {
    this.#limit = limit;
    this.#maxCallers = maxCallers;
  }

  /** Takes all of `count`, at most the burst, or nothing; then gives how many milliseconds it takes until they are there. */
  take(caller: string, count: number): number | undefined {
    const bucket = this.#bucketOf(caller);
    return bucket.tryRemoveTokens(count) ? undefined : bucket.getWaitTime(count);
  }

  #bucketOf(caller: string): TokenBucket {
    const bucket = this.#buckets.get(caller) ?? this.#fullBucket();
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#maxCallers) break;
      this.#buckets.delete(oldest);
    }
    return bucket;
  }

  #fullBucket(): TokenBucket {
    const { perMinute, burst } = this.#limit;
    const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perMinute, interval: 'minute' });
    // The library's begin empty.
    bucket.content = burst;
    return bucket;
  }
}
