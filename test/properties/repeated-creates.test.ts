import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SandboxFault } from '../../src/sandbox/index.ts';
import { type CreateResult, create } from '../contract/support/create-cases.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';

/*
 * Random sequences of creates by two callers, under few keys, with inputs that are easily mistaken for each other, while
 * the backend fails in every way it can. What each create is told is held against what the backends then have.
 */

const GATEWAY = 'pg-6713xu76l98vu7';
const SERVICE = {
  gatewaySourceId: GATEWAY,
  name: 'same',
  category: 'text',
  protocol: 'OPENAI',
  baseUrl: 'https://example.com/v1',
  apiKey: 'sk-one-0123456789abcdef',
  vendor: 'bailian',
};

interface Kind {
  readonly mutation: string;
  readonly field: string;
  readonly action: string;
  readonly list: string;
  /** The first two differ in what is told again, the first and the last in nothing that is. */
  readonly inputs: readonly Readonly<Record<string, unknown>>[];
}

const KINDS: readonly Kind[] = [
  {
    mutation: 'createModel',
    field: 'model',
    action: 'ModelRouterCreateModel',
    list: 'models(first: 100, filter: { keyword: "same" })',
    inputs: [
      { name: 'same', modelCode: 'm', apiKey: 'sk-one-0123456789' },
      { name: 'same', modelCode: 'm', apiKey: 'sk-one-0123456789', description: 'another' },
      { name: 'same', modelCode: 'm', apiKey: 'sk-two-0123456789' },
    ],
  },
  {
    mutation: 'createPaiModel',
    field: 'paiModel',
    action: 'CreateModel',
    list: 'paiModels(first: 100, filter: { name: "same" })',
    inputs: [
      { name: 'same', task: 'chat' },
      { name: 'same', task: 'ocr' },
      { name: 'same', task: 'chat', accessibility: 'PRIVATE' },
    ],
  },
  {
    mutation: 'createModelService',
    field: 'modelService',
    action: 'CreateModelService',
    list: `modelServices(first: 100, gatewaySourceId: "${GATEWAY}", filter: { name: "same" })`,
    inputs: [
      SERVICE,
      { ...SERVICE, requestCostPoints: '0.5' },
      { ...SERVICE, apiKey: SERVICE.apiKey.replace('012345', '999999') },
    ],
  },
];

/** What a fault leaves: whether the backend acts, and whether the caller can know. */
const FAULTS: readonly (readonly [fault: SandboxFault, acts: boolean, isKnown: boolean])[] = [
  [{ kind: 'reset', when: 'before' }, false, false],
  [{ kind: 'reset', when: 'after' }, true, false],
  [{ kind: 'cutBody' }, true, false],
  [{ kind: 'error', status: 500, code: 'InternalError' }, false, false],
  [{ kind: 'error', status: 503, code: 'ServiceUnavailable' }, false, false],
  [{ kind: 'throttle' }, false, true],
  [{ kind: 'error', status: 403, code: 'NoPermission' }, false, true],
  [{ kind: 'error', status: 409, code: 'Something.Duplicate' }, false, true],
];

interface Step {
  readonly kind: number;
  readonly input: number;
  readonly caller: 'one' | 'two';
  readonly key: string | undefined;
  /** Requests at the same time. */
  readonly times: number;
  readonly fault: number | undefined;
}

const stepArb: fc.Arbitrary<Step> = fc
  .record({
    kind: fc.nat(KINDS.length - 1),
    input: fc.nat(2),
    caller: fc.constantFrom('one' as const, 'two' as const),
    key: fc.option(fc.constantFrom('k1', 'k2', 'k3'), { nil: undefined }),
    times: fc.constantFrom(1, 1, 3),
    fault: fc.option(fc.nat(FAULTS.length - 1), { nil: undefined }),
  })
  .map((step) => (step.key === undefined ? { ...step, times: 1 } : step));

/** What the test knows of a key. */
interface Known {
  readonly of: string;
  id: string | undefined;
}

/** A row that a create made, and whether one was told that it did. */
interface Made {
  readonly of: string;
  readonly caller: string;
  isTold: boolean;
}

interface World {
  readonly gateway: TestGateway;
  /** Remembers nothing of the creates: reads what the backends have. */
  readonly observer: TestGateway;
  readonly keys: Map<string, Known>;
  readonly rows: Map<string, Made>;
  /** Kinds of which a create has ended without anybody knowing how. */
  readonly unclear: Set<number>;
}

const counts = { steps: 0, recovered: 0, replayed: 0, unknown: 0, conflicts: 0 };

async function idsOf({ observer }: World, { list }: Kind): Promise<ReadonlySet<string>> {
  const { data } = await observer.query(`{ rows: ${list} { nodes { id } } }`);
  const rows = data?.['rows'] as { readonly nodes: readonly { readonly id: string }[] } | undefined;
  return new Set(rows?.nodes.map(({ id }) => id));
}

/** What a step sent, what was made by it, and what those who asked were told. */
interface Outcome {
  readonly results: readonly CreateResult[];
  readonly sent: number;
  readonly made: readonly string[];
}

const faultOf = ({ fault }: Step) => (fault === undefined ? undefined : FAULTS[fault]);

async function send(world: World, step: Step): Promise<Outcome> {
  const { sandbox } = world.gateway;
  const kind = KINDS[step.kind] as Kind;
  const before = await idsOf(world, kind);
  sandbox.forgetRequests();
  const [fault] = faultOf(step) ?? [];
  if (fault !== undefined) sandbox.setFault(kind.action, fault, { times: 1 });
  const key = step.key === undefined ? {} : { idempotencyKey: step.key };
  const headers = { 'x-caller': step.caller };
  const one = () => create(world.gateway, kind, { ...kind.inputs[step.input], ...key }, { headers });
  const results = await Promise.all(Array.from({ length: step.times }, one));
  sandbox.clearFaults();
  const sent = world.gateway.actions().filter((action) => action === kind.action).length;
  const made = [...(await idsOf(world, kind))].filter((id) => !before.has(id));
  return { results, sent, made };
}

async function perform(world: World, step: Step): Promise<void> {
  const of = `${step.kind}/${step.input}`;
  const name = `${step.caller}/${step.key ?? `none ${counts.steps}`}`;
  const known = world.keys.get(name);
  const outcome = await send(world, step);
  const [, acts, isKnown] = faultOf(step) ?? [undefined, true, true];
  counts.steps++;
  // A key that is known is never sent again.
  expect(outcome.sent).toBe(known === undefined ? 1 : 0);
  expect(outcome.made).toHaveLength(outcome.sent === 1 && acts ? 1 : 0);
  for (const id of outcome.made) world.rows.set(id, { of, caller: step.caller, isTold: false });
  if (known !== undefined && known.of !== of) return judgeConflict(outcome);
  const mine = known ?? { of, id: undefined };
  for (const result of outcome.results.toSorted(firstTold)) judge(world, step, mine, result, outcome.made);
  if (outcome.sent === 1 && !isKnown) judgeSearch(world, step, acts, outcome);
  const isRefused = outcome.sent === 1 && !acts && isKnown;
  if (!isRefused) world.keys.set(name, mine);
}

function judgeConflict({ results }: Outcome): void {
  for (const result of results) {
    expect(result).toMatchObject({ __typename: 'GatewayConflictError', source: null });
  }
  counts.conflicts++;
}

/** Where nothing could be mistaken for it, what was made must be found. */
function judgeSearch({ unclear }: World, { kind }: Step, acts: boolean, { results }: Outcome): void {
  const isFound = results.some(({ outcome }) => outcome === 'RECOVERED');
  if (!unclear.has(kind)) expect(isFound).toBe(acts);
  if (!isFound) unclear.add(kind);
}

/** Those that tell what was made, before those that repeat it. */
function firstTold(a: CreateResult, b: CreateResult): number {
  return Number(a.outcome === 'REPLAYED') - Number(b.outcome === 'REPLAYED');
}

function judge(
  { rows }: World,
  step: Step,
  mine: Known,
  result: CreateResult,
  made: readonly string[],
): void {
  const id = result.row?.id ?? '';
  switch (result.outcome) {
    case 'REPLAYED':
      expect(id).toBe(mine.id);
      counts.replayed++;
      return;
    case 'CREATED':
      expect(made).toContain(id);
      break;
    case 'RECOVERED':
      counts.recovered++;
      break;
    case undefined:
      expect(result.outcomeUnknown ?? false).toBe(result.__typename === 'GatewayUpstreamError');
      if (result.outcomeUnknown === true) counts.unknown++;
      expect(mine.id).toBeUndefined();
      return;
    default:
      expect.unreachable(result.outcome);
  }
  // It exists, it is what was asked for by this caller, and nobody was told of it before.
  expect(rows.get(id)).toEqual({ of: `${step.kind}/${step.input}`, caller: step.caller, isTold: false });
  rows.set(id, { of: mine.of, caller: step.caller, isTold: true });
  mine.id = id;
}

test('every create is told the truth, and none is made twice under one key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 4, maxLength: 16, size: 'max' }), async (steps) => {
      await using gateway = await openGateway({
        sandbox: { serviceNames: 'repeatable' },
        identify: ({ headers }) => ({ caller: headers.get('x-caller') ?? '', account: 'one for both' }),
      });
      const { url } = gateway.sandbox;
      await using observer = await openGateway({
        endpoints: { MODEL_ROUTER: url, PAI: url, AI_GATEWAY: url },
      });
      const world: World = { gateway, observer, keys: new Map(), rows: new Map(), unclear: new Set() };
      for (const step of steps) await perform(world, step);
    }),
    { numRuns: 60 },
  );
  // It would prove nothing if it met none of these.
  expect(counts.recovered).toBeGreaterThan(20);
  expect(counts.replayed).toBeGreaterThan(50);
  expect(counts.unknown).toBeGreaterThan(50);
  expect(counts.conflicts).toBeGreaterThan(20);
}, 180_000);
