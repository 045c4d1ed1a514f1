import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { isLoopback } from '../loopback.ts';
import { acceptsAnswer } from './accept.ts';
import { corsHeaders, isAllowed, isPreflight } from './cors.ts';
import { refusalResponse, refuse } from './refuse.ts';

/**
 * Makes the endpoint safe from pages of other origins, before anyone configures anything: a POST must be JSON, as it is,
 * which forces a preflight that is granted to `origins` only; a request that names any other foreign origin is refused; and
 * on a loopback address the Host header must name it, so that no foreign name can be pointed at this machine (DNS
 * rebinding).
 *
 * Goes first of all plugins that answer requests.
 */
export function useSafeHttp(isLoopbackOnly: boolean, origins: readonly string[] = []): Plugin {
  const isElsewhere = isLoopbackOnly ? foreignHosts() : () => false;
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      const fault = faultOf(request, isElsewhere, origins);
      if (fault !== undefined) {
        endResponse(refusalResponse(fetchAPI, request, { code: 'BAD_USER_INPUT', ...fault }));
      } else if (isPreflight(request, origins)) {
        endResponse(new fetchAPI.Response(null, { status: 204 }));
      } else if (request.method === 'POST') {
        // Yoga knows the type in lower case only.
        request.headers.set('content-type', JSON_TYPE);
      }
    },
    onRequestParse({ request, url, setRequestParser }) {
      // Before a mutation runs, not when its answer has nowhere to go.
      if (!acceptsAnswer(request.headers.get('accept'))) throw refuse(406, 'Accept application/json.');
      if (request.method !== 'GET') return;
      const parameters = parametersOf(url.searchParams);
      setRequestParser(() => parameters);
    },
    onResponse({ request, response }) {
      const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
      response.headers.set('content-security-policy', isPage ? PAGE_POLICY : DATA_POLICY);
      for (const [name, value] of SAFE_HEADERS) response.headers.set(name, value);
      for (const [name, value] of corsHeaders(request, origins)) response.headers.append(name, value);
    },
  };
}

/** No frame may hold it: an invisible one over a page's own button would have a person press "execute". */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** GraphiQL is one page of inline script, style and workers, and talks to nobody but its own origin. */
const PAGE_POLICY = [
  DATA_POLICY,
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const SAFE_HEADERS = [
  ['x-frame-options', 'DENY'],
  ['x-content-type-options', 'nosniff'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
] as const;

/** Tells whether a Host, in lower case, is another machine. Nearly all requests name the same. */
function foreignHosts(): (host: string) => boolean {
  let own: string | undefined;
  return (host) => {
    if (host === own) return false;
    if (!isLoopback(host.replace(/:\d+$/, ''))) return true;
    own = host;
    return false;
  };
}

function faultOf(request: Request, isElsewhere: (host: string) => boolean, origins: readonly string[]) {
  const host = (request.headers.get('host') ?? new URL(request.url).host).toLowerCase();
  if (isElsewhere(host)) {
    return {
      status: 403,
      message: 'The Host header names another machine. Open the gateway as 127.0.0.1 or localhost.',
    };
  }
  const isForeign = !isAllowed(request, origins) && comesFromElsewhere(request.headers, host);
  if (isForeign && !isNavigation(request)) {
    return { status: 403, message: 'Pages of other origins may not call this gateway.' };
  }
  if (request.method === 'POST' && !isJsonType(request.headers.get('content-type'))) {
    return { status: 415, message: 'Send the operation as application/json.' };
  }
  // Else what is packed is read as it is, and found to be no JSON.
  if (request.method === 'POST' && !isIdentity(request.headers.get('content-encoding'))) {
    return {
      status: 415,
      message: 'Send the body as it is: no Content-Encoding is taken.',
      headers: { 'accept-encoding': 'identity' },
    };
  }
  return undefined;
}

function isIdentity(contentEncoding: string | null): boolean {
  return contentEncoding === null || /^(?:\s|,|identity\b)*$/i.test(contentEncoding);
}

/** Only browsers send these headers, and a page cannot forge them. */
function comesFromElsewhere(headers: Headers, host: string): boolean {
  const origin = headers.get('origin');
  if (origin !== null && (!URL.canParse(origin) || new URL(origin).host !== host)) return true;
  // An <img> or a <script> names no origin. Other ports of this machine are "same-site".
  return ['cross-site', 'same-site'].includes(headers.get('sec-fetch-site') ?? '');
}

/** Someone follows a link to here: a GET for a page, which shows GraphiQL and runs nothing. */
function isNavigation({ method, headers }: Request): boolean {
  return (
    method === 'GET' &&
    headers.get('origin') === null &&
    headers.get('sec-fetch-mode') === 'navigate' &&
    headers.get('sec-fetch-dest') === 'document'
  );
}

const JSON_TYPE = 'application/json';

function isJsonType(contentType: string | null): boolean {
  if (contentType === JSON_TYPE) return true;
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() === JSON_TYPE;
}

/** The operation in the query of an address. In place of Yoga's reading, which throws what it cannot parse. */
function parametersOf(query: URLSearchParams): GraphQLParams {
  const given = {
    query: query.get('query') || undefined,
    documentId: query.get('documentId') || undefined,
    operationName: query.get('operationName') || undefined,
    variables: jsonParameter(query, 'variables'),
    extensions: jsonParameter(query, 'extensions'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function jsonParameter(query: URLSearchParams, name: string): unknown {
  const text = query.get(name) || undefined;
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    throw refuse(400, `${name} is not valid JSON.`);
  }
}
