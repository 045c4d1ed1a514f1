import type { Model, NewModel } from './model.ts';

/** One model of a batch; what is undefined is not sent. */
export interface BatchItem extends Omit<NewModel, 'vendor' | 'apiKey' | 'baseUrl'> {
  readonly category: string;
}

/** Models of one vendor, made by one call, each of which succeeds or fails alone. */
export interface ModelBatch {
  readonly apiKey: string;
  readonly vendor: string;
  readonly baseUrl?: string | undefined;
  readonly models: readonly BatchItem[];
}

/** What became of an item; UNKNOWN where the backend's answer does not tell. */
export const BATCH_ITEM_STATUSES = ['CREATED', 'FAILED', 'UNKNOWN'] as const;

/** What became of one item of a batch. */
export interface BatchItemResult {
  /** Place of the item in the batch, from 0. */
  readonly index: number;
  readonly item: BatchItem;
  readonly status: (typeof BATCH_ITEM_STATUSES)[number];
  readonly model?: Model | undefined;
  /** Why it failed, in the backend's own words, redacted. */
  readonly upstreamMessage?: string | undefined;
}

/** What became of a batch. */
export interface BatchOutcome {
  /** One for each item, in the order of the items. */
  readonly results: readonly BatchItemResult[];
  /** All that was made, in the backend's order. */
  readonly created: readonly Model[];
}

/** A failure as the backend tells of it: by code and name of the item, without its place. */
export interface BatchFailure {
  readonly modelCode: string | undefined;
  readonly name: string | undefined;
  readonly upstreamMessage: string | undefined;
}

/** Items of the same code and name, which the backend's answer cannot tell apart. */
interface Group {
  readonly members: readonly { readonly index: number; readonly item: BatchItem }[];
  readonly created: Model[];
  readonly failures: BatchFailure[];
}

/**
 * Says of each item what became of it. Nothing is matched by position: an answer names its rows by code and name,
 * where these do not fit by code alone, where it has none by name alone, and there only where a single group of items
 * is open. Items that are equal in all they sent are interchangeable; others of the same code and name are told apart
 * only where all of them fared alike.
 *
 * @returns the results and how many rows of the answer fit no item
 */
export function matchBatch(
  items: readonly BatchItem[],
  created: readonly Model[],
  failures: readonly BatchFailure[],
): { readonly results: readonly BatchItemResult[]; readonly strays: number } {
  const groups = groupsOf(items);
  const openCreated = created.filter((model) => !place(model, groups, isExact, (group) => group.created));
  const openFailures = failures.filter((row) => !place(row, groups, isExact, (group) => group.failures));
  const strays = [
    ...openCreated.filter((model) => !place(model, groups, isLikely, (group) => group.created)),
    ...openFailures.filter((row) => !place(row, groups, isLikely, (group) => group.failures)),
  ];
  const results = groups.flatMap(settle).toSorted((a, b) => a.index - b.index);
  return { results, strays: strays.length };
}

function groupsOf(items: readonly BatchItem[]): readonly Group[] {
  const members = items.map((item, index) => ({ index, item }));
  const byKey = Map.groupBy(members, ({ item }) => JSON.stringify([item.modelCode.trim(), item.name.trim()]));
  return [...byKey.values()].map((group) => ({ members: group, created: [], failures: [] }));
}

type Named = Pick<BatchFailure, 'modelCode' | 'name'>;

function isExact(row: Named, { members: [first] }: Group): boolean {
  return sameText(row.modelCode, first?.item.modelCode) && sameText(row.name, first?.item.name);
}

function isLikely(row: Named, group: Group): boolean {
  const isOpen = group.created.length + group.failures.length < group.members.length;
  const [first] = group.members;
  if (row.modelCode !== undefined) return isOpen && sameText(row.modelCode, first?.item.modelCode);
  return isOpen && sameText(row.name, first?.item.name);
}

function sameText(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.trim() === b?.trim();
}

/** Puts a row into the only group it fits; false where none or several do. */
function place<Row extends Named>(
  row: Row,
  groups: readonly Group[],
  fits: (row: Named, group: Group) => boolean,
  listOf: (group: Group) => Row[],
): boolean {
  const [group, another] = groups.filter((one) => fits(row, one));
  if (group === undefined || another !== undefined) return false;
  listOf(group).push(row);
  return true;
}

function settle(group: Group): readonly BatchItemResult[] {
  const { members, created, failures } = group;
  const isTold = created.length + failures.length === members.length;
  const areAlike = new Set(members.map(({ item }) => JSON.stringify(item))).size === 1;
  const faredAlike = created.length === 0 || failures.length === 0;
  if (!isTold || !(areAlike || faredAlike)) {
    return members.map((member) => ({ ...member, status: 'UNKNOWN' }));
  }
  const reasons = [...new Set(failures.flatMap(({ upstreamMessage }) => upstreamMessage ?? []))].join('; ');
  return members.map((member, place): BatchItemResult => {
    if (place >= created.length)
      return { ...member, status: 'FAILED', upstreamMessage: reasons || undefined };
    return { ...member, status: 'CREATED', model: areAlike ? created[place] : undefined };
  });
}
