import { expect, it } from 'vitest';
import { documentId } from '../../src/http/trusted-documents.ts';
import { openGateway, type TestGatewayOptions } from '../support/gateway.ts';
import { openNodeFetch } from '../support/node-fetch.ts';

/*
 * A query that has been answered before is answered without asking every plugin again. What they would refuse must be
 * refused all the same, and what is counted must be counted once.
 */

const MODELS = '{ models(first: 1) { totalCount } }';

async function open(options: TestGatewayOptions) {
  const gateway = await openGateway(options);
  const node = await openNodeFetch(gateway.gateway);
  const post = async (body: object, headers: Record<string, string> = {}) => {
    const response = await node.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()] as const;
  };
  return {
    post,
    gateway,
    async [Symbol.asyncDispose]() {
      await node.close();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

function access(burst: number) {
  return { origins: [], hasIntrospection: true, hasGraphiql: true, rateLimit: { perMinute: 1, burst } };
}

it('each operation takes one of what the caller has, known or not, refused by its cost or not', async () => {
  await using opened = await open({ access: access(6), limits: { maxUpstreamCalls: 1 } });
  const costly = { query: '{ a: model(sourceId: "1") { name } b: model(sourceId: "2") { name } }' };
  const statuses: number[] = [];
  for (const body of [{ query: MODELS }, { query: MODELS }, costly, costly, { query: MODELS }, costly]) {
    const [status] = await opened.post(body, { accept: 'application/graphql-response+json' });
    statuses.push(status);
  }
  expect(statuses).toEqual([200, 200, 400, 400, 200, 400]);
  const [status, answer] = await opened.post({ query: MODELS });
  expect([status, answer]).toMatchObject([429, { errors: [{ extensions: { code: 'RATE_LIMITED' } }] }]);
});

it('the text of a trusted document does not run where only ids do, whatever ran before', async () => {
  const byId = new Map([[documentId(MODELS), MODELS]]);
  await using opened = await open({ trustedDocuments: { mode: 'only', byId } });
  const byItsId = { extensions: { persistedQuery: { version: 1, sha256Hash: documentId(MODELS) } } };
  expect((await opened.post(byItsId))[0]).toBe(200);
  const [, answer] = await opened.post({ query: MODELS });
  expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(opened.gateway.actions()).toHaveLength(1);
});

it('a document is judged by its variables each time', async () => {
  await using opened = await open({});
  const query = 'query ($id: ID!) { model(sourceId: $id) { sourceId } }';
  expect(await opened.post({ query, variables: { id: '1' } })).toEqual([
    200,
    { data: { model: { sourceId: '1' } } },
  ]);
  const [, missing] = await opened.post({ query });
  expect(missing).toMatchObject({
    errors: [{ message: 'Variable $id of type ID! must be given.', extensions: { code: 'BAD_USER_INPUT' } }],
  });
  const [, odd] = await opened.post({ query, variables: { id: { secret: 'sk-planted' } } });
  expect(JSON.stringify(odd)).toContain('BAD_USER_INPUT');
  expect(JSON.stringify(odd)).not.toContain('sk-planted');
});

it.each([
  ['x-graphql-cost', 'cost'],
  ['x-graphql-upstream-calls', 'upstreamCalls'],
])('%s is heeded for a document that has run without it', async (header, extension) => {
  await using opened = await open({});
  expect((await opened.post({ query: MODELS }))[1]).not.toHaveProperty('extensions');
  const [, answer] = await opened.post({ query: MODELS }, { [header]: '1' });
  expect(answer).toHaveProperty(`extensions.${extension}`);
});

it('a failing field is told, with the rest of the answer', async () => {
  await using opened = await open({});
  const body = { query: '{ models(first: 1) { totalCount } node(id: "TW9kZWw6Zm9v") { id } }' };
  const first = await opened.post(body);
  expect(first[1]).toMatchObject({
    data: { models: { totalCount: expect.any(Number) }, node: null },
    errors: [{ path: ['node'] }],
  });
  expect(await opened.post(body)).toEqual(first);
});
