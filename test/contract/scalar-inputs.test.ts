import { type GraphQLInputType, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { type Answer, openGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
beforeEach(() => gateway.sandbox.forgetRequests());
afterAll(() => gateway[Symbol.asyncDispose]());

/** Sends variables as text, for what a JavaScript number does not hold. */
async function send(query: string, variables = '{}'): Promise<Answer> {
  const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
  const headers = { 'content-type': 'application/json' };
  const response = await gateway.fetch('/graphql', { method: 'POST', headers, body });
  return (await response.json()) as Answer;
}

function expectRefused(answer: Answer, message: string): void {
  expect(answer).toMatchObject({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(answer.errors).toHaveLength(1);
  expect(gateway.actions()).toEqual([]);
}

describe('a number for an id', () => {
  const LOOKUP = 'query ($id: ID) { model(sourceId: $id) { sourceId } }';

  it.each(['9007199254740992', '-9007199254740993', '1e20'])(
    'that was rounded is refused: %s',
    async (number) => {
      expectRefused(
        await send(LOOKUP, `{"id":${number}}`),
        'The value at $id is not a valid ID. A number beyond ±(2^53-1) must be sent as a string, else it would be rounded.',
      );
    },
  );

  it('is refused in lists and inputs, too', async () => {
    const { errors } = await send(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      '{"ids":["a",9007199254740993]}',
    );
    expect(errors?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The value at \$ids\.1 is not a valid ID!\. A number/),
    ]);
    expect(gateway.actions()).toEqual([]);
  });

  it('is taken where it is exact, and as a text whatever its length', async () => {
    for (const id of ['2', '9007199254740991', '"9007199254740993"'])
      expect((await send(LOOKUP, `{"id":${id}}`)).errors).toBeUndefined();
    expect(gateway.sandbox.requests.map(({ path }) => path.split('/').at(-1))).toEqual([
      '2',
      '9007199254740991',
      '9007199254740993',
    ]);
  });
});

describe('a number in JSON that would be rounded', () => {
  const FIELDS = [
    ['createModel', 'CreateModelInput', 'extensions', 'JSON'],
    ['createPaiModel', 'CreatePaiModelInput', 'extraInfo', 'JSON'],
    ['createBillingRule', 'CreateBillingRuleInput', 'pricingConfig', 'JSON'],
    ['createModelApi', 'CreateModelApiInput', 'routeRules', 'JSON!'],
  ] as const;
  const NUMBERS = ['9007199254740992', '9007199254740993', '-9223372036854775808', '1e20', '1e400', '-1e400'];
  const CASES = FIELDS.flatMap((field) => NUMBERS.map((number) => [number, ...field] as const));
  const REASON = 'A number beyond ±(2^53-1) must be sent as a string, else it would be rounded.';

  /** Without what is said of the fields that are missing. */
  const expectFieldRefused = (answer: Answer, at: string, type: string) => {
    const errors = answer.errors?.filter(({ message }) => message.includes(at)) ?? [];
    expectRefused({ ...answer, errors }, `The value at ${at} is not a valid ${type}. ${REASON}`);
  };

  it.each(CASES)('%s in a literal: %s', async (number, mutation, _input, field, type) => {
    const input = `{ ${field}: { list: [1, { n: ${number} }] } }`;
    const answer = await send(`mutation { ${mutation}(input: ${input}) { __typename } }`);
    expectFieldRefused(answer, `input.${field}`, type);
  });

  it.each(CASES)('%s in a variable: %s', async (number, mutation, input, field, type) => {
    const document = `mutation ($input: ${input}!) { ${mutation}(input: $input) { __typename } }`;
    const answer = await send(document, `{"input":{"${field}":{"list":[1,{"n":${number}}]}}}`);
    expectFieldRefused(answer, `$input.${field}`, type);
  });

  it('in a default of a variable', async () => {
    const answer = await send(
      'mutation ($e: JSON = {n: 9007199254740993}) { createModel(input: {name: "a", modelCode: "a", extensions: $e}) { __typename } }',
    );
    expectRefused(answer, `The value at $e is not a valid JSON. ${REASON}`);
  });

  it('in a variable of another type inside JSON', async () => {
    const answer = await send(
      'mutation ($f: Float) { createModel(input: {name: "a", modelCode: "a", extensions: {n: $f}}) { __typename } }',
      '{"f":1e20}',
    );
    expectRefused(answer, 'An argument of this field holds a variable whose value its type does not take.');
  });

  it('in a key that a router sends', async () => {
    const answer = await send(
      'query ($keys: [_Any!]!) { _entities(representations: $keys) { __typename } }',
      '{"keys":[{"__typename":"Model","id":9007199254740993}]}',
    );
    expectRefused(answer, `The value at $keys.0 is not a valid _Any!. ${REASON}`);
  });
});

it.each(['9007199254740991', '-9007199254740991', '0.1', '1e-7', '12345678.25', '"9007199254740993"'])(
  'a value in JSON that nothing is lost of is sent as it is: %s',
  async (value) => {
    const create = (extensions: string, variables: string, definitions = '') =>
      send(
        `mutation ${definitions} { createModel(input: {name: "a", modelCode: "a", extensions: ${extensions}}) { __typename } }`,
        variables,
      );
    expect(await create(`{ n: ${value} }`, '{}')).toMatchObject({ data: { createModel: {} } });
    expect(await create('$e', `{"e":{"n":${value}}}`, '($e: JSON)')).toMatchObject({
      data: { createModel: {} },
    });
    const sent = gateway.sandbox.requests.map(({ bodyText }) => JSON.parse(bodyText).extensions as string);
    expect(sent).toEqual([`{"n":${value}}`, `{"n":${value}}`]);
  },
);

describe('a DateTime that is no RFC 3339 instant', () => {
  const INPUTS = [
    ['createBillingRule', 'CreateBillingRuleInput', 'modelId', 'effectiveAt'],
    ['createBillingRule', 'CreateBillingRuleInput', 'modelId', 'expiresAt'],
    ['updateBillingRule', 'UpdateBillingRuleInput', 'id', 'effectiveAt'],
    ['updateBillingRule', 'UpdateBillingRuleInput', 'id', 'expiresAt'],
  ] as const;
  const TIMES = [
    '2024-01-01T00:00:00',
    '2024-01-01 00:00:00',
    '2024-01-01 00:00',
    '2024-01-01 00:00:00Z',
    '2024-01-01T00:00Z',
    '2024-01-01T00:00:00 Z',
    '2024-01-01T00:00:00+0800',
    '2024-02-30T00:00:00Z',
    ' 2024-01-01T00:00:00Z',
    '2024-01-01',
    '1704067200',
  ];
  const CASES = INPUTS.flatMap((input) => TIMES.map((time) => [time, ...input] as const));
  const REASON = 'DateTime must be an RFC 3339 instant with Z or an offset, e.g. 2026-03-31T14:40:48Z.';

  it.each(CASES)('%s is refused by %s', async (time, mutation, input, id, field) => {
    const literal = `mutation { ${mutation}(input: { ${id}: "a", ${field}: "${time}" }) { __typename } }`;
    expectRefused(await send(literal), `The value at input.${field} is not a valid DateTime. ${REASON}`);
    const document = `mutation ($input: ${input}!) { ${mutation}(input: $input) { __typename } }`;
    const answer = await send(document, JSON.stringify({ input: { [id]: 'a', [field]: time } }));
    expectRefused(answer, `The value at $input.${field} is not a valid DateTime. ${REASON}`);
  });

  it('tries every input that is a DateTime', () => {
    const types = Object.values(schema.getTypeMap());
    const inputs = types.flatMap((type) => {
      if (!isInputObjectType(type)) return [];
      const fields = Object.values(type.getFields());
      return fields.filter((field) => isDateTime(field.type)).map(({ name }) => `${type.name}.${name}`);
    });
    const fields = types.flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []));
    const args = fields.flatMap((field) => field.args.filter((arg) => isDateTime(arg.type)));
    expect(inputs).toEqual(INPUTS.map(([, input, , field]) => `${input}.${field}`));
    expect(args).toEqual([]);
  });
});

function isDateTime(type: GraphQLInputType): boolean {
  return getNamedType(type).name === 'DateTime';
}
