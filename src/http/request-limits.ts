/** What one request may be. */
export interface RequestLimits {
  readonly maxBodyBytes: number;
  /** Operations in one batched request. */
  readonly maxBatchOperations: number;
  /** Of a document, comments aside. */
  readonly maxTokens: number;
  /** Levels of fields, introspection aside. */
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** That one operation may take. */
  readonly maxUpstreamCalls: number;
}

/** Where the operator sets nothing else. */
export const DEFAULT_LIMITS: RequestLimits = {
  maxBodyBytes: 1024 * 1024,
  maxBatchOperations: 10,
  maxTokens: 20_000,
  maxDepth: 15,
  maxAliases: 500,
  maxDirectives: 50,
  maxUpstreamCalls: 200,
};
