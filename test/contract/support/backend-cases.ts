import { GATEWAY_IDS } from '../../../src/sandbox/data/gateways.ts';
import type { Answer, TestGateway } from '../../support/gateway.ts';

/** The gateway whose 130 services stand for the backend. */
export const GATEWAY_ID = GATEWAY_IDS.many;

/** What the one suite needs to know of a backend. */
export interface BackendCase {
  readonly source: string;
  readonly product: 'aicontent' | 'aiworkspace' | 'polardb';
  readonly typeName: string;
  /** `row`, by $sourceId. */
  readonly lookup: { readonly action: string; readonly document: string; readonly absentId: string };
  /** Selects one row as a field of a larger query. */
  readonly lookupField: (sourceId: string, selection: string) => string;
  /** `rows`, by $first and $after. */
  readonly list: { readonly action: string; readonly document: string; readonly listField: string };
  /** `result`, by $input; `row` in its success. */
  readonly create: {
    readonly action: string;
    readonly document: string;
    readonly input: Readonly<Record<string, unknown>>;
    /** Operations that the selection of `document` costs. */
    readonly actions: readonly string[];
  };
}

const ROW = '__typename id sourceId name';

const lookupDocument = (field: string) => `query ($sourceId: ID!) { row: ${field} { ${ROW} } }`;

const listDocument = (field: string) => `query ($first: Int, $after: String) {
  rows: ${field} {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { ${ROW} } }
  }
}`;

/** The members of every result, all of what a client can ask of them. */
export const ERROR_MEMBER = `
  ... on GatewayError { message code source requestId retryable upstreamCode upstreamMessage }
  ... on GatewayInvalidInputError { fieldErrors { path message } }
  ... on GatewayForbiddenError { missingPermission }
  ... on GatewayRateLimitedError { retryAfterMs }
  ... on GatewayUpstreamError { outcomeUnknown }`;

const createDocument = (name: string, row: string) => `mutation ($input: ${name}Input!) {
  result: ${name[0]?.toLowerCase()}${name.slice(1)}(input: $input) {
    __typename
    ... on ${name}Success { outcome row: ${row} { ${ROW} } }
    ${ERROR_MEMBER}
  }
}`;

/** A key that no answer, error or log line may hold. */
export const PLANTED_KEY = 'planted banana key';

/** Every backend, each by the same questions. */
export const BACKEND_CASES: readonly BackendCase[] = [
  {
    source: 'MODEL_ROUTER',
    product: 'aicontent',
    typeName: 'Model',
    lookup: {
      action: 'ModelRouterQueryModel',
      document: lookupDocument('model(sourceId: $sourceId)'),
      absentId: '424242',
    },
    lookupField: (sourceId, selection) => `model(sourceId: "${sourceId}") { ${selection} }`,
    list: {
      action: 'ModelRouterQueryModelList',
      document: listDocument('models(first: $first, after: $after)'),
      listField: 'models',
    },
    create: {
      action: 'ModelRouterCreateModel',
      document: createDocument('CreateModel', 'model'),
      input: { name: '通义千问 (contract)', modelCode: 'qwen-contract', apiKey: PLANTED_KEY },
      actions: ['ModelRouterCreateModel'],
    },
  },
  {
    source: 'PAI',
    product: 'aiworkspace',
    typeName: 'PaiModel',
    lookup: {
      action: 'GetModel',
      document: lookupDocument('paiModel(sourceId: $sourceId)'),
      absentId: 'model-absent',
    },
    lookupField: (sourceId, selection) => `paiModel(sourceId: "${sourceId}") { ${selection} }`,
    list: {
      action: 'ListModels',
      document: listDocument('paiModels(first: $first, after: $after)'),
      listField: 'paiModels',
    },
    create: {
      action: 'CreateModel',
      document: createDocument('CreatePaiModel', 'paiModel'),
      input: { name: '新闻分类 (contract)' },
      actions: ['CreateModel', 'GetModel'],
    },
  },
  {
    source: 'AI_GATEWAY',
    product: 'polardb',
    typeName: 'ModelService',
    lookup: {
      action: 'DescribeModelServices',
      document: lookupDocument(`modelService(sourceId: $sourceId, gatewaySourceId: "${GATEWAY_ID}")`),
      absentId: 'ms-absent',
    },
    lookupField: (sourceId, selection) =>
      `modelService(sourceId: "${sourceId}", gatewaySourceId: "${GATEWAY_ID}") { ${selection} }`,
    list: {
      action: 'DescribeModelServices',
      document: listDocument(`modelServices(first: $first, after: $after, gatewaySourceId: "${GATEWAY_ID}")`),
      listField: `modelServices(gatewaySourceId: "${GATEWAY_ID}")`,
    },
    create: {
      action: 'CreateModelService',
      document: createDocument('CreateModelService', 'modelService'),
      input: {
        gatewaySourceId: GATEWAY_ID,
        name: 'contract service',
        category: 'text',
        protocol: 'OPENAI',
        baseUrl: 'https://example.com/v1',
        apiKey: PLANTED_KEY,
        vendor: 'bailian',
      },
      actions: ['CreateModelService', 'DescribeModelServices'],
    },
  },
];

/** A row of the contract's selection. */
export interface Row {
  readonly __typename: string;
  readonly id: string;
  readonly sourceId: string;
  readonly name: string;
}

/** A list of the contract's selection. */
export interface Rows {
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string;
    readonly endCursor: string;
  };
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
}

/** The data of an answer without errors. */
export function dataOf<Data>(answer: Answer): Data {
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  return answer.data as Data;
}

/** The first rows of a backend's list. */
export async function someRows(
  gateway: TestGateway,
  { list }: BackendCase,
  first: number,
): Promise<readonly Row[]> {
  const { rows } = dataOf<{ rows: Rows }>(await gateway.query(list.document, { first }));
  return rows.edges.map(({ node }) => node);
}
