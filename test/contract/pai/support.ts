import { expect } from 'vitest';
import { encodeGlobalId } from '../../../src/domain/global-id.ts';
import type { SandboxFault, SandboxRequest } from '../../../src/sandbox/index.ts';
import { readWireFacts } from '../../sandbox/support/wire-facts.ts';
import { openGateway, type TestGateway } from '../../support/gateway.ts';
import { dataOf, ERROR_MEMBER } from '../support/backend-cases.ts';
import { faultsOf } from '../support/referee.ts';

/** A label of an answer. */
export interface Label {
  readonly key: string;
  readonly value: string | null;
}

/** A mutation's result with all that a client can ask of a failure. */
export interface Result {
  readonly __typename: string;
  readonly message?: string;
  readonly code?: string;
  readonly upstreamCode?: string | null;
  readonly retryable?: boolean;
  readonly outcomeUnknown?: boolean;
  readonly completedSteps?: readonly string[];
  readonly fieldErrors?: readonly { readonly path: readonly string[]; readonly message: string }[];
  readonly deletedId?: string;
  readonly outcome?: string;
  readonly row?: Readonly<Record<string, unknown>> & { readonly labels?: readonly Label[] };
}

/** The global id of a model in the sandbox's region. */
export const modelId = (sourceId: string) =>
  encodeGlobalId({ typeName: 'PaiModel', parts: [] }, ['cn-beijing', sourceId]);

/** The global id of a version in the sandbox's region. */
export const versionId = (sourceId: string, versionName: string) =>
  encodeGlobalId({ typeName: 'PaiModelVersion', parts: [] }, ['cn-beijing', sourceId, versionName]);

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

/** A gateway, and a model with one version that was made for this test alone. Nothing of the making is remembered. */
export async function openWithModel(labels: readonly Label[] = [{ key: 'env', value: 'test' }]) {
  const gateway = await openGateway({ sandbox: { data: 'empty' } });
  const input = { name: '新闻分类', description: 'of a test', domain: 'nlp', labels };
  const made = await mutate(gateway, 'createPaiModel', input, 'row: paiModel { sourceId }');
  const sourceId = String(made.row?.['sourceId']);
  const uri = 'oss://mybucket.oss-cn-beijing.aliyuncs.com/mypath/';
  const version = { modelId: modelId(sourceId), uri, versionName: '0.1.0', labels };
  await mutate(gateway, 'createPaiModelVersion', version, 'outcome');
  gateway.sandbox.forgetRequests();
  return {
    gateway,
    sourceId,
    id: modelId(sourceId),
    versionId: versionId(sourceId, '0.1.0'),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** The documented answer of an operation, as a fault of the sandbox. */
export function sampleAnswer(action: string, change: Readonly<Record<string, unknown>> = {}): SandboxFault {
  const sample = readWireFacts<Readonly<Record<string, unknown>>>(`responses/${action}.json`);
  return { kind: 'answer', status: 200, bodyText: JSON.stringify({ ...sample, ...change }) };
}

/** Every member of a result but its success, the answers that lead to it, and what it says. */
export const FAILURES: readonly (readonly [
  member: string,
  fault: SandboxFault,
  expected: { readonly code: string; readonly outcomeUnknown?: boolean },
])[] = [
  [
    'GatewayInvalidInputError',
    { kind: 'error', status: 400, code: 'InvalidParameter' },
    { code: 'BAD_USER_INPUT' },
  ],
  ['GatewayForbiddenError', { kind: 'error', status: 403, code: 'NoPermission' }, { code: 'FORBIDDEN' }],
  ['GatewayNotFoundError', { kind: 'error', status: 404, code: 'ModelNotFound' }, { code: 'NOT_FOUND' }],
  ['GatewayConflictError', { kind: 'error', status: 409, code: 'ModelInUse' }, { code: 'CONFLICT' }],
  ['GatewayRateLimitedError', { kind: 'throttle', retryAfterMs: 700 }, { code: 'RATE_LIMITED' }],
  [
    'GatewayUpstreamError',
    { kind: 'error', status: 500, code: 'InternalError' },
    { code: 'UPSTREAM_ERROR', outcomeUnknown: true },
  ],
  [
    'GatewayUpstreamError',
    { kind: 'reset', when: 'after' },
    { code: 'UPSTREAM_UNAVAILABLE', outcomeUnknown: true },
  ],
  [
    'GatewayUpstreamError',
    { kind: 'error', status: 403, code: 'SignatureDoesNotMatch' },
    { code: 'UNAUTHENTICATED', outcomeUnknown: false },
  ],
];
