import { describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from '../../support/gateway.ts';
import { dataOf } from '../support/backend-cases.ts';
import {
  answerWith,
  bodyOf,
  FAILURES,
  modelId,
  mutate,
  openWithModel,
  requestsOf,
  ruleId,
  sampleData,
} from './support.ts';

const PATH = '/api/v1/modelRouter/open/billing/rules';
const FIELDS = `id sourceId modelSourceId billingType pricingConfig effectiveAt expiresAt isEnabled version
  createdAt updatedAt`;
const RULE = `billingRule { ${FIELDS} }`;
const TIERS = [
  { min_tokens: 0, max_tokens: 32000, input_price: 2.5, output_price: 10 },
  { min_tokens: 32000, max_tokens: 0, input_price: 4, output_price: 16 },
];

/** Beyond what a JSON number holds: one of the sandbox's own. */
const LONG_ID = '9007199254740993';

interface Rule {
  readonly id: string;
  readonly sourceId: string;
  readonly modelSourceId: string;
}

async function addRule(gateway: TestGateway, model: string, fields: object = {}): Promise<Rule> {
  const made = await mutate(gateway, 'createBillingRule', { modelId: model, ...fields }, RULE);
  return made['billingRule'] as Rule;
}

const actionsOf = (gateway: TestGateway) => requestsOf(gateway).map(({ action }) => action);

describe('createBillingRule', () => {
  it('sends the number of the model as a number and every field under its name, once', async () => {
    await using made = await openWithModel();
    const input = {
      modelId: made.id,
      billingType: 'token_tiered',
      pricingConfig: { tiers: TIERS, tool_call_prices: { web_search: 4 } },
      effectiveAt: '2024-01-01T08:00:00+08:00',
      expiresAt: '2025-01-01T00:00:00.5Z',
      version: 3,
      idempotencyKey: 'once',
    };
    const result = await mutate(made.gateway, 'createBillingRule', input, `outcome ${RULE}`);
    expect(result).toMatchObject({
      __typename: 'CreateBillingRuleSuccess',
      outcome: 'CREATED',
      billingRule: {
        modelSourceId: made.sourceId,
        billingType: 'token_tiered',
        pricingConfig: input.pricingConfig,
        effectiveAt: '2024-01-01T00:00:00Z',
        expiresAt: '2025-01-01T00:00:00.500Z',
        isEnabled: true,
        version: 3,
      },
    });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual(['ModelRouterCreateBillingRule']);
    expect(requests[0]).toMatchObject({ method: 'POST', path: PATH, query: {} });
    expect(bodyOf(requests[0])).toEqual({
      modelId: Number(made.sourceId),
      billingType: 'token_tiered',
      pricingConfig: input.pricingConfig,
      effectiveTime: '2024-01-01T00:00:00Z',
      expireTime: '2025-01-01T00:00:00.500Z',
      version: 3,
    });
  });

  it('sends nothing but the model where nothing else is given', async () => {
    await using made = await openWithModel();
    const input = { modelId: made.id, pricingConfig: null, version: null };
    const result = await mutate(made.gateway, 'createBillingRule', input, RULE);
    expect(result.__typename).toBe('CreateBillingRuleSuccess');
    expect(bodyOf(requestsOf(made.gateway)[0])).toEqual({ modelId: Number(made.sourceId) });
  });

  it('rounds no number of a model: it leaves digit for digit and comes back so', async () => {
    await using gateway = await openGateway();
    const rule = await addRule(gateway, modelId(LONG_ID));
    expect(gateway.sandbox.requests[0]?.bodyText).toBe(`{"modelId":${LONG_ID}}`);
    expect(rule.modelSourceId).toBe(LONG_ID);
    expect(rule.id).toBe(ruleId(LONG_ID, rule.sourceId));
  });

  it('of a model that does not exist is GatewayNotFoundError', async () => {
    await using made = await openWithModel();
    const result = await mutate(made.gateway, 'createBillingRule', { modelId: modelId('424242') }, RULE);
    expect(result).toMatchObject({ __typename: 'GatewayNotFoundError', code: 'NOT_FOUND' });
  });

  it('does not take the rule of another model for the one it made', async () => {
    await using made = await openWithModel();
    const data = { ...sampleData<object>('ModelRouterCreateBillingRule'), modelId: 99 };
    made.gateway.sandbox.setFault('ModelRouterCreateBillingRule', answerWith(data));
    const result = await mutate(made.gateway, 'createBillingRule', { modelId: made.id }, RULE);
    expect(result).toMatchObject({ __typename: 'GatewayUpstreamError', outcomeUnknown: true });
  });

  it.each(FAILURES)('%s after %s, sent once', async (member, _cause, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterCreateBillingRule', fault);
    const result = await mutate(made.gateway, 'createBillingRule', { modelId: made.id }, `outcome ${RULE}`);
    const isFound = fault.kind === 'reset';
    expect(result).toMatchObject(isFound ? { outcome: 'RECOVERED' } : { __typename: member, ...expected });
    const search = ['ModelRouterQueryModel', 'ModelRouterQueryBillingRuleList'];
    expect(made.gateway.actions()).toEqual([
      'ModelRouterCreateBillingRule',
      ...(expected.outcomeUnknown === true ? search : []),
    ]);
  });
});

describe('updateBillingRule', () => {
  it('sends the fields given and no others, and the rest keeps its value', async () => {
    await using made = await openWithModel();
    const rule = await addRule(made.gateway, made.id, {
      billingType: 'token_tiered',
      pricingConfig: { tiers: TIERS },
      effectiveAt: '2024-01-01T00:00:00Z',
    });
    made.gateway.sandbox.forgetRequests();
    const input = { id: rule.id, expiresAt: '2030-01-01T00:00:00Z' };
    const result = await mutate(made.gateway, 'updateBillingRule', input, RULE);
    expect(result).toMatchObject({
      __typename: 'UpdateBillingRuleSuccess',
      billingRule: {
        id: rule.id,
        billingType: 'token_tiered',
        pricingConfig: { tiers: TIERS },
        effectiveAt: '2024-01-01T00:00:00Z',
        expiresAt: '2030-01-01T00:00:00Z',
      },
    });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual(['ModelRouterUpdateBillingRule']);
    expect(requests[0]).toMatchObject({ method: 'PUT', path: `${PATH}/${rule.sourceId}`, query: {} });
    expect(bodyOf(requests[0])).toEqual({ expireTime: '2030-01-01T00:00:00Z' });
  });

  it('sends every field under its name', async () => {
    await using made = await openWithModel();
    const rule = await addRule(made.gateway, made.id);
    made.gateway.sandbox.forgetRequests();
    const input = {
      id: rule.id,
      billingType: 'configurable',
      pricingConfig: { tiers: TIERS },
      effectiveAt: '2024-01-01T00:00:00Z',
      expiresAt: '2025-01-01T00:00:00Z',
      version: 7,
      status: 0,
    };
    const result = await mutate(made.gateway, 'updateBillingRule', input, RULE);
    expect(result['billingRule']).toMatchObject({ isEnabled: false, version: 7 });
    expect(bodyOf(requestsOf(made.gateway)[0])).toEqual({
      billingType: 'configurable',
      pricingConfig: { tiers: TIERS },
      effectiveTime: '2024-01-01T00:00:00Z',
      expireTime: '2025-01-01T00:00:00Z',
      version: 7,
      status: 0,
    });
  });

  it('takes the stored billing type as well as the only one that is documented of a change', async () => {
    await using made = await openWithModel();
    const rule = await addRule(made.gateway, made.id, {
      billingType: 'token_tiered',
      pricingConfig: { tiers: TIERS },
    });
    const input = { id: rule.id, billingType: 'token_tiered' };
    const result = await mutate(made.gateway, 'updateBillingRule', input, RULE);
    expect(result.__typename).toBe('UpdateBillingRuleSuccess');
  });

  it('refuses a null, an input that changes nothing and the id of another type, and sends nothing', async () => {
    await using made = await openWithModel();
    const inputs = [
      [{ id: ruleId(1, 1), expiresAt: null, version: 1 }, ['expiresAt']],
      [{ id: ruleId(1, 1) }, []],
      [{ id: made.id, version: 1 }, ['id']],
      [{ id: ruleId(1, 'x'), version: 1 }, ['id']],
    ] as const;
    for (const [input, path] of inputs) {
      const result = await mutate(made.gateway, 'updateBillingRule', input, RULE);
      expect(result).toMatchObject({ __typename: 'GatewayInvalidInputError', fieldErrors: [{ path }] });
    }
    expect(made.gateway.actions()).toEqual([]);
  });

  it('of what does not exist is GatewayNotFoundError', async () => {
    await using made = await openWithModel();
    const input = { id: ruleId(made.sourceId, 424242), version: 1 };
    const result = await mutate(made.gateway, 'updateBillingRule', input, RULE);
    expect(result).toMatchObject({ __typename: 'GatewayNotFoundError', code: 'NOT_FOUND' });
  });

  it.each([
    ['another rule', { id: 2, modelId: 1 }],
    ["another model's rule", { id: 1, modelId: 2 }],
  ])('does not take the answer about %s for its own', async (_what, ids) => {
    await using made = await openWithModel();
    const data = { ...sampleData<object>('ModelRouterUpdateBillingRule'), ...ids };
    made.gateway.sandbox.setFault('ModelRouterUpdateBillingRule', answerWith(data));
    const result = await mutate(made.gateway, 'updateBillingRule', { id: ruleId(1, 1), version: 1 }, RULE);
    expect(result).toMatchObject({ __typename: 'GatewayUpstreamError', outcomeUnknown: true });
  });

  it.each(FAILURES)('%s after %s, sent once', async (member, _cause, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterUpdateBillingRule', fault);
    const result = await mutate(made.gateway, 'updateBillingRule', { id: ruleId(1, 1), version: 1 }, RULE);
    expect(result).toMatchObject({ __typename: member, ...expected });
    expect(made.gateway.actions()).toEqual(['ModelRouterUpdateBillingRule']);
  });
});

describe('Model.billingRules', () => {
  const LIST = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    model(id: $id) {
      sourceId
      billingRules(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
        nodes { sourceId modelSourceId }
      }
    }
  }`;
  interface Listed {
    readonly model: {
      readonly billingRules: {
        readonly totalCount: number;
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        readonly nodes: readonly Rule[];
      };
    };
  }

  it('lists by the code of the model, one call for the rows, the total and the page', async () => {
    await using made = await openWithModel();
    const rules = [];
    for (let count = 0; count < 3; count++) rules.push(await addRule(made.gateway, made.id));
    made.gateway.sandbox.forgetRequests();
    const first = dataOf<Listed>(await made.gateway.query(LIST, { id: made.id, first: 2 })).model
      .billingRules;
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(first.nodes.map(({ sourceId }) => sourceId)).toEqual(
      rules.slice(0, 2).map((rule) => rule.sourceId),
    );
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual([
      'ModelRouterQueryModel',
      'ModelRouterQueryBillingRuleList',
    ]);
    expect(requests[1]).toMatchObject({ method: 'GET', path: PATH, bodyText: '' });
    expect(requests[1]?.query).toEqual({ modelCode: 'qwen-test', pageIndex: '1', pageSize: '100' });

    const after = first.pageInfo.endCursor;
    const rest = await made.gateway.query(LIST, { id: made.id, first: 2, after });
    expect(dataOf<Listed>(rest).model.billingRules).toMatchObject({
      nodes: [{ sourceId: rules[2]?.sourceId }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    const last = await made.gateway.query(LIST, { id: made.id, last: 1 });
    expect(dataOf<Listed>(last).model.billingRules.nodes).toMatchObject([{ sourceId: rules[2]?.sourceId }]);
  });

  it('holds no rule of another model with the same code, not even in its total, and shares the call', async () => {
    await using made = await openWithModel();
    const twin = await mutate(
      made.gateway,
      'createModel',
      { name: 'twin', modelCode: 'qwen-test' },
      'model { id sourceId }',
    );
    const other = (twin['model'] as { id: string }).id;
    const own = await addRule(made.gateway, made.id);
    await addRule(made.gateway, other);
    await addRule(made.gateway, other);
    made.gateway.sandbox.forgetRequests();
    const answer = await made.gateway.query(
      '{ models(first: 5) { nodes { billingRules(first: 5) { totalCount nodes { sourceId modelSourceId } } } } }',
    );
    const { nodes } = dataOf<{ models: { nodes: readonly Listed['model'][] } }>(answer).models;
    expect(nodes.map(({ billingRules }) => billingRules.totalCount)).toEqual([1, 2]);
    expect(nodes[0]?.billingRules.nodes).toEqual([{ sourceId: own.sourceId, modelSourceId: made.sourceId }]);
    expect(actionsOf(made.gateway)).toEqual(['ModelRouterQueryModelList', 'ModelRouterQueryBillingRuleList']);
  });

  const rows = (from: number, to: number, model = 1) =>
    Array.from({ length: to - from }, (_, index) => ({ id: from + index, modelId: model }));

  /** Answers page by page whatever is asked. */
  async function paged(pages: readonly { readonly list: readonly object[]; readonly total?: number }[]) {
    const made = await openWithModel();
    pages.forEach((page, index) => {
      made.gateway.sandbox.setFault('ModelRouterQueryBillingRuleList', answerWith(page), {
        match: ({ query }) => query['pageIndex'] === String(index + 1),
      });
    });
    const selection = '{ totalCount pageInfo { hasNextPage } nodes { sourceId } }';
    const answer = await made.gateway.query(
      `query ($id: ID!) { model(id: $id) { billingRules(last: 1) ${selection} } }`,
      { id: made.id },
    );
    const calls = made.gateway.actions().filter((name) => name === 'ModelRouterQueryBillingRuleList').length;
    await made[Symbol.asyncDispose]();
    return { answer, calls };
  }

  it.each([
    [
      'all of 250 rules',
      [
        [0, 100],
        [100, 200],
        [200, 250],
      ],
      250,
      250,
      3,
    ],
    [
      'without a total up to the page that is not full',
      [
        [0, 100],
        [100, 130],
      ],
      undefined,
      130,
      2,
    ],
    [
      'on behind a short page before the total',
      [
        [0, 60],
        [60, 90],
      ],
      90,
      90,
      2,
    ],
    [
      'up to an empty page where the total promises more',
      [
        [0, 60],
        [60, 60],
      ],
      90,
      60,
      2,
    ],
    [
      'each rule once where pages overlap',
      [
        [0, 100],
        [50, 150],
      ],
      200,
      150,
      2,
    ],
    [
      'past a total that is too small',
      [
        [0, 100],
        [100, 120],
      ],
      7,
      120,
      2,
    ],
  ] as const)('reads %s', async (_what, bounds, total, expected, expectedCalls) => {
    const pages = bounds.map(([from, to]) => ({
      list: rows(from + 1, to + 1),
      ...(total === undefined ? {} : { total }),
    }));
    const { answer, calls } = await paged(pages);
    expect(dataOf<Listed>(answer).model.billingRules).toEqual({
      totalCount: expected,
      pageInfo: { hasNextPage: false },
      nodes: [{ sourceId: String(expected) }],
    });
    expect(calls).toBe(expectedCalls);
  });

  it('gives up on more than 5,000 rules with an error of its own field', async () => {
    const pages = Array.from({ length: 51 }, (_, page) => ({ list: rows(page * 100 + 1, page * 100 + 101) }));
    const { answer, calls } = await paged(pages);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', source: 'MODEL_ROUTER' });
    expect(calls).toBe(50);
  });

  it('drops a row without its own or its model’s number, and survives values that do not fit', async () => {
    const list = [
      { modelId: 1 },
      { id: 5 },
      'no object',
      { id: 6, modelId: 1, pricingConfig: '{"price_per_image":0.2}', effectiveTime: 'soon', version: 'x' },
      { id: 7, modelId: '1', pricingConfig: 'no json' },
    ];
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterQueryBillingRuleList', answerWith({ list, total: 5 }));
    const answer = await made.gateway.query(
      'query ($id: ID!) { model(id: $id) { billingRules { nodes { sourceId pricingConfig effectiveAt version } } } }',
      { id: made.id },
    );
    expect(dataOf<Listed>(answer).model.billingRules.nodes).toEqual([
      { sourceId: '6', pricingConfig: { price_per_image: 0.2 }, effectiveAt: null, version: null },
      { sourceId: '7', pricingConfig: 'no json', effectiveAt: null, version: null },
    ]);
  });

  it('of a model without a code lists by its number, where the filter can hold that', async () => {
    await using made = await openWithModel();
    const data = (id: string) => ({ ...sampleData<object>('ModelRouterQueryModel'), id, modelCode: '' });
    const document = 'query ($id: ID!) { model(sourceId: $id) { billingRules { totalCount } } }';
    made.gateway.sandbox.setFault('ModelRouterQueryModel', answerWith(data('1')), { times: 1 });
    await made.gateway.query(document, { id: '1' });
    expect(requestsOf(made.gateway)[1]?.query).toEqual({ modelId: '1', pageIndex: '1', pageSize: '100' });

    made.gateway.sandbox.setFault('ModelRouterQueryModel', answerWith(data(LONG_ID)), { times: 1 });
    const answer = await made.gateway.query(document, { id: LONG_ID });
    expect(answer.data).toEqual({ model: { billingRules: { totalCount: null } } });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR' });
  });

  it('a failure of the list nulls the rules and not the model', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterQueryBillingRuleList', {
      kind: 'error',
      status: 403,
      code: 'NoPermission',
    });
    const answer = await made.gateway.query(
      'query ($id: ID!) { model(id: $id) { sourceId billingRules { nodes { id } } } }',
      { id: made.id },
    );
    expect(answer.data).toEqual({ model: { sourceId: made.sourceId, billingRules: null } });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', source: 'MODEL_ROUTER' });
  });
});

describe('node of a billing rule', () => {
  const NODE = `query ($id: ID!) { node(id: $id) { __typename ... on BillingRule { ${FIELDS} model { sourceId } } } }`;

  it("reads the model, then the list by the model's code: two calls, the model's own field included", async () => {
    await using made = await openWithModel();
    await addRule(made.gateway, made.id);
    const rule = await addRule(made.gateway, made.id, { pricingConfig: { tiers: TIERS } });
    made.gateway.sandbox.forgetRequests();
    const answer = dataOf<{ node: object }>(await made.gateway.query(NODE, { id: rule.id }));
    expect(answer.node).toEqual({ __typename: 'BillingRule', ...rule, model: { sourceId: made.sourceId } });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual([
      'ModelRouterQueryModel',
      'ModelRouterQueryBillingRuleList',
    ]);
    expect(requests[1]?.query).toEqual({ modelCode: 'qwen-test', pageIndex: '1', pageSize: '100' });
  });

  it('finds the rule of a model whose number is beyond 2^53, and not that of its neighbour', async () => {
    await using gateway = await openGateway();
    const rule = await addRule(gateway, modelId(LONG_ID));
    const found = await gateway.query(NODE, { id: rule.id });
    expect(found.data?.['node']).toMatchObject({ ...rule, model: { sourceId: LONG_ID } });
    const neighbour = await gateway.query(NODE, { id: ruleId('9007199254740995', rule.sourceId) });
    expect(neighbour).toEqual({ data: { node: null } });
  });

  it.each([
    ['no such rule', (model: string, _rule: string) => ruleId(model, 424242)],
    ['no such model', (_model: string, rule: string) => ruleId(424242, rule)],
  ])('is null where there is %s', async (_what, idOf) => {
    await using made = await openWithModel();
    const rule = await addRule(made.gateway, made.id);
    const answer = await made.gateway.query(NODE, { id: idOf(made.sourceId, rule.sourceId) });
    expect(answer).toEqual({ data: { node: null } });
  });

  it('is null for a rule of another model with the same code', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault(
      'ModelRouterQueryBillingRuleList',
      answerWith({ list: [{ id: 7, modelId: 99, modelCode: 'qwen-test' }], total: 1 }),
    );
    expect(await made.gateway.query(NODE, { id: ruleId(made.sourceId, 7) })).toEqual({
      data: { node: null },
    });
  });

  it('is an error, not null, where the list fails', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterQueryBillingRuleList', { kind: 'throttle' });
    const answer = await made.gateway.query(NODE, { id: ruleId(made.sourceId, 7) });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is gone with its model', async () => {
    await using made = await openWithModel();
    const rule = await addRule(made.gateway, made.id);
    await mutate(made.gateway, 'deleteModel', { id: made.id }, 'deletedId');
    expect(await made.gateway.query(NODE, { id: rule.id })).toEqual({ data: { node: null } });
  });

  it('many rules of one model cost two calls', async () => {
    await using made = await openWithModel();
    const ids = [];
    for (let count = 0; count < 5; count++) ids.push((await addRule(made.gateway, made.id)).id);
    made.gateway.sandbox.forgetRequests();
    const answer = await made.gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(answer.data?.['nodes']).toEqual(ids.map((id) => ({ id })));
    expect(actionsOf(made.gateway)).toEqual(['ModelRouterQueryModel', 'ModelRouterQueryBillingRuleList']);
  });
});

describe('BillingRule.model', () => {
  it('is null where the model is gone', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ModelRouterQueryModel', {
      kind: 'error',
      status: 404,
      code: 'ModelNotFound',
    });
    const input = { modelId: made.id };
    const result = await mutate(
      made.gateway,
      'createBillingRule',
      input,
      'billingRule { sourceId model { id } }',
    );
    expect(result['billingRule']).toMatchObject({ model: null });
  });
});

describe('the rules of a model after a write', () => {
  it('are read anew in the same operation', async () => {
    await using made = await openWithModel();
    const create = `createBillingRule(input: { modelId: "${made.id}" }) {
      ... on CreateBillingRuleSuccess { billingRule { model { hasBillingRule billingRules(first: 1) { totalCount } } } }
    }`;
    const answer = await made.gateway.query(`mutation { a: ${create} b: ${create} }`);
    const of = (totalCount: number) => ({
      billingRule: { model: { hasBillingRule: true, billingRules: { totalCount } } },
    });
    expect(answer).toEqual({ data: { a: of(1), b: of(2) } });
  });
});
