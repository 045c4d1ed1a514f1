import {
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { costlyTypes, statementOf } from './costly-fields.ts';
import { type Branch, Ledger, type Share } from './ledger.ts';
import { collectFields, type MergedField, type SelectionSetting } from './selection.ts';
import { type ById, type Cost, type CostStatement, ONE_ROW, type Rows } from './statement.ts';

/** An operation that is about to run. */
export interface PlannedOperation extends SelectionSetting {
  readonly operation: OperationDefinitionNode;
  /** The configured one. */
  readonly region: string;
}

/** Sums what the fields of an operation state, whether or not it is below the limit. Nothing is called. */
export function planOperation(planned: PlannedOperation, limit: number): Ledger {
  const planner = new Planner(planned, new Ledger(limit));
  planner.plan();
  return planner.ledger;
}

interface At {
  readonly rows: Rows;
  readonly branch: Branch;
  readonly path: string;
}

class Planner {
  readonly ledger: Ledger;
  readonly #planned: PlannedOperation;
  readonly #costly: ReadonlySet<GraphQLNamedType>;
  readonly #idsOf = new Map<Share, Set<string>>();

  constructor(planned: PlannedOperation, ledger: Ledger) {
    this.#planned = planned;
    this.ledger = ledger;
    this.#costly = costlyTypes(planned.schema);
  }

  plan(): void {
    const { schema, operation } = this.#planned;
    const type = schema.getRootType(operation.operation);
    const at = { rows: ONE_ROW, branch: this.ledger.fields, path: '' };
    if (type !== undefined && type !== null) this.#planSelections(type, [operation.selectionSet], at);
  }

  #planSelections(type: GraphQLObjectType, sets: readonly SelectionSetNode[], at: At): void {
    for (const fields of collectFields(this.#planned, type, sets)) {
      for (const [key, nodes] of fields) this.#planField(type, key, nodes, at);
    }
  }

  #planField(type: GraphQLObjectType, key: string, nodes: MergedField, at: At): void {
    const field = type.getFields()[nodes[0].name.value];
    if (field === undefined) return;
    const named = getNamedType(field.type);
    const statement = statementOf(field);
    if (statement === undefined && !this.#costly.has(named)) return;
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const path = at.path === '' ? field.name : `${at.path}.${field.name}`;
    const branch = at.branch.child(key);
    let { rows } = at;
    if (statement !== undefined) {
      const cost = this.#costOf(statement, field, nodes[0], rows, this.#selectedOf(named, sets));
      if (cost === undefined) return;
      this.#enter(cost, branch, path);
      rows = cost.rows ?? rows;
    }
    if (this.#costly.has(named)) this.#planPossible(named, sets, { rows, branch, path });
  }

  /** Whatever the type of an object will be: the sum over all that it can be. */
  #planPossible(named: GraphQLNamedType, sets: readonly SelectionSetNode[], at: At): void {
    for (const type of this.#possible(named)) {
      const rows =
        isAbstractType(named) && at.rows.byType !== undefined ? at.rows.byType[type.name] : at.rows;
      if (rows !== undefined && rows.count > 0) this.#planSelections(type, sets, { ...at, rows });
    }
  }

  #possible(type: GraphQLNamedType): readonly GraphQLObjectType[] {
    if (isObjectType(type)) return [type];
    return isAbstractType(type) ? this.#planned.schema.getPossibleTypes(type) : [];
  }

  #selectedOf(type: GraphQLNamedType, sets: readonly SelectionSetNode[]): ReadonlySet<string> {
    if (!isObjectType(type)) return new Set();
    const fields = collectFields(this.#planned, type, sets);
    return new Set(fields.flatMap((part) => Array.from(part.values(), ([node]) => node.name.value)));
  }

  /** Undefined where the field will refuse its arguments. */
  #costOf(
    statement: CostStatement<never>,
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
    of: Rows,
    selected: ReadonlySet<string>,
  ): Cost | undefined {
    const { variables, region } = this.#planned;
    try {
      return statement({ args: getArgumentValues(field, node, variables) as never, of, selected, region });
    } catch (error) {
      if (error instanceof GatewayError || error instanceof GraphQLError) return undefined;
      throw error;
    }
  }

  #enter({ calls = 0, once = [], byId = [], reserve = [] }: Cost, branch: Branch, path: string): void {
    // Two types may have different fields under one response key: they share one share.
    branch.share ??= this.ledger.open(path);
    const { share } = branch;
    share.planned += calls;
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
    for (const { source, calls: spare } of reserve) {
      const kept = this.ledger.openShared({ is: 'reserve', what: `in reserve for ${source}` });
      kept.planned = Math.max(kept.planned, spare);
      for (const payer of payers) payer.reserves.set(source, kept);
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
