/** Watches one call of an operation, for logs, metrics and traces. */
export interface CallWitness {
  /** An equal call is under way, whose answer serves this one too: nothing is sent for it. */
  joined(): void;
  /** A request is about to be signed and sent; not the first time where the one before failed. */
  attempt(): AttemptWitness;
}

/** Watches one request of a call. */
export interface AttemptWitness {
  /** Headers to send along; none of those that are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * @param httpStatus undefined where no answer came
   * @param error undefined where it was answered as hoped; no GatewayError where all who waited have left
   */
  ended(httpStatus: number | undefined, error: unknown): void;
}
