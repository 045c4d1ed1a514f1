import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { payAt } from './ledger.ts';
import type { CostExtensions, CostStatement, PaidAsOnce } from './statement.ts';

type AnyField = GraphQLField<unknown, unknown>;

function extensionsOf({ extensions }: AnyField): Partial<CostExtensions> {
  return extensions as Partial<CostExtensions>;
}

/** What a field states of its cost; undefined where it calls nothing, or what another one states. */
export function statementOf(field: AnyField): CostStatement<never> | undefined {
  const { cost } = extensionsOf(field);
  return cost === 'of its list' ? undefined : cost;
}

/** Has the calls of each field that states a cost paid by its share of the plan. */
export function withShares(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { cost, isPaidAsOnce } = extensionsOf(field);
      // To pay takes longer than many a resolver: none does that calls nothing.
      if (cost === undefined || isPaidAsOnce === true) continue;
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (source, args, context, info) =>
        cost === 'of its list' && isPaid(source)
          ? resolve(source, args, context, info)
          : payAt(info.path, () => resolve(source, args, context, info));
    }
  }
  return schema;
}

function isPaid(page: unknown): boolean {
  return (page as Partial<PaidAsOnce>).isPaidAsOnce === true;
}

const costlyBySchema = new WeakMap<GraphQLSchema, ReadonlySet<GraphQLNamedType>>();

/** The types from which a field that states a cost can be reached. */
export function costlyTypes(schema: GraphQLSchema): ReadonlySet<GraphQLNamedType> {
  const known = costlyBySchema.get(schema);
  if (known !== undefined) return known;
  const costly = new Set<GraphQLNamedType>();
  const types = Object.values(schema.getTypeMap());
  for (let before = -1; before < costly.size; ) {
    before = costly.size;
    for (const type of types) if (isCostly(type, schema, costly)) costly.add(type);
  }
  costlyBySchema.set(schema, costly);
  return costly;
}

function isCostly(
  type: GraphQLNamedType,
  schema: GraphQLSchema,
  costly: ReadonlySet<GraphQLNamedType>,
): boolean {
  if (isAbstractType(type) && schema.getPossibleTypes(type).some((one) => costly.has(one))) return true;
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  return Object.values(type.getFields()).some(
    (field) => statementOf(field) !== undefined || costly.has(getNamedType(field.type)),
  );
}
