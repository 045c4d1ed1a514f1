import { dataOf } from '../../contract/support/backend-cases.ts';
import type { TestGateway } from '../../support/gateway.ts';
import type { Known } from '../../support/random-query.ts';

/** Ids and cursors of what a gateway serves. */
export async function knownOf(from: TestGateway): Promise<Known> {
  const read = async (query: string) => dataOf<Record<string, unknown>>(await from.query(query));
  const data = [
    await read('{ models(first: 30) { nodes { id sourceId billingRules(first: 1) { nodes { id } } } } }'),
    await read('{ paiModels(first: 30) { nodes { id sourceId versions(first: 2) { nodes { id } } } } }'),
    await read('{ aiGateways { nodes { id sourceId modelApis(first: 3) { nodes { id } } } } }'),
    await read('{ modelServices(first: 60) { nodes { id sourceId costRules(first: 1) { nodes { id } } } } }'),
  ];
  const found: Record<string, string[]> = {};
  const foundSourceIds: Record<string, string[]> = {};
  const typeOf = (id: string) => Buffer.from(id, 'base64url').toString().split(':')[0] ?? '';
  const add = (to: Record<string, string[]>, type: string, text: string) => {
    to[type] = [...(to[type] ?? []), text];
  };
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { id, sourceId } = value as { id?: string; sourceId?: string };
    if (id !== undefined) add(found, typeOf(id), id);
    if (id !== undefined && sourceId !== undefined) add(foundSourceIds, typeOf(id), sourceId);
    Object.values(value).forEach(look);
  };
  look(data);
  const cursorsOf = async (field: string, args = '') => {
    const page = await from.query(
      `{ list: ${field}(${['first: 60', args].join(' ')}) { edges { cursor } } }`,
    );
    const { edges } = dataOf<{ list: { edges: { cursor: string }[] } }>(page).list;
    return { args, cursors: edges.map(({ cursor }) => cursor) };
  };
  const orders = ['SOURCE', 'NAME', 'CREATED_AT'].flatMap((field) =>
    ['ASC', 'DESC'].map((direction) => `orderBy: { field: ${field}, direction: ${direction} }`),
  );
  return {
    ids: found,
    sourceIds: foundSourceIds,
    lists: {
      models: [await cursorsOf('models')],
      paiModels: [await cursorsOf('paiModels')],
      workspaces: [await cursorsOf('workspaces')],
      aiGateways: [await cursorsOf('aiGateways')],
      modelServices: [
        await cursorsOf('modelServices'),
        ...(await Promise.all(
          (foundSourceIds['AiGateway'] ?? []).map((id) =>
            cursorsOf('modelServices', `gatewaySourceId: "${id}"`),
          ),
        )),
      ],
      catalog: await Promise.all(orders.map((order) => cursorsOf('catalog', order))),
    },
  };
}
