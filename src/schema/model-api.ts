import { builder } from '../builder.ts';
import { costs } from '../cost/statement.ts';
import { MODEL_API_KEY, type ModelApi } from '../domain/model-api.ts';
import { aiGateway } from './ai-gateway.ts';
import { connect, connectionType, type WindowArgs, windowArgs } from './connection.ts';
import { registerEntity } from './entity.ts';
import { globalId } from './ids.ts';
import { pageCost } from './list-cost.ts';
import { batchedLookup } from './lookup-cost.ts';
import { protocol } from './model-service.ts';
import { node, registerNode } from './node.ts';

/** An address of a gateway that callers use. */
export const modelApi = builder.objectRef<ModelApi>('ModelApi').implement({
  description:
    'An address of an AI gateway that callers use, and the rules by which it finds a model service. Upstream: DescribeModelApis.',
  interfaces: [node],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id.',
      resolve: ({ region, gatewaySourceId, sourceId }) =>
        globalId(MODEL_API_KEY, region, gatewaySourceId, sourceId),
    }),
    sourceId: t.exposeID('sourceId', {
      nullable: false,
      description: 'mi-… of the backend. Upstream: ModelApiId.',
    }),
    region: t.exposeString('region', { nullable: false, description: 'The region it runs in.' }),
    gatewaySourceId: t.exposeID('gatewaySourceId', {
      nullable: false,
      description: 'pg-… of the gateway it belongs to.',
    }),
    name: t.exposeString('name', { nullable: false, description: 'Its name. Upstream: Name.' }),
    category: t.exposeString('category', {
      description: 'Upstream: Category, e.g. text, embedding, rerank.',
    }),
    protocol: t.expose('protocol', {
      type: protocol,
      nullable: false,
      description: 'The API it speaks to its callers; OTHER where it is not known.',
    }),
    rawProtocol: t.exposeString('rawProtocol', { description: 'Protocol exactly as the backend spells it.' }),
    pathPrefix: t.exposeString('pathPrefix', {
      description: 'What the paths of its calls begin with, e.g. /test. Upstream: PathPrefix.',
    }),
    status: t.exposeString('status', { description: 'State as the backend spells it, e.g. Enable.' }),
    routeRules: t.expose('routeRules', {
      type: 'JSON',
      description:
        'The rules, in order: the JSON text upstream, parsed; the raw text where it is no JSON; null where it is empty. Upstream: RouteRules.',
    }),
    recordInput: t.exposeString('recordInput', {
      description: 'Upstream: RecordInput, e.g. 10; what it means is not documented.',
    }),
    recordOutput: t.exposeString('recordOutput', {
      description: 'Upstream: RecordOutput, e.g. 10; what it means is not documented.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'Upstream: GmtCreated; without a zone there, and read as UTC+8.',
    }),
  }),
});

const modelApiConnection = connectionType('ModelApi', modelApi, 'model APIs');

registerNode(
  MODEL_API_KEY,
  ([gateway = '', id = ''], { sessions }) => sessions.aiGateway.modelApi(gateway, id),
  ([gateway = '', id = '']) => ({ lookup: batchedLookup(MODEL_API_KEY, gateway, id) }),
);

registerEntity(modelApi, MODEL_API_KEY, ['region', 'gatewaySourceId', 'sourceId']);

builder.objectField(aiGateway, 'modelApis', (t) =>
  t.field({
    type: modelApiConnection,
    description: 'The addresses that callers use. Upstream: DescribeModelApis.',
    args: { ...windowArgs },
    extensions: costs<WindowArgs>((asked) => pageCost(asked, { source: 'AI_GATEWAY' })),
    resolve: ({ sourceId }, window, { sessions, region }) =>
      connect(['modelApis', region, sourceId], sessions.aiGateway.modelApis(sourceId), window),
  }),
);
