import { describe, expect, it } from 'vitest';
import { classifyRefusal, refusalError, refusalFacts } from '../../../src/backends/vendor-errors.ts';
import { ERROR_KINDS, type ErrorKind, GatewayError } from '../../../src/errors.ts';

/** Codes that mean the same whatever the status beside them: at least one for every pattern of the table. */
const CODES: Readonly<Partial<Record<ErrorKind, readonly string[]>>> = {
  RATE_LIMITED: [
    'Throttling',
    'Throttling.User',
    'Api.Throttling.Burst',
    'FlowControl',
    'Service.FlowControl.Qps',
    'TooManyRequests',
    'Error.TooManyRequests.X',
  ],
  UNAUTHENTICATED: [
    'InvalidAccessKeyId',
    'InvalidAccessKeyId.NotFound',
    'MissingAccessKeyId',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'InvalidSignature.Method',
    'InvalidSecurityToken.Expired',
    'MissingSecurityToken',
    'SecurityTokenExpired',
    'InvalidTimeStamp.Format',
  ],
  NONCE_USED: ['SignatureNonceUsed'],
  UNEXPECTED_REFUSAL: [
    'InvalidApi.NotFound',
    'InvalidProduct.NotFound',
    'InvalidAction',
    'InvalidAction.NotFound',
    'NoSuchVersion',
    'UnsupportedHTTPMethod',
    'InvalidProtocol.NeedSsl',
  ],
  FORBIDDEN: [
    'NoPermission',
    'NoPermission.Ram',
    'Forbidden',
    'Forbidden.RAM',
    'Forbedden.NotSupportRAM',
    'ActionUnauthorized',
    'NotAuthorized',
    'B.Permission.DeniedException',
    'Invalid.Permission.Missing',
    'User.AccessDenied.Policy',
    'InsufficientBalance',
  ],
  NOT_FOUND: [
    'Forbidden.InstanceNotFound',
    'ModelNotFound',
    'InvalidModel.NotFound.Id',
    'ModelNotExist',
    'Invalid.NotExist.Id',
    'NoSuchModel',
    'Invalid.NoSuch.Id',
  ],
  CONFLICT: [
    'ModelNameAlreadyExists',
    'VersionDuplicate',
    'Name.Duplicate.Model',
    'Conflict',
    'InvalidState.Conflict.Model',
    'Model.InUse',
    'InvalidModel.InUse.Now',
    'DependencyViolation',
    'Invalid.DependencyViolation.Model',
    'IncorrectStatus',
    'Invalid.IncorrectStatus.Model',
    'OperationDenied',
    'Invalid.OperationDenied.Model',
    'IdempotentParameterMismatch',
    'Invalid.IdempotentParameterMismatch.Token',
    'QuotaExceeded',
    'Invalid.Quota.Models',
  ],
  INVALID_INPUT: [
    'MissingParameter',
    'InvalidParameter',
    'IllegalParameter',
    'UnsupportedParameter',
    // Neither says what the codes above say that they look like.
    'InvalidApi',
    'MissingAccessKeyIdHeader',
  ],
  UNAVAILABLE: ['ServiceUnavailable'],
  BACKEND_FAULT: ['InternalError', 'Server.Internal.UnknownError'],
};

const SAYINGS = Object.entries(CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const));

describe('the kind of a refusal', () => {
  it.each(SAYINGS)('%s is %s, beside any status but 408 and 504', (code, kind) => {
    // 403 and 404 come last of all, 200 says nothing.
    for (const status of [200, 403, 404]) expect(classifyRefusal(code, status)).toBe(kind);
    for (const status of [408, 504]) expect(classifyRefusal(code, status)).toBe('TIMEOUT');
  });

  it.each(['THROTTLING_USER', 'throttling.user', 'flow_control', 'Too_Many_Requests'])(
    '%s is RATE_LIMITED: letter case and underscores do not count',
    (code) => {
      expect(classifyRefusal(code, 400)).toBe('RATE_LIMITED');
    },
  );

  it.each([
    'SignatureNonceUsedTwice',
    'MySignatureNonceUsed',
    'NotMissing',
    'VeryInvalid',
    'InternalErrors',
    'AnInternalError',
    'ServiceUnavailable.Soon',
    'NotAuthorized2',
    '',
    '*',
    'UNKNOWN_ERROR',
  ])('%j says nothing: a pattern without a star in front or behind is bound there', (code) => {
    expect(classifyRefusal(code, 200)).toBe('UNEXPECTED_REFUSAL');
    expect(classifyRefusal(code, 404)).toBe('NOT_FOUND');
  });

  it.each<[number, ErrorKind]>([
    [200, 'UNEXPECTED_REFUSAL'],
    [302, 'UNEXPECTED_REFUSAL'],
    [400, 'INVALID_INPUT'],
    [401, 'UNAUTHENTICATED'],
    [402, 'UNEXPECTED_REFUSAL'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [405, 'UNEXPECTED_REFUSAL'],
    [408, 'TIMEOUT'],
    [409, 'CONFLICT'],
    [413, 'INVALID_INPUT'],
    [422, 'INVALID_INPUT'],
    [429, 'RATE_LIMITED'],
    [499, 'UNEXPECTED_REFUSAL'],
    [500, 'BACKEND_FAULT'],
    [501, 'BACKEND_FAULT'],
    [502, 'UNAVAILABLE'],
    [503, 'UNAVAILABLE'],
    [504, 'TIMEOUT'],
    [599, 'BACKEND_FAULT'],
  ])('%i without a code is %s', (status, kind) => {
    expect(classifyRefusal(undefined, status)).toBe(kind);
  });

  it.each<[string, number, ErrorKind]>([
    ['SignatureNonceUsed', 401, 'UNAUTHENTICATED'],
    ['ModelNotFound', 429, 'RATE_LIMITED'],
    ['InvalidParameter', 409, 'CONFLICT'],
    ['InternalError', 400, 'INVALID_INPUT'],
    ['InternalError', 503, 'UNAVAILABLE'],
    ['ModelNotFound', 500, 'NOT_FOUND'],
  ])('%s beside %i is %s: the first rule that fits decides', (code, status, kind) => {
    expect(classifyRefusal(code, status)).toBe(kind);
  });

  it('codes of one backend that mean not found stand behind the permissions and before the patterns', () => {
    const own = ['100400008', 'QuotaGone', 'NoPermissionAtAll', 'InvalidAction.Own'];
    const kinds = own.map((code) => classifyRefusal(code, 400, own));
    expect(kinds).toEqual(['NOT_FOUND', 'NOT_FOUND', 'FORBIDDEN', 'UNEXPECTED_REFUSAL']);
    expect(classifyRefusal('100400008', 400)).toBe('INVALID_INPUT');
  });
});

describe('what follows from a kind', () => {
  it.each<[ErrorKind, string, boolean, 0 | 1 | 2, boolean]>([
    ['INVALID_INPUT', 'BAD_USER_INPUT', false, 0, false],
    ['UNAUTHENTICATED', 'UNAUTHENTICATED', false, 0, false],
    ['CLOCK_SKEW', 'UNAUTHENTICATED', false, 0, false],
    ['NONCE_USED', 'UNAUTHENTICATED', true, 1, false],
    ['FORBIDDEN', 'FORBIDDEN', false, 0, false],
    ['NOT_FOUND', 'NOT_FOUND', false, 0, false],
    ['CONFLICT', 'CONFLICT', false, 0, false],
    ['RATE_LIMITED', 'RATE_LIMITED', true, 2, false],
    ['HELD_BACK', 'RATE_LIMITED', true, 0, false],
    ['REQUEST_TIMEOUT', 'UPSTREAM_TIMEOUT', true, 0, false],
    ['TIMEOUT', 'UPSTREAM_TIMEOUT', true, 2, true],
    ['UNAVAILABLE', 'UPSTREAM_UNAVAILABLE', true, 2, true],
    ['BREAKER_OPEN', 'UPSTREAM_UNAVAILABLE', true, 0, false],
    ['TLS_FAILURE', 'UPSTREAM_UNAVAILABLE', false, 0, true],
    ['UNREADABLE', 'UPSTREAM_ERROR', true, 1, true],
    ['BACKEND_FAULT', 'UPSTREAM_ERROR', true, 1, true],
    ['UNEXPECTED_REFUSAL', 'UPSTREAM_ERROR', false, 0, false],
  ])(
    '%s is %s to a client; retryable: %s, reads sent again: %s times, counts against the backend: %s',
    (kind, code, retryable, retries, tripsBreaker) => {
      expect(ERROR_KINDS[kind]).toEqual({ code, retryable, retries, tripsBreaker });
    },
  );

  it.each<[number, ErrorKind, boolean]>([
    [200, 'RATE_LIMITED', false],
    [503, 'RATE_LIMITED', false],
    [200, 'NOT_FOUND', false],
    [299, 'NOT_FOUND', false],
    [200, 'BACKEND_FAULT', true],
    [200, 'TIMEOUT', true],
    [300, 'NOT_FOUND', true],
    [302, 'UNEXPECTED_REFUSAL', true],
    [399, 'NOT_FOUND', true],
    [400, 'BACKEND_FAULT', false],
    [407, 'UNEXPECTED_REFUSAL', false],
    [408, 'TIMEOUT', true],
    [409, 'UNEXPECTED_REFUSAL', false],
    [499, 'BACKEND_FAULT', false],
    [500, 'NOT_FOUND', true],
    [503, 'UNAVAILABLE', true],
  ])('a refusal with status %i and of kind %s may have acted: %s', (httpStatus, kind, mayHaveActed) => {
    const refusal = {
      title: 'backend',
      httpStatus,
      code: undefined,
      message: undefined,
      requestId: undefined,
    };
    expect(refusalError(refusal, kind).mayHaveActed).toBe(mayHaveActed);
  });
});

describe('the permission that is missing', () => {
  const forbidden = (body: unknown, secrets: readonly string[] = [], code = 'NoPermission') => {
    const answer = { status: 403, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) };
    const facts = refusalFacts(answer, typeof body === 'string' ? undefined : body);
    return refusalError({ ...facts, code, title: 'backend', secrets }).missingPermission;
  };
  const action = 'polardb:DescribeGatewayList';

  it.each([
    ['PascalCase', { AccessDeniedDetail: { AuthAction: action } }],
    ['camelCase', { accessDeniedDetail: { authAction: action, noPermissionType: 'ImplicitDeny' } }],
    [
      'XML',
      `<?xml version="1.0"?><Error><AccessDeniedDetail><AuthAction>${action}</AuthAction></AccessDeniedDetail></Error>`,
    ],
  ])('is read of %s', (_form, body) => {
    expect(forbidden(body)).toEqual({ action, isDenied: false });
  });

  it('may be one that a policy denies outright', () => {
    const detail = { AuthAction: action, NoPermissionType: 'ExplicitDeny' };
    expect(forbidden({ AccessDeniedDetail: detail })).toEqual({ action, isDenied: true });
  });

  it.each([
    ['an empty body', ''],
    ['null', null],
    ['a list', []],
    ['no detail', { Code: 'NoPermission' }],
    ['a detail of null', { AccessDeniedDetail: null }],
    ['a detail of text', { AccessDeniedDetail: action }],
    ['a number', { AccessDeniedDetail: { AuthAction: 5 } }],
    ['a sentence', { AccessDeniedDetail: { AuthAction: 'you may not: go away' } }],
    ['a URL', { AccessDeniedDetail: { AuthAction: 'https://host/path' } }],
    ['a resource', { AccessDeniedDetail: { AuthAction: 'acs:ram::1557702098194904:user/x' } }],
    ['more than a name', { AccessDeniedDetail: { AuthAction: `polardb:${'x'.repeat(65)}` } }],
  ])('is not made up of %s', (_case, body) => {
    expect(forbidden(body)).toBeUndefined();
  });

  it('is not told where it repeats a secret of the request', () => {
    const body = { AccessDeniedDetail: { AuthAction: 'polardb:Pl4nted' } };
    expect(forbidden(body, ['', 'other'])).toEqual({ action: 'polardb:Pl4nted', isDenied: false });
    expect(forbidden(body, ['Pl4nted'])).toBeUndefined();
  });

  it('belongs to FORBIDDEN alone', () => {
    expect(forbidden({ AccessDeniedDetail: { AuthAction: action } }, [], 'Throttling')).toBeUndefined();
  });

  it('stays with the error when more becomes known of it', () => {
    const missingPermission = { action, isDenied: false };
    const error = new GatewayError('FORBIDDEN', 'No.', { missingPermission });
    expect(error.with({ source: 'PAI' })).toMatchObject({ missingPermission, source: 'PAI' });
  });
});
