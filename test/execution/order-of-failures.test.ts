import {
  GraphQLError,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';
import { expect, test } from 'vitest';
import { openCompiledExecutor, openYogaExecutor } from './support/executors.ts';
import { describeOutcome } from './support/outcome.ts';

/*
 * Errors stand in the order in which fields fail, and a resolver is called when its object is there: both follow from
 * the number of turns that every promise takes on its way. One field fails after so many turns as it is told; that it
 * comes in front of the same others, whatever its number, shows that all of them take the same number of turns.
 */

const MOST_TURNS = 24;

const thing: GraphQLObjectType = new GraphQLObjectType({
  name: 'Thing',
  fields: () => ({
    text: { type: GraphQLString, resolve: async () => 'text' },
    must: {
      type: new GraphQLNonNull(GraphQLString),
      resolve: () => Promise.reject(new GraphQLError('must')),
    },
    mustNow: {
      type: new GraphQLNonNull(GraphQLString),
      resolve: () => {
        throw new GraphQLError('must now');
      },
    },
    one: { type: new GraphQLNonNull(thing), resolve: async () => ({}) },
    now: { type: new GraphQLNonNull(thing), resolve: () => ({}) },
    many: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(thing))),
      resolve: () => [{}, Promise.resolve({})],
    },
    maybe: { type: thing, resolve: () => ({}) },
    late: {
      type: GraphQLString,
      args: { turns: { type: new GraphQLNonNull(GraphQLInt) } },
      resolve: async (_source, { turns }) => {
        for (let turn = 0; turn < turns; turn++) await undefined;
        throw new GraphQLError('late');
      },
    },
  }),
});

const schema = new GraphQLSchema({ query: thing, mutation: thing });
const yoga = await openYogaExecutor();
const compiled = openCompiledExecutor();

const SELECTIONS = [
  'maybe { must }',
  'maybe { text must }',
  'maybe { now { must } }',
  'maybe { one { must } }',
  'maybe { one { text one { text must } } }',
  'maybe { text mustNow }',
  'maybe { now { text mustNow } }',
  'maybe { many { must } }',
  'maybe { many { text now { must } } text }',
  'maybe { one { many { text one { mustNow text } } } }',
].map((selection) => `late(turns: TURNS) ${selection} again: late(turns: TURNS)`);

/** Fields that nobody waits for any more, and that may fail before or after the answer is given. */
const LEFT_BEHIND = [
  'maybe { many { must late(turns: TURNS) } }',
  'maybe { now { many { must now { late(turns: TURNS) } } } }',
];

test.each([...SELECTIONS, ...LEFT_BEHIND])(
  '{ %s } fails as it did, however late it is',
  async (selection) => {
    for (const kind of ['query', 'mutation']) {
      for (let turns = 0; turns < MOST_TURNS; turns++) {
        const document = parse(`${kind} { ${selection.replaceAll('TURNS', String(turns))} }`);
        for (const signal of [undefined, new AbortController().signal]) {
          const ends = [];
          for (const execute of [yoga, compiled]) {
            const [ended] = await Promise.allSettled([(async () => execute({ schema, document, signal }))()]);
            ends.push(describeOutcome(ended));
          }
          expect(ends[1], `${kind} ${turns}`).toEqual(ends[0]);
        }
      }
    }
  },
);
