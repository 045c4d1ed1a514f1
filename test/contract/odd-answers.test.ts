import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readWireFacts } from '../sandbox/support/wire-facts.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { BACKEND_CASES, type BackendCase, dataOf, GATEWAY_ID, type Row } from './support/backend-cases.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ isForgetful: true });
});
beforeEach(() => gateway.sandbox.forgetRequests());
afterEach(() => gateway.sandbox.clearFaults());
afterAll(() => gateway[Symbol.asyncDispose]());

interface Given {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function answer({ product }: BackendCase, action: string, { status = 200, headers = {}, body }: Given): void {
  const bodyText = typeof body === 'string' ? body : JSON.stringify(body);
  gateway.sandbox.setFault(`${product}:${action}`, { kind: 'answer', status, headers, bodyText });
}

/** The one error of a lookup that failed. */
async function lookupError({ lookup }: BackendCase, sourceId: string) {
  const { data, errors } = await gateway.query(lookup.document, { sourceId });
  expect(data).toEqual({ row: null });
  expect(errors).toHaveLength(1);
  return errors?.[0]?.extensions ?? {};
}

async function createResult({ create }: BackendCase) {
  const result = await gateway.query(create.document, { input: create.input });
  expect(result.errors).toBeUndefined();
  return result.data?.['result'] as Readonly<Record<string, unknown>>;
}

const sampleOf = (action: string) => readWireFacts<Record<string, unknown>>(`responses/${action}.json`);

describe.each(BACKEND_CASES.map((backend) => [backend.source, backend] as const))('%s', (source, backend) => {
  const { lookup, list, create } = backend;

  it.each([
    ['nothing', ''],
    ['an empty object', {}],
    ['an array', []],
    ['a text', '"fine"'],
    ['a number', '1'],
    ['null', 'null'],
    ['a request id alone', { RequestId: 'X-1', requestId: 'X-1' }],
    ['success without data', { RequestId: 'X-1', requestId: 'X-1', success: true }],
    ['cut JSON', '{"success":true,"data":{"id":1'],
    ['HTML', '<!doctype html><title>Welcome</title>'],
  ])('%s with status 200 is an answer that cannot be read', async (_what, body) => {
    for (const action of new Set([lookup.action, list.action, create.action]))
      answer(backend, action, { body });
    const isRouterNull = source === 'MODEL_ROUTER' && (body as { success?: boolean }).success === true;
    // Success without data is how the router is believed to say that there is no such model.
    if (!isRouterNull) {
      expect(await lookupError(backend, '1')).toMatchObject({
        code: 'UPSTREAM_ERROR',
        source,
        retryable: true,
      });
    }
    const listed = await gateway.query(list.document, { first: 3 });
    expect(listed.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', source, httpStatus: 200 });
    expect(await createResult(backend)).toMatchObject({
      __typename: 'GatewayUpstreamError',
      code: 'UPSTREAM_ERROR',
      outcomeUnknown: true,
      retryable: false,
    });
  });

  it('a redirect is an UPSTREAM_ERROR and not followed, even with a body that looks like success', async () => {
    for (const action of new Set([lookup.action, create.action])) {
      const headers = { location: `${gateway.sandbox.url}/elsewhere` };
      answer(backend, action, { status: 302, headers, body: sampleOf(action) });
    }
    expect(await lookupError(backend, lookup.absentId)).toMatchObject({
      code: 'UPSTREAM_ERROR',
      source,
      httpStatus: 302,
    });
    expect(await createResult(backend)).toMatchObject({
      __typename: 'GatewayUpstreamError',
      outcomeUnknown: true,
    });
    expect(gateway.sandbox.requests.map(({ path }) => path)).not.toContain('/elsewhere');
    expect(gateway.actions().filter((action) => action === create.action)).toHaveLength(1);
  });

  it('a time-out that the backend states leaves the outcome of a create open', async () => {
    for (const status of [408, 504]) {
      gateway.sandbox.clearFaults();
      answer(backend, create.action, { status, body: '' });
      expect(await createResult(backend)).toMatchObject({
        __typename: 'GatewayUpstreamError',
        code: 'UPSTREAM_TIMEOUT',
        outcomeUnknown: true,
        retryable: false,
      });
    }
  });

  it.each([400, 429, 503])(
    'throttling with status %i surely did nothing: a create may be sent again',
    async (status) => {
      const code = 'Throttling.User';
      answer(backend, create.action, { status, body: { Code: code, RequestId: 'X-1' } });
      expect(await createResult(backend)).toMatchObject({
        __typename: 'GatewayRateLimitedError',
        retryable: true,
        upstreamCode: code,
      });
    },
  );

  it('codes and request ids that do not look like ones are left out', async () => {
    const odd = 'sk-planted with blanks <b>';
    const body = { Code: odd, RequestId: odd, code: odd, requestId: odd, success: false, errCode: odd };
    answer(backend, lookup.action, { status: 500, headers: { 'x-acs-request-id': odd }, body });
    const extensions = await lookupError(backend, '1');
    expect(extensions).toMatchObject({ code: 'UPSTREAM_ERROR', source, httpStatus: 500 });
    expect(JSON.stringify(extensions)).not.toContain('planted');
  });

  it('a request id that only a header has is told', async () => {
    answer(backend, lookup.action, { status: 500, headers: { 'x-acs-request-id': 'FROM-HEADER' }, body: '' });
    expect(await lookupError(backend, '1')).toMatchObject({ requestId: 'FROM-HEADER' });
  });

  it('a row that was not asked for is never handed out', async () => {
    answer(backend, lookup.action, { body: sampleOf(lookup.action) });
    const { data, errors } = await gateway.query(lookup.document, { sourceId: lookup.absentId });
    expect(data).toEqual({ row: null });
    // Where many are asked for at once, a row that did not come is one that does not exist.
    const isBatching = source === 'AI_GATEWAY';
    expect(errors?.map(({ extensions }) => extensions?.['code']) ?? []).toEqual(
      isBatching ? [] : ['UPSTREAM_ERROR'],
    );
  });

  it('fields that nobody documented are ignored', async () => {
    const sample = sampleOf(list.action);
    const { Models, Items, data } = sample as Record<string, { list?: object[] } & object[]>;
    for (const row of data?.list ?? Models ?? Items ?? [])
      Object.assign(row, { Brand: { new: ['field'] }, n: 1 });
    answer(backend, list.action, { body: { ...sample, Future: true } });
    const { rows } = dataOf<{ rows: { edges: { node: Row }[] } }>(
      await gateway.query(list.document, { first: 1 }),
    );
    expect(rows.edges).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('Brand');
  });
});

describe('the Model Router states a status of its own', () => {
  const router = BACKEND_CASES[0] as BackendCase;
  const refusal = (errCode: string, httpStatusCode: unknown) => ({
    body: { requestId: 'X-1', success: false, errCode, errMessage: 'x', httpStatusCode, data: null },
  });

  it.each([
    ['a code that says nothing', 'UNKNOWN_ERROR', 200, 'UPSTREAM_ERROR'],
    ['a code that says nothing', 'UNKNOWN_ERROR', 400, 'BAD_USER_INPUT'],
    ['a code that says nothing', 'UNKNOWN_ERROR', 403, 'FORBIDDEN'],
    ['a code that says nothing', 'UNKNOWN_ERROR', 404, 'NOT_FOUND'],
    ['a code that says nothing', 'UNKNOWN_ERROR', 409, 'CONFLICT'],
    ['a code that says nothing', 'UNKNOWN_ERROR', 429, 'UPSTREAM_ERROR'],
    ['a code that says nothing', 'UNKNOWN_ERROR', 503, 'UPSTREAM_ERROR'],
    ['a code that is not known', 'E1001', 404, 'NOT_FOUND'],
    ['a code that is not known', 'E1001', '404', 'NOT_FOUND'],
    ['a code that is not known', 'E1001', 429, 'RATE_LIMITED'],
    ['a code that is not known', 'E1001', 503, 'UPSTREAM_UNAVAILABLE'],
    ['a code that is not known', 'E1001', 'None', 'UPSTREAM_ERROR'],
    ['a code that is not known', 'E1001', null, 'UPSTREAM_ERROR'],
    ['a code that is known wins', 'MODEL_ALREADY_EXISTS', 500, 'CONFLICT'],
  ])('%s: %s with %j is %s', async (_what, errCode, stated, code) => {
    answer(router, router.create.action, refusal(errCode, stated));
    expect(await createResult(router)).toMatchObject({ code, upstreamCode: errCode, requestId: 'X-1' });
  });

  it('the worse of two statuses counts', async () => {
    answer(router, router.lookup.action, { ...refusal('E1001', 200), status: 503 });
    expect(await lookupError(router, '1')).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', httpStatus: 503 });
  });
});

describe('PAI labels', () => {
  const read = async (fields: Readonly<Record<string, unknown>>) => {
    const pai = BACKEND_CASES[1] as BackendCase;
    gateway.sandbox.clearFaults();
    answer(pai, 'GetModel', { body: { RequestId: 'X-1', ModelId: 'model-1', ...fields } });
    const document = '{ paiModel(sourceId: "model-1") { labels { key value } } }';
    return dataOf<{ paiModel: { labels: unknown } }>(await gateway.query(document)).paiModel.labels;
  };
  const one = (Key: string) => [{ Key, Value: 'v' }];

  it('are Tags, and Labels where Tags are null or absent', async () => {
    expect(await read({ Tags: one('tag'), Labels: one('label') })).toEqual([{ key: 'tag', value: 'v' }]);
    expect(await read({ Tags: null, Labels: one('label') })).toEqual([{ key: 'label', value: 'v' }]);
    expect(await read({ Labels: one('label') })).toEqual([{ key: 'label', value: 'v' }]);
    expect(await read({ Tags: [], Labels: one('label') })).toEqual([]);
    expect(await read({ Tags: null, Labels: null })).toEqual([]);
  });
});

describe('the services of a batch', () => {
  const services = BACKEND_CASES[2] as BackendCase;
  const ask = (ids: readonly string[]) =>
    gateway.query(
      `{ ${ids.map((id, index) => `f${index}: ${services.lookupField(id, 'sourceId name')}`).join(' ')} }`,
    );
  const item = (id: unknown, name: string) => ({ ModelServiceId: id, Name: name });

  it('are matched by id: shuffled, doubled, with strangers and holes between', async () => {
    const Items = [
      item('ms-3', 'three'),
      null,
      item('ms-9', 'nine'),
      item(null, 'none'),
      item('ms-1', 'one'),
      item('ms-3', 'three'),
    ];
    answer(services, 'DescribeModelServices', { body: { TotalRecordCount: 6, Items } });
    expect(await ask(['ms-1', 'ms-2', 'ms-3'])).toEqual({
      data: {
        f0: { sourceId: 'ms-1', name: 'one' },
        f1: null,
        f2: { sourceId: 'ms-3', name: 'three' },
      },
    });
    expect(gateway.sandbox.requests[0]?.query).toMatchObject({
      GwClusterId: GATEWAY_ID,
      ModelServiceIds: 'ms-1,ms-2,ms-3',
    });
  });
});
