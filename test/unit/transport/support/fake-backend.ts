import { createBackendClock } from '../../../../src/transport/backend-clock.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../../src/transport/http.ts';
import type { UpstreamRequest } from '../../../../src/transport/request.ts';
import { createUpstream } from '../../../../src/transport/upstream.ts';
import { UNWATCHED_CALL } from '../../../support/unwatched.ts';
import { CREDENTIALS, judge, NEVER, SETTINGS, SILENT, type TestSettings } from './upstream.ts';

/** What a fake backend does with a request: answers it, or leaves it without an answer. */
export type Handle = (request: HttpRequest) => HttpAnswer | 'hang';

export function answer(status: number, body = '{}', headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return { status, headers, body };
}

/** A refusal in the vendor's words. */
export function refusal(status: number, code: string, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return answer(status, JSON.stringify({ Code: code, RequestId: 'r' }), headers);
}

/**
 * A way to a backend that is no server: it goes by the timers of the test, which may be fake ones, and answers within
 * the same tick where a round trip takes no time. `sentAt` lists when
 * each request left, `broken` counts those that were broken off.
 */
export function openFakeUpstream(handle: Handle, options: TestSettings & { roundTripMs?: number } = {}) {
  const {
    credentials = CREDENTIALS,
    generation = () => 0,
    witness = UNWATCHED_CALL,
    random = () => 0,
    ...more
  } = options;
  const { now = () => Date.now(), roundTripMs = 10, ...settings } = more;
  const sentAt: number[] = [];
  const counts = { broken: 0 };
  const http: HttpClient = {
    send(request, progress, told) {
      progress.hasLeft = true;
      sentAt.push(now());
      let isOver = false;
      const answered = (answer: HttpAnswer) => {
        if (!isOver) told.answered(answer);
        isOver = true;
      };
      const arrive = () => {
        const handled = handle(request);
        if (handled === 'hang') return;
        if (roundTripMs === 0) queueMicrotask(() => answered(handled));
        else setTimeout(answered, roundTripMs / 2, handled);
      };
      if (roundTripMs === 0) arrive();
      else setTimeout(arrive, roundTripMs / 2);
      return {
        breakOff(reason) {
          if (isOver) return;
          isOver = true;
          counts.broken += 1;
          told.failed(reason);
        },
      };
    },
    close: () => Promise.resolve(),
  };
  const nonce = () => 'nonce';
  const endpoint = new URL('http://backend.invalid');
  const upstream = createUpstream(
    { ...SETTINGS, ...settings },
    { http, endpoint, userAgent: 'test', credentials, backendClock: createBackendClock(), now, nonce },
    { now, nonce, monotonicMs: now, random },
    generation,
    SILENT,
  );
  return {
    sentAt,
    counts,
    state: () => upstream.state(),
    call: (request: UpstreamRequest, signal: AbortSignal = NEVER, until = Number.POSITIVE_INFINITY) =>
      upstream.call(request, judge, { signal, until }, witness),
  };
}

/** How many requests a backend admits. */
export interface Allowance {
  /** Whether a request that arrives now is admitted. */
  admits(): boolean;
  /** Until it admits the next one. */
  retryAfterMs(): number;
}

/** A bucket that is full at first, and fills again at `perSecond`. */
export function tokenBucket(perSecond: number, size: number, now: () => number): Allowance {
  let tokens = size;
  let filledAt = now();
  return {
    admits() {
      tokens = Math.min(size, tokens + ((now() - filledAt) * perSecond) / 1_000);
      filledAt = now();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    retryAfterMs: () => Math.ceil(((1 - tokens) * 1_000) / perSecond),
  };
}

/** So many in each stretch of time. */
export function fixedWindow(count: number, windowMs: number, now: () => number): Allowance {
  let window = Number.NaN;
  let used = 0;
  return {
    admits() {
      const current = Math.floor(now() / windowMs);
      if (current !== window) used = 0;
      window = current;
      used += 1;
      return used <= count;
    },
    retryAfterMs: () => windowMs - (now() % windowMs),
  };
}

/** A backend that refuses as the vendor does: status 400, `Throttling.User`. */
export function throttling(allowance: Allowance, tellsRetryAfter: boolean) {
  const counts = { admitted: 0, refused: 0 };
  const handle: Handle = () => {
    if (allowance.admits()) {
      counts.admitted += 1;
      return answer(200);
    }
    counts.refused += 1;
    const retryAfter = { 'x-acs-retry-after': String(allowance.retryAfterMs()) };
    return refusal(400, 'Throttling.User', tellsRetryAfter ? retryAfter : {});
  };
  return { handle, counts };
}
