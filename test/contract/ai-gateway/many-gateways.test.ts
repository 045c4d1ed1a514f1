import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from '../../support/gateway.ts';

/*
 * Fields that walk over every AI gateway, in an account that has too many for it.
 */

let gateway: TestGateway;
let known: string;

beforeEach(async () => {
  gateway = await openGateway();
  const { data } = await gateway.query('{ aiGateways(first: 1) { nodes { sourceId } } }');
  known = (data?.['aiGateways'] as { nodes: { sourceId: string }[] } | undefined)?.nodes[0]?.sourceId ?? '';
  const bodyText = JSON.stringify({ TotalRecordCount: 21, Items: [{ GwClusterId: known }] });
  gateway.sandbox.setFault('DescribeGatewayList', { kind: 'answer', status: 200, bodyText });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const FIND_MODELS =
  'This account has more than 20 AI gateways: ask modelServices for the services of one, by its gatewaySourceId, and those for their models.';
const LEAVE_OUT =
  'This account has more than 20 AI gateways: name the other sources in filter.sources, and ask modelServices for the services of one, by its gatewaySourceId.';
const NAME_ONE = 'This account has more than 20 AI gateways: name one in gatewaySourceId.';

describe('where there are too many gateways', () => {
  it.each([
    ['modelServices', '{ modelServices { nodes { name } } }', NAME_ONE],
    ['modelService', '{ modelService(sourceId: "ms-1") { name } }', NAME_ONE],
    ['Model.modelServices', '{ models(first: 1) { nodes { modelServices { totalCount } } } }', FIND_MODELS],
  ])('%s says what to ask instead', async (_field, document, message) => {
    const { errors } = await gateway.query(document);
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it.each(['SOURCE', 'NAME', 'CREATED_AT'])('catalog by %s says what to ask instead', async (field) => {
    const { data, errors } = await gateway.query(
      `{ catalog(orderBy: { field: ${field}, direction: ASC }) { sources { source error { message } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.['catalog']).toEqual({
      sources: [
        { source: 'MODEL_ROUTER', error: null },
        { source: 'PAI', error: null },
        { source: 'AI_GATEWAY', error: { message: LEAVE_OUT } },
      ],
    });
  });

  it.each([
    ['services of one', 'nodes { name }'],
    ['models of its services', 'nodes { models(first: 1) { nodes { name } } }'],
  ])('the %s are there for who does so', async (_what, selection) => {
    const { data, errors } = await gateway.query(
      `{ modelServices(first: 1, gatewaySourceId: "${known}") { ${selection} } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.['modelServices']).toMatchObject({ nodes: [expect.anything()] });
  });
});
