import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Chance } from '../support/random-query.ts';
import { type ListeningGateway, openListening, READ } from './support/listening.ts';
import { malformedBody, malformedBytes } from './support/malformed.ts';

vi.setConfig({ testTimeout: 300_000 });

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MIB = 1024 * 1024;
const REQUESTS = 500;

let gateway: ListeningGateway;
beforeAll(async () => {
  gateway = await openListening();
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Sends bytes and reads until the gateway has answered and closed, or hangs on for more. */
async function send(bytes: Buffer): Promise<string> {
  const socket = connect(gateway.port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  // The gateway may have closed before it has read everything.
  socket.on('error', () => undefined);
  socket.end(bytes);
  await new Promise((closed) => socket.once('close', closed));
  return Buffer.concat(received).toString('latin1');
}

/** The statuses of an answer; of pipelined requests there are several. */
function statusesOf(answer: string): readonly number[] {
  return [...answer.matchAll(/(?:^|\r\n)HTTP\/1\.1 (\d{3}) /g)]
    .map(([, status]) => Number(status))
    .filter((status) => status !== 100);
}

async function heapUsedMib(): Promise<number> {
  // What holds on to an answer until the next turn lets go of it.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((done) => setImmediate(done));
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
}

async function expectAlive() {
  const answer = await gateway.query(READ);
  expect(answer).toEqual({ data: { models: { totalCount: expect.any(Number) } } });
  expect(gateway.logs.filter((line) => line.includes('"bug"'))).toEqual([]);
}

test(`${REQUESTS} malformed requests over a port: none is answered with a 5xx, and none is a bug`, async () => {
  const chance = new Chance(1);
  const seen = new Map<number, number>();
  for (let index = 0; index < REQUESTS; index++) {
    const bytes = malformedBytes(chance);
    for (const status of statusesOf(await send(bytes))) {
      expect(status, `request ${index}: ${bytes.subarray(0, 400).toString('latin1')}`).toBeLessThan(500);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
  }
  // They reach far and wide.
  expect([...seen.keys()].toSorted()).toEqual(expect.arrayContaining([200, 400, 404, 413, 415]));
  await expectAlive();
});

test(`${REQUESTS} malformed bodies through fetch: none is answered with a 5xx, and none is a bug`, async () => {
  const chance = new Chance(2);
  for (let index = 0; index < REQUESTS; index++) {
    const body = malformedBody(chance);
    const accept = chance.pick(['application/json', 'application/graphql-response+json', '*/*']);
    const headers = { 'content-type': 'application/json', accept };
    const response = await gateway.fetch('/graphql', { method: 'POST', headers, body: new Uint8Array(body) });
    const text = await response.text();
    expect(response.status, body.subarray(0, 400).toString('latin1')).toBeLessThan(500);
    expect(text).not.toContain('INTERNAL_SERVER_ERROR');
  }
  await expectAlive();
});

test.each([
  ['with its length', (body: Buffer) => [`Content-Length: ${body.length}`, body] as const],
  [
    'in one chunk',
    (body: Buffer) =>
      [
        'Transfer-Encoding: chunked',
        Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]),
      ] as const,
  ],
])('10 MB of a document, %s, are too much and leave no trace', async (_how, framed) => {
  const body = Buffer.from(JSON.stringify({ query: `{ __typename } #${'x'.repeat(10 * MIB)}` }));
  const [header, payload] = framed(body);
  const head = [
    'POST /graphql HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: close',
    'Content-Type: application/json',
    header,
    '',
    '',
  ];
  const bytes = Buffer.concat([Buffer.from(head.join('\r\n')), payload]);
  await send(bytes);
  const before = await heapUsedMib();
  const statuses: number[] = [];
  for (let index = 0; index < 20; index++) statuses.push(...statusesOf(await send(bytes)));
  // The answer may be lost with the connection, which is closed before everything was read.
  expect([...new Set(statuses)]).toEqual([413]);
  expect((await heapUsedMib()) - before).toBeLessThan(10);
  await expectAlive();
});

test('memory is back after them: as many again take no more', async () => {
  const round = async (seed: number) => {
    const chance = new Chance(seed);
    for (let index = 0; index < 250; index++) await send(malformedBytes(chance));
    return heapUsedMib();
  };
  // The caches for documents are filled by then.
  await round(1);
  const first = await round(2);
  const second = await round(3);
  expect(second - first).toBeLessThan(10);
  await expectAlive();
});
