import { describe, expect, it } from 'vitest';
import type { SandboxFault } from '../../src/sandbox/index.ts';
import { callVendor } from '../sandbox/support/vendor-client.ts';
import type { TestGateway } from '../support/gateway.ts';
import { CREATE_CASES, type CreateCase, countRows, create } from './support/create-cases.ts';
import { CUT, FAILING, type Input, named, ONCE, open, openBeside, UNKNOWN } from './support/repeating.ts';

/*
 * By what a create is found again whose outcome nobody knows: by the backend's own clock, and by fields that it may
 * spell otherwise.
 */

describe('clocks', () => {
  const HOUR_MS = 60 * 60_000;

  describe.each([
    ['agrees with the gateway', 0],
    ['is an hour ahead', HOUR_MS],
    ['is an hour behind', -HOUR_MS],
  ] as const)("of a backend whose own %s: the backend's decides", (_how, skewMs) => {
    it.each(CREATE_CASES.map((of) => [of.mutation, of] as const))('%s', async (_mutation, of) => {
      let nowMs = Date.now();
      const now = () => nowMs;
      await using gateway = await open({ now, sandbox: { now: () => nowMs + skewMs } });
      await using beside = await openBeside(gateway, { now });
      const input = named(await of.prepare(gateway));
      expect(await create(beside, of, input)).toMatchObject({ outcome: 'CREATED' });
      nowMs += 2_000;
      gateway.sandbox.setFault(of.action, FAILING, ONCE);
      const tooOld = await create(gateway, of, { ...input, idempotencyKey: 'older twin' });
      expect(tooOld).toMatchObject(UNKNOWN);
      expect(tooOld.message).toContain('not found');
      gateway.sandbox.setFault(of.action, CUT, ONCE);
      expect(await create(gateway, of, input)).toMatchObject({ outcome: 'RECOVERED' });
      nowMs += 23 * HOUR_MS;
      await create(beside, of, input);
      expect(await create(gateway, of, { ...input, idempotencyKey: 'older twin' })).toMatchObject(UNKNOWN);
    });
  });

  it.each(CREATE_CASES.filter(({ source }) => source === 'PAI').map((of) => [of.mutation, of] as const))(
    '%s: where times have milliseconds, they count',
    async (_mutation, of) => {
      let nowMs = Math.floor(Date.now() / 1_000) * 1_000;
      const now = () => nowMs;
      await using gateway = await open({ now, sandbox: { now } });
      await using beside = await openBeside(gateway, { now });
      const input = named(await of.prepare(gateway));
      await countRows(gateway, of, input);
      nowMs += 200;
      await create(beside, of, input);
      nowMs += 200;
      gateway.sandbox.setFault(of.action, FAILING, ONCE);
      expect(await create(gateway, of, input)).toMatchObject(UNKNOWN);
      gateway.sandbox.setFault(of.action, CUT, ONCE);
      expect(await create(gateway, of, { ...input, idempotencyKey: 'own' })).toMatchObject({
        outcome: 'RECOVERED',
      });
    },
  );

  it('without a Date in any answer nothing can be dated, and nothing is taken', async () => {
    const [of] = CREATE_CASES as [CreateCase];
    await using gateway = await open();
    const input = await of.prepare(gateway);
    const { name, modelCode } = input;
    const row = { id: 9, name, modelCode, gmtCreate: new Date().toISOString() };
    const answer = (data: unknown): SandboxFault => ({
      kind: 'answer',
      status: 200,
      headers: { date: '' },
      bodyText: JSON.stringify({ success: true, requestId: 'r', data }),
    });
    gateway.sandbox.setFault(of.action, answer(null));
    gateway.sandbox.setFault('ModelRouterQueryModelList', answer({ list: [row], total: '1' }));
    expect(await create(gateway, of, { name, modelCode })).toMatchObject(UNKNOWN);
  });
});

/** How a row may be spelled by its backend though it stands as it was sent, and where its list has it. */
const OTHER_SPELLINGS: readonly (readonly [
  mutation: string,
  list: string,
  rows: string,
  total: string,
  spelling: Readonly<Record<string, unknown>>,
])[] = [
  [
    'createModel',
    'ModelRouterQueryModelList',
    'list',
    'total',
    {
      tags: ' chat, NLP',
      modelType: 'chat',
      extensions: '{"a":"x","b":[1,{"x":0.5,"y":null}]}',
      maxOutputLength: 8192,
    },
  ],
  [
    'createBillingRule',
    'ModelRouterQueryBillingRuleList',
    'list',
    'total',
    {
      billingType: 'TOKEN_FLAT',
      effectiveTime: '2025-12-31T16:00:00Z',
      expireTime: '2030-01-01T08:00:00+08:00',
      version: '3',
    },
  ],
  [
    'createPaiModel',
    'ListModels',
    'Models',
    'TotalCount',
    {
      Tags: [
        { Key: 'env', Value: '' },
        { Key: 'team', Value: 'a' },
      ],
      Accessibility: 'Public',
      ParameterSize: '3000',
      ExtraInfo: { a: { nested: true }, z: 1 },
    },
  ],
  [
    'createPaiModelVersion',
    'ListModelVersions',
    'Versions',
    'TotalCount',
    { Labels: [{ Value: 'v', Key: 'k' }] },
  ],
  [
    'createModelService',
    'DescribeModelServices',
    'Items',
    'TotalRecordCount',
    {
      Protocol: 'Model Studio',
      ModelCategory: 'Text',
      InputCostPointsPerMillion: '10.5',
      OutputCostPointsPerMillion: '0.000',
      RequestCostPoints: 0.1,
    },
  ],
  [
    'createCostRule',
    'DescribeCostRules',
    'Items',
    'TotalRecordCount',
    { InputCostPointsPerMillion: 10, CacheCostPointsPerMillion: '0.250', EffectiveTargetType: 'Consumer' },
  ],
  [
    'createModelApi',
    'DescribeModelApis',
    'Items',
    'TotalRecordCount',
    {
      Category: 'TEXT',
      Protocol: 'OpenAI',
      RecordInput: 10,
      RouteRules: [{ nested: { a: [], b: 1 }, Weight: '100', RuleName: 'default' }],
    },
  ],
];

describe('a row that its backend spells otherwise', () => {
  it.each(OTHER_SPELLINGS)('is found by %s all the same', async (mutation, list, rows, total, spelling) => {
    const of = CREATE_CASES.find((one) => one.mutation === mutation) as CreateCase;
    await using gateway = await open();
    await using beside = await openBeside(gateway);
    const input = await of.prepare(gateway);
    await create(beside, of, input);
    // What the sandbox lists, but for the one row, which alone is listed.
    const answered = await listedBy(gateway, of, input, list);
    const fields = (answered['data'] ?? answered) as Record<string, unknown>;
    const [row] = (fields[rows] as Record<string, unknown>[]).slice(-1);
    const page = { ...fields, [rows]: [{ ...row, ...spelling }], [total]: 1 };
    const body = 'data' in answered ? { ...answered, data: page } : page;
    gateway.sandbox.setFault(list, { kind: 'answer', status: 200, bodyText: JSON.stringify(body) });
    gateway.sandbox.setFault(of.action, FAILING, ONCE);
    expect(await create(gateway, of, input)).toMatchObject({ outcome: 'RECOVERED' });
    // And it could have been missed.
    const another = { ...page, [rows]: [{ ...row, ...spelling, ...changedFields(spelling) }] };
    const other = 'data' in answered ? { ...answered, data: another } : another;
    gateway.sandbox.clearFaults();
    gateway.sandbox.setFault(list, { kind: 'answer', status: 200, bodyText: JSON.stringify(other) });
    gateway.sandbox.setFault(of.action, FAILING, ONCE);
    await using fresh = await openBeside(gateway);
    expect(await create(fresh, of, input)).toMatchObject(UNKNOWN);
  });
});

/** The spelling with another value in its first field. */
function changedFields(spelling: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const [first = ''] = Object.keys(spelling);
  return { [first]: typeof spelling[first] === 'object' ? [] : 'something else' };
}

/** What the sandbox answers to the search of a create. */
async function listedBy(
  gateway: TestGateway,
  of: CreateCase,
  input: Input,
  list: string,
): Promise<Record<string, unknown>> {
  gateway.sandbox.setFault(of.action, FAILING, ONCE);
  await using other = await openBeside(gateway);
  gateway.sandbox.forgetRequests();
  await create(other, of, input);
  const asked = gateway.sandbox.requests.find(({ action }) => action === list);
  const answer = await callVendor(gateway.sandbox, list, {
    ...asked?.query,
    ModelId: /models\/([^/]+)\/versions/.exec(asked?.path ?? '')?.[1],
  });
  return answer.body as Record<string, unknown>;
}
