import { expect, test } from 'vitest';
import { openFabricatedCloud } from '../support/fabricated-cloud.ts';
import { openGateway } from '../support/gateway.ts';
import { askCost } from './support/ask.ts';

/*
 * Of the Model Router and of the PAI registry nobody says how large a page may be. Where it is smaller than the one
 * asked for, more calls are needed than usual, and what the limit leaves is there for them.
 */

const HOLDINGS = { models: 130, billingRules: 3, paiModels: 60, versions: 120, gateways: [] };

test.each([
  [50, '{ paiModels(first: 10) { nodes { versions(first: 100) { nodes { versionName } } } } }', 1_000],
  [10, '{ paiModels(first: 10) { nodes { versions(first: 20) { nodes { versionName } } } } }', 200],
  [
    10,
    '{ a: paiModels { nodes { sourceId } } b: paiModels(orderBy: { field: CREATED_AT, direction: DESC }) { nodes { sourceId } } }',
    40,
  ],
  [
    10,
    '{ a: models(first: 50) { nodes { sourceId } } b: models(first: 50, filter: { keyword: "m" }) { nodes { sourceId } } }',
    100,
  ],
  [24, '{ models(first: 100) { nodes { sourceId } } }', 100],
])(
  'with pages of %i rows at most %s is answered whole, within the limit and what was planned',
  async (cap, query, rows) => {
    await using cloud = await openFabricatedCloud({ ...HOLDINGS, cap });
    const { url } = cloud;
    await using gateway = await openGateway({ endpoints: { MODEL_ROUTER: url, PAI: url, AI_GATEWAY: url } });
    const { data, errors, extensions } = await askCost(gateway, query);
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data).match(/"(sourceId|versionName)":/g)).toHaveLength(rows);
    expect(extensions?.cost.actual).toBe(cloud.actions.length);
    expect(cloud.actions.length).toBeLessThanOrEqual(extensions?.cost.planned ?? 0);
    expect(extensions?.cost.planned).toBeLessThanOrEqual(200);
  },
);

test('what such pages may need is no reason to refuse an operation', async () => {
  await using cloud = await openFabricatedCloud(HOLDINGS);
  const { url } = cloud;
  await using gateway = await openGateway({ endpoints: { MODEL_ROUTER: url, PAI: url, AI_GATEWAY: url } });
  const query = '{ paiModels(first: 60) { nodes { versions(first: 100) { nodes { versionName } } } } }';
  const { errors, extensions } = await askCost(gateway, query);
  expect(errors).toBeUndefined();
  expect(extensions?.cost).toMatchObject({ planned: 200, actual: 61, limit: 200 });
});
