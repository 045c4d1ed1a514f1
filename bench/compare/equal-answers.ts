import { isDeepStrictEqual } from 'node:util';
import type { RunningContestant } from './contestants.ts';
import { type BenchQuery, bodyOf } from './queries.ts';
import type { StaticBackend } from './static-backend.ts';

/** Variants of each query that are compared. */
const COMPARED = [0, 17];

/** Upstream calls of each query on its own, by the id of the query. */
export type CallsAlone = ReadonlyMap<string, number>;

/**
 * Has a contestant answer each query as the reference did, and counts its upstream calls.
 *
 * @throws where the data differ
 */
export async function compareAnswers(
  running: RunningContestant,
  queries: readonly BenchQuery[],
  reference: ReadonlyMap<string, unknown>,
  backend: StaticBackend,
): Promise<CallsAlone> {
  const calls = new Map<string, number>();
  for (const query of queries) {
    if (running.contestant.cannot?.[query.id] !== undefined) continue;
    const before = await backend.requestCount();
    for (const variant of COMPARED) {
      const data = await dataOf(running.port, query, variant);
      if (!isDeepStrictEqual(data, reference.get(keyOf(query, variant)))) {
        throw new Error(`its answer to ${query.id} differs: ${JSON.stringify(data).slice(0, 300)}`);
      }
    }
    calls.set(query.id, ((await backend.requestCount()) - before) / COMPARED.length);
  }
  return calls;
}

/** The data that every contestant must answer with. */
export async function referenceAnswers(
  port: number,
  queries: readonly BenchQuery[],
): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>();
  for (const query of queries) {
    for (const variant of COMPARED) answers.set(keyOf(query, variant), await dataOf(port, query, variant));
  }
  return answers;
}

function keyOf({ id }: BenchQuery, variant: number): string {
  return `${id} ${variant}`;
}

async function dataOf(port: number, query: BenchQuery, variant: number): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: bodyOf(query, variant),
  });
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as { readonly data?: unknown; readonly errors?: unknown };
  if (errors !== undefined || data === undefined || data === null) {
    throw new Error(`${query.id} was refused: ${text.slice(0, 300)}`);
  }
  return data;
}
