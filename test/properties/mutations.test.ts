import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../support/gateway.ts';

/*
 * Random sequences of creates, updates and deletes through the graph, against a model in memory: what the graph says
 * at the end is what the model says, row by row and in number.
 */

const GATEWAY = 'pg-6713xu76l98vu7';

type Fields = Readonly<Record<string, unknown>>;

/** A kind of thing: how the graph makes, changes and deletes it, and how it is read. */
interface Kind {
  readonly name: string;
  readonly field: string;
  readonly selection: string;
  readonly total: string;
  /** What a create sends beside `fields`. */
  readonly fixed: Fields;
  /** What is sent and read back alike. */
  readonly fields: fc.Arbitrary<Fields>;
}

const text = fc.constantFrom('a', '通义千问', "it's * ~ + & = %", ' padded ', '0', 'x'.repeat(100));
const optional = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined });
const price = fc.constantFrom('0', '10', '0.25', '123456789.123456789');

const KINDS: readonly Kind[] = [
  {
    name: 'Model',
    field: 'model',
    selection: 'name modelCode description vendor category tags maxInputLength',
    total: 'models',
    fixed: {},
    fields: fc.record({
      name: text,
      modelCode: fc.constantFrom('m-1', 'm-2'),
      description: optional(text),
      vendor: optional(fc.constantFrom('alibaba', 'deepseek')),
      category: optional(fc.constantFrom('Chat', 'Embedding')),
      tags: optional(fc.constantFrom(['chat'], ['chat', 'NLP'])),
      maxInputLength: optional(fc.constantFrom('32K', '8192')),
    }),
  },
  {
    name: 'PaiModel',
    field: 'paiModel',
    selection:
      'name description domain task origin parameterSize orderNumber accessibility labels { key value }',
    total: 'paiModels',
    fixed: {},
    fields: fc.record({
      name: text,
      description: optional(text),
      domain: optional(fc.constantFrom('nlp', 'cv')),
      task: optional(text),
      origin: optional(fc.constantFrom('ModelScope', 'Huggingface')),
      parameterSize: optional(fc.integer({ min: 0, max: 1_000_000 })),
      orderNumber: optional(fc.maxSafeInteger()),
      accessibility: optional(fc.constantFrom('PRIVATE', 'PUBLIC')),
      labels: optional(
        fc.uniqueArray(
          fc.record({
            key: fc.constantFrom('env', 'team', 'a b', '键'),
            value: fc.constantFrom('test', 'prod', '值'),
          }),
          { selector: ({ key }) => key, maxLength: 4 },
        ),
      ),
    }),
  },
  {
    name: 'ModelService',
    field: 'modelService',
    selection: 'name category protocol baseUrl inputCostPointsPerMillion requestCostPoints',
    total: 'modelServices',
    fixed: { gatewaySourceId: GATEWAY, apiKey: 'sk-not-a-real-key-000000', vendor: 'bailian' },
    fields: fc.record({
      // Names are unique for each gateway: the counter goes in front.
      name: text,
      category: fc.constantFrom('text', 'embedding'),
      protocol: fc.constantFrom('OPENAI', 'ANTHROPIC', 'BAILIAN', 'VLLM'),
      baseUrl: fc.constantFrom('https://a.example/v1', 'http://b.example'),
      inputCostPointsPerMillion: optional(price),
      requestCostPoints: optional(price),
    }),
  },
];

type Step =
  | { readonly do: 'create'; readonly kind: number; readonly fields: Fields }
  | { readonly do: 'update'; readonly at: number; readonly fields: Fields; readonly take: number }
  | { readonly do: 'delete'; readonly at: number };

interface Thing {
  readonly kind: Kind;
  readonly id: string;
  fields: Fields;
  isDeleted: boolean;
}

const stepArb: fc.Arbitrary<Step> = fc.nat(KINDS.length - 1).chain((kind) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('create' as const),
        kind: fc.constant(kind),
        fields: KINDS[kind]?.fields ?? fc.constant({}),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('update' as const),
        at: fc.nat(),
        fields: KINDS[kind]?.fields ?? fc.constant({}),
        take: fc.nat(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), at: fc.nat() }) },
  ),
);

const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const unique = (kind: Kind, fields: Fields, turn: number): Fields =>
  kind.name === 'ModelService' && 'name' in fields
    ? { ...fields, name: `${turn} ${String(fields['name'])}` }
    : fields;

async function mutate(gateway: TestGateway, verb: string, kind: Kind, input: Fields): Promise<Fields> {
  const field = `${verb}${kind.name}`;
  const success = `${field.charAt(0).toUpperCase()}${field.slice(1)}Success`;
  const selection = verb === 'delete' ? 'deletedId' : `${kind.field} { id }`;
  const { data, errors } = await gateway.query(
    `mutation($input: ${field.charAt(0).toUpperCase()}${field.slice(1)}Input!) {
      result: ${field}(input: $input) { __typename ... on ${success} { ${selection} } ... on GatewayError { code message } }
    }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data?.['result'] as Fields;
}

async function create(gateway: TestGateway, kind: Kind, fields: Fields): Promise<Thing> {
  const result = await mutate(gateway, 'create', kind, { ...kind.fixed, ...given(fields) });
  expect(result).toMatchObject({ __typename: `Create${kind.name}Success` });
  const { id } = result[kind.field] as { id: string };
  return { kind, id, fields: given(fields), isDeleted: false };
}

async function update(gateway: TestGateway, thing: Thing, changes: Fields): Promise<void> {
  const result = await mutate(gateway, 'update', thing.kind, { id: thing.id, ...changes });
  if (thing.isDeleted) {
    expect(result).toMatchObject({ __typename: 'GatewayNotFoundError', code: 'NOT_FOUND' });
  } else {
    expect(result).toMatchObject({ __typename: `Update${thing.kind.name}Success` });
    thing.fields = { ...thing.fields, ...changes };
  }
}

async function remove(gateway: TestGateway, thing: Thing): Promise<void> {
  const result = await mutate(gateway, 'delete', thing.kind, { id: thing.id });
  expect(result).toMatchObject(
    thing.isDeleted
      ? { __typename: 'GatewayNotFoundError', code: 'NOT_FOUND' }
      : { __typename: `Delete${thing.kind.name}Success`, deletedId: thing.id },
  );
  thing.isDeleted = true;
}

/** Some of the fields, at least one. */
function some(fields: Fields, take: number): Fields {
  const entries = Object.entries(given(fields));
  return Object.fromEntries(
    entries.filter((_entry, index) => index === take % entries.length || (take >> index) % 2 === 1),
  );
}

async function perform(gateway: TestGateway, things: Thing[], step: Step, turn: number): Promise<void> {
  if (step.do === 'create') {
    const kind = KINDS[step.kind] as Kind;
    things.push(await create(gateway, kind, unique(kind, step.fields, turn)));
    return;
  }
  const thing = things[step.at % Math.max(1, things.length)];
  if (thing === undefined) return;
  if (step.do === 'delete') return remove(gateway, thing);
  const known = Object.fromEntries(
    Object.entries(step.fields).filter(([name]) => new RegExp(`\\b${name}\\b`).test(thing.kind.selection)),
  );
  if (Object.keys(given(known)).length === 0) return;
  const changes = some(known, step.take);
  if (!isFit(thing.kind, changes)) return;
  await update(gateway, thing, unique(thing.kind, changes, turn));
}

/** Fields of the same name mean different things of two kinds. */
function isFit(kind: Kind, changes: Fields): boolean {
  if (kind.name === 'ModelService')
    return !('category' in changes) || ['text', 'embedding'].includes(String(changes['category']));
  return true;
}

const counts = async (gateway: TestGateway) => {
  const { data } = await gateway.query(
    `{ ${KINDS.map(({ total }) => `${total} { totalCount }`).join(' ')} }`,
  );
  return Object.fromEntries(
    KINDS.map(({ name, total }) => [name, (data?.[total] as { totalCount: number } | undefined)?.totalCount]),
  );
};

test('random sequences of creates, updates and deletes end in the state of a model in memory', async () => {
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 5, maxLength: 30, size: 'max' }), async (sequence) => {
      await using gateway = await openGateway();
      const before = await counts(gateway);
      const things: Thing[] = [];
      for (const [turn, step] of sequence.entries()) {
        await perform(gateway, things, step, turn);
        steps++;
      }
      for (const { kind, id, fields, isDeleted } of things) {
        const { data, errors } = await gateway.query(
          `query($id: ID!) { row: ${kind.field}(id: $id) { ${kind.selection} } }`,
          { id },
        );
        expect(errors).toBeUndefined();
        if (isDeleted) expect(data?.['row']).toBeNull();
        else expect(sortedLabels(data?.['row'] as Fields)).toMatchObject(sortedLabels(fields));
      }
      const after = await counts(gateway);
      for (const { name } of KINDS) {
        const made = things.filter(({ kind, isDeleted }) => kind.name === name && !isDeleted).length;
        expect(after[name], name).toBe((before[name] ?? 0) + made);
      }
    }),
    { numRuns: 40 },
  );
  expect(steps).toBeGreaterThan(400);
}, 120_000);

/** Labels are a set. */
function sortedLabels(fields: Fields): Fields {
  const { labels } = fields as { labels?: { key: string }[] };
  return labels === undefined
    ? fields
    : { ...fields, labels: labels.toSorted((a, b) => a.key.localeCompare(b.key)) };
}
