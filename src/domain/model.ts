import type { KeyShape } from './global-id.ts';
import type { Instant } from './instant.ts';
import type { JsonValue } from './json-value.ts';

/** Global ids of models: `Model:1`. */
export const MODEL_KEY = { typeName: 'Model', parts: ['digits'] } as const satisfies KeyShape;

/** A model of the Model Router. */
export interface Model {
  readonly type: 'Model';
  /** 1 to 19 digits. */
  readonly sourceId: string;
  readonly name: string;
  readonly description: string | undefined;
  /** Vendor symbol, e.g. alibaba. */
  readonly vendor: string | undefined;
  readonly category: string | undefined;
  /** What callers invoke, e.g. qwen-turbo. */
  readonly modelCode: string | undefined;
  readonly tags: readonly string[];
  readonly tagNames: readonly string[];
  readonly apiKeyPreview: string | undefined;
  readonly baseUrl: string | undefined;
  /** As the backend has it: 32K, 8192. */
  readonly maxInputLength: string | undefined;
  readonly maxOutputLength: string | undefined;
  readonly maxInputTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly isCustom: boolean | undefined;
  readonly isEnabled: boolean | undefined;
  readonly hasBillingRule: boolean | undefined;
  readonly inOut: string | undefined;
  readonly extensions: JsonValue | undefined;
  readonly version: number | undefined;
  readonly createdAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
}

/** The backend's own filters of its list. */
export interface ModelFilter {
  readonly keyword?: string | undefined;
  readonly category?: string | undefined;
}

/** What of a model is to change; what is undefined keeps its value. */
export interface ModelChange {
  readonly name?: string | undefined;
  readonly modelCode?: string | undefined;
  readonly description?: string | undefined;
  readonly vendor?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly category?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly maxInputLength?: string | undefined;
  readonly maxOutputLength?: string | undefined;
  /** Turns it on or off; which number does which is not documented. */
  readonly status?: number | undefined;
}

/** A model to be made; what is undefined is not sent. */
export interface NewModel extends Omit<ModelChange, 'status'> {
  readonly name: string;
  readonly modelCode: string;
  readonly inOut?: string | undefined;
  readonly extensions?: JsonValue | undefined;
}
