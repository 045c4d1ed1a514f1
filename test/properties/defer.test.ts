import { readFileSync } from 'node:fs';
import { buildSchema, type FieldNode, Kind, parse, print, type SelectionNode, visit } from 'graphql';
import { expect, test, vi } from 'vitest';
import { askCost } from '../cost/support/ask.ts';
import { knownOf } from '../cost/support/known.ts';
import { type Answer, openGateway } from '../support/gateway.ts';
import { PARTS, partsOf, together } from '../support/parts.ts';
import { Chance, QueryMaker } from '../support/random-query.ts';

vi.setConfig({ testTimeout: 120_000 });

const QUERIES = 100;
const MAX_DEFERRED = 20;
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

/** The query with some of its fields deferred, and some of those asked for at once as well. */
function deferSome(query: string, chance: Chance): string {
  let deferred = 0;
  const deferField = (field: FieldNode): readonly SelectionNode[] => {
    if (deferred === MAX_DEFERRED || chance.of(0.7)) return [field];
    deferred += 1;
    const later: SelectionNode = {
      kind: Kind.INLINE_FRAGMENT,
      directives: [{ kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'defer' } }],
      selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
    };
    return chance.of(0.25) ? [field, later] : [later];
  };
  return print(
    visit(parse(query), {
      SelectionSet: {
        leave: (set) => ({
          ...set,
          selections: set.selections.flatMap((one) => (one.kind === Kind.FIELD ? deferField(one) : [one])),
        }),
      },
    }),
  );
}

const placeOf = (error: NonNullable<Answer['errors']>[number]) =>
  `${error.path?.join('.')} ${error.extensions?.['code']}`;

test('the parts of 100 random queries make up the whole answer, by no more calls than were planned', async () => {
  await using gateway = await openGateway({ isForgetful: true, limits: { maxUpstreamCalls: 1_000_000 } });
  const chance = new Chance(20_220_824);
  const maker = new QueryMaker(schema, await knownOf(gateway), chance);
  let inParts = 0;
  for (let index = 0; index < QUERIES; index++) {
    const query = maker.query();
    const whole = await askCost(gateway, query);
    const deferring = deferSome(query, chance);
    gateway.sandbox.forgetRequests();
    const response = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: PARTS, 'x-graphql-cost': '1' },
      body: JSON.stringify({ query: deferring }),
    });
    if (response.headers.get('content-type')?.startsWith('multipart/mixed') !== true) continue;
    inParts += 1;
    const parts = await Array.fromAsync(partsOf(response));
    const { data, errors = [] } = together(parts);
    expect(data, deferring).toEqual(whole.data);
    // What is asked for at once and later as well fails in both.
    expect(new Set(errors.map(placeOf)), deferring).toEqual(new Set((whole.errors ?? []).map(placeOf)));
    const cost = parts.at(-1)?.extensions?.cost;
    expect(cost?.actual, deferring).toBe(gateway.sandbox.requests.length);
    expect(cost?.planned, deferring).toBeGreaterThanOrEqual(cost?.actual ?? 0);
  }
  expect(inParts).toBeGreaterThan(QUERIES / 2);
});
