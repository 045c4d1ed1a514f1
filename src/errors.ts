/** The one error vocabulary of the gateway, as clients see it in `errors[].extensions.code`. */
export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_ERROR',
] as const;

/** Codes beyond the vocabulary that stand in `errors[]` only: a bug of ours, and the word that clients' libraries look for. */
export const REQUEST_CODES = ['INTERNAL_SERVER_ERROR', 'PERSISTED_QUERY_NOT_FOUND'] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

interface KindFacts {
  /** What a client sees. */
  readonly code: ErrorCode;
  /** Whether a read that failed so may be repeated as it is. */
  readonly retryable: boolean;
  /** Times that a read is sent again after it. */
  readonly retries: 0 | 1 | 2;
  /** Whether it counts against the backend: broken connections, timeouts, unreadable answers and 5xx do. */
  readonly tripsBreaker: boolean;
}

/** Everything that can go wrong, and what follows from it. A new kind is a compile error wherever it matters. */
export const ERROR_KINDS = {
  /** The caller's input, refused here before anything was sent, or by a backend. */
  INVALID_INPUT: { code: 'BAD_USER_INPUT', retryable: false, retries: 0, tripsBreaker: false },
  /** Not sent: the field has made all the calls that were planned for it. */
  TOO_MANY_CALLS: { code: 'BAD_USER_INPUT', retryable: false, retries: 0, tripsBreaker: false },
  /** The gateway's own cloud credentials were refused. */
  UNAUTHENTICATED: { code: 'UNAUTHENTICATED', retryable: false, retries: 0, tripsBreaker: false },
  /** The signature's date is too far from the backend's clock. */
  CLOCK_SKEW: { code: 'UNAUTHENTICATED', retryable: false, retries: 0, tripsBreaker: false },
  /** A nonce seen before: the same call signed anew succeeds. */
  NONCE_USED: { code: 'UNAUTHENTICATED', retryable: true, retries: 1, tripsBreaker: false },
  /** The gateway's cloud account, or the caller, may not do this; the message says whose access is missing. */
  FORBIDDEN: { code: 'FORBIDDEN', retryable: false, retries: 0, tripsBreaker: false },
  NOT_FOUND: { code: 'NOT_FOUND', retryable: false, retries: 0, tripsBreaker: false },
  CONFLICT: { code: 'CONFLICT', retryable: false, retries: 0, tripsBreaker: false },
  RATE_LIMITED: { code: 'RATE_LIMITED', retryable: true, retries: 2, tripsBreaker: false },
  /** Not sent: the backend is asked no faster than it bears, and too many calls wait already. */
  HELD_BACK: { code: 'RATE_LIMITED', retryable: true, retries: 0, tripsBreaker: false },
  /** The time for the whole request is over, and says nothing of the backend: the caller may have asked for little. */
  REQUEST_TIMEOUT: { code: 'UPSTREAM_TIMEOUT', retryable: true, retries: 0, tripsBreaker: false },
  TIMEOUT: { code: 'UPSTREAM_TIMEOUT', retryable: true, retries: 2, tripsBreaker: true },
  /** Refused, reset or unresolvable connections, and answers that say the service is down. */
  UNAVAILABLE: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retries: 2, tripsBreaker: true },
  /** Not sent: the backend failed too often, and is left alone for a while. */
  BREAKER_OPEN: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retries: 0, tripsBreaker: false },
  /** A certificate does not mend itself between two attempts. */
  TLS_FAILURE: { code: 'UPSTREAM_UNAVAILABLE', retryable: false, retries: 0, tripsBreaker: true },
  /** Cut, endless, too large, not JSON, or without what the operation must return. */
  UNREADABLE: { code: 'UPSTREAM_ERROR', retryable: true, retries: 1, tripsBreaker: true },
  /** The backend's own 5xx. */
  BACKEND_FAULT: { code: 'UPSTREAM_ERROR', retryable: true, retries: 1, tripsBreaker: true },
  /** A refusal that no rule knows, or one that says this gateway calls the backend wrongly. */
  UNEXPECTED_REFUSAL: { code: 'UPSTREAM_ERROR', retryable: false, retries: 0, tripsBreaker: false },
  /** An earlier create of the same idempotencyKey may or may not have been carried out; nothing was sent but reads. */
  OUTCOME_UNKNOWN: { code: 'UPSTREAM_ERROR', retryable: true, retries: 0, tripsBreaker: false },
} as const satisfies Record<string, KindFacts>;

/** Kinds that are decided here, and say nothing new of a backend. */
const DECIDED_HERE: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'TOO_MANY_CALLS',
  'HELD_BACK',
  'REQUEST_TIMEOUT',
  'BREAKER_OPEN',
]);

/** A kind of failure; see {@link ERROR_KINDS}. */
export type ErrorKind = keyof typeof ERROR_KINDS;

/** One faulty field of an input. `path` starts below `input`; it is empty where no one field is to blame. */
export interface FieldError {
  readonly path: readonly string[];
  readonly message: string;
}

/** What the gateway's cloud account was found without. */
export interface MissingPermission {
  /** The RAM action, e.g. `polardb:DescribeGatewayList`. */
  readonly action: string;
  /** Whether a policy denies it outright: then one more that allows it changes nothing. */
  readonly isDenied: boolean;
}

/** What is known of a failure besides its kind. Every text in it must be free of secrets. */
export interface ErrorDetails {
  /** The backend it came from, as in the registry, e.g. `PAI`. */
  readonly source?: string | undefined;
  /** The backend's own code, e.g. `Throttling.User`. */
  readonly upstreamCode?: string | undefined;
  /** The backend's own words, already redacted. */
  readonly upstreamMessage?: string | undefined;
  /** The backend's request id. */
  readonly requestId?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Where a backend refused for want of a permission and named it. */
  readonly missingPermission?: MissingPermission | undefined;
  /** Whether the backend may have carried the operation out before it failed. */
  readonly mayHaveActed?: boolean | undefined;
  /** Whether the same write may be sent to this gateway again, which then does no more than to find out. */
  readonly isRepeatable?: boolean | undefined;
  readonly fieldErrors?: readonly FieldError[] | undefined;
  /** Upstream operations that had succeeded before this failure, in order. */
  readonly completedSteps?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/**
 * The only error this gateway throws on purpose. Constructed by the transport (status, network, deadline), by an
 * adapter (envelope, vendor code, unreadable answer), by the schema (bad input), for a scope that the caller lacks and
 * for calls beyond the plan. Anything else thrown is a bug.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly kind: ErrorKind;
  readonly source: string | undefined;
  readonly upstreamCode: string | undefined;
  readonly upstreamMessage: string | undefined;
  readonly requestId: string | undefined;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly missingPermission: MissingPermission | undefined;
  readonly mayHaveActed: boolean;
  readonly isRepeatable: boolean;
  readonly fieldErrors: readonly FieldError[];
  readonly completedSteps: readonly string[];

  /** `message` is ours, in English, and names no host, path, query, key or header. */
  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.source = details.source;
    this.upstreamCode = details.upstreamCode;
    this.upstreamMessage = details.upstreamMessage;
    this.requestId = details.requestId;
    this.httpStatus = details.httpStatus;
    this.retryAfterMs = details.retryAfterMs;
    this.missingPermission = details.missingPermission;
    this.mayHaveActed = details.mayHaveActed ?? false;
    this.isRepeatable = details.isRepeatable ?? false;
    this.fieldErrors = details.fieldErrors ?? [];
    this.completedSteps = details.completedSteps ?? [];
  }

  /** The same failure with more known of it. */
  with(details: ErrorDetails): GatewayError {
    const known = { ...this.facts, ...details };
    return new GatewayError(this.kind, this.message, known);
  }

  /** All that is known of it besides its kind and its message. */
  get facts(): ErrorDetails {
    const { source, upstreamCode, upstreamMessage, requestId, httpStatus } = this;
    const { retryAfterMs, missingPermission, mayHaveActed, isRepeatable } = this;
    const { fieldErrors, completedSteps, cause } = this;
    return {
      ...{ source, upstreamCode, upstreamMessage, requestId, httpStatus },
      ...{ retryAfterMs, missingPermission, mayHaveActed, isRepeatable, fieldErrors, completedSteps, cause },
    };
  }

  /** The code a client sees. */
  get code(): ErrorCode {
    return ERROR_KINDS[this.kind].code;
  }

  /** Whether the gateway itself gave up or did not ask: it says nothing of how the backend is. */
  get isDecidedHere(): boolean {
    return DECIDED_HERE.has(this.kind);
  }

  /** Whether a read that failed so may be repeated as it is. */
  get retryable(): boolean {
    return ERROR_KINDS[this.kind].retryable;
  }
}

/** Whether `error` is a {@link GatewayError} that says the thing asked for does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof GatewayError && error.kind === 'NOT_FOUND';
}

/** The error for one faulty argument or field, named by its path. */
export function invalidInput(message: string, path: readonly string[] = []): GatewayError {
  return new GatewayError('INVALID_INPUT', message, { fieldErrors: [{ path, message }] });
}
