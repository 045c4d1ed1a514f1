import { Client, fetchExchange, gql } from '@urql/core';
import { type CacheExchangeOpts, cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningGateway, startGateway } from './support/gateway.ts';
import { connections, leafFields, objectTypes, possibleTypes } from './support/schema.ts';
import { prepareRows } from './support/seed.ts';
import { ownerOf, type Page, pageIn, pageQuery, plainWalk, post } from './support/walk.ts';

let gateway: RunningGateway;
let introspection: IntrospectionQuery;
beforeAll(async () => {
  gateway = await startGateway();
  await prepareRows(gateway.url);
  introspection = await post(gateway.url, getIntrospectionQuery());
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

/** What has no id of its own is kept with what it belongs to. */
const embedded = objectTypes.map(({ name }) => name).filter((name) => !leafFields(name).includes('id'));

const cacheOptions = (): CacheExchangeOpts => ({
  schema: introspection,
  keys: {
    ...Object.fromEntries(embedded.map((type) => [type, () => null])),
    PaiWorkspace: ({ sourceId }) => String(sourceId),
  },
  resolvers: Object.fromEntries(
    Object.entries(Object.groupBy(connections, ({ owner }) => owner)).map(([owner, fields = []]) => [
      owner,
      Object.fromEntries(fields.map(({ field }) => [field, relayPagination()])),
    ]),
  ),
  updates: {
    Mutation: {
      deleteModel({ deleteModel }, _args, cache) {
        const { deletedId } = deleteModel as { deletedId?: string };
        if (deletedId !== undefined) cache.invalidate({ __typename: 'Model', id: deletedId });
      },
    },
  },
});

const openClient = () =>
  new Client({
    url: gateway.url,
    preferGetMethod: false,
    exchanges: [cacheExchange(cacheOptions()), fetchExchange],
  });

/** The data of a query. @throws Error where any of it failed */
async function ask<Data>(
  client: Client,
  document: string,
  variables: Readonly<Record<string, unknown>> = {},
  requestPolicy: 'cache-first' | 'cache-only' | 'network-only' = 'cache-first',
): Promise<Data> {
  const { data, error } = await client.query(gql(document), variables, { requestPolicy }).toPromise();
  if (error !== undefined) throw error;
  return data as Data;
}

const mutate = async (client: Client, document: string, input: Readonly<Record<string, unknown>>) => {
  const { data, error } = await client.mutation(gql(document), { input }).toPromise();
  if (error !== undefined) throw error;
  return data as Record<string, Record<string, unknown>>;
};

const LIST = '{ models(first: 3) { edges { cursor node { id name } } pageInfo { hasNextPage endCursor } } }';
interface ListData {
  readonly models: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly name: string } }[];
  };
}

/** A list that is on the screen, as its cache has it. */
async function openList() {
  const client = openClient();
  await ask(client, LIST);
  const read = async (policy: 'cache-only' | 'cache-first') =>
    (await ask<ListData>(client, LIST, {}, policy)).models.edges.map(({ node }) => node);
  const [, row] = await read('cache-only');
  if (row === undefined) throw new Error('The list has no second row.');
  return { client, row, shown: () => read('cache-only'), read };
}

describe('relayPagination', () => {
  it.each(connections.map((connection) => [connection.name, connection] as const))(
    'makes one list of the pages of %s, with all rows, each once',
    async (_name, connection) => {
      const warn = vi.spyOn(console, 'warn');
      const owner = await ownerOf(gateway.url, connection);
      const all = await plainWalk(gateway.url, connection, owner, 100);
      const first = Math.max(1, Math.ceil(all.length / 4));
      const client = openClient();
      const variables = { first, ...(owner === undefined ? {} : { owner }) };
      const load = async (after?: string | null): Promise<Page> =>
        pageIn(
          await ask(client, pageQuery(connection), { ...variables, ...(after == null ? {} : { after }) }),
        );
      const keysOf = ({ edges }: Page) => edges.map(({ node }) => node[connection.key]);
      let page = await load();
      expect(keysOf(page)).toEqual(all.slice(0, first));
      for (let pages = 1; page.pageInfo.hasNextPage; pages++) {
        expect(pages).toBeLessThan(all.length + 1);
        page = await load(page.pageInfo.endCursor);
      }
      expect(keysOf(page)).toEqual(all);
      const cached = pageIn(await ask(client, pageQuery(connection), variables, 'cache-only'));
      expect(keysOf(cached)).toEqual(all);
      expect(new Set(all).size).toBe(all.length);
      // Of a type without a key, or of a member that it has to guess.
      expect(warn).not.toHaveBeenCalled();
    },
  );
});

describe('the cache', () => {
  it('shows in a list what another query has read of its row', async () => {
    const { client, shown, row } = await openList();
    const name = `Renamed behind its back ${row.name}`;
    await post(
      gateway.url,
      'mutation ($input: UpdateModelInput!) { updateModel(input: $input) { __typename } }',
      { input: { id: row.id, name } },
    );
    expect((await shown())[1]).toEqual(row);
    await ask(client, 'query ($id: ID!) { node(id: $id) { id ... on CatalogEntry { name } } }', {
      id: row.id,
    });
    expect((await shown())[1]).toMatchObject({ id: row.id, name });
  });

  it('shows in a list what a mutation has answered', async () => {
    const { client, shown, row } = await openList();
    await mutate(
      client,
      'mutation ($input: UpdateModelInput!) { updateModel(input: $input) { ... on UpdateModelSuccess { model { id name } } } }',
      { id: row.id, name: 'Renamed by urql' },
    );
    expect((await shown())[1]).toMatchObject({ id: row.id, name: 'Renamed by urql' });
  });

  it('reads a list again when a mutation has removed one of its rows', async () => {
    const { client, read, row } = await openList();
    await mutate(
      client,
      'mutation ($input: DeleteModelInput!) { deleteModel(input: $input) { ... on DeleteModelSuccess { deletedId } } }',
      { id: row.id },
    );
    const ids = (await read('cache-first')).map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(ids).not.toContain(row.id);
  });

  it('tells the members of an interface apart', async () => {
    const client = openClient();
    const members = possibleTypes['CatalogEntry'] ?? [];
    const fragments = members.map((member) => `... on ${member} { is${member}: name }`).join(' ');
    const query = `{ catalog(first: 100, orderBy: { field: NAME, direction: ASC }) {
      edges { cursor node { __typename id ${fragments} } } pageInfo { hasNextPage endCursor }
    } }`;
    await ask(client, query);
    const { catalog } = await ask<{ catalog: Page }>(client, query, {}, 'cache-only');
    const nodes = catalog.edges.map(({ node }) => node);
    expect(new Set(nodes.map((node) => node['__typename']))).toEqual(new Set(members));
    for (const { __typename, id, ...rest } of nodes) {
      expect(Object.keys(rest), id).toEqual([`is${__typename}`]);
    }
  });

  it.each([
    ['GatewayInvalidInputError', { modelCode: '' }, { fieldErrors: [{ path: ['modelCode'] }] }],
    ['CreateModelSuccess', { modelCode: 'by-urql' }, { model: { modelCode: 'by-urql' } }],
  ])('tells the members of a union apart: %s', async (__typename, input, told) => {
    const { createModel } = await mutate(
      openClient(),
      `mutation ($input: CreateModelInput!) {
        createModel(input: $input) {
          __typename
          ... on CreateModelSuccess { model { id modelCode } }
          ... on GatewayError { code message }
          ... on GatewayInvalidInputError { fieldErrors { path } }
        }
      }`,
      { name: 'Made', ...input },
    );
    expect(createModel).toMatchObject({ __typename, ...told });
    expect('code' in (createModel ?? {})).toBe(__typename.endsWith('Error'));
  });
});

it('shows the fast part first and what is deferred when it comes', async () => {
  const client = new Client({ url: gateway.url, preferGetMethod: false, exchanges: [fetchExchange] });
  const seen: (readonly string[])[] = [];
  await new Promise<void>((resolve, reject) => {
    client
      .query('{ models(first: 2) { totalCount } ... @defer { paiModels(first: 2) { totalCount } } }', {})
      .subscribe(({ data, error, hasNext }) => {
        if (error !== undefined) reject(error);
        seen.push(Object.keys(data).filter((key) => key !== '__typename'));
        if (!hasNext) resolve();
      });
  });
  expect(seen).toEqual([['models'], ['models', 'paiModels']]);
});
