import { labelChanges, labelsToSet, type PaiLabel } from '../../domain/pai-label.ts';
import { GatewayError, invalidInput } from '../../errors.ts';
import type { Operation } from '../../transport/request.ts';
import type { BackendLink } from '../backend.ts';
import { type LabelBearer, removeLabels, removeOperation, setLabels, setOperation } from './labels.ts';

/** One write of a change that may take several. */
export interface Step {
  readonly operation: Operation;
  readonly run: () => Promise<void>;
}

/** Runs steps one after the other. @throws GatewayError with the steps that had succeeded before the one that failed */
export async function runInOrder(steps: readonly Step[]): Promise<void> {
  const completedSteps: string[] = [];
  for (const { operation, run } of steps) {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      throw error.with({ completedSteps });
    }
    completedSteps.push(operation.name);
  }
}

/**
 * The calls that make `wanted`, the whole set, of the labels present: what is missing is set before what is surplus
 * is removed, so that a change that stops half-way has lost nothing that is wanted.
 *
 * @throws GatewayError INVALID_INPUT
 */
export function stepsToWanted(
  link: BackendLink,
  bearer: LabelBearer,
  present: readonly PaiLabel[],
  wanted: readonly PaiLabel[],
): readonly Step[] {
  const { toSet, toRemove } = labelChanges(present, wanted);
  return [...settingSteps(link, bearer, toSet), ...removingSteps(link, bearer, toRemove)];
}

/** The call, if any, that sets those of `labels` that are not present as they are. */
export function stepsToAdd(
  link: BackendLink,
  bearer: LabelBearer,
  present: readonly PaiLabel[],
  labels: readonly PaiLabel[],
): readonly Step[] {
  return settingSteps(link, bearer, labelsToSet(present, labels));
}

/** The call that removes labels, all of which must be present. @throws GatewayError NOT_FOUND, INVALID_INPUT */
export function stepsToRemove(
  link: BackendLink,
  bearer: LabelBearer,
  present: readonly PaiLabel[],
  keys: readonly string[],
): readonly Step[] {
  const presentKeys = new Set(present.map(({ key }) => key));
  const absent = keys.findIndex((key) => !presentKeys.has(key));
  // Source: what the backend answers to a key that it does not have is not documented.
  if (absent !== -1) {
    throw new GatewayError(
      'NOT_FOUND',
      `There is no label with the key of keys.${absent}. Nothing was removed.`,
      {
        source: link.source,
      },
    );
  }
  return removingSteps(link, bearer, keys);
}

function settingSteps(link: BackendLink, bearer: LabelBearer, labels: readonly PaiLabel[]): readonly Step[] {
  if (labels.length === 0) return [];
  return [{ operation: setOperation(bearer), run: () => setLabels(link, bearer, labels) }];
}

function removingSteps(link: BackendLink, bearer: LabelBearer, keys: readonly string[]): readonly Step[] {
  if (keys.length === 0) return [];
  // Joined by commas it would name two other labels.
  if (keys.some((key) => key.includes(','))) {
    throw invalidInput('A label to be removed has a comma in its key, which the backend cannot be told.', [
      'labels',
    ]);
  }
  return [{ operation: removeOperation(bearer), run: () => removeLabels(link, bearer, keys) }];
}
