import { describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openHeldBackend } from '../support/held-backend.ts';
import { everyMutation, type MutationCase } from './support/every-mutation.ts';

/*
 * What a change is made of, and whether a name is nobody else's, is read after the change was asked for: another
 * caller's read that is under way by then may tell what was before.
 */

/** What each mutation that reads first reads. */
const READS: Readonly<Record<string, string>> = {
  updatePaiModel: 'GetModel',
  deletePaiModel: 'GetModel',
  addPaiModelLabels: 'GetModel',
  removePaiModelLabels: 'GetModel',
  updatePaiModelVersion: 'GetModelVersion',
  deletePaiModelVersion: 'GetModelVersion',
  addPaiModelVersionLabels: 'GetModelVersion',
  removePaiModelVersionLabels: 'GetModelVersion',
  updateModelService: 'DescribeModelServices',
  deleteModelService: 'DescribeModelServices',
  updateCostRule: 'DescribeCostRules',
  deleteCostRule: 'DescribeCostRules',
  updateModelApi: 'DescribeModelApis',
  deleteModelApi: 'DescribeModelApis',
};

function send(gateway: TestGateway, { name, input }: MutationCase) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return gateway.query(`mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`, { input });
}

describe('what a mutation reads before it writes', () => {
  it.each(Object.entries(READS))('is of its own in %s', async (name, read) => {
    await using sandboxed = await openGateway();
    const found = (await everyMutation(sandboxed)).find((one) => one.name === name) as MutationCase;
    await using held = await openHeldBackend(sandboxed.sandbox.url);
    const { url } = held;
    await using gateway = await openGateway({ endpoints: { PAI: url, AI_GATEWAY: url } });
    const first = send(gateway, found);
    await expect.poll(() => held.waiting).toEqual([read]);
    const second = send(gateway, found);
    await expect.poll(() => held.waiting).toEqual([read, read]);
    held.letGo();
    for (const { errors } of await Promise.all([first, second])) expect(errors).toBeUndefined();
  });
});
