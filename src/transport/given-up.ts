import { GatewayError } from '../errors.ts';
import type { SendProgress } from './http.ts';

/** The error for a backend whose answer did not come, or did not end, in the time it had. */
export function lateAnswer({ hasLeft, hasAnswerBegun }: SendProgress): GatewayError {
  return hasAnswerBegun
    ? new GatewayError('UNREADABLE', "The backend's answer did not end in time.", { mayHaveActed: true })
    : new GatewayError('TIMEOUT', 'The backend did not answer in time.', { mayHaveActed: hasLeft });
}

/**
 * Whether all that broke is a connection that had served before. Backends and what stands before them close those that
 * they take for idle, all at once when they restart, and it is seen only when the next request leaves: that says
 * nothing of the backend, and a new connection may serve. Each can do so once.
 */
export function isStaleConnection(error: unknown, progress: SendProgress): boolean {
  const { hasLeft, isOnUsedConnection, hasAnswerBegun } = progress;
  const isBroken = error instanceof GatewayError && error.kind === 'UNAVAILABLE';
  return isBroken && hasLeft && isOnUsedConnection && !hasAnswerBegun;
}

/** The error of whoever may wait no longer for its whole request. */
export function requestTimeout(): GatewayError {
  return new GatewayError(
    'REQUEST_TIMEOUT',
    'The time for this request was over before the backend answered.',
  );
}

/** The error of a call that an open breaker did not let through. */
export function breakerOpen(waitMs: number): GatewayError {
  return new GatewayError(
    'BREAKER_OPEN',
    'The backend failed too often of late and is left alone for a moment: nothing was sent.',
    { retryAfterMs: Math.max(1, Math.ceil(waitMs)) },
  );
}

/** The error of a call that would have stood in line longer than it could wait, or found the line full. */
export function heldBack(lineMs: number): GatewayError {
  return new GatewayError(
    'HELD_BACK',
    'More calls wait for this backend than it takes in the time given: nothing was sent.',
    { retryAfterMs: Math.max(1, lineMs) },
  );
}

/** A throttled caller is told how long to wait, by this gateway's own line where the backend did not say. */
export function withRetryAfter(error: GatewayError, lineMs: number): GatewayError {
  if (error.kind !== 'RATE_LIMITED') return error;
  return error.with({ retryAfterMs: Math.max(1, error.retryAfterMs ?? lineMs) });
}

/** What ended a write from this side, with whether it had left by then. */
export function withWhetherActed(error: unknown, { hasLeft }: SendProgress): unknown {
  if (error instanceof GatewayError) {
    return error.kind === 'REQUEST_TIMEOUT' ? error.with({ mayHaveActed: hasLeft }) : error;
  }
  const isLeaving = error instanceof Error && error.name === 'AbortError';
  if (!isLeaving) return error;
  return new GatewayError('REQUEST_TIMEOUT', 'The caller left before the backend answered.', {
    mayHaveActed: hasLeft,
    cause: error,
  });
}
