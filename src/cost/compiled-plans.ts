import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type CompiledPlan, compilePlan, type PlanValues } from './plan.ts';

/** Fields of all plans that are kept, together: about 20 MB. */
const MAX_TOTAL_SIZE = 32_768;
/** Largest plan that is kept: a short text can spread its fragments many times. */
const MAX_SIZE = 16_384;

/** What is the same for all requests of a document. */
interface PlannedDocument {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Names of the variables that its directives take: they decide what is selected. */
  readonly choices: readonly string[];
  /** By the name of an operation and what is chosen. */
  readonly plans: Map<string, CompiledPlan>;
}

/**
 * The plans of documents, by the parsed document, which the cache of those keeps by its text. When they are too many
 * all of them are forgotten: to compile one takes no longer than to plan once.
 */
export class CompiledPlans {
  #documents = new WeakMap<DocumentNode, PlannedDocument>();
  #totalSize = 0;

  /** The plan of one of a document's operations. @throws GraphQLError for a directive whose variable is missing */
  of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: PlanValues['variables'],
  ): CompiledPlan {
    const { fragments, choices, plans } = this.#open(schema, document);
    const chosen = choicesOf(choices, variables);
    const name = operation.name?.value ?? '';
    const key = choices.length === 0 ? name : `${name} ${JSON.stringify(chosen)}`;
    const known = plans.get(key);
    if (known !== undefined) return known;
    const plan = compilePlan({ schema, operation, fragments, variables: chosen });
    if (plan.size <= MAX_SIZE) {
      plans.set(key, plan);
      this.#weigh(1 + plan.size);
    }
    return plan;
  }

  #open(schema: GraphQLSchema, document: DocumentNode): PlannedDocument {
    const known = this.#documents.get(document);
    if (known?.schema === schema) return known;
    const opened = { schema, ...surveyOf(document), plans: new Map() };
    this.#documents.set(document, opened);
    this.#weigh(1);
    return opened;
  }

  #weigh(size: number): void {
    this.#totalSize += size;
    if (this.#totalSize <= MAX_TOTAL_SIZE) return;
    this.#documents = new WeakMap();
    this.#totalSize = 0;
  }
}

function surveyOf(document: DocumentNode): Pick<PlannedDocument, 'fragments' | 'choices'> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const choices = new Set<string>();
  visit(document, {
    enter(node: ASTNode) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
      if (node.kind !== Kind.DIRECTIVE) return;
      for (const { value } of node.arguments ?? []) {
        if (value.kind === Kind.VARIABLE) choices.add(value.name.value);
      }
    },
  });
  return { fragments, choices: [...choices] };
}

/** Only what is given: a directive falls back to its default where a variable is not. */
function choicesOf(names: readonly string[], variables: PlanValues['variables']): PlanValues['variables'] {
  const given = names.filter((name) => Object.hasOwn(variables, name));
  return Object.fromEntries(given.map((name) => [name, variables[name]]));
}
