import type { UpstreamState } from '../transport/resilience.ts';
import type { LastError } from './backend-log.ts';
import type { DriftCount } from './drift-log.ts';

/** A backend's state for probes: names, codes and numbers only. */
export interface LiveState {
  readonly source: string;
  /** The worst that any account meets. */
  readonly breaker: UpstreamState['breaker'];
  readonly retryAfterMs: number;
  /** The slowest pace of any account; null without a limit. */
  readonly callsPerSecond: number | null;
  readonly running: number;
  readonly queued: number;
  readonly lastError: {
    readonly code: string;
    readonly at: string;
    /** The RAM action that was lacking, where the backend named it. */
    readonly missingPermission?: string;
  } | null;
}

const WORST_FIRST: readonly UpstreamState['breaker'][] = ['open', 'half-open', 'closed'];

/**
 * Sums up what the accounts of a gateway meet at one backend.
 *
 * @param tellsPermissions whether those who read it may learn what the gateway's account lacks
 */
export function liveState(
  source: string,
  states: readonly UpstreamState[],
  lastError: LastError | undefined,
  tellsPermissions: boolean,
): LiveState {
  const rates = states.flatMap(({ callsPerSecond }) => callsPerSecond ?? []);
  const sum = (count: (state: UpstreamState) => number) =>
    states.reduce((total, state) => total + count(state), 0);
  return {
    source,
    breaker: WORST_FIRST.find((name) => states.some(({ breaker }) => breaker === name)) ?? 'closed',
    retryAfterMs: Math.max(0, ...states.map(({ retryAfterMs }) => retryAfterMs)),
    callsPerSecond: rates.length === 0 ? null : Math.round(Math.min(...rates) * 10) / 10,
    running: sum(({ running }) => running),
    queued: sum(({ queued }) => queued),
    lastError: lastError === undefined ? null : toLastError(lastError, tellsPermissions),
  };
}

function toLastError({ at, error }: LastError, tellsPermissions: boolean) {
  const { code, missingPermission } = error;
  return {
    code,
    at: new Date(at).toISOString(),
    ...(missingPermission === undefined || !tellsPermissions
      ? {}
      : { missingPermission: missingPermission.action }),
  };
}

/** The drift since start, for probes. */
export interface LiveDrift {
  /** Different fields and ways that were counted. */
  readonly distinct: number;
  /** The most frequent of them. */
  readonly top: readonly DriftCount[];
}

const MAX_DRIFT_ROWS = 20;

/** Sums up the drift since start. Fields that are merely left out come last: the clouds do that all the time. */
export function liveDrift(rows: readonly DriftCount[]): LiveDrift {
  const isMissing = ({ kind }: DriftCount) => Number(kind === 'missing');
  const sorted = rows.toSorted((a, b) => isMissing(a) - isMissing(b) || b.count - a.count);
  return { distinct: rows.length, top: sorted.slice(0, MAX_DRIFT_ROWS) };
}
