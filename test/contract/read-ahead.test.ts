import { describe, expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { openHeldBackend } from '../support/held-backend.ts';
import { PARTS, partsOf } from '../support/parts.ts';

/*
 * What a join needs is read together with the list whose rows ask for it, and not behind it: only where all of it is
 * sure to be asked for once there is a row, and never so that it holds up what has nothing to do with it.
 */

const FULL = 'pg-6713xu76l98vu7';
const EMPTY = 'pg-3odc00cso34n1s';

const OWN = ['DescribeModelServices'];

const JOINED = `{ modelServices(gatewaySourceId: "${FULL}", first: 2) { nodes { name models { nodes { name } } } } }`;

const hungModels = (gateway: TestGateway) =>
  gateway.sandbox.setFault('ModelRouterQueryModelList', { kind: 'hang' });

describe('what a join needs', () => {
  test.each([
    ['of a gateway', JOINED, ['DescribeModelServices', 'DescribeCostRules', 'ModelRouterQueryModelList']],
    [
      'of each gateway in a list',
      '{ aiGateways(first: 1) { nodes { modelServices(first: 2) { nodes { models { totalCount } } } } } }',
      ['DescribeGatewayList'],
    ],
    [
      'of models',
      '{ models(first: 2) { edges { node { modelServices { totalCount } } } } }',
      ['ModelRouterQueryModelList', 'DescribeGatewayList'],
    ],
    [
      'of PAI models',
      '{ paiModels(first: 2) { nodes { models { totalCount } } } }',
      ['ListModels', 'ModelRouterQueryModelList'],
    ],
  ])('is asked for before the list %s has answered', async (_title, query, together) => {
    await using sandboxed = await openGateway();
    await using held = await openHeldBackend(sandboxed.sandbox.url);
    const { url } = held;
    await using gateway = await openGateway({ endpoints: { MODEL_ROUTER: url, PAI: url, AI_GATEWAY: url } });
    const answer = gateway.query(query);
    await expect.poll(() => held.waiting.toSorted()).toEqual(together.toSorted());
    held.letGo();
    expect((await answer).errors).toBeUndefined();
  });

  test('is read once all the same', async () => {
    await using gateway = await openGateway();
    const { data, errors } = await gateway.query(JOINED);
    expect(errors).toBeUndefined();
    expect(data?.['modelServices']).toMatchObject({ nodes: [{}, {}] });
    expect(gateway.actions().toSorted()).toEqual([
      'DescribeCostRules',
      'DescribeModelServices',
      'ModelRouterQueryModelList',
      'ModelRouterQueryModelList',
    ]);
  });

  test.each([
    [
      'a filter',
      '(gatewaySourceId: $gateway, filter: { name: "no such" }) { nodes { models { totalCount } } }',
      OWN,
    ],
    ['a page of no rows', '(gatewaySourceId: $gateway, first: 0) { nodes { models { totalCount } } }', []],
    ['nothing asked of the join', '(gatewaySourceId: $gateway) { nodes { models { __typename } } }', OWN],
    [
      'a join that is refused',
      '(gatewaySourceId: $gateway) { nodes { models(first: 101) { nodes { id } } } }',
      OWN,
    ],
    [
      'a join that is left out',
      '(gatewaySourceId: $gateway) { nodes { models @skip(if: true) { totalCount } name } }',
      OWN,
    ],
    [
      'rows of another list below these',
      '(gatewaySourceId: $gateway, first: 1) { nodes { gateway { modelServices(filter: { name: "no such" }) { nodes { models { totalCount } } } } } }',
      ['DescribeGatewayAttribute', ...OWN, ...OWN],
    ],
    [
      'another list that asks for it',
      '(gatewaySourceId: $gateway) { nodes { name } } models(filter: { keyword: "no such" }) { nodes { modelServices { totalCount } } }',
      [...OWN, 'ModelRouterQueryModelList'],
    ],
  ])('is not read for %s', async (_title, rest, actions) => {
    await using gateway = await openGateway();
    await gateway.query(`query ($gateway: ID!) { modelServices${rest} }`, { gateway: FULL });
    expect(gateway.actions().toSorted()).toEqual(actions);
  });

  test('and fails is told where it is asked for, beside the rows', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('ModelRouterQueryModelList', {
      kind: 'error',
      status: 403,
      code: 'Forbidden.RAM',
    });
    const { data, errors } = await gateway.query(JOINED);
    expect(data).toEqual({
      modelServices: {
        nodes: [
          { name: expect.any(String), models: null },
          { name: expect.any(String), models: null },
        ],
      },
    });
    expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.['source']])).toEqual([
      ['modelServices.nodes.0.models.nodes', 'MODEL_ROUTER'],
      ['modelServices.nodes.1.models.nodes', 'MODEL_ROUTER'],
    ]);
  });

  test('and the list fails is no second error', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('*', { kind: 'error', status: 403, code: 'Forbidden.RAM' });
    const { data, errors } = await gateway.query(JOINED);
    expect(data).toEqual({ modelServices: null });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', source: 'AI_GATEWAY' });
  });

  test('is no row of a list without any', async () => {
    await using gateway = await openGateway();
    const { data, errors } = await gateway.query(JOINED.replace(FULL, EMPTY));
    expect(errors).toBeUndefined();
    expect(data).toEqual({ modelServices: { nodes: [] } });
  });

  test('and hangs holds up no list without any', async () => {
    await using gateway = await openGateway();
    hungModels(gateway);
    const { data, errors } = await gateway.query(JOINED.replace(FULL, EMPTY));
    expect([data, errors]).toEqual([{ modelServices: { nodes: [] } }, undefined]);
    // Who waits for it to the end has it sent again.
    expect(gateway.actions().filter((action) => action === 'ModelRouterQueryModelList')).toHaveLength(1);
  });

  test('and hangs holds up nothing else that the rows have read', async () => {
    await using gateway = await openGateway({ requestTimeoutMs: 500 });
    hungModels(gateway);
    const { data, errors } = await gateway.query(
      `{ modelServices(gatewaySourceId: "${FULL}", first: 1) { nodes { costRules { totalCount } gateway { sourceId region } models { nodes { id } } } } }`,
    );
    expect(data).toMatchObject({
      modelServices: {
        nodes: [
          {
            costRules: { totalCount: expect.any(Number) },
            gateway: { sourceId: FULL },
            models: null,
          },
        ],
      },
    });
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['modelServices.nodes.0.models.nodes']);
  });

  test('and hangs leaves the rows to those who asked for them', async () => {
    await using gateway = await openGateway({ requestTimeoutMs: 500 });
    hungModels(gateway);
    const { data, errors } = await gateway.query(JOINED);
    expect(data).toMatchObject({
      modelServices: { nodes: [{ name: expect.any(String), models: null }, {}] },
    });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
      'UPSTREAM_TIMEOUT',
      'UPSTREAM_TIMEOUT',
    ]);
  });

  test.each([
    ['models', 'nodes { name ... @defer { models { nodes { id } } } }'],
    ['rows with their models', 'nodes { name } ... @defer { nodes { models { nodes { id } } } }'],
  ])('of deferred %s is not waited for', async (_title, selection) => {
    await using sandboxed = await openGateway();
    await using held = await openHeldBackend(sandboxed.sandbox.url);
    await using gateway = await openGateway({ endpoints: { MODEL_ROUTER: held.url } });
    const query = `{ modelServices(gatewaySourceId: "${FULL}", first: 1) { ${selection} } }`;
    const response = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: PARTS },
      body: JSON.stringify({ query }),
    });
    const parts = partsOf(response);
    const { value: first } = await parts.next();
    expect(first).toMatchObject({
      data: { modelServices: { nodes: [{ name: expect.any(String) }] } },
      hasNext: true,
    });
    held.letGo();
    expect((await Array.fromAsync(parts)).at(-1)?.hasNext).toBe(false);
  });
});
