import type { Changed } from '../../domain/changed.ts';
import { type FieldError, GatewayError, isNotFound } from '../../errors.ts';

/** A change of a row that has just been read. */
export interface Change<Row> {
  /** What is changed, e.g. `model service`. */
  readonly what: string;
  /** The upstream operation that changes it. */
  readonly operation: string;
  /** The row as it should be afterwards. */
  readonly sent: Row;
  readonly write: () => Promise<unknown>;
  readonly readBack: () => Promise<Row>;
}

/**
 * Writes a change and reads the row back. A change that was made stays a success when that read fails.
 *
 * @throws GatewayError NOT_FOUND where the row is gone by the time of the write, UNEXPECTED_REFUSAL where the write
 * is accepted and the row is not there afterwards, and any other of the write
 */
export async function changeRow<Row>(change: Change<Row>): Promise<Changed<Row>> {
  const { what, operation, sent } = change;
  await writeAfterRead(what, change.write);
  try {
    return { sent, after: await change.readBack() };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (!isNotFound(error)) return { sent, after: error };
    const text = `The change was accepted, but the ${what} was gone when it was read again.`;
    throw halfDone(error, text, operation);
  }
}

/**
 * Writes to a row that has just been read, so that its absence is a disagreement.
 *
 * @throws GatewayError NOT_FOUND that says so, and any other of the write
 */
export async function writeAfterRead(what: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof GatewayError) || !isNotFound(error)) throw error;
    const text = `The ${what} was there when it was read, but gone when it was to be written: nothing was done.`;
    throw new GatewayError('NOT_FOUND', text, error);
  }
}

/** The failure of a mutation whose write the backend has accepted; `cause` is what the read after it met. */
export function halfDone(cause: GatewayError, text: string, ...completedSteps: string[]): GatewayError {
  // Kinds that promise that nothing was done would not be true.
  const kind = cause.code.startsWith('UPSTREAM_') ? cause.kind : 'UNEXPECTED_REFUSAL';
  const { source, upstreamCode, upstreamMessage, requestId, httpStatus, missingPermission } = cause;
  const facts = { source, upstreamCode, upstreamMessage, requestId, httpStatus, missingPermission };
  return new GatewayError(kind, text, { ...facts, cause, mayHaveActed: true, completedSteps });
}

/**
 * The fields that a write requires although they may not change, by the name they have in an input.
 *
 * @throws GatewayError INVALID_INPUT naming each that is neither given nor told by the backend
 */
export function requireAll<Name extends string>(
  source: string,
  fields: Readonly<Record<Name, string | undefined>>,
): Readonly<Record<Name, string>> {
  const faults: FieldError[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) continue;
    const message = `${name} must be given: the backend requires it with every change and does not tell what it is.`;
    faults.push({ path: [name], message });
  }
  if (faults.length === 0) return fields as Readonly<Record<Name, string>>;
  const text = faults.map(({ message }) => message).join(' ');
  throw new GatewayError('INVALID_INPUT', text, { source, fieldErrors: faults });
}
