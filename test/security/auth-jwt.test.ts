import { createHmac, createSecretKey } from 'node:crypto';
import { base64url, EncryptJWT, exportSPKI, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJwtAuthenticator, type JwtSettings } from '../../src/auth/jwt.ts';
import { openGateway, type TestGateway } from '../support/gateway.ts';
import {
  ask,
  type HttpAnswer,
  type Issuer,
  newSigningKey,
  openIssuer,
  post,
  type SigningKey,
  sign,
} from './support/callers.ts';

const ISSUER = 'https://issuer.example/';
const AUDIENCE = 'modelgraph';
const NOW = Date.parse('2026-06-01T00:00:00Z');
const SECONDS = NOW / 1000;
const READ = '{ models(first: 1) { totalCount } }';
const SECRET = Buffer.from('a shared secret of more than 32 bytes');

const CLAIMS: JWTPayload = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'alice',
  iat: SECONDS - 60,
  exp: SECONDS + 60,
  scope: 'openid MODEL_ROUTER:read',
};

let rsa: SigningKey;
let pss: SigningKey;
let ec: SigningKey;
let ed: SigningKey;
let issuer: Issuer;
let gateway: TestGateway;
let secretGateway: TestGateway;

const settings = (more: Partial<JwtSettings> = {}): JwtSettings => ({
  key: { jwksUrl: issuer.url },
  issuer: ISSUER,
  audiences: [AUDIENCE, 'other-name'],
  algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
  scopeClaim: undefined,
  ...more,
});
const behind = (more?: Partial<JwtSettings>) =>
  openGateway({ authenticate: createJwtAuthenticator(settings(more), () => NOW) });

beforeAll(async () => {
  rsa = await newSigningKey('RS256', 'rsa');
  pss = await newSigningKey('PS256', 'pss');
  ec = await newSigningKey('ES256', 'ec');
  ed = await newSigningKey('EdDSA', 'ed');
  issuer = await openIssuer({ keys: [rsa.jwk, pss.jwk, ec.jwk, ed.jwk] });
  gateway = await behind();
  secretGateway = await behind({ key: { secret: createSecretKey(SECRET) }, algorithms: ['HS256'] });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await secretGateway[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});
beforeEach(() => {
  gateway.sandbox.forgetRequests();
  secretGateway.sandbox.forgetRequests();
});

const send = (token: string, to = gateway) => post(to, { authorization: `Bearer ${token}` }, { query: READ });
const rs256 = (claims: JWTPayload, header: object = { kid: 'rsa' }) =>
  sign(claims, 'RS256', rsa.privateKey, header);
const without = (name: string) =>
  Object.fromEntries(Object.entries(CLAIMS).filter(([claim]) => claim !== name));

/** Nothing ran, and the answer says no more than it should. */
function expectRefused(answer: HttpAnswer, message: string, to = gateway): void {
  expect([answer.status, JSON.parse(answer.text)]).toEqual([
    401,
    { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] },
  ]);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="modelgraph", error="invalid_token"');
  expect(to.actions()).toEqual([]);
}

function expectServed(answer: HttpAnswer, to = gateway): void {
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { data: { models: { totalCount: 151 } } }]);
  expect(to.actions()).toEqual(['ModelRouterQueryModelList']);
}

const encode = (value: unknown) => base64url.encode(JSON.stringify(value));
const unsigned = (header: unknown, claims: unknown = CLAIMS) => `${encode(header)}.${encode(claims)}.`;
const hmac = (header: unknown, key: string | Uint8Array) => {
  const body = `${encode(header)}.${encode(CLAIMS)}`;
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
};

describe('a token that is right', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('is served, signed by %s', async (alg) => {
    const { privateKey, jwk } = { RS256: rsa, PS256: pss, ES256: ec, EdDSA: ed }[alg] ?? rsa;
    expectServed(await send(await sign(CLAIMS, alg, privateKey, { kid: jwk.kid })));
  });

  it('is served, signed by the shared secret', async () => {
    expectServed(await send(await sign(CLAIMS, 'HS256', SECRET), secretGateway), secretGateway);
  });

  it.each([
    ['names no key', CLAIMS, {}],
    ['is meant for several audiences', { ...CLAIMS, aud: ['x', AUDIENCE] }, { kid: 'rsa' }],
    ['is meant for the second audience', { ...CLAIMS, aud: 'other-name' }, { kid: 'rsa' }],
    ['expires this moment, by a clock five seconds off', { ...CLAIMS, exp: SECONDS - 4 }, { kid: 'rsa' }],
    ['begins this moment, by a clock five seconds off', { ...CLAIMS, nbf: SECONDS + 5 }, { kid: 'rsa' }],
  ])('is served where it %s', async (_case, claims, header) => {
    expectServed(await send(await rs256(claims, header)));
  });

  it('is served where it names no key, and several fit', async () => {
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => newSigningKey('ES256')));
    await using own = await openIssuer({ keys: [first?.jwk, second?.jwk] });
    await using other = await behind({ key: { jwksUrl: own.url } });
    const tokenOf = (key: SigningKey | undefined) => sign(CLAIMS, 'ES256', key?.privateKey ?? SECRET);
    expectServed(await send(await tokenOf(second), other), other);
    other.sandbox.forgetRequests();
    expectRefused(await send(await tokenOf(third), other), 'The token is not valid.', other);
    const late = await sign({ ...CLAIMS, exp: SECONDS - 60 }, 'ES256', second?.privateKey ?? SECRET);
    expectRefused(await send(late, other), 'The token has expired.', other);
  });
});

describe('a token that is wrong', () => {
  it.each([
    ['expired a minute ago', { ...CLAIMS, exp: SECONDS - 60 }, 'The token has expired.'],
    ['expired as long ago as clocks may differ', { ...CLAIMS, exp: SECONDS - 5 }, 'The token has expired.'],
    [
      'is meant for another audience',
      { ...CLAIMS, aud: 'billing' },
      'The token is meant for another audience.',
    ],
    [
      'is meant for other audiences',
      { ...CLAIMS, aud: ['a', 'b'] },
      'The token is meant for another audience.',
    ],
    ['is meant for nobody', without('aud'), 'The token is meant for another audience.'],
    [
      'comes from another issuer',
      { ...CLAIMS, iss: 'https://evil.example/' },
      'The token comes from another issuer.',
    ],
    [
      'comes from nearly this issuer',
      { ...CLAIMS, iss: ISSUER.slice(0, -1) },
      'The token comes from another issuer.',
    ],
    ['comes from nobody', without('iss'), 'The token comes from another issuer.'],
    ['is not valid yet', { ...CLAIMS, nbf: SECONDS + 60 }, 'The token is not valid.'],
    ['never expires', without('exp'), 'The token is not valid.'],
    [
      'expires by a text',
      // What the type of claims forbids is what is tried here, and below.
      { ...CLAIMS, exp: String(SECONDS + 60) as unknown as number },
      'The token is not valid.',
    ],
    ['names nobody', without('sub'), 'The token is not valid.'],
    ['names nobody, in so many words', { ...CLAIMS, sub: '' }, 'The token is not valid.'],
    ['names somebody endlessly', { ...CLAIMS, sub: 'a'.repeat(256) }, 'The token is not valid.'],
    ['names a number', { ...CLAIMS, sub: 7 as unknown as string }, 'The token is not valid.'],
  ])('is refused where it %s', async (_case, claims, message) => {
    expectRefused(await send(await rs256(claims)), message);
    expectRefused(await send(await sign(claims, 'HS256', SECRET), secretGateway), message, secretGateway);
  });

  const anyToken = 'The token is not valid.';
  it.each([
    ['text', 'x'],
    ['two parts', 'a.b'],
    ['dots', '..'],
    ['an API key', `mg_${'a'.repeat(72)}`],
    ['a header that is no JSON', `${base64url.encode('{')}.${encode(CLAIMS)}.AAAA`],
  ])('is refused where it is %s', async (_case, token) => {
    expectRefused(await send(token), anyToken);
    expectRefused(await send(token, secretGateway), anyToken, secretGateway);
  });

  it.each(['none', 'None', 'NONE', 'nOnE', '', undefined, null, ['RS256'], 'HS256', 'RS256'])(
    'is refused without a signature, as alg %j',
    async (alg) => {
      for (const to of [gateway, secretGateway]) {
        expectRefused(await send(unsigned({ alg, typ: 'JWT' }), to), anyToken, to);
        expectRefused(await send(unsigned({ alg, kid: 'rsa' }), to), anyToken, to);
        expectRefused(await send(`${unsigned({ alg })}AAAA`, to), anyToken, to);
      }
    },
  );

  it('is refused where its claims were changed after it was signed', async () => {
    const [header, , signature] = (await rs256(CLAIMS)).split('.');
    const claims = encode({ ...CLAIMS, scope: '*:write' });
    expectRefused(await send(`${header}.${claims}.${signature}`), anyToken);
    expectRefused(await send(`${unsigned({ alg: 'none' }, CLAIMS)}${signature}`), anyToken);
  });

  it('is refused where another key signed it, with the id of the right one', async () => {
    const stranger = await newSigningKey('RS256');
    expectRefused(await send(await sign(CLAIMS, 'RS256', stranger.privateKey, { kid: 'rsa' })), anyToken);
    expectRefused(
      await send(await sign(CLAIMS, 'HS256', Buffer.alloc(32, 7)), secretGateway),
      anyToken,
      secretGateway,
    );
  });

  it('is refused where it brings its own key, or says where to find one', async () => {
    const stranger = await newSigningKey('RS256', 'stranger');
    await using own = await openIssuer({ keys: [stranger.jwk] });
    for (const header of [
      { jwk: stranger.jwk },
      { jwk: stranger.jwk, kid: 'rsa' },
      { jku: own.url.href, kid: 'stranger' },
      { x5u: own.url.href },
      { kid: '../../../../dev/null' },
      { kid: "' OR 1=1 --" },
      { crit: ['b64'], b64: true },
      { crit: ['unknown'], unknown: 1 },
    ]) {
      const body = `${encode({ alg: 'RS256', ...header })}.${encode(CLAIMS)}`;
      const { subtle } = globalThis.crypto;
      const signature = await subtle.sign('RSASSA-PKCS1-v1_5', stranger.privateKey, Buffer.from(body));
      expectRefused(await send(`${body}.${Buffer.from(signature).toString('base64url')}`), anyToken);
    }
    expect(own.asked).toEqual([]);
  });

  it('is refused where the public key was taken for a secret (key confusion)', async () => {
    const pem = await exportSPKI(rsa.publicKey);
    const der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    const spellings = [pem, pem.trim(), `${pem}\n`, der, JSON.stringify(rsa.jwk), rsa.jwk.n ?? '', ''];
    for (const key of spellings) {
      for (const header of [{ alg: 'HS256' }, { alg: 'HS256', kid: 'rsa' }, { alg: 'RS256', kid: 'rsa' }]) {
        expectRefused(await send(hmac(header, key)), anyToken);
      }
    }
  });

  it('is refused by HMAC even where the set of keys holds its secret', async () => {
    await using own = await openIssuer({ keys: [{ kty: 'oct', kid: 's', k: SECRET.toString('base64url') }] });
    await using other = await behind({ key: { jwksUrl: own.url } });
    expectRefused(await send(await sign(CLAIMS, 'HS256', SECRET, { kid: 's' }), other), anyToken, other);
  });

  it('is refused where its algorithm is not among the allowed ones', async () => {
    expectRefused(
      await send(await sign(CLAIMS, 'HS512', Buffer.alloc(64, 1)), secretGateway),
      anyToken,
      secretGateway,
    );
    expectRefused(await send(await rs256(CLAIMS), secretGateway), anyToken, secretGateway);
    await using strict = await behind({ algorithms: ['ES256'] });
    expectRefused(await send(await rs256(CLAIMS), strict), anyToken, strict);
    expectServed(await send(await sign(CLAIMS, 'ES256', ec.privateKey, { kid: 'ec' }), strict), strict);
  });

  it('is refused where it is encrypted, not signed', async () => {
    const token = await new EncryptJWT(CLAIMS)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(SECRET.subarray(0, 32));
    expectRefused(await send(token, secretGateway), anyToken, secretGateway);
  });

  it('is not taken from anywhere but its header', async () => {
    const token = await rs256(CLAIMS);
    const query = `query=${encodeURIComponent(READ)}`;
    const answers = [
      await post(gateway, { 'x-api-key': token }, { query: READ }),
      await post(gateway, { authorization: `JWT ${token}` }, { query: READ }),
      await post(gateway, { cookie: `access_token=${token}` }, { query: READ }),
    ];
    const inAddress = await gateway.fetch(`/graphql?${query}&access_token=${token}`);
    expect([...answers.map(({ status }) => status), inAddress.status]).toEqual([401, 401, 401, 401]);
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer realm="modelgraph"');
    expect(gateway.actions()).toEqual([]);
  });
});

describe('scopes of a token', () => {
  const WRITE = 'mutation { createModel(input: { name: "n", modelCode: "m" }) { __typename } }';
  const BOTH = '{ models(first: 1) { totalCount } paiModels(first: 1) { totalCount } }';

  it.each([
    ['a text', { scope: 'PAI:read MODEL_ROUTER:read' }],
    ['a list', { scope: ['PAI:read', 7, 'MODEL_ROUTER:read'] }],
    ['a wildcard', { scope: '*:read' }],
    ['scp', { scope: undefined, scp: ['*:read'] }],
    ['scp as a text', { scope: undefined, scp: 'email *:read' }],
    ['scopes', { scope: undefined, scopes: ['*:read'] }],
  ])('are read from %s', async (_case, claims) => {
    const { data, errors } = await ask(
      gateway,
      { authorization: `Bearer ${await rs256({ ...CLAIMS, ...claims })}` },
      BOTH,
    );
    expect([data, errors]).toEqual([
      { models: { totalCount: 151 }, paiModels: { totalCount: 65 } },
      undefined,
    ]);
  });

  it.each([
    ['nothing', { scope: undefined }],
    ['an empty text', { scope: '' }],
    ['an empty text before another claim', { scope: '', scp: ['*:read'] }],
    ['lists in a list', { scope: [['*:read']] }],
    ['names in one item of a list', { scope: ['*:read *:write'] }],
    ['a number', { scope: 7 }],
    ['an object', { scope: { '*:read': true } }],
    ['names of another service', { scope: 'models:read admin *' }],
    ['a claim behind the first that is there', { scope: 'openid', scp: ['*:read'] }],
  ])('are none with %s, and every field says so', async (_case, claims) => {
    const token = await rs256({ ...CLAIMS, ...claims });
    const answer = await ask(gateway, { authorization: `Bearer ${token}` }, BOTH);
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['models', 'totalCount'], 'FORBIDDEN'],
      [['paiModels', 'totalCount'], 'FORBIDDEN'],
    ]);
    expect(gateway.actions()).toEqual([]);
  });

  it('are read from the claim that the operator names, and from no other', async () => {
    await using other = await behind({ scopeClaim: 'permissions' });
    const token = await rs256({ ...CLAIMS, scope: '*:write', permissions: ['MODEL_ROUTER:read'] });
    const headers = { authorization: `Bearer ${token}` };
    expect((await ask(other, headers, READ)).errors).toBeUndefined();
    const refused = await ask(other, headers, WRITE);
    expect(refused.data).toEqual({ createModel: { __typename: 'GatewayForbiddenError' } });
    expect(other.actions()).toEqual(['ModelRouterQueryModelList']);
  });
});

it('a subject is one caller by whatever token, and no other subject', async () => {
  const rateLimit = { perMinute: 1, burst: 1 };
  const access = { origins: [], hasIntrospection: true, hasGraphiql: true, rateLimit };
  const authenticate = createJwtAuthenticator(settings(), () => NOW);
  await using limited = await openGateway({ authenticate, access });
  const statuses: number[] = [];
  for (const claims of [CLAIMS, { ...CLAIMS, jti: 'other' }, { ...CLAIMS, sub: 'bob' }]) {
    statuses.push((await send(await rs256(claims), limited)).status);
  }
  expect(statuses).toEqual([200, 429, 200]);
});

describe("the issuer's keys", () => {
  it('that do not come within five seconds are told of with 503', async () => {
    const timeout = vi
      .spyOn(AbortSignal, 'timeout')
      .mockReturnValue(AbortSignal.abort(new DOMException('Late.', 'TimeoutError')));
    try {
      await using own = await openIssuer({ keys: [rsa.jwk] });
      await using other = await behind({ key: { jwksUrl: own.url } });
      expect((await send(await rs256(CLAIMS), other)).status).toBe(503);
      expect(timeout.mock.calls).toEqual([[5000]]);
      expect(other.logs.join()).toContain('"cause":"TimeoutError"');
    } finally {
      timeout.mockRestore();
    }
  });

  it('are asked for once for many tokens, and again for a key that is new', async () => {
    await using own = await openIssuer({ keys: [rsa.jwk] });
    await using other = await behind({ key: { jwksUrl: own.url } });
    const token = await rs256(CLAIMS);
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(token, other)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(own.asked).toEqual(['/keys']);
    // A key that is not among them is looked for anew, but no sooner than half a minute after the last look.
    const byEc = await sign(CLAIMS, 'ES256', ec.privateKey, { kid: 'ec' });
    own.keySet = { keys: [rsa.jwk, ec.jwk] };
    expect([(await send(byEc, other)).status, own.asked.length]).toEqual([401, 1]);
  });

  it.each([
    ['do not answer', 'closed', 200, 'ECONNREFUSED'],
    ['fail', { keys: [] }, 500, 'HTTP_500'],
    ['redirect', { keys: [] }, 302, 'HTTP_302'],
    ['are no JSON', '<html>', 200, 'SyntaxError'],
    ['are no key set', { key: [] }, 200, 'ERR_JWKS_INVALID'],
    ['are endless', ' '.repeat(1024 * 1024) + JSON.stringify({ keys: [] }), 200, 'TOO_LARGE'],
  ])(
    'that %s are told of with 503: nothing is known against the token',
    async (_case, keySet, status, cause) => {
      const own = await openIssuer(keySet);
      own.status = status;
      await using other = await behind({ key: { jwksUrl: own.url } });
      if (keySet === 'closed') await own[Symbol.asyncDispose]();
      const answer = await send(await rs256(CLAIMS), other);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        503,
        {
          errors: [
            {
              message: 'Keys and tokens cannot be checked at the moment.',
              extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfterMs: 5000 },
            },
          ],
        },
      ]);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(other.actions()).toEqual([]);
      const told = other.logs.filter((line) => line.includes('cannot be told apart'));
      expect(told.map((line) => JSON.parse(line).cause)).toEqual([cause]);
      expect(other.logs.join()).not.toContain(own.url.host);
      if (keySet === 'closed') return;
      own.keySet = { keys: [rsa.jwk] };
      own.status = 200;
      expectServed(await send(await rs256(CLAIMS), other), other);
      await own[Symbol.asyncDispose]();
    },
  );
});
