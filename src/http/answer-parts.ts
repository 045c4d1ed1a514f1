import type { OperationResult } from '../telemetry/operation-record.ts';

/** A part of an answer that comes in several, as the executor gives it. */
export interface AnswerPart extends OperationResult {
  readonly incremental?: readonly LaterData[];
  readonly hasNext?: boolean;
}

interface LaterData extends OperationResult {
  readonly path?: readonly (string | number)[];
}

/** Passes parts on, and tells of each and, once, that no more is asked for: the last was read, or the reader left. */
export function watchParts<Part>(
  parts: AsyncIterable<Part>,
  onPart: (part: Part) => void,
  onEnd: () => void,
): AsyncIterable<Part> {
  const iterator = parts[Symbol.asyncIterator]();
  let hasEnded = false;
  const end = () => {
    if (!hasEnded) onEnd();
    hasEnded = true;
  };
  // No generator: the return of one waits for the part that is under way.
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          const step = await iterator.next();
          if (step.done === true) end();
          else onPart(step.value);
          return step;
        } catch (error) {
          end();
          throw error;
        }
      },
      async return(value: unknown) {
        end();
        return (await iterator.return?.(value)) ?? { done: true, value };
      },
    }),
  };
}

/** What all parts together tell of how their operation went: the fields of its root, and every error. */
export function wholeResult(parts: readonly AnswerPart[]): OperationResult {
  const later = parts.flatMap(({ incremental = [] }) => incremental);
  const ofRoot = [...parts, ...later.filter(({ path }) => path?.length === 0)].map(({ data }) => data);
  return {
    data: Object.assign({}, ...ofRoot) as unknown,
    errors: [...parts, ...later].flatMap(({ errors = [] }) => errors),
  };
}
