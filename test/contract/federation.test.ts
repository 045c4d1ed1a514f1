import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, type GraphQLInterfaceType, parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { subgraphSdl } from '../../src/schema/subgraph.ts';
import { askCost } from '../cost/support/ask.ts';
import { ask, openKeyRing } from '../security/support/callers.ts';
import { type Answer, openGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, GATEWAY_ID } from './support/backend-cases.ts';

/** Every entity: its second key, and where one is found. */
const ENTITIES = [
  { type: 'Model', key: 'sourceId', found: 'models(first: 2) { nodes { ROW } }', calls: 1 },
  { type: 'PaiModel', key: 'region sourceId', found: 'paiModels(first: 2) { nodes { ROW } }', calls: 1 },
  {
    type: 'PaiModelVersion',
    key: 'region modelSourceId versionName',
    found: 'paiModels(first: 2) { nodes { versions(first: 1) { nodes { ROW } } } }',
    calls: 1,
  },
  { type: 'AiGateway', key: 'region sourceId', found: 'aiGateways(first: 1) { nodes { ROW } }', calls: 1 },
  {
    type: 'ModelService',
    key: 'region gatewaySourceId sourceId',
    found: 'modelServices(first: 1) { nodes { ROW } }',
    calls: 1,
  },
  {
    type: 'CostRule',
    key: 'region gatewaySourceId modelServiceSourceId sourceId',
    found: 'modelServices(first: 20) { nodes { costRules(first: 1) { nodes { ROW } } } }',
    calls: 1,
  },
  {
    type: 'BillingRule',
    key: 'modelSourceId sourceId',
    found: 'models(first: 20) { nodes { billingRules(first: 1) { nodes { ROW } } } }',
    calls: 2,
  },
  {
    type: 'ModelApi',
    key: 'region gatewaySourceId sourceId',
    found: 'aiGateways { nodes { modelApis(first: 1) { nodes { ROW } } } }',
    calls: 1,
  },
] as const;

type Representation = Readonly<Record<string, unknown>>;

const SELECTION = ENTITIES.map(({ type, key }) => `... on ${type} { id ${key} }`).join(' ');
const ENTITIES_QUERY = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { __typename ${SELECTION} }
}`;

const entities = (from: TestGateway, representations: readonly unknown[]) =>
  from.query(ENTITIES_QUERY, { representations });

/** The first object of a type that a list gives, by its keys. */
async function firstOf({ type, key, found }: (typeof ENTITIES)[number]): Promise<Representation> {
  const answer = dataOf<object>(await gateway.query(`{ ${found.replace('ROW', `__typename id ${key}`)} }`));
  const look = (value: unknown): Representation | undefined => {
    if (typeof value !== 'object' || value === null) return undefined;
    if ('__typename' in value && value.__typename === type) return value as Representation;
    return Object.values(value)
      .map(look)
      .find((one) => one !== undefined);
  };
  const row = look(answer);
  if (row === undefined) throw new Error(`There is no ${type}.`);
  return row;
}

const pick = (row: Representation, fields: string): Representation =>
  Object.fromEntries(['__typename', ...fields.split(' ')].map((field) => [field, row[field]]));

async function servicesOf(count: number): Promise<readonly Representation[]> {
  const { modelServices } = dataOf<{ modelServices: { nodes: readonly Representation[] } }>(
    await gateway.query(
      `{ modelServices(gatewaySourceId: "${GATEWAY_ID}", first: ${count}) { nodes { __typename id region gatewaySourceId sourceId } } }`,
    ),
  );
  return modelServices.nodes;
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway({ isForgetful: true });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.sandbox.forgetRequests());

describe.each(ENTITIES)('$type', (entity) => {
  const { type, key, calls } = entity;

  it(`is an entity by id, and by ${key}`, async () => {
    const row = await firstOf(entity);
    for (const fields of ['id', key]) {
      gateway.sandbox.forgetRequests();
      expect(await entities(gateway, [pick(row, fields)])).toEqual({ data: { _entities: [row] } });
      expect(gateway.actions()).toHaveLength(calls);
    }
    expect(subgraphSdl(schema)).toMatch(
      new RegExp(`^type ${type} implements .*@key\\(fields: "id"\\) @key\\(fields: "${key}"\\) {$`, 'm'),
    );
  });

  it('is one object by both of its keys, read once', async () => {
    const row = await firstOf(entity);
    gateway.sandbox.forgetRequests();
    const answer = await entities(gateway, [pick(row, 'id'), pick(row, key), pick(row, `id ${key}`)]);
    expect(answer).toEqual({ data: { _entities: [row, row, row] } });
    expect(gateway.actions()).toHaveLength(calls);
  });

  it('is null where it does not exist', async () => {
    const row = await firstOf(entity);
    const last = key.split(' ').at(-1) ?? '';
    const absent = {
      ...pick(row, key),
      [last]: type.endsWith('Rule') || type === 'Model' ? '987654321' : 'no-such',
    };
    expect(await entities(gateway, [absent, pick(row, 'id')])).toEqual({ data: { _entities: [null, row] } });
  });

  it('is refused by itself where a field of its key is missing or of the wrong type, unasked', async () => {
    const row = await firstOf(entity);
    gateway.sandbox.forgetRequests();
    const fields = key.split(' ');
    const partial = fields
      .slice(1)
      .map((field) => ({ field, one: { ...pick(row, key), [field]: undefined } }));
    const wrong = ['id', ...fields].flatMap((field) =>
      [5, null, ['x'], {}, true, ''].map((value) => ({
        field,
        one: { ...pick(row, field === 'id' ? 'id' : key), [field]: value },
      })),
    );
    const cases = [...partial, ...wrong];
    const { data, errors = [] } = await entities(
      gateway,
      cases.map(({ one }) => one),
    );
    expect(data).toEqual({ _entities: cases.map(() => null) });
    expect(errors.toSorted((a, b) => Number(a.path?.[1]) - Number(b.path?.[1]))).toEqual(
      cases.map(({ field }, index) => ({
        message: expect.stringMatching(new RegExp(`^${field} `)),
        path: ['_entities', index],
        locations: expect.anything(),
        extensions: { code: 'BAD_USER_INPUT', retryable: false },
      })),
    );
    expect(gateway.actions()).toEqual([]);
  });
});

describe('_entities', () => {
  it('reads 100 services of one gateway in one upstream call, by either key', async () => {
    const services = await servicesOf(100);
    expect(services).toHaveLength(100);
    for (const fields of ['id', 'region gatewaySourceId sourceId']) {
      gateway.sandbox.forgetRequests();
      const answer = await entities(
        gateway,
        services.map((one) => pick(one, fields)),
      );
      expect(answer).toEqual({ data: { _entities: services } });
      expect(gateway.sandbox.requests).toHaveLength(1);
      expect(gateway.sandbox.requests[0]?.query['ModelServiceIds']?.split(',')).toHaveLength(100);
    }
  });

  it('answers all others where one is malformed, unknown, of another type or of another region', async () => {
    const [service] = await servicesOf(1);
    const model = await firstOf(ENTITIES[0]);
    const malformed: readonly unknown[] = [
      {},
      'text',
      7,
      [],
      { id: model['id'] },
      { __typename: 'Query' },
      { __typename: 'PageInfo' },
      { __typename: '__proto__', id: model['id'] },
      { __typename: 5, id: model['id'] },
      { __typename: 'ModelService', id: model['id'] },
      { __typename: 'Model' },
      { __typename: 'Model', id: 'not an id' },
      { __typename: 'Model', sourceId: '1,2' },
      { ...service, id: undefined, region: 'us-east-1' },
    ];
    const { data, errors = [] } = await entities(gateway, [service, ...malformed, pick(model, 'sourceId')]);
    expect(data).toEqual({ _entities: [service, ...malformed.map(() => null), model] });
    expect(errors.map(({ path }) => path?.[1]).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      malformed.map((_one, index) => index + 1),
    );
    for (const { message, extensions } of errors) {
      expect(extensions).toEqual({ code: 'BAD_USER_INPUT', retryable: false });
      expect(message).toMatch(
        /^(A representation|__typename|id|sourceId|region|A Model is named by id, or by sourceId) ?/,
      );
      expect(message).not.toMatch(/us-east-1|not an id$|1,2/);
    }
  });

  it('answers those of other backends where one is dead', async () => {
    const all = await Promise.all(ENTITIES.map(firstOf));
    await using dead = await openGateway({ endpoints: { PAI: 'http://127.0.0.1:1' } });
    const { data, errors = [] } = await entities(dead, all);
    expect(data).toEqual({
      _entities: all.map((row) => (String(row['__typename']).startsWith('Pai') ? null : row)),
    });
    expect(
      errors.map(({ path, extensions }) => [path, extensions?.['code'], extensions?.['source']]),
    ).toEqual(
      expect.arrayContaining([
        [['_entities', 1], 'UPSTREAM_UNAVAILABLE', 'PAI'],
        [['_entities', 2], 'UPSTREAM_UNAVAILABLE', 'PAI'],
      ]),
    );
    expect(errors).toHaveLength(2);
  });

  it("tells a backend's own code and request id of the entity that it refused", async () => {
    const server = createServer((_request, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ Code: 'Forbidden.RAM', Message: 'no', RequestId: 'R-1', HostId: 'h' }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await using refused = await openGateway({ endpoints: { AI_GATEWAY: `http://127.0.0.1:${port}` } });
    const [service] = await servicesOf(1);
    const { errors = [] } = await entities(refused, [service]);
    server.close();
    expect(errors).toMatchObject([
      {
        path: ['_entities', 0],
        extensions: {
          code: 'FORBIDDEN',
          source: 'AI_GATEWAY',
          upstreamCode: 'Forbidden.RAM',
          requestId: 'R-1',
          httpStatus: 403,
        },
      },
    ]);
  });

  it('asks each caller for the scopes that node asks for', async () => {
    const ring = openKeyRing();
    await using guarded = await openGateway({ authenticate: ring.authenticate });
    const all = await Promise.all(ENTITIES.map(firstOf));
    const only = ring.holderOf('MODEL_ROUTER:read');
    const { data, errors = [] } = await ask(guarded, only, ENTITIES_QUERY, { representations: all });
    const isReadable = (row: Representation) => ['Model', 'BillingRule'].includes(String(row['__typename']));
    expect(data).toEqual({ _entities: all.map((row) => (isReadable(row) ? row : null)) });
    expect(errors).toHaveLength(6);
    for (const { extensions } of errors) expect(extensions?.['code']).toBe('FORBIDDEN');
    const nobody = await ask(guarded, {}, ENTITIES_QUERY, { representations: all });
    expect(nobody.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });

  it('is planned by what its lookups and the fields of what they find call', async () => {
    const services = await servicesOf(100);
    const models = dataOf<{ models: { nodes: readonly Representation[] } }>(
      await gateway.query('{ models(first: 20) { nodes { __typename sourceId } } }'),
    ).models.nodes;
    const plan = async (representations: readonly unknown[], selection: string) => {
      gateway.sandbox.forgetRequests();
      const answer = await askCost(
        gateway,
        `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`,
        { representations },
      );
      const cost = answer.extensions?.cost;
      expect(answer.errors).toBeUndefined();
      expect(cost?.actual).toBe(gateway.sandbox.requests.length);
      expect(cost?.planned).toBeGreaterThanOrEqual(gateway.sandbox.requests.length);
      return cost?.planned;
    };
    const byId = services.map((one) => pick(one, 'id'));
    expect(await plan(byId, '__typename')).toBe(1);
    expect(
      await plan(
        [...byId, ...services, ...models, ...models, { __typename: 'Model' }].slice(0, -1),
        '__typename',
      ),
    ).toBe(21);
    expect(await plan(byId, '... on ModelService { gateway { status } }')).toBe(2);
    expect(
      await plan(models, '... on Model { billingRules(first: 5) { nodes { id } } }'),
    ).toBeGreaterThanOrEqual(40);
    await plan(
      byId,
      '... on ModelService { costRules(first: 50) { nodes { id } } models { nodes { name } } }',
    );
    await plan(await Promise.all(ENTITIES.map(firstOf)), SELECTION);
  });

  it('is refused over the limit of calls before anything is called', async () => {
    const representations = Array.from({ length: 201 }, (_, index) => ({
      __typename: 'Model',
      sourceId: `${index}`,
    }));
    const { status, errors } = await askCost(gateway, ENTITIES_QUERY, { representations });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain('201 upstream calls');
    expect(status).toBe(200);
    expect(gateway.actions()).toEqual([]);
  });

  it('takes 5,000 representations, and no more', async () => {
    const nothing = (length: number) => Array.from({ length }, () => ({}));
    const most = await entities(gateway, nothing(5_000));
    expect(most.errors).toHaveLength(5_000);
    const more: Answer = await entities(gateway, nothing(5_001));
    expect(more).toEqual({
      data: null,
      errors: [
        {
          message: 'representations must name at most 5000 objects.',
          path: ['_entities'],
          locations: expect.anything(),
          extensions: { code: 'BAD_USER_INPUT', retryable: false },
        },
      ],
    });
  });

  it('takes representations in the document as well', async () => {
    const model = await firstOf(ENTITIES[0]);
    const answer = await gateway.query(
      `query ($id: ID!) { _entities(representations: [{ __typename: "Model", sourceId: "${model['sourceId']}" }, { __typename: "Model", id: $id }]) { ... on Model { sourceId } } }`,
      { id: model['id'] },
    );
    expect(answer).toEqual({
      data: { _entities: [{ sourceId: model['sourceId'] }, { sourceId: model['sourceId'] }] },
    });
  });
});

it('has its keys in the README', () => {
  const readme = readFileSync('README.md', 'utf8').replaceAll(/ +/g, ' ');
  for (const { type, key } of ENTITIES) expect(readme).toContain(`| \`${type}\` | \`id\` or \`${key}\` |`);
});

describe('_service', () => {
  it('says what npm run schema -- --federation prints, and calls nothing', async () => {
    const { data } = await gateway.query('{ _service { sdl } }');
    expect(data).toEqual({ _service: { sdl: subgraphSdl(schema) } });
    expect(gateway.actions()).toEqual([]);
  });

  it('leaves out what every Relay subgraph has, shares PageInfo, and keeps all else with its descriptions', () => {
    const sdl = subgraphSdl(schema);
    expect(sdl).toContain('type PageInfo @shareable {');
    const subgraph = buildSchema(sdl, { assumeValidSDL: true });
    const fields = (of: typeof schema) => Object.keys(of.getQueryType()?.getFields() ?? {});
    const left = fields(schema).filter((name) => !fields(subgraph).includes(name));
    expect(left.toSorted()).toEqual(['_entities', '_service', 'node', 'nodes']);
    const types = (of: typeof schema) => Object.keys(of.getTypeMap()).filter((name) => !name.startsWith('_'));
    expect(types(schema).filter((name) => !types(subgraph).includes(name))).toEqual([]);
    for (const name of types(schema)) {
      expect(subgraph.getType(name)?.description, name).toBe(schema.getType(name)?.description);
    }
    expect(() => parse(sdl)).not.toThrow();
  });

  it('makes every object with a global id an entity', () => {
    const keyed = [...subgraphSdl(schema).matchAll(/^type (\w+) .*@key\(fields: "id"\)/gm)];
    const nodes = schema.getPossibleTypes(schema.getType('Node') as GraphQLInterfaceType);
    expect(keyed.map(([, name]) => name).toSorted()).toEqual(nodes.map(({ name }) => name).toSorted());
    expect(keyed).toHaveLength(ENTITIES.length);
  });

  it('is introspectable, and as silent as introspection where that is off', async () => {
    const introspection = '{ __type(name: "Query") { fields { name } } }';
    const { data } = await gateway.query(introspection);
    const { fields } = (data as { __type: { fields: readonly { name: string }[] } }).__type;
    expect(fields.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['_entities', '_service', 'node', 'nodes']),
    );
    const access = { origins: [], hasIntrospection: false, hasGraphiql: false, rateLimit: undefined };
    await using silent = await openGateway({ access });
    const { data: none, errors } = await silent.query('{ _service { sdl } }');
    expect(none).toBeUndefined();
    expect(errors?.[0]?.message).toContain('introspection has been disabled');
    const model = await firstOf(ENTITIES[0]);
    expect(await entities(silent, [model])).toEqual({ data: { _entities: [model] } });
  });
});
