import { isDeepStrictEqual } from 'node:util';
import { queryFor, type RunningContestant } from './contestants.ts';
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
  { port, contestant }: RunningContestant,
  queries: readonly BenchQuery[],
  reference: ReadonlyMap<string, unknown>,
  backend: StaticBackend,
): Promise<CallsAlone> {
  const calls = new Map<string, number>();
  for (const query of queries) {
    if (contestant.cannot?.[query.id] !== undefined) continue;
    const before = await backend.requestCount();
    for (const variant of COMPARED) {
      const data = comparable(await dataOf(port, queryFor(contestant, query), variant));
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
    for (const variant of COMPARED)
      answers.set(keyOf(query, variant), comparable(await dataOf(port, query, variant)));
  }
  return answers;
}

/**
 * Data as it is compared: a field that holds nothing but `data` is what that holds, and an id may be a number, as
 * compiled execution leaves one.
 */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  const [only] = fields;
  if (fields.length === 1 && only?.[0] === 'data') return comparable(only[1]);
  return Object.fromEntries(
    fields.map(([name, held]) => [name, name === 'sourceId' ? String(held) : comparable(held)]),
  );
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
