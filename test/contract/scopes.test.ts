import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/auth/scopes.ts';
import { backends } from '../../src/backends/index.ts';
import { decodeGlobalId, encodeGlobalId } from '../../src/domain/global-id.ts';
import { schema } from '../../src/schema/index.ts';
import { ask, type Headers, openKeyRing } from '../security/support/callers.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { BACKEND_CASES, dataOf, type Row, type Rows } from './support/backend-cases.ts';
import { everyMutation, type MutationCase } from './support/every-mutation.ts';

const ring = openKeyRing();
const open = (options: Parameters<typeof openGateway>[0] = {}) =>
  openGateway({ authenticate: ring.authenticate, ...options });

const everything = ring.holderOf('*:read', '*:write');
const nobody = ring.holderOf();
const reader = ring.holderOf('*:read');
const readerOf = (source: string) => ring.holderOf(`${source}:read`);
const allBut = (missing: string) => ring.holderOf(...SCOPES.filter((scope) => scope !== missing));
/** The first row of a list, as somebody reads it who may. */
const rowsOf = async (document: string): Promise<readonly Row[]> => {
  const { rows } = dataOf<{ rows: Rows }>(await ask(gateway, everything, document, { first: 1 }));
  return rows.edges.map(({ node }) => node);
};
const isWrite = (action: string) => /Create|Update|Modify|Delete/.test(action);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await open();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.sandbox.forgetRequests());

/** One field for each backend, in one query. */
const OVERVIEW = `{ ${BACKEND_CASES.map(({ source, list }) => `${source}: ${list.listField.replace(/\)?$/, '')}${list.listField.endsWith(')') ? ' first: 1)' : '(first: 1)'} { nodes { id } }`).join('\n')} }`;

it('has a case for every backend in the registry', () => {
  expect(BACKEND_CASES.map(({ source }) => source)).toEqual(backends.map(({ source }) => source));
});

describe.each(BACKEND_CASES)('a caller who may not read $source', ({ source, list, lookup, product }) => {
  const missing = `${source}:read`;
  const refusal = {
    message: `The caller lacks the scope ${missing}.`,
    extensions: { code: 'FORBIDDEN', source, retryable: false },
  };

  it('is told so on its fields, and has every other answer', async () => {
    const { data, errors } = await ask(gateway, allBut(missing), OVERVIEW);
    expect(errors).toEqual([{ ...refusal, path: [source, 'nodes'], locations: expect.anything() }]);
    const others = BACKEND_CASES.filter((one) => one.source !== source);
    expect(data).toEqual({
      [source]: null,
      ...Object.fromEntries(others.map((one) => [one.source, { nodes: [{ id: expect.any(String) }] }])),
    });
    expect(gateway.sandbox.requests.map((request) => request.product)).not.toContain(product);
  });

  it('has no row of it by a lookup, by a list, or by an id', async () => {
    const { id, sourceId } = (await rowsOf(list.document))[0] as Row;
    gateway.sandbox.forgetRequests();
    const caller = allBut(missing);
    const answers = [
      await ask(gateway, caller, lookup.document, { sourceId }),
      await ask(gateway, caller, `{ row: node(id: "${id}") { id } }`),
      await ask(gateway, caller, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [id] }),
      await ask(gateway, caller, list.document, { first: 1 }),
    ];
    for (const { data, errors } of answers) {
      expect(JSON.stringify(data ?? null)).not.toContain(id);
      expect(errors?.length).toBeGreaterThan(0);
      for (const error of errors ?? []) expect(error).toMatchObject(refusal);
    }
    expect(gateway.actions()).toEqual([]);
  });

  it.each(['SOURCE', 'NAME', 'CREATED_AT'])(
    'has none in the catalogue by %s either, not even where another caller has just read it',
    async (field) => {
      const query = `{ catalog(first: 100, orderBy: { field: ${field}, direction: ASC }) {
        sources { source totalCount error { code message } } nodes { source }
      } }`;
      type Catalog = {
        catalog: {
          sources: readonly { source: string; totalCount: number | null; error: unknown }[];
          nodes: readonly { source: string }[];
        };
      };
      const before = dataOf<Catalog>(await ask(gateway, everything, query)).catalog;
      gateway.sandbox.forgetRequests();
      const { sources, nodes } = dataOf<Catalog>(await ask(gateway, allBut(missing), query)).catalog;
      expect(sources).toEqual(
        before.sources.map((one) =>
          one.source === source
            ? { source, totalCount: null, error: { code: 'FORBIDDEN', message: refusal.message } }
            : one,
        ),
      );
      expect(nodes.length).toBeGreaterThan(0);
      expect(nodes.map((node) => node.source)).not.toContain(source);
      expect(gateway.sandbox.requests.map((request) => request.product)).not.toContain(product);
    },
  );

  it('makes it neither unhealthy nor its last failure, and asks it nothing', async () => {
    let time = Date.now();
    await using other = await open({ now: () => time });
    const caller = allBut(missing);
    const SOURCES = '{ sources { source healthy lastError { code } } }';
    const healthy = backends.map((one) => ({ source: one.source, healthy: true, lastError: null }));
    for (let round = 0; round < 3; round += 1) {
      await ask(other, caller, OVERVIEW);
      expect(dataOf(await ask(other, caller, SOURCES))).toEqual({ sources: healthy });
      time += 60_000;
    }
    expect(other.sandbox.requests.map((request) => request.product)).not.toContain(product);
    expect(other.logs.filter((line) => line.includes('backend failed'))).toEqual([]);
  });
});

describe.each(BACKEND_CASES)('a caller who may only read $source', ({ source, product }) => {
  it('reaches no other backend, whatever it asks', async () => {
    const caller = readerOf(source);
    const { data, errors } = await ask(gateway, caller, OVERVIEW);
    expect(data?.[source]).toEqual({ nodes: [{ id: expect.any(String) }] });
    // In any order: which field fails first is nobody's promise.
    expect(errors?.map(({ extensions }) => extensions?.['source']).toSorted()).toEqual(
      BACKEND_CASES.map((one) => one.source)
        .filter((other) => other !== source)
        .toSorted(),
    );
    await ask(gateway, caller, '{ catalog(first: 5) { totalCount nodes { id } } sources { healthy } }');
    expect(new Set(gateway.sandbox.requests.map((request) => request.product))).toEqual(new Set([product]));
  });
});

describe('a caller without any scope', () => {
  it('reaches nothing by any query', async () => {
    const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
    const plain = fields.filter(({ args }) => args.every(({ type }) => !String(type).endsWith('!')));
    const all = plain.map(({ name, type }) => {
      if (['aiGateway', 'model', 'modelService', 'paiModel'].includes(name)) {
        return `${name}(sourceId: "1") { id }`;
      }
      const isList = String(type).endsWith('Connection!') || String(type).endsWith('Connection');
      return `${name} { ${isList ? 'totalCount nodes { __typename }' : '__typename'} }`;
    });
    expect(all.length).toBeGreaterThan(10);
    const { errors } = await ask(gateway, nobody, `{ ${all.join('\n')} }`);
    expect(new Set(errors?.map(({ extensions }) => extensions?.['code']))).toEqual(new Set(['FORBIDDEN']));
    expect(gateway.actions()).toEqual([]);
  });
});

const RESULT = `{ __typename ... on GatewayError { code message source retryable } }`;

const documentOf = ({ name }: MutationCase) =>
  `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { result: ${name}(input: $input) ${RESULT} }`;

const writeRefusal = (source: string) => ({
  __typename: 'GatewayForbiddenError',
  code: 'FORBIDDEN',
  message: `The caller lacks the scope ${source}:write.`,
  source,
  retryable: false,
});

/** The id of a thing of the same type that does not exist. */
const unknownLike = (id: string) => {
  const { typeName, key } = decodeGlobalId(id) ?? { typeName: '', key: [] };
  return encodeGlobalId({ typeName, parts: [] }, [...key.slice(0, -1), '999999999']);
};

describe('a mutation', () => {
  const names = Object.keys(schema.getMutationType()?.getFields() ?? {});
  let cases: ReadonlyMap<string, MutationCase>;
  beforeAll(async () => {
    await using plain = await openGateway();
    cases = new Map((await everyMutation(plain)).map((one) => [one.name, one]));
  });

  it('of every name is tried', () => {
    expect([...cases.keys()].toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('%s needs to write, and says so; nothing is written without it', async (name) => {
    await using own = await open();
    const { source, input, ...rest } = cases.get(name) as MutationCase;
    const run = async (caller: Headers) =>
      dataOf<{ result: object }>(await ask(own, caller, documentOf({ source, input, ...rest }), { input }))
        .result;
    expect(await run(allBut(`${source}:write`))).toEqual(writeRefusal(source));
    expect(own.actions().filter(isWrite)).toEqual([]);

    // What it reads itself is read with the caller's own scope: a write implies no read.
    const withoutRead = await run(ring.holderOf(`${source}:write`));
    if ('message' in withoutRead) {
      expect(withoutRead).toMatchObject({
        __typename: 'GatewayForbiddenError',
        message: `The caller lacks the scope ${source}:read.`,
      });
      expect(own.actions().filter(isWrite)).toEqual([]);
      expect(await run(ring.holderOf(`${source}:write`, `${source}:read`))).toEqual({
        __typename: expect.stringMatching(/Success$/),
      });
    } else {
      expect(withoutRead).toEqual({ __typename: expect.stringMatching(/Success$/) });
    }
    expect(own.actions().filter(isWrite).length).toBeGreaterThan(0);
  });

  it.each(names)('%s needs to write before anything is read for it', async (name) => {
    await using own = await open();
    const one = cases.get(name) as MutationCase;
    const { id } = one.input;
    const inputs = [one.input, ...(typeof id === 'string' ? [{ ...one.input, id: unknownLike(id) }] : [])];
    for (const input of inputs) {
      expect(await ask(own, reader, documentOf(one), { input })).toEqual({
        data: { result: writeRefusal(one.source) },
      });
    }
    expect(own.actions()).toEqual([]);
  });

  it('that would change nothing needs to write as well', async () => {
    type Labelled = Row & { readonly labels: readonly { readonly key: string; readonly value: string }[] };
    const { paiModels } = dataOf<{ paiModels: { nodes: readonly Labelled[] } }>(
      await ask(gateway, everything, '{ paiModels(first: 20) { nodes { id labels { key value } } } }'),
    );
    const { id, labels } = paiModels.nodes.find((row) => row.labels.length > 0) as Labelled;
    gateway.sandbox.forgetRequests();
    const unchanging = [
      { name: 'updatePaiModel', source: 'PAI', input: { id, labels } },
      { name: 'addPaiModelLabels', source: 'PAI', input: { id, labels } },
    ];
    for (const one of unchanging) {
      const run = async (caller: Headers) =>
        dataOf<{ result: object }>(await ask(gateway, caller, documentOf(one), { input: one.input })).result;
      expect(await run(reader)).toEqual(writeRefusal('PAI'));
      expect(gateway.actions()).toEqual([]);
      expect(await run(everything)).toEqual({ __typename: expect.stringMatching(/Success$/) });
      expect(gateway.actions().filter(isWrite)).toEqual([]);
      gateway.sandbox.forgetRequests();
    }
  });

  it('that is refused drops nothing that is remembered for others', async () => {
    await using own = await open();
    const query = '{ catalog(first: 1, orderBy: { field: NAME, direction: ASC }) { nodes { id } } }';
    await ask(own, everything, query);
    own.sandbox.forgetRequests();
    for (const { name, ...rest } of cases.values()) {
      const { errors } = await ask(own, nobody, documentOf({ name, ...rest }), { input: rest.input });
      expect(errors).toBeUndefined();
    }
    await ask(own, everything, query);
    expect(own.actions()).toEqual([]);
  });

  it('that creates stays a success where the caller may not read what was made', async () => {
    await using own = await open();
    const { data, errors } = await ask(
      own,
      ring.holderOf('PAI:write'),
      'mutation { result: createPaiModel(input: { name: "made" }) { __typename ... on CreatePaiModelSuccess { outcome paiModel { id sourceId name domain } } } }',
    );
    expect(data).toMatchObject({
      result: {
        __typename: 'CreatePaiModelSuccess',
        outcome: 'CREATED',
        paiModel: { sourceId: expect.any(String) },
      },
    });
    expect(new Set(errors?.map(({ extensions }) => extensions?.['code']))).toEqual(new Set(['FORBIDDEN']));
    expect(own.actions()).toEqual(['CreateModel']);
  });
});
