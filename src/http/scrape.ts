import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { ScrapeAccess } from '../config.ts';
import { isLoopback } from '../loopback.ts';
import { METRICS_TYPE } from '../telemetry/prometheus.ts';

/** `/metrics` for Prometheus on the port of the graph. Goes behind what judges the request. */
export function useMetrics(access: ScrapeAccess, text: () => string): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname !== '/metrics') return;
      const { status, headers, body } = answerTo(
        access,
        text,
        request.method,
        request.headers.get('authorization'),
      );
      endResponse(new fetchAPI.Response(body, { status, headers }));
    },
  };
}

/**
 * A server, not yet listening, that has `/metrics` and nothing else.
 *
 * @param isLoopbackOnly whether it is to listen on a loopback address: then the Host header must name it, so that no
 * page reads it under a foreign name that points here
 */
export function createMetricsServer(
  access: ScrapeAccess,
  text: () => string,
  isLoopbackOnly: boolean,
): Server {
  return createServer({ joinDuplicateHeaders: true }, ({ method = '', url = '', headers }, response) => {
    const isHere = !isLoopbackOnly || isLoopback((headers.host ?? '').replace(/:\d+$/, ''));
    const isKnown = isHere && url.split('?')[0] === '/metrics';
    const answer = answerTo(
      isKnown ? access : { kind: 'closed' },
      text,
      method,
      headers.authorization ?? null,
    );
    response.writeHead(answer.status, { ...answer.headers, 'x-content-type-options': 'nosniff' });
    response.end(method === 'HEAD' ? null : answer.body);
  });
}

function answerTo(access: ScrapeAccess, text: () => string, method: string, authorization: string | null) {
  const empty = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: null });
  if (access.kind === 'closed') return empty(404);
  if (access.kind === 'token' && !shows(access.token, authorization)) {
    return empty(401, { 'www-authenticate': 'Bearer realm="metrics"' });
  }
  if (method !== 'GET' && method !== 'HEAD') return empty(405, { allow: 'GET, HEAD' });
  return {
    status: 200,
    headers: { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' },
    body: text(),
  };
}

/** Takes as long for any wrong token: what is compared are hashes. */
function shows(token: string, authorization: string | null): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}
