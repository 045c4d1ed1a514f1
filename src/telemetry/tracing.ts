/*
 * What the gateway tells of its work to whoever traces it, which is loaded only where traces have somewhere to go.
 */

/** Makes the spans of requests. */
export interface Tracing {
  /** Begins a request's span, as a part of the trace that its headers name, if they do. */
  begin(headers: Headers, method: string, route: string): RequestSpan;
  /** Sends what has ended, for a short time, and stops. Never rejects. */
  close(): Promise<void>;
}

/** A request as a part of a trace. */
export interface RequestSpan {
  readonly traceId: string;
  /** Begins the span of a backend's operation. */
  call(source: string, operation: string): CallSpan;
  end(facts: RequestFacts): void;
}

/** What a trace tells of a request: no document, no variables, no address. */
export interface RequestFacts {
  readonly requestId: string;
  readonly status: number;
  /** Several where they came as a batch. */
  readonly operations: readonly OperationFacts[];
  readonly outcome: string;
  /** Those that the client was told of, each once. */
  readonly errorCodes: readonly string[];
}

/** What logs and traces tell of a GraphQL operation. */
export interface OperationFacts {
  /** Undefined where it was refused before that was known. */
  readonly operationType: string | undefined;
  readonly operationName: string | undefined;
  readonly documentHash: string | undefined;
  readonly outcome: string;
}

/** One operation of a backend as a part of a trace. */
export interface CallSpan {
  /** @param number from 1 */
  attempt(number: number, method: string): AttemptSpan;
  end(facts: CallFacts): void;
}

/** What a trace tells of an operation of a backend. */
export interface CallFacts {
  /** Whether the answer of an equal call served it. */
  readonly hasJoined: boolean;
  /** Things that the one call asked for by their ids. */
  readonly keys: number | undefined;
  /** Undefined where it succeeded. */
  readonly errorCode: string | undefined;
}

/** One HTTP request to a backend as a part of a trace. */
export interface AttemptSpan {
  /** By which the backend can tell what it is a part of. */
  readonly headers: Readonly<Record<string, string>>;
  end(httpStatus: number | undefined, errorCode: string | undefined): void;
}
