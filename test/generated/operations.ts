/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Who may see a PAI model. */
export type Accessibility =
  /** Its owner and the administrators of the workspace. */
  | 'PRIVATE'
  /** Everyone in the workspace. */
  | 'PUBLIC';

/** What happened to a thing. */
export type CatalogEventKind =
  /** It was made, or found to have been made after an unclear failure. */
  | 'CREATED'
  /** It is gone. */
  | 'DELETED'
  /** It was changed, its labels included; also where a later step of the change failed. */
  | 'UPDATED';

/** Why two objects of different backends were joined. */
export type CatalogMatchReason =
  /** A cost rule of the service names the model's code. */
  | 'COST_RULE'
  /** The service's name is the model's code. */
  | 'NAME';

/** Which of the backends an object lives in. */
export type CatalogSource =
  /** PolarDB AI gateway (product polardb). */
  | 'AI_GATEWAY'
  /** Model Router (product aicontent). */
  | 'MODEL_ROUTER'
  /** PAI model registry (product aiworkspace). */
  | 'PAI';

/** A model to add to the Model Router. */
export type CreateModelInput = {
  /** Key for the vendor's address. Kept by the backend, never read back. */
  apiKey?: string | null | undefined;
  /** The vendor's address. */
  baseUrl?: string | null | undefined;
  /** Kind of model, e.g. Chat. Upstream: modelType. */
  category?: string | null | undefined;
  /** What the model is for. */
  description?: string | null | undefined;
  /** Anything else, as JSON. */
  extensions?: unknown;
  /** A name of your choice for this one create, 1 to 255 characters and no control characters, that makes it safe to send again: the same key with the same input makes nothing more, also at the same time, and gives what the first one made (REPLAYED); after a failure that left open whether it was made, it is looked for (RECOVERED). With other input it is a GatewayConflictError. Each caller has keys of its own. Remembered for 24 hours, 10,000 keys at most, by this process only, and as a hash like the input. */
  idempotencyKey?: string | null | undefined;
  /** Input and output data types. */
  inOut?: string | null | undefined;
  /** Longest input, e.g. 32K or 8192. */
  maxInputLength?: string | null | undefined;
  /** Longest output, e.g. 8K or 2048. */
  maxOutputLength?: string | null | undefined;
  /** The identifier callers invoke, e.g. qwen-turbo. Upstream: modelId. */
  modelCode: string;
  /** Name for people. */
  name: string;
  /** Codes of its tags; none may hold a comma. */
  tags?: Array<string> | null | undefined;
  /** Vendor symbol, e.g. alibaba. Upstream: symbol. */
  vendor?: string | null | undefined;
};

/** What a create did. */
export type CreateOutcome =
  /** Made it. */
  | 'CREATED'
  /** Found, after an unclear failure, that the backend had made it. */
  | 'RECOVERED'
  /** Gave back what the same idempotencyKey had made before. */
  | 'REPLAYED';

/** A model to register. */
export type CreatePaiModelInput = {
  /** Who may see it. Left out: PRIVATE. */
  accessibility?: Accessibility | null | undefined;
  /** e.g. Checkpoint, LoRA. Upstream: ModelType. */
  category?: string | null | undefined;
  /** What it is. */
  description?: string | null | undefined;
  /** Address of its documentation. */
  documentation?: string | null | undefined;
  /** Field of use, e.g. nlp, cv. */
  domain?: string | null | undefined;
  /** Anything else: a JSON object. */
  extraInfo?: unknown;
  /** A name of your choice for this one create, 1 to 255 characters and no control characters, that makes it safe to send again: the same key with the same input makes nothing more, also at the same time, and gives what the first one made (REPLAYED); after a failure that left open whether it was made, it is looked for (RECOVERED). With other input it is a GatewayConflictError. Each caller has keys of its own. Remembered for 24 hours, 10,000 keys at most, by this process only, and as a hash like the input. */
  idempotencyKey?: string | null | undefined;
  /** Its labels. */
  labels?: Array<PaiLabelInput> | null | undefined;
  /** 1 to 127 characters. */
  name: string;
  /** Place among others. */
  orderNumber?: number | null | undefined;
  /** Where it comes from, e.g. ModelScope. */
  origin?: string | null | undefined;
  /** In millions of parameters. */
  parameterSize?: number | null | undefined;
  /** What it does, e.g. text-classification. */
  task?: string | null | undefined;
  /** The workspace to register it in, for good. Left out, the backend chooses, likely the default one. */
  workspaceId?: string | null | undefined;
};

/** The one error vocabulary, whatever backend an error came from. In errors[].extensions.code and in GatewayError.code. */
export type GatewayErrorCode =
  /** An argument or a field of the input cannot be used; the message names it. */
  | 'BAD_USER_INPUT'
  /** The state of the backend does not allow it: it exists already, is in use, or a quota is reached. Or an idempotencyKey came with another input before. */
  | 'CONFLICT'
  /** The gateway's cloud account lacks the permission, or the caller lacks the scope; the message says which. */
  | 'FORBIDDEN'
  /** What was asked for does not exist. */
  | 'NOT_FOUND'
  /** A backend receives too many requests, or with HTTP 429 the gateway from this caller; try again after retryAfterMs. Of a subscription: too many are open, or its events were read too slowly. */
  | 'RATE_LIMITED'
  /** A backend refused the gateway's own cloud credentials; without a source and with HTTP 401, the caller's key or token is missing or not accepted, and nothing ran. At the end of a subscription, that key or token has expired. */
  | 'UNAUTHENTICATED'
  /** A backend failed, or gave an answer that cannot be read. */
  | 'UPSTREAM_ERROR'
  /** A backend did not answer in time. */
  | 'UPSTREAM_TIMEOUT'
  /** A backend could not be reached, or says that it is down. Of a subscription: this process is about to end, and another one takes it. */
  | 'UPSTREAM_UNAVAILABLE';

/** The API that a model service or a model API speaks. */
export type ModelServiceProtocol =
  /** Upstream anthropic, in any letter case. */
  | 'ANTHROPIC'
  /** Upstream bailian or Model Studio, in any letter case. */
  | 'BAILIAN'
  /** Upstream openai, in any letter case. */
  | 'OPENAI'
  /** One that this gateway does not know; rawProtocol has it. Not an input. */
  | 'OTHER'
  /** Upstream vllm, in any letter case. */
  | 'VLLM';

/** State of a model service. */
export type ModelServiceStatus =
  /** Upstream Disable. */
  | 'DISABLED'
  /** Upstream Enable. */
  | 'ENABLED'
  /** One that this gateway does not know; rawStatus has it. Not an input. */
  | 'OTHER';

/** A label to set. */
export type PaiLabelInput = {
  /** Up to 128 bytes, without = and comma. */
  key: string;
  /** Up to 128 bytes, without = and comma. Left out or null: empty. */
  value?: string | null | undefined;
};

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: { totalCount: number | null, nodes: Array<{ name: string, modelCode: string | null, vendor: string | null, maxInputTokens: number | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type OverviewQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewQuery = { models: { totalCount: number | null, nodes: Array<{ name: string, modelCode: string | null, maxInputTokens: number | null }> } | null, paiModels: { totalCount: number | null, nodes: Array<{ name: string, category: string | null, parameterSize: number | null }> } | null, modelServices: { totalCount: number | null, nodes: Array<{ name: string, protocol: ModelServiceProtocol, inputCostPointsPerMillion: string | null, gateway: { description: string | null } | null }> } | null, sources: Array<{ source: CatalogSource, healthy: boolean }> };

export type ServicesQueryVariables = Exact<{ [key: string]: never; }>;


export type ServicesQuery = { modelServices: { nodes: Array<{ id: string, name: string, protocol: ModelServiceProtocol, status: ModelServiceStatus, inputCostPointsPerMillion: string | null, gateway: { description: string | null, endpoints: Array<{ address: string | null, port: number | null }> | null } | null }> } | null };

export type CatalogQueryVariables = Exact<{ [key: string]: never; }>;


export type CatalogQuery = { catalog: { totalCount: number | null, sources: Array<{ source: CatalogSource, totalCount: number | null, error: { code: GatewayErrorCode } | null }>, nodes: Array<
      | { __typename: 'Model', name: string, vendor: string | null }
      | { __typename: 'ModelService', name: string, vendor: string | null }
      | { __typename: 'PaiModel', name: string, vendor: string | null }
    >, pageInfo: { hasNextPage: boolean } } | null };

export type WhoServesQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoServesQuery = { model: { name: string, modelCode: string | null, modelServices: { totalCount: number | null, edges: Array<{ matchedBy: Array<CatalogMatchReason>, node: { name: string, gateway: { description: string | null } | null } }> } | null } | null };

export type NextPageQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type NextPageQuery = { paiModels: { edges: Array<{ cursor: string, node: { name: string, task: string | null, parameterSize: number | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ByIdsQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type ByIdsQuery = { nodes: Array<
    | { __typename: 'AiGateway', id: string }
    | { __typename: 'BillingRule', id: string }
    | { __typename: 'CostRule', id: string }
    | { __typename: 'Model', name: string, isEnabled: boolean | null, id: string }
    | { __typename: 'ModelApi', id: string }
    | { __typename: 'ModelService', name: string, status: ModelServiceStatus, id: string }
    | { __typename: 'PaiModel', id: string }
    | { __typename: 'PaiModelVersion', id: string }
   | null> };

export type VersionsQueryVariables = Exact<{ [key: string]: never; }>;


export type VersionsQuery = { paiModels: { nodes: Array<{ name: string, labels: Array<{ key: string, value: string | null }>, versions: { totalCount: number | null, nodes: Array<{ versionName: string, approvalStatus: string | null, uri: string | null }> } | null }> } | null };

export type PricesQueryVariables = Exact<{ [key: string]: never; }>;


export type PricesQuery = { modelServices: { nodes: Array<{ name: string, costRules: { nodes: Array<{ modelName: string, inputCostPointsPerMillion: string | null, outputCostPointsPerMillion: string | null }> } | null }> } | null };

export type DeferredQueryVariables = Exact<{ [key: string]: never; }>;


export type DeferredQuery = { models: { nodes: Array<{ name: string }> } | null } & ({ paiModels: { nodes: Array<{ name: string }> } | null } | { paiModels?: never });

export type CreateModelMutationVariables = Exact<{
  input: CreateModelInput;
}>;


export type CreateModelMutation = { createModel:
    | { __typename: 'CreateModelSuccess', outcome: CreateOutcome, model: { id: string, name: string, maxInputTokens: number | null, apiKeyPreview: string | null } }
    | { __typename: 'GatewayConflictError', code: GatewayErrorCode, message: string }
    | { __typename: 'GatewayForbiddenError', code: GatewayErrorCode, message: string }
    | { __typename: 'GatewayInvalidInputError', code: GatewayErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'GatewayNotFoundError', code: GatewayErrorCode, message: string }
    | { __typename: 'GatewayRateLimitedError', code: GatewayErrorCode, message: string }
    | { __typename: 'GatewayUpstreamError', code: GatewayErrorCode, message: string }
   | null };

export type LiveSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type LiveSubscription = { catalogEvents: { kind: CatalogEventKind, source: CatalogSource, typeName: string, nodeId: string } };

export type ModelByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type ModelByIdQuery = { model: { id: string, sourceId: string, name: string, maxInputTokens: number | null, createdAt: string | null } | null };

export type MakePaiModelMutationVariables = Exact<{
  input: CreatePaiModelInput;
}>;


export type MakePaiModelMutation = { createPaiModel:
    | { __typename: 'CreatePaiModelSuccess', outcome: CreateOutcome, paiModel: { id: string, name: string, labels: Array<{ key: string, value: string | null }> } }
    | { __typename: 'GatewayConflictError' }
    | { __typename: 'GatewayForbiddenError' }
    | { __typename: 'GatewayInvalidInputError', fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'GatewayNotFoundError' }
    | { __typename: 'GatewayRateLimitedError' }
    | { __typename: 'GatewayUpstreamError' }
   | null };


export const ModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Models"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"category"},"value":{"kind":"StringValue","value":"Chat","block":false}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"modelCode"}},{"kind":"Field","name":{"kind":"Name","value":"vendor"}},{"kind":"Field","name":{"kind":"Name","value":"maxInputTokens"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<ModelsQuery, ModelsQueryVariables>;
export const OverviewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Overview"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"modelCode"}},{"kind":"Field","name":{"kind":"Name","value":"maxInputTokens"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"paiModels"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"category"}},{"kind":"Field","name":{"kind":"Name","value":"parameterSize"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"modelServices"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"protocol"}},{"kind":"Field","name":{"kind":"Name","value":"inputCostPointsPerMillion"}},{"kind":"Field","name":{"kind":"Name","value":"gateway"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"healthy"}}]}}]}}]} as unknown as DocumentNode<OverviewQuery, OverviewQueryVariables>;
export const ServicesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Services"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelServices"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"protocol"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"inputCostPointsPerMillion"}},{"kind":"Field","name":{"kind":"Name","value":"gateway"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"endpoints"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"address"}},{"kind":"Field","name":{"kind":"Name","value":"port"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<ServicesQuery, ServicesQueryVariables>;
export const CatalogDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Catalog"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"catalog"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"6"}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"text"},"value":{"kind":"StringValue","value":"coder","block":false}}]}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"NAME"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"vendor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}}]} as unknown as DocumentNode<CatalogQuery, CatalogQueryVariables>;
export const WhoServesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhoServes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"sourceId"},"value":{"kind":"StringValue","value":"2","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"modelCode"}},{"kind":"Field","name":{"kind":"Name","value":"modelServices"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"matchedBy"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"gateway"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<WhoServesQuery, WhoServesQueryVariables>;
export const NextPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"NextPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paiModels"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"task"}},{"kind":"Field","name":{"kind":"Name","value":"parameterSize"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<NextPageQuery, NextPageQueryVariables>;
export const ByIdsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ByIds"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ModelService"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"isEnabled"}}]}}]}}]}}]} as unknown as DocumentNode<ByIdsQuery, ByIdsQueryVariables>;
export const VersionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Versions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paiModels"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"labels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"versions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"versionName"}},{"kind":"Field","name":{"kind":"Name","value":"approvalStatus"}},{"kind":"Field","name":{"kind":"Name","value":"uri"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<VersionsQuery, VersionsQueryVariables>;
export const PricesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Prices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelServices"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"costRules"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelName"}},{"kind":"Field","name":{"kind":"Name","value":"inputCostPointsPerMillion"}},{"kind":"Field","name":{"kind":"Name","value":"outputCostPointsPerMillion"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<PricesQuery, PricesQueryVariables>;
export const DeferredDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Deferred"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","directives":[{"kind":"Directive","name":{"kind":"Name","value":"defer"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"label"},"value":{"kind":"StringValue","value":"registry","block":false}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paiModels"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"2"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<DeferredQuery, DeferredQueryVariables>;
export const CreateModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CreateModelSuccess"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"maxInputTokens"}},{"kind":"Field","name":{"kind":"Name","value":"apiKeyPreview"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GatewayInvalidInputError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GatewayError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<CreateModelMutation, CreateModelMutationVariables>;
export const LiveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Live"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"catalogEvents"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"typeName"}},{"kind":"Field","name":{"kind":"Name","value":"nodeId"}}]}}]}}]} as unknown as DocumentNode<LiveSubscription, LiveSubscriptionVariables>;
export const ModelByIdDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ModelById"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"sourceId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"maxInputTokens"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}}]}}]} as unknown as DocumentNode<ModelByIdQuery, ModelByIdQueryVariables>;
export const MakePaiModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MakePaiModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreatePaiModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createPaiModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CreatePaiModelSuccess"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"paiModel"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"labels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GatewayInvalidInputError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MakePaiModelMutation, MakePaiModelMutationVariables>;