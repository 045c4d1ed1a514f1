import type { TestGateway } from '../../support/gateway.ts';

const COUNT = '{ models { totalCount } }';

/** Has everything happen once that a metric, a log line or a span can tell of. */
export async function mixedRun(gateway: TestGateway): Promise<void> {
  const { sandbox } = gateway;
  await gateway.query(
    'query Mixed { models(first: 2) { nodes { name } } paiModels { totalCount } modelServices(first: 2) { totalCount } }',
  );
  await gateway.query('{ catalog(orderBy: { field: NAME, direction: ASC }) { nodes { name } } }');
  await gateway.query('{ models(first: -1) { totalCount } }');
  await gateway.query('{');
  await gateway.query('mutation { createModel(input: { name: "n", modelCode: "m-mixed" }) { __typename } }');
  await gateway.query('mutation { createModel(input: { name: "", modelCode: "m" }) { __typename } }');
  await joinedRead(gateway);
  await drift(gateway);
  sandbox.setFault('ListModels', { kind: 'throttle', retryAfterMs: 1 }, { times: 1 });
  await gateway.query('{ paiModels(first: 3) { nodes { id } } }');
  sandbox.setFault('ModelRouterQueryModelList', { kind: 'error', status: 500, code: 'InternalError' });
  for (let times = 0; times < 5; times++) await gateway.query(COUNT);
  sandbox.clearFaults();
  for (const path of ['/health', '/ready', '/metrics', '/nowhere']) await gateway.fetch(path);
}

async function joinedRead(gateway: TestGateway): Promise<void> {
  const remove = gateway.sandbox.setFault('*', { kind: 'latency', ms: 50 });
  await Promise.all([gateway.query(COUNT), gateway.query(COUNT)]);
  remove();
}

async function drift(gateway: TestGateway): Promise<void> {
  const bodyText = JSON.stringify({
    RequestId: 'R-1',
    Models: [{ ModelId: 'm-1', GmtCreateTime: 'soon' }],
    TotalCount: 1,
  });
  const remove = gateway.sandbox.setFault('ListModels', { kind: 'answer', status: 200, bodyText });
  await gateway.query('{ paiModels(first: 7) { nodes { id createdAt } } }');
  remove();
}
