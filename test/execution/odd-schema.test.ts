import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Chance } from '../support/random-query.ts';
import { type Executor, openCompiledExecutor, openYogaExecutor } from './support/executors.ts';
import { oddOperation } from './support/odd-query.ts';
import { made, oddSchema } from './support/odd-schema.ts';
import { describeOutcome, expectSame } from './support/outcome.ts';
import { type Unhandled, watchUnhandled } from './support/unhandled.ts';
import { otherwise, type Sent, varied } from './support/varied-query.ts';

vi.setConfig({ testTimeout: 120_000 });

const OPERATIONS = 700;
/** More than any promise takes. */
const QUIET_TURNS = 4;

let yoga: Executor;
let unhandled: Unhandled;
const compiled = openCompiledExecutor();
beforeAll(async () => {
  unhandled = watchUnhandled();
  yoga = await openYogaExecutor();
});
afterAll(() => unhandled.end());

async function endOf(execute: Executor, document: DocumentNode, variables: Sent['variables'], seed: number) {
  const contextValue = { seed, trace: [] as string[] };
  const { signal } = new AbortController();
  const rootValue = made(oddSchema.getType('Cat') as never, 'root', { ...contextValue, seed: 0, trace: [] });
  const [ended] = await Promise.allSettled([
    (async () =>
      execute({
        schema: oddSchema,
        document,
        contextValue,
        rootValue: typeof rootValue === 'object' ? rootValue : {},
        variableValues: variables,
        ...(seed % 3 === 0 ? {} : { signal }),
      }))(),
  ]);
  const tracedByThen = contextValue.trace.length;
  for (let turn = 0; turn < QUIET_TURNS; turn++) await new Promise((done) => setImmediate(done));
  return { trace: contextValue.trace, tracedByThen, outcome: describeOutcome(ended) };
}

function canRun({ query, variables }: Sent): boolean {
  const document = parse(query);
  const operation = getOperationAST(document);
  const { coerced } = getVariableValues(oddSchema, operation?.variableDefinitions ?? [], variables);
  const hasChoices =
    coerced !== undefined && ['yes', 'no'].every((name) => typeof coerced[name] === 'boolean');
  return (
    hasChoices &&
    validate(
      oddSchema,
      document,
      specifiedRules.filter(({ name }) => name !== 'NoUnusedFragmentsRule'),
    ).length === 0
  );
}

test(`${OPERATIONS} random operations on a schema of everything odd end the same, told the same in the same order`, async () => {
  const chance = new Chance(77);
  const seen = { errors: 0, nulledRoots: 0, told: 0 };
  for (let index = 0; index < OPERATIONS; ) {
    const sent = varied(oddSchema, oddOperation(oddSchema, chance), chance);
    if (!canRun(sent)) continue;
    index += 1;
    const seed = chance.int(0, 1_000_000);
    // What was compiled for the first execution serves the second, with other values, too.
    const document = parse(sent.query);
    for (const variables of [sent.variables, otherwise(sent.variables, chance)]) {
      const before = await endOf(yoga, document, variables, seed);
      unhandled.forget();
      const after = await endOf(compiled, document, variables, seed);
      expect(unhandled.seen(), sent.query).toEqual([]);
      expectSame(before, after, { ...sent, variables });
      const { errors = [], data } = before.outcome as { errors?: unknown[]; data?: string };
      seen.errors += errors.length;
      seen.told += before.trace.length;
      seen.nulledRoots += data === 'null' ? 1 : 0;
    }
  }
  expect(seen.errors).toBeGreaterThan(OPERATIONS);
  expect(seen.told).toBeGreaterThan(OPERATIONS * 3);
  expect(seen.nulledRoots).toBeGreaterThan(OPERATIONS / 20);
});
