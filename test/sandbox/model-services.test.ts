import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import {
  type Call,
  checkedCalls,
  failureOf,
  findRow,
  gatewayIds,
  type Row,
  rowsOf,
} from './support/checked-calls.ts';

let sandbox: Sandbox;
let call: Call;
let ids: Awaited<ReturnType<typeof gatewayIds>>;
beforeEach(async () => {
  sandbox = await startSandbox();
  call = checkedCalls(sandbox);
  ids = await gatewayIds(call);
});
afterEach(() => sandbox.close());

const services = async (GwClusterId: unknown, input: Row = {}) =>
  rowsOf(await call('DescribeModelServices', { GwClusterId, PageSize: 100, ...input }));
const serviceOf = (GwClusterId: unknown, Name: string) =>
  findRow(call, 'DescribeModelServices', { GwClusterId, PageSize: 100 }, { Name });
const rules = async (GwClusterId: unknown, input: Row = {}) =>
  rowsOf(await call('DescribeCostRules', { GwClusterId, PageSize: 100, ...input }));

const NEW_SERVICE = {
  Name: 'mine',
  ModelCategory: 'text',
  Protocol: 'openai',
  Vendor: 'v',
  BaseUrl: 'https://example.com',
  ApiKey: 'sk-mine',
};

describe('ModifyModelService', () => {
  const required = (service: Row) => ({
    GwClusterId: ids.dozen,
    ModelServiceId: service['ModelServiceId'],
    Name: service['Name'],
    ModelCategory: service['ModelCategory'],
    Protocol: service['Protocol'],
  });

  it.each([
    ['Name', "it's new & more"],
    ['ModelCategory', 'rerank'],
    ['Protocol', 'vLLM'],
    ['BaseUrl', 'https://example.com/v1?a=b+c'],
    ['ApiKey', 'sk-other'],
    ['InputCostPointsPerMillion', '0.05'],
    ['OutputCostPointsPerMillion', '7'],
    ['RequestCostPoints', '1'],
  ])('writes %s and keeps the rest, also what is not sent', async (name, value) => {
    const before = await serviceOf(ids.dozen, 'qwen-max');
    const body = await call('ModifyModelService', { ...required(before), [name]: value });
    expect(body).toMatchObject({ ModelServiceId: before['ModelServiceId'], Status: 'Enable' });
    const after = await services(ids.dozen);
    expect(after[0]).toEqual({ ...before, [name]: value });
    expect(after).toHaveLength(12);
  });

  it('refuses a name that another service bears, and takes its own', async () => {
    const service = required(await serviceOf(ids.dozen, 'qwen-max'));
    await call('ModifyModelService', service);
    expect(await failureOf(sandbox, 'ModifyModelService', { ...service, Name: 'test' })).toMatchObject({
      status: 400,
      code: 'ModelServiceName.Duplicate',
    });
  });

  it.each([
    ['Protocol', 'grpc'],
    ['InputCostPointsPerMillion', '-1'],
    ['RequestCostPoints', '1e3'],
  ])('refuses %s %s', async (name, value) => {
    const service = required(await serviceOf(ids.dozen, 'qwen-max'));
    expect(await failureOf(sandbox, 'ModifyModelService', { ...service, [name]: value })).toMatchObject({
      code: 'InvalidParameter',
    });
  });

  it('does not find a service of another gateway', async () => {
    const service = required(await serviceOf(ids.dozen, 'qwen-max'));
    const elsewhere = { ...service, GwClusterId: ids.many };
    expect(await failureOf(sandbox, 'ModifyModelService', elsewhere)).toMatchObject({
      code: 'InvalidModelServiceId.NotFound',
    });
  });
});

describe('DeleteModelService', () => {
  it('takes the service of that name away with its cost rules, on that gateway only, once', async () => {
    const { ModelServiceId } = await serviceOf(ids.many, 'qwen-plus');
    expect(await rules(ids.many, { ModelServiceId })).toHaveLength(35);
    await call('DeleteModelService', { GwClusterId: ids.many, ModelName: 'qwen-plus' });
    expect(await services(ids.many, { ModelServiceIds: ModelServiceId })).toEqual([]);
    expect(await rules(ids.many, { ModelServiceId })).toEqual([]);
    expect(await services(ids.dozen)).toHaveLength(12);
    const again = { GwClusterId: ids.many, ModelName: 'qwen-plus' };
    expect(await failureOf(sandbox, 'DeleteModelService', again)).toMatchObject({
      status: 404,
      code: 'InvalidModelName.NotFound',
    });
  });

  it('compares names exactly, and ids not at all', async () => {
    const { ModelServiceId } = await serviceOf(ids.dozen, 'QWEN-PLUS');
    for (const ModelName of ['qwen-plus', 'QWEN', ModelServiceId]) {
      const input = { GwClusterId: ids.dozen, ModelName };
      expect(await failureOf(sandbox, 'DeleteModelService', input)).toMatchObject({ status: 404 });
    }
  });

  it('frees the name', async () => {
    await call('DeleteModelService', { GwClusterId: ids.dozen, ModelName: 'test' });
    await call('CreateModelService', { GwClusterId: ids.dozen, ...NEW_SERVICE, Name: 'test' });
    expect(await services(ids.dozen, { Name: 'test' })).toHaveLength(1);
  });

  it('takes away every service of the name where names may repeat', async () => {
    await using other = await startSandbox({ serviceNames: 'repeatable' });
    const callOther = checkedCalls(other);
    const GwClusterId = ids.none;
    for (const Name of ['twin', 'twin', 'single']) {
      await callOther('CreateModelService', { GwClusterId, ...NEW_SERVICE, Name });
    }
    const single = await findRow(callOther, 'DescribeModelServices', { GwClusterId }, { Name: 'single' });
    await callOther('ModifyModelService', { GwClusterId, ...single, Name: 'twin' });
    expect(rowsOf(await callOther('DescribeModelServices', { GwClusterId, Name: 'twin' }))).toHaveLength(3);
    await callOther('DeleteModelService', { GwClusterId, ModelName: 'twin' });
    expect(rowsOf(await callOther('DescribeModelServices', { GwClusterId }))).toEqual([]);
  });
});
