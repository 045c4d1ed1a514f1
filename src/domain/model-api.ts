import type { KeyShape } from './global-id.ts';
import type { Instant } from './instant.ts';
import type { JsonValue } from './json-value.ts';
import type { ModelServiceProtocol } from './model-service.ts';

/** Global ids of model APIs: `ModelApi:cn-beijing/pg-x/mi-x`. */
export const MODEL_API_KEY = {
  typeName: 'ModelApi',
  parts: ['region', 'name', 'name'],
} as const satisfies KeyShape;

/** An address of a gateway that callers use, and the rules by which it finds a model service. */
export interface ModelApi {
  readonly type: 'ModelApi';
  readonly sourceId: string;
  readonly gatewaySourceId: string;
  readonly region: string;
  readonly name: string;
  readonly category: string | undefined;
  readonly protocol: ModelServiceProtocol;
  readonly rawProtocol: string | undefined;
  readonly pathPrefix: string | undefined;
  readonly status: string | undefined;
  readonly recordInput: string | undefined;
  readonly recordOutput: string | undefined;
  /** Parsed; the raw text where it is no JSON. */
  readonly routeRules: JsonValue | undefined;
  readonly createdAt: Instant | undefined;
}

/** A model API to be made; what is undefined is not sent. */
export interface NewModelApi {
  readonly gatewaySourceId: string;
  readonly name: string;
  readonly category: string;
  readonly protocol: Exclude<ModelServiceProtocol, 'OTHER'>;
  readonly pathPrefix: string;
  readonly routeRules: readonly JsonValue[];
  readonly forceModel?: string | undefined;
  readonly recordInput?: string | undefined;
  readonly recordOutput?: string | undefined;
}

/** What of a model API is to change; what is undefined keeps its value. */
export interface ModelApiChange {
  readonly category?: string | undefined;
  readonly protocol?: Exclude<ModelServiceProtocol, 'OTHER'> | undefined;
  readonly pathPrefix?: string | undefined;
  readonly routeRules?: readonly JsonValue[] | undefined;
  readonly recordInput?: string | undefined;
  readonly recordOutput?: string | undefined;
}

/** A made model API, as far as the answer to its making tells. */
export interface CreatedModelApi {
  readonly sourceId: string;
  readonly status: string | undefined;
  /** The address callers use. */
  readonly invokeEndpoint: string | undefined;
}
