import { GatewayError } from '../errors.ts';

/** Why a search did not tell what became of a create. */
export type Unfound = 'none' | 'several' | 'rival' | 'unsearched';

const WHY: Readonly<Record<Unfound, string>> = {
  none: 'Whether anything was made is not known: it was looked for and not found, but may still appear.',
  several:
    'Whether anything was made is not known: there are several that it could be, and none is guessed at.',
  rival:
    'Whether anything was made is not known: there is one that it could be, or that of another create whose outcome is unknown.',
  unsearched: 'Whether anything was made is not known: it could not be looked for.',
};

const ADVICE = {
  withKey:
    'Send the same input with the same idempotencyKey to have it looked for again: nothing is made twice by that. To make another one, see first that it does not exist, and use a new key.',
  withoutKey: 'See first whether it exists before you send it again.',
};

/**
 * The error for a create of which nobody knows whether it was carried out.
 *
 * @param cause how it failed; undefined where that was told to an earlier request
 */
export function outcomeUnknown(
  cause: GatewayError | undefined,
  unfound: Unfound,
  source: string,
  hasKey: boolean,
): GatewayError {
  const failure =
    cause ??
    new GatewayError('OUTCOME_UNKNOWN', 'An earlier create of this key left its outcome open.', { source });
  const advice = hasKey ? ADVICE.withKey : ADVICE.withoutKey;
  return new GatewayError(failure.kind, `${failure.message} ${WHY[unfound]} ${advice}`, {
    ...failure.facts,
    mayHaveActed: true,
    isRepeatable: hasKey,
  });
}

/** The error for a key that stands for another input. */
export function keyReused(): GatewayError {
  return new GatewayError(
    'CONFLICT',
    'This idempotencyKey came with another input before. Nothing was sent: use a new key for another create.',
  );
}

/** The error where no key can be remembered any more. */
export function tooManyKeys(): GatewayError {
  return new GatewayError(
    'HELD_BACK',
    'Too many creates with an idempotencyKey are under way. Nothing was sent: try again in a moment.',
    { retryAfterMs: 1_000 },
  );
}
