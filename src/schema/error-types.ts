import { GraphQLError } from 'graphql';
import { builder, type ObjectTypeRef } from '../builder.ts';
import type { Context } from '../context.ts';
import { ERROR_CODES, type ErrorCode, GatewayError } from '../errors.ts';
import { catalogSource } from './source.ts';

/** What each code means, for clients. */
export const CODE_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  BAD_USER_INPUT: 'An argument or a field of the input cannot be used; the message names it.',
  UNAUTHENTICATED:
    "A backend refused the gateway's own cloud credentials; without a source and with HTTP 401, the caller's key or token is missing or not accepted, and nothing ran. At the end of a subscription, that key or token has expired.",
  FORBIDDEN:
    "The gateway's cloud account lacks the permission, or the caller lacks the scope; the message says which.",
  NOT_FOUND: 'What was asked for does not exist.',
  CONFLICT:
    'The state of the backend does not allow it: it exists already, is in use, or a quota is reached. Or an idempotencyKey came with another input before.',
  RATE_LIMITED:
    'A backend receives too many requests, or with HTTP 429 the gateway from this caller; try again after retryAfterMs. Of a subscription: too many are open, or its events were read too slowly.',
  UPSTREAM_TIMEOUT: 'A backend did not answer in time.',
  UPSTREAM_UNAVAILABLE:
    'A backend could not be reached, or says that it is down. Of a subscription: this process is about to end, and another one takes it.',
  UPSTREAM_ERROR: 'A backend failed, or gave an answer that cannot be read.',
};

/** The error vocabulary as an enum. */
const errorCode = builder.enumType('GatewayErrorCode', {
  description:
    'The one error vocabulary, whatever backend an error came from. In errors[].extensions.code and in GatewayError.code.',
  values: Object.fromEntries(
    ERROR_CODES.map((code) => [code, { description: CODE_MEANINGS[code] }]),
  ) as Record<ErrorCode, { description: string }>,
});

/** A failure as data: GraphQL would take the error itself for one of the field. */
export interface SourceError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
}

/** What data tells of a failure. */
export function toSourceError(error: GatewayError): SourceError {
  const { code, message, requestId, retryable } = error;
  return { code, message, requestId, retryable };
}

/** How a backend failed, as a part of data. */
export const sourceError = builder.objectRef<SourceError>('SourceError').implement({
  description: 'How a backend failed.',
  fields: (t) => ({
    code: t.field({
      type: errorCode,
      nullable: false,
      description: 'What kind of failure it was.',
      resolve: (error) => error.code,
    }),
    message: t.exposeString('message', { nullable: false, description: 'In English, for developers.' }),
    requestId: t.exposeString('requestId', { description: "The backend's request id." }),
    retryable: t.exposeBoolean('retryable', {
      nullable: false,
      description: 'Whether the same read may be tried again.',
    }),
  }),
});

/** A failed mutation as a member of its result. */
export interface ErrorMember {
  readonly type: string;
  readonly error: GatewayError;
}

const errorInterface = builder.interfaceRef<ErrorMember>('GatewayError').implement({
  description: 'Why a mutation did not succeed.',
  resolveType: ({ type }) => type,
  fields: (t) => ({
    message: t.string({
      nullable: false,
      description: 'In English, for developers.',
      resolve: ({ error }) => error.message,
    }),
    code: t.field({
      type: errorCode,
      nullable: false,
      description: 'What kind of failure it is.',
      resolve: ({ error }) => error.code,
    }),
    source: t.field({
      type: catalogSource,
      description: 'The backend that failed or refused; null where none was asked.',
      resolve: ({ error }) => error.source,
    }),
    requestId: t.string({
      description: "The backend's request id, to quote to its support.",
      resolve: ({ error }) => error.requestId,
    }),
    retryable: t.boolean({
      nullable: false,
      description: 'Whether the same request may be sent again as it is, without doing more than once.',
      resolve: ({ error }) => isRetryable(error),
    }),
    upstreamCode: t.string({
      description: "The backend's own code, e.g. Throttling.User.",
      resolve: ({ error }) => error.upstreamCode,
    }),
    upstreamMessage: t.string({
      description: "The backend's own words, with keys, hosts, URLs and account ids taken out.",
      resolve: ({ error }) => error.upstreamMessage,
    }),
  }),
});

const fieldError = builder
  .objectRef<{ readonly path: readonly string[]; readonly message: string }>('GatewayFieldError')
  .implement({
    description: 'One faulty field of an input.',
    fields: (t) => ({
      path: t.field({
        type: ['String'],
        nullable: false,
        description: 'Path below input, e.g. ["labels", "0", "key"]; empty where no one field is to blame.',
        resolve: ({ path }) => [...path],
      }),
      message: t.exposeString('message', { nullable: false, description: 'What is wrong with it.' }),
    }),
  });

function errorMember(name: string, description: string) {
  return builder.objectRef<ErrorMember>(name).implement({ description, interfaces: [errorInterface] });
}

const members = [
  builder.objectRef<ErrorMember>('GatewayInvalidInputError').implement({
    description: 'The input cannot be used. Nothing was done.',
    interfaces: [errorInterface],
    fields: (t) => ({
      fieldErrors: t.field({
        type: [fieldError],
        nullable: false,
        description: 'Every fault of the input.',
        resolve: ({ error }) => [...error.fieldErrors],
      }),
    }),
  }),
  builder.objectRef<ErrorMember>('GatewayForbiddenError').implement({
    description:
      "The gateway's cloud account or the caller may not do this; the message says whose access is missing. Nothing was done.",
    interfaces: [errorInterface],
    fields: (t) => ({
      missingPermission: t.string({
        description:
          'The permission that the cloud account lacks, by its RAM action name, e.g. polardb:CreateModelService; null where the backend does not name it, or the caller is the one who may not.',
        resolve: ({ error }) => error.missingPermission?.action,
      }),
    }),
  }),
  errorMember('GatewayNotFoundError', 'What was to be changed does not exist.'),
  errorMember(
    'GatewayConflictError',
    'The state of the backend does not allow it: it exists already, is in use, or a quota is reached. Or the idempotencyKey came with another input before: then source is null.',
  ),
  builder.objectRef<ErrorMember>('GatewayRateLimitedError').implement({
    description: 'The backend receives too many requests. Nothing was done.',
    interfaces: [errorInterface],
    fields: (t) => ({
      retryAfterMs: t.int({
        description: 'Milliseconds to wait before the next try, where the backend tells.',
        resolve: ({ error }) => error.retryAfterMs,
      }),
    }),
  }),
  builder.objectRef<ErrorMember>('GatewayUpstreamError').implement({
    description:
      "Timeouts, refused connections, broken or unreadable answers, the backend's own 5xx, refused credentials of the gateway, and any failure of a mutation that had done a part of its work, or may have.",
    interfaces: [errorInterface],
    fields: (t) => ({
      outcomeUnknown: t.boolean({
        nullable: false,
        description: 'True where the backend may have carried the mutation out before it failed.',
        resolve: ({ error }) => error.mayHaveActed,
      }),
      completedSteps: t.field({
        type: ['String'],
        nullable: false,
        description: 'Upstream operations of this mutation that had succeeded before the one that failed.',
        resolve: ({ error }) => [...error.completedSteps],
      }),
    }),
  }),
];

const MEMBER_BY_CODE: Partial<Record<ErrorCode, string>> = {
  BAD_USER_INPUT: 'GatewayInvalidInputError',
  FORBIDDEN: 'GatewayForbiddenError',
  NOT_FOUND: 'GatewayNotFoundError',
  CONFLICT: 'GatewayConflictError',
  RATE_LIMITED: 'GatewayRateLimitedError',
};

/** Declares `<Name>Result`: a success type or any error. */
export function resultType<Success extends { readonly type: string }>(
  name: string,
  success: ObjectTypeRef<Success>,
) {
  return builder.unionType(`${name}Result`, {
    description: `${name}Success, or why it did not succeed.`,
    types: [success, ...members],
    resolveType(member: Success | ErrorMember, { record }: Context) {
      // Every failed mutation passes here, once.
      if ('error' in member) record.told(member.error.code, 'root field');
      return member.type;
    },
  });
}

/** Runs a mutation: a {@link GatewayError} becomes a member of its result, anything else is a bug and stays thrown. */
export async function asResult<Success>(run: () => Promise<Success>): Promise<Success | ErrorMember> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { type: memberOf(error), error };
  }
}

/** Most members say that nothing was done; only one says what was, or that it may have been. */
function memberOf({ code, completedSteps, mayHaveActed }: GatewayError): string {
  const isNothingDone = completedSteps.length === 0 && !mayHaveActed;
  return (isNothingDone ? MEMBER_BY_CODE[code] : undefined) ?? 'GatewayUpstreamError';
}

/** A failed write that the backend may have carried out is safe to send again only where that is known to do no more. */
function isRetryable(error: GatewayError): boolean {
  return error.isRepeatable || (error.retryable && !error.mayHaveActed);
}

/** What a client sees of a {@link GatewayError}: the only place where one becomes an entry of `errors[]`. */
export function toGraphQLError(error: GatewayError, at?: GraphQLError): GraphQLError {
  const { code, source, upstreamCode, upstreamMessage, requestId, httpStatus, retryAfterMs } = error;
  const missingPermission = error.missingPermission?.action;
  const known = Object.entries({
    code,
    source,
    upstreamCode,
    upstreamMessage,
    requestId,
    httpStatus,
    retryable: isRetryable(error),
    retryAfterMs,
    missingPermission,
  }).filter(([, value]) => value !== undefined);
  return new GraphQLError(error.message, {
    nodes: at?.nodes ?? null,
    source: at?.source ?? null,
    positions: at?.positions ?? null,
    path: at?.path ?? null,
    extensions: Object.fromEntries(known),
  });
}
