import { connect, type Socket } from 'node:net';
import { processorMs } from './children.ts';
import type { LoadJob, LoadResult, LoadTarget, PairsResult, RequestText } from './load-job.ts';
import { createResponseReader } from './response-reader.ts';
import { percentile } from './statistics.ts';

/*
 * The load generator, a process of its own: it is told its jobs by messages. Requests are made beforehand and sent over
 * plain sockets, one at a time on each, since a client library would take more of the core than what it loads.
 */

const ERRORS = Buffer.from('"errors"');
const OK = Buffer.from('HTTP/1.1 200');

function requestBytes({ port, method, headers }: LoadTarget, { path, body }: RequestText): Buffer {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

function failureOf(answer: Buffer): string | undefined {
  const hasFailed = !answer.subarray(0, OK.length).equals(OK) || answer.includes(ERRORS);
  return hasFailed ? answer.subarray(0, 400).toString('utf8') : undefined;
}

/** One connection that is asked one thing at a time. */
interface Line {
  ask(request: Buffer): Promise<Buffer>;
  close(): void;
}

function openLine(port: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    const reader = createResponseReader();
    let settle: { resolve(answer: Buffer): void; reject(error: Error): void } | undefined;
    const socket: Socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    const fail = (error: Error) => (settle === undefined ? reject(error) : settle.reject(error));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the connection was closed')));
    socket.on('data', (data) => {
      const answer = reader.take(data);
      if (answer !== undefined) settle?.resolve(answer);
    });
    const line: Line = {
      ask: (request) =>
        new Promise((answered, failed) => {
          settle = { resolve: answered, reject: failed };
          socket.write(request);
        }),
      close: () => socket.destroy(),
    };
    socket.once('connect', () => resolve(line));
  });
}

/** Sends on every connection until the time is over. */
async function load(job: Extract<LoadJob, { kind: 'load' }>): Promise<LoadResult> {
  const { target, connections, warmUpMs, durationMs, pid } = job;
  const most = job.requests ?? Number.POSITIVE_INFINITY;
  const requests = job.bodies.map((body) => requestBytes(target, { path: target.path, body }));
  const lines = await Promise.all(Array.from({ length: connections }, () => openLine(target.port)));
  const waitsMs: number[] = [];
  const failures: string[] = [];
  let sent = 0;
  let isMeasuring = false;
  let isOver = false;
  const run = async (line: Line) => {
    while (!isOver && sent < most) {
      const request = requests[sent++ % requests.length] as Buffer;
      const begun = performance.now();
      const answer = await line.ask(request);
      if (isMeasuring) waitsMs.push(performance.now() - begun);
      const failure = failureOf(answer);
      if (failure !== undefined) failures.push(failure);
    }
  };
  const runs = Promise.all(lines.map(run));
  await Promise.race([runs, later(warmUpMs)]);
  isMeasuring = true;
  const before = { atMs: performance.now(), targetMs: processorMs(pid), own: process.cpuUsage() };
  await (durationMs === undefined ? runs : Promise.race([runs, later(durationMs)]));
  isMeasuring = false;
  const tookMs = performance.now() - before.atMs;
  const targetMs = processorMs(pid) - before.targetMs;
  const own = process.cpuUsage(before.own);
  isOver = true;
  await runs;
  for (const line of lines) line.close();
  return {
    kind: 'load',
    answers: waitsMs.length,
    answersInAll: sent,
    seconds: tookMs / 1_000,
    p50Ms: percentile(waitsMs, 0.5),
    p99Ms: percentile(waitsMs, 0.99),
    targetMs,
    ownShare: (own.user + own.system) / 1_000 / tookMs,
    failures: failures.length,
    firstFailure: failures[0],
  };
}

/** Asks two targets in turn, so that what else the machine does weighs on both. */
async function pairs({
  targets,
  requests,
  warmUp,
}: Extract<LoadJob, { kind: 'pairs' }>): Promise<PairsResult> {
  const [one, other] = targets;
  const lines = [await openLine(one.port), await openLine(other.port)] as const;
  const bytes = requests.map(
    ([first, second]) => [requestBytes(one, first), requestBytes(other, second)] as const,
  );
  const timed = async (line: Line, request: Buffer) => {
    const begun = performance.now();
    const answer = await line.ask(request);
    const tookMs = performance.now() - begun;
    const failure = failureOf(answer);
    if (failure !== undefined) throw new Error(failure);
    return tookMs;
  };
  const pairsMs: (readonly [number, number])[] = [];
  for (const [index, [first, second]] of bytes.entries()) {
    const pair = [await timed(lines[0], first), await timed(lines[1], second)] as const;
    if (index >= warmUp) pairsMs.push(pair);
  }
  for (const line of lines) line.close();
  return { kind: 'pairs', pairsMs };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

process.on('message', (job: LoadJob) => {
  const result = job.kind === 'load' ? load(job) : pairs(job);
  result.then(
    (done) => process.send?.({ result: done }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
