import type { CallLog, CallRecord } from '../../src/backends/backend.ts';

/** A call that nobody keeps a record of. */
export const UNWATCHED_CALL: CallRecord = {
  joined: () => undefined,
  attempt: () => ({ headers: {}, ended: () => undefined }),
  ended: () => undefined,
};

/** Keeps nothing. */
export const NO_CALL_LOG: CallLog = { begin: () => UNWATCHED_CALL };
