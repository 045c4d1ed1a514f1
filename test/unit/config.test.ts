import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

type Env = Readonly<Record<string, string>>;

function faultsOf(env: Env): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).faults;
  }
}

const SECRET = 'Pl4nted secret of more than 32 bytes';
const SIGNED = {
  AUTH_MODE: 'jwt',
  AUTH_JWT_ISSUER: 'https://issuer.example',
  AUTH_JWT_AUDIENCE: 'modelgraph',
};
const BY_SECRET = { ...SIGNED, AUTH_JWT_SECRET: SECRET };
const BY_KEYS = { ...SIGNED, AUTH_JWKS_URL: 'https://issuer.example/keys' };

describe('calls under way at a backend', () => {
  it('are as many as all may have, or as many as it has of its own', () => {
    const read = readConfig({ UPSTREAM_CONCURRENCY: '8', PAI_CONCURRENCY: '64' });
    expect(read.upstreamConcurrency).toBe(8);
    expect([...read.concurrencyBySource]).toEqual([['PAI', 64]]);
    expect(readConfig({}).upstreamConcurrency).toBe(32);
  });

  it('are 1 to 1,000', () => {
    expect(faultsOf({ AI_GATEWAY_CONCURRENCY: '0' })).toEqual([
      'AI_GATEWAY_CONCURRENCY must be a whole number from 1 to 1000',
    ]);
  });
});

describe('equal work under way', () => {
  it.each([
    [{}, 'reads'],
    [{ SINGLE_FLIGHT: '' }, 'reads'],
    [{ SINGLE_FLIGHT: 'off' }, 'off'],
    [{ SINGLE_FLIGHT: 'reads' }, 'reads'],
    [{ SINGLE_FLIGHT: 'operations' }, 'operations'],
  ])('with %j is done once: %s', (env, singleFlight) => {
    expect(readConfig(env)).toMatchObject({ singleFlight });
  });

  it('is told by three words, and nothing else', () => {
    expect(faultsOf({ SINGLE_FLIGHT: 'Pl4nted' })).toEqual([
      'SINGLE_FLIGHT must be off, reads or operations',
    ]);
  });
});

describe('keys of the cloud', () => {
  const keys = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tPl4nted',
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'Pl4nted',
    ALIBABA_CLOUD_SECURITY_TOKEN: 'Pl4nted+of/sts=',
  };

  describe.each(Object.keys(keys))('%s', (name) => {
    it.each([
      ['a blank before it', ' Pl4nted'],
      ['a line break behind it', 'Pl4nted\n'],
      ['quotes', '"Pl4nted"'],
      ['a control character', 'Pl4n\u0007ted'],
      ['characters that no header takes', 'ключ'],
    ])('with %s is refused, unsaid, with what to do', (_what, value) => {
      expect(faultsOf({ ...keys, [name]: value })).toEqual([
        `${name} begins or ends with a blank, a quote or a line break, or holds a control character or one outside ASCII: set it anew without; files of variables keep quotes, and echo adds a line break`,
      ]);
    });
  });

  it('are taken as they are', () => {
    expect(readConfig(keys).credentials?.revealAll()).toEqual(Object.values(keys));
  });
});

describe('callers', () => {
  it('are not asked who they are by default, on this machine', () => {
    const { auth, host, hasGraphiql, hasIntrospection, origins, rateLimit, warnings } = readConfig({});
    expect([auth, host, hasGraphiql, hasIntrospection]).toEqual([{ mode: 'none' }, '127.0.0.1', true, true]);
    expect([origins, rateLimit, warnings]).toEqual([[], undefined, []]);
  });

  it.each([
    ['api-key', { AUTH_MODE: 'api-key', AUTH_KEYS_FILE: '/keys.json' }],
    ['jwt by a secret', BY_SECRET],
    ['jwt by keys', BY_KEYS],
    ['none, said twice', { AUTH_MODE: 'none', ALLOW_UNAUTHENTICATED: '1' }],
    ['none, said twice in other words', { ALLOW_UNAUTHENTICATED: '1' }],
  ])(
    'may come from other machines with %s, and see neither schema nor GraphiQL unless told',
    (_case, env) => {
      const { hasIntrospection, hasGraphiql } = readConfig({ ...env, HOST: '0.0.0.0' });
      expect([hasIntrospection, hasGraphiql]).toEqual([false, false]);
      const shown = readConfig({ ...env, HOST: '0.0.0.0', INTROSPECTION: 'on', GRAPHIQL: 'on' });
      expect([shown.hasIntrospection, shown.hasGraphiql]).toEqual([true, true]);
      const hidden = readConfig({ ...env, INTROSPECTION: 'off', GRAPHIQL: 'off' });
      expect([hidden.hasIntrospection, hidden.hasGraphiql]).toEqual([false, false]);
    },
  );

  it('are told where the backends are, unless that is hidden', () => {
    const tells = ['', 'on', 'off'].map(
      (SOURCE_ENDPOINTS) => readConfig({ SOURCE_ENDPOINTS }).tellsEndpoints,
    );
    expect(tells).toEqual([true, true, false]);
  });

  it.each([{}, { AUTH_MODE: 'none' }, { AUTH_MODE: 'none', ALLOW_UNAUTHENTICATED: '0' }])(
    'may not come from other machines with %j',
    (env) => {
      expect(faultsOf({ ...env, HOST: '0.0.0.0' })).toEqual([
        expect.stringMatching(/^HOST is not a loopback/),
      ]);
    },
  );

  it('with keys are found in the file', () => {
    expect(readConfig({ AUTH_MODE: 'api-key', AUTH_KEYS_FILE: '/keys.json' }).auth).toEqual({
      mode: 'api-key',
      keysFile: '/keys.json',
    });
  });

  it('with tokens are judged by safe algorithms', () => {
    expect(readConfig(BY_KEYS).auth).toEqual({
      mode: 'jwt',
      key: { jwksUrl: new URL('https://issuer.example/keys') },
      issuer: 'https://issuer.example',
      audiences: ['modelgraph'],
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
      scopeClaim: undefined,
    });
    expect(readConfig(BY_SECRET).auth).toMatchObject({ algorithms: ['HS256'] });
    expect(
      readConfig({
        ...BY_KEYS,
        AUTH_JWT_AUDIENCE: 'a, b',
        AUTH_JWT_ALGORITHMS: ' ES384,RS256 ',
        AUTH_JWT_SCOPE_CLAIM: 'permissions',
      }).auth,
    ).toMatchObject({ audiences: ['a', 'b'], algorithms: ['ES384', 'RS256'], scopeClaim: 'permissions' });
  });

  it('share a secret that no print of the configuration shows', () => {
    const config = readConfig(BY_SECRET);
    const prints = [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      String(config.auth),
    ];
    expect(prints.join()).not.toContain('Pl4nted');
    expect(prints.join()).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
  });

  it('share a secret that is measured in bytes', () => {
    expect(faultsOf({ ...SIGNED, AUTH_JWT_SECRET: 'ä'.repeat(16) })).toEqual([]);
    expect(faultsOf({ ...SIGNED, AUTH_JWT_SECRET: 'a'.repeat(31) })).toHaveLength(1);
  });

  it('may keep the issuer on this machine', () => {
    for (const url of ['http://127.0.0.1:9/k', 'http://localhost/k', 'http://[::1]/k?x=1']) {
      expect(faultsOf({ ...BY_KEYS, AUTH_JWKS_URL: url })).toEqual([]);
    }
  });
});

describe('a configuration that protects less than it seems', () => {
  it.each([
    [
      'a file of keys without a mode',
      { AUTH_KEYS_FILE: 'Pl4nted' },
      'AUTH_MODE must be set as well, since AUTH_KEYS_FILE is',
    ],
    [
      'a secret without a mode',
      { AUTH_JWT_SECRET: SECRET },
      'AUTH_MODE must be set as well, since AUTH_JWT_SECRET is',
    ],
    [
      'keys without a file',
      { AUTH_MODE: 'api-key' },
      'AUTH_KEYS_FILE must be set, since AUTH_MODE is api-key',
    ],
    ['an unknown mode', { AUTH_MODE: 'Pl4nted' }, 'AUTH_MODE must be none, api-key or jwt'],
    ['a mode in upper case', { AUTH_MODE: 'JWT' }, 'AUTH_MODE must be none, api-key or jwt'],
    ['no key for tokens', SIGNED, 'AUTH_JWKS_URL or AUTH_JWT_SECRET must be set'],
    [
      'two keys for tokens',
      { ...BY_KEYS, AUTH_JWT_SECRET: SECRET },
      'AUTH_JWT_SECRET must not be set beside AUTH_JWKS_URL',
    ],
    [
      'a short secret',
      { ...SIGNED, AUTH_JWT_SECRET: 'Pl4nted' },
      'AUTH_JWT_SECRET must hold at least 32 bytes',
    ],
    [
      'a secret that is short for its algorithm',
      { ...BY_SECRET, AUTH_JWT_ALGORITHMS: 'HS256,HS512' },
      'AUTH_JWT_SECRET must hold at least 64 bytes',
    ],
    [
      'no algorithm',
      { ...BY_SECRET, AUTH_JWT_ALGORITHMS: 'none' },
      'AUTH_JWT_ALGORITHMS must hold only HS256, HS384, HS512',
    ],
    [
      'no algorithm, for keys',
      { ...BY_KEYS, AUTH_JWT_ALGORITHMS: 'RS256,none' },
      'AUTH_JWT_ALGORITHMS must hold only RS256',
    ],
    [
      'HMAC with public keys',
      { ...BY_KEYS, AUTH_JWT_ALGORITHMS: 'RS256,HS256' },
      'AUTH_JWT_ALGORITHMS must hold only RS256',
    ],
    [
      'public keys with a secret',
      { ...BY_SECRET, AUTH_JWT_ALGORITHMS: 'RS256' },
      'AUTH_JWT_ALGORITHMS must hold only HS256',
    ],
    [
      'an empty list of algorithms',
      { ...BY_KEYS, AUTH_JWT_ALGORITHMS: ' , ' },
      'AUTH_JWT_ALGORITHMS must name an algorithm',
    ],
    [
      'an empty list of audiences',
      { ...BY_KEYS, AUTH_JWT_AUDIENCE: ',' },
      'AUTH_JWT_AUDIENCE must name an audience',
    ],
    [
      'plain http to the issuer',
      { ...BY_KEYS, AUTH_JWKS_URL: 'http://Pl4nted.example/keys' },
      'AUTH_JWKS_URL must be a whole URL',
    ],
    [
      'http to what looks like this machine',
      { ...BY_KEYS, AUTH_JWKS_URL: 'http://127.0.0.1.example/' },
      'AUTH_JWKS_URL must be',
    ],
    [
      'a file in place of the issuer',
      { ...BY_KEYS, AUTH_JWKS_URL: 'file:///keys' },
      'AUTH_JWKS_URL must be a whole URL',
    ],
    [
      'a password to the issuer',
      { ...BY_KEYS, AUTH_JWKS_URL: 'https://u:Pl4nted@issuer.example/' },
      'AUTH_JWKS_URL must not carry',
    ],
    [
      'a password to the issuer, of nobody',
      { ...BY_KEYS, AUTH_JWKS_URL: 'https://:Pl4nted@issuer.example/' },
      'AUTH_JWKS_URL must not carry',
    ],
    ['every origin', { CORS_ORIGINS: '*' }, 'CORS_ORIGINS must be a list of whole origins'],
    [
      'every origin of a domain',
      { CORS_ORIGINS: 'https://*.app.example' },
      'CORS_ORIGINS must be a list of whole origins',
    ],
    [
      'an origin with a path',
      { CORS_ORIGINS: 'https://app.example/' },
      'CORS_ORIGINS must be a list of whole origins',
    ],
    [
      'an origin that is null',
      { CORS_ORIGINS: 'https://app.example,null' },
      'CORS_ORIGINS must be a list of whole origins',
    ],
    [
      'a burst without a limit',
      { RATE_LIMIT_BURST: '5' },
      'RATE_LIMIT_PER_MINUTE must be set as well, since RATE_LIMIT_BURST is',
    ],
    [
      'a token of a key that is not there',
      { ALIBABA_CLOUD_SECURITY_TOKEN: 'Pl4nted' },
      'ALIBABA_CLOUD_ACCESS_KEY_ID must be set as well, since ALIBABA_CLOUD_SECURITY_TOKEN is',
    ],
    [
      'a manifest that nothing asks for',
      { TRUSTED_DOCUMENTS_FILE: 'Pl4nted' },
      'TRUSTED_DOCUMENTS must be set as well, since TRUSTED_DOCUMENTS_FILE is',
    ],
    [
      'an address of a port that is not there',
      { METRICS_HOST: '127.0.0.2' },
      'METRICS_PORT must be set as well, since METRICS_HOST is',
    ],
    [
      'a limit that is none',
      { RATE_LIMIT_PER_MINUTE: 'Pl4nted' },
      'RATE_LIMIT_PER_MINUTE must be a whole number',
    ],
    ['a switch that is half on', { GRAPHIQL: 'true' }, 'GRAPHIQL must be on or off'],
  ])('is refused: %s', (_case, env, fault) => {
    const faults = faultsOf(env as Env);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
    expect(faults.join()).not.toContain('Pl4nted');
  });

  it('may keep the manifest of documents that are switched off', () => {
    expect(faultsOf({ TRUSTED_DOCUMENTS: 'off', TRUSTED_DOCUMENTS_FILE: 'manifest.json' })).toEqual([]);
  });

  it('is told of all its faults at once', () => {
    const faults = faultsOf({
      AUTH_MODE: 'jwt',
      AUTH_JWT_SECRET: 'Pl4nted',
      GRAPHIQL: '1',
      CORS_ORIGINS: '*',
    });
    expect(faults.map((fault) => fault.split(' ')[0]).toSorted()).toEqual([
      'AUTH_JWT_AUDIENCE',
      'AUTH_JWT_ISSUER',
      'AUTH_JWT_SECRET',
      'CORS_ORIGINS',
      'GRAPHIQL',
    ]);
  });

  it('is warned about where a setting is of another mode', () => {
    expect(readConfig({ ...BY_SECRET, AUTH_MODE: 'none' }).warnings).toEqual([
      'AUTH_JWT_SECRET is not used: AUTH_MODE is none',
      'AUTH_JWT_ISSUER is not used: AUTH_MODE is none',
      'AUTH_JWT_AUDIENCE is not used: AUTH_MODE is none',
    ]);
    expect(readConfig({ ...BY_KEYS, AUTH_KEYS_FILE: '/k' }).warnings).toEqual([
      'AUTH_KEYS_FILE is not used: AUTH_MODE is jwt',
    ]);
  });
});

describe('what a request may be', () => {
  it('is limited by default', () => {
    expect(readConfig({}).limits).toEqual({
      maxBodyBytes: 1_048_576,
      maxBatchOperations: 10,
      maxTokens: 20_000,
      maxDepth: 15,
      maxAliases: 500,
      maxDirectives: 50,
      maxUpstreamCalls: 200,
    });
  });

  it('is what the operator says', () => {
    const names = [
      'MAX_BODY_BYTES',
      'MAX_BATCH_OPERATIONS',
      'MAX_TOKENS',
      'MAX_DEPTH',
      'MAX_ALIASES',
      'MAX_DIRECTIVES',
      'MAX_UPSTREAM_CALLS',
    ];
    const env = Object.fromEntries(names.map((name, index) => [name, String(index + 1)]));
    expect(Object.values(readConfig(env).limits)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const name of names) {
      for (const value of ['-1', '1.5', '1k', 'off', '999999999']) {
        expect(faultsOf({ [name]: value }).join(), `${name}=${value}`).toMatch(
          new RegExp(`^${name} must be a whole number from [01] to \\d+$`),
        );
      }
    }
  });
});

describe('how much a caller may ask', () => {
  it.each([
    [{ RATE_LIMIT_PER_MINUTE: '0' }, undefined],
    [{ RATE_LIMIT_PER_MINUTE: '60' }, { perMinute: 60, burst: 60 }],
    [
      { RATE_LIMIT_PER_MINUTE: '60', RATE_LIMIT_BURST: '5' },
      { perMinute: 60, burst: 5 },
    ],
  ])('is read from %j', (env, rateLimit) => {
    expect(readConfig(env as Env).rateLimit).toEqual(rateLimit);
  });
});

it('origins are read from a list', () => {
  expect(readConfig({ CORS_ORIGINS: 'https://a.example, http://localhost:5173,' }).origins).toEqual([
    'https://a.example',
    'http://localhost:5173',
  ]);
});
