import { describe, expect, it } from 'vitest';
import { openGateway } from '../../support/gateway.ts';
import { dataOf } from '../support/backend-cases.ts';
import {
  answerWith,
  bodyOf,
  FAILURES,
  modelId,
  mutate,
  openWithModel,
  requestsOf,
  sampleData,
} from './support.ts';

const PATH = '/api/v1/modelRouter/open/models';
const ROW = 'model { id name description tags modelCode vendor category isEnabled version }';

/** Beyond what a JSON number holds: one of the sandbox's own. */
const LONG_ID = '9007199254740993';

describe('updateModel', () => {
  it('sends the fields given and no others, once, and answers with the whole model', async () => {
    await using made = await openWithModel({ description: 'of a test', vendor: 'alibaba', tags: ['NLP'] });
    const result = await mutate(made.gateway, 'updateModel', { id: made.id, name: '新名 🚀' }, ROW);
    expect(result).toMatchObject({
      __typename: 'UpdateModelSuccess',
      model: {
        id: made.id,
        name: '新名 🚀',
        description: 'of a test',
        vendor: 'alibaba',
        tags: ['NLP'],
        modelCode: 'qwen-test',
        isEnabled: true,
      },
    });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual(['ModelRouterUpdateModel']);
    expect(requests[0]).toMatchObject({ method: 'PUT', path: `${PATH}/${made.sourceId}`, query: {} });
    expect(bodyOf(requests[0])).toEqual({ name: '新名 🚀' });
  });

  it('sends every field under its name: the code as modelId, the vendor as symbol, tags joined', async () => {
    await using made = await openWithModel();
    const input = {
      id: made.id,
      name: 'n',
      modelCode: 'qwen-new',
      description: '',
      vendor: 'qwen',
      tags: ['TXT_GEN', 'DEEP_THINK'],
      category: 'Embedding',
      apiKey: 'sk-planted-1234567890',
      baseUrl: 'https://example.com/v1?region=a+b',
      maxInputLength: '32K',
      maxOutputLength: '8192',
      status: 0,
    };
    const result = await mutate(made.gateway, 'updateModel', input, ROW);
    expect(result['model']).toMatchObject({
      modelCode: 'qwen-new',
      tags: ['TXT_GEN', 'DEEP_THINK'],
      isEnabled: false,
    });
    const { id: _id, modelCode, vendor, category, ...same } = input;
    expect(bodyOf(requestsOf(made.gateway)[0])).toEqual({
      ...same,
      modelId: modelCode,
      symbol: vendor,
      modelType: category,
      tags: 'TXT_GEN,DEEP_THINK',
    });
  });

  it('names every fault of the input at once and sends nothing', async () => {
    await using made = await openWithModel();
    const input = {
      id: 'nonsense',
      name: ' ',
      description: null,
      tags: ['a,b'],
      baseUrl: 'https://example.com/?key=***',
      maxInputLength: null,
    };
    const result = await mutate(made.gateway, 'updateModel', input, ROW);
    expect(result.__typename).toBe('GatewayInvalidInputError');
    expect(result.fieldErrors?.map(({ path }) => path.join('.')).toSorted()).toEqual([
      'baseUrl',
      'description',
      'id',
      'maxInputLength',
      'name',
      'tags.0',
    ]);
    expect(made.gateway.actions()).toEqual([]);
  });

  it('refuses an input that changes nothing, and the id of another type', async () => {
    await using made = await openWithModel();
    const nothing = await mutate(made.gateway, 'updateModel', { id: made.id }, ROW);
    expect(nothing).toMatchObject({ __typename: 'GatewayInvalidInputError', fieldErrors: [{ path: [] }] });
    const input = { id: Buffer.from('BillingRule:1/1').toString('base64url'), name: 'n' };
    const foreign = await mutate(made.gateway, 'updateModel', input, ROW);
    expect(foreign).toMatchObject({
      __typename: 'GatewayInvalidInputError',
      fieldErrors: [{ path: ['id'] }],
    });
    expect(made.gateway.actions()).toEqual([]);
  });

  it('reaches a model whose number a JSON number cannot hold', async () => {
    await using gateway = await openGateway();
    const input = { id: modelId(LONG_ID), description: 'exact' };
    const result = await mutate(gateway, 'updateModel', input, 'model { sourceId description }');
    expect(result['model']).toEqual({ sourceId: LONG_ID, description: 'exact' });
    expect(requestsOf(gateway)[0]?.path).toBe(`${PATH}/${LONG_ID}`);
  });

  it('of a model that does not exist is GatewayNotFoundError', async () => {
    await using made = await openWithModel();
    const result = await mutate(made.gateway, 'updateModel', { id: modelId('424242'), name: 'n' }, ROW);
    expect(result).toMatchObject({ __typename: 'GatewayNotFoundError', code: 'NOT_FOUND' });
  });

  it('does not take the answer about another model for its own', async () => {
    await using made = await openWithModel();
    const sample = sampleData<object>('ModelRouterUpdateModel');
    made.gateway.sandbox.setFault('ModelRouterUpdateModel', answerWith({ ...sample, id: 99 }));
    const result = await mutate(made.gateway, 'updateModel', { id: made.id, name: 'n' }, ROW);
    expect(result).toMatchObject({ __typename: 'GatewayUpstreamError', outcomeUnknown: true });
  });

  it.each(FAILURES)('%s after %s, sent once', async (member, _cause, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterUpdateModel', fault);
    const input = { id: made.id, name: 'n', apiKey: 'sk-planted-1234567890' };
    const result = await mutate(made.gateway, 'updateModel', input, ROW);
    expect(result).toMatchObject({ __typename: member, ...expected });
    expect(made.gateway.actions()).toEqual(['ModelRouterUpdateModel']);
    expect(JSON.stringify([result, made.gateway.logs])).not.toContain('planted');
  });

  it('is seen by what the same operation reads after it', async () => {
    await using made = await openWithModel();
    const document = (name: string) => `mutation {
      ${['a', 'b']
        .map(
          (alias) => `${alias}: updateModel(input: { id: "${made.id}", name: "${name} ${alias}" }) {
        __typename
        ... on UpdateModelSuccess { model { name billingRules(first: 1) { totalCount } } }
      }`,
        )
        .join('\n')}
    }`;
    const both = dataOf<Record<string, { model: { name: string } }>>(await made.gateway.query(document('x')));
    expect([both['a']?.model.name, both['b']?.model.name]).toEqual(['x a', 'x b']);
    // The rules are read anew after each write.
    expect(
      made.gateway.actions().filter((action) => action === 'ModelRouterQueryBillingRuleList'),
    ).toHaveLength(2);
  });

  it('is seen also where its answer was lost', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterUpdateModel', { kind: 'reset', when: 'after' });
    const rule = `createBillingRule(input: { modelId: "${made.id}" }) {
      ... on CreateBillingRuleSuccess { billingRule { model { name } } }
    }`;
    const answer = await made.gateway.query(`mutation {
      before: ${rule}
      lost: updateModel(input: { id: "${made.id}", name: "after" }) { __typename }
      after: ${rule}
    }`);
    expect(answer).toEqual({
      data: {
        before: { billingRule: { model: { name: '通义千问' } } },
        lost: { __typename: 'GatewayUpstreamError' },
        after: { billingRule: { model: { name: 'after' } } },
      },
    });
  });
});

describe('deleteModel', () => {
  it('deletes by the number in the path, without query and body, and the lookup is null afterwards', async () => {
    await using made = await openWithModel();
    const result = await mutate(made.gateway, 'deleteModel', { id: made.id }, 'deletedId');
    expect(result).toEqual({ __typename: 'DeleteModelSuccess', deletedId: made.id });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual(['ModelRouterDeleteModel']);
    expect(requests[0]).toMatchObject({
      method: 'DELETE',
      path: `${PATH}/${made.sourceId}`,
      query: {},
      bodyText: '',
    });
    const gone = await made.gateway.query(
      'query ($id: ID!) { model(id: $id) { name } node(id: $id) { id } }',
      {
        id: made.id,
      },
    );
    expect(gone).toEqual({ data: { model: null, node: null } });
  });

  it('of what does not exist, or no longer, is GatewayNotFoundError', async () => {
    await using made = await openWithModel();
    await mutate(made.gateway, 'deleteModel', { id: made.id }, 'deletedId');
    const again = await mutate(made.gateway, 'deleteModel', { id: made.id }, 'deletedId');
    expect(again).toMatchObject({ __typename: 'GatewayNotFoundError', code: 'NOT_FOUND', retryable: false });
  });

  it('of a foreign id is GatewayInvalidInputError and sends nothing', async () => {
    await using made = await openWithModel();
    const result = await mutate(made.gateway, 'deleteModel', { id: 'TW9kZWw' }, 'deletedId');
    expect(result).toMatchObject({ __typename: 'GatewayInvalidInputError', fieldErrors: [{ path: ['id'] }] });
    expect(made.gateway.actions()).toEqual([]);
  });

  it('takes the backend at its word where it sends that as text, like success', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterDeleteModel', answerWith('true'));
    const result = await mutate(made.gateway, 'deleteModel', { id: made.id }, 'deletedId');
    expect(result).toEqual({ __typename: 'DeleteModelSuccess', deletedId: made.id });
  });

  it('does not claim a deletion that the backend denies', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterDeleteModel', answerWith(false));
    const result = await mutate(made.gateway, 'deleteModel', { id: made.id }, 'deletedId');
    expect(result).toMatchObject({ __typename: 'GatewayUpstreamError', outcomeUnknown: true });
  });

  it.each(FAILURES)('%s after %s, sent once', async (member, _cause, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterDeleteModel', fault);
    const result = await mutate(made.gateway, 'deleteModel', { id: made.id }, 'deletedId');
    expect(result).toMatchObject({ __typename: member, ...expected });
    expect(made.gateway.actions()).toEqual(['ModelRouterDeleteModel']);
  });
});
