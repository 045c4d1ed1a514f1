import { GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Executor, openCompiledExecutor, openYogaExecutor } from './support/executors.ts';
import { describeOutcome } from './support/outcome.ts';

interface Leaving {
  readonly client: AbortController;
  readonly called: string[];
  /** What `slow` waits for, settled when the test ends. */
  readonly later: PromiseWithResolvers<unknown>;
}

const thing: GraphQLObjectType = new GraphQLObjectType<unknown, Leaving>({
  name: 'Thing',
  fields: () => ({
    quick: { type: GraphQLString, resolve: (_source, _args, { called }) => void called.push('quick') },
    slow: { type: GraphQLString, resolve: (_source, _args, { later }) => later.promise },
    leave: {
      type: GraphQLString,
      resolve(_source, _args, { client, called }) {
        called.push('leave');
        client.abort(new Error('The client has left.'));
        return 'left';
      },
    },
    leaveAndFail: {
      type: new GraphQLNonNull(GraphQLString),
      resolve(_source, _args, { client }) {
        client.abort(new Error('The client has left.'));
        throw new Error('It failed as well.');
      },
    },
    thing: { type: thing, resolve: () => ({}) },
    soon: { type: thing, resolve: async () => ({}) },
    things: { type: new GraphQLList(thing), resolve: () => [{}, Promise.resolve({}), {}] },
    endless: {
      type: new GraphQLList(GraphQLString),
      resolve: (_source, _args, { called, later }) => ({
        [Symbol.asyncIterator]: () => ({
          next: () => later.promise,
          return: () => void called.push('returned'),
        }),
      }),
    },
  }),
});

const schema = new GraphQLSchema({ query: thing, mutation: thing });

const executors: Record<'yoga' | 'compiled', Executor> = {
  yoga: () => undefined,
  compiled: openCompiledExecutor(),
};
beforeAll(async () => {
  executors.yoga = await openYogaExecutor();
});

async function endOf(execute: Executor, query: string, leavesAfterTurns: number | undefined) {
  const client = new AbortController();
  const called: string[] = [];
  const contextValue: Leaving = { client, called, later: Promise.withResolvers() };
  const { signal } = client;
  const ending = Promise.allSettled([
    (async () => execute({ schema, document: parse(query), contextValue, signal }))(),
  ]);
  if (leavesAfterTurns !== undefined) {
    for (let turn = 0; turn < leavesAfterTurns; turn++) await Promise.resolve();
    client.abort(new Error('The client has left.'));
  }
  setImmediate(() => contextValue.later.resolve({ done: true, value: undefined }));
  const [ended] = await ending;
  await new Promise((done) => setImmediate(done));
  return { outcome: describeOutcome(ended), called };
}

const OPERATIONS = [
  '{ quick slow }',
  '{ slow leave quick }',
  '{ thing { slow thing { slow leave } } quick }',
  '{ things { slow quick } }',
  '{ soon { soon { soon { slow } } } }',
  '{ leaveAndFail quick }',
  '{ slow leaveAndFail }',
  '{ thing { slow leaveAndFail } quick }',
  '{ endless quick }',
  'mutation { slow quick }',
  'mutation { leave quick }',
  'mutation { quick leave }',
  'mutation { thing { slow } quick }',
  'mutation { soon { things { slow } } a: quick }',
  'mutation { a: quick soon { leave b: quick } c: quick }',
  'mutation { endless quick }',
];

describe.each(OPERATIONS)('%s', (query) => {
  test.each([undefined, 0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'ends the same where the client leaves after %s turns',
    async (turns) => {
      const before = await endOf(executors.yoga, query, turns);
      const after = await endOf(executors.compiled, query, turns);
      expect(after).toEqual(before);
    },
  );
});
