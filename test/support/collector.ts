import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as it was exported. */
export interface CollectedSpan {
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined of the first span of a trace. */
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly hasFailed: boolean;
}

/** A small OpenTelemetry collector: takes traces as OTLP over HTTP in JSON. */
export interface Collector {
  /** Where traces go. */
  readonly url: URL;
  /** Every body received. */
  readonly bodies: readonly string[];
  /** Headers of the last request. */
  readonly headers: Readonly<Record<string, unknown>>;
  spans(): readonly CollectedSpan[];
  /** Attributes of the process that sent the last spans. */
  resource(): Readonly<Record<string, unknown>>;
  /** The status of its answers from now on. */
  answer(status: number): void;
  [Symbol.asyncDispose](): Promise<void>;
}

interface ExportedValue {
  readonly arrayValue?: { readonly values: readonly ExportedValue[] };
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly ExportedAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}

interface ExportedSpan extends Omit<CollectedSpan, 'kind' | 'attributes' | 'hasFailed'> {
  readonly kind: number;
  readonly attributes: readonly ExportedAttribute[];
  readonly status: { readonly code: number };
}

interface ExportedAttribute {
  readonly key: string;
  readonly value: ExportedValue;
}

/** Source: OTLP, opentelemetry/proto/trace/v1. */
const KINDS: Readonly<Record<number, CollectedSpan['kind']>> = { 1: 'internal', 2: 'server', 3: 'client' };
const ERROR = 2;

export async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  let status = 200;
  let headers: Readonly<Record<string, unknown>> = {};
  const server = createServer(async (request, response) => {
    headers = request.headers;
    const body = await text(request).catch(() => undefined);
    // Its sender has been closed meanwhile.
    if (body === undefined) return;
    bodies.push(body);
    response.writeHead(request.url === '/v1/traces' ? status : 404, { 'content-type': 'application/json' });
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const exported = () => bodies.flatMap((body) => (JSON.parse(body) as Exported).resourceSpans);
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`),
    bodies,
    get headers() {
      return headers;
    },
    spans: () =>
      exported()
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans)
        .map(toSpan),
    resource: () => attributesOf(exported().at(-1)?.resource.attributes ?? []),
    answer(next) {
      status = next;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function toSpan({
  name,
  kind,
  traceId,
  spanId,
  parentSpanId,
  attributes,
  status,
}: ExportedSpan): CollectedSpan {
  return {
    ...{ name, traceId, spanId, parentSpanId },
    kind: KINDS[kind] ?? 'internal',
    attributes: attributesOf(attributes),
    hasFailed: status.code === ERROR,
  };
}

function attributesOf(attributes: readonly ExportedAttribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: ExportedValue): unknown {
  return value.arrayValue === undefined ? Object.values(value)[0] : value.arrayValue.values.map(plain);
}
