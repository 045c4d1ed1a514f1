import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from '../../support/gateway.ts';
import {
  actionsOf,
  answer,
  ask,
  fromNth,
  GATEWAY_ID,
  idOf,
  mutate,
  onlyQuery,
  sent,
  serviceNamed,
  stageFailure,
  WRITE_FAILURES,
} from './support/staging.ts';

const ROW = `id sourceId name category protocol rawProtocol status baseUrl vendor apiKeyPreview
  inputCostPointsPerMillion outputCostPointsPerMillion requestCostPoints createdAt`;
const SUCCESS = `modelService { ${ROW} }`;
const THREE_STEPS = ['DescribeModelServices', 'ModifyModelService', 'DescribeModelServices'];

let gateway: TestGateway;
/** Spelled `Model Studio` upstream. */
let turbo: { readonly id: string; readonly sourceId: string };

beforeAll(async () => {
  gateway = await openGateway();
});
beforeEach(async () => {
  turbo = await serviceNamed(gateway, 'qwen-turbo');
});
afterEach(() => gateway.sandbox.clearFaults());
afterAll(() => gateway[Symbol.asyncDispose]());

async function rowOf(id: string) {
  const document = `query ($id: ID!) { modelService(id: $id) { ${ROW} } }`;
  const { data } = await ask<{ modelService: Record<string, unknown> }>(gateway, document, { id });
  return data.modelService;
}

function stored(fields: Readonly<Record<string, unknown>>) {
  const Items = [{ ModelServiceId: turbo.sourceId, Status: 'Enable', ...fields }];
  return { TotalRecordCount: 1, PageNumber: 1, PageSize: 30, PageRecordCount: 30, Items };
}

const WHOLE_ROW = { Name: 'qwen-turbo', ModelCategory: 'text', Protocol: 'openai' };

describe('updateModelService', () => {
  it('reads, writes what is given beside what the backend requires as it is stored, and reads again', async () => {
    const before = await rowOf(turbo.id);
    const outcome = await mutate(
      gateway,
      'updateModelService',
      { id: turbo.id, requestCostPoints: '0.25' },
      SUCCESS,
    );
    const place = { GwClusterId: GATEWAY_ID };
    const byId = { ...place, ModelServiceIds: turbo.sourceId, PageNumber: '1', PageSize: '30' };
    expect(sent(outcome.requests)).toEqual([
      ['DescribeModelServices', byId],
      [
        'ModifyModelService',
        {
          ...place,
          ModelServiceId: turbo.sourceId,
          Name: 'qwen-turbo',
          ModelCategory: 'text',
          Protocol: 'Model Studio',
          RequestCostPoints: '0.25',
        },
      ],
      ['DescribeModelServices', byId],
    ]);
    expect(before['rawProtocol']).toBe('Model Studio');
    expect(outcome.result).toEqual({
      __typename: 'UpdateModelServiceSuccess',
      modelService: { ...before, requestCostPoints: '0.25' },
    });
  });

  it('sends every field that is given under its own name', async () => {
    const { id, sourceId } = await serviceNamed(gateway, 'test');
    const outcome = await mutate(
      gateway,
      'updateModelService',
      {
        id,
        name: 'test',
        category: 'embedding',
        protocol: 'VLLM',
        baseUrl: 'https://example.com/v1?token=whole',
        apiKey: 'sk-changed-key',
        inputCostPointsPerMillion: '1.5',
        outputCostPointsPerMillion: '2',
        requestCostPoints: '0',
      },
      SUCCESS,
    );
    expect(onlyQuery(outcome, 'ModifyModelService')).toEqual({
      GwClusterId: GATEWAY_ID,
      ModelServiceId: sourceId,
      Name: 'test',
      ModelCategory: 'embedding',
      Protocol: 'vllm',
      BaseUrl: 'https://example.com/v1?token=whole',
      ApiKey: 'sk-changed-key',
      InputCostPointsPerMillion: '1.5',
      OutputCostPointsPerMillion: '2',
      RequestCostPoints: '0',
    });
    expect(outcome.result).toMatchObject({
      modelService: {
        name: 'test',
        category: 'embedding',
        protocol: 'VLLM',
        baseUrl: 'https://example.com/v1?token=***',
        inputCostPointsPerMillion: '1.5',
        outputCostPointsPerMillion: '2',
        requestCostPoints: '0',
        vendor: 'bailian',
      },
    });
  });

  it('writes a protocol back that this gateway does not know', async () => {
    answer(gateway, 'DescribeModelServices', stored({ ...WHOLE_ROW, Protocol: 'gRPC-Next' }));
    answer(gateway, 'ModifyModelService', {});
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, name: 'other' }, SUCCESS);
    expect(onlyQuery(outcome, 'ModifyModelService')).toMatchObject({ Name: 'other', Protocol: 'gRPC-Next' });
    expect(outcome.result).toMatchObject({ modelService: { protocol: 'OTHER', rawProtocol: 'gRPC-Next' } });
  });

  it('asks for what the backend requires and does not tell, and writes nothing', async () => {
    answer(gateway, 'DescribeModelServices', stored({ Name: '', Protocol: null }));
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, requestCostPoints: '1' });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayInvalidInputError',
      fieldErrors: [{ path: ['name'] }, { path: ['category'] }, { path: ['protocol'] }],
    });
    expect(actionsOf(outcome)).toEqual(['DescribeModelServices']);
  });

  it('never writes the id back as the name of a service without one', async () => {
    answer(gateway, 'DescribeModelServices', stored({ ModelCategory: 'text', Protocol: 'openai' }));
    answer(gateway, 'ModifyModelService', {});
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, name: 'named' });
    expect(onlyQuery(outcome, 'ModifyModelService')).toMatchObject({ Name: 'named' });
  });

  it('reads afresh what an earlier change of the same operation has written', async () => {
    const { id } = await serviceNamed(gateway, 'gte-rerank-v2');
    gateway.sandbox.forgetRequests();
    const { data } = await gateway.query(
      `mutation ($id: ID!) {
        a: updateModelService(input: { id: $id, name: "renamed" }) { __typename }
        b: updateModelService(input: { id: $id, requestCostPoints: "7" }) {
          ... on UpdateModelServiceSuccess { modelService { name requestCostPoints } }
        }
      }`,
      { id },
    );
    expect(data?.['b']).toEqual({ modelService: { name: 'renamed', requestCostPoints: '7' } });
    expect(gateway.actions()).toEqual([...THREE_STEPS, ...THREE_STEPS]);
  });
});

describe('updateModelService, where read and write disagree', () => {
  it('an unknown service is not found, and nothing is written', async () => {
    const id = idOf('ModelService', GATEWAY_ID, 'ms-absent');
    const outcome = await mutate(gateway, 'updateModelService', { id, name: 'other' });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayNotFoundError', source: 'AI_GATEWAY' });
    expect(actionsOf(outcome)).toEqual(['DescribeModelServices']);
  });

  it('says that the service was there when it was read, and gone by the write', async () => {
    const fault = { kind: 'error', status: 404, code: 'InvalidModelServiceId.NotFound' } as const;
    gateway.sandbox.setFault('ModifyModelService', fault);
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, requestCostPoints: '1' });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayNotFoundError',
      upstreamCode: 'InvalidModelServiceId.NotFound',
      message: expect.stringMatching(/was there when it was read, but gone when it was to be written/),
    });
    expect(actionsOf(outcome)).toEqual(['DescribeModelServices', 'ModifyModelService']);
  });

  it('says that the write was accepted, and the service gone by the read after it', async () => {
    answer(gateway, 'DescribeModelServices', { TotalRecordCount: 0, Items: [] }, fromNth(2));
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, requestCostPoints: '1' });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayUpstreamError',
      code: 'UPSTREAM_ERROR',
      retryable: false,
      outcomeUnknown: true,
      completedSteps: ['ModifyModelService'],
      message: expect.stringMatching(/accepted, but the model service was gone/),
    });
  });

  it('stays a success where the read after it fails: the fields carry the error, but for the promised', async () => {
    const fault = { kind: 'throttle', retryAfterMs: 900 } as const;
    gateway.sandbox.setFault('DescribeModelServices', fault, { match: fromNth(2) });
    const input = { id: turbo.id, requestCostPoints: '0.5', protocol: 'OPENAI' };
    const { result, errors } = await mutate(gateway, 'updateModelService', input, SUCCESS);
    expect(result).toMatchObject({
      __typename: 'UpdateModelServiceSuccess',
      modelService: { id: turbo.id, name: 'qwen-turbo', protocol: 'OPENAI', requestCostPoints: null },
    });
    expect(errors?.map(({ path }) => path?.at(-1))).toContain('requestCostPoints');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', source: 'AI_GATEWAY' });
    gateway.sandbox.clearFaults();
    expect(await rowOf(turbo.id)).toMatchObject({ protocol: 'OPENAI', requestCostPoints: '0.5' });
  });
});

describe('updateModelService refuses before anything is sent', () => {
  it.each([
    ['an explicit null', { name: null }, [['name']]],
    ['no field but id', {}, [[]]],
    ['a masked URL', { baseUrl: 'https://example.com/v1?key=***' }, [['baseUrl']]],
    ['protocol OTHER', { protocol: 'OTHER' }, [['protocol']]],
    ['a negative price', { requestCostPoints: '-1' }, [['requestCostPoints']]],
    ['an empty name', { name: ' ' }, [['name']]],
    [
      'every fault at once',
      { name: null, category: '', apiKey: '', baseUrl: 'example.com' },
      [['name'], ['category'], ['baseUrl'], ['apiKey']],
    ],
  ])('%s', async (_case, change, paths) => {
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, ...change });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayInvalidInputError',
      source: null,
      fieldErrors: paths.map((path) => ({ path })),
    });
    expect(outcome.requests).toEqual([]);
  });

  it.each([
    ['another type', () => idOf('CostRule', GATEWAY_ID, 'ms-x', 'r')],
    ['another region', () => Buffer.from(`ModelService:cn-nowhere/${GATEWAY_ID}/ms-x`).toString('base64url')],
    ['nothing of this graph', () => 'xyz'],
  ])('an id of %s', async (_case, id) => {
    const outcome = await mutate(gateway, 'updateModelService', { id: id(), name: 'other' });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayInvalidInputError',
      fieldErrors: [{ path: ['id'] }],
    });
    expect(outcome.requests).toEqual([]);
  });
});

describe('a failing ModifyModelService', () => {
  it.each(WRITE_FAILURES)('%s (%i) is a %s, sent once', async (...failure) => {
    const expected = stageFailure(gateway, 'ModifyModelService', failure);
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, requestCostPoints: '1' });
    expect(outcome.result).toMatchObject(expected);
    expect(actionsOf(outcome)).toEqual(['DescribeModelServices', 'ModifyModelService']);
  });

  it('tells that the outcome is unknown where the connection broke after the write', async () => {
    gateway.sandbox.setFault('ModifyModelService', { kind: 'reset', when: 'after' });
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, requestCostPoints: '1' });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayUpstreamError',
      outcomeUnknown: true,
      retryable: false,
    });
  });

  it('a read that fails first is its own error: nothing was written', async () => {
    gateway.sandbox.setFault('DescribeModelServices', { kind: 'error', status: 500, code: 'InternalError' });
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, requestCostPoints: '1' });
    expect(outcome.result).toMatchObject({
      __typename: 'GatewayUpstreamError',
      outcomeUnknown: false,
      completedSteps: [],
    });
    expect(actionsOf(outcome)).not.toContain('ModifyModelService');
  });

  it('never shows the key, not even where the backend quotes it', async () => {
    const apiKey = 'planted banana key';
    const message = `The value ${apiKey} of ApiKey is not valid.`;
    gateway.sandbox.setFault('ModifyModelService', {
      kind: 'error',
      status: 400,
      code: 'InvalidApiKey',
      message,
    });
    const outcome = await mutate(gateway, 'updateModelService', { id: turbo.id, apiKey });
    expect(onlyQuery(outcome, 'ModifyModelService')).toMatchObject({ ApiKey: apiKey });
    expect(JSON.stringify([outcome.result, outcome.errors, gateway.logs])).not.toContain('banana');
  });
});
