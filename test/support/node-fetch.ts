import { once } from 'node:events';
import { Agent, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createHttpServer } from '../../src/http/listener.ts';
import type { Gateway } from '../../src/server.ts';

/** Sends requests through a port, and nothing in a request but what the caller puts there. */
export interface NodeFetch {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Opens a port of the gateway that closes with {@link NodeFetch.close}. */
export async function openNodeFetch(gateway: Gateway): Promise<NodeFetch> {
  const server = createHttpServer(gateway.listener, 15_000).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    async fetch(path, init = {}) {
      // Reads what fetch takes: any form of headers and body.
      const given = new Request(`http://127.0.0.1:4000${path}`, { ...init, signal: null });
      const body = Buffer.from(await given.arrayBuffer());
      const headers: Record<string, string> = {
        host: '127.0.0.1:4000',
        ...Object.fromEntries(given.headers),
      };
      for (const [name, value] of headersOf(init)) headers[name.toLowerCase()] = value;
      if (init.body !== undefined && init.body !== null) headers['content-length'] ??= String(body.length);
      const { signal } = init;
      const sent = send({
        ...{ host: '127.0.0.1', port, path, method: given.method, headers, agent },
        ...(signal === undefined || signal === null ? {} : { signal }),
      });
      sent.end(body);
      const [answer] = await once(sent, 'response');
      // The gateway may close on a body that it refused before it had it all.
      sent.on('error', () => undefined);
      const isEmpty = [204, 304].includes(answer.statusCode);
      return new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream), {
        status: answer.statusCode,
        headers: answer.headers,
      });
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** `Request` drops those that a page may not set, such as Origin. */
function headersOf({ headers = {} }: RequestInit): readonly (readonly [string, string])[] {
  if (headers instanceof Headers) return [...headers];
  return Array.isArray(headers)
    ? (headers as [string, string][])
    : Object.entries(headers as Record<string, string>);
}
