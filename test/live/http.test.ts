import { describe, expect, it } from 'vitest';
import { documentId } from '../../src/http/trusted-documents.ts';
import { asJson, openListening } from '../security/support/listening.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { complaintsIn } from '../support/log-lines.ts';
import { openStream, subscribe } from './support/stream.ts';

const KINDS = 'subscription { catalogEvents { kind } }';
const WITH_NODE =
  'subscription { catalogEvents { kind source typeName nodeId at node { __typename id ... on Model { name } } } }';
const NOW = Date.UTC(2026, 3, 1);

async function makeModel(gateway: TestGateway, name = 'Made'): Promise<string> {
  const made = await gateway.query(
    'mutation ($name: String!) { createModel(input: { name: $name, modelCode: "made" }) { ... on CreateModelSuccess { model { id } } } }',
    { name },
  );
  return (made.data as { createModel: { model: { id: string } } }).createModel.model.id;
}

const CHANGE = (id: string, name: string) =>
  `mutation { updateModel(input: { id: "${id}", name: "${name}" }) { __typename } }`;
const REMOVE = (id: string) => `mutation { deleteModel(input: { id: "${id}" }) { __typename } }`;

describe('a subscription', () => {
  it('is a stream of events: an answer for each, and a complete at the end', async () => {
    await using gateway = await openGateway({ now: () => NOW });
    const stream = await subscribe(gateway, WITH_NODE);
    expect([stream.response.status, stream.response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream',
    ]);
    // A proxy that collects an answer before it passes it on would keep the events.
    expect(stream.response.headers.get('x-accel-buffering')).toBe('no');
    const id = await makeModel(gateway);
    await gateway.query(CHANGE(id, 'Renamed'));
    await gateway.query(REMOVE(id));
    gateway.gateway.drain();
    const common = { source: 'MODEL_ROUTER', typeName: 'Model', nodeId: id, at: '2026-04-01T00:00:00Z' };
    // All that is read is read behind the delete.
    for (const kind of ['CREATED', 'UPDATED', 'DELETED']) {
      expect(await stream.next()).toEqual({
        event: 'next',
        data: JSON.stringify({
          data: {
            catalogEvents: {
              ...{ kind, source: common.source, typeName: common.typeName },
              ...{ nodeId: id, at: common.at, node: null },
            },
          },
        }),
      });
    }
    expect(await stream.next()).toEqual({ event: 'complete', data: '' });
    expect(await stream.next()).toBeUndefined();
    expect(gateway.gateway.subscriptions()).toEqual({ open: 0, queued: 0 });
  });

  it('reads each event anew: no event is served what an earlier one read', async () => {
    await using gateway = await openGateway();
    const stream = await subscribe(gateway, WITH_NODE);
    const id = await makeModel(gateway, 'First');
    const nodes = [await stream.answer()];
    await gateway.query(CHANGE(id, 'Second'));
    nodes.push(await stream.answer());
    await gateway.query(REMOVE(id));
    nodes.push(await stream.answer());
    expect(nodes.map(({ data }) => (data?.['catalogEvents'] as { node: unknown } | undefined)?.node)).toEqual(
      [{ __typename: 'Model', id, name: 'First' }, { __typename: 'Model', id, name: 'Second' }, null],
    );
    await stream.leave();
  });

  it('calls nothing where the node is not selected, and one lookup where it is', async () => {
    await using gateway = await openGateway();
    const plain = await subscribe(gateway, KINDS);
    const whole = await subscribe(gateway, WITH_NODE);
    await makeModel(gateway);
    await Promise.all([plain.answer(), whole.answer()]);
    expect(gateway.actions()).toEqual(['ModelRouterCreateModel', 'ModelRouterQueryModel']);
    await Promise.all([plain.leave(), whole.leave()]);
  });

  it('goes on behind an event whose node cannot be read', async () => {
    await using gateway = await openGateway();
    const stream = await subscribe(gateway, WITH_NODE);
    gateway.sandbox.setFault('ModelRouterQueryModel', { kind: 'error', status: 403, code: 'Forbidden.RAM' });
    await makeModel(gateway);
    const failed = await stream.answer();
    expect(failed.data).toMatchObject({ catalogEvents: { kind: 'CREATED', node: null } });
    expect(failed.errors).toMatchObject([
      { path: ['catalogEvents', 'node'], extensions: { code: 'FORBIDDEN', source: 'MODEL_ROUTER' } },
    ]);
    gateway.sandbox.clearFaults();
    await makeModel(gateway);
    expect((await stream.answer()).errors).toBeUndefined();
    await stream.leave();
  });

  it('outlives the deadline of its request, which each event has anew', async () => {
    await using gateway = await openGateway({ requestTimeoutMs: 300 });
    const stream = await subscribe(gateway, WITH_NODE);
    gateway.sandbox.setFault('ModelRouterQueryModel', { kind: 'hang' });
    for (const _event of [1, 2]) {
      await makeModel(gateway);
      const { data, errors } = await stream.answer();
      expect(data).toMatchObject({ catalogEvents: { kind: 'CREATED', node: null } });
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT' } }]);
    }
    gateway.sandbox.clearFaults();
    expect(gateway.gateway.subscriptions()).toEqual({ open: 1, queued: 0 });
    await stream.leave();
  });

  it('is open by GET as well, as EventSource sends it', async () => {
    await using gateway = await openGateway();
    const path = `/graphql?query=${encodeURIComponent('subscription ($s: [CatalogSource!]) { catalogEvents(sources: $s) { kind } }')}`;
    const variables = encodeURIComponent(JSON.stringify({ s: ['MODEL_ROUTER'] }));
    const stream = await openStream(gateway, `${path}&variables=${variables}`, {
      headers: { accept: 'text/event-stream' },
    });
    await makeModel(gateway);
    expect(await stream.answer()).toEqual({ data: { catalogEvents: { kind: 'CREATED' } } });
    await stream.leave();
  });

  it('hears of the sources it names, and of no other', async () => {
    await using gateway = await openGateway();
    const pai = await subscribe(gateway, 'subscription { catalogEvents(sources: [PAI, PAI]) { source } }');
    await makeModel(gateway);
    await gateway.query('mutation { createPaiModel(input: { name: "made" }) { __typename } }');
    expect(await pai.answer()).toEqual({ data: { catalogEvents: { source: 'PAI' } } });
    expect(gateway.gateway.subscriptions()).toEqual({ open: 1, queued: 0 });
    await pai.leave();
  });

  it('shows in the introspection', async () => {
    await using gateway = await openGateway();
    expect(await gateway.query('{ __schema { subscriptionType { name fields { name } } } }')).toEqual({
      data: { __schema: { subscriptionType: { name: 'Subscription', fields: [{ name: 'catalogEvents' }] } } },
    });
  });

  it('tells what each event cost, where the header asks', async () => {
    await using gateway = await openGateway();
    const stream = await subscribe(gateway, WITH_NODE, { headers: { 'x-graphql-cost': '1' } });
    for (const _event of [1, 2]) {
      await makeModel(gateway);
      expect(await stream.answer()).toMatchObject({ extensions: { cost: { actual: 1, limit: 200 } } });
    }
    await stream.leave();
  });
});

describe('an operation that is answered as a stream', () => {
  it.each([
    ['a query', '{ __typename }', { data: { __typename: 'Query' } }],
    [
      'a mutation',
      'mutation { deleteModel(input: { id: "?" }) { __typename } }',
      { data: { deleteModel: { __typename: 'GatewayInvalidInputError' } } },
    ],
  ])('%s is one answer and a complete', async (_what, query, answer) => {
    await using gateway = await openGateway();
    const stream = await subscribe(gateway, query);
    expect(await stream.answer()).toEqual(answer);
    expect(await stream.next()).toEqual({ event: 'complete', data: '' });
    expect(await stream.next()).toBeUndefined();
  });

  it.each([
    [
      'several root fields',
      'subscription { a: catalogEvents { kind } b: catalogEvents { kind } }',
      /only one/,
    ],
    ['an unknown field', 'subscription { catalogEvents { what } }', /Cannot query field "what"/],
    ['no such source', 'subscription { catalogEvents(sources: [NOWHERE]) { kind } }', /NOWHERE|not a valid/],
    ['no source at all', 'subscription { catalogEvents(sources: []) { kind } }', /at least one source/],
    [
      'too many aliases',
      `subscription { catalogEvents { ${Array.from({ length: 501 }, (_, index) => `a${index}: kind`).join(' ')} } }`,
      /aliases/,
    ],
  ])('a subscription with %s is told so, and ends', async (_what, query, message) => {
    await using gateway = await openGateway();
    const stream = await subscribe(gateway, query);
    const { errors } = await stream.answer();
    expect(errors?.[0]?.message).toMatch(message);
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    expect(await stream.next()).toEqual({ event: 'complete', data: '' });
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });

  it.each([
    ['its field skipped', 'subscription { catalogEvents @skip(if: true) { kind } }', {}],
    [
      'its field in doubt',
      'subscription ($on: Boolean!) { catalogEvents @include(if: $on) { kind } }',
      { on: true },
    ],
    ['a fragment in doubt', 'subscription { ... @include(if: true) { catalogEvents { kind } } }', {}],
    [
      'a field in doubt in a fragment',
      'subscription { ...F } fragment F on Subscription { ...G } fragment G on Subscription { catalogEvents @skip(if: false) { kind } ...F }',
      {},
    ],
  ])('a subscription with %s is told so, and ends', async (_what, query, variables) => {
    await using gateway = await openGateway();
    const stream = await subscribe(gateway, query, { variables });
    expect(await stream.answer()).toEqual({
      errors: [
        {
          message: expect.stringContaining('takes no @skip and no @include'),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
    expect(await stream.next()).toEqual({ event: 'complete', data: '' });
    expect(complaintsIn(gateway.logs.join(''))).toEqual([]);
  });

  it('a subscription may leave out what is below its field, and a document the query beside it', async () => {
    await using gateway = await openGateway();
    const query =
      'subscription S ($on: Boolean!) { catalogEvents { kind source @include(if: $on) } } query Q { models @skip(if: true) { totalCount } }';
    const answer = await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName: 'Q' }),
    });
    expect(await answer.json()).toEqual({ data: {} });
  });

  it('a subscription with a wrong variable is told so without its value', async () => {
    await using gateway = await openGateway();
    const query = 'subscription ($s: [CatalogSource!]) { catalogEvents(sources: $s) { kind } }';
    const stream = await subscribe(gateway, query, { variables: { s: ['sk-secret'] } });
    const { errors } = await stream.answer();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(JSON.stringify(errors)).not.toContain('sk-secret');
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });

  it('a subscription whose events could cost more than the limit is not opened', async () => {
    await using gateway = await openGateway({ limits: { maxUpstreamCalls: 99 } });
    const stream = await subscribe(gateway, WITH_NODE);
    expect(await stream.answer()).toMatchObject({
      errors: [
        {
          message: expect.stringContaining('100 upstream calls, and 99 is the limit'),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });
});

describe('a subscription that cannot be a stream', () => {
  const asked = (accept: string | undefined, body: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accept === undefined ? {} : { accept }) },
    body: JSON.stringify(body),
  });

  it.each([
    ...['application/json', 'application/graphql-response+json', 'multipart/mixed, application/json'],
    'text/event-stream;q=0, */*',
  ])('as %s is refused, and says what to accept', async (accept) => {
    await using gateway = await openGateway();
    const response = await gateway.fetch('/graphql', asked(accept, { query: KINDS }));
    expect([response.status, await response.json()]).toEqual([
      406,
      {
        errors: [
          {
            message: 'A subscription is answered as a stream of events: accept text/event-stream.',
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      },
    ]);
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });

  it.each([
    ...[undefined, '*/*', 'text/*', 'application/json, text/event-stream'],
    ...[
      'application/json;q=0, */*',
      'application/json;q=0.5, */*;q=0.1',
      'text/*;q=0.2, application/json;q=0',
    ],
  ])('is none where it accepts %s', async (accept) => {
    await using gateway = await openGateway();
    const stream = await openStream(gateway, '/graphql', asked(accept, { query: KINDS }));
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    await stream.leave();
  });

  it('because it comes in a batch is refused there, and the others run', async () => {
    await using gateway = await openGateway();
    const batch = [{ query: KINDS }, { query: '{ __typename }' }];
    const response = await gateway.fetch('/graphql', asked('application/json, text/event-stream', batch));
    const text = await response.text();
    expect(text).toContain('send it alone, not in a batch');
    expect(text).toContain('{"data":{"__typename":"Query"}}');
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });
});

describe('what keeps others out', () => {
  it.each([
    ['of another origin', { origin: 'https://evil.example' }, 403],
    ['under a foreign host', { host: 'evil.example' }, 403],
  ])('refuses a stream %s', async (_what, headers, status) => {
    await using gateway = await openListening();
    const accepting = { accept: 'text/event-stream', ...headers };
    const posted = await gateway.send(asJson(KINDS, accepting));
    const got = await gateway.send({
      path: `/graphql?query=${encodeURIComponent(KINDS)}`,
      headers: accepting,
    });
    expect([posted.status, got.status]).toEqual([status, status]);
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });

  it('has subscriptions run by their id, where only trusted documents do', async () => {
    const id = documentId(KINDS);
    await using gateway = await openGateway({
      trustedDocuments: { mode: 'only', byId: new Map([[id, KINDS]]) },
    });
    const refused = await subscribe(gateway, 'subscription { catalogEvents { nodeId } }');
    expect(refused.response.status).toBe(400);
    const extensions = encodeURIComponent(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: id } }));
    const stream = await openStream(gateway, `/graphql?extensions=${extensions}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect([stream.response.status, gateway.gateway.subscriptions().open]).toEqual([200, 1]);
    await stream.leave();
  });

  it('counts a subscription as one operation of its caller', async () => {
    await using gateway = await openGateway({
      access: {
        origins: [],
        hasIntrospection: true,
        hasGraphiql: false,
        rateLimit: { perMinute: 1, burst: 1 },
      },
    });
    const stream = await subscribe(gateway, KINDS);
    expect((await subscribe(gateway, KINDS)).response.status).toBe(429);
    expect(gateway.gateway.subscriptions().open).toBe(1);
    await stream.leave();
  });
});
