import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Call, checkedCalls, failureOf, gatewayIds, type Row, rowsOf } from './support/checked-calls.ts';

const nowMs = Date.now();
let sandbox: Sandbox;
let call: Call;
let ids: Awaited<ReturnType<typeof gatewayIds>>;
beforeEach(async () => {
  sandbox = await startSandbox({ now: () => nowMs });
  call = checkedCalls(sandbox);
  ids = await gatewayIds(call);
});
afterEach(() => sandbox.close());

const beijing = () => new Date(nowMs + 8 * 60 * 60 * 1000).toISOString().slice(0, 19);
const services = async (GwClusterId: unknown, input: Row = {}) =>
  rowsOf(await call('DescribeModelServices', { GwClusterId, PageSize: 100, ...input }));
const apis = async (GwClusterId: unknown, input: Row = {}) =>
  rowsOf(await call('DescribeModelApis', { GwClusterId, ...input }));

const NEW_SERVICE = {
  Name: 'mine',
  ModelCategory: 'text',
  Protocol: 'openai',
  Vendor: 'v',
  BaseUrl: 'https://example.com',
  ApiKey: 'sk-mine',
};

describe('model APIs', () => {
  const RouteRules = '[{"RuleName": "default",  "Providers": []}]';
  const API = { ModelCategory: 'text', PathPrefix: '/mine', Protocol: 'Model Studio', RouteRules };

  it('keep the text of their rules, and answer protocols in lower case', async () => {
    const input = { GwClusterId: ids.none, Name: 'mine', ...API, RecordInput: '10', ForceModel: 'qwen-max' };
    const { ModelApiId, InvokeEndpoint } = await call('CreateModelApi', input);
    expect(InvokeEndpoint).toContain(ids.none);
    expect(await apis(ids.none)).toEqual([
      {
        ModelApiId,
        Name: 'mine',
        Category: 'text',
        Protocol: 'bailian',
        PathPrefix: '/mine',
        Status: 'Enable',
        RecordInput: '10',
        RouteRules,
        GmtCreated: beijing().replace('T', ' '),
      },
    ]);
  });

  it('are modified as a whole, but for name, time and the flags that are left out', async () => {
    const [before] = await apis(ids.dozen);
    const change = { GwClusterId: ids.dozen, ModelApiId: before?.['ModelApiId'], ...API };
    await call('ModifyModelApi', { ...change, ModelCategory: 'rerank', RecordOutput: '0' });
    expect((await apis(ids.dozen))[0]).toEqual({
      ...before,
      Category: 'rerank',
      Protocol: 'bailian',
      PathPrefix: '/mine',
      RouteRules,
      RecordOutput: '0',
    });
  });

  it.each([
    ['RouteRules', '{'],
    ['RouteRules', '["default"]'],
    ['ModelCategory', 'image'],
    ['Protocol', 'grpc'],
  ])('refuse %s %s, created or modified', async (name, value) => {
    const [{ ModelApiId } = {}] = await apis(ids.dozen);
    const input = { GwClusterId: ids.dozen, ModelApiId, Name: 'mine', ...API, [name]: value };
    for (const action of ['CreateModelApi', 'ModifyModelApi']) {
      expect(await failureOf(sandbox, action, input)).toMatchObject({
        status: 400,
        code: 'InvalidParameter',
      });
    }
  });

  it('are deleted once', async () => {
    const [{ ModelApiId } = {}] = await apis(ids.many);
    await call('DeleteModelApi', { GwClusterId: ids.many, ModelApiId });
    expect(await apis(ids.many)).toHaveLength(2);
    expect(await failureOf(sandbox, 'DeleteModelApi', { GwClusterId: ids.many, ModelApiId })).toMatchObject({
      status: 404,
      code: 'InvalidModelApiId.NotFound',
    });
  });

  it('filter by every field', async () => {
    const names = async (input: Row) => (await apis(ids.dozen, input)).map(({ Name }) => Name);
    const [first, second] = await apis(ids.dozen);
    expect(await names({ ModelApiIds: `${second?.['ModelApiId']},mi-absent` })).toEqual([second?.['Name']]);
    expect(await names({ Name: 'CHA' })).toEqual([first?.['Name']]);
    expect(await names({ ModelCategory: 'embedding' })).toEqual(['向量检索']);
    expect(await names({ PathPrefix: '/claude' })).toEqual(['claude']);
    expect(await names({ Protocol: 'Anthropic' })).toEqual(['claude']);
    expect(await names({ Status: 'Disable' })).toEqual([]);
  });

  it('of the demo data route to services that exist, by JSON text in JSON text', async () => {
    for (const GwClusterId of [ids.dozen, ids.many]) {
      const known = [1, 2].map((PageNumber) => services(GwClusterId, { PageNumber }));
      const names = (await Promise.all(known)).flat().map(({ Name }) => Name);
      for (const { RouteRules: text } of await apis(GwClusterId)) {
        const [rule] = JSON.parse(String(text)) as [Record<string, Row[]>];
        const providers = [...(rule['Providers'] ?? []), ...(rule['FallbackProviders'] ?? [])];
        expect(providers.length).toBeGreaterThan(0);
        for (const { ModelServiceName, ModelList } of providers) {
          expect(names).toContain(ModelServiceName);
          expect(JSON.parse(String(ModelList))).toEqual([]);
        }
      }
    }
  });
});

describe('determinism', () => {
  it('the same calls give the same ids and rows in every sandbox', async () => {
    await using twin = await startSandbox({ now: () => nowMs });
    const run = async (perform: Call) => {
      const { ModelServiceId } = await perform('CreateModelService', {
        GwClusterId: ids.none,
        ...NEW_SERVICE,
      });
      const rule = { GwClusterId: ids.none, ModelServiceId, ModelName: 'm' };
      const { CostRuleId } = await perform('CreateCostRule', rule);
      const api = { GwClusterId: ids.none, Name: 'a', ModelCategory: 'text', PathPrefix: '/a' };
      const { ModelApiId } = await perform('CreateModelApi', { ...api, Protocol: 'vllm', RouteRules: '[]' });
      const lists = ['DescribeCostRules', 'DescribeModelApis'].flatMap((action) =>
        [ids.dozen, ids.many, ids.none].map(async (GwClusterId) =>
          rowsOf(await perform(action, { GwClusterId, PageSize: 100 })),
        ),
      );
      const billing = rowsOf(await perform('ModelRouterQueryBillingRuleList', { modelId: 1 }));
      return [ModelServiceId, CostRuleId, ModelApiId, billing, ...(await Promise.all(lists))];
    };
    expect(await run(checkedCalls(twin))).toEqual(await run(call));
  });
});
