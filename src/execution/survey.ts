import {
  type ASTNode,
  BREAK,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';

/** What of a document decides whether and how it is compiled. */
export interface Survey {
  readonly operations: readonly OperationDefinitionNode[];
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Names of the variables that decide what is skipped and included. */
  readonly choices: readonly string[];
}

/** Of the schema itself, which is rarely asked for; what takes several answers; what the executor in use before trips over. */
const REFUSED_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type']);
const REFUSED_DIRECTIVES: ReadonlySet<string> = new Set(['defer', 'stream']);
const REFUSED_KEYS: ReadonlySet<string> = new Set(['then', '__proto__']);

const CHOOSING: ReadonlySet<string> = new Set(['skip', 'include']);

/** Undefined for a document that is not compiled. */
export function surveyOf(document: DocumentNode): Survey | undefined {
  const choices = new Set<string>();
  let isRefused = false;
  visit(document, {
    enter(node: ASTNode) {
      if (isRefusedNode(node)) {
        isRefused = true;
        return BREAK;
      }
      if (node.kind === Kind.DIRECTIVE) for (const name of choicesOf(node)) choices.add(name);
      return undefined;
    },
  });
  if (isRefused) return undefined;
  const operations: OperationDefinitionNode[] = [];
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return { operations, fragments, choices: [...choices] };
}

function isRefusedNode(node: ASTNode): boolean {
  if (node.kind === Kind.DIRECTIVE) return REFUSED_DIRECTIVES.has(node.name.value);
  if (node.kind !== Kind.FIELD) return false;
  return REFUSED_FIELDS.has(node.name.value) || REFUSED_KEYS.has(node.alias?.value ?? node.name.value);
}

function choicesOf({ name, arguments: args = [] }: DirectiveNode): readonly string[] {
  if (!CHOOSING.has(name.value)) return [];
  return args.flatMap(({ value }) => (value.kind === Kind.VARIABLE ? [value.name.value] : []));
}
