import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readWireFacts } from '../../sandbox/support/wire-facts.ts';
import { openGateway, type TestGateway } from '../../support/gateway.ts';
import {
  actionsOf,
  answer,
  ask,
  fromNth,
  GATEWAY_ID,
  idOf,
  LARGE_GATEWAY_ID,
  mutate,
  onlyQuery,
  sent,
  serviceNamed,
  stageFailure,
  WRITE_FAILURES,
} from './support/staging.ts';

const ROW = `__typename id sourceId region gatewaySourceId modelServiceSourceId modelName inputCostPointsPerMillion
  outputCostPointsPerMillion cacheCostPointsPerMillion effectiveTargetType effectiveTargetValue createdAt updatedAt`;
const SUCCESS = `costRule { ${ROW} }`;
const RULES_OF = `query ($id: ID!, $first: Int, $last: Int) {
  modelService(id: $id) { costRules(first: $first, last: $last) {
    totalCount pageInfo { hasNextPage hasPreviousPage } nodes { ${ROW} }
  } }
}`;

interface Rule {
  readonly id: string;
  readonly sourceId: string;
  readonly modelName: string;
  readonly [field: string]: unknown;
}

interface Rules {
  readonly modelService: {
    readonly costRules: { readonly totalCount: number; readonly nodes: readonly Rule[] };
  };
}

let gateway: TestGateway;
let plus: { readonly id: string; readonly sourceId: string };

beforeAll(async () => {
  gateway = await openGateway();
  plus = await serviceNamed(gateway, 'QWEN-PLUS');
});
afterEach(() => gateway.sandbox.clearFaults());
afterAll(() => gateway[Symbol.asyncDispose]());

async function rulesOf(id: string): Promise<readonly Rule[]> {
  const { data } = await ask<Rules>(gateway, RULES_OF, { id, first: 100 });
  return data.modelService.costRules.nodes;
}

async function aRule(): Promise<Rule> {
  const { result } = await mutate(
    gateway,
    'createCostRule',
    {
      modelServiceId: plus.id,
      modelName: 'made for a test',
      inputCostPointsPerMillion: '0.8',
      outputCostPointsPerMillion: '2',
      cacheCostPointsPerMillion: '0.25',
    },
    SUCCESS,
  );
  return result['costRule'] as Rule;
}

describe('ModelService.costRules', () => {
  it('lists the rules of the service with the service as filter', async () => {
    const { data, requests } = await ask<Rules>(gateway, RULES_OF, { id: plus.id, first: 20 });
    expect(sent(requests).slice(1)).toEqual([
      [
        'DescribeCostRules',
        { GwClusterId: GATEWAY_ID, ModelServiceId: plus.sourceId, PageNumber: '1', PageSize: '30' },
      ],
    ]);
    const { totalCount, nodes } = data.modelService.costRules;
    expect(totalCount).toBe(4);
    expect(nodes.map(({ modelName }) => modelName)).toEqual([
      'qwen-plus',
      'Qwen-Flash',
      ' qwen-long ',
      'qwen-plus',
    ]);
    expect(nodes[3]).toMatchObject({
      effectiveTargetType: 'CONSUMER_GROUP',
      effectiveTargetValue: 'research',
    });
    expect(nodes.every(({ modelServiceSourceId }) => modelServiceSourceId === plus.sourceId)).toBe(true);
  });

  it('cuts windows from either end of a list longer than a page', async () => {
    const document = `{ modelServices(gatewaySourceId: "${LARGE_GATEWAY_ID}", filter: { name: "qwen-plus" }) {
      nodes { name costRules(last: 3) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { modelName } } }
    } }`;
    const { data } = await ask<{ modelServices: { nodes: { name: string; costRules: object }[] } }>(
      gateway,
      document,
    );
    const found = data.modelServices.nodes.find(({ name }) => name === 'qwen-plus');
    expect(found?.costRules).toMatchObject({
      totalCount: 35,
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
      nodes: [{}, {}, {}],
    });
  });

  it('leaves out a rule of another service, and takes one that names none as of the service asked for', async () => {
    const Items = [
      { CostRuleId: 'a', ModelServiceId: 'ms-other', Model: 'm' },
      { CostRuleId: 'b', ModelServiceId: plus.sourceId, Model: 'm' },
      { CostRuleId: 'c', Model: 'm' },
    ];
    answer(gateway, 'DescribeCostRules', { TotalRecordCount: 3, Items });
    expect((await rulesOf(plus.id)).map(({ sourceId }) => sourceId)).toEqual(['b', 'c']);
  });

  it('reads the documented sample: prices as text, one time with an offset and one without a zone', async () => {
    const sample = readWireFacts<object>('responses/DescribeCostRules.json');
    answer(gateway, 'DescribeCostRules', { ...sample });
    const id = idOf('ModelService', 'pg-xxxxxxxxxx', 'ms-xxxxxxxxx');
    answer(gateway, 'DescribeModelServices', {
      TotalRecordCount: 1,
      Items: [{ ModelServiceId: 'ms-xxxxxxxxx' }],
    });
    expect(await rulesOf(id)).toEqual([
      {
        __typename: 'CostRule',
        id: idOf(
          'CostRule',
          'pg-xxxxxxxxxx',
          'ms-xxxxxxxxx',
          encodeURIComponent('924d450014e64e88ac6e8486f8e990**'),
        ),
        sourceId: '924d450014e64e88ac6e8486f8e990**',
        region: 'cn-beijing',
        gatewaySourceId: 'pg-xxxxxxxxxx',
        modelServiceSourceId: 'ms-xxxxxxxxx',
        modelName: 'gpt-4',
        inputCostPointsPerMillion: '0',
        outputCostPointsPerMillion: '0',
        cacheCostPointsPerMillion: '0',
        effectiveTargetType: 'GLOBAL',
        effectiveTargetValue: null,
        createdAt: '2026-01-04T08:09:29Z',
        updatedAt: '2024-10-16T08:46:20Z',
      },
    ]);
  });

  it('survives odd values: each costs its own field', async () => {
    const Items = [
      {
        CostRuleId: 'odd',
        ModelServiceId: plus.sourceId,
        InputCostPointsPerMillion: 0.5,
        OutputCostPointsPerMillion: 'a lot',
        CacheCostPointsPerMillion: '',
        EffectiveTargetType: 'planet',
        GmtCreated: 'yesterday',
      },
      { Model: 'without an id' },
    ];
    answer(gateway, 'DescribeCostRules', { TotalRecordCount: 2, Items });
    expect(await rulesOf(plus.id)).toMatchObject([
      {
        modelName: 'odd',
        inputCostPointsPerMillion: '0.5',
        outputCostPointsPerMillion: null,
        cacheCostPointsPerMillion: null,
        effectiveTargetType: 'OTHER',
        createdAt: null,
        updatedAt: null,
      },
    ]);
    const drift = gateway.gateway
      .drift()
      .filter(({ operation, kind }) => operation === 'DescribeCostRules' && kind !== 'missing')
      .map(({ field, kind }) => `${kind} ${field}`);
    expect(drift.toSorted()).toEqual([
      'enum EffectiveTargetType',
      'odd CostRuleId',
      'odd GmtCreated',
      'odd OutputCostPointsPerMillion',
    ]);
  });

  it.each([
    ['null', null],
    ['an empty text', ''],
    ['left out', undefined],
  ])('a target that is %s is OTHER', async (_form, EffectiveTargetType) => {
    const Items = [{ CostRuleId: 'rule', ModelServiceId: plus.sourceId, EffectiveTargetType }];
    answer(gateway, 'DescribeCostRules', { TotalRecordCount: 1, Items });
    expect(await rulesOf(plus.id)).toMatchObject([{ effectiveTargetType: 'OTHER' }]);
  });

  it('a list that fails nulls its own field and no other', async () => {
    gateway.sandbox.setFault('DescribeCostRules', { kind: 'error', status: 403, code: 'NoPermission' });
    const { data, errors } = await gateway.query(
      'query ($id: ID!) { modelService(id: $id) { name costRules { nodes { id } } } }',
      { id: plus.id },
    );
    expect(data).toEqual({ modelService: { name: 'QWEN-PLUS', costRules: null } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', source: 'AI_GATEWAY' });
  });
});

describe('node of a cost rule', () => {
  const NODES = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on CostRule { modelName modelService { name } } } }`;

  it('reads the list of its service once for all rules of it, and their service once', async () => {
    const rules = await rulesOf(plus.id);
    const absent = idOf('CostRule', GATEWAY_ID, plus.sourceId, 'absent');
    const { data, requests } = await ask<{ nodes: unknown[] }>(gateway, NODES, {
      ids: [...rules.map(({ id }) => id), absent],
    });
    expect(data.nodes).toEqual([
      ...rules.map(({ id, modelName }) => ({
        __typename: 'CostRule',
        id,
        modelName,
        modelService: { name: 'QWEN-PLUS' },
      })),
      null,
    ]);
    expect(sent(requests)).toEqual([
      [
        'DescribeCostRules',
        { GwClusterId: GATEWAY_ID, ModelServiceId: plus.sourceId, PageNumber: '1', PageSize: '100' },
      ],
      [
        'DescribeModelServices',
        { GwClusterId: GATEWAY_ID, ModelServiceIds: plus.sourceId, PageNumber: '1', PageSize: '30' },
      ],
    ]);
  });

  it('is null under a service that does not have the rule', async () => {
    const [rule] = await rulesOf(plus.id);
    const other = await serviceNamed(gateway, 'qwen-max');
    const ids = [idOf('CostRule', GATEWAY_ID, other.sourceId, rule?.sourceId ?? '')];
    expect((await ask(gateway, NODES, { ids })).data).toEqual({ nodes: [null] });
  });

  it('is null where the service is gone, and so is CostRule.modelService', async () => {
    const Items = [{ CostRuleId: 'r', ModelServiceId: 'ms-gone', Model: 'm' }];
    answer(gateway, 'DescribeCostRules', { TotalRecordCount: 1, Items });
    const ids = [idOf('CostRule', GATEWAY_ID, 'ms-gone', 'r')];
    expect((await ask(gateway, NODES, { ids })).data).toMatchObject({
      nodes: [{ modelName: 'm', modelService: null }],
    });
  });
});

describe('createCostRule', () => {
  const input = () => ({ modelServiceId: plus.id, modelName: 'qwen3-max' });

  it('sends what is given under its name, and no more', async () => {
    const outcome = await mutate(
      gateway,
      'createCostRule',
      input(),
      'outcome costRule { id modelServiceSourceId }',
    );
    expect(outcome.result).toMatchObject({
      __typename: 'CreateCostRuleSuccess',
      outcome: 'CREATED',
      costRule: { modelServiceSourceId: plus.sourceId },
    });
    expect(sent(outcome.requests)).toEqual([
      ['CreateCostRule', { GwClusterId: GATEWAY_ID, ModelServiceId: plus.sourceId, ModelName: 'qwen3-max' }],
    ]);
  });

  it('sends every field, and reads the rule where more than its place is selected', async () => {
    const outcome = await mutate(
      gateway,
      'createCostRule',
      {
        ...input(),
        inputCostPointsPerMillion: '0.1',
        outputCostPointsPerMillion: '2',
        cacheCostPointsPerMillion: '0',
        effectiveTargetType: 'CONSUMER_GROUP',
        effectiveTargetValue: 'research',
        idempotencyKey: 'k',
      },
      SUCCESS,
    );
    expect(onlyQuery(outcome, 'CreateCostRule')).toEqual({
      GwClusterId: GATEWAY_ID,
      ModelServiceId: plus.sourceId,
      ModelName: 'qwen3-max',
      InputCostPointsPerMillion: '0.1',
      OutputCostPointsPerMillion: '2',
      CacheCostPointsPerMillion: '0',
      EffectiveTargetType: 'consumerGroup',
      EffectiveTargetValue: 'research',
    });
    expect(actionsOf(outcome)).toEqual(['CreateCostRule', 'DescribeCostRules']);
    expect(outcome.result).toMatchObject({
      costRule: {
        modelName: 'qwen3-max',
        inputCostPointsPerMillion: '0.1',
        cacheCostPointsPerMillion: '0',
        effectiveTargetType: 'CONSUMER_GROUP',
        createdAt: expect.stringMatching(/Z$/),
      },
    });
  });

  it('stays a success where the read after it fails', async () => {
    gateway.sandbox.setFault('DescribeCostRules', { kind: 'error', status: 500, code: 'InternalError' });
    const { result, errors } = await mutate(gateway, 'createCostRule', input(), SUCCESS);
    expect(result).toMatchObject({
      __typename: 'CreateCostRuleSuccess',
      costRule: { modelName: 'qwen3-max', inputCostPointsPerMillion: null },
    });
    expect(errors?.length).toBeGreaterThan(0);
  });

  it.each([
    ['a consumer that is not named', { effectiveTargetType: 'CONSUMER' }, ['effectiveTargetValue']],
    ['a consumer named for everybody', { effectiveTargetValue: 'alice' }, ['effectiveTargetValue']],
    ['target OTHER', { effectiveTargetType: 'OTHER' }, ['effectiveTargetType']],
    ['an empty model name', { modelName: '' }, ['modelName']],
    ['a price that is none', { cacheCostPointsPerMillion: '1e3' }, ['cacheCostPointsPerMillion']],
    ['an id of another type', { modelServiceId: idOf('AiGateway', GATEWAY_ID) }, ['modelServiceId']],
  ])('refuses %s, and sends nothing', async (_case, fault, path) => {
    const outcome = await mutate(gateway, 'createCostRule', { ...input(), ...fault });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayInvalidInputError', fieldErrors: [{ path }] });
    expect(outcome.requests).toEqual([]);
  });

  it('of a service that does not exist is not found', async () => {
    const modelServiceId = idOf('ModelService', GATEWAY_ID, 'ms-absent');
    const { result } = await mutate(gateway, 'createCostRule', { ...input(), modelServiceId });
    expect(result).toMatchObject({ __typename: 'GatewayNotFoundError' });
  });

  it('an answer without an id is unreadable, and its outcome unknown', async () => {
    answer(gateway, 'CreateCostRule', {});
    const { result } = await mutate(gateway, 'createCostRule', input());
    expect(result).toMatchObject({ __typename: 'GatewayUpstreamError', outcomeUnknown: true });
  });

  it.each(WRITE_FAILURES)('%s (%i) is a %s, sent once', async (...failure) => {
    const expected = stageFailure(gateway, 'CreateCostRule', failure);
    const outcome = await mutate(gateway, 'createCostRule', input());
    expect(outcome.result).toMatchObject(expected);
    const search = expected['outcomeUnknown'] === true ? ['DescribeCostRules'] : [];
    expect(actionsOf(outcome)).toEqual(['CreateCostRule', ...search]);
  });
});

describe('updateCostRule', () => {
  it('sends the prices not given as they are stored, since left out they would become 0', async () => {
    const rule = await aRule();
    const input = { id: rule.id, outputCostPointsPerMillion: '3.5' };
    const outcome = await mutate(gateway, 'updateCostRule', input, SUCCESS);
    expect(onlyQuery(outcome, 'ModifyCostRule')).toEqual({
      GwClusterId: GATEWAY_ID,
      CostRuleId: rule.sourceId,
      ModelServiceId: plus.sourceId,
      ModelName: 'made for a test',
      InputCostPointsPerMillion: '0.8',
      OutputCostPointsPerMillion: '3.5',
      CacheCostPointsPerMillion: '0.25',
    });
    expect(actionsOf(outcome)).toEqual(['DescribeCostRules', 'ModifyCostRule', 'DescribeCostRules']);
    const { updatedAt: _changed, ...kept } = rule;
    expect(outcome.result).toMatchObject({
      __typename: 'UpdateCostRuleSuccess',
      costRule: { ...kept, outputCostPointsPerMillion: '3.5' },
    });
  });

  it('writes a price back that this gateway cannot read, and leaves out one that is empty', async () => {
    const Items = [
      {
        CostRuleId: 'r',
        ModelServiceId: plus.sourceId,
        Model: ' Qwen-Max',
        InputCostPointsPerMillion: '1e3',
        CacheCostPointsPerMillion: '',
      },
    ];
    answer(gateway, 'DescribeCostRules', { TotalRecordCount: 1, Items });
    answer(gateway, 'ModifyCostRule', {});
    const id = idOf('CostRule', GATEWAY_ID, plus.sourceId, 'r');
    const outcome = await mutate(gateway, 'updateCostRule', { id, outputCostPointsPerMillion: '1' });
    expect(onlyQuery(outcome, 'ModifyCostRule')).toEqual({
      GwClusterId: GATEWAY_ID,
      CostRuleId: 'r',
      ModelServiceId: plus.sourceId,
      ModelName: ' Qwen-Max',
      InputCostPointsPerMillion: '1e3',
      OutputCostPointsPerMillion: '1',
    });
  });

  it('changes nothing where the backend does not tell the model that it requires', async () => {
    answer(gateway, 'DescribeCostRules', {
      TotalRecordCount: 1,
      Items: [{ CostRuleId: 'r', ModelServiceId: plus.sourceId }],
    });
    const id = idOf('CostRule', GATEWAY_ID, plus.sourceId, 'r');
    const outcome = await mutate(gateway, 'updateCostRule', { id, outputCostPointsPerMillion: '1' });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayUpstreamError', outcomeUnknown: false });
    expect(actionsOf(outcome)).toEqual(['DescribeCostRules']);
  });

  it('says so where the rule is gone by the write, or by the read after it', async () => {
    const { id } = await aRule();
    const input = { id, outputCostPointsPerMillion: '1' };
    const fault = { kind: 'error', status: 404, code: 'InvalidCostRuleId.NotFound' } as const;
    const remove = gateway.sandbox.setFault('ModifyCostRule', fault);
    expect((await mutate(gateway, 'updateCostRule', input)).result).toMatchObject({
      __typename: 'GatewayNotFoundError',
      message: expect.stringMatching(/cost rule was there when it was read, but gone/),
    });
    remove();
    answer(gateway, 'DescribeCostRules', { TotalRecordCount: 0, Items: [] }, fromNth(2));
    expect((await mutate(gateway, 'updateCostRule', input)).result).toMatchObject({
      __typename: 'GatewayUpstreamError',
      completedSteps: ['ModifyCostRule'],
      outcomeUnknown: true,
    });
  });

  it('stays a success where the read after it fails', async () => {
    const { id } = await aRule();
    gateway.sandbox.setFault('DescribeCostRules', { kind: 'throttle' }, { match: fromNth(2) });
    const input = { id, outputCostPointsPerMillion: '9' };
    const { result, errors } = await mutate(gateway, 'updateCostRule', input, SUCCESS);
    expect(result).toMatchObject({ costRule: { id, modelName: 'made for a test', updatedAt: null } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it.each([
    ['an explicit null', { inputCostPointsPerMillion: null }, ['inputCostPointsPerMillion']],
    ['no field but id', {}, []],
    ['a price that is none', { inputCostPointsPerMillion: 'ten' }, ['inputCostPointsPerMillion']],
  ])('refuses %s, and sends nothing', async (_case, change, path) => {
    const id = idOf('CostRule', GATEWAY_ID, plus.sourceId, 'r');
    const outcome = await mutate(gateway, 'updateCostRule', { id, ...change });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayInvalidInputError', fieldErrors: [{ path }] });
    expect(outcome.requests).toEqual([]);
  });

  it('of an unknown rule is not found, and nothing is written', async () => {
    const id = idOf('CostRule', GATEWAY_ID, plus.sourceId, 'absent');
    const outcome = await mutate(gateway, 'updateCostRule', { id, outputCostPointsPerMillion: '1' });
    expect(outcome.result).toMatchObject({ __typename: 'GatewayNotFoundError' });
    expect(actionsOf(outcome)).toEqual(['DescribeCostRules']);
  });

  it.each(WRITE_FAILURES)('%s (%i) is a %s, sent once', async (...failure) => {
    const { id } = await aRule();
    const expected = stageFailure(gateway, 'ModifyCostRule', failure);
    const outcome = await mutate(gateway, 'updateCostRule', { id, outputCostPointsPerMillion: '1' });
    expect(outcome.result).toMatchObject(expected);
    expect(actionsOf(outcome)).toEqual(['DescribeCostRules', 'ModifyCostRule']);
  });
});

describe('deleteCostRule', () => {
  it('deletes by id what it has read first; a second time it is not found', async () => {
    const { id, sourceId } = await aRule();
    const outcome = await mutate(gateway, 'deleteCostRule', { id }, 'deletedId');
    expect(outcome.result).toEqual({ __typename: 'DeleteCostRuleSuccess', deletedId: id });
    expect(onlyQuery(outcome, 'DeleteCostRule')).toEqual({ GwClusterId: GATEWAY_ID, CostRuleId: sourceId });
    expect(actionsOf(outcome)).toEqual(['DescribeCostRules', 'DeleteCostRule']);
    expect((await rulesOf(plus.id)).map((rule) => rule.id)).not.toContain(id);
    const again = await mutate(gateway, 'deleteCostRule', { id });
    expect(again.result).toMatchObject({ __typename: 'GatewayNotFoundError' });
    expect(actionsOf(again)).toEqual(['DescribeCostRules']);
  });

  it.each(WRITE_FAILURES)('%s (%i) is a %s, sent once', async (...failure) => {
    const { id } = await aRule();
    const expected = stageFailure(gateway, 'DeleteCostRule', failure);
    const outcome = await mutate(gateway, 'deleteCostRule', { id });
    expect(outcome.result).toMatchObject(expected);
    expect(actionsOf(outcome)).toEqual(['DescribeCostRules', 'DeleteCostRule']);
  });
});
