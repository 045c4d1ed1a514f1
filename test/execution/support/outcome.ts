import { type ExecutionResult, GraphQLError } from 'graphql';
import { expect } from 'vitest';
import { createErrorMask } from '../../../src/http/mask.ts';

/** Errors of which it is told how clients see them: the mask goes by what is told of all of them. */
const MASKED = 5;

/** All that can be told of how an execution ended, in a form that shows the first difference. */
export function describeOutcome(ended: PromiseSettledResult<unknown>): unknown {
  if (ended.status === 'rejected') return { rejected: describeError(ended.reason) };
  const { data, errors, ...rest } = ended.value as ExecutionResult;
  return {
    keys: Object.keys(ended.value as object),
    // As text: the order of keys counts.
    data: data === undefined ? 'none' : JSON.stringify(data),
    errors: errors?.map(describeError),
    masked: errors?.slice(0, MASKED).map((error) => JSON.stringify(mask(error))),
    rest,
  };
}

/** Compares two descriptions as texts, which is quick, and shows where they differ. */
export function expectSame(before: unknown, after: unknown, sent: unknown): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  expect(after, JSON.stringify(sent)).toEqual(before);
  expect(JSON.stringify(after), JSON.stringify(sent)).toBe(JSON.stringify(before));
}

/** What is logged of a bug has its own tests. */
const quiet = () => undefined;
const { maskError } = createErrorMask({ debug: quiet, info: quiet, warn: quiet, error: quiet } as never);
const mask = (error: unknown) => maskError(error);

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: String(error) };
  const { name, message, cause } = error;
  const plain = { constructor: error.constructor.name, name, message, cause: String(cause) };
  if (!(error instanceof GraphQLError)) return plain;
  const { path, locations, extensions, originalError, nodes } = error;
  return {
    ...plain,
    path,
    locations,
    extensions: JSON.stringify(extensions),
    nodes: nodes?.map(({ kind, loc }) => `${kind} ${loc?.start}`),
    originalError: originalError === undefined ? undefined : describeError(originalError),
  };
}
