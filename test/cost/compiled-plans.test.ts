import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  specifiedRules,
  validate,
} from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CompiledPlans } from '../../src/cost/compiled-plans.ts';
import type { Ledger } from '../../src/cost/ledger.ts';
import { planOperation } from '../../src/cost/plan.ts';
import { schema } from '../../src/schema/index.ts';
import { otherwise, type Sent, varied } from '../execution/support/varied-query.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { Chance, type Known, QueryMaker } from '../support/random-query.ts';
import { knownOf } from './support/known.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const QUERIES = 600;
const LIMIT = 100;

let gateway: TestGateway;
let known: Known;
beforeAll(async () => {
  gateway = await openGateway();
  known = await knownOf(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

type Path = Parameters<Ledger['shareAt']>[0];

/** Every place in an answer, each list with an item. */
function placesOf(set: SelectionSetNode, fragments: Fragments, above: Path | undefined): readonly Path[] {
  return set.selections.flatMap((selection): readonly Path[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return placesOf(selection.selectionSet, fragments, above);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(selection.name.value);
      return fragment === undefined ? [] : placesOf(fragment.selectionSet, fragments, above);
    }
    const place = { prev: above, key: selection.alias?.value ?? selection.name.value };
    if (selection.selectionSet === undefined) return [place];
    return [place, ...placesOf(selection.selectionSet, fragments, { prev: place, key: 7 })];
  });
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const all = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(all.map((one) => [one.name.value, one]));
}

/** All that a ledger tells. */
function toldBy(ledger: Ledger, places: readonly Path[]) {
  const shares = places.map((place) => ledger.shareAt(place));
  return {
    planned: ledger.planned,
    lines: ledger.lines(),
    shares: shares.map((share) => share && [share.what, share.planned]),
  };
}

interface Parsed {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly coerced: Readonly<Record<string, unknown>> | undefined;
}

function parsed({ query, variables }: Sent): Parsed {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (operation === null || operation === undefined) throw new Error('It has no operation.');
  return { document, operation, coerced: coercedOf(operation, variables) };
}

function coercedOf(operation: OperationDefinitionNode, variables: Sent['variables']) {
  return getVariableValues(schema, operation.variableDefinitions ?? [], variables).coerced;
}

test(`the plan of ${QUERIES} random operations, compiled for other variables, is the one made for theirs`, () => {
  const chance = new Chance(31);
  const maker = new QueryMaker(schema, known, chance, 4, 60);
  const plans = new CompiledPlans();
  const region = gateway.sandbox.region;
  const seen = { planned: 0, different: 0 };
  for (let index = 0; index < QUERIES; ) {
    const sent = varied(schema, maker.query(), chance);
    const { document, operation, coerced } = parsed(sent);
    if (coerced === undefined || validate(schema, document, specifiedRules).length > 0) continue;
    index += 1;
    const fragments = fragmentsOf(document);
    const places = placesOf(operation.selectionSet, fragments, undefined);
    const told = [coerced, coercedOf(operation, otherwise(sent.variables, chance)), coerced].map(
      (variables) => {
        if (variables === undefined) return undefined;
        const values = { variables, region };
        const compiled = toldBy(
          plans.of(schema, document, operation, variables).ledger(values, LIMIT),
          places,
        );
        const anew = planOperation({ schema, operation, fragments, ...values }, LIMIT);
        expect(compiled, sent.query).toEqual(toldBy(anew, places));
        return compiled;
      },
    );
    seen.planned += told[0]?.planned ?? 0;
    if (told[1] !== undefined && told[1].planned !== told[0]?.planned) seen.different += 1;
  }
  expect(seen.planned).toBeGreaterThan(QUERIES);
  expect(seen.different).toBeGreaterThan(QUERIES / 20);
});

test('what one request spends is not spent for the next', () => {
  const document = parse('query ($first: Int) { models(first: $first) { nodes { name } } }');
  const operation = getOperationAST(document);
  if (operation === null || operation === undefined) throw new Error('It has no operation.');
  const plans = new CompiledPlans();
  const open = (first: number) => {
    const variables = { first };
    const plan = plans.of(schema, document, operation, variables);
    return plan.ledger({ variables, region: 'cn-beijing' }, LIMIT);
  };
  const [before, after] = [open(1), open(1)];
  before.shareAt({ prev: undefined, key: 'models' })?.spend('MODEL_ROUTER', 'read');
  expect([before.actual, after.actual]).toEqual([1, 0]);
});

test('a plan is compiled once for each choice of what is skipped', () => {
  const document = parse('query ($no: Boolean!, $id: ID) { model(id: $id) @skip(if: $no) { name } }');
  const operation = getOperationAST(document);
  if (operation === null || operation === undefined) throw new Error('It has no operation.');
  const plans = new CompiledPlans();
  const of = (no: boolean, id: string) => plans.of(schema, document, operation, { no, id });
  expect(of(false, 'a')).toBe(of(false, 'b'));
  expect([of(false, 'a').size, of(true, 'a').size]).toEqual([1, 0]);
});
