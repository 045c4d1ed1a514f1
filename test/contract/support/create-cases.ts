import { GATEWAY_IDS } from '../../../src/sandbox/data/gateways.ts';
import type { Answer, TestGateway } from '../../support/gateway.ts';
import { dataOf, ERROR_MEMBER } from './backend-cases.ts';

type Input = Readonly<Record<string, unknown>>;

/** A create of the graph, by the questions that all of them answer. */
export interface CreateCase {
  /** Field of the mutation, e.g. `createModel`. */
  readonly mutation: string;
  /** Field of its success that is the row. */
  readonly field: string;
  readonly source: string;
  /** The operation that makes it. */
  readonly action: string;
  /** The operations that look for it. */
  readonly search: readonly string[];
  /** What it takes to be made: gives the whole input, and the ids that it names. */
  readonly prepare: (gateway: TestGateway) => Promise<Input>;
  /** The same input but for one field. */
  readonly changed: (input: Input) => Input;
  /** `rows { totalCount }` of the list it is added to. */
  readonly listOf: (input: Input) => string;
  /** More of the row than its create answers where that tells its id only. */
  readonly more: string;
  /** Fields of the row that are never null, and so keep what was sent. */
  readonly promised: readonly string[];
}

const GATEWAY_ID = GATEWAY_IDS.dozen;

async function idOfMade(gateway: TestGateway, mutation: string, field: string, input: Input) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}`;
  const answer = await gateway.query(
    `mutation ($input: ${type}Input!) { result: ${mutation}(input: $input) { ... on ${type}Success { ${field} { id } } } }`,
    { input },
  );
  const { result } = dataOf<{ result: Record<string, { readonly id: string }> }>(answer);
  return result[field]?.id ?? '';
}

const SERVICE = {
  gatewaySourceId: GATEWAY_ID,
  name: 'repeated service',
  category: 'text',
  protocol: 'BAILIAN',
  baseUrl: 'https://example.com/v1?tenant=planted',
  apiKey: 'sk-repeated-0123456789abcdef',
  vendor: 'bailian',
  inputCostPointsPerMillion: '10.50',
  outputCostPointsPerMillion: '0',
  requestCostPoints: '0.1',
};

/** Every create of the graph. */
export const CREATE_CASES: readonly CreateCase[] = [
  {
    mutation: 'createModel',
    field: 'model',
    source: 'MODEL_ROUTER',
    action: 'ModelRouterCreateModel',
    search: ['ModelRouterQueryModelList'],
    prepare: async () => ({
      name: '重复 * model',
      modelCode: 'repeated-1',
      description: 'made once',
      vendor: 'alibaba',
      tags: ['NLP', 'chat'],
      category: 'Chat',
      apiKey: 'sk-repeated-0123456789abcdef',
      baseUrl: 'https://user:word@example.com/v1?token=planted',
      maxInputLength: '32K',
      maxOutputLength: '8192',
      inOut: 'text',
      extensions: { b: [1, { y: null, x: 0.5 }], a: 'x' },
    }),
    changed: (input) => ({ ...input, apiKey: 'sk-another-0123456789abcdef' }),
    listOf: () => 'models',
    more: 'name modelCode description vendor tags category baseUrl maxInputLength extensions createdAt',
    promised: ['name', 'tags'],
  },
  {
    mutation: 'createBillingRule',
    field: 'billingRule',
    source: 'MODEL_ROUTER',
    action: 'ModelRouterCreateBillingRule',
    search: ['ModelRouterQueryModel', 'ModelRouterQueryBillingRuleList'],
    prepare: async (gateway) => ({
      modelId: await idOfMade(gateway, 'createModel', 'model', {
        name: 'priced',
        modelCode: 'priced-1',
        category: 'Embedding',
      }),
      billingType: 'token_flat',
      pricingConfig: { input_price: 0.5, multimodal_input_price: 1.25 },
      effectiveAt: '2026-01-01T00:00:00.250+08:00',
      expiresAt: '2030-01-01T00:00:00Z',
      version: 3,
    }),
    changed: (input) => ({ ...input, pricingConfig: { input_price: 0.75 } }),
    listOf: ({ modelId }) => `model(id: ${JSON.stringify(modelId)}) { rows: billingRules`,
    more: 'billingType pricingConfig effectiveAt expiresAt version createdAt',
    promised: [],
  },
  {
    mutation: 'createPaiModel',
    field: 'paiModel',
    source: 'PAI',
    action: 'CreateModel',
    search: ['ListModels'],
    prepare: async () => ({
      name: '重复 model',
      description: 'made once',
      accessibility: 'PUBLIC',
      origin: 'ModelScope',
      domain: 'nlp',
      task: 'text-classification',
      documentation: 'https://example.com/readme.md',
      orderNumber: 7,
      category: 'Checkpoint',
      extraInfo: { z: 1, a: { nested: true } },
      parameterSize: 3000,
      labels: [{ key: 'team', value: 'a' }, { key: 'env' }],
    }),
    changed: (input) => ({ ...input, labels: [{ key: 'team', value: 'b' }] }),
    listOf: () => 'paiModels',
    more: 'name description accessibility domain extraInfo labels { key value } createdAt',
    promised: ['name', 'labels'],
  },
  {
    mutation: 'createPaiModelVersion',
    field: 'version',
    source: 'PAI',
    action: 'CreateModelVersion',
    search: ['ListModelVersions'],
    prepare: async (gateway) => ({
      modelId: await idOfMade(gateway, 'createPaiModel', 'paiModel', { name: 'versioned' }),
      uri: 'oss://bucket.oss-cn-beijing.aliyuncs.com/path/',
      description: 'made once',
      formatType: 'ONNX',
      frameworkType: 'Pytorch',
      approvalStatus: 'Pending',
      labels: [{ key: 'k', value: 'v' }],
      metrics: { Results: [{ cer: 0.175 }] },
      inferenceSpec: { processor: 'x' },
    }),
    changed: (input) => ({ ...input, uri: `${String(input['uri'])}other/` }),
    listOf: ({ modelId }) => `paiModel(id: ${JSON.stringify(modelId)}) { rows: versions`,
    more: 'uri description formatType metrics labels { key value } createdAt',
    promised: ['labels'],
  },
  {
    mutation: 'createModelService',
    field: 'modelService',
    source: 'AI_GATEWAY',
    action: 'CreateModelService',
    search: ['DescribeModelServices'],
    prepare: async () => SERVICE,
    changed: (input) => ({ ...input, requestCostPoints: '0.2' }),
    listOf: () => `modelServices(gatewaySourceId: "${GATEWAY_ID}")`,
    more: 'name category protocol vendor baseUrl apiKeyPreview inputCostPointsPerMillion status createdAt',
    promised: ['name', 'protocol', 'status'],
  },
  {
    mutation: 'createCostRule',
    field: 'costRule',
    source: 'AI_GATEWAY',
    action: 'CreateCostRule',
    search: ['DescribeCostRules'],
    prepare: async (gateway) => ({
      modelServiceId: await idOfMade(gateway, 'createModelService', 'modelService', {
        ...SERVICE,
        name: 'priced service',
      }),
      modelName: 'qwen-repeated',
      inputCostPointsPerMillion: '10.0',
      cacheCostPointsPerMillion: '0.25',
      effectiveTargetType: 'CONSUMER',
      effectiveTargetValue: 'somebody',
    }),
    changed: (input) => ({ ...input, effectiveTargetValue: 'somebody else' }),
    listOf: ({ modelServiceId }) =>
      `node(id: ${JSON.stringify(modelServiceId)}) { ... on ModelService { rows: costRules`,
    more: 'modelName inputCostPointsPerMillion effectiveTargetValue createdAt',
    promised: ['modelName'],
  },
  {
    mutation: 'createModelApi',
    field: 'modelApi',
    source: 'AI_GATEWAY',
    action: 'CreateModelApi',
    search: ['DescribeModelApis'],
    prepare: async () => ({
      gatewaySourceId: GATEWAY_ID,
      name: 'repeated api',
      category: 'text',
      protocol: 'OPENAI',
      pathPrefix: '/repeated',
      routeRules: [{ RuleName: 'default', Weight: '100', nested: { b: 1, a: [] } }],
      forceModel: 'qwen-max',
      recordInput: '10',
    }),
    changed: (input) => ({ ...input, pathPrefix: '/other' }),
    listOf: () => `aiGateway(sourceId: "${GATEWAY_ID}") { rows: modelApis`,
    more: 'name category protocol pathPrefix routeRules recordInput createdAt',
    promised: ['name', 'protocol'],
  },
];

/** What a create answered. */
export interface CreateResult {
  readonly __typename: string;
  readonly outcome?: string;
  readonly row?: { readonly id: string } & Readonly<Record<string, unknown>>;
  readonly code?: string;
  readonly source?: string | null;
  readonly message?: string;
  readonly retryable?: boolean;
  readonly outcomeUnknown?: boolean;
  readonly fieldErrors?: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/** How a create is sent. */
export interface Sending {
  /** Fields of the row beside its id. */
  readonly selection?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Record<string, string>;
}

/** Sends a create and gives the whole answer. */
export function sendCreate(
  gateway: TestGateway,
  { mutation, field }: Pick<CreateCase, 'mutation' | 'field'>,
  input: Input,
  { selection = '', signal, headers }: Sending = {},
): Promise<Answer> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}`;
  const document = `mutation ($input: ${type}Input!) {
    result: ${mutation}(input: $input) {
      __typename
      ... on ${type}Success { outcome row: ${field} { id ${selection} } }
      ${ERROR_MEMBER}
    }
  }`;
  return gateway.query(document, { input }, signal, headers);
}

/** Sends a create that must be answered without an error of the request. */
export async function create(
  gateway: TestGateway,
  of: Pick<CreateCase, 'mutation' | 'field'>,
  input: Input,
  sending: Sending = {},
): Promise<CreateResult> {
  return dataOf<{ result: CreateResult }>(await sendCreate(gateway, of, input, sending)).result;
}

/** How many rows are in the list that a create adds to. */
export async function countRows(gateway: TestGateway, of: CreateCase, input: Input): Promise<number> {
  const list = of.listOf(input);
  const open = list.split('{').length - 1;
  const aliased = list.includes('rows:') ? list : `rows: ${list}`;
  const answer = await gateway.query(`{ ${aliased} { totalCount } ${'}'.repeat(open)} }`);
  const found = /"totalCount":(\d+)/.exec(JSON.stringify(dataOf(answer)));
  return Number(found?.[1]);
}

/** The operations sent since the sandbox was last asked to forget. */
export function sentOf(gateway: TestGateway, { action }: CreateCase): number {
  return gateway.actions().filter((one) => one === action).length;
}
