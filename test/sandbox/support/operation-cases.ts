import { expect } from 'vitest';
import { type Call, findRow, gatewayIds, type Row } from './checked-calls.ts';

const URI = 'oss://demo.oss-cn-beijing.aliyuncs.com/new/';
const TIERS = { tiers: [{ min_tokens: 0, max_tokens: 0, input_price: 1, output_price: 2 }] };
const RULES = JSON.stringify([{ RuleName: 'default', Providers: [{ ModelServiceName: 'test' }] }]);
const SERVICE = {
  Name: 'new',
  ModelCategory: 'text',
  Protocol: 'openai',
  Vendor: 'v',
  BaseUrl: 'https://example.com',
  ApiKey: 'sk-new',
};
const API = { Name: 'new', ModelCategory: 'text', PathPrefix: '/new', Protocol: 'openai', RouteRules: RULES };

/** A model of the registry that has versions. */
const versioned = async (call: Call) => {
  const { ModelId } = await findRow(call, 'ListModels', { PageSize: 100 }, { ModelName: '评论情感分析' });
  return { ModelId, VersionName: '0.3.0' };
};
const service = async (call: Call, name: string) => {
  const { dozen: GwClusterId } = await gatewayIds(call);
  return {
    GwClusterId,
    ...(await findRow(call, 'DescribeModelServices', { GwClusterId }, { Name: name })),
  };
};
const costRule = async (call: Call) => {
  const { dozen: GwClusterId } = await gatewayIds(call);
  const rule = await findRow(call, 'DescribeCostRules', { GwClusterId }, { Model: 'qwen3-max' });
  return { ...rule, ModelName: rule['Model'] };
};
const modelApi = async (call: Call) => {
  const { dozen: GwClusterId } = await gatewayIds(call);
  const { ModelApiId } = await findRow(call, 'DescribeModelApis', { GwClusterId }, { Name: 'claude' });
  return { GwClusterId, ModelApiId };
};
const nothing = async () => ({});
const gateway = async (call: Call) => ({ GwClusterId: (await gatewayIds(call)).dozen });

/** How an operation is tried: a call that succeeds and one that fails. */
export interface OperationCase {
  /** What the call needs. */
  readonly given: (call: Call) => Promise<Row>;
  readonly input?: Row;
  /** What the answer holds besides the envelope. */
  readonly answers: Row;
  /** What makes it fail, over the input above, and the code and status it fails with. */
  readonly fails: readonly [Row, string, number];
}

const NO_GATEWAY = [{ GwClusterId: 'pg-absent' }, 'Forbidden.InstanceNotFound', 404] as const;
const NO_MODEL = [{ ModelId: 'model-absent' }, 'ModelNotFound', 404] as const;
const NO_VERSION = [{ VersionName: '9.9.9' }, 'ModelVersionNotFound', 404] as const;
const NO_ENTRY = [{ id: 424242 }, 'MODEL_NOT_EXIST', 404] as const;
const some = expect.any(Array);
const textLike = (pattern: RegExp) => expect.stringMatching(pattern);

/** A case for every documented operation. */
export const OPERATION_CASES: Readonly<Record<string, OperationCase>> = {
  ModelRouterCreateModel: {
    given: nothing,
    input: { name: 'new', modelId: 'new-code' },
    answers: { data: expect.objectContaining({ id: 152, modelCode: 'new-code' }) },
    fails: [{ name: 5 }, 'InvalidParameter', 400],
  },
  ModelRouterBatchCreateModel: {
    given: nothing,
    input: {
      apiKey: 'sk-0123456789abcdef',
      symbol: 'alibaba',
      models: [
        { name: 'a', modelId: 'a', modelType: 'Chat' },
        { name: 'b', modelId: 'b' },
      ],
    },
    answers: {
      data: {
        successCount: 1,
        failCount: 1,
        created: [expect.objectContaining({ id: 152, symbol: 'alibaba' })],
        failures: [{ modelId: 'b', name: 'b', errorMsg: '模型类型不能为空' }],
      },
    },
    fails: [{ models: [] }, 'InvalidParameter', 400],
  },
  ModelRouterQueryModel: {
    given: nothing,
    input: { id: 1 },
    answers: { data: expect.objectContaining({ id: 1, hasBillingRule: true }) },
    fails: NO_ENTRY,
  },
  ModelRouterQueryModelList: {
    given: nothing,
    input: { needTotalCount: true },
    answers: { data: expect.objectContaining({ total: '151', list: some }) },
    fails: [{ pageSize: 101 }, 'InvalidParameter', 400],
  },
  ModelRouterUpdateModel: {
    given: nothing,
    input: { id: 1, description: 'changed' },
    answers: {
      data: expect.objectContaining({ id: 1, name: '通义千问', description: 'changed', version: 1 }),
    },
    fails: NO_ENTRY,
  },
  ModelRouterDeleteModel: { given: nothing, input: { id: 1 }, answers: { data: true }, fails: NO_ENTRY },
  ModelRouterCreateBillingRule: {
    given: nothing,
    input: { modelId: 2, billingType: 'token_tiered', pricingConfig: TIERS },
    answers: { data: expect.objectContaining({ modelId: 2, modelCode: 'qwen-max', pricingConfig: TIERS }) },
    fails: [{ modelId: 424242 }, 'MODEL_NOT_EXIST', 404],
  },
  ModelRouterUpdateBillingRule: {
    given: nothing,
    input: { id: 1, billingType: 'configurable', status: 0 },
    answers: { data: expect.objectContaining({ id: 1, deleteTag: 1, billingType: 'token_tiered' }) },
    fails: [{ id: 424242 }, 'BILLING_RULE_NOT_EXIST', 404],
  },
  ModelRouterQueryBillingRuleList: {
    given: nothing,
    input: { modelId: 1 },
    answers: {
      nextToken: '',
      maxResults: 20,
      data: { total: 4, page: 1, pageSize: 20, list: some },
    },
    fails: [{ modelId: undefined }, 'MissingParameter', 400],
  },
  ModelRouterQueryNacosProviders: {
    given: nothing,
    answers: { data: expect.arrayContaining([expect.objectContaining({ symbol: 'deepseek' })]) },
    fails: [{ orderDirection: 'down' }, 'InvalidParameter', 400],
  },
  ModelRouterQueryNacosTags: {
    given: nothing,
    input: { configType: 'providers' },
    answers: {
      data: expect.arrayContaining([
        { label: '文本生成', value: 'TXT_GEN', tag: 'TXT_GEN', tagName: '文本生成' },
      ]),
    },
    fails: [{ pageIndex: 0 }, 'InvalidParameter', 400],
  },
  CreateModel: {
    given: nothing,
    input: { ModelName: 'new' },
    answers: { ModelId: textLike(/^model-\w{18}$/) },
    fails: [{ ModelName: undefined }, 'MissingParameter', 400],
  },
  GetModel: { given: versioned, answers: { ModelName: '评论情感分析' }, fails: NO_MODEL },
  ListModels: {
    given: nothing,
    answers: { TotalCount: 65, Models: some },
    fails: [{ SortBy: 'ModelName' }, 'InvalidParameter', 400],
  },
  UpdateModel: { given: versioned, input: { Task: 'new' }, answers: {}, fails: NO_MODEL },
  DeleteModel: { given: versioned, answers: {}, fails: NO_MODEL },
  CreateModelLabels: {
    given: versioned,
    input: { Labels: [{ Key: 'k', Value: 'v' }] },
    answers: {},
    fails: [{ Labels: [{ Key: 'k=', Value: 'v' }] }, 'InvalidParameter', 400],
  },
  DeleteModelLabels: {
    given: versioned,
    input: { LabelKeys: 'env,team' },
    answers: {},
    fails: [{ LabelKeys: 'env,absent' }, 'LabelNotFound', 404],
  },
  CreateModelVersion: {
    given: async (call) => ({ ModelId: (await versioned(call)).ModelId }),
    input: { Uri: URI },
    answers: { VersionName: '0.4.0' },
    fails: [{ VersionName: '0.3.0' }, 'ModelVersionDuplicate', 400],
  },
  GetModelVersion: { given: versioned, answers: { VersionName: '0.3.0' }, fails: NO_VERSION },
  ListModelVersions: {
    given: async (call) => ({ ModelId: (await versioned(call)).ModelId }),
    answers: { TotalCount: 35, Versions: some },
    fails: NO_MODEL,
  },
  UpdateModelVersion: {
    given: versioned,
    input: { ApprovalStatus: 'Rejected' },
    answers: {},
    fails: [{ ApprovalStatus: 'Maybe' }, 'InvalidParameter', 400],
  },
  DeleteModelVersion: { given: versioned, answers: {}, fails: NO_VERSION },
  CreateModelVersionLabels: {
    given: versioned,
    input: { Labels: [{ Key: 'k', Value: 'v' }] },
    answers: {},
    fails: NO_VERSION,
  },
  DeleteModelVersionLabels: {
    given: versioned,
    input: { LabelKeys: 'stage' },
    answers: {},
    fails: [{ LabelKeys: 'absent' }, 'LabelNotFound', 404],
  },
  ListWorkspaces: {
    given: nothing,
    answers: { TotalCount: 3, Workspaces: some },
    fails: [{ Status: 'GONE' }, 'InvalidParameter', 400],
  },
  DescribeGatewayList: {
    given: nothing,
    input: { RegionId: 'cn-beijing' },
    answers: { TotalRecordCount: '3' },
    fails: [{ RegionId: undefined }, 'MissingParameter', 400],
  },
  DescribeGatewayAttribute: { given: gateway, answers: { Endpoints: some }, fails: NO_GATEWAY },
  DescribeModelServices: { given: gateway, answers: { TotalRecordCount: 12 }, fails: NO_GATEWAY },
  CreateModelService: {
    given: gateway,
    input: SERVICE,
    answers: { ModelServiceId: textLike(/^ms-/), Status: 'Enable' },
    fails: [{ Name: 'test' }, 'ModelServiceName.Duplicate', 400],
  },
  ModifyModelService: {
    given: (call) => service(call, 'qwen-max'),
    input: { Name: 'renamed', ModelCategory: 'text', Protocol: 'openai' },
    answers: { ModelServiceId: textLike(/^ms-/), Status: 'Enable' },
    fails: [{ ModelServiceId: 'ms-absent' }, 'InvalidModelServiceId.NotFound', 404],
  },
  DeleteModelService: {
    given: gateway,
    input: { ModelName: 'test' },
    answers: {},
    fails: [{ ModelName: 'absent' }, 'InvalidModelName.NotFound', 404],
  },
  CreateCostRule: {
    given: (call) => service(call, 'qwen-max'),
    input: { ModelName: 'qwen-max' },
    answers: { CostRuleId: textLike(/^[0-9a-f]{32}$/) },
    fails: [{ ModelServiceId: 'ms-absent' }, 'InvalidModelServiceId.NotFound', 404],
  },
  DescribeCostRules: { given: gateway, answers: { TotalRecordCount: 12, Items: some }, fails: NO_GATEWAY },
  ModifyCostRule: {
    given: costRule,
    input: { InputCostPointsPerMillion: '5' },
    answers: { CostRuleId: textLike(/^[0-9a-f]{32}$/) },
    fails: [{ CostRuleId: 'absent' }, 'InvalidCostRuleId.NotFound', 404],
  },
  DeleteCostRule: {
    given: costRule,
    answers: {},
    fails: [{ CostRuleId: 'absent' }, 'InvalidCostRuleId.NotFound', 404],
  },
  CreateModelApi: {
    given: gateway,
    input: API,
    answers: {
      ModelApiId: textLike(/^mi-\w{12}$/),
      InvokeEndpoint: textLike(/^http:.*:8080\/new$/),
      Status: 'Enable',
    },
    fails: [{ RouteRules: '{}' }, 'InvalidParameter', 400],
  },
  DescribeModelApis: { given: gateway, answers: { TotalRecordCount: 3, Items: some }, fails: NO_GATEWAY },
  ModifyModelApi: {
    given: modelApi,
    input: { ...API, Name: undefined },
    answers: { ModelApiId: textLike(/^mi-/) },
    fails: [{ ModelApiId: 'mi-absent' }, 'InvalidModelApiId.NotFound', 404],
  },
  DeleteModelApi: {
    given: modelApi,
    answers: {},
    fails: [{ ModelApiId: 'mi-absent' }, 'InvalidModelApiId.NotFound', 404],
  },
};
