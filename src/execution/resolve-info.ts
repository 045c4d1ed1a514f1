import type {
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import type { Path } from 'graphql/jsutils/Path.js';
import type { MergedField } from '../cost/selection.ts';
import type { FieldPlan } from './field-plan.ts';
import { type AsyncHelpers, asyncHelpersOf, type Run } from './run.ts';

/** In place of the index of an item: the place is that of the list itself, or of no list. */
export const NO_ITEM = -1;

/** The place of an item of what is at `path`, or of that itself. */
function placeOf(path: Path | undefined, index: number): Path | undefined {
  return index === NO_ITEM ? path : itemPlace(path, index);
}

/** The place of an item of the list at `path`. */
export function itemPlace(path: Path | undefined, index: number): Path {
  return { prev: path, key: index, typename: undefined };
}

/**
 * What the resolvers of a field, and those of its type, are told besides its arguments; the executor in use before
 * tells more than graphql-js does. Most never ask: nothing of it is made before it is read.
 */
export class ResolveInfo implements GraphQLResolveInfo {
  readonly run: Run;
  readonly plan: FieldPlan;
  readonly parent: Path | undefined;
  readonly index: number;
  #path: Path | undefined;

  /** The field of the object at `parent`, or of that item of the list there. */
  constructor(run: Run, plan: FieldPlan, parent: Path | undefined, index: number) {
    this.run = run;
    this.plan = plan;
    this.parent = parent;
    this.index = index;
  }

  get path(): Path {
    this.#path ??= {
      prev: placeOf(this.parent, this.index),
      key: this.plan.key,
      typename: this.plan.parentType.name,
    };
    return this.#path;
  }

  get fieldName(): string {
    return this.plan.definition.name;
  }

  get fieldNodes(): MergedField {
    return this.plan.nodes;
  }

  get returnType(): GraphQLOutputType {
    return this.plan.definition.type;
  }

  get parentType(): GraphQLObjectType {
    return this.plan.parentType;
  }

  get schema(): GraphQLSchema {
    return this.run.schema;
  }

  get fragments(): Record<string, FragmentDefinitionNode> {
    return this.run.fragments;
  }

  get rootValue(): unknown {
    return this.run.rootValue;
  }

  get operation(): OperationDefinitionNode {
    return this.run.operation;
  }

  get variableValues(): Record<string, unknown> {
    return this.run.variables;
  }

  get signal(): AbortSignal | undefined {
    return this.run.signal;
  }

  get getAbortSignal(): () => AbortSignal | undefined {
    return () => this.run.signal;
  }

  get getAsyncHelpers(): () => AsyncHelpers {
    return () => asyncHelpersOf(this.run.contextValue);
  }
}
