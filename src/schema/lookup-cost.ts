import {
  type Asked,
  type ById,
  type Cost,
  type CostExtensions,
  costs,
  ONE_ROW,
  type Reserve,
} from '../cost/statement.ts';
import type { KeyShape } from '../domain/global-id.ts';
import { chosenId } from './ids.ts';

/** What looking one thing up takes. */
export interface LookupCost {
  readonly lookup: ById;
  readonly reserve?: readonly Reserve[];
}

/** One thing by its key, without its region: a call for each distinct key that the operation asks for. */
export function singleLookup({ typeName }: KeyShape, ...key: readonly string[]): ById {
  return { what: `${typeName} by id`, among: '', ids: [key.join('/')], perCall: 1 };
}

/** One thing of an AI gateway by its id: those of one gateway are asked for by the hundred. */
export function batchedLookup({ typeName }: KeyShape, gatewaySourceId: string, id: string): ById {
  return { what: `${typeName} by id`, among: gatewaySourceId, ids: [id], perCall: IDS_PER_CALL };
}

/** Ids of one AI gateway that a call names. */
export const IDS_PER_CALL = 100;

/** Of a field that looks one thing up by `id` or `sourceId`. */
export function lookupCosts(shape: KeyShape): CostExtensions {
  return costs<Parameters<typeof chosenId>[1]>(({ args, region }): Cost => {
    const lookup = singleLookup(shape, chosenId(shape, args, region));
    return { byId: [lookup], rows: ONE_ROW };
  });
}

/** Of a field that gives the one thing each object belongs to: a call for each distinct one. */
export const OWNER_COSTS: CostExtensions = costs(({ of }: Asked<object>) => ({
  calls: of.owners,
  rows: { count: of.owners, owners: of.owners },
}));
