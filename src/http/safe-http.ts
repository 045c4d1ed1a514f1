import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isLoopback } from '../config.ts';

/** A refusal before anything ran. */
function refuse(status: number, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { http: { status } } });
}

/**
 * Makes the endpoint safe from pages of other origins, before anyone configures anything: a POST must be JSON, which
 * forces a preflight that is never granted; a request that names a foreign origin is refused; and on a loopback
 * address the Host header must name it, so that no foreign name can be pointed at this machine (DNS rebinding).
 */
export function useSafeHttp(isLoopbackOnly: boolean): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      const fault = faultOf(request, url, isLoopbackOnly);
      if (fault === undefined) return;
      const { status, message } = fault;
      endResponse(
        fetchAPI.Response.json({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] }, { status }),
      );
    },
    onRequestParse({ request, url }) {
      if (request.method !== 'GET') return;
      for (const name of ['variables', 'extensions']) {
        const text = url.searchParams.get(name);
        if (text !== null && text !== '' && !isJson(text)) throw refuse(400, `${name} is not valid JSON.`);
      }
    },
  };
}

function faultOf(request: Request, url: URL, isLoopbackOnly: boolean) {
  const host = request.headers.get('host') ?? url.host;
  if (isLoopbackOnly && !isLoopback(host.replace(/:\d+$/, ''))) {
    return {
      status: 403,
      message: 'The Host header names another machine. Open the gateway as 127.0.0.1 or localhost.',
    };
  }
  if (isForeign(request, host)) {
    return { status: 403, message: 'Pages of other origins may not call this gateway.' };
  }
  if (request.method === 'POST' && !isJsonType(request.headers.get('content-type'))) {
    return { status: 415, message: 'Send the operation as application/json.' };
  }
  return undefined;
}

/** Only browsers send these headers, and a page cannot forge them. */
function isForeign(request: Request, host: string): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site === 'same-origin') return false;
  const origin = request.headers.get('origin');
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function isJsonType(contentType: string | null): boolean {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  return type === 'application/json';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
