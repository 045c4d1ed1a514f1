import { GATEWAY_IDS } from '../../src/sandbox/data/gateways.ts';
import type { GatewayProcess, Reply } from './gateway-process.ts';
import type { Chance } from './random.ts';

const KINDS = {
  Model: { field: 'model', input: { modelCode: 'soak', description: 'made by the soak', vendor: 'alibaba' } },
  PaiModel: { field: 'paiModel', input: { description: 'made by the soak', domain: 'nlp' } },
  ModelService: {
    field: 'modelService',
    input: {
      gatewaySourceId: GATEWAY_IDS.many,
      category: 'text',
      protocol: 'OPENAI',
      baseUrl: 'https://example.com/v1',
      apiKey: 'a key of the soak',
      vendor: 'bailian',
    },
  },
} as const;

/** What can be made. */
export type Kind = keyof typeof KINDS;

/** One thing that was to be made, by one create or by several with one key. */
export interface Attempt {
  readonly kind: Kind;
  /** Unique. */
  readonly name: string;
  /** Ids that successes told: one at most. */
  readonly ids: Set<string>;
  readonly outcomes: string[];
  /** Whether an answer, or its absence, left open what was done. */
  isUnclear: boolean;
  deletion: 'none' | 'done' | 'unclear';
}

interface Result {
  readonly __typename: string;
  readonly outcome?: string;
  readonly outcomeUnknown?: boolean;
  readonly row?: { readonly id: string };
}

/** Makes one thing in one of the ways of clients: once, twice at once, leaving early, repeating what was unclear. */
export async function makeOne(gateway: GatewayProcess, chance: Chance, name: string): Promise<Attempt> {
  const kind = chance.pick(Object.keys(KINDS) as Kind[]);
  const attempt: Attempt = { kind, name, ids: new Set(), outcomes: [], isUnclear: false, deletion: 'none' };
  const key = chance.is(0.8) ? `key of ${name}` : undefined;
  const send = () => create(gateway, attempt, key, chance.is(0.1) ? 5 + chance.below(100) : undefined);
  await Promise.all(key !== undefined && chance.is(0.3) ? [send(), send(), send()] : [send()]);
  for (let repeats = 0; key !== undefined && repeats < 3 && attempt.ids.size === 0; repeats++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await create(gateway, attempt, key, undefined);
  }
  if (attempt.ids.size === 1 && chance.is(0.7)) await remove(gateway, attempt);
  return attempt;
}

async function create(
  gateway: GatewayProcess,
  attempt: Attempt,
  idempotencyKey: string | undefined,
  leaveAfterMs: number | undefined,
): Promise<void> {
  const { kind, name } = attempt;
  const { field, input } = KINDS[kind];
  const query = `mutation ($input: Create${kind}Input!) {
    result: create${kind}(input: $input) {
      __typename
      ... on Create${kind}Success { outcome row: ${field} { id } }
      ... on GatewayUpstreamError { code outcomeUnknown }
    }
  }`;
  const signal = leaveAfterMs === undefined ? undefined : AbortSignal.timeout(leaveAfterMs);
  let reply: Reply;
  try {
    reply = await gateway.ask(query, { input: { ...input, name, idempotencyKey } }, signal);
  } catch {
    attempt.isUnclear = true;
    attempt.outcomes.push('left');
    return;
  }
  const result = reply.data?.['result'] as Result | null | undefined;
  if (result?.row !== undefined) {
    attempt.ids.add(result.row.id);
    attempt.outcomes.push(result.outcome ?? 'none');
    return;
  }
  const isUnclear = result === undefined || result === null || result.outcomeUnknown === true;
  attempt.isUnclear ||= isUnclear;
  attempt.outcomes.push(isUnclear ? 'unknown' : 'refused');
}

async function remove(gateway: GatewayProcess, attempt: Attempt): Promise<void> {
  const { kind } = attempt;
  const [id] = attempt.ids;
  const query = `mutation ($input: Delete${kind}Input!) {
    result: delete${kind}(input: $input) { __typename ... on GatewayUpstreamError { outcomeUnknown } }
  }`;
  attempt.deletion = 'unclear';
  const { data } = await gateway.ask(query, { input: { id } });
  const result = data?.['result'] as Result | null | undefined;
  if (result?.__typename === `Delete${kind}Success`) attempt.deletion = 'done';
  else if (result !== undefined && result !== null && result.outcomeUnknown !== true)
    attempt.deletion = 'none';
}

/** What the backends hold in the end, against what the answers said. `count` gives the rows of that kind and name. */
export function judge(
  attempts: readonly Attempt[],
  count: (kind: Kind, name: string) => number,
): readonly string[] {
  return attempts.flatMap((attempt) => {
    const { kind, name, ids, outcomes, deletion } = attempt;
    const rows = count(kind, name);
    if (ids.size <= 1 && allowedRows(attempt).includes(rows)) return [];
    return [
      `${kind} "${name}" (${outcomes.join(', ')}; deletion ${deletion}) exists ${rows} times, with ${ids.size} ids`,
    ];
  });
}

/** How many rows there may be in the end. */
function allowedRows({ ids, isUnclear, deletion }: Attempt): readonly number[] {
  if (ids.size === 0) return isUnclear ? [0, 1] : [0];
  switch (deletion) {
    case 'none':
      return [1];
    case 'unclear':
      return [0, 1];
    case 'done':
      return [0];
  }
}
