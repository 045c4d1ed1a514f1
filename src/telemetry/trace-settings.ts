/*
 * Source: the OpenTelemetry specification, environment variables. Those of the exporter (headers, timeout, compression,
 * certificates) and of the resource are read by OpenTelemetry's own code.
 */

/** The samplers of the OpenTelemetry specification that need no server. */
export const TRACE_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** One of {@link TRACE_SAMPLERS}. */
export type TraceSampler = (typeof TRACE_SAMPLERS)[number];

/** Where traces go, and which. */
export interface TraceSettings {
  /** Whole, with the path. */
  readonly url: URL;
  readonly sampler: TraceSampler;
  /** Share of the traces that a sampler by ratio takes, 0 to 1. */
  readonly ratio: number;
}

/** The variables that decide, as the environment holds them; the endpoint of all signals is a base. */
interface TraceVariables {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: URL | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: URL | undefined;
  readonly OTEL_EXPORTER_OTLP_PROTOCOL?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_PROTOCOL?: string | undefined;
  readonly OTEL_TRACES_SAMPLER?: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG?: string | undefined;
  readonly OTEL_SDK_DISABLED?: string | undefined;
}

/** Undefined where traces have nowhere to go. */
export function traceSettings(values: TraceVariables): TraceSettings | undefined {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const own = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const isDisabled = values.OTEL_SDK_DISABLED?.toLowerCase() === 'true';
  if (isDisabled || (base === undefined && own === undefined)) return undefined;
  const url = own ?? new URL(base as URL);
  if (own === undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  const sampler = TRACE_SAMPLERS.find((name) => name === values.OTEL_TRACES_SAMPLER);
  return { url, sampler: sampler ?? 'parentbased_always_on', ratio: ratioOf(values) ?? 1 };
}

function ratioOf({ OTEL_TRACES_SAMPLER_ARG: text }: TraceVariables): number | undefined {
  return text !== undefined && /^(0?\.\d+|[01](\.0*)?)$/.test(text) ? Number(text) : undefined;
}

/** What a person should know of the variables. They are for every program of a machine: one that does not fit here is no fault. */
export function traceWarnings(values: TraceVariables): readonly string[] {
  const traces = traceSettings(values);
  if (traces === undefined) return [];
  const { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio } = values;
  const protocol = values.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? values.OTEL_EXPORTER_OTLP_PROTOCOL;
  const isOtherProtocol = protocol !== undefined && protocol !== 'http/json';
  const isOtherSampler = sampler !== undefined && sampler !== traces.sampler;
  const isNoRatio = ratio !== undefined && ratioOf(values) === undefined;
  return [
    ...(isOtherProtocol
      ? ['OTEL_EXPORTER_OTLP_PROTOCOL is not http/json: traces are sent so all the same']
      : []),
    ...(isOtherSampler ? [`OTEL_TRACES_SAMPLER is not known here: it is ${traces.sampler}`] : []),
    ...(isNoRatio ? ['OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1: it is 1'] : []),
  ];
}
