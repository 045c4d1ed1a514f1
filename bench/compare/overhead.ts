import type { RunningContestant } from './contestants.ts';
import { graphqlTarget, type LoadGenerator } from './load-generator.ts';
import { bodyOf, QUERIES, VARIANTS } from './queries.ts';
import type { StaticBackend } from './static-backend.ts';
import { percentile } from './statistics.ts';

/** What the gateway adds to a single request that is not in a hurry. */
export interface Overhead {
  readonly query: string;
  readonly pairs: number;
  readonly direct: Spread;
  readonly gateway: Spread;
  /** Differences within each pair. */
  readonly added: Spread;
}

interface Spread {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Asks the backend for one model, then the gateway for the same, again and again. */
export async function measureOverhead(
  running: RunningContestant,
  backend: StaticBackend,
  load: LoadGenerator,
  pairs: number,
  warmUp: number,
): Promise<Overhead> {
  const query = QUERIES.find(({ id }) => id === 'Q2');
  if (query === undefined) throw new Error('the query is gone');
  const requests = Array.from({ length: pairs + warmUp }, (_, index) => {
    const variant = index % VARIANTS;
    const { id } = query.variablesOf(variant);
    const direct = { path: `/api/v1/modelRouter/open/models/${String(id)}`, body: '' };
    return [direct, { path: '/graphql', body: bodyOf(query, variant) }] as const;
  });
  const { pairsMs } = await load.pairs({
    targets: [
      {
        port: backend.port,
        path: '/',
        method: 'GET',
        headers: { 'x-acs-action': 'ModelRouterQueryModel' },
      },
      graphqlTarget(running.port),
    ],
    requests,
    warmUp,
  });
  return {
    query: `${query.id}, ${query.title}`,
    pairs: pairsMs.length,
    direct: spreadOf(pairsMs.map(([direct]) => direct)),
    gateway: spreadOf(pairsMs.map(([, through]) => through)),
    added: spreadOf(pairsMs.map(([direct, through]) => through - direct)),
  };
}

function spreadOf(values: readonly number[]): Spread {
  return { p50Ms: percentile(values, 0.5), p99Ms: percentile(values, 0.99) };
}
