import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { encodeGlobalId } from '../../../src/domain/global-id.ts';
import { MODEL_KEY } from '../../../src/domain/model.ts';
import { openGateway } from '../../support/gateway.ts';
import { openNodeFetch } from '../../support/node-fetch.ts';

/* Equal queries of a caller that are under way are executed once, where the operator asks for that. */

const QUERY = 'query ($id: ID!) { model(sourceId: $id) { name } }';
const MUTATION = `mutation { deleteModel(input: { id: "${encodeGlobalId(MODEL_KEY, ['9'])}" }) { __typename } }`;
const answerTo = (url: string) =>
  JSON.stringify({
    requestId: 'r',
    success: true,
    data: { id: Number(url.split('/').at(-1)), name: 'one' },
  });
const ONE = { data: { model: { name: 'one' } } };

/** A gateway before a backend that holds what it is asked until it is told to answer. */
async function open(sharesOperations: boolean) {
  const held: ServerResponse[] = [];
  const backend = createServer((_request, response) => {
    held.push(response);
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const endpoint = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const gateway = await openGateway({
    sharesOperations,
    endpoints: { MODEL_ROUTER: endpoint },
    identify: ({ headers }) => ({ caller: headers.get('x-caller') ?? 'someone', account: 'one' }),
  });
  const node = await openNodeFetch(gateway.gateway);
  const send = (body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    node
      .fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      })
      .then((response) => response.json());
  const requestLines = () =>
    gateway.logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  return {
    held,
    send,
    requestLines,
    ask: (id: string, headers?: Record<string, string>, signal?: AbortSignal) =>
      send({ query: QUERY, variables: { id } }, headers, signal),
    /** Until so many requests have come in, and so many calls at the backend. */
    async underWay(requests: number, calls: number) {
      await expect
        .poll(() => /^modelgraph_requests_running (\d+)$/m.exec(gateway.gateway.metricsText())?.[1])
        .toBe(String(requests));
      await expect.poll(() => held.length).toBe(calls);
    },
    answer() {
      for (const response of held) response.end(answerTo(response.req.url ?? ''));
    },
    async [Symbol.asyncDispose]() {
      await node.close();
      backend.closeAllConnections();
      backend.close();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

it('equal queries have one execution, and each its answer and its line in the log', async () => {
  await using opened = await open(true);
  const answers = Promise.all([opened.ask('1'), opened.ask('1'), opened.ask('1')]);
  await opened.underWay(3, 1);
  opened.answer();
  expect(await answers).toEqual([ONE, ONE, ONE]);
  const calls = opened
    .requestLines()
    .map(({ upstreamCalls, upstreamJoined }) => [upstreamCalls, upstreamJoined]);
  expect(calls.toSorted()).toEqual([
    [0, 0],
    [0, 0],
    [1, 0],
  ]);
});

it('each is executed where nobody asked for that', async () => {
  await using opened = await open(false);
  const answers = Promise.all([opened.ask('1'), opened.ask('1')]);
  await opened.underWay(2, 1);
  opened.answer();
  await answers;
  expect(
    opened.requestLines().map(({ upstreamCalls, upstreamJoined }) => upstreamCalls + upstreamJoined),
  ).toEqual([1, 1]);
});

it.each([
  ['other variables', '2', {}],
  ['another caller', '1', { 'x-caller': 'another' }],
  ['another deadline', '1', { 'x-request-timeout-ms': '9000' }],
])('a query with %s has its own', async (_what, id, headers) => {
  await using opened = await open(true);
  const first = opened.ask('1');
  await opened.underWay(1, 1);
  const second = opened.ask(id, headers).catch(() => undefined);
  await opened.underWay(2, id === '1' ? 1 : 2);
  opened.answer();
  await Promise.all([first, second]);
  // A read of the same account is joined, and is told of as such.
  const lines = opened.requestLines();
  expect(lines.map(({ upstreamCalls, upstreamJoined }) => upstreamCalls + upstreamJoined)).toEqual([1, 1]);
});

it('nothing is kept of one that is answered', async () => {
  await using opened = await open(true);
  for (const calls of [1, 2]) {
    const answer = opened.ask('1');
    await opened.underWay(1, calls);
    opened.answer();
    expect(await answer).toEqual(ONE);
  }
});

it('the one who came first may leave, and the others have their answer', async () => {
  await using opened = await open(true);
  const leaving = new AbortController();
  const first = opened.ask('1', {}, leaving.signal).catch(() => 'left');
  await opened.underWay(1, 1);
  const second = opened.ask('1');
  await opened.underWay(2, 1);
  leaving.abort();
  expect(await first).toBe('left');
  opened.answer();
  expect(await second).toEqual(ONE);
});

it('when all have left the call is broken off, and who comes then begins anew', async () => {
  await using opened = await open(true);
  const leaving = new AbortController();
  const left = [1, 2].map(() => opened.ask('1', {}, leaving.signal).catch(() => 'left'));
  await opened.underWay(2, 1);
  leaving.abort();
  expect(await Promise.all(left)).toEqual(['left', 'left']);
  await expect.poll(() => opened.held[0]?.destroyed).toBe(true);
  const late = opened.ask('1');
  await opened.underWay(1, 2);
  opened.answer();
  expect(await late).toEqual(ONE);
});

it('who comes after a write is not told what was read before it', async () => {
  await using opened = await open(true);
  const before = opened.ask('1');
  await opened.underWay(1, 1);
  const write = opened.send({ query: MUTATION });
  await opened.underWay(2, 2);
  const after = opened.ask('1');
  await opened.underWay(3, 3);
  opened.answer();
  expect(await Promise.all([before, after])).toEqual([ONE, ONE]);
  await write;
});

it('equal mutations are each executed', async () => {
  await using opened = await open(true);
  const writes = [1, 2].map(() => opened.send({ query: MUTATION }));
  await opened.underWay(2, 2);
  opened.answer();
  await Promise.all(writes);
});
