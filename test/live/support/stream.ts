import type { Answer, TestGateway } from '../../support/gateway.ts';

/** One block of an event stream; a comment has neither an event nor data. */
interface StreamBlock {
  readonly event: string | undefined;
  readonly data: string | undefined;
}

/** A subscription as a client reads it. */
export interface OpenStream {
  readonly response: Response;
  /** The next event that is no comment; undefined at the end. */
  next(): Promise<StreamBlock | undefined>;
  /** The next answer. @throws Error where there is none */
  answer(): Promise<Answer>;
  /** Leaves, as a client that closes its connection. */
  leave(): Promise<void>;
}

/** Sends a subscription by POST, accepting a stream of events. */
export async function subscribe(
  gateway: TestGateway,
  query: string,
  {
    variables,
    headers = {},
  }: { readonly variables?: object; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<OpenStream> {
  return openStream(gateway, '/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query, variables }),
  });
}

/** Sends any request, and reads the answer as a stream of events. */
export async function openStream(gateway: TestGateway, path: string, init: RequestInit): Promise<OpenStream> {
  const client = new AbortController();
  const response = await gateway.fetch(path, { ...init, signal: client.signal });
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error(`an answer without a body: ${response.status}`);
  const blocks = blocksOf(reader);
  const next = async () => {
    for (;;) {
      const { done, value } = await blocks.next();
      if (done === true) return undefined;
      if (value.event !== undefined) return value;
    }
  };
  return {
    response,
    next,
    async answer() {
      const block = await next();
      if (block?.event !== 'next') throw new Error(`instead of an answer: ${JSON.stringify(block)}`);
      return JSON.parse(block.data ?? '') as Answer;
    },
    async leave() {
      client.abort();
      await new Promise(setImmediate);
    },
  };
}

async function* blocksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<StreamBlock> {
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks.map((block) => ({
      event: /^event: (.*)$/m.exec(block)?.[1],
      data: /^data: ?(.*)$/m.exec(block)?.[1],
    }));
  }
}
