import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { KeptOn } from '../kept-on.ts';

const HEADER = 'x-request-id';
/** An id from outside is trusted only where it cannot break a log line or a header. */
const TRUSTED = /^[\w.-]{1,64}$/;

const ids = new KeptOn<Request, string>();

/** The id of a request: the caller's where it can be trusted, else one made here. */
export function requestIdOf(request: Request): string {
  const known = ids.get(request);
  if (known !== undefined) return known;
  const given = request.headers.get(HEADER);
  const id = given !== null && TRUSTED.test(given) ? given : randomUUID();
  ids.set(request, id);
  return id;
}

/** Answers every request with its id. */
export function useRequestId(): Plugin {
  return {
    onResponse({ request, response }) {
      response.headers.set(HEADER, requestIdOf(request));
    },
  };
}
