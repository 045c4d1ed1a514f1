import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { payOnce } from '../cost/ledger.ts';
import { costs, type OnceRead } from '../cost/statement.ts';
import { AI_GATEWAY_KEY, type AiGateway, type AiGatewayEndpoint } from '../domain/model-service.ts';
import { invalidInput } from '../errors.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { registerEntity } from './entity.ts';
import { chosenId, globalId, orNull } from './ids.ts';
import { pageCost } from './list-cost.ts';
import { lookupCosts } from './lookup-cost.ts';
import { node, registerNode } from './node.ts';

const endpoint = builder.objectRef<AiGatewayEndpoint>('AiGatewayEndpoint').implement({
  description: 'An address of an AI gateway.',
  fields: (t) => ({
    address: t.exposeString('address', { description: 'Host name.' }),
    port: t.exposeInt('port', { description: 'Port.' }),
    netType: t.exposeString('netType', { description: 'Public or Private.' }),
  }),
});

/** An instance of the AI gateway. `modelServices` is added beside the services. */
export const aiGateway = builder.objectRef<AiGateway>('AiGateway').implement({
  description:
    'An instance of the PolarDB AI gateway. Upstream: DescribeGatewayList, DescribeGatewayAttribute.',
  interfaces: [node],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id.',
      resolve: ({ region, sourceId }) => globalId(AI_GATEWAY_KEY, region, sourceId),
    }),
    sourceId: t.exposeID('sourceId', {
      nullable: false,
      description: 'pg-… of the backend. Upstream: GwClusterId.',
    }),
    region: t.exposeString('region', { nullable: false, description: 'The region it runs in.' }),
    description: t.exposeString('description', { description: 'Upstream: GwDescription.' }),
    status: t.exposeString('status', { description: 'State as the backend spells it, e.g. ACTIVATION.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Upstream: CreateTime.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'Upstream: ModifyTime.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Upstream: ExpireTime; null for pay-as-you-go.',
    }),
    endpoints: t.field({
      type: [endpoint],
      description:
        'Its addresses. Upstream: DescribeGatewayAttribute, one call for each gateway whose endpoints are selected.',
      extensions: costs(({ of }) => ({ calls: of.count })),
      resolve: async ({ sourceId }, _args, { sessions }) => {
        const { endpoints } = await sessions.aiGateway.gateway(sourceId);
        return endpoints === undefined ? null : [...endpoints];
      },
    }),
  }),
});

const aiGatewayConnection = connectionType('AiGateway', aiGateway, 'AI gateways');

registerNode(AI_GATEWAY_KEY, ([id = ''], context) => loadGateway(id, context));

registerEntity(aiGateway, AI_GATEWAY_KEY, ['region', 'sourceId']);

/** @throws GatewayError NOT_FOUND and any other */
export async function loadGateway(id: string, { sessions }: Context): Promise<AiGateway> {
  return (await sessions.aiGateway.gateway(id)).gateway;
}

/** Gateways that one field walks over. */
export const MAX_GATEWAYS = 20;

/** The list that {@link everyGateway} reads. */
export const GATEWAY_LIST: OnceRead = { what: 'the list of AI gateways', calls: 1 };

/**
 * Every gateway of the account, in the backend's order: one call.
 *
 * @param remedy what who asks for the field can do instead, and the argument for it, if there is one
 * @throws GatewayError INVALID_INPUT where there are more than one field may walk over
 */
export async function everyGateway(
  { sessions }: Context,
  remedy: string,
  path?: readonly string[],
): Promise<readonly AiGateway[]> {
  const list = sessions.aiGateway.gateways();
  const size = list.pageSizes.find((one) => one > MAX_GATEWAYS) ?? MAX_GATEWAYS;
  const page = await payOnce(GATEWAY_LIST.what, () => list.readPage(1, size));
  if (Math.max(page.total ?? 0, page.rows.length) > MAX_GATEWAYS) {
    throw invalidInput(`This account has more than ${MAX_GATEWAYS} AI gateways: ${remedy}.`, path);
  }
  return page.rows.filter((row) => row !== undefined);
}

builder.queryFields((t) => ({
  aiGateway: t.field({
    type: aiGateway,
    description:
      'One AI gateway by exactly one of id and sourceId; null where it does not exist. Upstream: DescribeGatewayAttribute, once for each distinct gateway.',
    args: {
      id: t.arg.id({ description: 'Global id.' }),
      sourceId: t.arg.id({ description: "The backend's own id, pg-…." }),
    },
    extensions: lookupCosts(AI_GATEWAY_KEY),
    resolve: (_root, args, context) =>
      orNull(loadGateway(chosenId(AI_GATEWAY_KEY, args, context.region), context)),
  }),
  aiGateways: t.field({
    type: aiGatewayConnection,
    description: 'The AI gateways of the configured region. Upstream: DescribeGatewayList.',
    args: { ...windowArgs },
    extensions: costs<WindowArgs>((asked) => pageCost(asked, { source: 'AI_GATEWAY' })),
    resolve: (_root, window, { sessions, region }) =>
      connect(['aiGateways', region], sessions.aiGateway.gateways(), window),
  }),
}));
