import type { Operation, Parameter, UpstreamRequest } from './request.ts';
import { definedParameters } from './request.ts';

/**
 * A request in the vendor's RPC style: always `POST /`, the action header decides, every parameter travels in the
 * query, writes included, and the body is empty.
 */
export function rpc(operation: Operation, parameters: Readonly<Record<string, Parameter>>): UpstreamRequest {
  return { operation, method: 'POST', path: '/', query: definedParameters(parameters) };
}
