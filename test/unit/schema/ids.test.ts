import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, openGateway, type TestGateway } from '../../support/gateway.ts';

let graph: TestGateway;
beforeAll(async () => {
  graph = await openGateway();
});
afterAll(() => graph[Symbol.asyncDispose]());
beforeEach(() => graph.sandbox.forgetRequests());

const idOf = (text: string) => Buffer.from(text).toString('base64url');
const urls = () => graph.sandbox.requests.map(({ rawUrl }) => rawUrl);

interface Lookup {
  readonly type: string;
  readonly field: string;
  /** A legal id of each kind, for something that does not exist. */
  readonly sourceId: string;
  readonly key: string;
  /** The one request that a legal id leads to. */
  readonly url: (sourceId: string) => string;
}

const LOOKUPS: readonly Lookup[] = [
  {
    type: 'Model',
    field: 'model',
    sourceId: '987654321',
    key: '987654321',
    url: (id) => `/api/v1/modelRouter/open/models/${id}`,
  },
  {
    type: 'PaiModel',
    field: 'paiModel',
    sourceId: 'model-absent',
    key: 'cn-beijing/model-absent',
    url: (id) => `/api/v1/models/${id}`,
  },
  {
    type: 'AiGateway',
    field: 'aiGateway',
    sourceId: 'pg-absent',
    key: 'cn-beijing/pg-absent',
    url: (id) => `/?GwClusterId=${id}&RegionId=cn-beijing`,
  },
  {
    type: 'ModelService',
    field: 'modelService',
    sourceId: 'ms-absent',
    key: 'cn-beijing/pg-absent/ms-absent',
    url: (id) => `/?GwClusterId=pg-absent&ModelServiceIds=${id}&PageNumber=1&PageSize=30&RegionId=cn-beijing`,
  },
];

function byId(field: string, id: string): Promise<Answer> {
  return graph.query(`query ($id: ID!) { found: ${field}(id: $id) { id } }`, { id });
}

function bySourceId({ field }: Lookup, sourceId: string): Promise<Answer> {
  const gateway = field === 'modelService' ? ', gatewaySourceId: "pg-absent"' : '';
  return graph.query(`query ($id: ID!) { found: ${field}(sourceId: $id${gateway}) { id } }`, {
    id: sourceId,
  });
}

function expectRefused({ data, errors }: Answer, secret?: string): void {
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', retryable: false } }]);
  expect(errors?.[0]?.extensions).not.toHaveProperty('source');
  expect(data?.['found'] ?? null).toBeNull();
  if (secret !== undefined && secret.length > 3) expect(JSON.stringify(errors)).not.toContain(secret);
  expect(urls()).toEqual([]);
}

describe.each(LOOKUPS)('$field', (lookup) => {
  const { type, field, sourceId, key, url } = lookup;

  it('by its global id: one request, null where it does not exist', async () => {
    expect(await byId(field, idOf(`${type}:${key}`))).toEqual({ data: { found: null } });
    expect(urls()).toEqual([url(sourceId)]);
  });

  it('by its sourceId: the same request', async () => {
    expect(await bySourceId(lookup, sourceId)).toEqual({ data: { found: null } });
    expect(urls()).toEqual([url(sourceId)]);
  });

  it.each(['node', 'nodes'])('by %s: the same request', async (way) => {
    const id = idOf(`${type}:${key}`);
    const answer =
      way === 'node'
        ? await byId('node', id)
        : await graph.query('query ($ids: [ID!]!) { found: nodes(ids: $ids) { id } }', { ids: [id] });
    expect(answer).toEqual({ data: { found: way === 'node' ? null : [null] } });
    expect(urls()).toEqual([url(sourceId)]);
  });

  it.each([
    ['neither id nor sourceId', ''],
    ['both nulls', '(id: null, sourceId: null)'],
    ['both', `(id: "${idOf(`${type}:${key}`)}", sourceId: "${sourceId}")`],
  ])('refuses %s', async (_what, args) => {
    expectRefused(await graph.query(`{ found: ${field}${args} { id } }`));
  });

  it.each([
    ['empty', ''],
    ['plain text', 'hello'],
    ['the sourceId', sourceId],
    ['the key unencoded', `${type}:${key}`],
    ['padded', Buffer.from(`${type}:${key}x`).toString('base64').padEnd(64, '=')],
    ['with a blank behind', `${idOf(`${type}:${key}`)} `],
    ['of no type', idOf(`:${key}`)],
    ['of an unknown type', idOf(`Secret:${key}`)],
    ['of a type in lower case', idOf(`${type.toLowerCase()}:${key}`)],
    ['of an inherited property', idOf(`constructor:${key}`)],
    ['with no key', idOf(`${type}:`)],
    ['with too many parts', idOf(`${type}:${key}/more`)],
    ['with an empty part', idOf(`${type}:${key}/`)],
    ['with an empty last part', idOf(`${type}:${key.replace(/[^/]*$/, '')}`)],
    ['of a dot path', idOf(`${type}:${key.replace(/[^/]*$/, '..')}`)],
    ['of a dot', idOf(`${type}:${key.replace(/[^/]*$/, '.')}`)],
    ['of an encoded slash', idOf(`${type}:${key.replace(/[^/]*$/, '..%2Fx')}`)],
    ['of an encoded slash in lower case', idOf(`${type}:${key.replace(/[^/]*$/, 'a%2fb')}`)],
    ['of an encoded comma', idOf(`${type}:${key.replace(/[^/]*$/, 'a%2Cb')}`)],
    ['of a bare comma', idOf(`${type}:${key.replace(/[^/]*$/, 'a,b')}`)],
    ['of a bare #', idOf(`${type}:${key.replace(/[^/]*$/, 'a#b')}`)],
    ['of a bare @', idOf(`${type}:${key.replace(/[^/]*$/, 'a@b')}`)],
    ['of a bare ?', idOf(`${type}:${key.replace(/[^/]*$/, 'a?b=c')}`)],
    ['of an encoded null character', idOf(`${type}:${key.replace(/[^/]*$/, 'a%00')}`)],
    ['of an encoded line break', idOf(`${type}:${key.replace(/[^/]*$/, 'a%0D%0AHost%3A%20evil')}`)],
    ['of an encoded delete character', idOf(`${type}:${key.replace(/[^/]*$/, '%7F')}`)],
    ['escaped twice over what needs no escape', idOf(`${type}:%${key}`)],
    ['of bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]).toString('base64url')],
    ['of 10 kB', idOf(`${type}:${'x'.repeat(10_240)}`)],
    ['of 10 kB of nothing', 'A'.repeat(10_240)],
    ['of emoji', '\u{1F511}\u{1F511}'],
    ['of a lone surrogate', '\ud800'],
  ])('refuses an id %s, by itself and by node, and sends nothing', async (_what, id) => {
    expectRefused(await byId(field, id), id);
    expectRefused(await byId('node', id), id);
  });

  it.each(LOOKUPS.filter((other) => other.type !== type))('refuses the id of a $type', async (other) => {
    expectRefused(await byId(field, idOf(`${other.type}:${other.key}`)));
  });

  it.each(
    key.includes('/') ? ['cn-hangzhou', 'CN-BEIJING', 'cn-beijing.evil.example', '%2e%2e', '*', ''] : [],
  )('refuses an id of the region %j', async (region) => {
    expectRefused(await byId(field, idOf(`${type}:${key.replace('cn-beijing', region)}`)));
  });

  it.each([
    '',
    '.',
    '..',
    '../models',
    'a/b',
    '/',
    'a,b',
    ',',
    'a\u0000b',
    'a\r\nX-Evil: 1',
    '\t',
    '\u007f',
    '\u0085',
    '\ud800',
    'x'.repeat(10_240),
  ])('refuses the sourceId %j and sends nothing', async (hostile) => {
    expectRefused(await bySourceId(lookup, hostile), hostile);
  });
});

describe('a number of the Model Router', () => {
  const [lookup] = LOOKUPS as [Lookup];
  it.each(['-1', '+1', '1.0', '1e3', ' 1', '0x1', 'one', '*', '#', '1'.repeat(20), '\uFF11'])(
    'is not %j',
    async (text) => {
      expectRefused(await bySourceId(lookup, text));
      expectRefused(await byId('model', idOf(`Model:${encodeURIComponent(text)}`)));
    },
  );

  it('may have 19 digits, beyond what a JSON number holds', async () => {
    await bySourceId(lookup, '9007199254740993');
    await byId('model', idOf('Model:1234567890123456789'));
    expect(urls()).toEqual([lookup.url('9007199254740993'), lookup.url('1234567890123456789')]);
  });

  it('may be given as a number', async () => {
    const { data } = await graph.query('{ model(sourceId: 1) { sourceId } }');
    expect(data).toEqual({ model: { sourceId: '1' } });
    expect(urls()).toEqual([lookup.url('1')]);
  });
});

describe('a name that is legal and looks hostile stays one part of the request', () => {
  it.each([
    ['*', '%2A'],
    ['model-*', 'model-%2A'],
    ['#', '%23'],
    ['@', '%40'],
    ['a@evil.example', 'a%40evil.example'],
    ['?x=1&y=2', '%3Fx%3D1%26y%3D2'],
    ['%2F', '%252F'],
    ['%2e%2e', '%252e%252e'],
    ['..;', '..%3B'],
    ['...', '...'],
    ['a b', 'a%20b'],
    ['a+b', 'a%2Bb'],
    ["it's(!)", 'it%27s%28%21%29'],
    ['\\', '%5C'],
    ['~', '~'],
    ['http://', undefined],
    ['\u6A21\u578B', '%E6%A8%A1%E5%9E%8B'],
    ['\u6A21'.repeat(256), '%E6%A8%A1'.repeat(256)],
    ['\u{1F511}', '%F0%9F%94%91'],
  ])('%j', async (name, encoded) => {
    for (const lookup of LOOKUPS.slice(1)) {
      graph.sandbox.forgetRequests();
      const bySource = await bySourceId(lookup, name);
      if (encoded === undefined) {
        expectRefused(bySource);
        continue;
      }
      expect(bySource).toEqual({ data: { found: null } });
      const key = lookup.key.replace(/[^/]*$/, encodeURIComponent(name));
      expect(await byId(lookup.field, idOf(`${lookup.type}:${key}`))).toEqual({ data: { found: null } });
      expect(urls()).toEqual([lookup.url(encoded), lookup.url(encoded)]);
    }
  });
});

describe('gatewaySourceId', () => {
  const service = LOOKUPS[3] as Lookup;
  const ask = (args: string, variables: Record<string, unknown>) =>
    graph.query(`query ($gateway: ID, $id: ID) { found: modelService(${args}) { id } }`, variables);

  it('goes with sourceId, not with id', async () => {
    const id = idOf(`ModelService:${service.key}`);
    expectRefused(await ask('id: $id, gatewaySourceId: $gateway', { id, gateway: 'pg-absent' }));
  });

  it('does not replace them', async () => {
    expectRefused(await graph.query('{ found: modelService(gatewaySourceId: "pg-absent") { id } }'));
  });

  it('counts as left out where it is null', async () => {
    const id = idOf(`ModelService:${service.key}`);
    expect(await ask('id: $id, gatewaySourceId: $gateway', { id, gateway: null })).toEqual({
      data: { found: null },
    });
    expect(urls()).toEqual([service.url('ms-absent')]);
  });

  const hostile = ['', '.', '..', '../x', 'a/b', 'a,b', 'a\u0000', '\n', '\ud800', 'x'.repeat(10_240)];

  it.each(hostile)('refuses %j at a lookup and at a list, and sends nothing', async (gateway) => {
    expectRefused(await ask('sourceId: $id, gatewaySourceId: $gateway', { id: 'ms-x', gateway }), gateway);
    const list = 'query ($gateway: ID) { found: modelServices(gatewaySourceId: $gateway) { totalCount } }';
    expectRefused(await graph.query(list, { gateway }), gateway);
    expectRefused(
      await byId(
        'modelService',
        idOf(`ModelService:cn-beijing/${encodeURIComponent(gateway.toWellFormed()).slice(0, 4000)}/../ms-x`),
      ),
    );
  });

  it.each(hostile)(
    'is a GatewayInvalidInputError as %j in an input, and nothing is sent',
    async (gateway) => {
      const { data, errors } = await graph.query(
        `mutation ($input: CreateModelServiceInput!) {
        createModelService(input: $input) {
          __typename
          ... on GatewayInvalidInputError { code fieldErrors { path } }
        }
      }`,
        {
          input: {
            gatewaySourceId: gateway,
            name: 'n',
            category: 'text',
            protocol: 'OPENAI',
            baseUrl: 'https://xxxxxx',
            apiKey: 'sk-0123456789',
            vendor: 'v',
          },
        },
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        createModelService: {
          __typename: 'GatewayInvalidInputError',
          code: 'BAD_USER_INPUT',
          fieldErrors: [{ path: ['gatewaySourceId'] }],
        },
      });
      expect(urls()).toEqual([]);
    },
  );

  it('stays one parameter whatever it holds', async () => {
    await ask('sourceId: $id, gatewaySourceId: $gateway', { id: 'ms-*', gateway: 'pg-&Action=Delete#*' });
    expect(urls()).toEqual([
      '/?GwClusterId=pg-%26Action%3DDelete%23%2A&ModelServiceIds=ms-%2A&PageNumber=1&PageSize=30&RegionId=cn-beijing',
    ]);
  });
});

describe('nodes', () => {
  const ask = (ids: readonly string[]) =>
    graph.query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });

  it('takes 200 ids and no more', async () => {
    const id = idOf('Model:1');
    const { data, errors } = await ask(Array.from({ length: 200 }, () => id));
    expect(errors).toBeUndefined();
    expect(data?.['nodes']).toHaveLength(200);
    expect(urls()).toEqual(['/api/v1/modelRouter/open/models/1']);
    graph.sandbox.forgetRequests();
    const refused = await ask(Array.from({ length: 201 }, () => id));
    expect(refused).toMatchObject({ data: null, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(urls()).toEqual([]);
  });

  it('each is its own row, null or error, in the order asked', async () => {
    const ids = [
      idOf('Model:2'),
      'garbage',
      idOf('Model:987654321'),
      idOf('PaiModel:cn-hangzhou/model-x'),
      idOf('Model:1'),
    ];
    const { data, errors } = await ask(ids);
    expect(data).toEqual({
      nodes: [{ __typename: 'Model', id: ids[0] }, null, null, null, { __typename: 'Model', id: ids[4] }],
    });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['nodes', 1],
      ['nodes', 3],
    ]);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
    ]);
    expect(urls().toSorted()).toEqual(
      ['1', '2', '987654321'].map((id) => `/api/v1/modelRouter/open/models/${id}`),
    );
  });

  it('no ids are no rows', async () => {
    expect(await ask([])).toEqual({ data: { nodes: [] } });
  });
});

it('every id that a list gives out leads back to its row', async () => {
  const { data } = await graph.query(
    '{ models { nodes { id } } paiModels { nodes { id } } aiGateways { nodes { id } } modelServices { nodes { id } } }',
  );
  const ids = Object.values(data ?? {}).flatMap((list) =>
    (list as { nodes: readonly { id: string }[] }).nodes.map(({ id }) => id),
  );
  expect(ids.length).toBeGreaterThan(40);
  const found = await graph.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  expect(found).toEqual({ data: { nodes: ids.map((id) => ({ id })) } });
});
