import { VARIANTS } from './queries.ts';

/** Distinct models that thirty services serve. */
const MODELS = 10;
const PROVIDERS = 20;
const MODELS_PER_PROVIDER = 50;
const VERSIONS = 3;
const CREATED = '2026-03-31T14:40:48Z';
const MODIFIED = '2026-04-02T08:15:00Z';

/** Where the answer to an upstream request is kept. */
export interface AnswerPlaces {
  /** Of PolarDB, where the action decides. */
  rpc(action: string, pageSize: string): string;
  /** Of the Model Router: the path decides. */
  roa(path: string): string;
  /** Of ListModels: the name asked for decides. */
  paiModels(name: string): string;
  /** Of ListModelVersions, whatever the model. */
  readonly paiVersions: string;
}

/** File names; what serves them makes the same out of a request. */
const PLACES: AnswerPlaces = {
  rpc: (action, pageSize) => `rpc/${action}-${pageSize}.json`,
  roa: (path) => `roa${path}.json`,
  paiModels: (name) => `pai/models-${name}.json`,
  paiVersions: 'pai/versions.json',
};

/** Where the answer to a request is; `url` has path and query. */
export function placeOf(url: string, action: string): string {
  const queryStart = url.indexOf('?');
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const parameter = (name: string) => new URLSearchParams(url.slice(queryStart + 1)).get(name) ?? '';
  if (path === '/') return PLACES.rpc(action, parameter('PageSize'));
  if (path === '/api/v1/models') return PLACES.paiModels(parameter('ModelName'));
  if (path.endsWith('/versions')) return PLACES.paiVersions;
  return PLACES.roa(path);
}

/** Every answer that the queries lead to, in the vendor's own envelopes, by its place. */
export function upstreamAnswers(): ReadonlyMap<string, string> {
  const models = '/api/v1/modelRouter/open/models';
  const answers = new Map<string, unknown>([
    [PLACES.rpc('DescribeModelServices', '30'), servicesPage(30)],
    [PLACES.rpc('DescribeModelServices', '100'), servicesPage(100)],
    [PLACES.rpc('DescribeCostRules', '100'), costRulesPage()],
    [PLACES.roa(models), modelsPage(range(MODELS).map((index) => routerModel(index + 1)))],
    [PLACES.roa('/api/v1/modelRouter/open/nacos/providers'), providersAnswer(PROVIDERS, MODELS_PER_PROVIDER)],
    [PLACES.paiVersions, versionsPage()],
  ]);
  for (const variant of range(VARIANTS)) {
    answers.set(PLACES.roa(`${models}/${variant + 1}`), routerEnvelope(routerModel(variant + 1)));
    answers.set(PLACES.paiModels(`v${variant}`), paiModelsPage(variant));
  }
  return new Map([...answers].map(([place, answer]) => [place, JSON.stringify(answer)]));
}

/** 0, 1, … up to and without `count`. */
export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** The envelope of every answer of the Model Router. */
export function routerEnvelope(data: unknown) {
  return {
    requestId: 'b7f0c2e1-0000-4000-8000-000000000001',
    success: true,
    // As the vendor documents it: a code and a text beside success.
    errCode: 'UNKNOWN_ERROR',
    errMessage: '未知错误',
    httpStatusCode: 200,
    data,
  };
}

/** A page of ModelRouterQueryModelList. */
export function modelsPage(list: readonly unknown[], total = list.length) {
  return routerEnvelope({
    list,
    maxResults: '10',
    nextToken: '',
    page: 1,
    pageSize: 100,
    total: String(total),
  });
}

/** An entry of the Model Router. */
export function routerModel(id: number) {
  return {
    id,
    name: `通义千问 ${id}`,
    description: '通义千问大模型',
    symbol: 'alibaba',
    tags: 'chat,NLP',
    modelCode: `qwen-${(id - 1) % MODELS}`,
    modelType: 'Chat',
    apiKeyPreview: 'sk-abc****xyz',
    baseUrl: 'https://dashscope.aliyuncs.com',
    maxInputLength: '8192',
    maxOutputLength: '2048',
    isCustom: false,
    tagNames: '对话,自然语言处理',
    deleteTag: 0,
    gmtCreate: CREATED,
    gmtModified: MODIFIED,
    version: 0,
    hasBillingRule: false,
    inOut: 'text',
    extensions: '',
  };
}

/** The answer of ModelRouterQueryNacosProviders with so many models of so many vendors. */
export function providersAnswer(providers: number, modelsPerProvider: number) {
  return routerEnvelope(
    range(providers).map((provider) => ({
      name: `供应商 ${provider}`,
      symbol: `vendor-${provider}`,
      baseUrl: 'https://dashscope.aliyuncs.com',
      models: range(modelsPerProvider).map((model) => ({
        identifier: `vendor-${provider}-model-${model}`,
        type: 'Chat',
        inOut: 'text',
        inputToken: '32K',
        outputToken: '8K',
        extensions: { async: false },
      })),
    })),
  );
}

/** A page of DescribeModelServices; `first` is the number of its first row. */
export function servicesPage(size: number, first = 0, total = size, rows = Math.min(size, total - first)) {
  return {
    RequestId: '24A1990B-4F6E-482B-B8CB-75C612000001',
    TotalRecordCount: total,
    PageNumber: 1 + Math.floor(first / size),
    PageRecordCount: rows,
    Items: range(rows).map((index) => modelService(first + index)),
    PageSize: size,
  };
}

function modelService(index: number) {
  return {
    ModelServiceId: `ms-${index}`,
    Name: `qwen-${index % MODELS}`,
    ModelCategory: 'text',
    Protocol: 'openai',
    Status: 'Enable',
    BaseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    GmtCreated: CREATED,
    InputCostPointsPerMillion: '10',
    OutputCostPointsPerMillion: '10',
    RequestCostPoints: '10',
    ApiKey: 'sk-0123456789abcdef',
    Vendor: 'bailian',
  };
}

/** A rule for each of the first ten services, for the model that it is named after. */
function costRulesPage() {
  return {
    RequestId: '24A1990B-4F6E-482B-B8CB-75C612000002',
    TotalRecordCount: MODELS,
    PageRecordCount: MODELS,
    PageNumber: 1,
    PageSize: 100,
    Items: range(MODELS).map((index) => ({
      CostRuleId: `924d450014e64e88ac6e8486f8e990${String(index).padStart(2, '0')}`,
      ModelServiceId: `ms-${index}`,
      Model: `qwen-${index}`,
      InputCostPointsPerMillion: '0',
      OutputCostPointsPerMillion: '0',
      CacheCostPointsPerMillion: '0',
      EffectiveTargetType: 'global',
      EffectiveTargetValue: '',
      GmtCreated: CREATED,
      GmtModified: MODIFIED,
    })),
  };
}

function paiModelsPage(variant: number) {
  return {
    RequestId: '5A14FA81-DD4E-4000-8000-6343FE44B941',
    TotalCount: 10,
    Models: range(10).map((index) => ({
      ModelId: `model-${variant}-${index}`,
      ModelName: `新闻分类 ${index}`,
      ModelDescription: '新闻分类。',
      ModelType: 'Checkpoint',
      Accessibility: 'PUBLIC',
      Domain: 'nlp',
      Task: 'text-classification',
      Origin: 'ModelScope',
      OrderNumber: 0,
      ParameterSize: 3000,
      ExtraInfo: { RatingCount: 2866, Rating: 4.94 },
      Provider: 'pai',
      Labels: [{ Key: 'env', Value: 'test' }],
      WorkspaceId: '23456',
      OwnerId: '1234567890123456',
      UserId: '1234567890123456',
      GmtCreateTime: CREATED,
      GmtModifiedTime: MODIFIED,
      Tags: [{ Key: 'env', Value: 'test' }],
    })),
  };
}

function versionsPage() {
  return {
    RequestId: '473469C7-AA6F-4DC5-B3DB-A3DC0003C83E',
    TotalCount: VERSIONS,
    Versions: range(VERSIONS).map((index) => ({
      VersionName: `0.${VERSIONS - index}.0`,
      VersionDescription: 'Sentiment analysis',
      Uri: 'oss://mybucket.oss-cn-beijing.aliyuncs.com/mypath/',
      ApprovalStatus: 'Approved',
      FormatType: 'SavedModel',
      FrameworkType: 'TensorFlow',
      SourceType: 'PAIFlow',
      SourceId: 'region=cn-shanghai,workspaceId=1345,kind=PipelineRun,id=run-sakdbxyzjdf',
      InferenceSpec: { processor: 'tensorflow_gpu_1.12' },
      TrainingSpec: {},
      EvaluationSpec: {},
      CompressionSpec: {},
      DistillationSpec: {},
      Metrics: {
        Results: [{ Dataset: { DatasetId: 'd-sdkjanksaklerhfd' }, Metrics: { cer: 0.175 } }],
      },
      ExtraInfo: { TrainedWords: ['albedo_overlord'] },
      Options: '{}',
      Labels: [{ Key: 'k1', Value: 'v1' }],
      OwnerId: '1557702091234567',
      UserId: '1557702091234567',
      GmtCreateTime: CREATED,
      GmtModifiedTime: MODIFIED,
    })),
  };
}
