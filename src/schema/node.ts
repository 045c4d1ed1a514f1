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

/** A type whose objects can be had by their keys. */
export interface NodeType {
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

/** The type of that name; undefined where its objects have no global ids. */
export function nodeTypeOf(typeName: string): NodeType | undefined {
  return nodeTypes.get(typeName);
}

/** One object, named: its key without the region. */
export interface NodeKey {
  readonly type: NodeType;
  readonly key: readonly string[];
}

function parseNodeId(id: string, region: string, path: readonly string[]): NodeKey {
  const type = nodeTypes.get(decodeGlobalId(id)?.typeName ?? '');
  if (type === undefined) throw invalidInput(`${path.at(-1) ?? 'id'} is not an id of this graph.`, path);
  return { type, key: parseGlobalId(type.shape, id, region, path) };
}

/** An object by its key, null where it does not exist. @throws GatewayError any other */
export function loadByKey({ type, key }: NodeKey, context: Context): Promise<NodeRow | null> {
  return orNull(payLookup(type.costOf(key).lookup, () => type.load(key, context)));
}

/** The thing with a global id, null where it does not exist. @throws GatewayError */
export async function loadNode(
  id: string,
  context: Context,
  path: readonly string[],
): Promise<NodeRow | null> {
  return loadByKey(parseNodeId(id, context.region, path), context);
}

/** What lookups take of the objects that `named` names; those that it refuses take nothing. */
export function lookupsCost<Name>(names: readonly Name[], named: (name: Name) => NodeKey): Cost {
  const found = new Map<string, NodeKey>();
  for (const name of names) {
    try {
      const one = named(name);
      found.set(JSON.stringify([one.type.shape.typeName, ...one.key]), one);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
    }
  }
  const keys = [...found.values()];
  const looked = keys.map(({ type, key }) => type.costOf(key));
  const byType = Map.groupBy(keys, ({ type }) => type.shape.typeName);
  const rows = Array.from(byType, ([typeName, ofType]) => [typeName, rowsOf(ofType)] as const);
  return {
    byId: looked.map(({ lookup }) => lookup),
    reserve: looked.flatMap(({ reserve = [] }) => reserve),
    rows: { ...rowsOf(keys), byType: Object.fromEntries(rows) },
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

/** All but the last part of a key name what the object belongs to. */
function rowsOf(keys: readonly NodeKey[]): Rows {
  const owners = new Set(keys.map(({ key }) => JSON.stringify(key.length > 1 ? key.slice(0, -1) : key)));
  return { count: keys.length, owners: owners.size };
}

function nodesCost(ids: readonly string[], region: string): Cost {
  return lookupsCost(ids, (id) => parseNodeId(id, region, ['ids']));
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
