import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What selections are read with. */
export interface SelectionSetting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Fields that are one in the answer: same response key, same arguments. */
export type MergedField = readonly [FieldNode, ...FieldNode[]];

/** The fields that a selection asks of an object of that type, by response key, as the executor finds them. */
export function collectFields(
  setting: SelectionSetting,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): ReadonlyMap<string, MergedField> {
  const found = new Map<string, [FieldNode, ...FieldNode[]]>();
  const spread = new Set<string>();
  const visit = (selection: SelectionNode): void => {
    if (!isIncluded(setting, selection)) return;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const known = found.get(key);
      if (known === undefined) found.set(key, [selection]);
      else known.push(selection);
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : spreadOnce(selection.name.value);
    if (fragment !== undefined && applies(setting, fragment.typeCondition?.name.value, type)) {
      fragment.selectionSet.selections.forEach(visit);
    }
  };
  const spreadOnce = (name: string) => {
    if (spread.has(name)) return undefined;
    spread.add(name);
    return setting.fragments.get(name);
  };
  for (const { selections } of sets) selections.forEach(visit);
  return found;
}

function applies(
  { schema }: SelectionSetting,
  condition: string | undefined,
  type: GraphQLObjectType,
): boolean {
  if (condition === undefined || condition === type.name) return true;
  const named = schema.getType(condition);
  return isAbstractType(named) && schema.isSubType(named, type);
}

function isIncluded({ variables }: SelectionSetting, selection: SelectionNode): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false;
}
