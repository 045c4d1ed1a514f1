import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../telemetry/log.ts';
import type { FastPath } from './fast-path.ts';
import { logBug } from './mask.ts';
import { asRequest, PLAIN_API, PlainHeaders, PlainRequest, PlainResponse } from './node-exchange.ts';
import { answerType } from './refuse.ts';
import { sendPlain } from './send-plain.ts';

/** Yoga behind its adapter: what handles a request once the hooks of its plugins have let it in. */
type InnerServer = Parameters<NonNullable<Plugin['onYogaInit']>>[0]['yoga'];

type AnyPlugin = Plugin<object, object, object>;
type OnRequest = NonNullable<AnyPlugin['onRequest']>;
type OnResponse = NonNullable<AnyPlugin['onResponse']>;

const GRAPHQL = '/graphql';

/**
 * A second door for the request that nearly all are: a POST of JSON to /graphql, answered in one piece. It goes through
 * the same hooks, parsers and plugins of Yoga in the same order, but is neither turned into the objects of the Fetch
 * standard nor back, which takes Yoga's adapter twice as long as all the rest of a small query. What is not as plain as
 * that goes through Yoga's own door.
 */
export class NodeDoor {
  /** Goes last of all plugins. */
  readonly plugin: Plugin;
  readonly #logger: Logger;
  readonly #maxBodyBytes: number;
  readonly #fastPath: FastPath | undefined;
  #url = new URL('http://localhost');
  #server: InnerServer | undefined;
  #plugins: readonly AnyPlugin[] = [];
  #onRequest: readonly OnRequest[] = [];
  #onResponse: readonly OnResponse[] = [];

  /** @param fastPath undefined where every request goes through all plugins */
  constructor(maxBodyBytes: number, logger: Logger, fastPath: FastPath | undefined) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#logger = logger;
    this.#fastPath = fastPath;
    this.plugin = {
      onPluginInit: ({ plugins }) => {
        this.#plugins = plugins as readonly AnyPlugin[];
      },
      onYogaInit: ({ yoga }) => {
        this.#server = yoga;
        this.#onRequest = this.#plugins.flatMap(({ onRequest }) => onRequest ?? []);
        this.#onResponse = this.#plugins.flatMap(({ onResponse }) => onResponse ?? []);
      },
      onResultProcess({ request, result, resultProcessor, setResultProcessor }) {
        if (!isPlain(request) || resultProcessor === undefined || Symbol.asyncIterator in result) return;
        const type = answerType(request.headers.get('accept') ?? '');
        setResultProcessor((given, _api, asked) => resultProcessor(given, PLAIN_API as never, asked), type);
      },
    };
  }

  /** Takes the plain requests, and gives `fallback` all others. */
  listener(fallback: RequestListener): RequestListener {
    return (request, response) => {
      const bytes = this.#plainBodyBytes(request);
      if (bytes === undefined) return fallback(request, response);
      this.#answer(request, bytes, response).catch((error: unknown) => {
        // A hook threw: its words are for nobody outside.
        logBug(this.#logger, error);
        if (response.headersSent) response.destroy();
        else response.writeHead(500).end();
      });
    };
  }

  /** Undefined of a request that is not for this door. */
  #plainBodyBytes({ method, url, headers }: IncomingMessage): number | undefined {
    if (method !== 'POST' || url !== GRAPHQL || headers.host === undefined) return undefined;
    if (headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined)
      return undefined;
    const length = headers['content-length'];
    if (length === undefined || !/^\d{1,9}$/.test(length) || Number(length) > this.#maxBodyBytes)
      return undefined;
    return OTHER_ANSWERS.test(headers.accept ?? '') ? undefined : Number(length);
  }

  async #answer(incoming: IncomingMessage, bytes: number, outgoing: ServerResponse): Promise<void> {
    const address = `http://${incoming.headers.host}${GRAPHQL}`;
    const plain = new PlainRequest(address, new PlainHeaders(incoming.headers));
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) plain.leave();
    });
    const context = { req: incoming, res: outgoing, waitUntil: () => undefined };
    const answer = await this.#handle(plain, context, bytes);
    if (outgoing.destroyed) return;
    if (answer instanceof PlainResponse) sendPlain(answer, outgoing);
    else await send(answer, outgoing, plain);
  }

  async #handle(
    plain: PlainRequest,
    context: ServerContext,
    bytes: number,
  ): Promise<Response | PlainResponse> {
    const server = this.#server as InnerServer;
    const { fetchAPI } = server;
    const request = asRequest(plain);
    let early: Response | undefined;
    const url = this.#urlOf(plain.url);
    const arrival: Parameters<OnRequest>[0] = {
      ...{ request, url, serverContext: context, fetchAPI },
      endResponse(given) {
        early = given;
      },
      requestHandler: server.handle as never,
      setRequestHandler: refuseChange,
      setRequest: refuseChange,
    };
    for (const hook of this.#onRequest) {
      const done = hook(arrival);
      if (done !== undefined) await done;
      if (early !== undefined) break;
    }
    const response = early ?? ((await this.#run(server, plain, context, bytes)) as Response);
    const departure: Parameters<OnResponse>[0] = {
      ...{ request, response, serverContext: context, fetchAPI },
      setResponse: refuseChange,
    };
    for (const hook of this.#onResponse) {
      const done = hook(departure);
      if (done !== undefined) await done;
    }
    return response;
  }

  /** Not before all hooks have let it in: who is turned away has nothing of the body read. */
  async #run(
    server: InnerServer,
    plain: PlainRequest,
    context: ServerContext,
    bytes: number,
  ): Promise<Response | PlainResponse> {
    const body = await bodyOf(context.req, bytes);
    // What there is goes on: the hooks behind write down who left.
    if (body === undefined) plain.leave();
    else plain.hold(body);
    const answer = this.#fastPath?.answer(server, plain, context.req);
    return answer ?? server.handle(asRequest(plain), context as never);
  }

  /** Nearly all requests name the same host. */
  #urlOf(address: string): URL {
    if (this.#url.href !== address) this.#url = new URL(address);
    return this.#url;
  }
}

interface ServerContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  waitUntil(promise: Promise<void> | void): void;
}

/** Answers in parts, and types whose choice depends on more than their names. */
const OTHER_ANSWERS = /multipart|event-stream|charset/i;

function isPlain(request: unknown): boolean {
  return request instanceof PlainRequest;
}

/** No plugin here does that, and one that did would have to be heeded. */
function refuseChange(): never {
  throw new Error('A plugin may not replace the request or its answer.');
}

/** Undefined where the client leaves before it has sent all. */
function bodyOf(incoming: IncomingMessage, bytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    if (incoming.destroyed) return resolve(undefined);
    const chunks: Buffer[] = [];
    let isThere = false;
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      isThere = true;
      resolve(joined(chunks, bytes));
    });
    incoming.on('close', () => {
      // A promise that is resolved once more is reported inside Node, for all requests.
      if (!isThere) resolve(undefined);
    });
  });
}

function joined(chunks: readonly Buffer[], bytes: number): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, bytes);
}

/** An answer of the Fetch standard: a refusal, or one in parts, of which a client may have had enough before the last. */
async function send(answer: Response, outgoing: ServerResponse, { leaving }: PlainRequest): Promise<void> {
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) {
    outgoing.end();
    return;
  }
  try {
    await pipeline(Readable.from(answer.body as AsyncIterable<Uint8Array>), outgoing);
  } catch (error) {
    if (!leaving.aborted) throw error;
  }
}
