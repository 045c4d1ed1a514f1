import {
  GraphQLError,
  GraphQLInt,
  GraphQLObjectType,
  GraphQLSchema,
  parse,
  Source,
  syntaxError,
} from 'graphql';
import { createYoga } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { createErrorMask } from '../../../src/http/mask.ts';
import { createLogger } from '../../../src/telemetry/log.ts';

function open() {
  const lines: string[] = [];
  const { maskError } = createErrorMask(createLogger('debug', (line) => lines.push(line)));
  return {
    lines,
    mask: (error: unknown) => maskError(error).toJSON(),
    logged: () => lines.map((line) => JSON.parse(line)),
  };
}

const BUG = { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true } };

/** What GraphQL makes of an exception in a resolver. */
function located(error: unknown): GraphQLError {
  const original = error instanceof Error ? error : null;
  return new GraphQLError(String(error), { path: ['model', 'name'], originalError: original });
}

describe('a bug', () => {
  it.each([
    ['an exception', () => new TypeError('Pl4nted cannot be read')],
    ['a text', () => 'Pl4nted'],
    ['nothing', () => undefined],
    ['an object', () => ({ message: 'Pl4nted' })],
    ['an exception in an exception', () => new Error('a', { cause: new Error('Pl4nted') })],
  ])('that throws %s tells a client no more than that', (_case, thrown) => {
    const { mask, lines } = open();
    expect(mask(thrown())).toEqual(BUG);
    expect(lines).toHaveLength(1);
  });

  it('in a resolver keeps its place, and is logged with its stack', () => {
    const { mask, logged } = open();
    const error = new RangeError('index out of range');
    expect(mask(located(error))).toEqual({ ...BUG, path: ['model', 'name'] });
    expect(logged()).toEqual([
      expect.objectContaining({
        level: 50,
        msg: 'bug',
        name: 'RangeError',
        message: 'index out of range',
        path: ['model', 'name'],
      }),
    ]);
    expect(logged()[0].stack[0]).toMatch(/^ {4}at .*mask\.test\.ts:\d+:\d+/);
  });

  it('through a whole server is INTERNAL_SERVER_ERROR beside the fields that did not fail', async () => {
    const lines: string[] = [];
    const field = (resolve: () => unknown) => ({ type: GraphQLInt, resolve });
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: {
        fine: field(() => 1),
        thrown: field(() => {
          throw new Error('Pl4nted');
        }),
        rejected: field(() => Promise.reject(new Error('Pl4nted'))),
        unfit: field(() => 'Pl4nted'),
      },
    });
    const yoga = createYoga({
      schema: new GraphQLSchema({ query }),
      logging: false,
      maskedErrors: createErrorMask(createLogger('debug', (line) => lines.push(line))),
    });
    const response = await yoga.fetch('http://h/graphql?query={fine,thrown,rejected,unfit}');
    const body = await response.text();
    expect(JSON.parse(body)).toEqual({
      data: { fine: 1, thrown: null, rejected: null, unfit: null },
      errors: ['thrown', 'unfit', 'rejected'].map((name) => ({
        message: 'Unexpected error.',
        locations: [expect.anything()],
        path: [name],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      })),
    });
    expect(body).not.toMatch(/Pl4nted|stack|at /);
    // The one that quotes a value does not quote it in the log either.
    expect(lines).toHaveLength(3);
    expect(lines.find((line) => line.includes('Int cannot represent'))).not.toContain('Pl4nted');
  });

  it.each([
    ['JSON.parse', () => JSON.parse('Pl4nted')],
    ['JSON.parse of an object', () => JSON.parse('{"apiKey":"Pl4nted"')],
    ['graphql-js', () => GraphQLInt.serialize('Pl4nted')],
    [
      'a template',
      () => {
        throw new Error('`Pl4nted` and \'Pl4nted\' and "Pl4nted\\" Pl4nted" and "Pl4nted');
      },
    ],
    [
      'a message of many lines',
      () => {
        throw new Error('first\n    at "Pl4nted"\n    at Pl4nted (file:1:1)');
      },
    ],
  ])('that quotes a value, as %s does, is logged without it', (_case, fail) => {
    const { mask, lines, logged } = open();
    try {
      fail();
    } catch (error) {
      mask(located(error));
    }
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(logged()[0].stack)).not.toContain('Pl4nted');
    expect(logged()[0].message.replace('Pl4nted (file', '')).not.toContain('Pl4nted');
  });

  it('is not a client that has left', () => {
    const { mask, lines } = open();
    const left = Object.assign(new Error('aborted'), { name: 'AbortError' });
    expect(mask(located(left))).toMatchObject(BUG);
    expect(lines).toEqual([]);
  });
});

describe('an error that is meant for the client', () => {
  it('keeps what it says, wherever it was thrown', () => {
    const { mask, lines } = open();
    const error = new GatewayError('NOT_FOUND', 'There is no such model.', {
      source: 'PAI',
      httpStatus: 404,
    });
    const extensions = { code: 'NOT_FOUND', source: 'PAI', httpStatus: 404, retryable: false };
    expect(mask(error)).toEqual({ message: 'There is no such model.', extensions });
    expect(mask(located(error))).toMatchObject({ path: ['model', 'name'], extensions });
    expect(mask(located(new GraphQLError('', { originalError: error })))).toMatchObject({ extensions });
    expect(lines).toEqual([]);
  });

  it.each([
    ['Name', '{ a(b: 1) Pl4nted { } }', 'Pl4nted'],
    ['a text', '{ a(b: "x" "Pl4nted") }', 'Pl4nted'],
    ['a text with a quote in it', '{ a(b: "x" "a\\"Pl4nted") }', 'Pl4nted'],
    ['a text with a full stop', '{ a(b: "x" "a". "Pl4nted") }', 'Pl4nted'],
    ['a block', '{ a(b: "x" """a " Pl4nted""") }', 'Pl4nted'],
    ['a number', '{ a(12345678) }', '12345678'],
    ['an escape', '{ a(b: "\\u{Pl4nted}") }', 'Pl4'],
  ])('as a fault of syntax says where it is, and quotes no %s', (_case, document, secret) => {
    const { mask, lines } = open();
    let told = {};
    try {
      parse(document);
    } catch (error) {
      told = mask(error);
    }
    expect(told).toMatchObject({
      message: expect.stringMatching(/^Syntax Error: \w/),
      locations: [{ line: 1, column: expect.any(Number) }],
      extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
    });
    expect(JSON.stringify(told)).not.toContain(secret);
    expect(lines).toEqual([]);
  });

  it('as a fault of a request keeps its status, and nothing else that Yoga tells', () => {
    const { mask } = open();
    const extensions = {
      code: 'BAD_REQUEST',
      http: { spec: true, status: 400 },
      originalError: { message: 'Pl4nted' },
    };
    expect(mask(new GraphQLError('POST body sent invalid JSON.', { extensions }))).toEqual({
      message: 'POST body sent invalid JSON.',
      extensions: { code: 'BAD_USER_INPUT', http: { spec: false, status: 400 } },
    });
  });

  it('as a fault of an argument that shows only when its field runs is no bug', () => {
    const { mask, lines } = open();
    const document = parse('{ a(b: {apiKey: "Pl4nted"}) }');
    const [operation] = document.definitions;
    const field =
      operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections[0] : undefined;
    const value = field?.kind === 'Field' ? field.arguments?.[0]?.value : undefined;
    const inner = new GraphQLError('Argument "b" has invalid value {apiKey: "Pl4nted"}.', {
      nodes: value ?? null,
    });
    const told = mask(
      new GraphQLError(inner.message, { nodes: field ?? null, path: ['a'], originalError: inner }),
    );
    expect(told).toMatchObject({ path: ['a'], extensions: { code: 'BAD_USER_INPUT' } });
    expect(JSON.stringify(told)).not.toContain('Pl4nted');
    expect(lines).toEqual([]);
  });

  it('does not carry the document', () => {
    const { mask } = open();
    const told = mask(syntaxError(new Source('{ Pl4nted }'), 2, 'Unexpected Name "Pl4nted".'));
    expect(told.message).toBe('Syntax Error: Unexpected Name.');
    expect(JSON.stringify(told)).not.toContain('Pl4nted');
  });
});
