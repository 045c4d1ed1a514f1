import { expect } from 'vitest';
import { GATEWAY_IDS } from '../../../../src/sandbox/data/gateways.ts';
import type { SandboxRequest } from '../../../../src/sandbox/index.ts';
import type { Answer, TestGateway } from '../../../support/gateway.ts';
import { faultsOf } from '../../support/referee.ts';

/** The gateway of a dozen services, cost rules and model APIs. */
export const GATEWAY_ID = GATEWAY_IDS.dozen;
/** The gateway of 130 services. */
export const LARGE_GATEWAY_ID = GATEWAY_IDS.many;

/** All that a client can ask of the members that are errors. */
const ERROR_MEMBERS = `
  ... on GatewayError { message code source requestId retryable upstreamCode upstreamMessage }
  ... on GatewayInvalidInputError { fieldErrors { path message } }
  ... on GatewayRateLimitedError { retryAfterMs }
  ... on GatewayUpstreamError { outcomeUnknown completedSteps }`;

/** What a mutation answered, and what it sent. */
export interface Outcome {
  readonly result: Readonly<Record<string, unknown>>;
  readonly errors: Answer['errors'];
  readonly requests: readonly SandboxRequest[];
}

/** Runs one mutation with one input. */
export async function mutate(
  gateway: TestGateway,
  name: string,
  input: Readonly<Record<string, unknown>>,
  selection = '__typename',
): Promise<Outcome> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  gateway.sandbox.forgetRequests();
  const { data, errors } = await gateway.query(
    `mutation ($input: ${type}Input!) {
      result: ${name}(input: $input) { __typename ... on ${type}Success { ${selection} } ${ERROR_MEMBERS} }
    }`,
    { input },
  );
  const result = data?.['result'] as Outcome['result'] | undefined;
  if (result === undefined || result === null) throw new Error(JSON.stringify(errors));
  return { result, errors, requests: [...gateway.sandbox.requests] };
}

/** Runs a query that must succeed. */
export async function ask<Data>(
  gateway: TestGateway,
  document: string,
  variables?: Record<string, unknown>,
): Promise<{ readonly data: Data; readonly requests: readonly SandboxRequest[] }> {
  gateway.sandbox.forgetRequests();
  const { data, errors } = await gateway.query(document, variables);
  expect(errors).toBeUndefined();
  return { data: data as Data, requests: [...gateway.sandbox.requests] };
}

/** The requests in short: action and parameters, the region left out, once each was found to be a documented one. */
export function sent(
  requests: readonly SandboxRequest[],
): readonly (readonly [action: string, query: Readonly<Record<string, string>>])[] {
  return requests.map((request) => {
    expect(documentedFaults(request), request.action).toEqual([]);
    const { RegionId, ...query } = request.query;
    expect(RegionId).toBe('cn-beijing');
    return [request.action, query] as const;
  });
}

/** Spellings that are documented for answers only may be written back; the rules are text that holds a list. */
function documentedFaults(request: SandboxRequest): readonly string[] {
  const { RouteRules, ...query } = request.query;
  const isExcused = (fault: string) =>
    /^query Protocol cannot be/.test(fault) ||
    (RouteRules !== undefined && fault === 'query lacks RouteRules');
  return faultsOf({ ...request, query }).filter((fault) => !isExcused(fault));
}

/** The parameters of the only request of an operation. */
export function onlyQuery({ requests }: Pick<Outcome, 'requests'>, action: string) {
  const found = sent(requests).filter(([name]) => name === action);
  expect(found).toHaveLength(1);
  return found[0]?.[1];
}

/** The operations sent, in order. */
export function actionsOf({ requests }: Pick<Outcome, 'requests'>): readonly string[] {
  return requests.map(({ action }) => action);
}

/** A global id as clients see it. */
export function idOf(type: string, ...key: readonly string[]): string {
  return Buffer.from(`${type}:cn-beijing/${key.join('/')}`).toString('base64url');
}

/** A service of the dozen by its name. */
export async function serviceNamed(
  gateway: TestGateway,
  name: string,
): Promise<{ readonly id: string; readonly sourceId: string }> {
  const { data } = await ask<{ modelServices: { nodes: { id: string; sourceId: string; name: string }[] } }>(
    gateway,
    `query ($name: String!, $gateway: ID!) {
      modelServices(gatewaySourceId: $gateway, filter: { name: $name }, first: 100) { nodes { id sourceId name } }
    }`,
    { name, gateway: GATEWAY_ID },
  );
  const found = data.modelServices.nodes.find((node) => node.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

/** Answers an operation with these fields, without acting. */
export function answer(
  gateway: TestGateway,
  action: string,
  fields: Readonly<Record<string, unknown>>,
  match?: (request: SandboxRequest) => boolean,
): void {
  const bodyText = JSON.stringify({ RequestId: 'R-1', ...fields });
  gateway.sandbox.setFault(
    `polardb:${action}`,
    { kind: 'answer', status: 200, bodyText },
    match === undefined ? {} : { match },
  );
}

/** Matches the n-th request that comes to be matched, and all behind it. */
export function fromNth(wanted: number): () => boolean {
  let count = 0;
  return () => {
    count += 1;
    return count >= wanted;
  };
}

/** A failure of a write, the member it becomes, and what that member says. */
type WriteFailure = readonly [code: string, status: number, member: string, facts: object];

/** One for each member of a result that is an error, and more. */
export const WRITE_FAILURES: readonly WriteFailure[] = [
  [
    'InvalidParameter',
    400,
    'GatewayInvalidInputError',
    { code: 'BAD_USER_INPUT', fieldErrors: [{ path: [] }] },
  ],
  ['NoPermission', 403, 'GatewayForbiddenError', { code: 'FORBIDDEN' }],
  ['Forbidden.InstanceNotFound', 404, 'GatewayNotFoundError', { code: 'NOT_FOUND' }],
  ['Something.Duplicate', 400, 'GatewayConflictError', { code: 'CONFLICT' }],
  ['Throttling.User', 400, 'GatewayRateLimitedError', { code: 'RATE_LIMITED', retryAfterMs: 1500 }],
  [
    'InternalError',
    500,
    'GatewayUpstreamError',
    { code: 'UPSTREAM_ERROR', outcomeUnknown: true, completedSteps: [] },
  ],
  ['SignatureDoesNotMatch', 400, 'GatewayUpstreamError', { code: 'UNAUTHENTICATED', outcomeUnknown: false }],
];

/** Has an operation fail so, and gives what the mutation must answer. */
export function stageFailure(
  gateway: TestGateway,
  action: string,
  [code, status, member, facts]: WriteFailure,
): Readonly<Record<string, unknown>> {
  const headers: Record<string, string> = code === 'Throttling.User' ? { 'x-acs-retry-after': '1500' } : {};
  gateway.sandbox.setFault(`polardb:${action}`, { kind: 'error', status, code, headers });
  return { __typename: member, source: 'AI_GATEWAY', upstreamCode: code, ...facts };
}
