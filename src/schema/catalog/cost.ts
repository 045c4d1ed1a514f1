import type { Asked, Cost } from '../../cost/statement.ts';
import { checkedWindow, type WindowArgs } from '../connection.ts';
import { furtherPages, pageCost } from '../list-cost.ts';
import type { CostedPart } from './source-registry.ts';

/** The arguments of the catalogue. */
export interface CatalogArgs extends WindowArgs {
  readonly filter?:
    | {
        readonly text?: string | null | undefined;
        readonly sources?: readonly string[] | null | undefined;
        readonly vendor?: string | null | undefined;
      }
    | null
    | undefined;
  readonly orderBy?: { readonly field: 'SOURCE' | 'NAME' | 'CREATED_AT' } | null | undefined;
}

/** A page of the catalogue. @throws GatewayError INVALID_INPUT */
export function catalogCost(asked: Asked<CatalogArgs>, parts: readonly CostedPart[]): Cost {
  const { args, selected } = asked;
  const { size } = checkedWindow(args);
  const ofType = parts.map(({ cost }) => {
    const owners = cost.ownersOf?.(size) ?? size;
    return [cost.type, { count: size, owners }] as const;
  });
  const rows = { count: size, owners: size, byType: Object.fromEntries(ofType) };
  const isAsked = ['nodes', 'edges', 'pageInfo', 'totalCount', 'sources'].some((name) => selected.has(name));
  if (!isAsked) return { rows };
  return { ...(readsWhole(args) ? wholeCost(parts) : sequenceCost(asked, parts)), rows };
}

function readsWhole({ filter, orderBy }: CatalogArgs): boolean {
  const isFiltered = [filter?.text, filter?.vendor].some((text) => text !== undefined && text !== null);
  return isFiltered || (orderBy?.field ?? 'SOURCE') !== 'SOURCE';
}

function wholeCost(parts: readonly CostedPart[]): Cost {
  return {
    once: parts.flatMap(({ cost }) => [...cost.once, cost.whole]),
    reserve: parts.map(({ source }) => furtherPages(source)),
  };
}

/** One source behind the other, each as its own list; descending and backward it is walked from its end. */
function sequenceCost(asked: Asked<CatalogArgs>, parts: readonly CostedPart[]): Cost {
  const ofParts = parts.map(({ source, cost: { lists, once } }) =>
    pageCost(
      {
        ...asked,
        selected: new Set([...asked.selected].map((name) => (name === 'sources' ? 'totalCount' : name))),
      },
      { source, lists, once },
    ),
  );
  return {
    calls: ofParts.reduce((sum, { calls = 0 }) => sum + calls, 0),
    once: ofParts.flatMap(({ once = [] }) => once),
    reserve: ofParts.flatMap(({ reserve = [] }) => reserve),
  };
}
