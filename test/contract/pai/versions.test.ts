import { describe, expect, it } from 'vitest';
import type { SandboxFault } from '../../../src/sandbox/index.ts';
import { openGateway } from '../../support/gateway.ts';
import { dataOf } from '../support/backend-cases.ts';
import {
  bodyOf,
  FAILURES,
  modelId,
  mutate,
  openWithModel,
  requestsOf,
  sampleAnswer,
  versionId,
} from './support.ts';

const ALL = `id region modelSourceId versionName description uri approvalStatus formatType frameworkType sourceType
  sourceRef labels { key value } metrics inferenceSpec trainingSpec extraInfo createdAt updatedAt`;
const ROW = `row: version { ${ALL} }`;
const URI = 'oss://mybucket.oss-cn-beijing.aliyuncs.com/mypath/';

/** The documented sample of GetModelVersion, as the graph has it. */
const SAMPLE = {
  region: 'cn-beijing',
  versionName: '0.1.0',
  description: 'Sentiment analysis',
  uri: URI,
  approvalStatus: 'Approved',
  formatType: 'SavedModel',
  frameworkType: 'TensorFlow',
  sourceType: 'PAIFlow',
  sourceRef: 'region=cn-shanghai,workspaceId=13**,kind=PipelineRun,id=run-sakdb****jdf',
  metrics: { Results: [{ Dataset: { DatasetId: 'd-sdkjanksaklerhfd' }, Metrics: { cer: 0.175 } }] },
  inferenceSpec: { processor: 'tensorflow_gpu_1.12' },
  trainingSpec: {},
  extraInfo: { TrainedWords: ['albedo_overlord'] },
};

describe('reading', () => {
  it('latestVersion comes with the model, in a lookup and in a list, without another call', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('GetModel', sampleAnswer('GetModel'));
    gateway.sandbox.setFault('ListModels', sampleAnswer('ListModels'));
    const sourceId = 'model-rbvg5wzljz****ks92';
    const expected = {
      ...SAMPLE,
      id: versionId(sourceId, '0.1.0'),
      modelSourceId: sourceId,
      labels: [{ key: 'k1', value: 'v1' }],
      createdAt: '2021-01-21T17:12:35Z',
      updatedAt: '2021-01-21T17:12:35Z',
    };
    expect(
      dataOf(await gateway.query(`{ paiModel(sourceId: "${sourceId}") { latestVersion { ${ALL} } } }`)),
    ).toEqual({ paiModel: { latestVersion: expected } });
    expect(
      dataOf(await gateway.query(`{ paiModels(first: 2) { nodes { latestVersion { ${ALL} } } } }`)),
    ).toEqual({ paiModels: { nodes: [{ latestVersion: expected }, { latestVersion: null }] } });
    expect(gateway.actions()).toEqual(['GetModel', 'ListModels']);
  });

  it('node reads a version, by a path of its own', async () => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('GetModelVersion', sampleAnswer('GetModelVersion'));
    const id = versionId('model-a b', '0.1.0');
    const answer = await gateway.query(
      `query ($id: ID!) { node(id: $id) { ... on PaiModelVersion { ${ALL} } } }`,
      {
        id,
      },
    );
    expect(dataOf(answer)).toEqual({
      node: {
        ...SAMPLE,
        id,
        modelSourceId: 'model-a b',
        labels: [{ key: 'env', value: 'test' }],
        createdAt: '2021-01-30T12:51:33.028Z',
        updatedAt: '2021-01-30T12:51:33.028Z',
      },
    });
    expect(requestsOf(gateway)).toMatchObject([
      {
        action: 'GetModelVersion',
        method: 'GET',
        path: '/api/v1/models/model-a%20b/versions/0.1.0',
        query: {},
        bodyText: '',
      },
    ]);
  });

  it('a version that does not exist is null; an answer for another one is refused', async () => {
    await using made = await openWithModel();
    const document = 'query ($id: ID!) { node(id: $id) { id } }';
    const absent = versionId(made.sourceId, '9.9.9');
    expect(dataOf(await made.gateway.query(document, { id: absent }))).toEqual({ node: null });
    made.gateway.sandbox.setFault('GetModelVersion', sampleAnswer('GetModelVersion'));
    const answer = await made.gateway.query(document, { id: absent });
    expect(answer.data).toEqual({ node: null });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', source: 'PAI' });
  });

  it.each(['0.1.0/../x', '..', '0.1,0', ''])('an id with %j as a version is refused', async (versionName) => {
    await using made = await openWithModel();
    const answer = await made.gateway.query('query ($id: ID!) { node(id: $id) { id } }', {
      id: versionId(made.sourceId, versionName),
    });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(made.gateway.actions()).toEqual([]);
  });

  it('versions are a connection with the filters of the backend', async () => {
    await using made = await openWithModel();
    for (const [approvalStatus, formatType] of [
      ['Approved', 'ONNX'],
      ['Pending', 'ONNX'],
      ['Approved', 'PMML'],
    ]) {
      const input = { modelId: made.id, uri: URI, approvalStatus, formatType, frameworkType: 'Keras' };
      await mutate(made.gateway, 'createPaiModelVersion', input, 'outcome');
    }
    made.gateway.sandbox.forgetRequests();
    const document = `query ($id: ID!, $filter: PaiModelVersionFilter, $after: String) {
      node(id: $id) { ... on PaiModel { versions(first: 2, after: $after, filter: $filter) {
        totalCount pageInfo { hasNextPage endCursor } nodes { versionName modelSourceId }
      } } }
    }`;
    const pageOf = async (variables: Record<string, unknown>) => {
      const answer = await made.gateway.query(document, { id: made.id, ...variables });
      return dataOf<{
        node: {
          versions: {
            totalCount: number;
            pageInfo: { hasNextPage: boolean; endCursor: string };
            nodes: { versionName: string }[];
          };
        };
      }>(answer).node.versions;
    };
    const first = await pageOf({});
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    const second = await pageOf({ after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes].map(({ versionName }) => versionName)).toEqual([
      '0.1.0',
      '0.2.0',
      '0.3.0',
      '0.4.0',
    ]);
    const filter = { approvalStatus: 'Approved', formatType: 'ONNX', frameworkType: 'Keras' };
    made.gateway.sandbox.forgetRequests();
    expect(await pageOf({ filter })).toMatchObject({
      totalCount: 1,
      nodes: [{ versionName: '0.2.0', modelSourceId: made.sourceId }],
    });
    const [, request] = requestsOf(made.gateway);
    expect(request).toMatchObject({
      action: 'ListModelVersions',
      method: 'GET',
      path: `/api/v1/models/${made.sourceId}/versions`,
      query: {
        PageNumber: '1',
        PageSize: '2',
        ApprovalStatus: 'Approved',
        FormatType: 'ONNX',
        FrameworkType: 'Keras',
      },
    });
    // A cursor belongs to its filter.
    const foreign = await made.gateway.query(document, {
      id: made.id,
      filter,
      after: first.pageInfo.endCursor,
    });
    expect(foreign.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('a list that fails nulls itself alone', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('ListModelVersions', { kind: 'error', status: 500, code: 'InternalError' });
    const answer = await made.gateway.query(
      'query ($id: ID!) { node(id: $id) { ... on PaiModel { name versions { nodes { id } } } } }',
      { id: made.id },
    );
    expect(answer.data).toEqual({ node: { name: '新闻分类', versions: null } });
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', source: 'PAI' });
  });

  it('a version leads back to its model, once for all versions', async () => {
    await using made = await openWithModel();
    await mutate(made.gateway, 'createPaiModelVersion', { modelId: made.id, uri: URI }, 'outcome');
    made.gateway.sandbox.forgetRequests();
    const answer = await made.gateway.query(
      `query ($id: ID!) { node(id: $id) { ... on PaiModel { versions { nodes { versionName model { name } } } } } }`,
      { id: made.id },
    );
    expect(dataOf(answer)).toEqual({
      node: {
        versions: {
          nodes: [
            { versionName: '0.1.0', model: { name: '新闻分类' } },
            { versionName: '0.2.0', model: { name: '新闻分类' } },
          ],
        },
      },
    });
    expect(made.gateway.actions()).toEqual(['GetModel', 'ListModelVersions']);
  });

  it('a row without a name is dropped, and odd values cost their own field only', async () => {
    await using made = await openWithModel();
    const odd = {
      TotalCount: 2,
      Versions: [
        { VersionDescription: 'nameless' },
        {
          VersionName: '1.0.0',
          Uri: 'nonsense',
          Labels: [null, { Value: 'x' }],
          Metrics: 'text',
          SourceId: 5,
        },
      ],
    };
    made.gateway.sandbox.setFault('ListModelVersions', sampleAnswer('ListModelVersions', odd));
    const answer = await made.gateway.query(
      `query ($id: ID!) { node(id: $id) { ... on PaiModel {
        versions { nodes { versionName uri sourceRef metrics labels { key } } }
      } } }`,
      { id: made.id },
    );
    expect(dataOf(answer)).toEqual({
      node: {
        versions: {
          nodes: [{ versionName: '1.0.0', uri: null, sourceRef: null, metrics: 'text', labels: [] }],
        },
      },
    });
  });

  it.each([
    ['oss://key:secret@b.oss-cn-beijing.aliyuncs.com/p/', 'oss://b.oss-cn-beijing.aliyuncs.com/p/'],
    ['https://u:p@example.com/a?Signature=x&b=c#f', 'https://example.com/a?Signature=***&b=***'],
    [
      'nas://06ba.cn-hangzhou.nas.aliyuncs.com/p?token=x',
      'nas://06ba.cn-hangzhou.nas.aliyuncs.com/p?token=***',
    ],
    ['odps://project/tables/name?secret', 'odps://project/tables/name?***'],
    ['oss://***.oss-cn-beijing.aliyuncs.com/模型/', 'oss://***.oss-cn-beijing.aliyuncs.com/模型/'],
    ['oss://b.oss-cn-beijing.aliyuncs.com/my model/', 'oss://b.oss-cn-beijing.aliyuncs.com/my model/'],
    ['javascript:alert(1)', null],
    ['', null],
  ])('the uri %s leaves as %s', async (upstream, expected) => {
    await using gateway = await openGateway();
    gateway.sandbox.setFault('GetModelVersion', sampleAnswer('GetModelVersion', { Uri: upstream }));
    const answer = await gateway.query(
      'query ($id: ID!) { node(id: $id) { ... on PaiModelVersion { uri } } }',
      { id: versionId('model-a', '0.1.0') },
    );
    expect(dataOf(answer)).toEqual({ node: { uri: expected } });
  });

  it('what the graph does not have is asked for nowhere: no Options, no other specs', async () => {
    await using gateway = await openGateway();
    const answer = await gateway.query('{ __type(name: "PaiModelVersion") { fields { name } } }');
    const { __type } = dataOf<{ __type: { fields: { name: string }[] } }>(answer);
    const names = __type.fields.map(({ name }) => name);
    expect(names).not.toContain('options');
    expect(names).not.toContain('evaluationSpec');
  });
});

describe('createPaiModelVersion', () => {
  it('sends every field under its name; the rest of the answer is read once', async () => {
    await using made = await openWithModel();
    const input = {
      modelId: made.id,
      versionName: '1.0.0_beta',
      uri: URI,
      description: '情感分析',
      formatType: 'Keras H5',
      frameworkType: 'TensorFlow',
      approvalStatus: 'Pending',
      sourceType: 'PAIFlow',
      sourceRef: 'region=cn-shanghai,workspaceId=13,kind=PipelineRun,id=run-1',
      labels: [{ key: 'k1', value: 'v1' }, { key: 'k2' }],
      metrics: { auc: 0.9 },
      inferenceSpec: { processor: 'x' },
      trainingSpec: { a: [] },
      extraInfo: { b: null },
      idempotencyKey: 'once',
    };
    const result = await mutate(made.gateway, 'createPaiModelVersion', input, `outcome ${ROW}`);
    const { modelId: _modelId, idempotencyKey: _key, ...given } = input;
    expect(result).toMatchObject({
      __typename: 'CreatePaiModelVersionSuccess',
      outcome: 'CREATED',
      row: {
        ...given,
        id: versionId(made.sourceId, '1.0.0_beta'),
        labels: [
          { key: 'k1', value: 'v1' },
          { key: 'k2', value: null },
        ],
      },
    });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual(['CreateModelVersion', 'GetModelVersion']);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      path: `/api/v1/models/${made.sourceId}/versions`,
      query: {},
    });
    expect(bodyOf(requests[0])).toEqual({
      VersionName: '1.0.0_beta',
      Uri: URI,
      FormatType: 'Keras H5',
      FrameworkType: 'TensorFlow',
      VersionDescription: '情感分析',
      ApprovalStatus: 'Pending',
      SourceType: 'PAIFlow',
      SourceId: 'region=cn-shanghai,workspaceId=13,kind=PipelineRun,id=run-1',
      Metrics: { auc: 0.9 },
      InferenceSpec: { processor: 'x' },
      TrainingSpec: { a: [] },
      ExtraInfo: { b: null },
      Labels: [
        { Key: 'k1', Value: 'v1' },
        { Key: 'k2', Value: '' },
      ],
    });
  });

  it('sends the address alone where nothing else is given, and tells the name that the backend chose', async () => {
    await using made = await openWithModel();
    const result = await mutate(
      made.gateway,
      'createPaiModelVersion',
      { modelId: made.id, uri: URI },
      'row: version { id versionName modelSourceId region }',
    );
    expect(result.row).toEqual({
      id: versionId(made.sourceId, '0.2.0'),
      versionName: '0.2.0',
      modelSourceId: made.sourceId,
      region: 'cn-beijing',
    });
    expect(made.gateway.actions()).toEqual(['CreateModelVersion']);
    expect(bodyOf(made.gateway.sandbox.requests[0])).toEqual({ Uri: URI });
  });

  it('stays a success when the read after it fails', async () => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('GetModelVersion', { kind: 'error', status: 500, code: 'InternalError' });
    const answer = await made.gateway.query(
      `mutation ($modelId: ID!, $uri: String!) {
        createPaiModelVersion(input: { modelId: $modelId, uri: $uri, labels: [{ key: "a", value: "b" }] }) {
          ... on CreatePaiModelVersionSuccess { version { versionName uri labels { key } } }
        }
      }`,
      { modelId: made.id, uri: URI },
    );
    expect(answer.data).toEqual({
      createPaiModelVersion: { version: { versionName: '0.2.0', uri: null, labels: [{ key: 'a' }] } },
    });
    expect(answer.errors?.map(({ path }) => path?.at(-1))).toEqual(['uri']);
  });

  it('names every fault of the input at once and sends nothing', async () => {
    await using made = await openWithModel();
    const input = {
      modelId: made.versionId,
      versionName: '1.0',
      uri: 'oss://bucket/path',
      formatType: 'Zip',
      frameworkType: 'pytorch',
      approvalStatus: 'Maybe',
      sourceType: 'TrainingService',
      sourceRef: 'free text',
      metrics: { text: 'é'.repeat(4100) },
      inferenceSpec: [],
      trainingSpec: 'x',
      labels: [{ key: 'a=b', value: 'c' }],
    };
    const result = await mutate(made.gateway, 'createPaiModelVersion', input, 'outcome');
    expect(result.fieldErrors?.map(({ path }) => path.join('.')).toSorted()).toEqual(
      [
        ...['modelId', 'versionName', 'uri', 'formatType', 'frameworkType', 'approvalStatus', 'sourceRef'],
        ...['metrics', 'inferenceSpec', 'trainingSpec', 'labels.0.key'],
      ].toSorted(),
    );
    expect(made.gateway.actions()).toEqual([]);
  });

  it.each([
    'https://example.com/a?token=***',
    'oss://b.oss-cn-beijing.aliyuncs.com/p?Signature=***',
    'oss://bucket/p',
    'oss://b.oss-cn-beijing.aliyuncs.com',
    'nas://a.b/c',
    'ftp://example.com/x',
    'https://example.com/my model',
    'oss://b.oss-cn-beijing.aliyuncs.com/a\nb',
    'https://',
    '/path',
    '',
  ])('the uri %j is refused', async (uri) => {
    await using made = await openWithModel();
    const input = { modelId: made.id, uri };
    const result = await mutate(made.gateway, 'createPaiModelVersion', input, 'outcome');
    expect(result.fieldErrors?.map(({ path }) => path)).toContainEqual(['uri']);
    expect(made.gateway.actions()).toEqual([]);
  });

  it.each([
    ['metrics of 8192 bytes', { metrics: { a: 'x'.repeat(8184) } }],
    ['an http address with a query', { uri: 'http://example.com/m?version=1' }],
    ['free text as the source of Custom', { sourceType: 'Custom', sourceRef: 'made by hand' }],
  ])('%s is taken', async (_name, change) => {
    await using made = await openWithModel();
    const input = { modelId: made.id, uri: URI, ...change };
    const result = await mutate(made.gateway, 'createPaiModelVersion', input, 'outcome');
    expect(result.__typename).toBe('CreatePaiModelVersionSuccess');
  });

  it('a name that is taken is the conflict the backend says, a model that is gone GatewayNotFoundError', async () => {
    await using made = await openWithModel();
    const taken = { modelId: made.id, uri: URI, versionName: '0.1.0' };
    expect((await mutate(made.gateway, 'createPaiModelVersion', taken, 'outcome')).__typename).toBe(
      'GatewayConflictError',
    );
    const absent = { modelId: modelId('model-absent'), uri: URI };
    expect((await mutate(made.gateway, 'createPaiModelVersion', absent, 'outcome')).__typename).toBe(
      'GatewayNotFoundError',
    );
  });

  it('an answer without a name cannot be read, and may have made it', async () => {
    await using made = await openWithModel();
    const fault: SandboxFault = { kind: 'answer', status: 200, bodyText: '{"RequestId":"r"}' };
    made.gateway.sandbox.setFault('CreateModelVersion', fault);
    const input = { modelId: made.id, uri: URI };
    expect(await mutate(made.gateway, 'createPaiModelVersion', input, 'outcome')).toMatchObject({
      __typename: 'GatewayUpstreamError',
      outcomeUnknown: true,
    });
  });

  it.each(FAILURES)('%s, by %j', async (member, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('CreateModelVersion', fault);
    const input = { modelId: made.id, uri: URI };
    const result = await mutate(made.gateway, 'createPaiModelVersion', input, 'outcome');
    const isFound = fault.kind === 'reset';
    expect(result).toMatchObject(isFound ? { outcome: 'RECOVERED' } : { __typename: member, ...expected });
    const search = expected.outcomeUnknown === true ? ['ListModelVersions'] : [];
    expect(made.gateway.actions()).toEqual(['CreateModelVersion', ...search]);
  });
});

describe('updatePaiModelVersion', () => {
  it('sends the fields given and no others, between two reads', async () => {
    await using made = await openWithModel();
    const input = {
      id: made.versionId,
      description: 'new',
      approvalStatus: 'Approved',
      sourceType: 'Custom',
      sourceRef: 'by hand',
      metrics: { a: 1 },
      inferenceSpec: { b: 2 },
      trainingSpec: { c: 3 },
      extraInfo: { d: 4 },
    };
    const result = await mutate(made.gateway, 'updatePaiModelVersion', input, ROW);
    expect(result).toMatchObject({ __typename: 'UpdatePaiModelVersionSuccess', row: { ...input, uri: URI } });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual([
      'GetModelVersion',
      'UpdateModelVersion',
      'GetModelVersion',
    ]);
    expect(requests[1]).toMatchObject({
      method: 'PUT',
      path: `/api/v1/models/${made.sourceId}/versions/0.1.0`,
      query: {},
    });
    expect(bodyOf(requests[1])).toEqual({
      VersionDescription: 'new',
      ApprovalStatus: 'Approved',
      SourceType: 'Custom',
      SourceId: 'by hand',
      Metrics: { a: 1 },
      InferenceSpec: { b: 2 },
      TrainingSpec: { c: 3 },
      ExtraInfo: { d: 4 },
    });
  });

  it.each([[{}], [{ description: null }], [{ metrics: [] }], [{ approvalStatus: 'approved' }]])(
    'refuses %j',
    async (change) => {
      await using made = await openWithModel();
      const input = { id: made.versionId, ...change };
      const result = await mutate(made.gateway, 'updatePaiModelVersion', input, ROW);
      expect(result.__typename).toBe('GatewayInvalidInputError');
      expect(made.gateway.actions()).toEqual([]);
    },
  );

  it.each(FAILURES)('%s, by %j', async (member, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('UpdateModelVersion', fault);
    const input = { id: made.versionId, description: 'x' };
    const result = await mutate(made.gateway, 'updatePaiModelVersion', input, ROW);
    expect(result).toMatchObject({ __typename: member, ...expected });
    expect(made.gateway.actions()).toEqual(['GetModelVersion', 'UpdateModelVersion']);
  });
});

describe('deletePaiModelVersion', () => {
  it('reads, deletes, and answers the id', async () => {
    await using made = await openWithModel();
    const result = await mutate(made.gateway, 'deletePaiModelVersion', { id: made.versionId }, 'deletedId');
    expect(result).toEqual({ __typename: 'DeletePaiModelVersionSuccess', deletedId: made.versionId });
    const requests = requestsOf(made.gateway);
    expect(requests.map(({ action }) => action)).toEqual(['GetModelVersion', 'DeleteModelVersion']);
    expect(requests[1]).toMatchObject({
      method: 'DELETE',
      path: `/api/v1/models/${made.sourceId}/versions/0.1.0`,
      query: {},
      bodyText: '',
    });
    const again = await mutate(made.gateway, 'deletePaiModelVersion', { id: made.versionId }, 'deletedId');
    expect(again.__typename).toBe('GatewayNotFoundError');
  });

  it('what the model says of its versions is read anew in the same request', async () => {
    await using made = await openWithModel();
    const model = '... on UpdatePaiModelSuccess { paiModel { latestVersion { versionName } } }';
    const answer = await made.gateway.query(
      `mutation ($id: ID!, $versionId: ID!) {
        a: updatePaiModel(input: { id: $id, domain: "cv" }) { ${model} }
        b: deletePaiModelVersion(input: { id: $versionId }) { __typename }
        c: updatePaiModel(input: { id: $id, domain: "nlp" }) { ${model} }
      }`,
      { id: made.id, versionId: made.versionId },
    );
    expect(dataOf(answer)).toEqual({
      a: { paiModel: { latestVersion: { versionName: '0.1.0' } } },
      b: { __typename: 'DeletePaiModelVersionSuccess' },
      c: { paiModel: { latestVersion: null } },
    });
  });

  it.each(FAILURES)('%s, by %j', async (member, fault, expected) => {
    await using made = await openWithModel();
    made.gateway.sandbox.setFault('DeleteModelVersion', fault);
    const result = await mutate(made.gateway, 'deletePaiModelVersion', { id: made.versionId }, 'deletedId');
    expect(result).toMatchObject({ __typename: member, ...expected });
    expect(made.gateway.actions()).toEqual(['GetModelVersion', 'DeleteModelVersion']);
  });
});
