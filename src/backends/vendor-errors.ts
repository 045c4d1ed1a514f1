import { ERROR_KINDS, type ErrorKind, GatewayError, type MissingPermission } from '../errors.ts';
import type { HttpAnswer } from '../transport/http.ts';
import { parseExactJson } from '../transport/json.ts';
import { redactVendorText } from '../transport/redact.ts';

/** What a refusing backend said of itself. */
export interface Refusal {
  /** For people, e.g. `PAI model registry`. */
  readonly title: string;
  readonly httpStatus: number;
  /** The status the rules go by, where an envelope names a worse one than HTTP did. */
  readonly statedStatus?: number | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly missingPermission?: MissingPermission | undefined;
  /** Codes of this backend that mean not found. */
  readonly notFoundCodes?: readonly string[];
  /** Values of the request that must not be echoed. */
  readonly secrets?: readonly string[] | undefined;
}

/** What of a refusal leads to a kind: one of the codes, or one of the statuses. */
export interface VendorRule {
  readonly kind: ErrorKind;
  /** `*` stands for any text; letter case and underscores do not count. */
  readonly codes?: readonly string[];
  /** `5xx` stands for any from 500 on. */
  readonly statuses?: readonly (number | '5xx')[];
}

/**
 * The vendor's codes and statuses, first match wins.
 *
 * Source: the vendor's common error tables and its pages for the three products; patterns such as `*NotFound*` are
 * documented as patterns, not for each product. Throttling is documented with status 400, an unknown access key with
 * 404: so codes come before statuses.
 */
const RULES: readonly VendorRule[] = [
  { kind: 'TIMEOUT', statuses: [408, 504] },
  { kind: 'RATE_LIMITED', codes: ['*Throttling*', '*FlowControl*', '*TooManyRequests*'], statuses: [429] },
  // A date that cannot be read is no matter of clocks.
  { kind: 'UNAUTHENTICATED', codes: ['InvalidTimeStamp.Format'] },
  { kind: 'CLOCK_SKEW', codes: ['InvalidTimeStamp*', 'IllegalTimestamp'] },
  {
    kind: 'UNAUTHENTICATED',
    codes: [
      'InvalidAccessKeyId*',
      'MissingAccessKeyId',
      'SignatureDoesNotMatch',
      'IncompleteSignature',
      'InvalidSignature*',
      '*SecurityToken*',
    ],
    statuses: [401],
  },
  { kind: 'NONCE_USED', codes: ['SignatureNonceUsed'] },
  { kind: 'NOT_FOUND', codes: ['Forbidden.InstanceNotFound'] },
  {
    // This gateway calls the backend wrongly: nothing the caller sent can mend it.
    kind: 'UNEXPECTED_REFUSAL',
    codes: [
      'InvalidApi.NotFound',
      'InvalidProduct.NotFound',
      'InvalidAction*',
      'NoSuchVersion',
      'UnsupportedHTTPMethod',
      'InvalidProtocol.NeedSsl',
    ],
  },
  {
    kind: 'FORBIDDEN',
    codes: [
      'NoPermission*',
      'Forbidden*',
      'Forbedden.NotSupportRAM',
      'ActionUnauthorized',
      'NotAuthorized',
      'B.Permission.DeniedException',
      '*Permission*',
      '*AccessDenied*',
      'InsufficientBalance',
    ],
  },
  { kind: 'NOT_FOUND', codes: ['*NotFound*', '*NotExist*', '*NoSuch*'] },
  {
    kind: 'CONFLICT',
    codes: [
      '*AlreadyExist*',
      '*Duplicate*',
      '*Conflict*',
      '*InUse*',
      '*DependencyViolation*',
      '*IncorrectStatus*',
      '*OperationDenied*',
      '*IdempotentParameterMismatch*',
      '*Quota*',
    ],
    statuses: [409],
  },
  {
    kind: 'INVALID_INPUT',
    codes: ['Missing*', 'Invalid*', 'Illegal*', 'Unsupported*'],
    statuses: [400, 413, 422],
  },
  { kind: 'UNAVAILABLE', codes: ['ServiceUnavailable'], statuses: [502, 503] },
  {
    kind: 'BACKEND_FAULT',
    codes: ['InternalError', 'Server.Internal.UnknownError'],
    statuses: ['5xx'],
  },
  { kind: 'FORBIDDEN', statuses: [403] },
  { kind: 'NOT_FOUND', statuses: [404] },
];

/** Where the not-found codes of a single backend belong: before the patterns, after the permissions. */
const OWN_CODES_BEFORE = RULES.findIndex((rule) => rule.codes?.includes('*NotFound*') === true);

const fold = (code: string) => code.replaceAll('_', '').toLowerCase();

function matchesPattern(pattern: string, code: string): boolean {
  const folded = fold(pattern);
  const text = folded.replaceAll('*', '');
  if (folded.startsWith('*')) return code.includes(text);
  return folded.endsWith('*') ? code.startsWith(text) : code === text;
}

/** The rules with the not-found codes of a single backend among them, first match wins. */
export function rulesWith(notFoundCodes: readonly string[]): readonly VendorRule[] {
  return RULES.toSpliced(OWN_CODES_BEFORE, 0, { kind: 'NOT_FOUND', codes: notFoundCodes });
}

/** The kind of a refusal. Pure; the order of the rules decides. */
export function classifyRefusal(
  code: string | undefined,
  status: number,
  notFoundCodes: readonly string[] = [],
): ErrorKind {
  const folded = code === undefined ? undefined : fold(code);
  const rule = rulesWith(notFoundCodes).find(
    ({ codes, statuses }) =>
      (folded !== undefined && codes?.some((pattern) => matchesPattern(pattern, folded))) === true ||
      statuses?.some((one) => (one === '5xx' ? status >= 500 : status === one)) === true,
  );
  return rule?.kind ?? 'UNEXPECTED_REFUSAL';
}

/** The error for an answer that refuses, in our words; the vendor's stand behind, redacted. */
export function refusalError(refusal: Refusal, kind = kindOf(refusal)): GatewayError {
  const quotesRequest = ERROR_KINDS[kind].code === 'UNAUTHENTICATED';
  return new GatewayError(kind, MESSAGES[kind](refusal.title), {
    upstreamCode: refusal.code,
    upstreamMessage:
      refusal.message === undefined || quotesRequest
        ? undefined
        : redactVendorText(refusal.message, refusal.secrets),
    requestId: refusal.requestId,
    httpStatus: refusal.httpStatus,
    missingPermission: kind === 'FORBIDDEN' ? tellablePermission(refusal) : undefined,
    retryAfterMs: ERROR_KINDS[kind].retryable ? refusal.retryAfterMs : undefined,
    mayHaveActed: mayHaveActed(kind, refusal.httpStatus),
    fieldErrors: kind === 'INVALID_INPUT' ? [{ path: [], message: MESSAGES[kind](refusal.title) }] : [],
  });
}

/** What a backend says of a permission goes to clients as it is, so none that repeats a value of the request does. */
function tellablePermission({ missingPermission, secrets = [] }: Refusal): MissingPermission | undefined {
  const repeats = secrets.some(
    (secret) => secret !== '' && missingPermission?.action.includes(secret) === true,
  );
  return repeats ? undefined : missingPermission;
}

function kindOf(refusal: Refusal): ErrorKind {
  return classifyRefusal(refusal.code, refusal.statedStatus ?? refusal.httpStatus, refusal.notFoundCodes);
}

function mayHaveActed(kind: ErrorKind, httpStatus: number): boolean {
  if (kind === 'RATE_LIMITED') return false;
  if (httpStatus === 408) return true;
  if (httpStatus >= 400 && httpStatus < 500) return false;
  // A success status with a refusal inside: only what maps to a failure of the backend leaves the outcome open.
  return httpStatus >= 300 || ERROR_KINDS[kind].code.startsWith('UPSTREAM_');
}

const MESSAGES: Readonly<Record<ErrorKind, (title: string) => string>> = {
  INVALID_INPUT: (title) => `The ${title} refused a value of the request.`,
  TOO_MANY_CALLS: (title) => `The ${title} would be called more often than was planned.`,
  UNAUTHENTICATED: (title) => `The ${title} did not accept the gateway's own cloud credentials.`,
  CLOCK_SKEW: (title) =>
    `The ${title} did not accept the date of the request: the clock of the gateway's machine is wrong.`,
  NONCE_USED: (title) => `The ${title} had seen this request's signature before.`,
  FORBIDDEN: (title) => `The gateway's cloud account may not do this in the ${title}.`,
  NOT_FOUND: (title) => `The ${title} does not have what was asked for.`,
  CONFLICT: (title) => `The state of the ${title} does not allow this.`,
  RATE_LIMITED: (title) => `The ${title} receives too many requests.`,
  HELD_BACK: (title) => `The ${title} receives as many requests as it bears.`,
  REQUEST_TIMEOUT: () => 'The time for this request is over.',
  TIMEOUT: (title) => `The ${title} did not answer in time.`,
  UNAVAILABLE: (title) => `The ${title} is not available.`,
  BREAKER_OPEN: (title) => `The ${title} fails, and is not asked for a while.`,
  TLS_FAILURE: (title) => `No secure connection to the ${title} could be made.`,
  UNREADABLE: (title) => `The ${title} gave an answer that cannot be read.`,
  BACKEND_FAULT: (title) => `The ${title} failed.`,
  UNEXPECTED_REFUSAL: (title) => `The ${title} refused the request in an unexpected way.`,
  OUTCOME_UNKNOWN: (title) => `Whether the ${title} carried an earlier create out is not known.`,
};

/** The error for an answer that cannot be read, or lacks what its operation must return. */
export function unreadable(title: string, answer: HttpAnswer, requestId?: string): GatewayError {
  return new GatewayError('UNREADABLE', MESSAGES.UNREADABLE(title), {
    requestId: requestId ?? headerText(answer, 'x-acs-request-id'),
    httpStatus: answer.status,
    mayHaveActed: true,
  });
}

/** Whether the status is 2xx. */
export function isSuccess(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The answer's body as JSON with exact integers; undefined where it is not JSON. */
export function jsonBody(answer: HttpAnswer): unknown {
  try {
    return parseExactJson(answer.body);
  } catch {
    return undefined;
  }
}

/** The facts that any envelope of the vendor can carry, in every documented spelling, XML included. */
export function refusalFacts(
  answer: HttpAnswer,
  body: unknown,
): Pick<Refusal, 'httpStatus' | 'code' | 'message' | 'requestId' | 'retryAfterMs' | 'missingPermission'> {
  return {
    httpStatus: answer.status,
    code: token(envelopeText(answer, body, 'Code', 'code', 'errCode')),
    message: envelopeText(answer, body, 'Message', 'message', 'errMessage'),
    requestId: requestIdOf(answer, body),
    retryAfterMs: retryAfterMs(answer),
    missingPermission: missingPermission(answer, body),
  };
}

/** The vendor's id of the request that was answered. */
export function requestIdOf(answer: HttpAnswer, body: unknown): string | undefined {
  return token(
    envelopeText(answer, body, 'RequestId', 'requestId') ?? headerText(answer, 'x-acs-request-id'),
  );
}

/** The first text there is under one of these names; in XML, where there is but one spelling, under the first. */
function envelopeText(answer: HttpAnswer, body: unknown, ...names: readonly string[]): string | undefined {
  return firstText(body, names) ?? xmlText(answer.body, names[0]);
}

/** Source: `AccessDeniedDetail` of the vendor's envelope, in either spelling. Whose access it was stays there. */
function missingPermission(answer: HttpAnswer, body: unknown): MissingPermission | undefined {
  const envelope = (body ?? {}) as Readonly<Record<string, unknown>>;
  const detail = envelope['AccessDeniedDetail'] ?? envelope['accessDeniedDetail'];
  const text = (name: string) =>
    firstText(detail, [name, name.charAt(0).toLowerCase() + name.slice(1)]) ?? xmlText(answer.body, name);
  const action = text('AuthAction');
  if (action === undefined || !/^[a-z][a-z0-9-]{1,31}:[A-Za-z][A-Za-z0-9]{1,63}$/.test(action))
    return undefined;
  return { action, isDenied: text('NoPermissionType') === 'ExplicitDeny' };
}

function firstText(body: unknown, names: readonly string[]): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = body as Readonly<Record<string, unknown>>;
  return names
    .map((name) => fields[name])
    .map((value) => (typeof value === 'number' ? String(value) : value))
    .find((value): value is string => typeof value === 'string' && value !== '' && value !== 'None');
}

/** Codes and request ids reach clients as they are, so only what looks like one passes. */
function token(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w.:*-]{1,128}$/.test(text) ? text : undefined;
}

/** Source: the vendor's XML envelope, `<Error><RequestId>…</RequestId><Code>…</Code>…</Error>`, flat and without attributes. */
function xmlText(body: string, name: string | undefined): string | undefined {
  if (name === undefined || !body.trimStart().startsWith('<?xml')) return undefined;
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(body)?.[1];
}

function headerText(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `x-acs-retry-after` is milliseconds, as the vendor's client reads it; `Retry-After` is seconds or a date. */
function retryAfterMs(answer: HttpAnswer): number | undefined {
  const own = wholeMs(Number(headerText(answer, 'x-acs-retry-after')));
  if (own !== undefined) return own;
  const standard = headerText(answer, 'retry-after');
  if (standard === undefined) return undefined;
  if (!Number.isNaN(Number(standard))) return wholeMs(Number(standard) * 1000);
  const now = Date.parse(headerText(answer, 'date') ?? '') || Date.now();
  return wholeMs(Math.max(0, Date.parse(standard) - now));
}

/** What GraphQL's Int can hold. */
const MAX_INT = 2 ** 31 - 1;

function wholeMs(ms: number): number | undefined {
  return ms >= 0 ? Math.min(Math.ceil(ms), MAX_INT) : undefined;
}
