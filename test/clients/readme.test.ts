import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gql } from '@apollo/client/core';
import { getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApollo } from './snippets/apollo.ts';
import { openUrql } from './snippets/urql.ts';
import { type RunningGateway, startGateway } from './support/gateway.ts';
import { compileWith } from './support/relay-documents.ts';
import { connections, entities, listMutations } from './support/schema.ts';
import { type Page, post } from './support/walk.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
const LIST = `query List($after: String) {
  catalog(first: 3, after: $after) {
    edges { cursor node { __typename id name ... on Model { modelCode } } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const idsOf = (data: unknown) => (data as { catalog: Page }).catalog.edges.map(({ node }) => node['id']);
const endOf = (data: unknown) => (data as { catalog: Page }).catalog.pageInfo.endCursor;
const sixIds = async () => idsOf(await post(gateway.url, LIST.replace('first: 3', 'first: 6')));

it.each(['apollo.ts', 'urql.ts', 'relay.js'])('the README shows snippets/%s as it is', (name) => {
  expect(read('../../README.md')).toContain(`\n${read(`snippets/${name}`)}\`\`\`\n`);
});

it('its Apollo Client makes one list of two pages', async () => {
  const list = openApollo(gateway.url).watchQuery({ query: gql(LIST) });
  const subscription = list.subscribe({});
  const { data } = await firstValueFrom(list.pipe(filter(({ loading }) => !loading)));
  await list.fetchMore({ variables: { after: endOf(data) } });
  await expect.poll(() => idsOf(list.getCurrentResult().data)).toEqual(await sixIds());
  subscription.unsubscribe();
});

it('its urql client makes one list of two pages', async () => {
  const client = openUrql(gateway.url, await post<IntrospectionQuery>(gateway.url, getIntrospectionQuery()));
  const { data } = await client.query(LIST, {}).toPromise();
  const { data: all } = await client.query(LIST, { after: endOf(data) }).toPromise();
  expect(idsOf(all)).toEqual(await sixIds());
});

it('its Relay documents compile', () => {
  const said = compileWith('ModelList', read('snippets/relay.js'));
  // The list, its next page and two mutations.
  expect(said).toContain('compiled documents: 4 reader, 3 normalization');
});

it('its table names the versions that are installed, and as many places as the schema has', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  const versionOf = (name: string) => devDependencies[name] ?? name;
  const rows = read('../../README.md').split('\n');
  const rowOf = (start: string) => rows.find((row) => row.startsWith(`| ${start}`)) ?? start;
  const paged = `${connections.length} of ${connections.length} connections paged`;
  for (const [start, ...told] of [
    ['graphql-http', versionOf('graphql-http')],
    [
      'relay-compiler',
      versionOf('relay-compiler'),
      versionOf('relay-runtime'),
      paged,
      `${entities.length} of ${entities.length} entities`,
      `${listMutations.length} of ${listMutations.length} creates and deletes`,
    ],
    ['Apollo Client', versionOf('@apollo/client'), paged],
    ['urql', versionOf('@urql/core'), versionOf('@urql/exchange-graphcache'), paged],
    ['GraphQL-ESLint', versionOf('@graphql-eslint/eslint-plugin')],
    ['GraphQL Inspector', versionOf('@graphql-inspector/core')],
  ] as const) {
    for (const text of told) expect(rowOf(start)).toContain(text);
  }
});
