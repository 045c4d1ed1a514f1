import type {
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { collectFields, type MergedField, type SelectionSetting } from '../cost/selection.ts';
import { planField } from './field-plan.ts';
import { compileField, typenameField } from './fields.ts';
import { type CompiledField, runFields, runSerially, type Selection, selectionOf } from './objects.ts';
import { NO_ITEM } from './resolve-info.ts';
import type { Run } from './run.ts';

/** An operation that is ready to run, for one choice of what its variables skip and include. */
export interface CompiledOperation {
  /** Fields compiled so far: those of a selection are, when its first object is met. */
  readonly size: number;
  /** The data, or a promise of it. @throws unknown what left no data */
  run(run: Run): unknown;
}

/** What a compilation is made from. */
export interface CompileSetting {
  readonly schema: GraphQLSchema;
  readonly rootType: GraphQLObjectType;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** The variables that skip and include, and no other: what is compiled outlives the request. */
  readonly choices: Readonly<Record<string, boolean>>;
}

/** Compiles an operation that is neither a subscription nor asks for the schema itself. */
export function compileOperation(setting: CompileSetting): CompiledOperation {
  const compiler = new Compiler(setting);
  const { operation, rootType } = setting;
  let root: Selection | undefined;
  return {
    get size() {
      return compiler.size;
    },
    run(run) {
      root ??= compiler.compile(rootType, [operation]);
      return operation.operation === 'mutation'
        ? runSerially(run, root, run.rootValue)
        : runFields(run, root, run.rootValue, undefined, NO_ITEM);
    },
  };
}

class Compiler {
  size = 0;
  readonly #setting: SelectionSetting;

  constructor({ schema, fragments, choices }: CompileSetting) {
    this.#setting = { schema, fragments: new Map(Object.entries(fragments)), variables: choices };
  }

  /** What `holders` select of objects of a type. */
  compile(type: GraphQLObjectType, holders: readonly Holder[]): Selection {
    const sets = holders.flatMap(({ selectionSet }) => selectionSet ?? []);
    const fields: CompiledField[] = [];
    // Nothing is deferred in what is compiled: the fields come in one part.
    for (const [key, nodes] of collectFields(this.#setting, type, sets).flatMap((part) => [...part])) {
      const field = this.#field(type, key, nodes);
      if (field !== undefined) fields.push(field);
    }
    this.size += fields.length;
    return selectionOf(fields);
  }

  #field(type: GraphQLObjectType, key: string, nodes: MergedField): CompiledField | undefined {
    const { value: name } = nodes[0].name;
    if (name === '__typename') return typenameField(key, type.name);
    const definition = type.getFields()[name];
    if (definition === undefined) return undefined;
    const plan = planField(type, definition, key, nodes);
    return compileField(plan, (object) => this.compile(object, nodes));
  }
}

interface Holder {
  readonly selectionSet?: SelectionSetNode | undefined;
}
