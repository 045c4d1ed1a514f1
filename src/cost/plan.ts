import {
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { costlyTypes, statementOf } from './costly-fields.ts';
import { argumentsReader } from './field-arguments.ts';
import { Branch, type FieldsBelow, Ledger, type Share } from './ledger.ts';
import { collectFields, type MergedField, type SelectionSetting } from './selection.ts';
import { type ById, type Cost, type CostStatement, ONE_ROW, type Rows } from './statement.ts';

/** An operation that is about to run. */
export interface PlannedOperation extends SelectionSetting {
  readonly operation: OperationDefinitionNode;
  /** The configured one. */
  readonly region: string;
}

/** What statements ask for besides the operation. */
export type PlanValues = Pick<PlannedOperation, 'variables' | 'region'>;

/** Sums what the fields of an operation state, whether or not it is below the limit. Nothing is called. */
export function planOperation(planned: PlannedOperation, limit: number): Ledger {
  return compilePlan(planned).ledger(planned, limit);
}

/** The fields of an operation that state a cost, or lead to one. */
export interface CompiledPlan {
  /** How many they are. */
  readonly size: number;
  /** Sums what they state for these values. */
  ledger(values: PlanValues, limit: number): Ledger;
}

/**
 * Finds what an operation costs by, as far as that is the same for all its variables but those of its directives: of
 * `variables` no others are looked at.
 */
export function compilePlan(setting: Omit<PlannedOperation, 'region'>): CompiledPlan {
  const compiler = new PlanCompiler(setting);
  const { schema, operation } = setting;
  const type = schema.getRootType(operation.operation);
  const root = new Branch();
  const fields =
    type === undefined || type === null
      ? []
      : compiler.fieldsOf(type, [operation.selectionSet], { branch: root, path: '' });
  return {
    size: compiler.size,
    ledger(values, limit) {
      const planner = new Planner(values, new Ledger(limit, root));
      planner.plan(fields, ONE_ROW);
      planner.fillReserves(limit);
      return planner.ledger;
    },
  };
}

/** A field as it is planned. */
interface PlannedField {
  readonly fieldName: string;
  /** Undefined for one that only leads to others. */
  readonly statement: CostStatement<never> | undefined;
  /** @throws GraphQLError */
  readonly argumentsFor: (variables: PlanValues['variables']) => object;
  readonly selected: ReadonlySet<string>;
  readonly branch: Branch;
  /** By the names of the schema. */
  readonly path: string;
  readonly isAbstract: boolean;
  /** Not answered with the object it is asked of, but after it. */
  readonly isDeferred: boolean;
  readonly below: FieldsBelow;
  /** What is asked of each type that its objects can be of. */
  readonly possible: readonly { readonly name: string; readonly fields: readonly PlannedField[] }[];
}

interface At {
  readonly branch: Branch;
  readonly path: string;
}

function fieldsBelow(possible: PlannedField['possible']): FieldsBelow {
  const below = new Map<string, { readonly isDeferred: boolean }>();
  const add = (name: string, isDeferred: boolean) => {
    below.set(name, { isDeferred: isDeferred && below.get(name)?.isDeferred !== false });
  };
  for (const { name, fields } of possible) {
    for (const field of fields) {
      if (field.statement !== undefined) add(`${name}.${field.fieldName}`, field.isDeferred);
      // What that one's objects are asked for can only be read behind it.
      else for (const [inner, { isDeferred }] of field.below) add(inner, field.isDeferred || isDeferred);
    }
  }
  return below;
}

class PlanCompiler {
  size = 0;
  readonly #setting: SelectionSetting;
  readonly #costly: ReadonlySet<GraphQLNamedType>;

  constructor(setting: SelectionSetting) {
    this.#setting = setting;
    this.#costly = costlyTypes(setting.schema);
  }

  fieldsOf(type: GraphQLObjectType, sets: readonly SelectionSetNode[], at: At): readonly PlannedField[] {
    const fields = collectFields(this.#setting, type, sets).flatMap((part, index) =>
      Array.from(part, ([key, nodes]) => this.#field(type, key, nodes, { ...at, isDeferred: index > 0 })),
    );
    return fields.filter((field) => field !== undefined);
  }

  #field(
    type: GraphQLObjectType,
    key: string,
    nodes: MergedField,
    at: At & Pick<PlannedField, 'isDeferred'>,
  ): PlannedField | undefined {
    const field = type.getFields()[nodes[0].name.value];
    if (field === undefined) return undefined;
    const named = getNamedType(field.type);
    const statement = statementOf(field);
    if (statement === undefined && !this.#costly.has(named)) return undefined;
    this.size += 1;
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const path = at.path === '' ? field.name : `${at.path}.${field.name}`;
    const branch = at.branch.child(key);
    const possible = this.#costly.has(named)
      ? this.#possible(named).map((one) => ({
          name: one.name,
          fields: this.fieldsOf(one, sets, { branch, path }),
        }))
      : [];
    return {
      fieldName: field.name,
      statement,
      argumentsFor: argumentsReader(field as GraphQLField<unknown, unknown>, nodes[0]).read,
      selected: this.#selectedOf(named, sets),
      branch,
      path,
      isAbstract: isAbstractType(named),
      isDeferred: at.isDeferred,
      below: fieldsBelow(possible),
      possible,
    };
  }

  #possible(type: GraphQLNamedType): readonly GraphQLObjectType[] {
    if (isObjectType(type)) return [type];
    return isAbstractType(type) ? this.#setting.schema.getPossibleTypes(type) : [];
  }

  #selectedOf(type: GraphQLNamedType, sets: readonly SelectionSetNode[]): ReadonlySet<string> {
    if (!isObjectType(type)) return new Set();
    const fields = collectFields(this.#setting, type, sets);
    return new Set(fields.flatMap((part) => Array.from(part.values(), ([node]) => node.name.value)));
  }
}

class Planner {
  readonly ledger: Ledger;
  readonly #values: PlanValues;
  readonly #idsOf = new Map<Share, Set<string>>();
  /** By the reserve. */
  readonly #ownCalls = new Map<Share, number>();

  constructor(values: PlanValues, ledger: Ledger) {
    this.#values = values;
    this.ledger = ledger;
  }

  plan(fields: readonly PlannedField[], of: Rows): void {
    for (const field of fields) this.#planField(field, of);
  }

  /** Adds what fields want for themselves, as far as the limit leaves it. */
  fillReserves(limit: number): void {
    let left = Math.max(0, limit - this.ledger.planned);
    for (const [reserve, wanted] of this.#ownCalls) {
      const added = Math.min(left, wanted);
      reserve.planned += added;
      left -= added;
    }
  }

  #planField(field: PlannedField, of: Rows): void {
    let rows = of;
    if (field.statement !== undefined) {
      const cost = this.#costOf(field, field.statement, of);
      if (cost === undefined) return;
      this.#enter(cost, field);
      rows = cost.rows ?? of;
    }
    // Whatever the type of an object will be: the sum over all that it can be.
    for (const { name, fields } of field.possible) {
      const some = field.isAbstract && rows.byType !== undefined ? rows.byType[name] : rows;
      if (some !== undefined && some.count > 0) this.plan(fields, some);
    }
  }

  /** Undefined where the field will refuse its arguments. */
  #costOf(field: PlannedField, statement: CostStatement<never>, of: Rows): Cost | undefined {
    const { variables, region } = this.#values;
    try {
      const args = field.argumentsFor(variables) as never;
      return statement({ args, of, selected: field.selected, region });
    } catch (error) {
      if (error instanceof GatewayError || error instanceof GraphQLError) return undefined;
      throw error;
    }
  }

  #enter(
    { calls = 0, once = [], byId = [], reserve = [] }: Cost,
    { branch, path, below }: PlannedField,
  ): void {
    // Two types may have different fields under one response key: they share one share.
    const share = this.ledger.openAt(branch, path);
    share.planned += calls;
    share.below = share.below.size === 0 ? below : new Map([...share.below, ...below]);
    const payers = [share];
    for (const { what, calls: needed } of once) {
      const read = this.ledger.openShared({ is: 'once', what });
      read.planned = Math.max(read.planned, needed);
      payers.push(read);
    }
    for (const lookup of byId) {
      const looked = this.#look(lookup);
      // Of several kinds each pays for its own: see payLookup.
      if (byId.length === 1) share.next = looked;
      payers.push(looked);
    }
    for (const { source, calls: spare, ownCalls = 0 } of reserve) {
      const kept = this.ledger.openShared({ is: 'reserve', what: `in reserve for ${source}` });
      kept.planned = Math.max(kept.planned, spare);
      this.#ownCalls.set(kept, (this.#ownCalls.get(kept) ?? 0) + ownCalls);
      for (const payer of payers) payer.keepReserve(source, kept);
    }
  }

  #look({ what, among, ids, perCall, callsEach = 1 }: ById): Share {
    const share = this.ledger.openShared({ is: 'lookup', what, among });
    const known = this.#idsOf.get(share) ?? new Set();
    this.#idsOf.set(share, known);
    for (const id of ids) known.add(id);
    share.planned = Math.ceil(known.size / perCall) * callsEach;
    return share;
  }
}
