import {
  type ConcreteRequest,
  commitMutation,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  getSingularSelector,
  Network,
  type PayloadData,
  type ReaderFragment,
  RecordSource,
  Store,
} from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from './support/gateway.ts';
import { artifact, compileRelay, moduleOf } from './support/relay-documents.ts';
import { type Connection, connections, entities, listMutations } from './support/schema.ts';
import { prepareRows } from './support/seed.ts';
import { ownerOf, plainWalk, post } from './support/walk.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  compileRelay();
  gateway = await startGateway();
  await prepareRows(gateway.url);
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

type Variables = Readonly<Record<string, unknown>>;

/** The rows of a connection as a component reads them. */
interface Rows {
  readonly rows: {
    readonly __id: string;
    readonly edges: readonly { readonly node: Record<string, string> }[];
  };
}

function openEnvironment() {
  const environment = new Environment({
    network: Network.create(async ({ text }, variables) => ({
      data: await post<PayloadData>(gateway.url, text ?? '', variables),
    })),
    store: new Store(new RecordSource()),
  });
  return {
    environment,
    async load(request: ConcreteRequest, variables: Variables): Promise<void> {
      environment.retain(createOperationDescriptor(request, variables));
      await fetchQuery(environment, request, variables, { networkCacheConfig: { force: true } }).toPromise();
    },
    mutate: (mutation: ConcreteRequest, variables: Variables) =>
      new Promise<Record<string, unknown>>((resolve, reject) => {
        commitMutation(environment, {
          mutation,
          variables,
          onCompleted: (answer) => resolve(answer as Record<string, unknown>),
          onError: reject,
        });
      }),
  };
}

/** Loads the first page of a connection; what is shown is read from Relay's store only. */
async function openList({ name, key }: Connection, owner: string | undefined, first: number) {
  const module = moduleOf(name);
  const query = await artifact<ConcreteRequest>(`${module}Query`);
  const next = await artifact<ConcreteRequest>(`${module}PaginationQuery`);
  const fragment = await artifact<ReaderFragment>(`${module}_rows`);
  const { environment, load, mutate } = openEnvironment();
  const variables = { first, ...(owner === undefined ? {} : { owner }) };
  await load(query, variables);
  const read = () => {
    const { data } = environment.lookup(createOperationDescriptor(query, variables).fragment);
    const root = owner === undefined ? data : (data as { owner: { list: unknown } }).owner.list;
    const selector = getSingularSelector(fragment, root);
    if (selector === null || selector === undefined) throw new Error(`${name} is not in the store.`);
    // The store's data has no type of its own: it is what the fragment selects.
    return environment.lookup(selector).data as unknown as Rows & {
      rows: { pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
  };
  return {
    mutate,
    connection: () => read().rows.__id,
    shown: () => read().rows.edges.map(({ node }) => node[key]),
    hasNext: () => read().rows.pageInfo.hasNextPage,
    loadNext: () =>
      load(next, {
        first,
        after: read().rows.pageInfo.endCursor,
        ...(owner === undefined ? {} : { id: owner }),
      }),
  };
}

const connectionNamed = (name: string): Connection => {
  const found = connections.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
};

describe('the compiler takes', () => {
  it.each(connections.map(({ name }) => name))('@connection and @refetchable at %s', async (name) => {
    const fragment = await artifact<ReaderFragment>(`${moduleOf(name)}_rows`);
    expect(fragment.metadata).toMatchObject({
      connection: [{ path: ['rows'], direction: 'forward', count: 'first', cursor: 'after' }],
      refetch: { connection: { forward: { count: 'first', cursor: 'after' } } },
    });
  });

  it.each(entities)('a refetch of a %s by node', async (type) => {
    const { metadata } = await artifact<ReaderFragment>(`${moduleOf(type)}_entity`);
    expect(metadata?.refetch).toMatchObject({
      fragmentPathInResult: ['node'],
      identifierInfo: { identifierField: 'id', identifierQueryVariableName: 'id' },
    });
  });

  it.each(listMutations.map((mutation) => [mutation.name, mutation] as const))(
    'what follows %s in its lists',
    async (name, { kind, fields }) => {
      expect(fields.length).toBeGreaterThan(0);
      const handles = async (operation: string) =>
        JSON.stringify((await artifact<ConcreteRequest>(operation)).operation);
      const followed = await handles(`${moduleOf(name)}Mutation`);
      if (kind === 'delete') {
        expect(followed).toContain('"handle":"deleteRecord"');
        expect(followed).toContain('"handle":"deleteEdge"');
      } else {
        expect(followed).toContain('"handle":"appendNode"');
        expect(await handles(`${moduleOf(name)}PrependMutation`)).toContain('"handle":"prependNode"');
      }
    },
  );
});

describe('the store', () => {
  it.each(connections.map((connection) => [connection.name, connection] as const))(
    'holds all rows of %s, each once, when the last page is loaded',
    async (_name, connection) => {
      const owner = await ownerOf(gateway.url, connection);
      const all = await plainWalk(gateway.url, connection, owner, 100);
      const first = Math.max(1, Math.ceil(all.length / 4));
      const list = await openList(connection, owner, first);
      expect(list.shown()).toEqual(all.slice(0, first));
      for (let pages = 1; list.hasNext(); pages++) {
        expect(pages).toBeLessThan(all.length + 1);
        await list.loadNext();
      }
      expect(list.shown()).toEqual(all);
      expect(new Set(all).size).toBe(all.length);
    },
  );

  it('shows what is made and what is removed, without reading its list again', async () => {
    const list = await openList(connectionNamed('Query.models'), undefined, 3);
    const before = list.shown();
    const create = await artifact<ConcreteRequest>('createModelMutation');
    const connectionIds = [list.connection()];
    const input = { name: 'Made by Relay', modelCode: 'made-by-relay' };
    const made = await list.mutate(create, { input, connections: connectionIds });
    const id = (made as { createModel: { model: { id: string } } }).createModel.model.id;
    expect(list.shown()).toEqual([...before, id]);
    const remove = await artifact<ConcreteRequest>('deleteModelMutation');
    await list.mutate(remove, { input: { id }, connections: connectionIds });
    expect(list.shown()).toEqual(before);
  });

  it('puts it in front where it is told to, and leaves the list alone where nothing was made', async () => {
    const versions = connectionNamed('PaiModel.versions');
    const owner = await ownerOf(gateway.url, versions);
    const list = await openList(versions, owner, 3);
    const before = list.shown();
    const create = await artifact<ConcreteRequest>('createPaiModelVersionPrependMutation');
    const connectionIds = [list.connection()];
    const refused = await list.mutate(create, {
      input: { modelId: 'TW9kZWw6MQ', uri: 'oss://bucket.oss-cn-beijing.aliyuncs.com/path/' },
      connections: connectionIds,
    });
    expect(refused).toMatchObject({
      createPaiModelVersion: { __typename: 'GatewayInvalidInputError', message: expect.any(String) },
    });
    expect(list.shown()).toEqual(before);
    const made = await list.mutate(create, {
      input: { modelId: owner, uri: 'oss://bucket.oss-cn-beijing.aliyuncs.com/path/' },
      connections: connectionIds,
    });
    const { id } = (made as { createPaiModelVersion: { version: { id: string } } }).createPaiModelVersion
      .version;
    expect(list.shown()).toEqual([id, ...before]);
  });
});
