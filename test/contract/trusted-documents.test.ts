import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentId, readManifest } from '../../src/http/trusted-documents.ts';
import { openGateway } from '../support/gateway.ts';

const KNOWN = 'query Known($first: Int) { models(first: $first) { nodes { name } } }';
const OTHER = '{ models { totalCount } }';
const byId = new Map([[documentId(KNOWN), KNOWN]]);
const persisted = (id: unknown) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } });

async function open(mode: 'allow' | 'only') {
  const gateway = await openGateway({ trustedDocuments: { mode, byId } });
  const post = async (body: object) => {
    const response = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, answer: await response.json() };
  };
  return { post, gateway, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

describe.each(['allow', 'only'] as const)('%s', (mode) => {
  it.each([
    ['as extensions.persistedQuery', persisted(documentId(KNOWN))],
    ['as documentId', { documentId: documentId(KNOWN) }],
    ['as documentId with its algorithm', { documentId: `sha256:${documentId(KNOWN)}` }],
  ])('a known id runs its document, %s', async (_how, id) => {
    await using opened = await open(mode);
    const { status, answer } = await opened.post({ ...id, variables: { first: 1 } });
    expect(status).toBe(200);
    expect(answer).toEqual({ data: { models: { nodes: [{ name: expect.any(String) }] } } });
  });

  it('a known id runs its document, in the address of a GET', async () => {
    await using opened = await open(mode);
    const extensions = JSON.stringify(persisted(documentId(KNOWN)).extensions);
    for (const id of [{ documentId: documentId(KNOWN) }, { extensions }]) {
      const parameters = new URLSearchParams({ ...id, variables: '{"first":1}' });
      const response = await opened.gateway.fetch(`/graphql?${parameters}`);
      expect([response.status, await response.json()]).toEqual([
        200,
        { data: { models: { nodes: [{ name: expect.any(String) }] } } },
      ]);
    }
  });

  it('a mutation does not run by a GET of its id', async () => {
    const WRITE = 'mutation { createModel(input: { name: "n", modelCode: "m" }) { __typename } }';
    await using gateway = await openGateway({ trustedDocuments: { mode, byId: new Map([['w', WRITE]]) } });
    const response = await gateway.fetch('/graphql?documentId=w');
    expect([response.status, gateway.actions()]).toEqual([405, []]);
  });

  it.each([[null], [7], ['text'], [true], [[]]])(
    '%j in a batch is no operation, and leaves the others',
    async (item) => {
      await using opened = await open(mode);
      const { status, answer } = await opened.post([item, { documentId: documentId(KNOWN) }]);
      expect([status, answer]).toEqual([
        200,
        [
          {
            errors: [
              {
                message: 'Each operation of a batch must be a JSON object.',
                extensions: { code: 'BAD_USER_INPUT' },
              },
            ],
          },
          { data: { models: { nodes: expect.any(Array) } } },
        ],
      ]);
      expect(opened.gateway.logs.filter((line) => line.includes('"level":50'))).toEqual([]);
    },
  );

  it.each([
    ['unknown', persisted('0'.repeat(64)), 'PERSISTED_QUERY_NOT_FOUND'],
    ['the name of something every object has', persisted('constructor'), 'PERSISTED_QUERY_NOT_FOUND'],
    ['no text', persisted(7), 'BAD_USER_INPUT'],
    ['left out', {}, 'BAD_USER_INPUT'],
  ])('an id that is %s runs nothing', async (_what, body, code) => {
    await using opened = await open(mode);
    const { status, answer } = await opened.post(body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(opened.gateway.actions()).toEqual([]);
  });
});

it('an unknown id has status 200 for who takes application/json: routers look into no other answer', async () => {
  await using opened = await open('allow');
  for (const [accept, expected] of [
    ['application/json', 200],
    ['application/graphql-response+json', 400],
  ] as const) {
    const response = await opened.gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify(persisted('0'.repeat(64))),
    });
    expect(response.status).toBe(expected);
    expect(await response.json()).toMatchObject({
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
  }
});

it('only: no other document runs, not even beside a known id', async () => {
  await using opened = await open('only');
  for (const body of [{ query: OTHER }, { query: OTHER, ...persisted(documentId(KNOWN)) }]) {
    const { status, answer } = await opened.post(body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      errors: [
        { message: expect.stringMatching(/trusted documents/), extensions: { code: 'BAD_USER_INPUT' } },
      ],
    });
  }
  const response = await opened.gateway.fetch(`/graphql?query=${encodeURIComponent(OTHER)}`);
  expect(response.ok).toBe(false);
  expect(opened.gateway.actions()).toEqual([]);
});

it('allow: any other document runs as well', async () => {
  await using opened = await open('allow');
  expect(await opened.post({ query: OTHER })).toMatchObject({ status: 200 });
});

it('a document is trusted to be known, not to be valid', async () => {
  const bad = '{ nonsense }';
  await using gateway = await openGateway({
    trustedDocuments: { mode: 'only', byId: new Map([['bad', bad]]) },
  });
  const response = await gateway.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ documentId: 'bad' }),
  });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

describe('a manifest', () => {
  it('is the one that codegen writes', () => {
    const read = readManifest(readFileSync('test/generated/trusted-documents.json', 'utf8'));
    if ('fault' in read) throw new Error(read.fault);
    expect(read.size).toBeGreaterThan(3);
    for (const [id, text] of read) expect(id).toBe(documentId(text));
  });

  it('may have the form of Apollo', () => {
    const operations = [{ id: 'a', body: OTHER, name: 'A', type: 'query' }];
    const text = JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
    expect(readManifest(text)).toEqual(new Map([['a', OTHER]]));
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['a list', '[]', /JSON object/],
    ['ids of no text', '{"a":1}', /JSON object/],
    ['no document', '{"a":"{ models"}', /place 1/],
  ])('%s is refused, and nothing of it quoted', (_what, text, fault) => {
    expect(readManifest(text)).toEqual({ fault: expect.stringMatching(fault) });
  });
});
