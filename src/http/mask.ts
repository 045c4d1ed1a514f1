import { GraphQLError, Kind } from 'graphql';
import { GatewayError } from '../errors.ts';
import { toGraphQLError } from '../schema/error-types.ts';
import type { Logger } from '../telemetry/log.ts';
import { redactVendorText } from '../transport/redact.ts';
import { Refusal } from './refuse.ts';

/**
 * Decides what a client sees of an error. A {@link GatewayError} and a {@link Refusal} are meant for it. A fault of the request keeps its
 * message, without what it quotes. Anything else is a bug of ours: logged with its stack, and told as no more than
 * that.
 */
export function createErrorMask(logger: Logger) {
  const withoutSecrets = (error: unknown): GraphQLError => {
    if (error instanceof GatewayError) return toGraphQLError(error);
    if (!(error instanceof GraphQLError)) return unexpected(logger, error);
    const original = rootOf(error);
    if (original instanceof GatewayError) return toGraphQLError(original, error);
    if (error.path !== undefined && isOfValue(original ?? error)) return argumentError(error);
    // graphql-js's own leaf errors have a path and quote what they could not serialise: they are bugs as well.
    if (original !== undefined || error.path !== undefined) {
      return unexpected(logger, original ?? error, error);
    }
    return requestError(error);
  };
  const maskError = (error: unknown) => (error instanceof Refusal ? error : withoutSecrets(error));
  return { maskError, errorMessage: 'Unexpected error.' };
}

function rootOf(error: GraphQLError): Error | undefined {
  const { originalError } = error;
  return originalError instanceof GraphQLError ? (rootOf(originalError) ?? originalError) : originalError;
}

/**
 * Whether it blames a value in the document. What validation cannot see fails only when its field runs: a null in a
 * variable that has a default, a number too long for JSON in one of another type. The message prints the whole argument.
 */
function isOfValue(error: Error): boolean {
  const node = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  return node !== undefined && node.kind !== Kind.FIELD;
}

function argumentError({ nodes, path }: GraphQLError): GraphQLError {
  return new GraphQLError('An argument of this field holds a variable whose value its type does not take.', {
    nodes: nodes ?? null,
    path: path ?? null,
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

/**
 * The end of a syntax error, where it quotes the document: what a client wrote there may be a secret. Quotes inside
 * are not escaped, so nothing behind the first is kept.
 */
const QUOTED_DOCUMENT = /(\b(?:Name|String|BlockString|Int|Float)| escape sequence):? ".*$/s;

function requestError(error: GraphQLError): GraphQLError {
  const { code, http } = error.extensions as { code?: unknown; http?: object };
  // Yoga's own word for a request that holds no operation at all: that is a 400 whatever the client accepts.
  const status = code === 'BAD_REQUEST' ? { ...http, spec: false } : http;
  return new GraphQLError(error.message.replace(QUOTED_DOCUMENT, '$1.'), {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code: 'BAD_USER_INPUT', http: status ?? { spec: true, status: 400 } },
  });
}

/** What an exception of the runtime or of graphql-js quotes is a value, and may be a secret: `"sk-…" is not valid JSON`. */
const QUOTED_VALUE = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'|`[^`]*`/gs;

/** Logs an error that nobody foresaw, without the values that it quotes. A client that leaves is none. */
export function logBug(logger: Logger, error: unknown, path?: GraphQLError['path']): void {
  if (error instanceof Error && error.name === 'AbortError') return;
  const { name, message, stack = '' } = error instanceof Error ? error : new Error('Not an Error.');
  // The stack begins with the message, of as many lines as it likes.
  const frames = stack
    .slice(Math.max(0, stack.indexOf(message)) + message.length)
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '));
  const said = redactVendorText(message.replaceAll(QUOTED_VALUE, '…'));
  logger.error({ name, message: said, path, stack: frames }, 'bug');
}

function unexpected(logger: Logger, error: unknown, at?: GraphQLError): GraphQLError {
  logBug(logger, error, at?.path);
  return new GraphQLError('Unexpected error.', {
    nodes: at?.nodes ?? null,
    path: at?.path ?? null,
    extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true },
  });
}
