import { GraphQLError } from 'graphql';
import { GatewayError } from '../errors.ts';
import { toGraphQLError } from '../schema/error-types.ts';
import type { Logger } from '../telemetry/log.ts';
import { redactVendorText } from '../transport/redact.ts';

/**
 * Decides what a client sees of an error. A {@link GatewayError} is meant for it. A fault of the request keeps its
 * message, without what it quotes. Anything else is a bug of ours: logged with its stack, and told as no more than
 * that.
 */
export function createErrorMask(logger: Logger) {
  const maskError = (error: unknown): GraphQLError => {
    if (error instanceof GatewayError) return toGraphQLError(error);
    if (!(error instanceof GraphQLError)) return unexpected(logger, error);
    const original = rootOf(error);
    if (original instanceof GatewayError) return toGraphQLError(original, error);
    // graphql-js's own leaf errors have a path and quote what they could not serialise: they are bugs as well.
    if (original !== undefined || error.path !== undefined) {
      return unexpected(logger, original ?? error, error);
    }
    return requestError(error);
  };
  return { maskError, errorMessage: 'Unexpected error.' };
}

function rootOf(error: GraphQLError): Error | undefined {
  const { originalError } = error;
  return originalError instanceof GraphQLError ? (rootOf(originalError) ?? originalError) : originalError;
}

/** Tokens that a syntax error quotes: any of them may be a secret that a client wrote into the document. */
const QUOTED_TOKEN = /\b(Name|String|BlockString|Int|Float) "(?:[^"\\]|\\.)*"/g;

function requestError(error: GraphQLError): GraphQLError {
  const { http } = error.extensions as { http?: object };
  return new GraphQLError(error.message.replaceAll(QUOTED_TOKEN, '$1'), {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code: 'BAD_USER_INPUT', http: http ?? { spec: true, status: 400 } },
  });
}

function unexpected(logger: Logger, error: unknown, at?: GraphQLError): GraphQLError {
  const isLeaving = error instanceof Error && error.name === 'AbortError';
  if (!isLeaving) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    const frames = stack?.split('\n').filter((line) => line.trimStart().startsWith('at '));
    logger.error({ name, message: redactVendorText(message), path: at?.path, stack: frames }, 'bug');
  }
  return new GraphQLError('Unexpected error.', {
    nodes: at?.nodes ?? null,
    path: at?.path ?? null,
    extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true },
  });
}
