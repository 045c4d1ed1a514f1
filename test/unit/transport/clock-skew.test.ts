import { describe, expect, it } from 'vitest';
import { ask, failure, httpServer, openUpstream, READ, WRITE } from './support/upstream.ts';

const HOUR_MS = 3_600_000;
/** What the vendor takes a date for: that of a request sent lately. */
const TOLERANCE_MS = 15 * 60_000;

/** A backend whose clock is `clock.aheadMs` before ours, and which refuses what is dated otherwise, as the vendor does. */
async function skewedServer(aheadMs: number, code = 'InvalidTimeStamp.Expired') {
  const clock = { aheadMs, hasDate: true };
  const server = await httpServer((message, response) => {
    const now = Date.now() + clock.aheadMs;
    response.sendDate = false;
    if (clock.hasDate) response.setHeader('date', new Date(now).toUTCString());
    const isFresh = Math.abs(Date.parse(String(message.headers['x-acs-date'])) - now) < TOLERANCE_MS;
    if (isFresh) response.end('{}');
    else
      response
        .writeHead(400)
        .end(JSON.stringify({ Code: code, Message: 'Specified time stamp is expired.' }));
  });
  return Object.assign(server, { clock });
}

const open = (url: string) => openUpstream(url, { now: Date.now, concurrency: 16 });

describe('a backend whose clock differs', () => {
  it.each([
    ['read', 'ahead', READ, HOUR_MS],
    ['write', 'ahead', WRITE, HOUR_MS],
    ['read', 'behind', READ, -HOUR_MS],
    ['write', 'behind', WRITE, -30 * HOUR_MS],
  ])(
    'a %s to one that is %s is signed by its clock and sent once more',
    async (_what, _where, request, aheadMs) => {
      await using server = await skewedServer(aheadMs);
      await using upstream = open(server.url);
      expect(await ask(upstream, request)).toMatchObject({ status: 200 });
      expect(server.arrivals).toHaveLength(2);
      const nonces = server.arrivals.map(({ headers }) => headers['x-acs-signature-nonce']);
      expect(new Set(nonces).size).toBe(2);
    },
  );

  it('is remembered: no later call is refused, of whatever kind and account', async () => {
    await using server = await skewedServer(HOUR_MS);
    await using upstream = open(server.url);
    await ask(upstream, READ);
    await ask(upstream, WRITE);
    await ask(upstream, { ...READ, path: '/things/2' });
    expect(server.arrivals).toHaveLength(2 + 1 + 1);
  });

  it('holds up none of those that were under way when it was found out', async () => {
    await using server = await skewedServer(HOUR_MS);
    await using upstream = open(server.url);
    const calls = [WRITE, WRITE, WRITE, READ, { ...READ, path: '/things/2' }].map((request) =>
      ask(upstream, request),
    );
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(server.arrivals).toHaveLength(10);
  });

  it('and is set right later on is followed again', async () => {
    await using server = await skewedServer(HOUR_MS);
    await using upstream = open(server.url);
    await ask(upstream, READ);
    server.clock.aheadMs = 0;
    await ask(upstream, READ);
    await ask(upstream, READ);
    expect(server.arrivals).toHaveLength(2 + 2 + 1);
  });

  it('is believed by other codes of the vendor as well', async () => {
    await using server = await skewedServer(HOUR_MS, 'IllegalTimestamp');
    await using upstream = open(server.url);
    await ask(upstream, WRITE);
    expect(server.arrivals).toHaveLength(2);
  });
});

describe('a refusal of the date that no correction helps', () => {
  it('is handed on after one more try', async () => {
    await using server = await httpServer((_message, response) =>
      response
        .writeHead(400, { date: new Date(Date.now() + HOUR_MS).toUTCString() })
        .end('{"Code":"InvalidTimeStamp.Expired"}'),
    );
    await using upstream = open(server.url);
    expect(await failure(ask(upstream, WRITE))).toMatchObject({ kind: 'CLOCK_SKEW', mayHaveActed: false });
    expect(server.arrivals).toHaveLength(2);
    // What did not help is not tried again.
    await failure(ask(upstream, READ));
    expect(server.arrivals).toHaveLength(3);
  });

  it('is handed on after one more try, were there another time told each time', async () => {
    await using server = await httpServer((_message, response) =>
      response
        .writeHead(400, { date: new Date(Date.now() + server.arrivals.length * HOUR_MS).toUTCString() })
        .end('{"Code":"InvalidTimeStamp.Expired"}'),
    );
    await using upstream = open(server.url);
    await failure(ask(upstream, WRITE));
    expect(server.arrivals).toHaveLength(2);
  });

  it('is handed on at once where the backend does not tell its time', async () => {
    await using server = await skewedServer(HOUR_MS);
    server.clock.hasDate = false;
    await using upstream = open(server.url);
    expect(await failure(ask(upstream, READ))).toMatchObject({ code: 'UNAUTHENTICATED', retryable: false });
    expect(server.arrivals).toHaveLength(1);
  });

  it('is handed on at once where the clocks agree', async () => {
    await using server = await httpServer((_message, response) =>
      response.writeHead(400).end('{"Code":"InvalidTimeStamp.Expired"}'),
    );
    await using upstream = open(server.url);
    await failure(ask(upstream, READ));
    expect(server.arrivals).toHaveLength(1);
  });

  it('is no matter of clocks where the date cannot be read', async () => {
    await using server = await skewedServer(HOUR_MS, 'InvalidTimeStamp.Format');
    await using upstream = open(server.url);
    expect(await failure(ask(upstream, READ))).toMatchObject({ kind: 'UNAUTHENTICATED' });
    expect(server.arrivals).toHaveLength(1);
  });
});

it('a date that no backend complains of is left as it is, however far off', async () => {
  await using server = await httpServer((_message, response) =>
    response.writeHead(200, { date: new Date(Date.now() + HOUR_MS).toUTCString() }).end('{}'),
  );
  await using upstream = open(server.url);
  await ask(upstream, READ);
  await ask(upstream, READ);
  for (const { headers } of server.arrivals) {
    expect(Math.abs(Date.parse(String(headers['x-acs-date'])) - Date.now())).toBeLessThan(60_000);
  }
  expect(upstream.upstream.earliestBackendTime(0)).toBeGreaterThan(HOUR_MS - 60_000);
});
