import type { Plugin } from 'graphql-yoga';
import type { Patience } from '../transport/flight.ts';
import { requestTimeout } from '../transport/given-up.ts';
import { refuse } from './refuse.ts';

/** By which a client asks for less time than the gateway's own deadline, in milliseconds. */
const HEADER = 'x-request-timeout-ms';

interface Watch extends Patience {
  end(): void;
}

const watches = new WeakMap<Request, Watch>();

/**
 * How long a request waits for its backends: until the client leaves or its deadline has passed. Then what still waits
 * fails with UPSTREAM_TIMEOUT, and what is there already is answered.
 *
 * @param timeoutMs the deadline of a request that does not ask for less
 */
export function patienceOf(request: Request, timeoutMs: number): Patience {
  const known = watches.get(request);
  if (known !== undefined) return known;
  const asked = askedMs(request);
  const watch = openWatch(request.signal, Math.min(timeoutMs, typeof asked === 'number' ? asked : timeoutMs));
  watches.set(request, watch);
  return watch;
}

/** Refuses a deadline that cannot be read, and forgets the deadlines of requests that have been answered. */
export function useRequestDeadline(): Plugin {
  return {
    onRequestParse({ request }) {
      if (askedMs(request) === 'unreadable') {
        throw refuse(400, `The header ${HEADER} must be a whole number of milliseconds, 1 or more.`);
      }
    },
    onResponse({ request }) {
      watches.get(request)?.end();
    },
  };
}

function askedMs(request: Request): number | 'unreadable' | undefined {
  const text = request.headers.get(HEADER);
  if (text === null) return undefined;
  return /^0*[1-9]\d{0,11}$/.test(text) ? Number(text) : 'unreadable';
}

function openWatch(client: AbortSignal, timeoutMs: number): Watch {
  const controller = new AbortController();
  const onLeave = () => controller.abort(client.reason);
  const timer = setTimeout(() => controller.abort(requestTimeout()), timeoutMs);
  if (client.aborted) onLeave();
  else client.addEventListener('abort', onLeave, { once: true });
  return {
    signal: controller.signal,
    until: performance.now() + timeoutMs,
    end() {
      clearTimeout(timer);
      client.removeEventListener('abort', onLeave);
    },
  };
}
