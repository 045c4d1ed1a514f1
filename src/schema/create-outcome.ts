import { builder } from '../builder.ts';
import type { Created } from '../idempotency/create.ts';

/** See {@link createOutcome}. */
export type CreateOutcome = Created<unknown>['outcome'];

/** What a create did. */
export const createOutcome = builder.enumType('CreateOutcome', {
  description: 'What a create did.',
  values: {
    CREATED: { description: 'Made it.' },
    REPLAYED: { description: 'Gave back what the same idempotencyKey had made before.' },
    RECOVERED: { description: 'Found, after an unclear failure, that the backend had made it.' },
  },
});
