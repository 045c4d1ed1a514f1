import type { Method, Operation, Parameter, UpstreamRequest } from './request.ts';
import { definedParameters } from './request.ts';
import { percentEncode } from './sign.ts';

/**
 * A request in the vendor's ROA style: method and path decide, lists take a query, writes take a JSON body.
 * `segments` are the decoded parts of the path. Values of `body` that are undefined are not sent.
 */
export function roa(
  operation: Operation,
  method: Method,
  segments: readonly string[],
  parameters: {
    readonly query?: Readonly<Record<string, Parameter>>;
    readonly body?: Readonly<Record<string, unknown>>;
  } = {},
): UpstreamRequest {
  const path = `/${segments.map(percentEncode).join('/')}`;
  const query = definedParameters(parameters.query ?? {});
  if (parameters.body === undefined) return { operation, method, path, query };
  return { operation, method, path, query, body: JSON.stringify(parameters.body) };
}
