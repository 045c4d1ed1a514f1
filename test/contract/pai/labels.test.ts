import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelChanges, type PaiLabel } from '../../../src/domain/pai-label.ts';
import {
  bodyOf,
  FAILURES,
  type Label,
  modelId,
  mutate,
  openWithModel,
  requestsOf,
  sampleAnswer,
  versionId,
} from './support.ts';

const byKey = <Row extends { readonly key: string }>(labels: readonly Row[]): readonly Row[] =>
  labels.toSorted((a, b) => (a.key < b.key ? -1 : 1));

/** Few keys and values, so that sets overlap; both may hold anything but `=` and a comma. */
const labelSet = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('env', 'team', '环境', 'a b', "it's", '%2C'),
    value: fc.constantFrom('x', 'y', '值', undefined),
  }),
  { selector: ({ key }) => key },
);

describe('the label algorithm', () => {
  it('makes any wanted set of any present one, and says no more than it must', () => {
    fc.assert(
      fc.property(labelSet, labelSet, (present: readonly PaiLabel[], wanted: readonly PaiLabel[]) => {
        const { toSet, toRemove } = labelChanges(present, wanted);
        const result = new Map(present.map(({ key, value }) => [key, value]));
        for (const { key, value } of toSet) {
          expect(result.has(key) && result.get(key) === value).toBe(false);
          result.set(key, value);
        }
        for (const key of toRemove) expect(result.delete(key)).toBe(true);
        expect(byKey([...result].map(([key, value]) => ({ key, value })))).toEqual(byKey(wanted));
      }),
      { numRuns: 1000 },
    );
  });

  it('sets a key anew that is present twice with different values', () => {
    const present = [
      { key: 'env', value: 'a' },
      { key: 'env', value: 'b' },
    ];
    expect(labelChanges(present, [{ key: 'env', value: 'a' }])).toEqual({
      toSet: [{ key: 'env', value: 'a' }],
      toRemove: [],
    });
  });
});

interface Target {
  readonly update: string;
  readonly add: string;
  readonly remove: string;
  readonly row: string;
  readonly reads: string;
  readonly writes: readonly [change: string, set: string, remove: string];
  readonly path: (sourceId: string) => string;
  readonly idOf: (made: { readonly id: string; readonly versionId: string }) => string;
  readonly absentId: string;
}

const TARGETS: readonly (readonly [name: string, target: Target])[] = [
  [
    'a model',
    {
      update: 'updatePaiModel',
      add: 'addPaiModelLabels',
      remove: 'removePaiModelLabels',
      row: 'row: paiModel { labels { key value } }',
      reads: 'GetModel',
      writes: ['UpdateModel', 'CreateModelLabels', 'DeleteModelLabels'],
      path: (sourceId) => `/api/v1/models/${sourceId}/labels`,
      idOf: ({ id }) => id,
      absentId: modelId('model-absent'),
    },
  ],
  [
    'a version',
    {
      update: 'updatePaiModelVersion',
      add: 'addPaiModelVersionLabels',
      remove: 'removePaiModelVersionLabels',
      row: 'row: version { labels { key value } }',
      reads: 'GetModelVersion',
      writes: ['UpdateModelVersion', 'CreateModelVersionLabels', 'DeleteModelVersionLabels'],
      path: (sourceId) => `/api/v1/models/${sourceId}/versions/0.1.0/labels`,
      idOf: (made) => made.versionId,
      absentId: versionId('model-absent', '0.1.0'),
    },
  ],
];

const PRESENT: readonly Label[] = [
  { key: 'env', value: 'test' },
  { key: 'team', value: 'a' },
  { key: 'old', value: null },
];

describe.each(TARGETS)('labels of %s', (_name, target) => {
  const [changeAction, setAction, removeAction] = target.writes;

  it('the whole wanted set: additions and changed values first, then the surplus', async () => {
    await using made = await openWithModel(PRESENT);
    const labels = [
      { key: 'env', value: 'prod' },
      { key: 'team', value: 'a' },
      { key: '新', value: null },
    ];
    const input = { id: target.idOf(made), labels };
    const result = await mutate(made.gateway, target.update, input, target.row);
    expect(byKey(result.row?.labels ?? [])).toEqual(byKey(labels));
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual([
      target.reads,
      setAction,
      removeAction,
      target.reads,
    ]);
    const [, set, remove] = requests;
    expect(set).toMatchObject({ method: 'POST', path: target.path(made.sourceId), query: {} });
    expect(bodyOf(set)).toEqual({
      Labels: [
        { Key: 'env', Value: 'prod' },
        { Key: '新', Value: '' },
      ],
    });
    expect(remove).toMatchObject({
      method: 'DELETE',
      path: target.path(made.sourceId),
      query: { LabelKeys: 'old' },
      bodyText: '',
    });
  });

  it('after the other fields, where there are some', async () => {
    await using made = await openWithModel(PRESENT);
    const input = { id: target.idOf(made), description: 'new', labels: [{ key: 'a', value: 'b' }] };
    expect((await mutate(made.gateway, target.update, input, '__typename')).__typename).toMatch(/Success$/);
    expect(requestsOf(made.gateway).map(({ action }) => action)).toEqual([target.reads, ...target.writes]);
    expect(bodyOf(made.gateway.sandbox.requests[1])).not.toHaveProperty('Labels');
  });

  it('an empty set removes all in one call', async () => {
    await using made = await openWithModel(PRESENT);
    const input = { id: target.idOf(made), labels: [] };
    expect((await mutate(made.gateway, target.update, input, target.row)).row?.labels).toEqual([]);
    expect(made.gateway.actions()).toEqual([target.reads, removeAction, target.reads]);
    expect(made.gateway.sandbox.requests[1]?.query).toEqual({ LabelKeys: 'env,team,old' });
  });

  it('the set that is there already costs one read and no write', async () => {
    await using made = await openWithModel(PRESENT);
    const input = { id: target.idOf(made), labels: PRESENT.toReversed() };
    const result = await mutate(made.gateway, target.update, input, target.row);
    expect(byKey(result.row?.labels ?? [])).toEqual(byKey(PRESENT));
    expect(made.gateway.actions()).toEqual([target.reads]);
  });

  it('any set over any other ends as wanted, additions before removals, without a needless call', async () => {
    await using made = await openWithModel([]);
    const id = target.idOf(made);
    let present: readonly PaiLabel[] = [];
    await fc.assert(
      fc.asyncProperty(labelSet, async (wanted) => {
        const { toSet, toRemove } = labelChanges(present, wanted);
        made.gateway.sandbox.forgetRequests();
        const result = await mutate(made.gateway, target.update, { id, labels: wanted }, target.row);
        const writes = made.gateway.actions().filter((action) => action !== target.reads);
        expect(writes).toEqual([
          ...(toSet.length > 0 ? [setAction] : []),
          ...(toRemove.length > 0 ? [removeAction] : []),
        ]);
        expect(byKey(result.row?.labels ?? [])).toEqual(
          byKey(wanted).map(({ key, value }) => ({ key, value: value ?? null })),
        );
        present = wanted;
      }),
      { numRuns: 40 },
    );
  });

  it.each(FAILURES)(
    'half-done: %s, by %j, becomes GatewayUpstreamError that tells the steps',
    async (_m, fault, expected) => {
      await using made = await openWithModel(PRESENT);
      const input = { id: target.idOf(made), description: 'new', labels: [{ key: 'new' }] };
      for (const [failing, done] of [
        [setAction, [changeAction]],
        [removeAction, [changeAction, setAction]],
      ] as const) {
        const heal = made.gateway.sandbox.setFault(failing, fault);
        const result = await mutate(made.gateway, target.update, input, target.row);
        expect(result).toMatchObject({
          __typename: 'GatewayUpstreamError',
          code: expected.code,
          outcomeUnknown: expected.outcomeUnknown ?? false,
          completedSteps: done,
        });
        heal();
        // Back to where it began, whatever was done.
        await mutate(made.gateway, target.update, { id: input.id, labels: PRESENT }, '__typename');
      }
    },
  );

  it.each(FAILURES)(
    '%s, by %j, where the labels alone are to change and nothing was done',
    async (member, fault, expected) => {
      await using made = await openWithModel(PRESENT);
      made.gateway.sandbox.setFault(setAction, fault);
      const input = { id: target.idOf(made), labels: [...PRESENT, { key: 'new' }] };
      const result = await mutate(made.gateway, target.update, input, target.row);
      expect(result).toMatchObject({ __typename: member, ...expected });
      expect(result.completedSteps ?? []).toEqual([]);
    },
  );

  it('a change that stopped half-way lost nothing that is wanted', async () => {
    await using made = await openWithModel(PRESENT);
    const id = target.idOf(made);
    const heal = made.gateway.sandbox.setFault(removeAction, { kind: 'throttle' });
    const wanted = [{ key: 'env', value: 'prod' }];
    await mutate(made.gateway, target.update, { id, labels: wanted }, '__typename');
    heal();
    const result = await mutate(made.gateway, target.update, { id, description: 'x' }, target.row);
    expect(byKey(result.row?.labels ?? [])).toEqual(
      byKey([{ key: 'env', value: 'prod' }, ...PRESENT.slice(1)]),
    );
  });

  it('adding sets what is missing or different, and leaves the others', async () => {
    await using made = await openWithModel(PRESENT);
    const labels = [
      { key: 'env', value: 'prod' },
      { key: 'team', value: 'a' },
      { key: 'x', value: 'y' },
    ];
    const result = await mutate(made.gateway, target.add, { id: target.idOf(made), labels }, target.row);
    expect(byKey(result.row?.labels ?? [])).toEqual(byKey([...labels, { key: 'old', value: null }]));
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual([target.reads, setAction, target.reads]);
    expect(bodyOf(requests[1])).toEqual({
      Labels: [
        { Key: 'env', Value: 'prod' },
        { Key: 'x', Value: 'y' },
      ],
    });
  });

  it('adding what is there already costs one read', async () => {
    await using made = await openWithModel(PRESENT);
    const input = { id: target.idOf(made), labels: PRESENT.slice(0, 1) };
    expect((await mutate(made.gateway, target.add, input, target.row)).__typename).toMatch(/Success$/);
    expect(made.gateway.actions()).toEqual([target.reads]);
  });

  it('removing takes the keys away in one call', async () => {
    await using made = await openWithModel(PRESENT);
    const input = { id: target.idOf(made), keys: ['old', 'env', 'old'] };
    const result = await mutate(made.gateway, target.remove, input, target.row);
    expect(result.row?.labels).toEqual([{ key: 'team', value: 'a' }]);
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual([target.reads, removeAction, target.reads]);
    expect(requests[1]?.query).toEqual({ LabelKeys: 'old,env' });
  });

  it('removing a key that is not there is GatewayNotFoundError, and none is removed', async () => {
    await using made = await openWithModel(PRESENT);
    const input = { id: target.idOf(made), keys: ['env', 'absent'] };
    expect(await mutate(made.gateway, target.remove, input, target.row)).toMatchObject({
      __typename: 'GatewayNotFoundError',
      message: 'There is no label with the key of keys.1. Nothing was removed.',
    });
    expect(made.gateway.actions()).toEqual([target.reads]);
  });

  it.each([
    [target.add, { labels: [] }, ['labels']],
    [target.add, { labels: [{ key: 'a,b' }] }, ['labels', '0', 'key']],
    [target.add, { labels: [{ key: 'é'.repeat(65) }] }, ['labels', '0', 'key']],
    [target.add, { labels: [{ key: 'a', value: 'b=c' }] }, ['labels', '0', 'value']],
    [target.add, { labels: [{ key: 'a' }, { key: 'a' }] }, ['labels', '1', 'key']],
    [target.remove, { keys: [] }, ['keys']],
    [target.remove, { keys: ['a', 'b,c'] }, ['keys', '1']],
    [target.remove, { keys: [''] }, ['keys', '0']],
  ])('%s refuses %j and sends nothing', async (field, change, path) => {
    await using made = await openWithModel(PRESENT);
    const result = await mutate(made.gateway, field, { id: target.idOf(made), ...change }, target.row);
    expect(result).toMatchObject({ __typename: 'GatewayInvalidInputError', fieldErrors: [{ path }] });
    expect(made.gateway.actions()).toEqual([]);
  });

  it.each([
    [target.update, { labels: [{ key: 'a' }] }],
    [target.add, { labels: [{ key: 'a' }] }],
    [target.remove, { keys: ['a'] }],
  ])('%s of what does not exist is GatewayNotFoundError', async (field, change) => {
    await using made = await openWithModel(PRESENT);
    const result = await mutate(made.gateway, field, { id: target.absentId, ...change }, target.row);
    expect(result.__typename).toBe('GatewayNotFoundError');
    expect(made.gateway.actions()).toEqual([target.reads]);
  });

  it.each(FAILURES)('%s, by %j, of adding and of removing', async (member, fault, expected) => {
    await using made = await openWithModel(PRESENT);
    made.gateway.sandbox.setFault(setAction, fault);
    made.gateway.sandbox.setFault(removeAction, fault);
    const id = target.idOf(made);
    for (const result of [
      await mutate(made.gateway, target.add, { id, labels: [{ key: 'new' }] }, target.row),
      await mutate(made.gateway, target.remove, { id, keys: ['env'] }, target.row),
    ]) {
      expect(result).toMatchObject({ __typename: member, ...expected });
    }
  });
});

describe('a label that the backend should not have', () => {
  it('with a comma in its key cannot be removed: refused before anything is sent', async () => {
    await using made = await openWithModel(PRESENT);
    const odd = { ModelId: made.sourceId, Labels: [{ Key: 'env,team', Value: '' }] };
    made.gateway.sandbox.setFault('GetModel', sampleAnswer('GetModel', odd));
    const input = { id: made.id, name: 'new', labels: [] };
    expect(await mutate(made.gateway, 'updatePaiModel', input, '__typename')).toMatchObject({
      __typename: 'GatewayInvalidInputError',
      fieldErrors: [{ path: ['labels'] }],
    });
    expect(made.gateway.actions()).toEqual(['GetModel']);
  });
});
