import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { everyMutation } from '../contract/support/every-mutation.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { Chance, type Known, QueryMaker } from '../support/random-query.ts';
import { askCost } from './support/ask.ts';
import { knownOf } from './support/known.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const QUERIES = 500;
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

async function ask(gateway: TestGateway, query: string) {
  gateway.sandbox.forgetRequests();
  const { errors = [], extensions } = await askCost(gateway, query);
  return { errors, cost: extensions?.cost, sent: gateway.sandbox.requests.length };
}

let gateway: TestGateway;
let known: Known;
beforeAll(async () => {
  // Every request is of an account of its own: none finds a snapshot of an earlier one.
  gateway = await openGateway({ isForgetful: true, limits: { maxUpstreamCalls: 1_000_000 } });
  known = await knownOf(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('what 500 random queries call is what they tell, no more than was planned, and none is stopped', async () => {
  const maker = new QueryMaker(schema, known, new Chance(20_240_611));
  let calling = 0;
  for (let index = 0; index < QUERIES; index++) {
    const query = maker.query();
    const { errors, cost, sent } = await ask(gateway, query);
    expect(cost, `${JSON.stringify(errors[0])} ${query}`).toBeDefined();
    expect(cost?.actual, query).toBe(sent);
    expect(cost?.planned, `${query} ${JSON.stringify(cost?.fields)}`).toBeGreaterThanOrEqual(sent);
    expect(
      cost?.fields.filter(({ field }) => field === 'anything else'),
      query,
    ).toEqual([]);
    expect(
      errors.filter(({ message }) => /upstream calls/.test(message)),
      query,
    ).toEqual([]);
    expect(
      errors.filter(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR'),
      query,
    ).toEqual([]);
    if (sent > 0) calling += 1;
  }
  expect(calling).toBeGreaterThan(QUERIES / 2);
});

test('every mutation, whatever is selected of its answer, calls no more than was planned', async () => {
  const maker = new QueryMaker(schema, known, new Chance(5));
  const names = Object.keys(schema.getMutationType()?.getFields() ?? {});
  const cases = await everyMutation(gateway);
  expect(cases.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  for (const { name, input } of [...cases, ...cases, ...cases]) {
    // Each on clouds that no other has changed.
    await using fresh = await openGateway({ limits: { maxUpstreamCalls: 1_000_000 } });
    const query = `${maker.mutation(name)}`;
    const { data, errors = [], extensions } = await askCost(fresh, query, { input });
    const sent = fresh.sandbox.requests.length;
    expect(JSON.stringify(data), query).toContain('Success"');
    expect(
      errors.filter(({ message }) => /upstream calls/.test(message)),
      query,
    ).toEqual([]);
    expect(extensions?.cost.actual, query).toBe(sent);
    expect(extensions?.cost.planned, query).toBeGreaterThanOrEqual(sent);
    expect(
      extensions?.cost.fields.filter(({ field }) => field === 'anything else'),
      query,
    ).toEqual([]);
  }
});
