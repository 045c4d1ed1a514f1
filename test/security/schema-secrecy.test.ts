import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessSettings } from '../../src/gateway-settings.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

const CLOSED: AccessSettings = {
  origins: [],
  hasIntrospection: false,
  hasGraphiql: false,
  rateLimit: undefined,
};

let closed: TestGateway;
let open: TestGateway;
beforeAll(async () => {
  closed = await openGateway({ access: CLOSED });
  open = await openGateway();
});
afterAll(async () => {
  await closed[Symbol.asyncDispose]();
  await open[Symbol.asyncDispose]();
});

describe('introspection that is off', () => {
  it.each([
    ['the usual query', getIntrospectionQuery()],
    ['one type', '{ __type(name: "Model") { fields { name } } }'],
    ['the schema', '{ __schema { queryType { name } } }'],
    ['behind an alias', '{ x: __schema { types { name } } }'],
    ['in a fragment', 'query { ...F } fragment F on Query { __type(name: "Model") { name } }'],
    ['in an inline fragment', '{ ... on Query { ... { __schema { types { name } } } } }'],
    ['beside a field', '{ models(first: 1) { totalCount } __schema { types { name } } }'],
  ])('refuses %s before anything runs', async (_case, query) => {
    for (let round = 0; round < 2; round += 1) {
      const { data, errors } = await closed.query(query);
      expect(data ?? null).toBeNull();
      expect(errors?.some(({ message }) => message.startsWith('GraphQL introspection'))).toBe(true);
      expect(errors?.every(({ extensions }) => extensions?.['code'] === 'BAD_USER_INPUT')).toBe(true);
    }
    expect(closed.actions()).toEqual([]);
    expect((await open.query(query)).errors?.[0]?.message ?? '').not.toContain('introspection');
  });

  it('answers __typename, and everything else', async () => {
    expect(await closed.query('{ __typename models(first: 1) { __typename totalCount } }')).toEqual({
      data: { __typename: 'Query', models: { __typename: 'ModelConnection', totalCount: 151 } },
    });
  });

  it.each([
    ['a field', '{ model(sourceId: "1") { nam } }'],
    ['a type', '{ node(id: "x") { ... on Modle { id } } }'],
    ['an argument', '{ models(frist: 1) { totalCount } }'],
    ['a field of a union', '{ catalog { nodes { nam } } }'],
    ['an enum value', '{ catalog(filter: { sources: [PIA] }) { totalCount } }'],
  ])('does not suggest names near %s that is wrong', async (_case, query) => {
    const messages = ({ errors = [] }: Awaited<ReturnType<TestGateway['query']>>) =>
      errors.map(({ message }) => message).join(' ');
    const said = messages(await closed.query(query));
    expect(said).not.toBe('');
    expect(said).not.toContain('Did you mean');
    expect(messages(await open.query(query)).startsWith(said.split('.')[0] ?? ' ')).toBe(true);
  });

  it('is on by default, with suggestions', async () => {
    const { errors } = await open.query('{ model(sourceId: "1") { nam } }');
    expect(errors?.[0]?.message).toContain('Did you mean "name"');
  });
});

describe('GraphiQL', () => {
  const page = (gateway: TestGateway) => gateway.fetch('/graphql', { headers: { accept: 'text/html' } });

  it('that is off is not there', async () => {
    const response = await page(closed);
    expect(response.status).toBe(406);
    expect(response.headers.get('content-type') ?? '').not.toContain('html');
    const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
    const seen = await closed.fetch('/graphql', { headers: browser });
    expect([seen.status, seen.headers.get('content-type')]).toEqual([400, expect.stringContaining('json')]);
  });

  it('that is on may run its own script and talk to its own origin, and nothing else', async () => {
    const response = await page(open);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "frame-ancestors 'none'",
      "script-src 'unsafe-inline' blob:",
      'worker-src blob:',
      "style-src 'unsafe-inline'",
      'img-src data:',
      'font-src data:',
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });
});

it('an operator may hide where the backends are', async () => {
  await using told = await openGateway({});
  await using hidden = await openGateway({ tellsEndpoints: false });
  const endpointsOf = async (gateway: TestGateway) => {
    const { data, errors } = await gateway.query('{ sources { endpoint healthy } }');
    expect(errors).toBeUndefined();
    const { sources } = data as { sources: { endpoint: string | null }[] };
    return sources.map(({ endpoint }) => endpoint);
  };
  expect(await endpointsOf(told)).toEqual(
    Array(3).fill(expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)),
  );
  expect(await endpointsOf(hidden)).toEqual([null, null, null]);
});
