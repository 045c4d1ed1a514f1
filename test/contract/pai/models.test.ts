import { describe, expect, it } from 'vitest';
import { dataOf } from '../support/backend-cases.ts';
import { bodyOf, FAILURES, modelId, mutate, openWithModel, requestsOf } from './support.ts';

const ROW = 'row: paiModel { id sourceId name description domain labels { key value } }';

describe('updatePaiModel', () => {
  it('sends the fields given and no others, between two reads', async () => {
    await using made = await openWithModel();
    const input = { id: made.id, name: '新名 🚀', orderNumber: 7 };
    const result = await mutate(made.gateway, 'updatePaiModel', input, ROW);
    expect(result).toMatchObject({
      __typename: 'UpdatePaiModelSuccess',
      row: {
        id: made.id,
        name: '新名 🚀',
        description: 'of a test',
        domain: 'nlp',
        labels: [{ key: 'env', value: 'test' }],
      },
    });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual(['GetModel', 'UpdateModel', 'GetModel']);
    expect(requests[1]).toMatchObject({ method: 'PUT', path: `/api/v1/models/${made.sourceId}`, query: {} });
    expect(bodyOf(requests[1])).toEqual({ ModelName: '新名 🚀', OrderNumber: 7 });
  });

  it('sends every field under its name', async () => {
    await using made = await openWithModel();
    const input = {
      id: made.id,
      name: 'n',
      description: '',
      accessibility: 'PUBLIC',
      origin: 'ModelScope',
      domain: 'cv',
      task: 'ocr',
      documentation: 'https://example.com/a.md',
      orderNumber: -3,
      category: 'LoRA',
      extraInfo: { a: [1, { b: null }] },
      parameterSize: 9007199254740991,
    };
    const result = await mutate(made.gateway, 'updatePaiModel', input, 'row: paiModel { id }');
    expect(result.row).toEqual({ id: made.id });
    const requests = requestsOf(made.gateway);
    // The id alone is known without a second read.
    expect(requests.map(({ action }) => action)).toEqual(['GetModel', 'UpdateModel']);
    expect(bodyOf(requests[1])).toEqual({
      ModelName: 'n',
      ModelDescription: '',
      Accessibility: 'PUBLIC',
      Origin: 'ModelScope',
      Domain: 'cv',
      Task: 'ocr',
      ModelDoc: 'https://example.com/a.md',
      OrderNumber: -3,
      ModelType: 'LoRA',
      ExtraInfo: { a: [1, { b: null }] },
      ParameterSize: 9007199254740991,
    });
  });

  it('names every fault of the input at once and sends nothing', async () => {
    await using made = await openWithModel();
    const long = '🚀'.repeat(128);
    const input = {
      id: 'nonsense',
      name: long,
      description: null,
      parameterSize: -1,
      extraInfo: [1],
      labels: [
        { key: 'a=b' },
        { key: 'a,b', value: 'é'.repeat(65) },
        { key: ' ' },
        { key: 'twice' },
        { key: 'twice', value: 'again' },
      ],
    };
    const result = await mutate(made.gateway, 'updatePaiModel', input, ROW);
    expect(result.__typename).toBe('GatewayInvalidInputError');
    expect(result.fieldErrors?.map(({ path }) => path.join('.')).toSorted()).toEqual([
      'description',
      'extraInfo',
      'id',
      'labels.0.key',
      'labels.1.key',
      'labels.1.value',
      'labels.2.key',
      'labels.4.key',
      'name',
      'parameterSize',
    ]);
    expect(made.gateway.actions()).toEqual([]);
  });

  it.each([[{}], [{ name: null }], [{ labels: null }], [{ name: '' }]])(
    'refuses %j, which changes nothing or would clear a field',
    async (change) => {
      await using made = await openWithModel();
      const result = await mutate(made.gateway, 'updatePaiModel', { id: made.id, ...change }, ROW);
      expect(result.__typename).toBe('GatewayInvalidInputError');
      expect(made.gateway.actions()).toEqual([]);
    },
  );

  it('takes 127 characters of any script as a name', async () => {
    await using made = await openWithModel();
    const result = await mutate(
      made.gateway,
      'updatePaiModel',
      { id: made.id, name: '🚀'.repeat(127) },
      'row: paiModel { id }',
    );
    expect(result.__typename).toBe('UpdatePaiModelSuccess');
  });

  it('of what does not exist is GatewayNotFoundError, and nothing is written', async () => {
    await using made = await openWithModel();
    const input = { id: modelId('model-absent'), name: 'n' };
    expect(await mutate(made.gateway, 'updatePaiModel', input, ROW)).toMatchObject({
      __typename: 'GatewayNotFoundError',
      code: 'NOT_FOUND',
    });
    expect(made.gateway.actions()).toEqual(['GetModel']);
  });

  it('refuses the id of another type', async () => {
    await using made = await openWithModel();
    const result = await mutate(made.gateway, 'updatePaiModel', { id: made.versionId, name: 'n' }, ROW);
    expect(result.fieldErrors?.map(({ path }) => path)).toEqual([['id']]);
  });

  it.each(FAILURES)('%s, by %j, of UpdateModel', async (member, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('UpdateModel', fault);
    const result = await mutate(made.gateway, 'updatePaiModel', { id: made.id, name: 'n' }, ROW);
    expect(result).toMatchObject({ __typename: member, ...expected });
    expect(result.completedSteps ?? []).toEqual([]);
    expect(made.gateway.actions().filter((action) => action === 'UpdateModel')).toHaveLength(1);
  });

  it.each(FAILURES)('%s, by %j, of the read before it: nothing was done', async (member, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('GetModel', fault);
    const result = await mutate(made.gateway, 'updatePaiModel', { id: made.id, name: 'n' }, ROW);
    expect(result).toMatchObject({ __typename: member, code: expected.code });
    expect(result.outcomeUnknown ?? false).toBe(false);
    expect(made.gateway.actions()).not.toContain('UpdateModel');
  });

  it('stays a success when the read after it fails: what must not be null is known, the rest carries the error', async () => {
    await using made = await openWithModel();
    let reads = 0;
    made.gateway.sandbox.setFault(
      'GetModel',
      { kind: 'error', status: 500, code: 'InternalError' },
      { match: () => ++reads > 1 },
    );
    const answer = await made.gateway.query(
      `mutation ($id: ID!) {
        updatePaiModel(input: { id: $id, name: "new" }) {
          ... on UpdatePaiModelSuccess { paiModel { sourceId name description labels { key } } }
        }
      }`,
      { id: made.id },
    );
    expect(answer.data?.['updatePaiModel']).toEqual({
      paiModel: { sourceId: made.sourceId, name: 'new', description: null, labels: [{ key: 'env' }] },
    });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['updatePaiModel', 'paiModel', 'description']]);
  });

  it('what is read later in the same request is read anew', async () => {
    await using made = await openWithModel();
    const answer = dataOf<Record<string, { paiModel: { name: string } }>>(
      await made.gateway.query(
        `mutation ($id: ID!) {
          a: updatePaiModel(input: { id: $id, name: "first" }) {
            ... on UpdatePaiModelSuccess { paiModel { name } }
          }
          b: updatePaiModel(input: { id: $id, name: "second" }) {
            ... on UpdatePaiModelSuccess { paiModel { name } }
          }
        }`,
        { id: made.id },
      ),
    );
    expect([answer['a']?.paiModel.name, answer['b']?.paiModel.name]).toEqual(['first', 'second']);
  });
});

describe('deletePaiModel', () => {
  it('reads, deletes, and answers the id', async () => {
    await using made = await openWithModel();
    const result = await mutate(made.gateway, 'deletePaiModel', { id: made.id }, 'deletedId');
    expect(result).toEqual({ __typename: 'DeletePaiModelSuccess', deletedId: made.id });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual(['GetModel', 'DeleteModel']);
    expect(requests[1]).toMatchObject({
      method: 'DELETE',
      path: `/api/v1/models/${made.sourceId}`,
      query: {},
      bodyText: '',
    });
    expect(dataOf(await made.gateway.query('query ($id: ID!) { node(id: $id) { id } }', made))).toEqual({
      node: null,
    });
  });

  it('a second time is GatewayNotFoundError, within one request too', async () => {
    await using made = await openWithModel();
    const answer = await made.gateway.query(
      `mutation ($id: ID!) {
        a: deletePaiModel(input: { id: $id }) { __typename }
        b: deletePaiModel(input: { id: $id }) { __typename }
      }`,
      { id: made.id },
    );
    expect(dataOf(answer)).toEqual({
      a: { __typename: 'DeletePaiModelSuccess' },
      b: { __typename: 'GatewayNotFoundError' },
    });
  });

  it('of what does not exist is GatewayNotFoundError even where the backend calls such a delete a success', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('DeleteModel', {
      kind: 'answer',
      status: 200,
      bodyText: '{"RequestId":"r"}',
    });
    const input = { id: modelId('model-absent') };
    expect((await mutate(made.gateway, 'deletePaiModel', input, 'deletedId')).__typename).toBe(
      'GatewayNotFoundError',
    );
    expect(made.gateway.actions()).toEqual(['GetModel']);
  });

  it.each(FAILURES)('%s, by %j, of DeleteModel', async (member, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('DeleteModel', fault);
    const result = await mutate(made.gateway, 'deletePaiModel', { id: made.id }, 'deletedId');
    expect(result).toMatchObject({ __typename: member, ...expected });
    expect(made.gateway.actions()).toEqual(['GetModel', 'DeleteModel']);
  });
});
