import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  Kind,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { payFrom } from '../../src/cost/ledger.ts';
import { planOperation } from '../../src/cost/plan.ts';
import { schema } from '../../src/schema/index.ts';
import { everyMutation } from '../contract/support/every-mutation.ts';
import { knownOf } from '../cost/support/known.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { Chance, type Known, QueryMaker } from '../support/random-query.ts';
import { Chaos, type ChaosSetting } from './support/chaos.ts';
import { type Executor, openCompiledExecutor, openYogaExecutor } from './support/executors.ts';
import { describeOutcome, expectSame } from './support/outcome.ts';
import { ReplayedClouds } from './support/replayed-clouds.ts';
import { type Unhandled, watchUnhandled } from './support/unhandled.ts';
import { otherwise, type Sent, varied } from './support/varied-query.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const QUERIES = 2_000;
const MUTATIONS = 200;
/** More than any answer takes. */
const QUIET_TURNS = 5;
const SOURCES = ['MODEL_ROUTER', 'PAI', 'AI_GATEWAY'];

let unhandled: Unhandled;
let gateway: TestGateway;
let known: Known;
let clouds: ReplayedClouds;
let yoga: Executor;
const compiled = openCompiledExecutor();
beforeAll(async () => {
  unhandled = watchUnhandled();
  gateway = await openGateway({ isForgetful: true });
  known = await knownOf(gateway);
  clouds = new ReplayedClouds(gateway);
  yoga = await openYogaExecutor();
});
afterAll(async () => {
  unhandled.end();
  await clouds.close();
  await gateway[Symbol.asyncDispose]();
});

function chaosFor(chance: Chance): ChaosSetting {
  const seed = chance.int(0, 1_000_000);
  const calm = { seed, failing: 0, spoilt: 0, down: [] };
  switch (chance.int(0, 5)) {
    case 0:
      return { ...calm, down: [chance.pick(SOURCES)] };
    case 1:
      return { ...calm, failing: 0.2 };
    case 2:
      return { ...calm, spoilt: 0.03 };
    case 3:
      return { ...calm, failing: 0.05, spoilt: 0.08 };
    default:
      return calm;
  }
}

interface Parsed extends Pick<Sent, 'variables'> {
  readonly document: DocumentNode;
}

/** Everything that an execution leaves behind. */
async function deedsOf(execute: Executor, { document, variables }: Parsed, setting: ChaosSetting) {
  const deeds = { calls: [] as string[], told: [] as string[] };
  const { signal } = new AbortController();
  const contextValue = clouds.open(new Chaos(setting), deeds, signal);
  const operation = getOperationAST(document);
  const { coerced } = getVariableValues(schema, operation?.variableDefinitions ?? [], variables);
  if (operation === null || operation === undefined || coerced === undefined)
    throw new Error('It cannot run.');
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const region = contextValue.region;
  const ledger = planOperation({ schema, operation, fragments, variables: coerced, region }, 1_000_000);
  const [ended] = await Promise.allSettled([
    payFrom(ledger.rest, async () =>
      execute({ schema, document, contextValue, variableValues: variables, signal }),
    ),
  ]);
  const callsByThen = deeds.calls.length;
  await quiet(deeds.calls);
  return { ...deeds, callsByThen, ledger: ledger.lines(), outcome: describeOutcome(ended) };
}

/** Fields go on whose answer nobody waits for: until they call nothing any more. */
async function quiet(calls: readonly string[]): Promise<void> {
  for (let [turns, before] = [0, calls.length]; turns < QUIET_TURNS; turns += 1) {
    await new Promise((done) => setImmediate(done));
    if (calls.length !== before) [turns, before] = [0, calls.length];
  }
}

async function bothDeeds(sent: Parsed, setting: ChaosSetting) {
  for (let turn = 0; turn < 8; turn++) {
    const askedBefore = clouds.asked;
    const before = await deedsOf(yoga, sent, setting);
    unhandled.forget();
    const after = await deedsOf(compiled, sent, setting);
    expect(unhandled.seen()).toEqual([]);
    if (clouds.asked === askedBefore) return { before, after };
  }
  throw new Error('The clouds always answer something new.');
}

function canRun({ query, variables }: Sent): boolean {
  const document = parse(query);
  const operation = getOperationAST(document);
  const { coerced } = getVariableValues(schema, operation?.variableDefinitions ?? [], variables);
  return coerced !== undefined && validate(schema, document, specifiedRules).length === 0;
}

test(`${QUERIES} random queries over clouds that fail end the same, with the same calls in the same order`, async () => {
  const chance = new Chance(8);
  const maker = new QueryMaker(schema, known, chance, 3, 60);
  const seen = { calls: 0, errors: 0, variables: 0, nulledRoots: 0 };
  for (let index = 0; index < QUERIES; ) {
    const sent = varied(schema, maker.query(), chance);
    if (!canRun(sent)) continue;
    index += 1;
    const document = parse(sent.query);
    const { before, after } = await bothDeeds({ ...sent, document }, chaosFor(chance));
    expectSame(before, after, sent);
    if (index % 4 === 0) {
      // What was compiled for the first execution serves another one, with other values, too.
      const variables = otherwise(sent.variables, chance);
      const again = await bothDeeds({ document, variables }, chaosFor(chance));
      expectSame(again.before, again.after, { ...sent, variables });
    }
    const { errors = [], data } = before.outcome as { errors?: unknown[]; data?: string };
    seen.calls += before.calls.length;
    seen.errors += errors.length;
    seen.nulledRoots += data === 'null' ? 1 : 0;
    seen.variables += Object.keys(sent.variables).length;
  }
  expect(seen.calls).toBeGreaterThan(QUERIES);
  expect(seen.errors).toBeGreaterThan(QUERIES);
  expect(seen.variables).toBeGreaterThan(QUERIES);
});

test(`${MUTATIONS} random mutations end the same, one after the other`, async () => {
  const chance = new Chance(9);
  const maker = new QueryMaker(schema, known, chance, 2);
  const cases = await everyMutation(gateway);
  for (let index = 0; index < MUTATIONS; ) {
    const { name, input } = chance.pick(cases);
    const text = maker.mutation(name);
    const sent = { query: varied(schema, text, chance).query, variables: { input } };
    if (!canRun(sent)) continue;
    index += 1;
    const { before, after } = await bothDeeds({ ...sent, document: parse(sent.query) }, chaosFor(chance));
    expectSame(before, after, sent);
  }
});
