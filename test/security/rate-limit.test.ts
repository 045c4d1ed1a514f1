import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RateLimit } from '../../src/http/token-buckets.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { type Headers, openKeyRing, post } from './support/callers.ts';
import { asJson, openListening, READ } from './support/listening.ts';

// The buckets go by the monotonic clock.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const ring = openKeyRing();
const [alice, bob] = [ring.holderOf('*:read'), ring.holderOf('*:read')];

const limitedTo = (rateLimit: RateLimit | undefined) => ({
  access: { origins: [], hasIntrospection: true, hasGraphiql: true, rateLimit },
});
const open = (rateLimit: RateLimit) =>
  openGateway({ authenticate: ring.authenticate, ...limitedTo(rateLimit) });
const read = (gateway: TestGateway, headers: Headers) => post(gateway, headers, { query: READ });
const statuses = async (gateway: TestGateway, headers: Headers, times: number) => {
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) all.push((await read(gateway, headers)).status);
  return all;
};

describe('a caller over the limit', () => {
  it('is refused before anything runs, and told when to come back', async () => {
    await using gateway = await open({ perMinute: 6, burst: 2 });
    expect(await statuses(gateway, alice, 2)).toEqual([200, 200]);
    gateway.sandbox.forgetRequests();
    const refused = await read(gateway, alice);
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      429,
      {
        errors: [
          {
            message: 'The caller sends too many operations.',
            extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 10_000 },
          },
        ],
      },
    ]);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(gateway.actions()).toEqual([]);
  });

  it('is served again at that moment, and not before', async () => {
    await using gateway = await open({ perMinute: 6, burst: 2 });
    await statuses(gateway, alice, 2);
    vi.advanceTimersByTime(9_999);
    const early = await read(gateway, alice);
    expect([early.status, JSON.parse(early.text).errors[0].extensions.retryAfterMs]).toEqual([429, 1]);
    expect(early.headers.get('retry-after')).toBe('1');
    vi.advanceTimersByTime(1);
    expect(await statuses(gateway, alice, 2)).toEqual([200, 429]);
  });

  it('has no more than the burst after a pause, however long', async () => {
    await using gateway = await open({ perMinute: 6, burst: 2 });
    vi.advanceTimersByTime(86_400_000);
    expect(await statuses(gateway, alice, 3)).toEqual([200, 200, 429]);
  });

  it('leaves the others what is theirs', async () => {
    await using gateway = await open({ perMinute: 1, burst: 1 });
    expect(await statuses(gateway, alice, 2)).toEqual([200, 429]);
    expect(await statuses(gateway, bob, 2)).toEqual([200, 429]);
  });

  it('is one by any key header, and whatever the request looks like', async () => {
    await using gateway = await open({ perMinute: 1, burst: 1 });
    const other = { 'x-api-key': alice['authorization']?.slice('Bearer '.length) ?? '' };
    expect([...(await statuses(gateway, alice, 1)), ...(await statuses(gateway, other, 1))]).toEqual([
      200, 429,
    ]);
    const get = await gateway.fetch(`/graphql?query=${encodeURIComponent(READ)}`, { headers: alice });
    const stream = await gateway.fetch(`/graphql?query=${encodeURIComponent(READ)}`, {
      headers: { ...alice, accept: 'text/event-stream' },
    });
    expect([get.status, stream.status]).toEqual([429, 429]);
  });
});

describe('a batch', () => {
  const batch = (gateway: TestGateway, size: number) =>
    post(
      gateway,
      alice,
      Array.from({ length: size }, () => ({ query: READ })),
    );

  it('counts as its operations', async () => {
    await using gateway = await open({ perMinute: 60, burst: 5 });
    expect((await batch(gateway, 3)).status).toBe(200);
    expect((await batch(gateway, 2)).status).toBe(200);
    expect((await read(gateway, alice)).status).toBe(429);
  });

  it('that does not fit is refused whole, runs nothing, and costs nothing', async () => {
    await using gateway = await open({ perMinute: 60, burst: 5 });
    await batch(gateway, 3);
    gateway.sandbox.forgetRequests();
    const refused = await batch(gateway, 4);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
    expect(JSON.parse(refused.text).errors[0].extensions.retryAfterMs).toBe(2000);
    expect(gateway.actions()).toEqual([]);
    expect((await batch(gateway, 2)).status).toBe(200);
  });

  it('that never fits is refused for good', async () => {
    await using gateway = await open({ perMinute: 60, burst: 5 });
    const refused = await batch(gateway, 6);
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      413,
      {
        errors: [
          { message: 'A batch may hold at most 5 operations.', extensions: { code: 'BAD_USER_INPUT' } },
        ],
      },
    ]);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect(gateway.actions()).toEqual([]);
  });
});

describe('what costs nothing', () => {
  it('is a probe, the page of GraphiQL, and a request without a key', async () => {
    await using gateway = await open({ perMinute: 1, burst: 1 });
    for (let time = 0; time < 3; time += 1) {
      const [health, page] = [
        await gateway.fetch('/health'),
        await gateway.fetch('/graphql', { headers: { accept: 'text/html' } }),
      ];
      expect([health.status, page.status, (await read(gateway, {})).status]).toEqual([200, 200, 401]);
    }
    expect(await statuses(gateway, alice, 2)).toEqual([200, 429]);
  });
});

describe('where nobody is asked who they are', () => {
  it('an address is a caller', async () => {
    await using gateway = await openListening(limitedTo({ perMinute: 1, burst: 2 }));
    const send = async () => (await gateway.send(asJson(READ))).status;
    expect([await send(), await send(), await send()]).toEqual([200, 200, 429]);
    // One without an address, as a function platform calls it.
    const url = `http://127.0.0.1:4000/graphql?query=${encodeURIComponent(READ)}`;
    expect((await gateway.gateway.handler.fetch(url)).status).toBe(200);
  });

  it.each([
    ['another of the same network', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', 429],
    ['another network', '2001:db8:1:2::1', '2001:db8:1:3::1', 200],
    ['the same in another spelling', '192.0.2.7', '::ffff:192.0.2.7', 429],
    ['another of IPv4', '192.0.2.7', '192.0.2.8', 200],
  ])('%s is a caller as its network is', async (_case, first, second, status) => {
    await using gateway = await openGateway(limitedTo({ perMinute: 1, burst: 1 }));
    const from = async (remoteAddress: string) => {
      const url = `http://127.0.0.1:4000/graphql?query=${encodeURIComponent(READ)}`;
      return (await gateway.gateway.handler.fetch(url, {}, { req: { socket: { remoteAddress } } })).status;
    };
    expect([await from(first), await from(second)]).toEqual([200, status]);
  });

  it('there is no limit unless one is set', async () => {
    await using gateway = await openGateway(limitedTo(undefined));
    expect(new Set(await statuses(gateway, {}, 50))).toEqual(new Set([200]));
  });
});
