import type { Plugin } from 'graphql-yoga';
import type { Authenticate, Caller, Verdict } from '../auth/authenticate.ts';
import { KeptOn } from '../kept-on.ts';
import type { Logger } from '../telemetry/log.ts';
import { refusalResponse } from './refuse.ts';
import { requestIdOf } from './request-id.ts';

const callers = new KeptOn<Request, Caller>();

/** Who sent a request; undefined where nobody was asked who they are. */
export function callerOf(request: Request): Caller | undefined {
  return callers.get(request);
}

/** When a client may ask again while callers cannot be told apart. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Turns away who does not say who they are, before anything of the request is read. What answers in front of it is
 * open to everyone: probes, and the page of GraphiQL, which runs nothing.
 */
export function useAuthentication(authenticate: Authenticate, logger: Logger): Plugin {
  return {
    async onRequest({ request, fetchAPI, endResponse }) {
      const verdict = await authenticate(request.headers).catch(failed);
      const requestId = requestIdOf(request);
      switch (verdict.kind) {
        case 'known':
          callers.set(request, verdict.caller);
          return;
        case 'refused': {
          const { reason, message } = verdict;
          logger.info({ requestId, reason }, 'a caller was turned away');
          const fault = reason === 'MISSING' ? '' : ', error="invalid_token"';
          const headers = { 'www-authenticate': `Bearer realm="modelgraph"${fault}` };
          const facts = { status: 401, code: 'UNAUTHENTICATED', message, headers } as const;
          endResponse(refusalResponse(fetchAPI, request, facts));
          return;
        }
        case 'unavailable': {
          logger.warn({ requestId, cause: verdict.cause }, 'callers cannot be told apart');
          // Not 401: nothing is known against the token, and a client would throw away a good one.
          const message = 'Keys and tokens cannot be checked at the moment.';
          const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
          const retryAfterMs = 1000 * RETRY_AFTER_SECONDS;
          endResponse(
            refusalResponse(fetchAPI, request, {
              ...{ status: 503, code: 'UPSTREAM_UNAVAILABLE', message, headers, retryAfterMs },
            }),
          );
        }
      }
    },
    onResponse({ response }) {
      // A key in x-api-key does not tell caches that the answer is one caller's own.
      response.headers.set('cache-control', 'no-store');
    },
  };
}

/** A bug lets nobody in; thrown from here, its stack would be the answer. */
function failed(error: unknown): Verdict {
  return { kind: 'unavailable', cause: error instanceof Error ? error.name : 'unknown' };
}
