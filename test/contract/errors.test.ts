import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readWireFacts } from '../sandbox/support/wire-facts.ts';
import { type Answer, openGateway, type TestGateway } from '../support/gateway.ts';
import { BACKEND_CASES, type BackendCase, PLANTED_KEY, type Row, someRows } from './support/backend-cases.ts';

type Transport =
  | 'read-timeout'
  | 'connect-timeout'
  | 'connection-refused'
  | 'connection-reset'
  | 'dns-failure';

interface Sample {
  readonly id: string;
  readonly product: string;
  readonly http: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Readonly<Record<string, unknown>> & {
      readonly AccessDeniedDetail?: { readonly AuthAction: string };
    };
    readonly bodyText?: string;
  } | null;
  readonly transport?: Transport;
  readonly expected: {
    readonly class: string | null;
    readonly retryable: boolean;
    readonly code: string | null;
    readonly requestId: string | null;
  };
}

const { samples } = readWireFacts<{ readonly samples: readonly Sample[] }>('error-samples.json');

/** Every sample at every backend that can send it. */
const SITUATIONS = samples.flatMap((sample) =>
  BACKEND_CASES.filter(({ product }) => sample.product === 'any' || sample.product === product).map(
    (backend) => [sample.id, backend.source, sample, backend] as const,
  ),
);

/** Two samples speak of what a single model's query and a create answer, not of lists. */
const SINGLE_ONLY = ['modelrouter-200-success-true-with-errcode', 'modelrouter-200-success-true-null-data'];
const FAILURES = SITUATIONS.filter(([id]) => !SINGLE_ONLY.includes(id));

/** A deadline that is waited for, long enough for a request to leave. */
const SHORT_MS = 200;
/** The same where nothing leaves. */
const SHORTER_MS = 50;

let patient: TestGateway;
/** Its deadline is waited for. */
let hasty: TestGateway;
/** Behind addresses where no connection is ever made. */
const unreachable = new Map<Transport, TestGateway>();
let silent: Server;
const ids = new Map<string, string>();

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago and that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

beforeAll(async () => {
  // So short that the pause which some samples ask for is not waited out.
  patient = await openGateway({ isForgetful: true, upstreamTimeoutMs: 1_500 });
  hasty = await openGateway({ upstreamTimeoutMs: SHORT_MS, isForgetful: true });
  silent = createServer();
  const addresses = {
    'connection-refused': `http://127.0.0.1:${await closedPort()}`,
    // TCP is taken and TLS never answered: the connection is not made.
    'connect-timeout': `https://127.0.0.1:${await portOf(silent)}`,
    // A label of more than 63 letters, which no resolver takes.
    'dns-failure': `http://${'x'.repeat(64)}.invalid`,
  };
  for (const [transport, address] of Object.entries(addresses)) {
    const endpoints = Object.fromEntries(BACKEND_CASES.map(({ source }) => [source, address]));
    unreachable.set(
      transport as Transport,
      await openGateway({
        isForgetful: true,
        endpoints,
        upstreamTimeoutMs: transport === 'connect-timeout' ? SHORTER_MS : 10_000,
      }),
    );
  }
  for (const backend of BACKEND_CASES) {
    const [row] = await someRows(patient, backend, 1);
    ids.set(backend.source, (row as Row).sourceId);
  }
});
afterEach(() => {
  patient.sandbox.clearFaults();
  hasty.sandbox.clearFaults();
});
afterAll(async () => {
  silent.close();
  await Promise.all(
    [patient, hasty, ...unreachable.values()].map((gateway) => gateway[Symbol.asyncDispose]()),
  );
});

/** The gateway in front of which a sample happens, once it is set to happen there. */
function stage(sample: Sample, { product }: BackendCase, action: string, rewrite = (text: string) => text) {
  const name = `${product}:${action}`;
  const { http, transport } = sample;
  if (http !== null) {
    const bodyText = rewrite(http.bodyText ?? JSON.stringify(http.body));
    // The sandbox would add a request id of its own.
    const headers = { 'x-acs-request-id': '', ...http.headers };
    patient.sandbox.setFault(name, { kind: 'answer', status: http.status, headers, bodyText });
    return patient;
  }
  if (transport === 'connection-reset') {
    patient.sandbox.setFault(name, { kind: 'reset', when: 'before' });
    return patient;
  }
  if (transport === 'read-timeout') {
    hasty.sandbox.setFault(name, { kind: 'hang' });
    return hasty;
  }
  return unreachable.get(transport as Transport) as TestGateway;
}

function lookUp(gateway: TestGateway, { source, lookup }: BackendCase): Promise<Answer> {
  return gateway.query(lookup.document, { sourceId: ids.get(source) });
}

async function create(gateway: TestGateway, { create: { document, input } }: BackendCase) {
  const answer = await gateway.query(document, { input });
  expect(answer.errors).toBeUndefined();
  return answer.data?.['result'] as Readonly<Record<string, unknown>>;
}

/** All that extensions say, but for the vendor's words and the pause it asks for. */
function factsOf(extensions: Readonly<Record<string, unknown>> = {}) {
  const { upstreamMessage: _words, retryAfterMs: _pause, ...facts } = extensions;
  return facts;
}

/** What they must say of a sample, and nothing else. */
function extensionsOf({ expected, http }: Sample, { source }: BackendCase) {
  return {
    code: expected.class,
    source,
    upstreamCode: expected.code ?? undefined,
    requestId: expected.requestId ?? undefined,
    httpStatus: http?.status,
    retryable: expected.retryable,
    missingPermission: http?.body?.AccessDeniedDetail?.AuthAction,
  };
}

/** Whether the backend may have carried the sample's request out, by the rule that ARCHITECTURE states. */
function isOutcomeUnknown({ http, transport, expected }: Sample): boolean {
  if (http === null) return transport === 'connection-reset' || transport === 'read-timeout';
  if (expected.class === 'RATE_LIMITED') return false;
  if (http.status >= 400 && http.status < 500) return http.status === 408;
  return http.status >= 500 || expected.class?.startsWith('UPSTREAM_') === true;
}

const MEMBERS: Readonly<Record<string, string>> = {
  BAD_USER_INPUT: 'GatewayInvalidInputError',
  FORBIDDEN: 'GatewayForbiddenError',
  NOT_FOUND: 'GatewayNotFoundError',
  CONFLICT: 'GatewayConflictError',
  RATE_LIMITED: 'GatewayRateLimitedError',
};

it('there are 50 samples', () => {
  expect(samples).toHaveLength(50);
});

describe('at a lookup', () => {
  it.each(FAILURES)('%s from %s', async (_id, _source, sample, backend) => {
    const answer = await lookUp(stage(sample, backend, backend.lookup.action), backend);
    expect(answer.data).toEqual({ row: null });
    if (sample.expected.class === 'NOT_FOUND') {
      expect(answer.errors).toBeUndefined();
      return;
    }
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.path).toEqual(['row']);
    expect(factsOf(answer.errors?.[0]?.extensions)).toEqual(extensionsOf(sample, backend));
  });
});

describe('at a list', () => {
  it.each(FAILURES)('%s from %s', async (_id, _source, sample, backend) => {
    const gateway = stage(sample, backend, backend.list.action);
    const answer = await gateway.query(backend.list.document, { first: 3 });
    expect(answer.data).toEqual({ rows: null });
    expect(answer.errors?.length).toBeGreaterThan(0);
    for (const { path, extensions } of answer.errors ?? []) {
      expect(path?.[0]).toBe('rows');
      expect(factsOf(extensions)).toEqual(extensionsOf(sample, backend));
    }
  });
});

describe('at a create', () => {
  it.each(FAILURES)('%s from %s', async (_id, _source, sample, backend) => {
    const result = await create(stage(sample, backend, backend.create.action), backend);
    const { class: code, retryable, code: upstreamCode, requestId } = sample.expected;
    const member = MEMBERS[code ?? ''] ?? 'GatewayUpstreamError';
    const isUnknown = isOutcomeUnknown(sample);
    expect(result).toMatchObject({
      __typename: member,
      code,
      source: backend.source,
      upstreamCode,
      requestId,
      retryable: retryable && !isUnknown,
      ...(member === 'GatewayUpstreamError' && { outcomeUnknown: isUnknown }),
      ...(member === 'GatewayForbiddenError' && {
        missingPermission: sample.http?.body?.AccessDeniedDetail?.AuthAction ?? null,
      }),
      ...(member === 'GatewayInvalidInputError' && {
        fieldErrors: [{ path: [], message: result['message'] }],
      }),
    });
  });

  it('the pause that a throttled backend asks for comes along', async () => {
    const [, , sample, backend] = FAILURES.find(([id]) => id === 'throttling-user-400-retry-after') ?? [];
    if (sample === undefined || backend === undefined) throw new Error('no sample');
    const result = await create(stage(sample, backend, backend.create.action), backend);
    expect(result).toMatchObject({
      __typename: 'GatewayRateLimitedError',
      retryAfterMs: 1500,
      retryable: true,
    });
    stage(sample, backend, backend.lookup.action);
    const { errors } = await lookUp(patient, backend);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1500 });
  });
});

describe('success in the Model Router envelope', () => {
  const [router] = BACKEND_CASES;
  if (router === undefined) throw new Error('no case');
  const [withCode, withoutData] = SINGLE_ONLY.map(
    (wanted) => samples.find(({ id }) => id === wanted) as Sample,
  ) as [Sample, Sample];

  it('beside an error code it is a success: `success` decides', async () => {
    stage(withCode, router, router.lookup.action);
    stage(withCode, router, router.create.action);
    const row = { __typename: 'Model', id: expect.any(String), sourceId: '1', name: '通义千问' };
    expect(await lookUp(patient, router)).toEqual({ data: { row } });
    expect(await create(patient, router)).toEqual({
      __typename: 'CreateModelSuccess',
      outcome: 'CREATED',
      row,
    });
  });

  it('without data it is not found at a lookup', async () => {
    stage(withoutData, router, router.lookup.action);
    expect(await lookUp(patient, router)).toEqual({ data: { row: null } });
  });

  it('without data it is unreadable at a create, which may have acted', async () => {
    stage(withoutData, router, router.create.action);
    expect(await create(patient, router)).toMatchObject({
      __typename: 'GatewayUpstreamError',
      code: 'UPSTREAM_ERROR',
      requestId: withoutData.expected.requestId,
      outcomeUnknown: true,
    });
  });

  it.each([withCode, withoutData].map((sample) => [sample.id, sample] as const))(
    '%s is unreadable at a list',
    async (_id, sample) => {
      stage(sample, router, router.list.action);
      const { data, errors } = await patient.query(router.list.document, { first: 3 });
      expect(data).toEqual({ rows: null });
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'UPSTREAM_ERROR',
        requestId: sample.expected.requestId,
      });
    },
  );
});

describe('what a vendor says beside its code does not leak', () => {
  const HOSTILE = [
    'Sorry, this went wrong.',
    'POST https://polardb.aliyuncs.com/?ApiKey=leak-one&RegionId=leak-two failed.',
    'Host: db-7.leak-three.internal, 10.9.8.7:3306.',
    'AccessKeyId LTAIleakfourleakfour, Authorization: ACS3-HMAC-SHA256 Credential=leak-five.',
    'x-acs-signature-nonce: leak-six; account 1557702098194904 acs:ram::1557702098194904:user/leak-seven',
    '/api/v1/leak-eight/models sk-leaknine',
  ].join(' ');
  /** Quotes the key that the create carried: words that nothing but knowing them gives away. */
  const ECHO = `The key ${PLANTED_KEY} (or ${encodeURIComponent(PLANTED_KEY)}) is refused. ${HOSTILE}`;
  const LEAKS = [
    PLANTED_KEY,
    encodeURIComponent(PLANTED_KEY),
    /banana/i,
    /leak/i,
    /https?:/,
    /aliyuncs|\.internal|\.invalid|127\.0\.0\.1|10\.9\.8\.7|localhost/,
    /api\/v1|modelRouter\/open/,
    /x-acs-|ACS3-HMAC|signature\b.?[:=]|LTAI/i,
    /1557702098194904|AuthPrincipal|EncodedDiagnostic/,
    /RegionId|GwClusterId=/,
  ];

  const withMessage = (message: string) => (text: string) =>
    text
      .replace(/"(\w*message)":"[^"]*"/gi, (_all, name: string) => `"${name}":${JSON.stringify(message)}`)
      .replace(/<Message>[^<]*/, `<Message>${message}`);

  it.each(FAILURES)('%s from %s', async (_id, _source, sample, backend) => {
    const { lookup, list, create: creation } = backend;
    const gateway = stage(sample, backend, lookup.action, withMessage(HOSTILE));
    if (list.action !== lookup.action) stage(sample, backend, list.action, withMessage(HOSTILE));
    stage(sample, backend, creation.action, withMessage('apiKey' in creation.input ? ECHO : HOSTILE));
    const logged = gateway.logs.length;
    const answers = [
      await lookUp(gateway, backend),
      await gateway.query(list.document, { first: 3 }),
      await gateway.query(creation.document, { input: creation.input }),
    ];
    // The vendor's own names of codes are words that are told.
    const code = sample.expected.code ?? 'no code';
    const told = [...answers.map((answer) => JSON.stringify(answer)), ...gateway.logs.slice(logged)]
      .join('\n')
      .replaceAll(code, 'CODE');
    for (const leak of LEAKS) {
      expect(told, String(leak)).not.toMatch(leak);
    }
  });

  it('its harmless words are passed on, behind ours', async () => {
    const [, , sample, backend] = FAILURES.find(([id]) => id === 'polardb-invalid-parameter') ?? [];
    if (sample === undefined || backend === undefined) throw new Error('no sample');
    stage(sample, backend, backend.create.action, withMessage(ECHO));
    const result = await create(patient, backend);
    expect(result['message']).toBe('The PolarDB AI gateway refused a value of the request.');
    expect(result['upstreamMessage']).toMatch(
      /^The key \[redacted\] \(or \[redacted\]\) is refused\. Sorry, this went wrong\. POST \[url\]/,
    );
  });

  it('of a signature error nothing is passed on: it quotes the whole request', async () => {
    for (const [id, , sample, backend] of FAILURES) {
      if (!id.startsWith('signature-mismatch')) continue;
      stage(sample, backend, backend.create.action, withMessage(ECHO));
      expect(await create(patient, backend)).toMatchObject({
        code: 'UNAUTHENTICATED',
        upstreamMessage: null,
      });
    }
  });
});
