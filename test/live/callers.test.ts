import { createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createJwtAuthenticator } from '../../src/auth/jwt.ts';
import { openKeyRing, sign } from '../security/support/callers.ts';
import { openListening } from '../security/support/listening.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import { type OpenStream, subscribe } from './support/stream.ts';

const ALL = 'subscription { catalogEvents { source } }';
const MAKE = {
  MODEL_ROUTER: 'mutation { createModel(input: { name: "Made", modelCode: "made" }) { __typename } }',
  PAI: 'mutation { createPaiModel(input: { name: "made" }) { __typename } }',
};
const ring = openKeyRing();
const writer = ring.holderOf('*:read', '*:write');

const makeAs = (gateway: TestGateway, source: keyof typeof MAKE, headers: Record<string, string>) =>
  gateway.query(MAKE[source], {}, undefined, headers);
const sourcesHeard = async (stream: OpenStream, times: number) => {
  const heard: unknown[] = [];
  for (let time = 0; time < times; time += 1) {
    heard.push(((await stream.answer()).data?.['catalogEvents'] as { source: string } | undefined)?.source);
  }
  return heard;
};
const refusal = async (stream: OpenStream) => (await stream.answer()).errors?.[0];

describe('a subscriber', () => {
  it('hears of the sources it may read, whoever of the account changed them', async () => {
    await using gateway = await openGateway({ authenticate: ring.authenticate });
    const all = await subscribe(gateway, ALL, { headers: ring.holderOf('*:read') });
    const router = await subscribe(gateway, ALL, {
      headers: ring.holderOf('MODEL_ROUTER:read', 'PAI:write'),
    });
    await makeAs(gateway, 'PAI', writer);
    await makeAs(gateway, 'MODEL_ROUTER', writer);
    expect(await sourcesHeard(all, 2)).toEqual(['PAI', 'MODEL_ROUTER']);
    expect(await sourcesHeard(router, 1)).toEqual(['MODEL_ROUTER']);
    expect(gateway.gateway.subscriptions()).toEqual({ open: 2, queued: 0 });
    await Promise.all([all.leave(), router.leave()]);
  });

  it('that names a source it may not read is refused', async () => {
    await using gateway = await openGateway({ authenticate: ring.authenticate });
    const query = 'subscription { catalogEvents(sources: [MODEL_ROUTER, PAI]) { kind } }';
    const stream = await subscribe(gateway, query, { headers: ring.holderOf('MODEL_ROUTER:read') });
    expect(await refusal(stream)).toMatchObject({
      message: 'The caller lacks the scope PAI:read.',
      extensions: { code: 'FORBIDDEN', source: 'PAI' },
    });
    expect(await stream.next()).toEqual({ event: 'complete', data: '' });
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });

  it('that may read nothing is refused', async () => {
    await using gateway = await openGateway({ authenticate: ring.authenticate });
    const stream = await subscribe(gateway, ALL, { headers: ring.holderOf('*:write') });
    expect(await refusal(stream)).toMatchObject({
      message: 'The caller may read no source.',
      extensions: { code: 'FORBIDDEN' },
    });
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });

  it('who is not known is turned away', async () => {
    await using gateway = await openGateway({ authenticate: ring.authenticate });
    expect((await subscribe(gateway, ALL)).response.status).toBe(401);
    expect(gateway.gateway.subscriptions().open).toBe(0);
  });

  it('hears nothing of another account', async () => {
    await using gateway = await openGateway({
      identify: ({ headers }) => ({ caller: 'any', account: headers.get('x-account') ?? 'none' }),
    });
    const one = await subscribe(gateway, ALL, { headers: { 'x-account': 'one' } });
    await makeAs(gateway, 'MODEL_ROUTER', { 'x-account': 'two' });
    await makeAs(gateway, 'PAI', { 'x-account': 'one' });
    expect(await sourcesHeard(one, 1)).toEqual(['PAI']);
    await one.leave();
  });
});

describe('the limits of subscriptions', () => {
  const limits = { subscriptionLimits: { perCaller: 2, total: 3 } };

  it('are for each caller, and free again when one leaves', async () => {
    await using gateway = await openGateway({ authenticate: ring.authenticate, ...limits });
    const headers = ring.holderOf('*:read');
    const [first] = [await subscribe(gateway, ALL, { headers }), await subscribe(gateway, ALL, { headers })];
    const refused = await subscribe(gateway, ALL, { headers });
    expect([refused.response.status, refused.response.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refusal(refused)).toEqual({
      message: 'The caller has as many subscriptions open as it may: end one first.',
      extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: 5_000 },
    });
    await first?.leave();
    expect((await subscribe(gateway, ALL, { headers })).response.status).toBe(200);
    expect(gateway.gateway.subscriptions().open).toBe(2);
  });

  it('are for each address, where nobody is asked who they are', async () => {
    await using gateway = await openListening({ subscriptionLimits: { perCaller: 1 } });
    const statusFrom = async (localAddress: string) => {
      const sent = request(`${gateway.origin}/graphql?query=${encodeURIComponent(ALL)}`, {
        ...{ localAddress, agent: false, headers: { accept: 'text/event-stream' } },
      });
      sent.end();
      const [answer] = await once(sent, 'response');
      return answer.statusCode;
    };
    expect([
      await statusFrom('127.0.0.1'),
      await statusFrom('127.0.0.1'),
      await statusFrom('127.0.0.2'),
    ]).toEqual([200, 429, 200]);
  });

  it('are for all together', async () => {
    await using gateway = await openGateway({ authenticate: ring.authenticate, ...limits });
    for (const _caller of [1, 2, 3]) {
      await subscribe(gateway, ALL, { headers: ring.holderOf('*:read') });
    }
    const refused = await subscribe(gateway, ALL, { headers: ring.holderOf('*:read') });
    expect([refused.response.status, (await refusal(refused))?.message]).toEqual([
      429,
      'The gateway has as many subscriptions open as it can have: try again later.',
    ]);
    expect(gateway.gateway.subscriptions().open).toBe(3);
  });
});

describe('a token', () => {
  it('that expires ends the subscription it opened, and says so', async () => {
    const secret = createSecretKey(Buffer.alloc(32, 7));
    const settings = {
      ...{ key: { secret }, issuer: 'https://issuer.example', audiences: ['graph'] },
      ...{ algorithms: ['HS256'], scopeClaim: undefined },
    };
    const exp = 2_000_000_000;
    const claims = { iss: settings.issuer, aud: 'graph', sub: 'one', exp, scope: '*:read *:write' };
    const headers = { authorization: `Bearer ${await sign(claims, 'HS256', Buffer.alloc(32, 7))}` };
    // The issuer's clock may be 5 seconds behind. The clock stands still until the subscription is open.
    let nowMs = (exp + 5) * 1_000 - 50;
    const now = () => nowMs;
    await using gateway = await openGateway({
      authenticate: createJwtAuthenticator(settings, now),
      now,
    });
    const stream = await subscribe(gateway, ALL, { headers });
    await makeAs(gateway, 'PAI', headers);
    expect(await sourcesHeard(stream, 1)).toEqual(['PAI']);
    nowMs += 50;
    expect(await refusal(stream)).toEqual({
      message: expect.stringContaining('ended with the key or token'),
      extensions: { code: 'UNAUTHENTICATED' },
    });
    expect(await stream.next()).toEqual({ event: 'complete', data: '' });
    expect(gateway.gateway.subscriptions()).toEqual({ open: 0, queued: 0 });
  });
});
