import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { decodeGlobalId, type KeyShape } from '../domain/global-id.ts';
import { invalidInput } from '../errors.ts';
import { orNull, parseGlobalId } from './ids.ts';

/** Every domain object carries the name of its GraphQL type. */
export interface NodeRow {
  readonly type: string;
}

type LoadNode = (key: readonly string[], context: Context) => Promise<NodeRow>;

const nodeTypes = new Map<string, { readonly shape: KeyShape; readonly load: LoadNode }>();

/** Makes a type refetchable by its global id. `load` gets the key without its region. */
export function registerNode(shape: KeyShape, load: LoadNode): void {
  nodeTypes.set(shape.typeName, { shape, load });
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

async function loadNode(id: string, context: Context, path: readonly string[]): Promise<NodeRow | null> {
  const known = nodeTypes.get(decodeGlobalId(id)?.typeName ?? '');
  if (known === undefined) throw invalidInput(`${path.at(-1) ?? 'id'} is not an id of this graph.`, path);
  const key = parseGlobalId(known.shape, id, context.region, path);
  return orNull(known.load(key, context));
}

builder.queryFields((t) => ({
  node: t.field({
    type: node,
    description:
      'Any object by its global id; null where it does not exist. Calls what the lookup of its type calls.',
    args: { id: t.arg.id({ required: true, description: 'Global id.' }) },
    resolve: (_root, { id }, context) => loadNode(id, context, ['id']),
  }),
  nodes: t.field({
    type: [node],
    nullable: { list: false, items: true },
    description: `Up to ${MAX_NODES} objects by their global ids, in the order asked; each is null or an error of its own where it cannot be had. Calls what their lookups call.`,
    args: {
      ids: t.arg.idList({ required: true, description: `At most ${MAX_NODES} global ids.` }),
    },
    resolve(_root, { ids }, context) {
      if (ids.length > MAX_NODES) throw invalidInput(`ids must name at most ${MAX_NODES} objects.`, ['ids']);
      return ids.map((id) => loadNode(id, context, ['ids']));
    },
  }),
}));
