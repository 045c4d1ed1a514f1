import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';

/** How often it is looked for requests that do not come to their end. */
const LATE_CHECK_MS = 1_000;

/**
 * How long a connection is kept between requests. Whoever stands in front keeps its own for up to a minute, and answers
 * 502 where it sends a request into one that is being closed here.
 */
const KEEP_ALIVE_MS = 65_000;

/** The longest that the head of a request may take. Node's own. */
const MAX_HEAD_MS = 60_000;

/**
 * A server, not yet listening, that hands requests to the gateway.
 *
 * Who sends a request too slowly, or none at all on a new connection, is answered 408: else the connection would be held
 * for as long as the client likes.
 *
 * Of a header that may come only once node keeps the first and drops the others, while what stands in front of the
 * gateway may have judged another one. Joined they are no address, no type and no credentials.
 *
 * @param arrivalMs how long a request may take to arrive, with its body
 */
export function createHttpServer(handler: RequestListener, arrivalMs: number): Server {
  const options = {
    joinDuplicateHeaders: true,
    requestTimeout: arrivalMs,
    headersTimeout: Math.min(arrivalMs, MAX_HEAD_MS),
    connectionsCheckingInterval: LATE_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  return createServer(options, toListener(handler));
}

/**
 * An address that cannot be read (`Host: 127.0.0.1:99999`) is refused here: behind this it is an exception before any
 * plugin, and its stack the answer.
 */
function toListener(handler: RequestListener): RequestListener {
  // Nearly all requests are for the same address.
  let readable = { host: '', url: '' };
  return (request, response) => {
    if (request.url?.startsWith('/') === false) toOriginForm(request);
    const { host = 'localhost' } = request.headers;
    const { url = '/' } = request;
    const isKnown = host === readable.host && url === readable.url;
    if (isKnown || URL.canParse(`http://${host}${url}`)) {
      if (!isKnown) readable = { host, url };
      return handler(request, response);
    }
    const errors = [
      { message: 'The address of the request cannot be read.', extensions: { code: 'BAD_USER_INPUT' } },
    ];
    response.writeHead(400, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
    response.end(JSON.stringify({ errors }));
  };
}

/** A whole address as the target of a request, as to a proxy: its host counts, not that of the header. Source: RFC 9112, 3.2.2. */
function toOriginForm(request: IncomingMessage): void {
  const target = request.url ?? '';
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return;
  const { host, pathname, search } = new URL(target);
  request.headers.host = host;
  request.url = pathname + search;
}
