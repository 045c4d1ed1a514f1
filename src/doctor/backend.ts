import { openSessions, type RegisteredBackend } from '../backends/index.ts';
import { type Config, endpointVariable } from '../config.ts';
import { GatewayError } from '../errors.ts';
import type { CredentialSource } from '../transport/credentials.ts';
import type { UpstreamClock } from '../transport/upstream.ts';
import { type Attempt, type Calls, deadlinesOf, openCalls } from './calls.ts';
import type { Check, Fact } from './check.ts';
import type { ClockWitness } from './clock.ts';
import { explain } from './explain.ts';
import { networkCode } from './explain-network.ts';
import { missingPermissionOf, policyFor } from './explain-permission.ts';
import type { Asked } from './explanation.ts';

/** What was learnt of one backend. */
export interface BackendFindings {
  readonly source: string;
  readonly check: Check;
  readonly witness: ClockWitness;
}

/** Reads in a row; the middle one of their times is told. */
const READS = 3;
/** No further read is begun after this time. */
const PATIENCE_MS = 5_000;

/** Asks a backend a harmless question, as the gateway would, and puts what comes back into words. */
export async function checkBackend(
  backend: RegisteredBackend,
  endpoint: URL,
  config: Config,
  credentials: CredentialSource,
  clock: UpstreamClock,
): Promise<BackendFindings> {
  const { source, title } = backend;
  const calls = openCalls({ source, title, endpoint }, config, credentials, clock);
  try {
    const { reads, failure } = await readSeveralTimes(backend, calls, clock);
    const { attempts, pool } = calls;
    const operation = attempts.at(-1)?.operation;
    const asked: Asked = {
      title,
      host: endpoint.host,
      variable: endpointVariable(source),
      isOverridden: config.endpoints.has(source),
      region: config.region,
      attemptMs: deadlinesOf(config).attemptMs,
      operation,
      permission: operation === undefined ? undefined : backend.permissionFor?.(operation),
    };
    return {
      source,
      check: {
        subject: 'backend',
        source,
        title,
        ...judge(reads, failure, attempts, asked),
        facts: factsOf(endpoint, reads, failure, attempts, asked),
      },
      witness: {
        title,
        offset: pool.clockOffset(),
        hasRefusedDate: attempts.some(({ error }) => error?.kind === 'CLOCK_SKEW'),
      },
    };
  } finally {
    await calls.pool.close();
  }
}

interface Reads {
  /** Reads that were answered. */
  readonly reads: number;
  /** What ended them before their time. */
  readonly failure: GatewayError | undefined;
}

async function readSeveralTimes(
  { name }: RegisteredBackend,
  { link }: Calls,
  clock: UpstreamClock,
): Promise<Reads> {
  const start = clock.monotonicMs();
  let reads = 0;
  while (reads < READS && clock.monotonicMs() - start < PATIENCE_MS) {
    try {
      // A session reads once: each read is another one's.
      await openSessions(() => link)[name].probe();
      reads += 1;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { reads, failure: error };
    }
  }
  return { reads, failure: undefined };
}

function judge(reads: number, failure: GatewayError | undefined, attempts: readonly Attempt[], asked: Asked) {
  if (failure !== undefined) {
    const { mark, finding, hint } = explain(failure, asked);
    const tries = attempts.length - reads;
    const often = [
      ...(reads > 0 ? [`at read ${reads + 1}, after ${reads} that were answered`] : []),
      ...(tries > 1 ? [`${tries} attempts`] : []),
    ].join(', ');
    return { mark, finding: often === '' ? finding : `${finding}; ${often}`, hint };
  }
  const latencyMs = medianMs(attempts) ?? 0;
  const answered = `answered ${asked.operation ?? ''} in ${latencyMs} ms`;
  const failed = attempts.filter(({ error }) => error !== undefined);
  const [first] = failed;
  if (first?.error !== undefined) {
    const { finding, hint } = explain(first.error, asked);
    const often = `${failed.length} of ${attempts.length} attempts failed`;
    return { mark: 'warn', finding: `${answered}, but ${often}: ${finding}`, hint } as const;
  }
  if (latencyMs > asked.attemptMs / 2) {
    return {
      mark: 'warn',
      finding: `${answered}: an attempt has ${asked.attemptMs} ms`,
      hint: `Look at the way to ${asked.host}; a region nearer by, or more time (UPSTREAM_TIMEOUT_MS, UPSTREAM_ATTEMPT_TIMEOUT_MS), keeps reads from running out of it.`,
    } as const;
  }
  return { mark: 'ok', finding: answered } as const;
}

function factsOf(
  endpoint: URL,
  reads: number,
  failure: GatewayError | undefined,
  attempts: readonly Attempt[],
  asked: Asked,
): Readonly<Record<string, Fact>> {
  const missing = failure === undefined ? undefined : missingPermissionOf(failure, asked);
  return {
    endpoint: endpoint.origin,
    operation: asked.operation ?? null,
    reads,
    attempts: attempts.length,
    latencyMs: medianMs(attempts) ?? null,
    error:
      failure === undefined
        ? null
        : {
            code: failure.code,
            kind: failure.kind,
            upstreamCode: failure.upstreamCode ?? null,
            httpStatus: failure.httpStatus ?? null,
            requestId: failure.requestId ?? null,
            networkCode: networkCode(failure) ?? null,
          },
    missingPermission:
      missing === undefined
        ? null
        : { action: missing.action, isNamedByBackend: missing.isNamed, policy: policyFor(missing.action) },
  };
}

/** The middle time of the attempts that were answered as hoped. */
function medianMs(attempts: readonly Attempt[]): number | undefined {
  const times = attempts.flatMap(({ durationMs, error }) => (error === undefined ? [durationMs] : []));
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  return middle === undefined ? undefined : Math.round(middle);
}
