import { type BackendName, backends } from '../backends/index.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { payOnce } from '../cost/ledger.ts';
import { costs, type OnceRead } from '../cost/statement.ts';
import { GatewayError } from '../errors.ts';
import { sourceError, toSourceError } from './error-types.ts';
import { catalogSource } from './source.ts';

/** A backend's status is asked of it anew after this time without a call. */
const STATUS_AGE_MS = 10_000;

const PROBES: OnceRead = { what: 'a probe of each backend', calls: backends.length };

interface SourceRow {
  readonly name: BackendName;
  readonly source: string;
  readonly isRegional: boolean;
}

/** The failure of the backend's last call, undefined where it answered. Asks by a harmless read where none is recent. */
async function currentError(
  row: SourceRow,
  { sessions, status }: Context,
): Promise<GatewayError | undefined> {
  const last = status.lastOutcome(row.source);
  if (last !== undefined && status.now() - last.at < STATUS_AGE_MS) return last.error;
  try {
    await payOnce(PROBES.what, () => sessions[row.name].probe());
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
  return status.lastOutcome(row.source)?.error;
}

const PROBED = costs(() => ({ once: [PROBES] }));

const breakerState = builder.enumType('BreakerState', {
  description: 'Whether a backend is asked.',
  values: {
    CLOSED: { value: 'closed', description: 'It is.' },
    OPEN: { value: 'open', description: 'It failed too often of late: calls are answered at once, unasked.' },
    HALF_OPEN: { value: 'half-open', description: 'One call tries whether it is back.' },
  } as const,
});

const sourceStatus = builder.objectRef<SourceRow>('SourceStatus').implement({
  description: 'A backend as this gateway sees it.',
  fields: (t) => ({
    source: t.field({
      type: catalogSource,
      nullable: false,
      description: 'Which backend.',
      resolve: ({ source }) => source,
    }),
    region: t.string({
      description: 'Its region; null where what it holds belongs to none.',
      resolve: ({ isRegional }, _args, { region }) => (isRegional ? region : null),
    }),
    endpoint: t.string({
      description: 'Scheme and host only; null where the operator hides it.',
      resolve: ({ source }, _args, { status }) => status.endpoint(source),
    }),
    isSandbox: t.boolean({
      nullable: false,
      description: 'Whether this answers from the embedded sandbox or from the cloud.',
      resolve: (_row, _args, { status }) => status.isSandbox,
    }),
    healthy: t.boolean({
      nullable: false,
      description:
        'Whether it answered when it was last called; where that is more than ten seconds ago, it is asked by a read of one page, for callers who may read it.',
      extensions: PROBED,
      resolve: async (row, _args, context) => (await currentError(row, context)) === undefined,
    }),
    lastError: t.field({
      type: sourceError,
      description: 'How it last failed since this process began, even where it answers again.',
      extensions: PROBED,
      resolve: async (row, _args, context) => {
        await currentError(row, context);
        const last = context.status.lastError(row.source);
        return last === undefined ? null : toSourceError(last.error);
      },
    }),
    lastErrorAt: t.field({
      type: 'DateTime',
      description: 'When that was.',
      extensions: PROBED,
      resolve: async (row, _args, context) => {
        await currentError(row, context);
        const last = context.status.lastError(row.source);
        return last === undefined ? null : last.at;
      },
    }),
    breaker: t.field({
      type: breakerState,
      nullable: false,
      description: 'Whether it is asked at all.',
      resolve: ({ source }, _args, { status }) => status.live(source).breaker,
    }),
    retryAfterMs: t.int({
      nullable: false,
      description: 'Milliseconds until it is asked again; 0 where it is asked now.',
      resolve: ({ source }, _args, { status }) => status.live(source).retryAfterMs,
    }),
    callsPerSecond: t.float({
      description: 'The pace it is asked at since it complained of too many calls; null without a limit.',
      resolve: ({ source }, _args, { status }) => status.live(source).callsPerSecond,
    }),
    running: t.int({
      nullable: false,
      description: 'Upstream operations under way.',
      resolve: ({ source }, _args, { status }) => status.live(source).running,
    }),
    queued: t.int({
      nullable: false,
      description: 'Upstream operations that wait for a place.',
      resolve: ({ source }, _args, { status }) => status.live(source).queued,
    }),
  }),
});

builder.queryField('sources', (t) =>
  t.field({
    type: [sourceStatus],
    nullable: false,
    description: 'The backends and how they are.',
    extensions: costs(() => ({ rows: { count: backends.length, owners: 1 } })),
    resolve: () => [...backends],
  }),
);
