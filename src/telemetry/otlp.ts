import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from './log.ts';
import type { TraceSettings } from './trace-settings.ts';
import type { AttemptSpan, CallSpan, RequestFacts, RequestSpan, Tracing } from './tracing.ts';

/*
 * Traces to an OpenTelemetry collector. The only importer of OpenTelemetry, and itself loaded only where a collector is
 * configured: 130 ms and 25 MB. Contexts are handed on, not looked up, so that nothing watches asynchronous calls.
 */

/** Time that a collector gets for one batch, and at the end for what is left. */
const EXPORT_TIMEOUT_MS = 5_000;
const CLOSE_MS = 2_000;

/** Ended spans that wait for their batch; further ones are dropped. */
const MAX_WAITING_SPANS = 4_096;

const propagator = new W3CTraceContextPropagator();

/**
 * Opens the way to the collector. One that cannot be reached costs no request anything: its spans are dropped.
 *
 * @param endpointOf the address of a backend
 */
export function openTracing(
  settings: TraceSettings,
  endpointOf: (source: string) => URL,
  logger: Logger,
): Tracing {
  const exporter = new OTLPTraceExporter({ url: settings.url.href, timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'modelgraph' }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(settings),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: told(exporter, logger),
        maxQueueSize: MAX_WAITING_SPANS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('modelgraph');
  return {
    begin(headers, method, route) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, {
        get: (carrier, name) => carrier.get(name) ?? undefined,
        keys: (carrier) => [...carrier.keys()],
      });
      return new RequestTrace(tracer, endpointOf, parent, method, route);
    },
    close: () => inTime(provider.shutdown(), CLOSE_MS),
  };
}

function samplerOf({ sampler, ratio }: TraceSettings): Sampler {
  const name = sampler.replace('parentbased_', '');
  const root =
    name === 'always_on'
      ? new AlwaysOnSampler()
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

/** Has it logged when the collector fails and when it is back, once each, without what it said. */
function told(exporter: SpanExporter, logger: Logger): SpanExporter {
  let isFailing = false;
  const note = ({ code }: ExportResult) => {
    const hasFailed = code !== ExportResultCode.SUCCESS;
    if (hasFailed === isFailing) return;
    isFailing = hasFailed;
    if (hasFailed) logger.warn({}, 'traces cannot be sent to their collector, and are dropped');
    else logger.info({}, 'traces are sent again');
  };
  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        note(result);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), over]);
  clearTimeout(timer);
}

class RequestTrace implements RequestSpan {
  readonly #tracer: Tracer;
  readonly #endpointOf: (source: string) => URL;
  readonly #span: Span;
  readonly #context: Context;

  constructor(
    tracer: Tracer,
    endpointOf: (source: string) => URL,
    parent: Context,
    method: string,
    route: string,
  ) {
    this.#tracer = tracer;
    this.#endpointOf = endpointOf;
    const attributes = { 'http.request.method': method, 'http.route': route, 'url.path': route };
    this.#span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  call(source: string, operation: string): CallSpan {
    const attributes = { 'modelgraph.source': source, 'modelgraph.operation': operation };
    const span = this.#tracer.startSpan(`${source} ${operation}`, { attributes }, this.#context);
    const context = trace.setSpan(this.#context, span);
    return {
      attempt: (number, method) => this.#attempt(context, source, number, method),
      end({ hasJoined, keys, errorCode }) {
        span.setAttribute('modelgraph.joined', hasJoined);
        if (keys !== undefined) span.setAttribute('modelgraph.keys', keys);
        end(span, errorCode);
      },
    };
  }

  #attempt(parent: Context, source: string, number: number, method: string): AttemptSpan {
    const { hostname, port, protocol } = this.#endpointOf(source);
    const attributes: Attributes = {
      'http.request.method': method,
      'server.address': hostname,
      'server.port': port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
      'modelgraph.attempt': number,
      ...(number > 1 ? { 'http.request.resend_count': number - 1 } : {}),
    };
    const span = this.#tracer.startSpan(`${method} attempt`, { kind: SpanKind.CLIENT, attributes }, parent);
    const headers: Record<string, string> = {};
    propagator.inject(trace.setSpan(parent, span), headers, {
      set: (carrier: Record<string, string>, name, value) => {
        carrier[name] = value;
      },
    });
    return {
      headers,
      end(httpStatus, errorCode) {
        if (httpStatus !== undefined) span.setAttribute('http.response.status_code', httpStatus);
        end(span, errorCode);
      },
    };
  }

  end({ requestId, status, operations, outcome, errorCodes }: RequestFacts): void {
    const [only] = operations.length === 1 ? operations : [];
    const known = Object.entries({
      'modelgraph.request.id': requestId,
      'http.response.status_code': status,
      'graphql.operation.type': only?.operationType,
      'graphql.operation.name': only?.operationName,
      'graphql.document.hash': only?.documentHash,
      'modelgraph.outcome': outcome,
      'modelgraph.error.codes': errorCodes.length > 0 ? [...errorCodes] : undefined,
    }).filter(([, value]) => value !== undefined);
    this.#span.setAttributes(Object.fromEntries(known));
    // A request that was refused is the client's failure, and no error of a server's span.
    end(this.#span, outcome === 'failed' ? (errorCodes[0] ?? 'OTHER') : undefined);
  }
}

function end(span: Span, errorCode: string | undefined): void {
  if (errorCode !== undefined) {
    span.setAttribute('error.type', errorCode);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
