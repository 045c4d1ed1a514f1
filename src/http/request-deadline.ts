import type { Plugin } from 'graphql-yoga';
import { KeptOn } from '../kept-on.ts';
import type { Patience } from '../transport/flight.ts';
import { requestTimeout } from '../transport/given-up.ts';
import type { Signal } from '../transport/signal.ts';
import { limitedTo } from '../transport/wait.ts';
import { leavingOf } from './node-exchange.ts';
import { refuse } from './refuse.ts';

/** By which a client asks for less time than the gateway's own deadline, in milliseconds. */
export const DEADLINE_HEADER = 'x-request-timeout-ms';

const ANSWERED = new DOMException('The request has been answered.', 'AbortError');

/** A {@link Patience} that whoever began it ends. */
export interface Watch extends Patience {
  end(): void;
}

const watches = new KeptOn<Request, Watch>();

/** Requests that are answered in parts, and wait until the last of them. */
const inParts = new WeakSet<Request>();

/**
 * How long a request waits for its backends: until the client leaves or its deadline has passed. Then what still waits
 * fails with UPSTREAM_TIMEOUT, and what is there already is answered.
 *
 * @param timeoutMs the deadline of a request that does not ask for less
 * @param nowMs a clock that never jumps, the one that the transport goes by
 */
export function patienceOf(request: Request, timeoutMs: number, nowMs: () => number): Patience {
  const known = watches.get(request);
  if (known !== undefined) return known;
  const watch = openPatience(request, leavingOf(request), timeoutMs, nowMs);
  watches.set(request, watch);
  return watch;
}

/**
 * The same for what does not end with the request: one event of a subscription, which has that time anew, or what
 * several requests wait for.
 *
 * @param signal aborts when nobody waits any more
 */
export function openPatience(
  request: Request,
  signal: Signal,
  timeoutMs: number,
  nowMs: () => number,
): Watch {
  const asked = askedMs(request);
  const ownMs = Math.min(timeoutMs, typeof asked === 'number' ? asked : timeoutMs);
  return openWatch(signal, ownMs, nowMs() + ownMs);
}

/** Refuses a deadline that cannot be read, and breaks off what goes on for requests that have been answered. */
export function useRequestDeadline(): Plugin<{ readonly request: Request }> {
  return {
    onRequestParse({ request }) {
      if (!hasReadableDeadline(request)) {
        throw refuse(400, `The header ${DEADLINE_HEADER} must be a whole number of milliseconds, 1 or more.`);
      }
    },
    onExecute({ args }) {
      const { request } = args.contextValue;
      return {
        onExecuteDone({ result }) {
          if (!(Symbol.asyncIterator in result)) return undefined;
          inParts.add(request);
          return { onEnd: () => watches.get(request)?.end() };
        },
      };
    },
    onResponse({ request }) {
      if (!inParts.has(request)) watches.get(request)?.end();
    },
  };
}

/** Whether it says nothing of a deadline, or says one that can be read. */
export function hasReadableDeadline(request: Request): boolean {
  return askedMs(request) !== 'unreadable';
}

function askedMs(request: Request): number | 'unreadable' | undefined {
  const text = request.headers.get(DEADLINE_HEADER);
  if (text === null) return undefined;
  return /^0*[1-9]\d{0,11}$/.test(text) ? Number(text) : 'unreadable';
}

function openWatch(client: Signal, timeoutMs: number, until: number): Watch {
  const limited = limitedTo(timeoutMs, client, requestTimeout);
  return {
    signal: limited.signal,
    until,
    // What still goes on, e.g. the walk over a source that had taken too long, nobody waits for any more.
    end: () => limited.abort(ANSWERED),
  };
}
