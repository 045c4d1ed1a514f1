import { expect } from 'vitest';
import { encodeGlobalId } from '../../../src/domain/global-id.ts';
import type { SandboxFault, SandboxRequest } from '../../../src/sandbox/index.ts';
import { readWireFacts } from '../../sandbox/support/wire-facts.ts';
import { openGateway, type TestGateway } from '../../support/gateway.ts';
import { dataOf, ERROR_MEMBER } from '../support/backend-cases.ts';
import { faultsOf } from '../support/referee.ts';

/** A mutation's result with all that a client can ask of a failure. */
export interface Result {
  readonly __typename: string;
  readonly message?: string;
  readonly code?: string;
  readonly outcomeUnknown?: boolean;
  readonly completedSteps?: readonly string[];
  readonly fieldErrors?: readonly { readonly path: readonly string[]; readonly message: string }[];
  readonly [field: string]: unknown;
}

/** The global id of a model. */
export const modelId = (sourceId: string | number) =>
  encodeGlobalId({ typeName: 'Model', parts: [] }, [String(sourceId)]);

/** The global id of a billing rule. */
export const ruleId = (model: string | number, rule: string | number) =>
  encodeGlobalId({ typeName: 'BillingRule', parts: [] }, [String(model), String(rule)]);

/** Runs a mutation; `selection` is of its success. */
export async function mutate(
  gateway: TestGateway,
  field: string,
  input: Readonly<Record<string, unknown>>,
  selection: string,
): Promise<Result> {
  const name = `${field[0]?.toUpperCase()}${field.slice(1)}`;
  const document = `mutation ($input: ${name}Input!) {
    result: ${field}(input: $input) {
      __typename
      ... on ${name}Success { ${selection} }
      ${ERROR_MEMBER}
      ... on GatewayUpstreamError { completedSteps }
    }
  }`;
  return dataOf<{ result: Result }>(await gateway.query(document, { input })).result;
}

/** What left since the sandbox was last asked to forget, once each was found to be what the vendor documents. */
export function requestsOf(gateway: TestGateway): readonly SandboxRequest[] {
  const requests = [...gateway.sandbox.requests];
  for (const request of requests) expect(faultsOf(request), request.action).toEqual([]);
  return requests;
}

/** The JSON that a request carried. */
export const bodyOf = (request: SandboxRequest | undefined): unknown =>
  JSON.parse(request?.bodyText ?? 'null');

/** The envelope of a success with any data. `UNKNOWN_ERROR` beside it is the vendor's own. */
export function answerWith(data: unknown): SandboxFault {
  const body = { requestId: 'r-1', success: true, errCode: 'UNKNOWN_ERROR', httpStatusCode: 200, data };
  return { kind: 'answer', status: 200, bodyText: JSON.stringify(body) };
}

/** `data` of the documented answer of an operation. */
export function sampleData<Data>(action: string): Data {
  return readWireFacts<{ readonly data: Data }>(`responses/${action}.json`).data;
}

/** A gateway, and a model that was made for this test alone. Nothing of the making is remembered. */
export async function openWithModel(fields: Readonly<Record<string, unknown>> = {}) {
  const gateway = await openGateway({ sandbox: { data: 'empty' } });
  const input = { name: '通义千问', modelCode: 'qwen-test', category: 'Chat', ...fields };
  const made = await mutate(gateway, 'createModel', input, 'model { id sourceId }');
  const { id, sourceId } = made['model'] as { readonly id: string; readonly sourceId: string };
  gateway.sandbox.forgetRequests();
  return { gateway, id, sourceId, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

/** Every member of a result but its success, the answers that lead to it, and what it says. */
export const FAILURES: readonly (readonly [
  member: string,
  cause: string,
  fault: SandboxFault,
  expected: { readonly code: string; readonly outcomeUnknown?: boolean },
])[] = [
  [
    'GatewayInvalidInputError',
    'a refused value',
    { kind: 'error', status: 400, code: 'InvalidParameter' },
    { code: 'BAD_USER_INPUT' },
  ],
  [
    'GatewayForbiddenError',
    'a missing permission',
    { kind: 'error', status: 403, code: 'NoPermission' },
    { code: 'FORBIDDEN' },
  ],
  [
    'GatewayNotFoundError',
    'HTTP 200 with a failure inside',
    {
      kind: 'answer',
      status: 200,
      bodyText: '{"success":false,"errCode":"MODEL_NOT_EXIST","httpStatusCode":404,"requestId":"r-2"}',
    },
    { code: 'NOT_FOUND' },
  ],
  [
    'GatewayConflictError',
    'a conflict',
    { kind: 'error', status: 409, code: 'ModelInUse' },
    { code: 'CONFLICT' },
  ],
  [
    'GatewayRateLimitedError',
    'throttling',
    { kind: 'throttle', retryAfterMs: 700 },
    { code: 'RATE_LIMITED' },
  ],
  [
    'GatewayUpstreamError',
    'its own failure',
    { kind: 'error', status: 500, code: 'InternalError' },
    { code: 'UPSTREAM_ERROR', outcomeUnknown: true },
  ],
  [
    'GatewayUpstreamError',
    'a success without data',
    answerWith(null),
    { code: 'UPSTREAM_ERROR', outcomeUnknown: true },
  ],
  [
    'GatewayUpstreamError',
    'a connection that breaks after it acted',
    { kind: 'reset', when: 'after' },
    { code: 'UPSTREAM_UNAVAILABLE', outcomeUnknown: true },
  ],
  [
    'GatewayUpstreamError',
    "refused credentials of the gateway's own",
    { kind: 'error', status: 403, code: 'SignatureDoesNotMatch' },
    { code: 'UNAUTHENTICATED', outcomeUnknown: false },
  ],
];
