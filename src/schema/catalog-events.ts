import { hasScope, requireScope } from '../auth/scopes.ts';
import { backends } from '../backends/index.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { costs, ONE_ROW } from '../cost/statement.ts';
import type { CATALOG_EVENT_KINDS, CatalogEvent } from '../domain/catalog-event.ts';
import { GatewayError, invalidInput } from '../errors.ts';
import { anyNodeCost, loadNode, node } from './node.ts';
import { catalogSource } from './source.ts';

const eventKind = builder.enumType('CatalogEventKind', {
  description: 'What happened to a thing.',
  values: {
    CREATED: { description: 'It was made, or found to have been made after an unclear failure.' },
    UPDATED: {
      description: 'It was changed, its labels included; also where a later step of the change failed.',
    },
    DELETED: { description: 'It is gone.' },
  } satisfies Record<(typeof CATALOG_EVENT_KINDS)[number], object>,
});

const catalogEvent = builder.objectRef<CatalogEvent>('CatalogEvent').implement({
  description:
    'Something was created, updated or deleted through this gateway. It tells of the thing itself, and not of what changes with it: of a new version, not of its model.',
  fields: (t) => ({
    kind: t.expose('kind', { type: eventKind, nullable: false, description: 'What happened.' }),
    source: t.expose('source', {
      type: catalogSource,
      nullable: false,
      description: 'The backend that the thing lives in.',
    }),
    typeName: t.exposeString('typeName', {
      nullable: false,
      description: 'GraphQL type of the thing, e.g. ModelService.',
    }),
    nodeId: t.exposeID('nodeId', {
      nullable: false,
      description: 'Global id of the thing, for caches; of a DELETED one the id that it had.',
    }),
    node: t.field({
      type: node,
      description:
        'The thing as it is when the event is delivered, which may be later than the event; null where it is gone. Calls what the lookup of its type calls, where it is selected.',
      extensions: costs(anyNodeCost),
      resolve: ({ kind, nodeId }, _args, context) =>
        kind === 'DELETED' ? null : loadNode(nodeId, context, ['nodeId']),
    }),
    at: t.expose('at', {
      type: 'DateTime',
      nullable: false,
      description: 'When the backend had confirmed it, by the clock of the gateway.',
    }),
  }),
});

builder.subscriptionType({
  description:
    'Live updates, over GraphQL over SSE in distinct connections mode: accept text/event-stream. What this process has done is told, not what other replicas or others in the cloud do.',
});

builder.subscriptionField('catalogEvents', (t) =>
  t.field({
    type: catalogEvent,
    nullable: false,
    description:
      'What mutations of this gateway create, update and delete from now on, by anyone who uses the same cloud account, once the backend has confirmed it. Neither what is refused nor what has an unknown outcome is told. Events come in order and are not kept: after a break, read anew what is shown. Rights are judged when it is opened; it ends when the key or the token expires, when its events are read too slowly (1,000 wait at most) and when the process ends. Open at once are 100 for a caller and 1,000 in all.',
    args: {
      sources: t.arg({
        type: [catalogSource],
        description:
          'Only these sources, each of which the caller must be allowed to read; all that it may read where it is left out.',
      }),
    },
    // To listen calls nothing; this and the rest of the statements are the cost of each event.
    extensions: costs(() => ({ rows: ONE_ROW })),
    subscribe: (_root, { sources }, context) => context.live.hear(heard(sources ?? undefined, context)),
    resolve: (event) => event,
  }),
);

/** @throws GatewayError FORBIDDEN, INVALID_INPUT */
function heard(wanted: readonly string[] | undefined, { identity: { scopes } }: Context): readonly string[] {
  if (wanted?.length === 0) {
    throw invalidInput('sources must name at least one source, or be left out.', ['sources']);
  }
  for (const source of wanted ?? []) requireScope(scopes, source, 'read');
  const readable = backends.map(({ source }) => source).filter((source) => hasScope(scopes, source, 'read'));
  if (readable.length === 0) throw new GatewayError('FORBIDDEN', 'The caller may read no source.');
  return wanted ?? readable;
}
