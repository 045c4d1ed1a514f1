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

describe('CreateModelVersion', () => {
  it('keeps all that is sent, and becomes the latest of its model', async () => {
    const ModelId = await newModel();
    expect(await model(ModelId)).not.toHaveProperty('LatestVersion');
    const input = {
      Uri: URI,
      VersionName: '2.10.3_rc1',
      VersionDescription: '描述',
      ApprovalStatus: 'Pending',
      FormatType: 'Keras H5',
      FrameworkType: 'Keras',
      SourceType: 'PAIFlow',
      SourceId: 'region=cn-beijing,workspaceId=1,kind=PipelineRun,id=run-1',
      InferenceSpec: { processor: 'p' },
      TrainingSpec: { a: 1 },
      EvaluationSpec: { b: 1 },
      CompressionSpec: { c: 1 },
      DistillationSpec: { d: 1 },
      Metrics: { Results: [] },
      ExtraInfo: { e: 1 },
      Options: '{"f":1}',
      Labels: [{ Key: 'k', Value: 'v' }],
    };
    expect(await call('CreateModelVersion', { ModelId, ...input })).toMatchObject({
      VersionName: '2.10.3_rc1',
    });
    const created = await version(ModelId, '2.10.3_rc1');
    expect(created).toMatchObject({ ...input, GmtCreateTime: now(), GmtModifiedTime: now() });
    expect(await model(ModelId)).toMatchObject({
      LatestVersion: created,
      GmtLatestVersionModifiedTime: now(),
    });
  });

  it('names versions 0.1.0, 0.2.0 and so on, above what is there', async () => {
    const ModelId = await newModel();
    const create = async (VersionName?: string) =>
      (await call('CreateModelVersion', { ModelId, Uri: URI, VersionName }))['VersionName'];
    expect([await create(), await create(), await create('0.7.2_x'), await create('3.0.0')]).toEqual([
      '0.1.0',
      '0.2.0',
      '0.7.2_x',
      '3.0.0',
    ]);
    expect(await create()).toBe('0.8.0');
    expect(await version(ModelId, '0.8.0')).toMatchObject({
      SourceType: 'Custom',
      Options: '{}',
      Labels: [],
    });
  });

  it('takes a name once a model', async () => {
    const [one, other] = [await newModel(), await newModel()];
    for (const ModelId of [one, other]) await call('CreateModelVersion', { ModelId, Uri: URI });
    const again = { ModelId: one, Uri: URI, VersionName: '0.1.0' };
    expect(await failureOf(sandbox, 'CreateModelVersion', again)).toMatchObject({
      status: 400,
      code: 'ModelVersionDuplicate',
    });
    await call('DeleteModelVersion', again);
    expect(await call('CreateModelVersion', again)).toMatchObject({ VersionName: '0.1.0' });
  });

  it.each([
    ['Uri', 'ftp://example.com/a'],
    ['Uri', 'oss://bucket/a'],
    ['VersionName', '1.0'],
    ['VersionName', '1.0.0-rc'],
    ['FormatType', 'Zip'],
    ['FrameworkType', 'PyTorch'],
    ['ApprovalStatus', 'approved'],
    ['Options', '{'],
    ['Metrics', { text: 'x'.repeat(8192) }],
    ['SourceType', 'Git'],
    ['Labels', [{ Key: '' }]],
  ])('refuses %s %j', async (name, value) => {
    const ModelId = await newModel();
    const found = await failureOf(sandbox, 'CreateModelVersion', { ModelId, Uri: URI, [name]: value });
    expect(found).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(found.message).toContain(`"${name}"`);
    expect(await call('ListModelVersions', { ModelId })).toMatchObject({ TotalCount: 0 });
  });

  it('refuses a source that does not say where it is from, unless it is custom', async () => {
    const ModelId = await newModel();
    const source = { SourceType: 'PAIFlow', SourceId: 'free text' };
    expect(await failureOf(sandbox, 'CreateModelVersion', { ModelId, Uri: URI, ...source })).toMatchObject({
      code: 'InvalidParameter',
    });
    await call('CreateModelVersion', {
      ModelId,
      Uri: 'https://example.com/a',
      ...source,
      SourceType: 'Custom',
    });
  });
});

describe('UpdateModelVersion and DeleteModelVersion', () => {
  it.each([
    ['VersionDescription', ''],
    ['ApprovalStatus', 'Rejected'],
    ['SourceType', 'PAIFlow'],
    ['SourceId', 'region=r,workspaceId=w,kind=ServiceJob,id=i'],
    ['Options', '{"a":1}'],
    ['InferenceSpec', { a: 1 }],
    ['TrainingSpec', {}],
    ['EvaluationSpec', { a: 1 }],
    ['CompressionSpec', { a: 1 }],
    ['DistillationSpec', { a: 1 }],
    ['Metrics', { a: 1 }],
    ['ExtraInfo', { a: 1 }],
  ])('writes %s and keeps the rest, the source too', async (name, value) => {
    const { ModelId } = await find('评论情感分析');
    const target = { ModelId, VersionName: '0.3.0' };
    const before = await version(ModelId, '0.3.0');
    expect(before).toMatchObject({ SourceType: 'TrainingService' });
    await call('UpdateModelVersion', { ...target, [name]: value });
    const after = await version(ModelId, '0.3.0');
    expect(after).toEqual({ ...before, [name]: value, GmtModifiedTime: now() });
    expect(await model(ModelId)).toMatchObject({
      LatestVersion: after,
      GmtLatestVersionModifiedTime: now(),
    });
  });

  it('the latest version is the newest that is left', async () => {
    const ModelId = await newModel();
    for (const VersionName of ['5.0.0', '1.0.0', '2.0.0']) {
      await call('CreateModelVersion', { ModelId, Uri: URI, VersionName });
    }
    const latest = async () => ((await model(ModelId))['LatestVersion'] as Row | undefined)?.['VersionName'];
    await call('UpdateModelVersion', { ModelId, VersionName: '5.0.0', VersionDescription: 'later' });
    const names = [await latest()];
    for (const VersionName of ['2.0.0', '5.0.0', '1.0.0']) {
      await call('DeleteModelVersion', { ModelId, VersionName });
      names.push(await latest());
    }
    expect(names).toEqual(['2.0.0', '1.0.0', '1.0.0', undefined]);
    expect(await model(ModelId)).not.toHaveProperty('GmtLatestVersionModifiedTime');
    expect(await failureOf(sandbox, 'DeleteModelVersion', { ModelId, VersionName: '1.0.0' })).toMatchObject({
      code: 'ModelVersionNotFound',
    });
  });
});

describe('ListModelVersions', () => {
  it('pages through 35 versions, oldest first or newest first', async () => {
    const { ModelId, LatestVersion } = await find('评论情感分析');
    const names = async (input: Row) =>
      rowsOf(await call('ListModelVersions', { ModelId, ...input })).map((row) => row['VersionName']);
    const all = await names({ PageSize: 100 });
    expect(new Set(all).size).toBe(35);
    expect(all.at(-1)).toBe((LatestVersion as Row)['VersionName']);
    expect(await names({})).toEqual(all.slice(0, 10));
    const pages = await Promise.all([1, 2, 3, 4, 5].map((PageNumber) => names({ PageNumber, PageSize: 9 })));
    expect(pages.flat()).toEqual(all);
    expect(await names({ SortBy: 'GmtCreateTime', Order: 'DESC', PageSize: 100 })).toEqual(all.toReversed());
  });

  it('filters by every field', async () => {
    const { ModelId } = await find('评论情感分析');
    const SourceId = String((await version(ModelId, '0.1.3'))['SourceId']);
    await call('CreateModelVersion', {
      ModelId,
      Uri: URI,
      VersionName: '8.8.8',
      ApprovalStatus: 'Pending',
      FormatType: 'ONNX',
      FrameworkType: 'Caffe',
      SourceId: 'mine',
      Labels: [{ Key: 'MyKey', Value: 'v' }],
    });
    const own = {
      ApprovalStatus: 'Pending',
      FormatType: 'ONNX',
      FrameworkType: 'Caffe',
      SourceType: 'Custom',
    };
    for (const [name, value] of Object.entries({
      ...own,
      SourceId: 'mine',
      Label: 'mykey',
      VersionName: '8.8',
    })) {
      const found = rowsOf(await call('ListModelVersions', { ModelId, [name]: value }));
      expect(found).toMatchObject([{ VersionName: '8.8.8' }]);
    }
    expect(await call('ListModelVersions', { ModelId, SourceId })).toMatchObject({ TotalCount: 35 });
    expect(await call('ListModelVersions', { ModelId, VersionName: '0.1.3' })).toMatchObject({
      TotalCount: 1,
    });
    expect(await call('ListModelVersions', { ModelId })).toMatchObject({ TotalCount: 36 });
  });

  it.each([
    ['PageSize', 101],
    ['PageNumber', 0],
    ['Order', 'asc'],
    ['SortBy', 'VersionName'],
    ['FormatType', 'Zip'],
  ])('refuses %s %s', async (name, value) => {
    const { ModelId } = await find('评论情感分析');
    const found = await failureOf(sandbox, 'ListModelVersions', { ModelId, [name]: value });
    expect(found).toMatchObject({ status: 400, code: 'InvalidParameter' });
  });

  it('gives every demo model with a latest version one to four, or 35', async () => {
    const models = [{ PageSize: 100 }, { PageSize: 100, Provider: 'pai' }].map((input) =>
      call('ListModels', input),
    );
    const counts = new Set<unknown>();
    for (const { ModelId, LatestVersion } of (await Promise.all(models)).flatMap(rowsOf)) {
      const body = await call('ListModelVersions', { ModelId, PageSize: 100 });
      expect(rowsOf(body).at(-1)).toEqual(LatestVersion);
      counts.add(body['TotalCount']);
    }
    expect([...counts].toSorted()).toEqual([0, 1, 2, 3, 35, 4]);
  });
});
