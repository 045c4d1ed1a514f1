import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxFault } from '../../src/sandbox/index.ts';
import { type Answer, openGateway, type TestGateway } from '../support/gateway.ts';
import {
  BACKEND_CASES,
  type BackendCase,
  ERROR_MEMBER,
  type Row,
  someRows,
} from './support/backend-cases.ts';

/** Where a fault is waited for: short, but long enough for three attempts and the pauses between them. */
const HASTY = { upstreamAttemptTimeoutMs: 400, upstreamTimeoutMs: 3_000 };
/** Where none is: so long that a busy machine is not taken for a backend that hangs. */
const PATIENT = { upstreamAttemptTimeoutMs: 7_000, upstreamTimeoutMs: 14_000 };

/** What one fault must come to. */
interface FaultCase {
  readonly what: string;
  readonly fault: SandboxFault;
  readonly code: string;
  /** Requests that reach the backend for one read. */
  readonly attempts: number;
  /** Whether a create that meets it may have been carried out. */
  readonly outcomeUnknown: boolean;
}

const answering = (status: number, bodyText: string, type = 'application/json'): SandboxFault => ({
  kind: 'answer',
  status,
  headers: { 'content-type': type },
  bodyText,
});

const UNREADABLE = { code: 'UPSTREAM_ERROR', attempts: 2, outcomeUnknown: true };
const UNAVAILABLE = { code: 'UPSTREAM_UNAVAILABLE', attempts: 3, outcomeUnknown: true };
const THROTTLED = { code: 'RATE_LIMITED', attempts: 3, outcomeUnknown: false };
const REFUSED = { attempts: 1, outcomeUnknown: false };

const FAULTS: readonly FaultCase[] = [
  { what: 'hangs', fault: { kind: 'hang' }, code: 'UPSTREAM_TIMEOUT', attempts: 3, outcomeUnknown: true },
  {
    what: 'answers too late',
    fault: { kind: 'latency', ms: 60_000 },
    code: 'UPSTREAM_TIMEOUT',
    attempts: 3,
    outcomeUnknown: true,
  },
  { what: 'resets before it acted', fault: { kind: 'reset', when: 'before' }, ...UNAVAILABLE },
  {
    what: 'says that it is down',
    fault: { kind: 'error', status: 503, code: 'ServiceUnavailable' },
    ...UNAVAILABLE,
  },
  {
    what: 'says so in HTML, as a proxy',
    fault: answering(502, '<html>Bad Gateway</html>', 'text/html'),
    ...UNAVAILABLE,
  },
  { what: 'fails', fault: { kind: 'error', status: 500, code: 'InternalError' }, ...UNREADABLE },
  {
    what: 'states a time-out',
    fault: answering(504, ''),
    code: 'UPSTREAM_TIMEOUT',
    attempts: 3,
    outcomeUnknown: true,
  },
  { what: 'answers with nothing', fault: answering(200, ''), ...UNREADABLE },
  { what: 'answers 204', fault: answering(204, ''), ...UNREADABLE },
  { what: 'answers HTML', fault: answering(200, '<html>hello</html>', 'text/html'), ...UNREADABLE },
  { what: 'answers half a JSON', fault: answering(200, '{"RequestId":"r","Models":['), ...UNREADABLE },
  { what: 'answers a number', fault: answering(200, '42'), ...UNREADABLE },
  { what: 'answers an array', fault: answering(200, '[]'), ...UNREADABLE },
  {
    what: 'answers another shape',
    fault: answering(200, '{"RequestId":"r","surprise":true}'),
    ...UNREADABLE,
  },
  {
    what: 'answers 20 MB',
    fault: answering(200, `{"RequestId":"${'r'.repeat(20 * 1024 * 1024)}"}`),
    ...UNREADABLE,
  },
  {
    what: 'redirects',
    fault: answering(302, '{}'),
    code: 'UPSTREAM_ERROR',
    attempts: 1,
    outcomeUnknown: true,
  },
  { what: 'throttles', fault: { kind: 'throttle' }, ...THROTTLED },
  { what: 'throttles and says how long', fault: { kind: 'throttle', retryAfterMs: 20 }, ...THROTTLED },
  {
    what: 'throttles for longer than anyone waits',
    fault: { kind: 'throttle', retryAfterMs: 60_000 },
    ...THROTTLED,
    attempts: 1,
  },
  { what: 'throttles by status', fault: answering(429, ''), ...THROTTLED },
  {
    what: 'forbids',
    fault: { kind: 'error', status: 403, code: 'NoPermission' },
    code: 'FORBIDDEN',
    ...REFUSED,
  },
  {
    what: 'refuses the key',
    fault: { kind: 'error', status: 400, code: 'InvalidAccessKeyId.Inactive' },
    code: 'UNAUTHENTICATED',
    ...REFUSED,
  },
  {
    what: 'has seen the nonce',
    fault: { kind: 'error', status: 400, code: 'SignatureNonceUsed' },
    code: 'UNAUTHENTICATED',
    attempts: 2,
    outcomeUnknown: false,
  },
  {
    what: 'refuses a value',
    fault: { kind: 'error', status: 400, code: 'InvalidParameter' },
    code: 'BAD_USER_INPUT',
    ...REFUSED,
  },
  { what: 'says nothing that is known', fault: answering(418, '{}'), code: 'UPSTREAM_ERROR', ...REFUSED },
];

/** These act before they fail: what a create of theirs made is found again. */
const ACTING: readonly FaultCase[] = [
  { what: 'resets after it acted', fault: { kind: 'reset', when: 'after' }, ...UNAVAILABLE },
  { what: 'cuts its answer off', fault: { kind: 'cutBody' }, ...UNREADABLE },
  { what: 'drips without end', fault: { kind: 'drip', everyMs: 10 }, ...UNREADABLE },
];

let gateway: TestGateway;
let rows: ReadonlyMap<string, Row>;

/** Of its own for each fault: breaker, pace and budget begin as a fresh process has them. */
async function open({ fault }: FaultCase): Promise<void> {
  const isWaitedFor = ['hang', 'latency', 'drip'].includes(fault.kind);
  gateway = await openGateway(isWaitedFor ? HASTY : PATIENT);
  const known = await Promise.all(
    BACKEND_CASES.map(
      async (backend) => [backend.source, (await someRows(gateway, backend, 1))[0] as Row] as const,
    ),
  );
  rows = new Map(known);
  gateway.sandbox.forgetRequests();
}
afterEach(() => gateway[Symbol.asyncDispose]());

function strike({ product }: BackendCase, action: string, fault: SandboxFault): void {
  gateway.sandbox.setFault(`${product}:${action}`, fault);
}

function attemptsOf(
  { product }: BackendCase,
  action: string,
): readonly TestGateway['sandbox']['requests'][number][] {
  return gateway.sandbox.requests.filter(
    (request) => request.product === product && request.action === action,
  );
}

/** One query: `field` of the backend that fails, and a list of each of the others. */
async function askWithOthers(sick: BackendCase, field: string) {
  const others = BACKEND_CASES.filter((backend) => backend !== sick);
  const lists = others.map(
    ({ source, list }) => `${source}: ${list.listField} { totalCount nodes { name } }`,
  );
  const begun = performance.now();
  const answer = await gateway.query(`{ sick: ${field} ${lists.join(' ')} }`);
  return { answer, others, elapsedMs: performance.now() - begun };
}

function expectOthersWhole(answer: Answer, others: readonly BackendCase[]): void {
  for (const { source } of others) {
    const list = answer.data?.[source] as { totalCount: number; nodes: unknown[] };
    expect(list.totalCount, source).toBeGreaterThan(0);
    expect(list.nodes.length, source).toBeGreaterThan(0);
  }
}

const matrix = (faults: readonly FaultCase[]) =>
  BACKEND_CASES.flatMap((backend) =>
    faults.map((fault) => [backend.source, fault.what, backend, fault] as const),
  );

const READS = [
  [
    'a lookup',
    (backend: BackendCase) => backend.lookupField(rows.get(backend.source)?.sourceId ?? '', 'name'),
  ],
  ['a list', (backend: BackendCase) => `${backend.list.listField} { nodes { name } }`],
] as const;

describe.each(READS)('%s', { timeout: 20_000 }, (what, fieldOf) => {
  it.each(matrix([...FAULTS, ...ACTING]))('of %s, that %s', async (_source, _what, backend, fault) => {
    await open(fault);
    const { action } = what === 'a lookup' ? backend.lookup : backend.list;
    strike(backend, action, fault.fault);
    const { answer, others, elapsedMs } = await askWithOthers(backend, fieldOf(backend));
    expect(answer.data?.['sick']).toBeNull();
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.path?.[0]).toBe('sick');
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: fault.code, source: backend.source });
    if (fault.code === 'RATE_LIMITED') {
      expect(answer.errors?.[0]?.extensions?.['retryAfterMs']).toBeGreaterThan(0);
    }
    expectOthersWhole(answer, others);
    const attempts = attemptsOf(backend, action);
    expect(attempts).toHaveLength(fault.attempts);
    const nonces = attempts.map(({ headers }) => headers['x-acs-signature-nonce']);
    expect(new Set(nonces).size).toBe(attempts.length);
    expect(elapsedMs).toBeLessThan(15_000);
  });
});

describe('a create', { timeout: 20_000 }, () => {
  const send = async (backend: BackendCase, fault: FaultCase) => {
    await open(fault);
    const { create } = backend;
    strike(backend, create.action, fault.fault);
    const other = BACKEND_CASES.find((candidate) => candidate !== backend) as BackendCase;
    const field = (of: BackendCase) => /result: (\w+)\(/.exec(of.create.document)?.[1];
    const type = (of: BackendCase) => /\$input: (\w+)!/.exec(of.create.document)?.[1];
    const success = `Create${backend.typeName}Success`;
    const { data, errors } = await gateway.query(
      `mutation ($sick: ${type(backend)}!, $other: ${type(other)}!) {
        sick: ${field(backend)}(input: $sick) { __typename ... on ${success} { outcome } ${ERROR_MEMBER} }
        other: ${field(other)}(input: $other) { __typename }
      }`,
      { sick: create.input, other: other.create.input },
    );
    expect(errors).toBeUndefined();
    expect(data?.['other']).toMatchObject({ __typename: expect.stringMatching(/Success$/) });
    expect(attemptsOf(backend, create.action)).toHaveLength(1);
    return data?.['sick'] as Record<string, unknown>;
  };

  it.each(matrix(FAULTS))('of %s, that %s, is sent once', async (_source, _what, backend, fault) => {
    const result = await send(backend, fault);
    expect(result).toMatchObject({ code: fault.code, source: backend.source });
    if (result['__typename'] === 'GatewayUpstreamError') {
      expect(result['outcomeUnknown']).toBe(fault.outcomeUnknown);
    } else expect(fault.outcomeUnknown).toBe(false);
  });

  it.each(matrix(ACTING))(
    'of %s, that %s, is sent once and found',
    async (_source, _what, backend, fault) => {
      expect(await send(backend, fault)).toMatchObject({ outcome: 'RECOVERED' });
    },
  );
});
