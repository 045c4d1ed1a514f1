import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import {
  type Call,
  checkedCalls,
  failureOf,
  findRow,
  gatewayIds,
  type Row,
  rowsOf,
} from './support/checked-calls.ts';

const START_MS = Date.now();
let nowMs = START_MS;
let sandbox: Sandbox;
let call: Call;
let ids: Awaited<ReturnType<typeof gatewayIds>>;
beforeEach(async () => {
  nowMs = START_MS;
  sandbox = await startSandbox({ now: () => nowMs });
  call = checkedCalls(sandbox);
  ids = await gatewayIds(call);
});
afterEach(() => sandbox.close());

const beijing = () => new Date(nowMs + 8 * 60 * 60 * 1000).toISOString().slice(0, 19);
const services = async (GwClusterId: unknown, input: Row = {}) =>
  rowsOf(await call('DescribeModelServices', { GwClusterId, PageSize: 100, ...input }));
const serviceOf = (GwClusterId: unknown, Name: string) =>
  findRow(call, 'DescribeModelServices', { GwClusterId, PageSize: 100 }, { Name });
const rules = async (GwClusterId: unknown, input: Row = {}) =>
  rowsOf(await call('DescribeCostRules', { GwClusterId, PageSize: 100, ...input }));

describe('CreateCostRule', () => {
  it('keeps what is sent, with a time in each of the two forms', async () => {
    const { ModelServiceId } = await serviceOf(ids.dozen, 'qwen-turbo');
    const input = {
      GwClusterId: ids.dozen,
      ModelServiceId,
      ModelName: ' Qwen-Turbo ',
      InputCostPointsPerMillion: '0.3',
      OutputCostPointsPerMillion: '0.6',
      CacheCostPointsPerMillion: '0.03',
      EffectiveTargetType: 'consumer',
      EffectiveTargetValue: 'alice',
    };
    const { CostRuleId } = await call('CreateCostRule', input);
    const { ModelName, ...sent } = input;
    expect(await rules(ids.dozen, { ModelServiceId })).toEqual([
      {
        ...sent,
        CostRuleId,
        Model: ' Qwen-Turbo ',
        GmtCreated: `${beijing()}+08:00`,
        GmtModified: beijing().replace('T', ' '),
      },
    ]);
  });

  it('is free and for everybody where nothing is said, and may be made twice', async () => {
    const { ModelServiceId } = await serviceOf(ids.dozen, 'qwen-turbo');
    const input = { GwClusterId: ids.dozen, ModelServiceId, ModelName: 'm' };
    const created = [await call('CreateCostRule', input), await call('CreateCostRule', input)];
    expect(new Set(created.map(({ CostRuleId }) => CostRuleId)).size).toBe(2);
    const free = {
      InputCostPointsPerMillion: '0',
      OutputCostPointsPerMillion: '0',
      CacheCostPointsPerMillion: '0',
      EffectiveTargetType: 'global',
      EffectiveTargetValue: '',
    };
    expect(await rules(ids.dozen, { ModelServiceId })).toMatchObject([free, free]);
  });

  it('needs to know the consumer unless it is for everybody', async () => {
    const { ModelServiceId } = await serviceOf(ids.dozen, 'qwen-turbo');
    const input = { GwClusterId: ids.dozen, ModelServiceId, ModelName: 'm', EffectiveTargetType: 'consumer' };
    const found = await failureOf(sandbox, 'CreateCostRule', input);
    expect(found).toMatchObject({ code: 'MissingParameter' });
    expect(found.message).toContain('EffectiveTargetValue');
    expect(
      await failureOf(sandbox, 'CreateCostRule', { ...input, EffectiveTargetType: 'everybody' }),
    ).toMatchObject({ code: 'InvalidParameter' });
  });
});

describe('ModifyCostRule and DeleteCostRule', () => {
  const target = async () => {
    const rule = await findRow(
      call,
      'DescribeCostRules',
      { GwClusterId: ids.dozen },
      { Model: ' qwen-long ' },
    );
    const { GwClusterId, CostRuleId, ModelServiceId, Model: ModelName } = rule;
    return { rule, required: { GwClusterId, CostRuleId, ModelServiceId, ModelName } };
  };

  it('writes the three prices and the time of the change', async () => {
    const { rule, required } = await target();
    nowMs += 5000;
    const prices = {
      InputCostPointsPerMillion: '1',
      OutputCostPointsPerMillion: '2.5',
      CacheCostPointsPerMillion: '3',
    };
    await call('ModifyCostRule', { ...required, ...prices });
    const found = (await rules(ids.dozen)).find(({ CostRuleId }) => CostRuleId === rule['CostRuleId']);
    expect(found).toEqual({ ...rule, ...prices, GmtModified: beijing().replace('T', ' ') });
  });

  it('a price that is left out becomes the documented 0', async () => {
    const { rule, required } = await target();
    expect(rule).not.toMatchObject({ OutputCostPointsPerMillion: '0' });
    await call('ModifyCostRule', { ...required, InputCostPointsPerMillion: '9' });
    expect((await target()).rule).toMatchObject({
      InputCostPointsPerMillion: '9',
      OutputCostPointsPerMillion: '0',
      CacheCostPointsPerMillion: '0',
    });
  });

  it('refuses another model, blanks included, and another service', async () => {
    const { required } = await target();
    const other = (await serviceOf(ids.dozen, 'test'))['ModelServiceId'];
    for (const change of [{ ModelName: 'qwen-long' }, { ModelServiceId: other }]) {
      expect(await failureOf(sandbox, 'ModifyCostRule', { ...required, ...change })).toMatchObject({
        status: 400,
        code: 'InvalidParameter',
      });
    }
  });

  it('deletes one rule, once', async () => {
    const { required } = await target();
    await call('DeleteCostRule', required);
    expect(await rules(ids.dozen)).toHaveLength(11);
    for (const action of ['DeleteCostRule', 'ModifyCostRule']) {
      expect(await failureOf(sandbox, action, required)).toMatchObject({
        status: 404,
        code: 'InvalidCostRuleId.NotFound',
      });
    }
  });
});

describe('DescribeCostRules', () => {
  it('filters exactly, by service, model and target', async () => {
    const { ModelServiceId } = await serviceOf(ids.dozen, 'QWEN-PLUS');
    const models = async (input: Row) => (await rules(ids.dozen, input)).map(({ Model }) => Model);
    expect(await models({ ModelServiceId })).toEqual(['qwen-plus', 'Qwen-Flash', ' qwen-long ', 'qwen-plus']);
    expect(await models({ ModelServiceId, EffectiveTargetType: 'global', ModelName: 'qwen-plus' })).toEqual([
      'qwen-plus',
    ]);
    expect(await models({ EffectiveTargetValue: 'alice' })).toEqual(['deepseek-v3.1']);
    expect(await models({ ModelName: 'qwen-flash' })).toEqual([]);
    expect(await models({ ModelServiceId: 'ms-absent' })).toEqual([]);
  });

  it('pages as the other lists of this product do', async () => {
    const { ModelServiceId } = await serviceOf(ids.many, 'qwen-plus');
    const page = (PageNumber: number) =>
      call('DescribeCostRules', { GwClusterId: ids.many, ModelServiceId, PageNumber });
    const [first, second] = [await page(1), await page(2)];
    expect(first).toMatchObject({ TotalRecordCount: 35, PageNumber: 1, PageSize: 30, PageRecordCount: 30 });
    expect([first, second].map((body) => rowsOf(body).length)).toEqual([30, 5]);
    expect(new Set([first, second].flatMap(rowsOf).map(({ CostRuleId }) => CostRuleId)).size).toBe(35);
    const input = { GwClusterId: ids.many, PageSize: 10 };
    for (const action of ['DescribeCostRules', 'DescribeModelApis']) {
      expect(await failureOf(sandbox, action, input)).toMatchObject({ code: 'InvalidParameter' });
    }
  });

  it('has services with no rule, with one and with several, and models of every kind of name', async () => {
    const perService = new Map<unknown, number>();
    for (const { ModelServiceId } of await services(ids.dozen)) {
      perService.set(ModelServiceId, (await rules(ids.dozen, { ModelServiceId })).length);
    }
    expect(new Set(perService.values())).toEqual(new Set([0, 1, 2, 4]));
    const listed = [1, 2].map((pageIndex) => call('ModelRouterQueryModelList', { pageIndex, pageSize: 100 }));
    const codes = (await Promise.all(listed)).flatMap(rowsOf).map(({ modelCode }) => String(modelCode));
    const plain = new Set(codes.map((code) => code.toLowerCase()));
    const named = [...(await rules(ids.dozen)), ...(await rules(ids.many))].map(({ Model }) => String(Model));
    expect(named.filter((name) => !plain.has(name.trim().toLowerCase()))).toEqual(['gpt-4']);
    expect(named.filter((name) => name !== name.trim()).length).toBeGreaterThan(2);
    expect(named.filter((name) => !codes.includes(name.trim())).length).toBeGreaterThan(3);
    expect(await rules(ids.none)).toEqual([]);
  });

  it('gives ids and times in their documented forms', async () => {
    for (const rule of [...(await rules(ids.dozen)), ...(await rules(ids.many))]) {
      expect(rule['CostRuleId']).toMatch(/^[0-9a-f]{32}$/);
      expect(rule['GmtCreated']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
      expect(rule['GmtModified']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    }
  });
});
