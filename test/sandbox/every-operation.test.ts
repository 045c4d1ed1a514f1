import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { createRoutes } from '../../src/sandbox/routes.ts';
import { checkedCalls, failureOf } from './support/checked-calls.ts';
import { OPERATION_CASES, type OperationCase } from './support/operation-cases.ts';
import { documentedOperations, operationFacts } from './support/wire-facts.ts';

const ACTIONS = documentedOperations();
const ENVELOPE = ['RequestId', 'requestId', 'success', 'errCode', 'errMessage', 'httpStatusCode'];

describe.each(ACTIONS)('%s', (action) => {
  const { given, input, answers, fails } = OPERATION_CASES[action] as OperationCase;

  it('is performed by the vendor client, with documented fields only', async () => {
    await using sandbox = await startSandbox();
    const call = checkedCalls(sandbox);
    const body = await call(action, { ...(await given(call)), ...input });
    expect(body).toMatchObject(answers);
    if (Object.keys(answers).length > 0) return;
    expect(Object.keys(body).filter((name) => !ENVELOPE.includes(name))).toEqual([]);
  });

  it(`fails with ${fails[1]}`, async () => {
    await using sandbox = await startSandbox();
    const attempt = { ...(await given(checkedCalls(sandbox))), ...input, ...fails[0] };
    const { code, status } = await failureOf(sandbox, action, attempt);
    expect({ code, status }).toEqual({ code: fails[1], status: fails[2] });
  });
});

describe('the sandbox', () => {
  const routes = createRoutes({
    region: 'cn-beijing',
    data: 'empty',
    now: Date.now,
    serviceNames: 'unique',
  });
  const operations = Object.values(routes).flat();

  it('has the forty documented operations and no other', () => {
    expect(operations.map(({ action }) => action).toSorted()).toEqual(ACTIONS.toSorted());
    expect(ACTIONS).toHaveLength(40);
    expect(Object.keys(OPERATION_CASES).toSorted()).toEqual(ACTIONS.toSorted());
  });

  it.each(ACTIONS)('takes %s at its place, with exactly the documented parameters', (action) => {
    const facts = operationFacts(action);
    const { method, path, parameters } = operations.find((candidate) => candidate.action === action) ?? {};
    expect({ method, path }).toEqual({ method: facts.method, path: facts.path });
    const taken = (parameters ?? []).map(({ name, in: place, type, required = false }) => {
      const wireType = { text: 'string', 'json-list': 'array', list: 'array' }[type as string] ?? type;
      return `${name} ${place} ${wireType} ${required}`;
    });
    const documented = facts.request.map(({ name, in: place, type, format, required }) => {
      // The page numbers of this one list are declared as text, on the wire there is no difference.
      const isPageText = action === 'DescribeGatewayList' && name.startsWith('Page');
      return `${name} ${place} ${isPageText ? 'int32' : (format ?? type)} ${required}`;
    });
    expect(taken.toSorted()).toEqual(documented.toSorted());
  });

  it.each(
    ACTIONS.flatMap((action) =>
      operationFacts(action)
        .request.filter((parameter) => parameter.required && parameter.in !== 'path')
        .map(({ name }) => [action, name] as const),
    ),
  )('%s needs %s', async (action, name) => {
    await using sandbox = await startSandbox();
    const { given, input } = OPERATION_CASES[action] as OperationCase;
    const attempt = { ...(await given(checkedCalls(sandbox))), ...input, [name]: undefined };
    const found = await failureOf(sandbox, action, attempt);
    expect(found).toMatchObject({ status: 400, code: 'MissingParameter' });
    expect(found.message).toContain(`"${name}"`);
  });
});
