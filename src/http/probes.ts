import type { Plugin } from 'graphql-yoga';

/**
 * `/health`: the process lives. `/ready`: it takes requests, with the live state of each backend and the drift since
 * start. A backend that fails does not make it unready: the others' data is still served, and no other replica would
 * fare better. Exact paths, unlike Yoga's own probes, which answer any address that ends so, a query that does included.
 */
export function useProbes(isReady: () => boolean, liveState: () => object): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return;
      if (url.pathname === '/health') endResponse(new fetchAPI.Response(null, { status: 200 }));
      if (url.pathname === '/ready') {
        const ready = isReady();
        endResponse(fetchAPI.Response.json({ ready, ...liveState() }, { status: ready ? 200 : 503 }));
      }
    },
  };
}
