import { buildSchema, parse } from 'graphql';
import { afterEach, expect, test, vi } from 'vitest';
import { CompiledExecution, type Execution } from '../../src/execution/execute.ts';
import { openGateway } from '../support/gateway.ts';

const schema = buildSchema(`
  directive @defer on INLINE_FRAGMENT
  type Query { a(n: Int, m: Int! = 1): Int b: Query }
  type Subscription { a: Int }
`);

function execute(query: string, given: Partial<Execution> = {}) {
  return new CompiledExecution().execute({
    schema,
    document: parse(query),
    rootValue: { a: 1, b: {} },
    ...given,
  });
}

test.each([
  ['the schema itself', '{ a __schema { queryType { name } } }', {}],
  [
    'a type of the schema, in a fragment',
    '{ ...F } fragment F on Query { __type(name: "Query") { name } }',
    {},
  ],
  ['a subscription', 'subscription { a }', {}],
  ['incremental delivery', '{ ... @defer { a } }', {}],
  ['an operation of which there are several', 'query A { a } query B { a }', {}],
  ['an operation that is not there', 'query A { a }', { operationName: 'B' }],
  [
    'a variable that is not what it should be',
    'query ($n: Int) { a(n: $n) }',
    { variableValues: { n: 'x' } },
  ],
  [
    'a choice that is null',
    'query ($n: Boolean = true) { a @skip(if: $n) }',
    { variableValues: { n: null } },
  ],
  ['a key that looks like a promise', '{ b { then: a } }', {}],
  ['a key that is a prototype', '{ __proto__: a }', {}],
  ['resolvers of the caller', '{ a }', { fieldResolver: () => 2 }],
  ['a request whose client has left', '{ a }', { signal: AbortSignal.abort() }],
])('%s is left to the other executor', (_what, query, given) => {
  expect(execute(query, given)).toBeUndefined();
});

test.each([
  ['{ a }', {}, { a: 1 }],
  ['query A { a } query B { c: a }', { operationName: 'B' }, { c: 1 }],
  ['query ($n: Int) { a(n: $n) }', { variableValues: { n: 7 } }, { a: 1 }],
  [
    'query ($s: Boolean!) { a b { __typename @include(if: $s) } }',
    { variableValues: { s: false } },
    { a: 1, b: {} },
  ],
])('%s is compiled', (query, given, data) => {
  expect(execute(query, given)).toEqual({ data });
});

afterEach(() => vi.restoreAllMocks());

test('the gateway executes what it compiled, and leaves the rest', async () => {
  const watched = vi.spyOn(CompiledExecution.prototype, 'execute');
  await using gateway = await openGateway();
  const models = await gateway.query('{ models(first: 1) { nodes { name } } }');
  const types = await gateway.query('{ __schema { queryType { name } } }');
  expect([models.errors, types.errors]).toEqual([undefined, undefined]);
  expect(watched.mock.results.map(({ value }) => value === undefined)).toEqual([false, true]);
});

test('each execution of a document has its own arguments, and no caller can change them for the next', () => {
  const execution = new CompiledExecution();
  const document = parse('query ($n: Int) { a(n: $n) b { a(n: 5) } }');
  const a = (args: { n: number }) => args.n++;
  const run = (n: number) =>
    execution.execute({ schema, document, rootValue: { a, b: { a } }, variableValues: { n } });
  expect([run(1), run(2), run(3)]).toEqual([1, 2, 3].map((n) => ({ data: { a: n, b: { a: 5 } } })));
});
