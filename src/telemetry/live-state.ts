import type { UpstreamState } from '../transport/resilience.ts';
import type { BackendLog } from './backend-log.ts';

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
  readonly lastError: { readonly code: string; readonly at: string } | null;
}

const WORST_FIRST: readonly UpstreamState['breaker'][] = ['open', 'half-open', 'closed'];

/** Sums up what the accounts of a gateway meet at one backend. */
export function liveState(
  source: string,
  states: readonly UpstreamState[],
  lastError: ReturnType<BackendLog['lastError']>,
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
    lastError:
      lastError === undefined
        ? null
        : { code: lastError.error.code, at: new Date(lastError.at).toISOString() },
  };
}
