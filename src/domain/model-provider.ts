import type { JsonValue } from './json-value.ts';

/** A vendor that the Model Router is set up for. */
export interface ModelProvider {
  readonly name: string;
  /** What models name it by, e.g. qwen. */
  readonly symbol: string;
  readonly baseUrl: string | undefined;
  readonly models: readonly ModelProviderModel[];
}

/** A model that a vendor offers. */
export interface ModelProviderModel {
  /** What callers invoke, e.g. qwen-turbo. */
  readonly identifier: string;
  readonly category: string | undefined;
  readonly inOut: string | undefined;
  /** As the backend has it: 32K, 8192. */
  readonly maxInputLength: string | undefined;
  readonly maxOutputLength: string | undefined;
  readonly maxInputTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly extensions: JsonValue | undefined;
}

/** A tag that models of the Model Router can bear. */
export interface ModelTag {
  /** What models are tagged with, e.g. TXT_GEN. */
  readonly code: string;
  /** For people. */
  readonly name: string;
}
