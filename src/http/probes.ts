import type { Plugin } from 'graphql-yoga';

/**
 * `/health`: the process lives. `/ready`: it takes requests. Exact paths, unlike Yoga's own probes, which answer any
 * address that ends so, a query that does included.
 */
export function useProbes(isReady: () => boolean): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return;
      if (url.pathname === '/health') endResponse(new fetchAPI.Response(null, { status: 200 }));
      if (url.pathname === '/ready')
        endResponse(new fetchAPI.Response(null, { status: isReady() ? 200 : 503 }));
    },
  };
}
