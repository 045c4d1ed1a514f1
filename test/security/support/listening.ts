import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createHttpServer } from '../../../src/http/listener.ts';
import { openGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';

/** A request as it goes through a socket: nothing is added but what HTTP itself needs. */
export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A gateway behind a real port, as the process has it. */
export interface ListeningGateway extends TestGateway {
  readonly port: number;
  readonly origin: string;
  /** Method and status of every request answered so far. */
  readonly served: string[];
  /** Sends through node:http, so that Host, Origin and the like can be forged. */
  send(request: RawRequest): Promise<RawAnswer>;
  /** Writes bytes to a socket and reads until the gateway closes it. */
  write(bytes: string): Promise<string>;
}

/** A read that goes upstream when it runs. */
export const READ = '{ models(first: 1) { totalCount } }';
/** A write that goes upstream when it runs. */
export const WRITE =
  'mutation { createModel(input: { name: "Hostile", modelCode: "hostile" }) { __typename } }';

/** The operation as a JSON request. */
export function asJson(query: string, headers: Readonly<Record<string, string>> = {}): RawRequest {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  };
}

/** Listens on a free port of 127.0.0.1. */
export async function openListening(options: TestGatewayOptions = {}): Promise<ListeningGateway> {
  const gateway = await openGateway(options);
  const served: string[] = [];
  const server = createHttpServer(gateway.gateway.listener, 15_000).listen(0, '127.0.0.1');
  server.on('request', (message, response) => {
    response.once('finish', () => served.push(`${message.method} ${response.statusCode}`));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...gateway,
    port,
    served,
    origin: `http://127.0.0.1:${port}`,
    async send({ method = 'GET', path = '/graphql', headers = {}, body }) {
      const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
      sent.end(body);
      const [answer] = await once(sent, 'response');
      return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
    },
    async write(bytes) {
      const socket = connect(port, '127.0.0.1');
      socket.end(bytes);
      return text(socket);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await gateway[Symbol.asyncDispose]();
    },
  };
}
