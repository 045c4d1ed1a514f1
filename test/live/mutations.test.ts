import { describe, expect, it } from 'vitest';
import { decodeGlobalId } from '../../src/domain/global-id.ts';
import { schema } from '../../src/schema/index.ts';
import { eventOf } from '../../src/schema/mutation-events.ts';
import { dataOf } from '../contract/support/backend-cases.ts';
import { CREATE_CASES, create } from '../contract/support/create-cases.ts';
import { everyMutation } from '../contract/support/every-mutation.ts';
import { CUT, FAILING, named, newKey, ONCE, open, UNKNOWN } from '../contract/support/repeating.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { recordingBus } from './support/recording-bus.ts';

/** Mutations that tell nothing, and why. */
const SILENT: Readonly<Record<string, string>> = {};

const NOW = Date.UTC(2026, 3, 1);
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

/** Runs a mutation of one input, and gives its result. */
async function run(gateway: TestGateway, name: string, input: object): Promise<Record<string, unknown>> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { result: ${name}(input: $input) {
    __typename
    ... on GatewayUpstreamError { outcomeUnknown completedSteps }
  } }`;
  return dataOf<{ result: Record<string, unknown> }>(await gateway.query(document, { input })).result;
}

describe('every mutation', () => {
  /** Sandboxes of their own: what one mutation deletes, another one changes. */
  const begin = async (name: string) => {
    const bus = recordingBus();
    const gateway = await openGateway({ eventBus: bus, now: () => NOW });
    const one = (await everyMutation(gateway)).find((candidate) => candidate.name === name);
    if (one === undefined) throw new Error(`no case of ${name}`);
    return { bus, gateway, one };
  };

  it('states its event, or is known to tell nothing', () => {
    const bare = mutations.filter((field) => eventOf(field) === undefined && !(field.name in SILENT));
    expect(bare.map(({ name }) => name)).toEqual([]);
    expect(Object.keys(SILENT).filter((name) => !mutations.some((field) => field.name === name))).toEqual([]);
  });

  it.each(mutations.map(({ name }) => [name]))('%s tells what it did, once', async (name) => {
    const { bus, gateway: opened, one } = await begin(name);
    await using gateway = opened;
    const kind = /^create/.test(name) ? 'CREATED' : /^delete/.test(name) ? 'DELETED' : 'UPDATED';
    const [, typeName] = /^(?:create|update|delete|add|remove)(.+?)(?:Labels)?$/.exec(name) ?? [];
    expect(await run(gateway, name, one.input)).toEqual({
      __typename: `${name[0]?.toUpperCase()}${name.slice(1)}Success`,
    });
    const told = bus.taken();
    expect(told).toEqual([
      {
        ...{ account: 'gateway', kind, source: one.source, at: NOW },
        ...{ typeName: name === 'createModels' ? 'Model' : typeName, nodeId: expect.any(String) },
      },
    ]);
    const [{ nodeId } = { nodeId: '' }] = told;
    expect(decodeGlobalId(nodeId)?.typeName).toBe(told[0]?.typeName);
    if ('id' in one.input) expect(nodeId).toBe(one.input['id']);
    const found = await gateway.query('query ($id: ID!) { node(id: $id) { id } }', { id: nodeId });
    expect(found).toEqual({ data: { node: kind === 'DELETED' ? null : { id: nodeId } } });
  });

  it.each(mutations.map(({ name }) => [name]))('%s tells nothing where it is refused', async (name) => {
    const { bus, gateway: opened, one } = await begin(name);
    await using gateway = opened;
    const refusal = { kind: 'error', status: 400, code: 'Forbidden.RAM' } as const;
    gateway.sandbox.setFault('*', refusal);
    const { __typename: type } = await run(gateway, name, one.input);
    expect(type).toMatch(/^Gateway/);
    expect(bus.taken()).toEqual([]);
  });
});

describe.each(CREATE_CASES.map((of) => [of.mutation, of] as const))('%s', (_mutation, of) => {
  it('tells once of a create that is repeated by its key', async () => {
    const bus = recordingBus();
    await using gateway = await open({ eventBus: bus });
    const input = { ...named(await of.prepare(gateway)), idempotencyKey: newKey() };
    bus.taken();
    const outcomes = [
      (await create(gateway, of, input)).outcome,
      (await create(gateway, of, input)).outcome,
      ...(await Promise.all([create(gateway, of, input), create(gateway, of, input)])).map(
        ({ outcome }) => outcome,
      ),
    ];
    expect(outcomes).toEqual(['CREATED', 'REPLAYED', 'REPLAYED', 'REPLAYED']);
    expect(bus.taken().map(({ kind, source }) => [kind, source])).toEqual([['CREATED', of.source]]);
  });

  it('tells of one that was recovered, and not as long as its outcome is unknown', async () => {
    const bus = recordingBus();
    await using gateway = await open({ eventBus: bus });
    const input = { ...named(await of.prepare(gateway)), idempotencyKey: newKey() };
    bus.taken();
    gateway.sandbox.setFault(of.action, FAILING, ONCE);
    expect(await create(gateway, of, input)).toMatchObject(UNKNOWN);
    expect(bus.taken()).toEqual([]);
    const other = { ...named(await of.prepare(gateway)), idempotencyKey: newKey() };
    bus.taken();
    gateway.sandbox.setFault(of.action, CUT, ONCE);
    expect(await create(gateway, of, other)).toMatchObject({ outcome: 'RECOVERED' });
    expect(bus.taken().map(({ kind, source }) => [kind, source])).toEqual([['CREATED', of.source]]);
  });
});

describe('a change', () => {
  const labelled = async (gateway: TestGateway) => {
    const answer = await gateway.query('{ paiModels(first: 20) { nodes { id labels { key value } } } }');
    const { nodes } = dataOf<{
      paiModels: { nodes: readonly { id: string; labels: readonly { key: string; value: string }[] }[] };
    }>({ ...answer, data: answer.data ?? {} }).paiModels;
    const found = nodes.find(({ labels }) => labels.length > 0);
    if (found === undefined) throw new Error('no model has labels');
    return found;
  };

  it('that changes nothing tells nothing', async () => {
    const bus = recordingBus();
    await using gateway = await openGateway({ eventBus: bus });
    const { id, labels } = await labelled(gateway);
    expect(await run(gateway, 'addPaiModelLabels', { id, labels })).toEqual({
      __typename: 'AddPaiModelLabelsSuccess',
    });
    expect(gateway.actions().filter((action) => /Create|Update|Delete/.test(action))).toEqual([]);
    expect(bus.taken()).toEqual([]);
  });

  it('that fails behind its first step has changed something, and tells it', async () => {
    const bus = recordingBus();
    await using gateway = await openGateway({ eventBus: bus });
    const { id } = await labelled(gateway);
    gateway.sandbox.setFault('CreateModelLabels', { kind: 'error', status: 400, code: 'InvalidParameter' });
    const change = { id, description: 'changed', labels: [{ key: 'new', value: '1' }] };
    expect(await run(gateway, 'updatePaiModel', change)).toEqual({
      ...{ __typename: 'GatewayUpstreamError', outcomeUnknown: false, completedSteps: ['UpdateModel'] },
    });
    expect(bus.taken()).toMatchObject([{ kind: 'UPDATED', typeName: 'PaiModel', nodeId: id }]);
  });

  it('whose answer did not come tells nothing', async () => {
    const bus = recordingBus();
    await using gateway = await openGateway({ eventBus: bus });
    const { id } = await labelled(gateway);
    gateway.sandbox.setFault('UpdateModel', CUT);
    expect(await run(gateway, 'updatePaiModel', { id, description: 'changed' })).toMatchObject(UNKNOWN);
    expect(bus.taken()).toEqual([]);
  });
});

describe('createModels', () => {
  it('tells of each model that was made', async () => {
    const bus = recordingBus();
    await using gateway = await openGateway({ eventBus: bus });
    const models = ['one', 'two', 'three'].map((name) => ({ name, modelCode: name, category: 'Chat' }));
    const answer = await gateway.query(
      'mutation ($input: CreateModelsInput!) { createModels(input: $input) { ... on CreateModelsSuccess { createdModels { id } } } }',
      { input: { vendor: 'qwen', apiKey: 'a key', models } },
    );
    const { createdModels } = dataOf<{ createModels: { createdModels: readonly { id: string }[] } }>(
      answer,
    ).createModels;
    expect(createdModels.length).toBe(3);
    expect(bus.taken().map(({ kind, nodeId }) => [kind, nodeId])).toEqual(
      createdModels.map(({ id }) => ['CREATED', id]),
    );
  });
});
