import type { Config } from '../config.ts';
import type { BackendFindings } from './backend.ts';
import type { Check } from './check.ts';
import { policyFor } from './explain-permission.ts';
import { askGateway, type GatewayState, READY_TIMEOUT_MS } from './gateway-state.ts';

/** A failure that lies longer back says nothing of now. */
const RECENT_MS = 10 * 60_000;
/** Rows of drift that a person is told of; a program gets all that the gateway tells. */
const TOLD_DRIFTS = 5;

/** Where a gateway with this configuration listens; undefined where any free port would do. */
export function gatewayUrl({ host, port }: Config): URL | undefined {
  if (port === 0) return undefined;
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return new URL(`http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`);
}

/**
 * Asks a running gateway how its backends are and where their answers drifted.
 *
 * @param findings what the doctor itself met at the backends
 * @param isNamed whether someone said that one runs there: else it is where one would run
 */
export async function checkGateway(
  url: URL | undefined,
  findings: readonly BackendFindings[],
  isNamed: boolean,
): Promise<readonly Check[]> {
  const about = { subject: 'gateway', title: 'gateway', facts: { url: url?.origin ?? null } } as const;
  if (url === undefined) {
    return [{ ...about, mark: 'skip', finding: 'not asked: PORT is 0, so name its address with --url' }];
  }
  const asking = await askGateway(url);
  switch (asking.outcome) {
    case 'absent':
      return [
        isNamed
          ? { ...about, ...absence(url) }
          : { ...about, mark: 'skip', finding: `none runs at ${url.origin}` },
      ];
    case 'silent':
      return [
        {
          ...about,
          mark: 'fail',
          finding: `${url.origin} takes connections and does not answer within ${READY_TIMEOUT_MS} ms`,
          hint: 'See its log and its CPU time; a process that answers nothing has to be started again.',
        },
      ];
    case 'foreign':
      return [
        {
          ...about,
          mark: 'warn',
          finding: `something answers at ${url.origin}, but not as a gateway does`,
          hint: 'Name the address of the gateway with --url, past any proxy.',
        },
      ];
    case 'told': {
      const { state, atMs } = asking;
      return [readiness(url, state), ...backendsOf(state, atMs, findings), ...driftOf(state)];
    }
  }
}

function absence({ origin }: URL) {
  return {
    mark: 'fail',
    finding: `none can be reached at ${origin}`,
    hint: 'Look for a typing error in --url, and whether the gateway runs: its last lines say why it ended.',
  } as const;
}

function readiness(url: URL, { ready, backends }: GatewayState): Check {
  const running = backends.reduce((sum, backend) => sum + backend.running, 0);
  const queued = backends.reduce((sum, backend) => sum + backend.queued, 0);
  const facts = { url: url.origin, ready, running, queued };
  const about = { subject: 'gateway', title: 'gateway', facts } as const;
  if (ready) {
    const load = running + queued === 0 ? '' : `, ${running} upstream calls under way, ${queued} waiting`;
    return { ...about, mark: 'ok', finding: `runs at ${url.origin}${load}` };
  }
  return {
    ...about,
    mark: 'warn',
    finding: `runs at ${url.origin}, but is about to stop and takes no more requests`,
    hint: 'It was told to end (SIGTERM): who watches over it should be starting another.',
  };
}

type BackendState = GatewayState['backends'][number];

function backendsOf(
  { backends }: GatewayState,
  atMs: number,
  findings: readonly BackendFindings[],
): readonly Check[] {
  return backends.flatMap((backend) => {
    const own = findings.find(({ source }) => source === backend.source)?.check;
    const trouble = troubleOf(backend, atMs, own);
    if (trouble === undefined) return [];
    const { lastError, ...live } = backend;
    const facts = {
      ...live,
      lastError:
        lastError === null ? null : { ...lastError, missingPermission: lastError.missingPermission ?? null },
    };
    return [{ subject: 'gateway', title: 'gateway', source: backend.source, facts, ...trouble }];
  });
}

function troubleOf(backend: BackendState, atMs: number, own: Check | undefined) {
  const { source, breaker, retryAfterMs, callsPerSecond, lastError } = backend;
  const agoMs = lastError === null ? Number.POSITIVE_INFINITY : Math.max(0, atMs - Date.parse(lastError.at));
  const last =
    lastError === null ? '' : `last failed ${Math.round(agoMs / 1_000)} s ago with ${lastError.code}`;
  if (breaker !== 'closed') {
    const finding =
      breaker === 'open'
        ? `does not ask ${source} for another ${retryAfterMs} ms, since it failed too often; ${last}`
        : `tries whether ${source} is back; ${last}`;
    return { mark: breaker === 'open' ? 'fail' : 'warn', finding, hint: compare(own) } as const;
  }
  if (lastError !== null && agoMs < RECENT_MS) {
    const { missingPermission } = lastError;
    if (missingPermission === undefined) {
      return { mark: 'warn', finding: `${source} ${last}`, hint: compare(own) } as const;
    }
    return {
      mark: 'fail',
      finding: `${source} ${last}: the permission ${missingPermission} is missing`,
      hint: `Attach a policy to the gateway's identity in the RAM console: ${JSON.stringify(policyFor(missingPermission))}`,
    } as const;
  }
  if (callsPerSecond === null) return undefined;
  return {
    mark: 'warn',
    finding: `asks ${source} for no more than ${callsPerSecond} calls a second, since it was throttled`,
    hint: 'It speeds up again by itself. Find who else calls with this account, or have the limit raised in the Quota Center.',
  } as const;
}

/** What it means that the gateway fails, given how the doctor fared. */
function compare(own: Check | undefined): string {
  return own?.mark === 'ok'
    ? 'The doctor was let in just now: the trouble is over, or the gateway was started with other keys, endpoints or another clock. Run the doctor where the gateway runs, with its environment, or start the gateway again.'
    : 'The line on that backend says why.';
}

/** Kinds of drift by which something is lost that the gateway would show. */
const LOSSES = ['odd', 'enum'];

function driftOf({ drift }: GatewayState): readonly Check[] {
  if (drift === undefined) {
    const finding = 'not told: the gateway tells it only where it listens on a loopback address';
    return [{ subject: 'drift', title: 'drift', mark: 'skip', finding }];
  }
  const about = { subject: 'drift', title: 'drift', facts: drift } as const;
  if (drift.distinct === 0) {
    return [{ ...about, mark: 'ok', finding: 'none since start: answers are as documented' }];
  }
  const rows = drift.top.slice(0, TOLD_DRIFTS);
  const list = rows.map(
    ({ source, operation, field, kind, count }) => `${source} ${operation} ${field} (${kind}, ${count}×)`,
  );
  const rest = drift.distinct - rows.length;
  const finding = `since start ${drift.distinct} ${drift.distinct === 1 ? 'field' : 'fields'} not as documented: ${list.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  if (!drift.top.some(({ kind }) => LOSSES.includes(kind))) return [{ ...about, mark: 'ok', finding }];
  return [
    {
      ...about,
      mark: 'warn',
      finding,
      hint: 'What does not fit is shown as null or OTHER. Compare these fields with what the vendor documents now, and tell whoever maintains the gateway.',
    },
  ];
}
