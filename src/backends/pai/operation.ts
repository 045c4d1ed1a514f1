import type { Operation, UpstreamRequest } from '../../transport/request.ts';
import { type BackendLink, callOperation } from '../backend.ts';
import { type FlatAnswer, type FlatSettings, judgeFlat } from '../flat-envelope.ts';
import { DOCUMENTATION } from './documented.ts';

const VERSION = '2021-02-04';

/** Path of the models. */
export const MODELS = ['api', 'v1', 'models'] as const;

/**
 * Codes of digits that mean not found: workspace (three of them), data set, code source.
 *
 * Source: the vendor's own open-source provider.
 */
export const NOT_FOUND_CODES = ['100400008', '100700008', '100400027', '201300003', '201400002'];

const SETTINGS: FlatSettings = { notFoundCodes: NOT_FOUND_CODES, documentation: DOCUMENTATION };

/** An operation of the registry that changes nothing. */
export function readOperation(name: string): Operation {
  return { name, version: VERSION, access: 'read', idempotent: true };
}

/** An operation of the registry that changes something. */
export function writeOperation(name: string, { idempotent }: Pick<Operation, 'idempotent'>): Operation {
  return { name, version: VERSION, access: 'write', idempotent };
}

/** Performs one operation of the registry; `read` gets the answer of one that succeeded. @throws GatewayError */
export function callRegistry<T>(
  link: BackendLink,
  request: UpstreamRequest,
  read: (answer: FlatAnswer) => T,
): Promise<T> {
  return callOperation(link, request, (answer) => read(judgeFlat(link, request, answer, SETTINGS)));
}

/** Performs an operation whose answer tells nothing but that it succeeded. @throws GatewayError */
export function callSilently(link: BackendLink, request: UpstreamRequest): Promise<void> {
  return callRegistry(link, request, () => undefined);
}
