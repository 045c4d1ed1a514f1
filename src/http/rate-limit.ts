import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { callerOf } from './authentication.ts';
import { networkOf } from './network.ts';
import { Refusal, refuse } from './refuse.ts';
import { type RateLimit, TokenBuckets } from './token-buckets.ts';

/**
 * Limits the operations of each caller, a batch counting as its operations: what does not fit is refused as a whole,
 * before anything runs. Who is not asked who they are is told by their address.
 */
export function useRateLimit(limit: RateLimit): Plugin<object, { req?: IncomingMessage }> {
  const buckets = new TokenBuckets(limit);
  return {
    onRequestParse({ request, serverContext }) {
      const caller = callerOf(request)?.name ?? networkOf(serverContext?.req?.socket.remoteAddress ?? '');
      return {
        onRequestParseDone({ requestParserResult }) {
          const operations = Array.isArray(requestParserResult) ? requestParserResult.length : 1;
          if (operations > limit.burst) {
            throw refuse(413, `A batch may hold at most ${limit.burst} operations.`);
          }
          const waitMs = buckets.take(caller, operations);
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
