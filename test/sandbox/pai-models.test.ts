import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Call, checkedCalls, failureOf, findRow, type Row, rowsOf } from './support/checked-calls.ts';

let nowMs = 0;
let sandbox: Sandbox;
let call: Call;
beforeEach(async () => {
  nowMs = Date.now() + 60_000;
  sandbox = await startSandbox({ now: () => nowMs });
  call = checkedCalls(sandbox);
});
afterEach(() => sandbox.close());

const now = () => new Date(nowMs).toISOString();
const URI = 'oss://demo.oss-cn-beijing.aliyuncs.com/a/';
const find = (ModelName: string) => findRow(call, 'ListModels', { PageSize: 100 }, { ModelName });

async function model(ModelId: unknown): Promise<Row> {
  const { RequestId, ...rest } = await call('GetModel', { ModelId });
  return rest;
}

async function version(ModelId: unknown, VersionName: unknown): Promise<Row> {
  const { RequestId, ...rest } = await call('GetModelVersion', { ModelId, VersionName });
  return rest;
}

async function newModel(): Promise<unknown> {
  return (await call('CreateModel', { ModelName: 'new', Tag: [{ Key: 'env', Value: 'new' }] }))['ModelId'];
}

describe('UpdateModel', () => {
  it.each([
    ['ModelName', '新名称'],
    ['ModelDescription', ''],
    ['ModelDoc', 'https://example.com/doc.md'],
    ['ModelType', 'LoRA'],
    ['Domain', 'cv'],
    ['Task', 'text-to-image'],
    ['Origin', ''],
    ['Accessibility', 'PUBLIC'],
    ['OrderNumber', 7],
    ['ParameterSize', 0],
    ['ExtraInfo', { Rating: 1 }],
  ])('writes %s and keeps the rest', async (name, value) => {
    const { ModelId } = await find('qwen3-8b');
    const before = await model(ModelId);
    await call('UpdateModel', { ModelId, [name]: value });
    expect(await model(ModelId)).toEqual({ ...before, [name]: value, GmtModifiedTime: now() });
  });

  it.each([
    ['ModelName', ''],
    ['ModelName', 'x'.repeat(128)],
    ['Accessibility', 'SHARED'],
    ['ExtraInfo', '{}'],
  ])('refuses %s "%s"', async (name, value) => {
    const { ModelId } = await find('qwen3-8b');
    const found = await failureOf(sandbox, 'UpdateModel', { ModelId, [name]: value });
    expect(found).toMatchObject({ status: 400, code: 'InvalidParameter' });
  });
});

describe('DeleteModel', () => {
  it('takes the model and its versions away, once', async () => {
    const { ModelId, LatestVersion } = await find('评论情感分析');
    const { VersionName } = LatestVersion as Row;
    await call('DeleteModel', { ModelId });
    for (const action of ['GetModel', 'DeleteModel', 'UpdateModel', 'ListModelVersions', 'GetModelVersion']) {
      const found = await failureOf(sandbox, action, { ModelId, VersionName });
      expect(found).toMatchObject({ status: 404, code: 'ModelNotFound' });
    }
    expect(await call('ListModels')).toMatchObject({ TotalCount: 64 });
  });
});

describe('labels', () => {
  const cases = [
    ['a model', 'CreateModelLabels', 'DeleteModelLabels', undefined],
    ['a version', 'CreateModelVersionLabels', 'DeleteModelVersionLabels', '0.1.0'],
  ] as const;

  it.each(cases)(
    'of %s are added, overwritten by key, and removed',
    async (_title, add, remove, VersionName) => {
      const ModelId = await newModel();
      await call('CreateModelVersion', { ModelId, Uri: URI, Labels: [{ Key: 'env', Value: 'new' }] });
      const target = { ModelId, VersionName };
      const read = async () => (VersionName ? await version(ModelId, VersionName) : await model(ModelId));
      nowMs += 1000;
      await call(add, {
        ...target,
        Labels: [
          { Key: 'team', Value: 'a' },
          { Key: 'env', Value: '生产' },
          { Key: 'team', Value: 'b' },
        ],
      });
      const both = [
        { Key: 'env', Value: '生产' },
        { Key: 'team', Value: 'b' },
      ];
      expect(await read()).toMatchObject({ Labels: both, GmtModifiedTime: now() });
      await call(add, target);
      expect(await read()).toMatchObject({ Labels: both });
      const absent = await failureOf(sandbox, remove, { ...target, LabelKeys: 'env,nobody' });
      expect(absent).toMatchObject({ status: 404, code: 'LabelNotFound' });
      expect(await read()).toMatchObject({ Labels: both });
      await call(remove, { ...target, LabelKeys: 'team,env' });
      expect(await read()).toMatchObject({ Labels: [] });
    },
  );

  it.each(cases)(
    'of %s need keys and values in the documented form',
    async (_title, add, _remove, VersionName) => {
      const ModelId = await newModel();
      await call('CreateModelVersion', { ModelId, Uri: URI });
      for (const label of [{ Key: 'k' }, { Key: 'a,b', Value: 'v' }, { Key: 'k', Value: 'v'.repeat(129) }]) {
        const found = await failureOf(sandbox, add, { ModelId, VersionName, Labels: [label] });
        expect(found).toMatchObject({ status: 400, code: 'InvalidParameter' });
      }
    },
  );

  it('are found by ListModels as soon as they are there', async () => {
    const ModelId = await newModel();
    await call('CreateModelLabels', { ModelId, Labels: [{ Key: 'only', Value: 'here' }] });
    const Tag = JSON.stringify([{ Key: 'only', Value: 'here' }]);
    expect(rowsOf(await call('ListModels', { Tag }))).toMatchObject([{ ModelId }]);
  });
});

describe('ListWorkspaces', () => {
  const ids = async (input: Row = {}) =>
    rowsOf(await call('ListWorkspaces', input)).map(({ WorkspaceId }) => WorkspaceId);

  it('lists those that the models are in, the default one first', async () => {
    const models = rowsOf(await call('ListModels', { PageSize: 100 }));
    expect(new Set(models.map(({ WorkspaceId }) => WorkspaceId))).toEqual(new Set(await ids()));
    const [first] = rowsOf(await call('ListWorkspaces'));
    expect(first).toMatchObject({
      WorkspaceId: '23401',
      IsDefault: true,
      resourceGroupId: expect.any(String),
    });
  });

  it('filters, sorts, pages and narrows', async () => {
    expect(await ids({ WorkspaceIds: '79645,32417,5' })).toEqual(['32417', '79645']);
    expect(await ids({ WorkspaceName: 'RESEARCH' })).toEqual(['32417']);
    expect(await ids({ Status: 'DISABLED' })).toEqual([]);
    expect(await ids({ ResourceGroupId: 'rg-acfmwp7rkyresea' })).toEqual(['32417', '79645']);
    expect(await ids({ UserId: 'nobody' })).toEqual([]);
    expect(await ids({ Order: 'DESC' })).toEqual(['79645', '32417', '23401']);
    expect(await ids({ SortBy: 'GmtModifiedTime' })).toEqual(['32417', '79645', '23401']);
    expect(await ids({ PageNumber: 2, PageSize: 2, Verbose: true })).toEqual(['79645']);
    const narrow = await call('ListWorkspaces', { Fields: 'Id', PageSize: 1 });
    expect(narrow).toMatchObject({ TotalCount: 3 });
    expect(narrow['Workspaces']).toEqual([{ WorkspaceId: '23401' }]);
  });

  it('answers limits instead where they are asked for', async () => {
    const body = await call('ListWorkspaces', { Option: 'GetResourceLimits' });
    expect(body).toHaveProperty('ResourceLimits');
    expect(body).not.toHaveProperty('Workspaces');
  });

  it('is the same without demo data, since models can be created there', async () => {
    await using empty = await startSandbox({ data: 'empty' });
    const body = await checkedCalls(empty)('ListWorkspaces');
    expect(rowsOf(body)).toEqual(rowsOf(await call('ListWorkspaces')));
  });
});
