import {
  type ConstValueNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNullableType,
  isInputType,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Chance } from '../../support/random-query.ts';

/** An operation as it is sent. */
export interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Other values of the same types: the choices turned round, and some of the rest exchanged. */
export function otherwise(variables: Sent['variables'], chance: Chance): Sent['variables'] {
  const changed = Object.entries(variables).map(([name, value]) => {
    if (typeof value === 'number') return [name, chance.of(0.5) ? value + 1 : value] as const;
    return [name, Array.isArray(value) && chance.of(0.5) ? value.slice(1) : value] as const;
  });
  const { yes = true, no = false } = variables;
  return { ...Object.fromEntries(changed), yes: yes !== true, no: no !== true };
}

/** Values that fit few types. */
const ODD_VALUES: readonly unknown[] = [
  null,
  'odd',
  1.5,
  -1,
  true,
  [],
  {},
  ['a', null],
  { name: 'x' },
  2 ** 40,
];

/**
 * The same query written another way: arguments as variables, given, left to their defaults or wrong; fields that
 * stand several times and are merged; fragments in fragments, on interfaces too; what is skipped and included.
 */
export function varied(schema: GraphQLSchema, query: string, chance: Chance): Sent {
  const definitions: VariableDefinitionNode[] = [];
  const variables: Record<string, unknown> = {};
  const typeInfo = new TypeInfo(schema);
  const vary = (value: ValueNode): ValueNode | undefined => {
    const type = typeInfo.getInputType();
    if (!isInputType(type) || holdsVariable(value) || !chance.of(0.4)) return undefined;
    const name = `v${definitions.length}`;
    const isDefault = chance.of(0.25);
    const declared = isDefault && chance.of(0.5) ? getNullableType(type) : type;
    definitions.push(definition(name, String(declared), isDefault ? value : undefined));
    if (!isDefault || chance.of(0.3)) variables[name] = givenFor(value, chance);
    return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } };
  };
  const document = visit(
    parse(query),
    visitWithTypeInfo(typeInfo, {
      Argument: {
        leave(node) {
          const value = vary(node.value);
          return value === undefined ? undefined : { ...node, value };
        },
      },
      ObjectField: {
        leave(node) {
          const value = vary(node.value);
          return value === undefined ? undefined : { ...node, value };
        },
      },
      SelectionSet: { leave: (node) => variedSelections(typeInfo, node, chance) },
    }),
  );
  for (const name of ['yes', 'no']) if (chance.of(0.3)) variables[name] = chance.of(0.5);
  // In one line: to find out the line of every error takes longer than the rest.
  return { query: stripIgnoredCharacters(print(withDefinitions(document, definitions))), variables };
}

function givenFor(value: ValueNode, chance: Chance): unknown {
  return chance.of(0.04) ? chance.pick(ODD_VALUES) : valueFromASTUntyped(value);
}

function holdsVariable(value: ValueNode): boolean {
  return print(value).includes('$');
}

function definition(name: string, type: string, defaultValue: ValueNode | undefined): VariableDefinitionNode {
  const [operation] = parse(`query ($${name}: ${type}) { a }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('It is no operation.');
  const [made] = operation.variableDefinitions ?? [];
  if (made === undefined) throw new Error('It declares nothing.');
  return defaultValue === undefined ? made : { ...made, defaultValue: defaultValue as ConstValueNode };
}

function withDefinitions(document: DocumentNode, added: readonly VariableDefinitionNode[]): DocumentNode {
  return {
    ...document,
    definitions: document.definitions.map((one) =>
      one.kind === Kind.OPERATION_DEFINITION
        ? { ...one, variableDefinitions: [...(one.variableDefinitions ?? []), ...added] }
        : one,
    ),
  };
}

function variedSelections(typeInfo: TypeInfo, node: SelectionSetNode, chance: Chance): SelectionSetNode {
  const selections = node.selections.flatMap((one): SelectionNode[] => {
    const roll = chance.next();
    if (roll < 0.06 && one.kind === Kind.FIELD) return [one, one];
    if (roll < 0.14 && one.kind === Kind.FIELD && one.selectionSet !== undefined) return split(one, chance);
    if (roll < 0.2) return [inlined([one], undefined, chance)];
    if (roll < 0.24) return [{ ...one, directives: [...(one.directives ?? []), choice(chance)] }];
    return [one];
  });
  const type = typeInfo.getParentType();
  const interfaces =
    type !== null && type !== undefined && 'getInterfaces' in type ? type.getInterfaces() : [];
  if (interfaces.length > 0 && chance.of(0.15)) {
    const over = chance.pick(interfaces);
    const names = Object.values(over.getFields()).filter(
      (field) => field.args.length === 0 && /^\w+!?$/.test(String(field.type)),
    );
    const leaf = names.find(({ name }) => ['id', 'name', 'sourceId', 'message', 'code'].includes(name));
    if (leaf !== undefined) {
      const field: FieldNode = {
        kind: Kind.FIELD,
        name: { kind: Kind.NAME, value: leaf.name },
        alias: { kind: Kind.NAME, value: `${over.name}_${leaf.name}` },
      };
      selections.splice(chance.int(0, selections.length), 0, inlined([field], over.name, chance));
    }
  }
  return { ...node, selections };
}

/** The same field twice, with parts of its selection each. */
function split(field: FieldNode, chance: Chance): SelectionNode[] {
  const selections = field.selectionSet?.selections ?? [];
  const at = chance.int(1, Math.max(1, selections.length - 1));
  const part = (some: readonly SelectionNode[]): FieldNode => ({
    ...field,
    selectionSet: { kind: Kind.SELECTION_SET, selections: some },
  });
  const [front, rear] = [selections.slice(0, at), selections.slice(at)];
  return rear.length === 0 ? [field] : [part(front), inlined([part(rear)], undefined, chance)];
}

function inlined(
  selections: readonly SelectionNode[],
  on: string | undefined,
  chance: Chance,
): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    ...(on === undefined
      ? {}
      : { typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: on } } }),
    directives: chance.of(0.2) ? [choice(chance)] : [],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
}

function choice(chance: Chance) {
  const by = chance.pick(['$yes', '$no', 'true', 'false']);
  const text = `{ a @${chance.pick(['skip', 'include'])}(if: ${by}) }`;
  const [operation] = parse(text).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('It is no operation.');
  const [directive] = operation.selectionSet.selections[0]?.directives ?? [];
  if (directive === undefined) throw new Error('It has no directive.');
  return directive;
}
