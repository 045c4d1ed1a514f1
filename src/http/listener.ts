import type { RequestListener } from 'node:http';

/**
 * The gateway as a listener of node's server. An address that cannot be read (`Host: 127.0.0.1:99999`) is refused
 * here: behind this it is an exception before any plugin, and its stack the answer.
 */
export function toListener(handler: RequestListener): RequestListener {
  return (request, response) => {
    if (URL.canParse(`http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`)) {
      return handler(request, response);
    }
    const errors = [
      { message: 'The address of the request cannot be read.', extensions: { code: 'BAD_USER_INPUT' } },
    ];
    response.writeHead(400, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
    response.end(JSON.stringify({ errors }));
  };
}
