import {
  DirectiveLocation,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLNonNull,
  GraphQLString,
  getDirectiveValues,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** As the executor reads it. Source: Incremental Delivery over HTTP, the draft of 2022-08-24. */
export const deferDirective = new GraphQLDirective({
  name: 'defer',
  description:
    'These fields may come later than the others, in a part of their own (multipart/mixed or text/event-stream).',
  locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
  args: {
    if: {
      type: new GraphQLNonNull(GraphQLBoolean),
      defaultValue: true,
      description: 'Whether they may at all.',
    },
    label: { type: GraphQLString, description: 'Names the part, so that the client knows it again.' },
  },
});

type Spread = InlineFragmentNode | FragmentSpreadNode;

/** Whether what a fragment selects comes in a part of its own. */
export function isDeferred(spread: Spread, variables: Readonly<Record<string, unknown>>): boolean {
  const values = getDirectiveValues(deferDirective, spread, variables);
  return values !== undefined && values['if'] !== false;
}

/** How many parts an operation asks for at the most, each list taken as one row. */
export function countDeferred(
  { selectionSet }: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variables: Readonly<Record<string, unknown>>,
): number {
  const byFragment = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const known = byFragment.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const count = fragment === undefined ? 0 : ofSet(fragment.selectionSet);
    byFragment.set(name, count);
    return count;
  };
  const ofSelection = (selection: SelectionNode): number => {
    if (selection.kind === Kind.FIELD) {
      return selection.selectionSet === undefined ? 0 : ofSet(selection.selectionSet);
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? ofSet(selection.selectionSet)
        : ofFragment(selection.name.value);
    return isDeferred(selection, variables) ? inner + 1 : inner;
  };
  const ofSet = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => sum + ofSelection(selection), 0);
  return ofSet(selectionSet);
}
