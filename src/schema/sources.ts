import { type BackendName, backends } from '../backends/index.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../errors.ts';
import { sourceError, toSourceError } from './error-types.ts';
import { catalogSource } from './source.ts';

/** A backend's status is asked of it anew after this time without a call. */
const STATUS_AGE_MS = 10_000;

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
    await sessions[row.name].probe();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
  return status.lastOutcome(row.source)?.error;
}

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
        'Whether it answered when it was last called; where that is more than ten seconds ago, it is asked by a read of one page.',
      resolve: async (row, _args, context) => (await currentError(row, context)) === undefined,
    }),
    lastError: t.field({
      type: sourceError,
      description: 'How it last failed since this process began, even where it answers again.',
      resolve: async (row, _args, context) => {
        await currentError(row, context);
        const error = context.status.lastError(row.source);
        return error === undefined ? null : toSourceError(error);
      },
    }),
  }),
});

builder.queryField('sources', (t) =>
  t.field({
    type: [sourceStatus],
    nullable: false,
    description: 'The backends and how they are.',
    resolve: () => [...backends],
  }),
);
