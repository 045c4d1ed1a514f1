import {
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isDeferred } from '../defer.ts';

/** What selections are read with. */
export interface SelectionSetting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Fields that are one in the answer: same response key, same arguments. */
export type MergedField = readonly [FieldNode, ...FieldNode[]];

/** By response key. */
export type CollectedFields = ReadonlyMap<string, MergedField>;

/**
 * The fields that a selection asks of an object of that type, as the executor finds them: those that are answered at
 * once and, behind them, those of each fragment that is deferred. What stands in both is resolved for both.
 */
export function collectFields(
  setting: SelectionSetting,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): readonly CollectedFields[] {
  const parts: CollectedFields[] = [];
  const deferred: SelectionSetNode[] = [];
  for (let next: readonly SelectionSetNode[] | undefined = sets; next !== undefined; ) {
    parts.push(collectPart(setting, type, next, deferred));
    const later = deferred.shift();
    next = later && [later];
  }
  return parts;
}

function collectPart(
  setting: SelectionSetting,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  deferred: SelectionSetNode[],
): CollectedFields {
  const found = new Map<string, [FieldNode, ...FieldNode[]]>();
  const spread = new Set<string>();
  const visitFragment = (selection: InlineFragmentNode | FragmentSpreadNode): void => {
    const fragment = fragmentOf(setting, selection);
    if (fragment === undefined || !applies(setting, fragment.typeCondition?.name.value, type)) return;
    if (isDeferred(selection, setting.variables)) {
      deferred.push(fragment.selectionSet);
      return;
    }
    if (fragment.kind === Kind.FRAGMENT_DEFINITION) {
      if (spread.has(fragment.name.value)) return;
      spread.add(fragment.name.value);
    }
    fragment.selectionSet.selections.forEach(visit);
  };
  const visit = (selection: SelectionNode): void => {
    if (!isIncluded(setting, selection)) return;
    if (selection.kind === Kind.FIELD) addField(found, selection);
    else visitFragment(selection);
  };
  for (const { selections } of sets) selections.forEach(visit);
  return found;
}

function addField(found: Map<string, [FieldNode, ...FieldNode[]]>, field: FieldNode): void {
  const key = field.alias?.value ?? field.name.value;
  const known = found.get(key);
  if (known === undefined) found.set(key, [field]);
  else known.push(field);
}

function fragmentOf(
  { fragments }: SelectionSetting,
  selection: InlineFragmentNode | FragmentSpreadNode,
): InlineFragmentNode | FragmentDefinitionNode | undefined {
  return selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
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
