import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { payLookup } from '../cost/ledger.ts';
import { type Cost, costs, ONE_ROW, type Rows } from '../cost/statement.ts';
import { decodeGlobalId, type KeyShape } from '../domain/global-id.ts';
import { GatewayError, invalidInput } from '../errors.ts';
import { orNull, parseGlobalId } from './ids.ts';
import { type LookupCost, singleLookup } from './lookup-cost.ts';

/** Every domain object carries the name of its GraphQL type. */
export interface NodeRow {
  readonly type: string;
}

type LoadNode = (key: readonly string[], context: Context) => Promise<NodeRow>;

interface NodeType {
  readonly shape: KeyShape;
  readonly load: LoadNode;
  readonly costOf: (key: readonly string[]) => LookupCost;
}

const nodeTypes = new Map<string, NodeType>();

/** Makes a type refetchable by its global id. `load` gets the key without its region, and `costOf` states its calls. */
export function registerNode(
  shape: KeyShape,
  load: LoadNode,
  costOf: NodeType['costOf'] = (key) => ({ lookup: singleLookup(shape, ...key) }),
): void {
  nodeTypes.set(shape.typeName, { shape, load, costOf });
}

/** Relay's Node. */
export const node = builder.interfaceRef<NodeRow>('Node').implement({
  description: 'Anything with a global id (Relay).',
  resolveType: ({ type }) => type,
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id: opaque, and all it takes to fetch the object again.',
    }),
  }),
});

/** Ids that one query may name. */
const MAX_NODES = 200;

function parseNodeId(id: string, region: string, path: readonly string[]) {
  const type = nodeTypes.get(decodeGlobalId(id)?.typeName ?? '');
  if (type === undefined) throw invalidInput(`${path.at(-1) ?? 'id'} is not an id of this graph.`, path);
  return { type, key: parseGlobalId(type.shape, id, region, path) };
}

/** The thing with a global id, null where it does not exist. @throws GatewayError */
export async function loadNode(
  id: string,
  context: Context,
  path: readonly string[],
): Promise<NodeRow | null> {
  const { type, key } = parseNodeId(id, context.region, path);
  return orNull(payLookup(type.costOf(key).lookup, () => type.load(key, context)));
}

/** What the lookups of these ids take; those that will be refused take nothing. */
function nodesCost(ids: readonly string[], region: string): Cost {
  const found = ids.flatMap((id) => {
    try {
      const { type, key } = parseNodeId(id, region, ['ids']);
      return [{ typeName: type.shape.typeName, cost: type.costOf(key) }];
    } catch (error) {
      if (error instanceof GatewayError) return [];
      throw error;
    }
  });
  const rows = Map.groupBy(found, ({ typeName }) => typeName);
  const byType = Array.from(rows, ([typeName, { length }]) => [typeName, rowsOf(length)] as const);
  return {
    byId: found.map(({ cost }) => cost.lookup),
    reserve: found.flatMap(({ cost }) => cost.reserve ?? []),
    rows: { ...rowsOf(found.length), byType: Object.fromEntries(byType) },
  };
}

/** What it takes to look up one thing of which not even the type is known. */
export function anyNodeCost(): Cost {
  const lookups = Array.from(nodeTypes.values(), ({ costOf }) => costOf([]));
  return {
    calls: Math.max(...lookups.map(({ lookup }) => lookup.callsEach ?? 1)),
    reserve: lookups.flatMap(({ reserve = [] }) => reserve),
    rows: ONE_ROW,
  };
}

function rowsOf(count: number): Rows {
  return { count, owners: count };
}

builder.queryFields((t) => ({
  node: t.field({
    type: node,
    description:
      'Any object by its global id; null where it does not exist. Calls what the lookup of its type calls.',
    args: { id: t.arg.id({ required: true, description: 'Global id.' }) },
    extensions: costs<{ id: string }>(({ args, region }) => nodesCost([args.id], region)),
    resolve: (_root, { id }, context) => loadNode(id, context, ['id']),
  }),
  nodes: t.field({
    type: [node],
    nullable: { list: false, items: true },
    description: `Up to ${MAX_NODES} objects by their global ids, in the order asked; each is null or an error of its own where it cannot be had. Calls what their lookups call.`,
    args: {
      ids: t.arg.idList({ required: true, description: `At most ${MAX_NODES} global ids.` }),
    },
    extensions: costs<{ ids: readonly string[] }>(({ args, region }) =>
      nodesCost(args.ids.slice(0, MAX_NODES), region),
    ),
    resolve(_root, { ids }, context) {
      if (ids.length > MAX_NODES) throw invalidInput(`ids must name at most ${MAX_NODES} objects.`, ['ids']);
      return ids.map((id) => loadNode(id, context, ['ids']));
    },
  }),
}));
