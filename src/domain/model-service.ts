import type { Decimal } from './decimal.ts';
import type { KeyShape } from './global-id.ts';
import type { Instant } from './instant.ts';

/** Global ids of gateways: `AiGateway:cn-beijing/pg-x`. */
export const AI_GATEWAY_KEY = {
  typeName: 'AiGateway',
  parts: ['region', 'name'],
} as const satisfies KeyShape;

/** Global ids of model services: `ModelService:cn-beijing/pg-x/ms-x`. */
export const MODEL_SERVICE_KEY = {
  typeName: 'ModelService',
  parts: ['region', 'name', 'name'],
} as const satisfies KeyShape;

/** Protocols a model service speaks; OTHER for one that this gateway does not know. */
export const PROTOCOLS = ['OPENAI', 'ANTHROPIC', 'BAILIAN', 'VLLM', 'OTHER'] as const;

/** One of {@link PROTOCOLS}. */
export type ModelServiceProtocol = (typeof PROTOCOLS)[number];

/** States of a model service; OTHER for one that this gateway does not know. */
export const SERVICE_STATUSES = ['ENABLED', 'DISABLED', 'OTHER'] as const;

/** One of {@link SERVICE_STATUSES}. */
export type ModelServiceStatus = (typeof SERVICE_STATUSES)[number];

/** An instance of the PolarDB AI gateway. */
export interface AiGateway {
  readonly type: 'AiGateway';
  readonly sourceId: string;
  readonly region: string;
  readonly description: string | undefined;
  readonly status: string | undefined;
  readonly createdAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
  readonly expiresAt: Instant | undefined;
}

/** An address of a gateway. */
export interface AiGatewayEndpoint {
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly netType: string | undefined;
}

/** A gateway as its own read gives it; lists leave the endpoints out. */
export interface AiGatewayDetail {
  readonly gateway: AiGateway;
  readonly endpoints: readonly AiGatewayEndpoint[] | undefined;
}

/** A model service of one gateway. */
export interface ModelService {
  readonly type: 'ModelService';
  readonly sourceId: string;
  readonly gatewaySourceId: string;
  readonly region: string;
  readonly name: string;
  readonly vendor: string | undefined;
  readonly category: string | undefined;
  readonly protocol: ModelServiceProtocol;
  readonly status: ModelServiceStatus;
  readonly rawProtocol: string | undefined;
  readonly rawStatus: string | undefined;
  readonly baseUrl: string | undefined;
  readonly apiKeyPreview: string | undefined;
  readonly inputCostPointsPerMillion: Decimal | undefined;
  readonly outputCostPointsPerMillion: Decimal | undefined;
  readonly requestCostPoints: Decimal | undefined;
  readonly createdAt: Instant | undefined;
}

/** The backend's own filters of its list. */
export interface ModelServiceFilter {
  readonly name?: string | undefined;
  readonly category?: string | undefined;
  readonly protocol?: Exclude<ModelServiceProtocol, 'OTHER'> | undefined;
  readonly status?: Exclude<ModelServiceStatus, 'OTHER'> | undefined;
}

/** A model service to be made; what is undefined is not sent. */
export interface NewModelService {
  readonly gatewaySourceId: string;
  readonly name: string;
  readonly category: string;
  readonly protocol: Exclude<ModelServiceProtocol, 'OTHER'>;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly vendor: string;
  readonly inputCostPointsPerMillion?: Decimal | undefined;
  readonly outputCostPointsPerMillion?: Decimal | undefined;
  readonly requestCostPoints?: Decimal | undefined;
}

/** What of a model service is to change; what is undefined keeps its value. */
export interface ModelServiceChange {
  readonly name?: string | undefined;
  readonly category?: string | undefined;
  readonly protocol?: Exclude<ModelServiceProtocol, 'OTHER'> | undefined;
  readonly baseUrl?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly inputCostPointsPerMillion?: Decimal | undefined;
  readonly outputCostPointsPerMillion?: Decimal | undefined;
  readonly requestCostPoints?: Decimal | undefined;
}

/** A made model service, as far as the answer to its making tells. */
export interface CreatedModelService {
  readonly sourceId: string;
  readonly status: ModelServiceStatus;
  readonly rawStatus: string | undefined;
}
