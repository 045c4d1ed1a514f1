import {
  ApolloClient,
  type FieldPolicy,
  gql,
  HttpLink,
  InMemoryCache,
  type TypePolicies,
} from '@apollo/client/core';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { relayStylePagination } from '@apollo/client/utilities';
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './support/gateway.ts';
import { connections, possibleTypes } from './support/schema.ts';
import { prepareRows } from './support/seed.ts';
import { ownerOf, pageIn, pageQuery, plainWalk, post } from './support/walk.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
  await prepareRows(gateway.url);
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

/** The library's own helper at every connection, lists of other filters and orders apart. */
const typePolicies: TypePolicies = {
  ...Object.fromEntries(
    Object.entries(Object.groupBy(connections, ({ owner }) => owner)).map(([owner, fields = []]) => [
      owner,
      {
        fields: Object.fromEntries(
          fields.map(({ field, listArgs }) => [field, relayStylePagination([...listArgs]) as FieldPolicy]),
        ),
      },
    ]),
  ),
  PaiWorkspace: { keyFields: ['sourceId'] },
};

const openClient = () =>
  new ApolloClient({
    link: new HttpLink({ uri: gateway.url }),
    cache: new InMemoryCache({ possibleTypes: { ...possibleTypes }, typePolicies }),
    incrementalHandler: new Defer20220824Handler(),
  });

const LIST = gql`
  query List($first: Int!) { models(first: $first) { edges { cursor node { id name } } pageInfo { hasNextPage endCursor } } }
`;
interface ListData {
  readonly models: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly name: string } }[];
  };
}

/** A list that is on the screen, as its cache has it. */
async function openList() {
  const client = openClient();
  await client.query({ query: LIST, variables: { first: 3 } });
  const shown = () =>
    (client.readQuery({ query: LIST, variables: { first: 3 } }) as ListData).models.edges.map(
      ({ node }) => node,
    );
  return { client, shown, row: shown()[1] as { id: string; name: string } };
}

describe('relayStylePagination', () => {
  it.each(connections.map((connection) => [connection.name, connection] as const))(
    'fetches more of %s until it has all rows, each once',
    async (_name, connection) => {
      const owner = await ownerOf(gateway.url, connection);
      const all = await plainWalk(gateway.url, connection, owner, 100);
      const first = Math.max(1, Math.ceil(all.length / 4));
      const list = openClient().watchQuery({
        query: gql(pageQuery(connection)),
        variables: { first, ...(owner === undefined ? {} : { owner }) },
      });
      const subscription = list.subscribe({});
      await firstValueFrom(list.pipe(filter(({ loading }) => !loading)));
      const page = () => pageIn(list.getCurrentResult().data);
      const shown = () => page().edges.map(({ node }) => node[connection.key]);
      expect(shown()).toEqual(all.slice(0, first));
      let { pageInfo } = page();
      for (let pages = 1; pageInfo.hasNextPage; pages++) {
        expect(pages).toBeLessThan(all.length + 1);
        const { data } = await list.fetchMore({ variables: { after: pageInfo.endCursor } });
        pageInfo = pageIn(data).pageInfo;
      }
      await expect.poll(shown).toEqual(all);
      expect(page().pageInfo.hasNextPage).toBe(false);
      expect(new Set(all).size).toBe(all.length);
      subscription.unsubscribe();
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
    expect(shown()[1]).toEqual(row);
    const query = gql`query One($id: ID!) { node(id: $id) { id ... on CatalogEntry { name } } }`;
    await client.query({ query, variables: { id: row.id } });
    expect(shown()[1]).toMatchObject({ id: row.id, name });
  });

  it('shows in a list what a mutation has answered', async () => {
    const { client, shown, row } = await openList();
    const mutation = gql`
      mutation Rename($input: UpdateModelInput!) {
        updateModel(input: $input) { ... on UpdateModelSuccess { model { id name } } }
      }
    `;
    await client.mutate({ mutation, variables: { input: { id: row.id, name: 'Renamed by Apollo' } } });
    expect(shown()[1]).toMatchObject({ id: row.id, name: 'Renamed by Apollo' });
  });

  it('drops from a list what a mutation has removed', async () => {
    const { client, shown, row } = await openList();
    const before = shown().map(({ id }) => id);
    const mutation = gql`
      mutation Remove($input: DeleteModelInput!) {
        deleteModel(input: $input) { ... on DeleteModelSuccess { deletedId } }
      }
    `;
    await client.mutate({
      mutation,
      variables: { input: { id: row.id } },
      update(cache, { data }) {
        const { deletedId } = (data as { deleteModel: { deletedId: string } }).deleteModel;
        cache.evict({ id: cache.identify({ __typename: 'Model', id: deletedId }) ?? '' });
      },
    });
    expect(shown().map(({ id }) => id)).toEqual(before.filter((id) => id !== row.id));
  });

  it('tells the members of an interface apart', async () => {
    const client = openClient();
    const members = possibleTypes['CatalogEntry'] ?? [];
    const fragments = members.map((member) => `... on ${member} { is${member}: name }`).join(' ');
    const query = gql(`{ catalog(first: 100, orderBy: { field: NAME, direction: ASC }) {
      edges { cursor node { __typename id ${fragments} } } pageInfo { hasNextPage endCursor }
    } }`);
    await client.query({ query });
    const { catalog } = client.readQuery({ query }) as {
      catalog: { edges: readonly { node: Record<string, string> }[] };
    };
    const nodes = catalog.edges.map(({ node }) => node);
    expect(new Set(nodes.map((node) => node['__typename']))).toEqual(new Set(members));
    for (const { __typename, id, ...rest } of nodes) {
      expect(Object.keys(rest), id).toEqual([`is${__typename}`]);
    }
  });

  it.each([
    ['GatewayInvalidInputError', { modelCode: '' }, { fieldErrors: [{ path: ['modelCode'] }] }],
    ['CreateModelSuccess', { modelCode: 'by-apollo' }, { model: { modelCode: 'by-apollo' } }],
  ])('tells the members of a union apart: %s', async (__typename, input, told) => {
    const mutation = gql`
      mutation Make($input: CreateModelInput!) {
        createModel(input: $input) {
          ... on CreateModelSuccess { model { id modelCode } }
          ... on GatewayError { code message }
          ... on GatewayInvalidInputError { fieldErrors { path } }
        }
      }
    `;
    const { data } = await openClient().mutate({
      mutation,
      variables: { input: { name: 'Made', ...input } },
    });
    const { createModel } = data as { createModel: Record<string, unknown> };
    expect(createModel).toMatchObject({ __typename, ...told });
    expect('code' in createModel).toBe(__typename.endsWith('Error'));
  });
});

it('shows the fast part first and what is deferred when it comes', async () => {
  const query = gql`
    query Overview {
      models(first: 2) { edges { cursor node { id name } } pageInfo { hasNextPage endCursor } }
      ... @defer { paiModels(first: 2) { edges { cursor node { id name } } pageInfo { hasNextPage endCursor } } }
    }
  `;
  const seen: string[][] = [];
  const client = openClient();
  await new Promise<void>((resolve, reject) => {
    client.watchQuery({ query }).subscribe({
      next({ data, dataState, error }) {
        if (error !== undefined) reject(error);
        if (data !== undefined)
          seen.push([dataState, ...Object.keys(data as object).filter((key) => key !== '__typename')]);
        if (dataState === 'complete') resolve();
      },
      error: reject,
    });
  });
  expect(seen[0]).toEqual(['streaming', 'models']);
  expect(seen.at(-1)).toEqual(['complete', 'models', 'paiModels']);
});
