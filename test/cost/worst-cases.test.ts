import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type FabricatedCloud,
  type Holdings,
  NOTHING,
  openFabricatedCloud,
} from '../support/fabricated-cloud.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { Chance, QueryMaker } from '../support/random-query.ts';
import { askCost } from './support/ask.ts';
import { knownOf } from './support/known.ts';

/*
 * What fields state, against clouds as large as the statements reckon with: 20 gateways, 5,000 rows of each source,
 * and against some that do not keep to what is documented.
 */

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const DEFAULT_LIMIT = 200;

let cloud: FabricatedCloud;
let gateway: TestGateway;
beforeAll(async () => {
  cloud = await openFabricatedCloud(NOTHING);
  const { url } = cloud;
  gateway = await openGateway({
    isForgetful: true,
    upstreamConcurrency: 100,
    endpoints: { MODEL_ROUTER: url, PAI: url, AI_GATEWAY: url },
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await cloud[Symbol.asyncDispose]();
});
beforeEach(() => {
  cloud.holdings = NOTHING;
});

async function ask(query: string) {
  cloud.actions.splice(0);
  const { data, errors = [], extensions } = await askCost(gateway, query);
  return { data, errors, cost: extensions?.cost, sent: cloud.actions.length };
}

/** Asked of clouds that keep to what is documented, nothing is stopped. */
async function expectServed(query: string) {
  const { errors, cost, sent } = await ask(query);
  expect(errors, query).toEqual([]);
  expect(cost?.actual, query).toBe(sent);
  expect(cost?.planned, `${query} ${JSON.stringify(cost?.fields)}`).toBeGreaterThanOrEqual(sent);
  return { sent, planned: cost?.planned ?? 0 };
}

const gateways = (services: readonly number[], rulesOfEach = 1) =>
  services.map((count) => ({ services: count, rulesOfEach }));
const twenty = (services: number) => Array.from({ length: 20 }, () => services);

const LARGEST: Holdings = {
  models: 5_000,
  billingRules: 100,
  paiModels: 5_000,
  versions: 100,
  gateways: gateways(twenty(250)),
};
/** The same number of rows, in the way that takes most pages. */
const UNEVEN: Holdings = { ...LARGEST, gateways: gateways([4_901, ...twenty(5).slice(1)]) };

describe.each([
  ['evenly over 20 gateways', LARGEST],
  ['most of them in one of 20', UNEVEN],
])('5,000 rows of each source, %s', (_how, holdings) => {
  beforeEach(() => {
    cloud.holdings = holdings;
  });

  test.each([
    [
      'the catalogue by NAME',
      '{ catalog(first: 100, orderBy: { field: NAME, direction: DESC }) { totalCount nodes { name } pageInfo { hasNextPage } } }',
    ],
    [
      'the catalogue by CREATED_AT',
      '{ catalog(first: 100, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { name } sources { totalCount } } }',
    ],
    [
      'the catalogue with a text',
      '{ catalog(filter: { text: "m49" }) { totalCount nodes { name ... on ModelService { gateway { id } } } } }',
    ],
    [
      'the services of 100 models',
      '{ models(first: 100) { nodes { modelServices { totalCount nodes { name } } } } }',
    ],
    [
      'models and cost rules of 100 services',
      '{ modelServices(first: 100) { nodes { models { nodes { name } } costRules(first: 100) { nodes { id } } } } }',
    ],
    ['models of 100 PAI models', '{ paiModels(first: 100) { nodes { models { totalCount } } } }'],
    [
      'billing rules of 100 models',
      '{ models(first: 100) { nodes { billingRules(first: 100) { nodes { id } } } } }',
    ],
    [
      'versions of 100 PAI models',
      '{ paiModels(first: 100) { nodes { versions(first: 100) { nodes { versionName } } } } }',
    ],
  ])('%s is served within the default limit', async (_what, query) => {
    const { planned } = await expectServed(query);
    expect(planned).toBeLessThanOrEqual(DEFAULT_LIMIT);
  });
});

test('windows of every kind, over 20 gateways of any size, take no more than was planned', async () => {
  const chance = new Chance(7);
  const sizes = [0, 0, 1, 5, 29, 30, 31, 50, 99, 100, 101, 130, 250];
  for (let round = 0; round < 12; round++) {
    const list = Array.from({ length: chance.pick([1, 3, 20, 20]) }, () => chance.pick(sizes));
    cloud.holdings = {
      ...LARGEST,
      models: chance.pick(sizes),
      paiModels: chance.pick(sizes),
      gateways: gateways(list),
    };
    for (const field of ['modelServices', 'models', 'paiModels', 'catalog']) {
      const edges = '{ list: F(first: 100) { edges { cursor } } }'.replace('F', field);
      const { list: page } = (await ask(edges)).data as { list: { edges: { cursor: string }[] } };
      for (let window = 0; window < 12; window++) {
        const cursor = page.edges.length === 0 ? undefined : chance.pick(page.edges).cursor;
        await expectServed(`{ ${field}(${windowOf(chance, cursor)}) { ${selectionOf(chance)} } }`);
      }
    }
  }
});

function windowOf(chance: Chance, cursor: string | undefined): string {
  const size = chance.pick([0, 1, 2, 10, 30, 31, 50, 77, 100]);
  const isForward = chance.of(0.5);
  const at = cursor === undefined || chance.of(0.4) ? '' : `, ${isForward ? 'after' : 'before'}: "${cursor}"`;
  return `${isForward ? 'first' : 'last'}: ${size}${at}`;
}

function selectionOf(chance: Chance): string {
  const parts = [
    'totalCount',
    'nodes { id }',
    'edges { cursor }',
    'pageInfo { hasNextPage }',
    'pageInfo { hasPreviousPage }',
  ];
  return parts.filter(() => chance.of(0.5)).join(' ') || '__typename';
}

test('200 random queries of 20 gateways take no more than was planned, and none is stopped', async () => {
  cloud.holdings = {
    models: 230,
    billingRules: 3,
    paiModels: 120,
    versions: 12,
    gateways: gateways([0, 130, 2, 31, 100, 1, ...twenty(7).slice(6)], 3),
  };
  const maker = new QueryMaker(
    buildSchema(readFileSync('schema.graphql', 'utf8')),
    await knownOf(gateway),
    new Chance(3),
  );
  for (let index = 0; index < 200; index++) {
    const query = maker.query();
    const { errors, cost, sent } = await ask(query);
    if ((cost?.planned ?? 0) > DEFAULT_LIMIT) {
      expect(sent, query).toBe(0);
      continue;
    }
    expect(cost?.actual, query).toBe(sent);
    expect(cost?.planned, `${query} ${JSON.stringify(cost?.fields)}`).toBeGreaterThanOrEqual(sent);
    expect(
      errors.filter(({ message }) => /upstream calls/.test(message)),
      query,
    ).toEqual([]);
  }
});

describe('a backend that gives fewer rows a page than it is asked for', () => {
  test.each([10, 16, 20, 25, 50])('%i, is read by the pages it has', async (cap) => {
    cloud.holdings = { ...LARGEST, models: 437, paiModels: 437, cap };
    for (const field of ['models', 'paiModels']) {
      const first = await ask(
        `{ list: ${field}(first: 100) { totalCount nodes { id } pageInfo { endCursor } } }`,
      );
      const { list } = first.data as { list: { nodes: unknown[]; pageInfo: { endCursor: string } } };
      expect(list.nodes).toHaveLength(100);
      expect(first.cost?.planned).toBeGreaterThanOrEqual(first.sent);
      await expectServed(`{ ${field}(first: 100, after: "${list.pageInfo.endCursor}") { nodes { id } } }`);
      await expectServed(`{ ${field}(last: 100) { nodes { id } } }`);
    }
    await expectServed(
      '{ catalog(filter: { sources: [MODEL_ROUTER, PAI] }, orderBy: { field: NAME, direction: ASC }) { totalCount } }',
    );
  });
});
