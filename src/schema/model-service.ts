import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { type Cost, costs, ONE_ROW, type OnceRead } from '../cost/statement.ts';
import {
  MODEL_SERVICE_KEY,
  type ModelService,
  type ModelServiceFilter,
  type PROTOCOLS,
  type SERVICE_STATUSES,
} from '../domain/model-service.ts';
import { invalidInput, isNotFound } from '../errors.ts';
import { aiGateway, everyGateway, GATEWAY_LIST, loadGateway, MAX_GATEWAYS } from './ai-gateway.ts';
import { registerCatalogPart } from './catalog/source-registry.ts';
import { catalogEntry } from './catalog-entry.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { registerEntity } from './entity.ts';
import { checkSourceId, chosenId, globalId, orNull, parseGlobalId } from './ids.ts';
import { pageCost } from './list-cost.ts';
import { batchedLookup, IDS_PER_CALL, OWNER_COSTS } from './lookup-cost.ts';
import { node, registerNode } from './node.ts';
import { readAhead } from './read-ahead.ts';
import { catalogSource } from './source.ts';

/** The API that a model service or a model API speaks. */
export const protocol = builder.enumType('ModelServiceProtocol', {
  description: 'The API that a model service or a model API speaks.',
  values: {
    OPENAI: { description: 'Upstream openai, in any letter case.' },
    ANTHROPIC: { description: 'Upstream anthropic, in any letter case.' },
    BAILIAN: { description: 'Upstream bailian or Model Studio, in any letter case.' },
    VLLM: { description: 'Upstream vllm, in any letter case.' },
    OTHER: { description: 'One that this gateway does not know; rawProtocol has it. Not an input.' },
  } satisfies Record<(typeof PROTOCOLS)[number], object>,
});

const status = builder.enumType('ModelServiceStatus', {
  description: 'State of a model service.',
  values: {
    ENABLED: { description: 'Upstream Enable.' },
    DISABLED: { description: 'Upstream Disable.' },
    OTHER: { description: 'One that this gateway does not know; rawStatus has it. Not an input.' },
  } satisfies Record<(typeof SERVICE_STATUSES)[number], object>,
});

/** A model service of an AI gateway. */
export const modelService = builder.objectRef<ModelService>('ModelService').implement({
  description: 'A model service of one AI gateway. Upstream: DescribeModelServices.',
  interfaces: [node, catalogEntry],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id.',
      resolve: ({ region, gatewaySourceId, sourceId }) =>
        globalId(MODEL_SERVICE_KEY, region, gatewaySourceId, sourceId),
    }),
    source: t.field({
      type: catalogSource,
      nullable: false,
      description: 'Always AI_GATEWAY.',
      resolve: () => 'AI_GATEWAY',
    }),
    sourceId: t.exposeID('sourceId', {
      nullable: false,
      description: 'ms-… of the backend. Upstream: ModelServiceId.',
    }),
    gatewaySourceId: t.exposeID('gatewaySourceId', {
      nullable: false,
      description: 'pg-… of the gateway it belongs to.',
    }),
    region: t.exposeString('region', { nullable: false, description: 'The region it runs in.' }),
    gateway: t.field({
      type: aiGateway,
      description:
        'The gateway it belongs to. Upstream: DescribeGatewayAttribute, once for each distinct gateway.',
      extensions: OWNER_COSTS,
      resolve: ({ gatewaySourceId }, _args, context) => orNull(loadGateway(gatewaySourceId, context)),
    }),
    name: t.exposeString('name', { nullable: false, description: 'Its name. Upstream: Name.' }),
    description: t.string({ description: 'Always null: the backend has none.', resolve: () => null }),
    vendor: t.exposeString('vendor', { description: 'Upstream Vendor, e.g. bailian.' }),
    category: t.exposeString('category', { description: 'The upstream ModelCategory, e.g. text.' }),
    protocol: t.expose('protocol', {
      type: protocol,
      nullable: false,
      description: 'The API it speaks; OTHER where it is not known.',
    }),
    status: t.expose('status', {
      type: status,
      nullable: false,
      description: 'Its state; OTHER where it is not known.',
    }),
    rawProtocol: t.exposeString('rawProtocol', { description: 'Protocol exactly as the backend spells it.' }),
    rawStatus: t.exposeString('rawStatus', { description: 'Status exactly as the backend spells it.' }),
    baseUrl: t.expose('baseUrl', { type: 'URL', description: 'The address that the gateway calls.' }),
    apiKeyPreview: t.exposeString('apiKeyPreview', {
      description: 'First and last characters only. The key itself is in no type of this schema.',
    }),
    inputCostPointsPerMillion: t.expose('inputCostPointsPerMillion', {
      type: 'Decimal',
      description: 'Points for a million input tokens.',
    }),
    outputCostPointsPerMillion: t.expose('outputCostPointsPerMillion', {
      type: 'Decimal',
      description: 'Points for a million output tokens.',
    }),
    requestCostPoints: t.expose('requestCostPoints', {
      type: 'Decimal',
      description: 'Points for a request.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Upstream: GmtCreated.' }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'Always null: the backend does not tell.',
      resolve: () => null,
    }),
  }),
});

const modelServiceConnection = connectionType('ModelService', modelService, 'model services');

/** All of every gateway, read by what needs the whole lists: a catalogue, a join. */
export const EVERY_SERVICE: OnceRead = { what: 'every service of every AI gateway', calls: MAX_GATEWAYS };

/** Services that were found in every gateway belong to so many at most. */
export function gatewaysOf(services: number): number {
  return Math.min(services, MAX_GATEWAYS);
}

const LEAVE_OUT =
  'name the other sources in filter.sources, and ask modelServices for the services of one, by its gatewaySourceId';

registerCatalogPart({
  source: 'AI_GATEWAY',
  rows: 'services of an AI gateway',
  lists: async (context) =>
    (await everyGateway(context, LEAVE_OUT, ['filter', 'sources'])).map(({ sourceId }) => ({
      key: sourceId,
      list: context.sessions.aiGateway.modelServices(sourceId, {}),
    })),
  keyOf: ({ gatewaySourceId = '', sourceId }) => `${gatewaySourceId}/${sourceId}`,
  cost: {
    type: 'ModelService',
    lists: MAX_GATEWAYS,
    once: [GATEWAY_LIST],
    whole: EVERY_SERVICE,
    ownersOf: gatewaysOf,
  },
});

registerNode(
  MODEL_SERVICE_KEY,
  ([gateway = '', id = ''], { sessions }) => sessions.aiGateway.modelService(gateway, id),
  ([gateway = '', id = '']) => ({ lookup: batchedLookup(MODEL_SERVICE_KEY, gateway, id) }),
);

registerEntity(modelService, MODEL_SERVICE_KEY, ['region', 'gatewaySourceId', 'sourceId']);

const modelServiceFilter = builder.inputType('ModelServiceFilter', {
  description: "The AI gateway's own filters, passed on as they are.",
  fields: (t) => ({
    name: t.string({ description: 'Upstream: Name; whether it is exact is not documented.' }),
    category: t.string({ description: 'Upstream: ModelCategory, e.g. text.' }),
    protocol: t.field({ type: protocol, description: 'Upstream: Protocol. Not OTHER.' }),
    status: t.field({ type: status, description: 'Upstream: Status. Not OTHER.' }),
  }),
});

interface FilterInput {
  readonly name?: string | null | undefined;
  readonly category?: string | null | undefined;
  readonly protocol?: (typeof PROTOCOLS)[number] | null | undefined;
  readonly status?: (typeof SERVICE_STATUSES)[number] | null | undefined;
}

function toFilter(filter: FilterInput | null | undefined): ModelServiceFilter {
  const { name, category, protocol: speaks, status: state } = filter ?? {};
  if (speaks === 'OTHER') throw invalidInput('protocol cannot be OTHER in a filter.', ['filter', 'protocol']);
  if (state === 'OTHER') throw invalidInput('status cannot be OTHER in a filter.', ['filter', 'status']);
  return {
    name: name ?? undefined,
    category: category ?? undefined,
    protocol: speaks ?? undefined,
    status: state ?? undefined,
  };
}

/** Every gateway, for a field that can be asked of one of them. */
const gatewaysUnlessNamed = (context: Context) =>
  everyGateway(context, 'name one in gatewaySourceId', ['gatewaySourceId']);

function connectServices(
  gatewaySourceId: string | null | undefined,
  filterInput: FilterInput | null | undefined,
  window: WindowArgs,
  context: Context,
) {
  const { sessions, region } = context;
  const filter = toFilter(filterInput);
  const servicesOf = (id: string) => sessions.aiGateway.modelServices(id, filter);
  const identity = ['modelServices', region, gatewaySourceId ?? null, filter];
  if (gatewaySourceId !== undefined && gatewaySourceId !== null) {
    checkSourceId('name', gatewaySourceId, ['gatewaySourceId']);
    const joins = readAhead('ModelService.models', filter, context, gatewaySourceId);
    return connect(identity, servicesOf(gatewaySourceId), window, joins);
  }
  const everyList = async () =>
    (await gatewaysUnlessNamed(context)).map(({ sourceId }) => ({
      key: sourceId,
      list: servicesOf(sourceId),
    }));
  return connect(identity, everyList, window);
}

builder.objectField(aiGateway, 'modelServices', (t) =>
  t.field({
    type: modelServiceConnection,
    description: 'Its model services. Upstream: DescribeModelServices.',
    args: { ...windowArgs, filter: t.arg({ type: modelServiceFilter, description: 'Which services.' }) },
    extensions: costs<WindowArgs>((asked) => pageCost(asked, { source: 'AI_GATEWAY' })),
    resolve: ({ sourceId }, { filter, ...window }, context) =>
      connectServices(sourceId, filter, window, context),
  }),
);

/** Asks every gateway: found wins over another one's failure, not found beside a failure is that failure. */
async function findService(sourceId: string, context: Context): Promise<ModelService | null> {
  const gateways = await gatewaysUnlessNamed(context);
  const answers = await Promise.allSettled(
    gateways.map((gateway) => context.sessions.aiGateway.modelService(gateway.sourceId, sourceId)),
  );
  const found = answers.find((answer) => answer.status === 'fulfilled');
  if (found !== undefined) return found.value;
  const failure = answers.find((answer) => answer.status === 'rejected' && !isNotFound(answer.reason));
  if (failure?.status === 'rejected') throw failure.reason;
  return null;
}

interface LookupArgs {
  readonly id?: string | null | undefined;
  readonly sourceId?: string | null | undefined;
  readonly gatewaySourceId?: string | null | undefined;
}

/** The service that a lookup names; without its gateway where only its own id is given. @throws GatewayError */
function chosenService({ id, sourceId, gatewaySourceId }: LookupArgs, region: string) {
  const hasGateway = gatewaySourceId !== undefined && gatewaySourceId !== null;
  if (id !== undefined && id !== null && hasGateway) {
    throw invalidInput('gatewaySourceId goes with sourceId, not with id.', ['gatewaySourceId']);
  }
  const own = chosenId(MODEL_SERVICE_KEY, { id, sourceId }, region);
  if (id !== undefined && id !== null) {
    return { own, gateway: parseGlobalId(MODEL_SERVICE_KEY, id, region, ['id'])[0] };
  }
  if (!hasGateway) return { own, gateway: undefined };
  return { own, gateway: checkSourceId('name', gatewaySourceId, ['gatewaySourceId']) };
}

function lookupCostOf(args: LookupArgs, region: string): Cost {
  const { own, gateway } = chosenService(args, region);
  if (gateway !== undefined) return { byId: [batchedLookup(MODEL_SERVICE_KEY, gateway, own)], rows: ONE_ROW };
  const what = 'ModelService by id, in every AI gateway';
  const everywhere = { what, among: '', ids: [own], perCall: IDS_PER_CALL, callsEach: MAX_GATEWAYS };
  return { once: [GATEWAY_LIST], byId: [everywhere], rows: ONE_ROW };
}

builder.queryFields((t) => ({
  modelService: t.field({
    type: modelService,
    description:
      'One model service by exactly one of id and sourceId; null where it does not exist. Upstream: DescribeModelServices, one call for each gateway and 100 services, however many fields ask. A sourceId without its gateway asks every gateway.',
    args: {
      id: t.arg.id({ description: 'Global id.' }),
      sourceId: t.arg.id({ description: "The backend's own id, ms-…." }),
      gatewaySourceId: t.arg.id({ description: 'pg-… of its gateway. Goes with sourceId.' }),
    },
    extensions: costs<LookupArgs>(({ args, region }) => lookupCostOf(args, region)),
    resolve: (_root, args, context) => {
      const { own, gateway } = chosenService(args, context.region);
      return gateway === undefined
        ? findService(own, context)
        : orNull(context.sessions.aiGateway.modelService(gateway, own));
    },
  }),
  modelServices: t.field({
    type: modelServiceConnection,
    description:
      'Model services of every gateway the account has, in gateway order, or of the one named. Upstream: DescribeModelServices for each gateway that the page needs, and DescribeGatewayList where none is named.',
    args: {
      ...windowArgs,
      gatewaySourceId: t.arg.id({ description: 'pg-… of one gateway.' }),
      filter: t.arg({ type: modelServiceFilter, description: 'Which services.' }),
    },
    extensions: costs<WindowArgs & LookupArgs>((asked) => {
      const isOfOne = asked.args.gatewaySourceId !== undefined && asked.args.gatewaySourceId !== null;
      const every = { lists: MAX_GATEWAYS, once: [GATEWAY_LIST], ownersOf: gatewaysOf };
      return pageCost(asked, { source: 'AI_GATEWAY', ...(isOfOne ? {} : every) });
    }),
    resolve: (_root, { gatewaySourceId, filter, ...window }, context) =>
      connectServices(gatewaySourceId, filter, window, context),
  }),
}));
