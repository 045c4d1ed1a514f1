import * as z from 'zod';
import type { Context } from '../context.ts';
import type { Asker, Create, Created } from '../idempotency/create.ts';

/** What every input of a create says of its `idempotencyKey`. */
export const IDEMPOTENCY_KEY =
  'A name of your choice for this one create, 1 to 255 characters and no control characters, that makes it safe to send again: the same key with the same input makes nothing more, also at the same time, and gives what the first one made (REPLAYED); after a failure that left open whether it was made, it is looked for (RECOVERED). With other input it is a GatewayConflictError. Each caller has keys of its own. Remembered for 24 hours, 10,000 keys at most, by this process only, and as a hash like the input.';

/** What every create says of the search after a failure. `operations` are those that it takes. */
export function searchedBy(operations: string): string {
  return `Where a failure leaves open whether it was made, it is looked for. Upstream: ${operations}.`;
}

const MAX_KEY_LENGTH = 255;

/** The `idempotencyKey` of an input. */
export const idempotencyKey = z
  .string()
  .min(1, 'must not be empty')
  .refine((text) => [...text].length <= MAX_KEY_LENGTH, `must have at most ${MAX_KEY_LENGTH} characters`)
  .refine((text) => !/\p{Cc}/u.test(text), 'must hold no control characters')
  .optional();

/** Runs a create under its key, if it has one, and looks for what it made where its outcome is unknown. @throws GatewayError */
export async function createOnce<Row>(context: Context, create: Create<Row>): Promise<Created<Row>> {
  return context.creates.once(create, askerOf(context));
}

/** Who asks for a create. */
export function askerOf({ identity, region, patience }: Context): Asker {
  return { identity, region, signal: patience.signal };
}
