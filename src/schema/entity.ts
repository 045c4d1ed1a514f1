import { builder, type ObjectTypeRef } from '../builder.ts';
import type { Context } from '../context.ts';
import { costs } from '../cost/statement.ts';
import { type KeyPart, type KeyShape, keyPartFault } from '../domain/global-id.ts';
import type { JsonValue } from '../domain/json-value.ts';
import { invalidInput } from '../errors.ts';
import { parseGlobalId } from './ids.ts';
import { loadByKey, lookupsCost, type NodeKey, type NodeRow, nodeTypeOf } from './node.ts';

/*
 * Objects as the other subgraphs of a supergraph name them (Apollo Federation): by their global id, or by what other
 * teams know of them, which are the parts of that same id.
 *
 * Not by @pothos/plugin-federation: its 4.4.2 cannot be loaded beside @apollo/subgraph 2.15, and what came before that
 * runs on @apollo/federation-internals, which is under the Elastic License.
 */

interface EntityType {
  readonly shape: KeyShape;
  /** The fields that hold the parts of the key, in the order of the shape. */
  readonly fields: readonly string[];
}

interface Representation {
  readonly [field: string]: JsonValue | undefined;
}

const entityTypes = new Map<string, EntityType>();
const entityRefs: ObjectTypeRef<NodeRow>[] = [];

/**
 * Lets other subgraphs name the objects of a type that is registered as a node: by `id`, and by the fields that hold
 * the parts of its key, in the order of the shape.
 */
export function registerEntity<Row extends NodeRow>(
  ref: ObjectTypeRef<Row>,
  shape: KeyShape,
  fields: readonly (keyof Row & string)[],
): void {
  entityTypes.set(shape.typeName, { shape, fields });
  entityRefs.push(ref as ObjectTypeRef<never> as ObjectTypeRef<NodeRow>);
}

/** The keys of a type, each as the fields that make it; none where it is no entity. */
export function keysOf(typeName: string): readonly string[] {
  const entity = entityTypes.get(typeName);
  return entity === undefined ? [] : ['id', entity.fields.join(' ')];
}

/** Objects that a router may name at once: far more than a page of another subgraph holds. */
const MAX_REPRESENTATIONS = 5_000;

/** @throws GatewayError INVALID_INPUT, naming the field that is at fault */
function parseRepresentation(representation: JsonValue, region: string): NodeKey {
  if (!isRepresentation(representation)) {
    throw invalidInput('A representation must be an object with a __typename.', ['representations']);
  }
  const typeName = representation['__typename'];
  const entity = typeof typeName === 'string' ? entityTypes.get(typeName) : undefined;
  const type = nodeTypeOf(entity?.shape.typeName ?? '');
  if (entity === undefined || type === undefined) {
    throw invalidInput('__typename is not the name of an entity of this graph.', ['__typename']);
  }
  const { id } = representation;
  if (id === undefined) return { type, key: parseParts(entity, representation, region) };
  return { type, key: parseGlobalId(entity.shape, textOf('id', id), region, ['id']) };
}

function isRepresentation(value: JsonValue): value is { readonly [field: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The key without its region. */
function parseParts(
  { shape, fields }: EntityType,
  representation: Representation,
  region: string,
): readonly string[] {
  if (fields.every((field) => representation[field] === undefined)) {
    throw invalidInput(`A ${shape.typeName} is named by id, or by ${fields.join(', ')}.`, ['id']);
  }
  const key = fields.map((field, index) => {
    const value = textOf(field, representation[field]);
    const fault = keyPartFault(shape.parts[index] as KeyPart, value, region);
    if (fault !== undefined) throw invalidInput(`${field} cannot be used: it ${fault}.`, [field]);
    return value;
  });
  return shape.parts[0] === 'region' ? key.slice(1) : key;
}

/** Text only: a number of more than 15 digits has been rounded by whoever read it. */
function textOf(field: string, value: JsonValue | undefined): string {
  if (value === undefined) throw invalidInput(`${field} is missing.`, [field]);
  if (typeof value !== 'string') throw invalidInput(`${field} must be a string.`, [field]);
  return value;
}

async function loadEntity(representation: JsonValue, context: Context): Promise<NodeRow | null> {
  return loadByKey(parseRepresentation(representation, context.region), context);
}

const entity = builder.unionType('_Entity', {
  description: 'Whatever other subgraphs may name (Apollo Federation).',
  types: () => entityRefs,
  resolveType: ({ type }) => type,
});

builder.queryField('_entities', (t) =>
  t.field({
    type: [entity],
    nullable: { list: false, items: true },
    description: `Objects as a router names them (Apollo Federation), up to ${MAX_REPRESENTATIONS.toLocaleString('en')}, in the order asked; each is null where it does not exist, or an error of its own where it cannot be had. Calls what their lookups call.`,
    args: {
      representations: t.arg({
        type: ['_Any'],
        required: true,
        description: 'Each with its __typename and the fields of one of its keys.',
      }),
    },
    extensions: costs<{ representations: readonly JsonValue[] }>(({ args, region }) =>
      lookupsCost(args.representations.slice(0, MAX_REPRESENTATIONS), (one) =>
        parseRepresentation(one, region),
      ),
    ),
    resolve(_root, { representations }, context) {
      if (representations.length > MAX_REPRESENTATIONS) {
        throw invalidInput(`representations must name at most ${MAX_REPRESENTATIONS} objects.`, [
          'representations',
        ]);
      }
      return representations.map((one) => loadEntity(one, context));
    },
  }),
);
