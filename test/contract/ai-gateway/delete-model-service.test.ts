import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from '../../support/gateway.ts';
import {
  actionsOf,
  answer,
  ask,
  fromNth,
  GATEWAY_ID,
  idOf,
  mutate,
  sent,
  serviceNamed,
  stageFailure,
  WRITE_FAILURES,
} from './support/staging.ts';

let gateway: TestGateway;

beforeAll(async () => {
  // Whether names are unique is not documented: here they are not.
  gateway = await openGateway({ sandbox: { serviceNames: 'repeatable' } });
});
afterEach(() => gateway.sandbox.clearFaults());
afterAll(() => gateway[Symbol.asyncDispose]());

async function createNamed(name: string): Promise<{ readonly id: string; readonly sourceId: string }> {
  const input = {
    gatewaySourceId: GATEWAY_ID,
    name,
    category: 'text',
    protocol: 'OPENAI',
    baseUrl: 'https://example.com',
    apiKey: 'sk-of-the-test',
    vendor: 'custom',
  };
  const { result } = await mutate(gateway, 'createModelService', input, 'modelService { id sourceId }');
  return result['modelService'] as { id: string; sourceId: string };
}

async function exists(id: string): Promise<boolean> {
  const document = 'query ($id: ID!) { modelService(id: $id) { id } }';
  const { data } = await ask<{ modelService: object | null }>(gateway, document, { id });
  return data.modelService !== null;
}

const page = (rows: readonly object[], total = rows.length) => ({ TotalRecordCount: total, Items: rows });
const isNameSearch = (request: { readonly query: Readonly<Record<string, string>> }) =>
  'Name' in request.query;

describe('deleteModelService', () => {
  it('resolves the name, looks for namesakes, deletes by name, and answers once the service is gone', async () => {
    const { id, sourceId } = await serviceNamed(gateway, 'customer-service-qwen-7b');
    const outcome = await mutate(gateway, 'deleteModelService', { id }, 'deletedId');
    const place = { GwClusterId: GATEWAY_ID };
    const byId = { ...place, ModelServiceIds: sourceId, PageNumber: '1', PageSize: '30' };
    const name = 'customer-service-qwen-7b';
    expect(sent(outcome.requests)).toEqual([
      ['DescribeModelServices', byId],
      ['DescribeModelServices', { ...place, Name: name, PageNumber: '1', PageSize: '100' }],
      ['DeleteModelService', { ...place, ModelName: name }],
      ['DescribeModelServices', byId],
    ]);
    expect(outcome.result).toEqual({ __typename: 'DeleteModelServiceSuccess', deletedId: id });
    expect(await exists(id)).toBe(false);
  });

  it('a name that holds the name is no namesake, and neither is another letter case', async () => {
    const [one, longer, louder] = [
      await createNamed('alone'),
      await createNamed('not alone'),
      await createNamed('ALONE'),
    ];
    const { result } = await mutate(gateway, 'deleteModelService', { id: one.id }, 'deletedId');
    expect(result).toMatchObject({ __typename: 'DeleteModelServiceSuccess' });
    expect([await exists(one.id), await exists(longer.id), await exists(louder.id)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('refuses where another service bears the name, and deletes neither', async () => {
    const [one, other] = [await createNamed('twin'), await createNamed('twin')];
    const outcome = await mutate(gateway, 'deleteModelService', { id: one.id });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayConflictError',
      code: 'CONFLICT',
      source: 'AI_GATEWAY',
      retryable: false,
      message: expect.stringContaining(other.sourceId),
    });
    expect(actionsOf(outcome)).toEqual(['DescribeModelServices', 'DescribeModelServices']);
    expect([await exists(one.id), await exists(other.id)]).toEqual([true, true]);
  });

  it('finds a namesake on a later page of the services that the filter gives', async () => {
    const { id, sourceId } = await serviceNamed(gateway, 'test');
    const similar = Array.from({ length: 99 }, (_, index) => ({
      ModelServiceId: `ms-${index}`,
      Name: `test ${index}`,
    }));
    const own = { ModelServiceId: sourceId, Name: 'test' };
    const isPage = (number: string) => (request: Parameters<typeof isNameSearch>[0]) =>
      isNameSearch(request) && request.query['PageNumber'] === number;
    answer(gateway, 'DescribeModelServices', page([own, ...similar], 101), isPage('1'));
    answer(
      gateway,
      'DescribeModelServices',
      page([{ ModelServiceId: 'ms-twin', Name: 'test' }], 101),
      isPage('2'),
    );
    const outcome = await mutate(gateway, 'deleteModelService', { id });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayConflictError' });
    expect(actionsOf(outcome)).not.toContain('DeleteModelService');
  });

  it('deletes nothing where the search by name does not show the service itself', async () => {
    const { id } = await serviceNamed(gateway, 'test');
    answer(gateway, 'DescribeModelServices', page([]), isNameSearch);
    const outcome = await mutate(gateway, 'deleteModelService', { id });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayUpstreamError', completedSteps: [] });
    expect(actionsOf(outcome)).not.toContain('DeleteModelService');
  });

  it('deletes nothing where the backend tells no name', async () => {
    const { id, sourceId } = await serviceNamed(gateway, 'test');
    answer(gateway, 'DescribeModelServices', page([{ ModelServiceId: sourceId }]));
    const outcome = await mutate(gateway, 'deleteModelService', { id });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayUpstreamError', outcomeUnknown: false });
    expect(actionsOf(outcome)).toEqual(['DescribeModelServices']);
  });
});

describe('deleteModelService of what does not exist', () => {
  it('is not found, and nothing is deleted; so is a second delete', async () => {
    const { id } = await createNamed('only once');
    await mutate(gateway, 'deleteModelService', { id });
    for (const absent of [id, idOf('ModelService', GATEWAY_ID, 'ms-absent')]) {
      const outcome = await mutate(gateway, 'deleteModelService', { id: absent });
      expect(outcome.result).toMatchObject({ __typename: 'GatewayNotFoundError', source: 'AI_GATEWAY' });
      expect(actionsOf(outcome)).toEqual(['DescribeModelServices']);
    }
  });

  it('says that the service was there when it was read, and gone by the delete', async () => {
    const { id } = await serviceNamed(gateway, 'test');
    const fault = { kind: 'error', status: 404, code: 'InvalidModelName.NotFound' } as const;
    gateway.sandbox.setFault('DeleteModelService', fault);
    const { result } = await mutate(gateway, 'deleteModelService', { id });
    expect(result).toMatchObject({
      __typename: 'GatewayNotFoundError',
      message: expect.stringMatching(/was there when it was read, but gone/),
    });
  });

  it('an id that is none is an invalid input, and nothing is sent', async () => {
    const outcome = await mutate(gateway, 'deleteModelService', { id: idOf('Model', '1') });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayInvalidInputError',
      fieldErrors: [{ path: ['id'] }],
    });
    expect(outcome.requests).toEqual([]);
  });
});

describe('a deletion that is not seen afterwards', () => {
  it('is an upstream error that names the step done, where the service is still there', async () => {
    const { id } = await serviceNamed(gateway, 'test');
    answer(gateway, 'DeleteModelService', {});
    const outcome = await mutate(gateway, 'deleteModelService', { id });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayUpstreamError',
      code: 'UPSTREAM_ERROR',
      retryable: false,
      outcomeUnknown: true,
      completedSteps: ['DeleteModelService'],
      message: expect.stringMatching(/still there/),
    });
    expect(outcome.requests).toHaveLength(4);
  });

  it.each([
    ['throttled', { kind: 'throttle', retryAfterMs: 100 }, 'UPSTREAM_ERROR'],
    ['forbidden', { kind: 'error', status: 403, code: 'NoPermission' }, 'UPSTREAM_ERROR'],
    ['out of order', { kind: 'error', status: 503, code: 'ServiceUnavailable' }, 'UPSTREAM_UNAVAILABLE'],
  ] as const)('is one too where the confirming read is %s', async (word, fault, code) => {
    const { id } = await createNamed(`unconfirmed ${word}`);
    gateway.sandbox.setFault('DescribeModelServices', fault, { match: fromNth(3) });
    const { result } = await mutate(gateway, 'deleteModelService', { id });
    expect(result).toMatchObject({
      __typename: 'GatewayUpstreamError',
      code,
      retryable: false,
      outcomeUnknown: true,
      completedSteps: ['DeleteModelService'],
    });
    gateway.sandbox.clearFaults();
    expect(await exists(id)).toBe(false);
  });
});

describe('a failing DeleteModelService', () => {
  it.each(WRITE_FAILURES)('%s (%i) is a %s, sent once', async (...failure) => {
    const { id } = await serviceNamed(gateway, 'test');
    const expected = stageFailure(gateway, 'DeleteModelService', failure);
    const outcome = await mutate(gateway, 'deleteModelService', { id });
    expect(outcome.result).toMatchObject(expected);
    expect(actionsOf(outcome)).toEqual([
      'DescribeModelServices',
      'DescribeModelServices',
      'DeleteModelService',
    ]);
  });
});
