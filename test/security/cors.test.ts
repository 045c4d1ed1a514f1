import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccessSettings } from '../../src/gateway-settings.ts';
import { type Headers, openKeyRing } from './support/callers.ts';
import {
  asJson,
  type ListeningGateway,
  openListening,
  type RawAnswer,
  READ,
  WRITE,
} from './support/listening.ts';

const APP = 'https://app.example';
const LOCAL = 'http://localhost:5173';
const OPEN: AccessSettings = { origins: [], hasIntrospection: true, hasGraphiql: true, rateLimit: undefined };

const ring = openKeyRing();
let gateway: ListeningGateway;
let key: Headers;
beforeAll(async () => {
  gateway = await openListening({
    authenticate: ring.authenticate,
    access: { ...OPEN, origins: [APP, LOCAL], rateLimit: { perMinute: 600, burst: 600 } },
  });
  key = ring.holderOf('*:read');
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.sandbox.forgetRequests());

const grants = ({ headers }: RawAnswer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
const preflight = (headers: Headers = {}) =>
  gateway.send({
    method: 'OPTIONS',
    headers: {
      origin: APP,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,authorization,x-client',
      'sec-fetch-site': 'cross-site',
      ...headers,
    },
  });

describe('an origin on the list', () => {
  it.each([APP, LOCAL])(
    '%s is granted its preflight, which needs no key and runs nothing',
    async (origin) => {
      const answer = await preflight({ origin });
      expect([answer.status, answer.body]).toEqual([204, '']);
      expect(grants(answer)).toEqual({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type,authorization,x-client',
        'access-control-expose-headers': 'retry-after, www-authenticate, x-request-id',
        'access-control-max-age': '600',
      });
      expect(answer.headers.vary).toBe('origin, access-control-request-headers');
    },
  );

  it.each(['cross-site', 'same-site', 'same-origin'])('may call and read the answer (%s)', async (site) => {
    const answer = await gateway.send(asJson(READ, { ...key, origin: APP, 'sec-fetch-site': site }));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      200,
      { data: { models: { totalCount: 151 } } },
    ]);
    expect(grants(answer)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-expose-headers': 'retry-after, www-authenticate, x-request-id',
    });
    expect(answer.headers.vary).toContain('origin');
  });

  it('may read that it needs a key', async () => {
    const answer = await gateway.send(asJson(READ, { origin: APP }));
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([401, APP]);
    expect(gateway.actions()).toEqual([]);
  });

  it('is never allowed cookies', async () => {
    const answers = [await preflight(), await gateway.send(asJson(READ, { ...key, origin: APP }))];
    for (const answer of answers)
      expect(grants(answer)).not.toHaveProperty('access-control-allow-credentials');
  });

  it('is held to all else: JSON, methods, the Host header', async () => {
    const form = await gateway.send({
      method: 'POST',
      headers: { ...key, origin: APP, 'content-type': 'text/plain' },
      body: JSON.stringify({ query: WRITE }),
    });
    const rebound = await gateway.send(asJson(READ, { ...key, origin: APP, host: 'evil.example' }));
    const bare = await gateway.send({ method: 'OPTIONS', headers: { ...key, origin: APP } });
    expect([form.status, rebound.status, bare.status]).toEqual([415, 403, 405]);
    expect((await preflight({ host: 'evil.example' })).status).toBe(403);
    expect(gateway.actions()).toEqual([]);
  });
});

describe('an origin not on the list', () => {
  it.each([
    'https://evil.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example.evil.example',
    'https://evil-app.example',
    'https://sub.app.example',
    'https://APP.example',
    'https://app.example/',
    'https://app.example, https://evil.example',
    'null',
    '*',
    'http://localhost:5174',
  ])('"%s" may neither ask nor be granted', async (origin) => {
    const answers = [await preflight({ origin }), await gateway.send(asJson(READ, { ...key, origin }))];
    for (const answer of answers) {
      expect([answer.status, grants(answer)]).toEqual([403, {}]);
      expect(answer.headers.vary).toBe('origin');
    }
    expect(gateway.actions()).toEqual([]);
  });

  it('gets no script or image either, since those name none', async () => {
    const headers = { ...key, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    const answer = await gateway.send({ path: `/graphql?query=${encodeURIComponent(READ)}`, headers });
    expect([answer.status, gateway.actions()]).toEqual([403, []]);
  });
});

it('callers that are no pages need no origin', async () => {
  const answer = await gateway.send(asJson(READ, key));
  expect([answer.status, grants(answer)]).toEqual([200, {}]);
});
