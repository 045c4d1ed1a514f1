/*
 * What a query costs is counted in upstream calls: operations sent to a backend. A read that failed and is sent again
 * is no further call, nor is one that finds an equal one under way. Each field states, beside its definition, the most
 * it can take for its arguments; the plan of an operation is the sum.
 */

/** Objects that a field gives, as far as can be told before it runs. */
export interface Rows {
  /** Distinct ones, at most. */
  readonly count: number;
  /** Distinct things they belong to, at most: the gateways of services, the models of versions. */
  readonly owners: number;
  /** Of each type, where there are several. */
  readonly byType?: Readonly<Record<string, Rows>>;
}

/** A field as it is asked for. */
export interface Asked<Args> {
  readonly args: Args;
  /** The objects it is asked of, all together. */
  readonly of: Rows;
  /** The configured one. */
  readonly region: string;
  /** Names of the fields that are selected of what it gives. */
  readonly selected: ReadonlySet<string>;
}

/** What is read once for all fields of an operation that need it. */
export interface OnceRead {
  /** Tells it from all else that is read so, and for people. */
  readonly what: string;
  readonly calls: number;
}

/** Things that are looked up by their ids: those of all fields together, each once. */
export interface ById {
  /** For people, e.g. `models by id`. */
  readonly what: string;
  /** What they must have in common to be asked for in one call, e.g. their gateway. */
  readonly among: string;
  readonly ids: readonly string[];
  /** Ids that one call names. */
  readonly perCall: number;
  /** Calls for each {@link perCall} ids: more than 1 where several places are asked. */
  readonly callsEach?: number;
}

/**
 * Calls beyond the regular ones to one backend, for what cannot be told before: lists of more than a page, pages
 * shorter than asked for.
 */
export interface Reserve {
  readonly source: string;
  /** What one thing may need: an operation has the largest that one of its fields states, for all of them together. */
  readonly calls: number;
  /**
   * What each field may need for itself besides, of a backend that is none of the usual ones: an operation has the sum,
   * as far as its limit leaves it, and is never refused for it.
   */
  readonly ownCalls?: number;
}

/** The most that a field can take. */
export interface Cost {
  /** Of its own, for all objects it is asked of together. */
  readonly calls?: number;
  readonly once?: readonly OnceRead[];
  readonly byId?: readonly ById[];
  readonly reserve?: readonly Reserve[];
  /** What it gives, for all objects it is asked of together; left out: as many as it is asked of. */
  readonly rows?: Rows;
}

/** A field's statement. @throws GatewayError for arguments that the field itself refuses: then nothing is called */
export type CostStatement<Args> = (asked: Asked<Args>) => Cost;

/** What GraphQL keeps of a field besides its type. */
export type CostExtensions = {
  readonly cost: CostStatement<never> | 'of its list';
  /** Its resolver calls nothing: all that it states is read once, and paid so where it is read. */
  readonly isPaidAsOnce?: true;
};

/** A page whose calls are all paid as what is read once, whichever of its fields asks for them. */
export interface PaidAsOnce {
  readonly isPaidAsOnce: true;
}

/** A field's statement, for its `extensions`. */
export function costs<Args>(cost: CostStatement<Args>): CostExtensions {
  return { cost };
}

/** The statement of a field that gives a page which is {@link PaidAsOnce}. */
export function sharedCosts<Args>(cost: CostStatement<Args>): CostExtensions {
  return { cost, isPaidAsOnce: true };
}

/** For the fields of a list or of a page: what they call is in the statement of the field that gives it. */
export const OF_ITS_LIST: CostExtensions = { cost: 'of its list' };

/** Exactly one object. */
export const ONE_ROW: Rows = { count: 1, owners: 1 };
