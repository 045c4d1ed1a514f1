import type { GraphQLAbstractType, GraphQLResolveInfo } from 'graphql';
import { ignore, isPromise } from './run.ts';

/**
 * The type of a value whose interface or union does not tell: its `__typename`, or the first type that says it is one
 * of its own. Unlike the one of graphql-js it does not wait for the other types where one of them throws.
 */
export function defaultType(
  value: unknown,
  context: unknown,
  info: GraphQLResolveInfo,
  type: GraphQLAbstractType,
): unknown {
  const { __typename: told } = (typeof value === 'object' ? value : {}) as { readonly __typename?: unknown };
  if (typeof told === 'string') return told;
  const types = info.schema.getPossibleTypes(type);
  const promised: unknown[] = [];
  try {
    for (const [index, { name, isTypeOf }] of types.entries()) {
      const is: unknown = isTypeOf?.(value, context, info);
      if (isPromise(is)) promised[index] = is;
      else if (is) return name;
    }
    return promised.length === 0
      ? undefined
      : Promise.all(promised).then((all) => types[all.findIndex(Boolean)]?.name);
  } finally {
    promised.forEach(ignore);
  }
}
