/** Where a load goes. */
export interface LoadTarget {
  readonly port: number;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
}

/** What the load generator is told to do. */
export type LoadJob =
  /** As many requests as the target answers, over a fixed number of connections, one at a time on each. */
  | {
      readonly kind: 'load';
      readonly target: LoadTarget;
      /** Sent in turn. */
      readonly bodies: readonly string[];
      readonly connections: number;
      readonly warmUpMs: number;
      /** How long it measures; until `requests` are answered where it is left out. */
      readonly durationMs?: number;
      /** As many requests and no more. */
      readonly requests?: number;
      /** Whose processor time is measured. */
      readonly pid: number;
    }
  /** One request at a time, to the one and the other target in turn. */
  | {
      readonly kind: 'pairs';
      readonly targets: readonly [LoadTarget, LoadTarget];
      /** Of the two, in turn; a path may stand for the body. */
      readonly requests: readonly (readonly [RequestText, RequestText])[];
      readonly warmUp: number;
    };

/** What differs from one request of a target to the next. */
export interface RequestText {
  readonly path: string;
  readonly body: string;
}

/** What a load came to. */
export interface LoadResult {
  readonly kind: 'load';
  /** In the measured time. */
  readonly answers: number;
  /** With the warm-up and what was still under way at the end: as many as were sent. */
  readonly answersInAll: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the target in the measured time. */
  readonly targetMs: number;
  /** Share of the time that the load generator itself was busy: near 1 it is what limits the target. */
  readonly ownShare: number;
  readonly failures: number;
  /** The first failure, for people. */
  readonly firstFailure: string | undefined;
}

/** Milliseconds of each request, pair by pair. */
export interface PairsResult {
  readonly kind: 'pairs';
  readonly pairsMs: readonly (readonly [number, number])[];
}
