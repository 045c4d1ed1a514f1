import { describe, expect, it } from 'vitest';
import { openGateway } from '../../support/gateway.ts';
import { dataOf } from '../support/backend-cases.ts';
import { answerWith, bodyOf, FAILURES, mutate, type Result, requestsOf, sampleData } from './support.ts';

const SELECTION = `
  results { index name modelCode status upstreamMessage model { sourceId name modelCode description } }
  createdModels { sourceId modelCode }`;

interface Item {
  readonly index: number;
  readonly name: string;
  readonly modelCode: string;
  readonly status: string;
  readonly upstreamMessage: string | null;
  readonly model: { readonly sourceId: string; readonly modelCode: string } | null;
}

const itemsOf = (result: Result) => result['results'] as readonly Item[];

/** What became of each item, shortly: its place, status and model. */
const fates = (result: Result) =>
  itemsOf(result).map(({ index, status, model }) => [index, status, model?.sourceId]);

type Sent = readonly [code: string, name: string, description?: string];

const batchOf = (...models: readonly Sent[]) => ({
  apiKey: 'sk-planted-1234567890',
  vendor: 'qwen',
  models: models.map(([modelCode, name, description]) => ({
    modelCode,
    name,
    category: 'Chat',
    ...(description === undefined ? {} : { description }),
  })),
});

const created = (id: number, modelCode: string, name: string) => ({ id, modelCode, name });
const failed = (modelId: string, name: string, errorMsg: string) => ({ modelId, name, errorMsg });

/** Runs a batch against a given answer. */
async function answered(data: unknown, ...models: readonly Sent[]) {
  await using gateway = await openGateway({ sandbox: { data: 'empty' } });
  gateway.sandbox.setFault('ModelRouterBatchCreateModel', answerWith(data));
  return await mutate(gateway, 'createModels', batchOf(...models), SELECTION);
}

describe('createModels', () => {
  it('sends one request with every field under its name', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    const input = {
      apiKey: 'sk-planted-1234567890',
      vendor: 'qwen',
      baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
      models: [
        {
          name: '通义千问 Max',
          modelCode: 'qwen-max',
          category: 'Chat',
          description: 'a "model"',
          tags: ['chat', 'NLP'],
          maxInputLength: '128000',
          maxOutputLength: '8192',
          inOut: 'text',
          extensions: { nested: [1, { deep: null }] },
        },
        { name: 'bare', modelCode: 'qwen-bare', category: 'Chat', description: null, tags: null },
      ],
    };
    const result = await mutate(gateway, 'createModels', input, SELECTION);
    expect(result.__typename).toBe('CreateModelsSuccess');
    expect(fates(result).map(([index, status]) => [index, status])).toEqual([
      [0, 'CREATED'],
      [1, 'CREATED'],
    ]);
    const requests = requestsOf(gateway);
    expect(requests.map(({ action }) => action)).toEqual(['ModelRouterBatchCreateModel']);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/modelRouter/open/models/batch',
      query: {},
    });
    expect(bodyOf(requests[0])).toEqual({
      apiKey: 'sk-planted-1234567890',
      symbol: 'qwen',
      baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
      models: [
        {
          name: '通义千问 Max',
          modelId: 'qwen-max',
          modelType: 'Chat',
          description: 'a "model"',
          tags: 'chat,NLP',
          maxInputLength: '128000',
          maxOutputLength: '8192',
          inOut: 'text',
          extensions: '{"nested":[1,{"deep":null}]}',
        },
        { name: 'bare', modelId: 'qwen-bare', modelType: 'Chat' },
      ],
    });
  });

  it('reports a partial failure item by item in the order of the input, and what was made exists', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    // The sandbox refuses a code that the same batch had before.
    const batch = batchOf(['twice', 'first'], ['twice', 'second'], ['once', 'third']);
    const result = await mutate(gateway, 'createModels', batch, SELECTION);
    expect(itemsOf(result).map(({ name, status }) => [name, status])).toEqual([
      ['first', 'CREATED'],
      ['second', 'FAILED'],
      ['third', 'CREATED'],
    ]);
    expect(itemsOf(result)[1]?.upstreamMessage).toBeTruthy();
    const list = await gateway.query('{ models { nodes { name } } }');
    expect(dataOf<{ models: { nodes: unknown } }>(list).models.nodes).toEqual([
      { name: 'first' },
      { name: 'third' },
    ]);
    expect(JSON.stringify([result, gateway.logs])).not.toContain('planted');
  });

  it('reads the documented answer', async () => {
    const data = sampleData('ModelRouterBatchCreateModel');
    const result = await answered(data, ['qwen-vl-max', 'qwen-vl-max'], ['qwen-max', 'qwen-max']);
    expect(fates(result)).toEqual([
      [0, 'FAILED', undefined],
      [1, 'CREATED', '4'],
    ]);
    expect(itemsOf(result)[0]?.upstreamMessage).toBe('模型类型不能为空');
    expect(result['createdModels']).toEqual([{ sourceId: '4', modelCode: 'qwen-max' }]);
  });

  it('matches by code and name, never by position', async () => {
    const result = await answered(
      {
        created: [created(3, 'c', 'C'), created(1, 'a', 'A')],
        failures: [failed('d', 'D', 'no d'), failed('b', 'B', 'no b')],
      },
      ['a', 'A'],
      ['b', 'B'],
      ['c', 'C'],
      ['d', 'D'],
    );
    expect(fates(result)).toEqual([
      [0, 'CREATED', '1'],
      [1, 'FAILED', undefined],
      [2, 'CREATED', '3'],
      [3, 'FAILED', undefined],
    ]);
    expect(itemsOf(result).map(({ upstreamMessage }) => upstreamMessage)).toEqual([
      null,
      'no b',
      null,
      'no d',
    ]);
  });

  it('tells items of one code apart by their names', async () => {
    const result = await answered(
      { created: [created(2, 'a', 'second')], failures: [failed('a', 'first', 'taken')] },
      ['a', 'first'],
      ['a', 'second'],
    );
    expect(fates(result)).toEqual([
      [0, 'FAILED', undefined],
      [1, 'CREATED', '2'],
    ]);
  });

  it('where two equal items fared differently, says one was made and one not: which is which does not matter', async () => {
    const result = await answered(
      { created: [created(1, 'a', 'A')], failures: [failed('a', 'A', 'taken')] },
      ['a', 'A'],
      ['b', 'B'],
      ['a', 'A'],
    );
    expect(itemsOf(result).map(({ status, upstreamMessage }) => [status, upstreamMessage])).toEqual([
      ['CREATED', null],
      ['UNKNOWN', null],
      ['FAILED', 'taken'],
    ]);
  });

  it('where different items of one code and name fared differently, says that it cannot tell', async () => {
    const result = await answered(
      { created: [created(1, 'a', 'A')], failures: [failed('a', 'A', 'taken')] },
      ['a', 'A', 'one'],
      ['a', 'A', 'other'],
    );
    expect(fates(result)).toEqual([
      [0, 'UNKNOWN', undefined],
      [1, 'UNKNOWN', undefined],
    ]);
    expect(result['createdModels']).toEqual([{ sourceId: '1', modelCode: 'a' }]);
  });

  it('where different items of one code and name were all made, tells so without guessing which is which', async () => {
    const result = await answered(
      { created: [created(2, 'a', 'A'), created(1, 'a', 'A')], failures: [] },
      ['a', 'A', 'one'],
      ['a', 'A', 'other'],
    );
    expect(fates(result)).toEqual([
      [0, 'CREATED', undefined],
      [1, 'CREATED', undefined],
    ]);
    expect(result['createdModels']).toHaveLength(2);
  });

  it('gives every reason to different items of one code and name that all failed', async () => {
    const result = await answered(
      { created: [], failures: [failed('a', 'A', 'x'), failed('a', 'A', 'y')] },
      ['a', 'A', 'one'],
      ['a', 'A', 'other'],
    );
    expect(itemsOf(result).map(({ status, upstreamMessage }) => [status, upstreamMessage])).toEqual([
      ['FAILED', 'x; y'],
      ['FAILED', 'x; y'],
    ]);
  });

  it.each([
    ['an item that the answer leaves out', { created: [], failures: [] }],
    [
      'an item that is both made and failed',
      { created: [created(1, 'a', 'A')], failures: [failed('a', 'A', 'x')] },
    ],
    [
      'an item that was made twice',
      { created: [created(1, 'a', 'A'), created(2, 'a', 'A')], failures: null },
    ],
    ['a row without an id', { created: [{ modelCode: 'a', name: 'A' }], failures: [] }],
    ['a row of another item', { created: [created(1, 'z', 'Z')] }],
    ['a row that is no object', { failures: ['a'] }],
  ])('says UNKNOWN of %s', async (_case, data) => {
    const result = await answered(data, ['a', 'A']);
    expect(fates(result)).toEqual([[0, 'UNKNOWN', undefined]]);
  });

  it.each([
    ['the name is missing', { failures: [{ modelId: 'b', errorMsg: 'x' }], created: [created(1, 'a', 'A')] }],
    ['the code is missing', { failures: [{ name: 'B', errorMsg: 'x' }], created: [created(1, 'a', 'A')] }],
    ['the name was changed', { failures: [failed('b', 'changed', 'x')], created: [created(1, ' a', 'A ')] }],
  ])('matches a failure where %s and one item only fits', async (_case, data) => {
    const result = await answered(data, ['a', 'A'], ['b', 'B']);
    expect(fates(result)).toEqual([
      [0, 'CREATED', '1'],
      [1, 'FAILED', undefined],
    ]);
  });

  it('matches a failure without a name to the only item of that code that nothing was said of', async () => {
    const data = { created: [created(1, 'a', 'A')], failures: [{ modelId: 'a', errorMsg: 'x' }] };
    const result = await answered(data, ['a', 'B'], ['a', 'A']);
    expect(fates(result)).toEqual([
      [0, 'FAILED', undefined],
      [1, 'CREATED', '1'],
    ]);
  });

  it('does not match a failure that two items fit', async () => {
    const result = await answered({ failures: [{ modelId: 'a', errorMsg: 'x' }] }, ['a', 'A'], ['a', 'B']);
    expect(fates(result).map(([, status]) => status)).toEqual(['UNKNOWN', 'UNKNOWN']);
  });

  it("passes no secret on in a failure's words", async () => {
    const failures = [failed('a', 'A', 'key sk-planted-1234567890 is refused')];
    const result = await answered({ failures }, ['a', 'A']);
    expect(itemsOf(result)[0]?.upstreamMessage).toContain('is refused');
    expect(JSON.stringify(result)).not.toContain('planted');
  });

  it('names every fault of every item at once and sends nothing', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    const input = {
      apiKey: '',
      vendor: 'qwen',
      baseUrl: 'https://example.com/?key=***',
      models: [
        { name: ' ', modelCode: 'a', category: 'Chat' },
        { name: 'b', modelCode: '', category: '', tags: ['x', 'y,z'] },
      ],
    };
    const result = await mutate(gateway, 'createModels', input, SELECTION);
    expect(result.__typename).toBe('GatewayInvalidInputError');
    expect(result.fieldErrors?.map(({ path }) => path.join('.')).toSorted()).toEqual([
      'apiKey',
      'baseUrl',
      'models.0.name',
      'models.1.category',
      'models.1.modelCode',
      'models.1.tags.1',
    ]);
    const none = await mutate(
      gateway,
      'createModels',
      { ...input, apiKey: 'k', baseUrl: null, models: [] },
      SELECTION,
    );
    expect(none).toMatchObject({
      __typename: 'GatewayInvalidInputError',
      fieldErrors: [{ path: ['models'] }],
    });
    expect(gateway.actions()).toEqual([]);
  });

  it.each([
    ...FAILURES,
    [
      'GatewayUpstreamError',
      'an answer without lists',
      answerWith({ successCount: 1 }),
      { code: 'UPSTREAM_ERROR', outcomeUnknown: true },
    ] as const,
  ])('%s after %s, sent once', async (member, _cause, fault, expected) => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    gateway.sandbox.setFault('ModelRouterBatchCreateModel', fault);
    const result = await mutate(gateway, 'createModels', batchOf(['a', 'A']), SELECTION);
    const isFound = fault.kind === 'reset';
    expect(result).toMatchObject(
      isFound ? { __typename: 'CreateModelsSuccess' } : { __typename: member, ...expected },
    );
    expect(gateway.actions()).toEqual([
      'ModelRouterBatchCreateModel',
      ...(expected.outcomeUnknown === true ? ['ModelRouterQueryModelList'] : []),
    ]);
  });
});

describe('createModels whose answer does not come', () => {
  it('finds what was made, each item by its own', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    gateway.sandbox.setFault('ModelRouterBatchCreateModel', { kind: 'cutBody' });
    const result = await mutate(
      gateway,
      'createModels',
      batchOf(['a', 'A'], ['b', 'B', 'second']),
      SELECTION,
    );
    expect(itemsOf(result)).toEqual([
      expect.objectContaining({ index: 0, status: 'CREATED', model: expect.objectContaining({ name: 'A' }) }),
      expect.objectContaining({ index: 1, status: 'CREATED', model: expect.objectContaining({ name: 'B' }) }),
    ]);
    expect(result['createdModels']).toHaveLength(2);
    expect(gateway.actions()).toEqual([
      'ModelRouterBatchCreateModel',
      'ModelRouterQueryModelList',
      'ModelRouterQueryModelList',
    ]);
  });

  it('finds one of two equal ones where one was made', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    gateway.sandbox.setFault('ModelRouterBatchCreateModel', { kind: 'cutBody' });
    const result = await mutate(
      gateway,
      'createModels',
      batchOf(['a', 'A'], ['a', 'A'], ['b', 'B']),
      SELECTION,
    );
    expect(itemsOf(result).map(({ status }) => status)).toEqual(['CREATED', 'UNKNOWN', 'CREATED']);
    expect(result['createdModels']).toHaveLength(2);
  });

  it('is not looked for where it is of more than 50', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    gateway.sandbox.setFault('ModelRouterBatchCreateModel', { kind: 'cutBody' });
    const models = Array.from({ length: 51 }, (_, index) => [`m-${index}`, `M ${index}`] as const);
    expect(await mutate(gateway, 'createModels', batchOf(...models), SELECTION)).toMatchObject({
      __typename: 'GatewayUpstreamError',
      outcomeUnknown: true,
    });
    expect(gateway.actions()).toEqual(['ModelRouterBatchCreateModel']);
  });

  it('is never taken for a model of a create beside it', async () => {
    await using gateway = await openGateway({ sandbox: { data: 'empty' } });
    const single = { name: 'A', modelCode: 'a', vendor: 'qwen', category: 'Chat' };
    await mutate(gateway, 'createModels', batchOf(['a', 'A']), SELECTION);
    gateway.sandbox.setFault('ModelRouterCreateModel', { kind: 'error', status: 500, code: 'InternalError' });
    expect(await mutate(gateway, 'createModel', single, 'outcome')).toMatchObject({
      __typename: 'GatewayUpstreamError',
      outcomeUnknown: true,
    });
  });
});
