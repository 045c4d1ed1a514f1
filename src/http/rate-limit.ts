import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { callerOf } from './authentication.ts';
import { networkOf } from './network.ts';
import { Refusal, refuse } from './refuse.ts';
import { type RateLimit, TokenBuckets } from './token-buckets.ts';

/** Limits the operations of each caller. Who is not asked who they are is told by their address. */
export class RateLimiter {
  readonly limit: RateLimit;
  readonly #buckets: TokenBuckets;

  constructor(limit: RateLimit) {
    this.limit = limit;
    this.#buckets = new TokenBuckets(limit);
  }

  /** Takes all of `operations` or nothing; then gives how many milliseconds it takes until they may come. */
  take(request: Request, remoteAddress: string | undefined, operations: number): number | undefined {
    const caller = callerOf(request)?.name ?? networkOf(remoteAddress ?? '');
    return this.#buckets.take(caller, operations);
  }
}

/**
 * Limits the operations of each caller, a batch counting as its operations: what does not fit is refused as a whole,
 * before anything runs.
 */
export function useRateLimit(limiter: RateLimiter): Plugin<object, { req?: IncomingMessage }> {
  const { burst } = limiter.limit;
  return {
    onRequestParse({ request, serverContext }) {
      return {
        onRequestParseDone({ requestParserResult }) {
          const operations = Array.isArray(requestParserResult) ? requestParserResult.length : 1;
          if (operations > burst) throw refuse(413, `A batch may hold at most ${burst} operations.`);
          const waitMs = limiter.take(request, serverContext?.req?.socket.remoteAddress, operations);
          if (waitMs !== undefined) throw limited(waitMs);
        },
      };
    },
  };
}

function limited(waitMs: number): Refusal {
  return new Refusal({
    status: 429,
    code: 'RATE_LIMITED',
    message: 'The caller sends too many operations.',
    headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) },
    retryAfterMs: waitMs,
  });
}
