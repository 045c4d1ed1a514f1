import type { Asked, Cost, OnceRead, Reserve, Rows } from '../cost/statement.ts';
import { checkedWindow, pageSizeOf, type WindowArgs } from './connection.ts';
import { MAX_WHOLE_LIST } from './whole-list.ts';

/** Rows of the largest page that the backends give. */
const LARGEST_PAGE = 100;
/** Rows of the smallest page that a backend which gives fewer than it was asked for is reckoned with. */
const SMALLEST_PAGE = 10;
/** Calls that notice such a backend. */
const NOTICING_CALLS = 2;

/** Pages of the longest list that is read whole. */
const MOST_PAGES = MAX_WHOLE_LIST / LARGEST_PAGE;
/** Further pages of many such lists that a field is reckoned to meet: few of them have more than one. */
const FEW_PAGES = 12;

/** Pages behind the first ones of a list, or of several of a kind, that are read whole: 5,000 rows of each kind. */
export function furtherPages(source: string, kinds = 1): Reserve {
  return { source, calls: kinds * (MOST_PAGES - 1) };
}

/** The same of many short lists, one for each thing: all pages of one of them, or a few of several. */
export function fewFurtherPages(source: string, lists: number): Reserve {
  return { source, calls: Math.max(FEW_PAGES, MOST_PAGES - lists) };
}

/** What a list is made of. */
export interface ListFacts {
  readonly source: string;
  /** Upstream lists, one behind the other, of each object it is asked of. */
  readonly lists?: number;
  /** What must be read to know the lists. */
  readonly once?: readonly OnceRead[];
  /** Distinct owners of that many rows; left out: the objects it is asked of. */
  readonly ownersOf?: (rows: number) => number;
}

/** A page of a list that is read page by page. @throws GatewayError INVALID_INPUT */
export function pageCost(
  { args, of, selected }: Asked<WindowArgs>,
  { source, lists = 1, once = [], ownersOf }: ListFacts,
): Cost {
  const { isBackward, size, edge } = checkedWindow(args);
  const rows = pageRows(of, size, ownersOf);
  if (!readsTotal(selected) && !readsRows(selected)) return { rows };
  if (!readsRows(selected)) return { calls: of.count * lists, once, rows };
  // A window begins anywhere in a page. From the end, the length of the list is asked for first.
  const more = isBackward ? 2 : Number(edge !== undefined);
  const ownSize = edge === undefined ? undefined : pageSizeOf(edge);
  const parts = Math.ceil(size / Math.min(ownSize ?? SMALLEST_PAGE, SMALLEST_PAGE));
  const smallPages = isBackward ? LARGEST_PAGE / SMALLEST_PAGE + 2 * parts : parts;
  const odd = of.count * lists * (smallPages + NOTICING_CALLS);
  return { calls: of.count * (lists + more), once, reserve: [{ source, calls: 0, ownCalls: odd }], rows };
}

/** A page of a list that is read whole before. @throws GatewayError INVALID_INPUT */
export function wholeListCost(
  { args, of, selected }: Asked<WindowArgs>,
  cost: Pick<Cost, 'calls' | 'once' | 'reserve'>,
  ownersOf?: (rows: number) => number,
): Cost {
  const rows = pageRows(of, checkedWindow(args).size, ownersOf);
  return readsTotal(selected) || readsRows(selected) ? { ...cost, rows } : { rows };
}

function pageRows(of: Rows, size: number, ownersOf: (rows: number) => number = () => of.count): Rows {
  const count = of.count * size;
  return { count, owners: Math.min(count, ownersOf(count)) };
}

function readsRows(selected: ReadonlySet<string>): boolean {
  return selected.has('nodes') || selected.has('edges') || selected.has('pageInfo');
}

function readsTotal(selected: ReadonlySet<string>): boolean {
  return selected.has('totalCount');
}
