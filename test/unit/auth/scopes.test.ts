import { describe, expect, it } from 'vitest';
import { parseScopes, requireScope, SCOPES } from '../../../src/auth/scopes.ts';
import { backends } from '../../../src/backends/index.ts';
import { GatewayError } from '../../../src/errors.ts';

const sources = backends.map(({ source }) => source);

describe('scopes', () => {
  it('are reading and writing of every source in the registry', () => {
    expect(SCOPES).toEqual(sources.flatMap((source) => [`${source}:read`, `${source}:write`]));
    expect(SCOPES.length).toBeGreaterThanOrEqual(6);
  });

  it.each(['read', 'write'])('*:%s stands for every source and for nothing else', (access) => {
    const { granted, unknown } = parseScopes([`*:${access}`]);
    expect([...granted]).toEqual(sources.map((source) => `${source}:${access}`));
    expect(unknown).toEqual([]);
  });

  it.each([
    '',
    '*',
    'PAI',
    'PAI:',
    ':read',
    'pai:read',
    'PAI:READ',
    'PAI:admin',
    'PAI:read ',
    '*:*',
    'openid',
  ])('"%s" is none, and grants nothing', (name) => {
    const { granted, unknown } = parseScopes([name]);
    expect([granted.size, unknown]).toEqual([0, [name]]);
  });

  it.each(SCOPES)('%s alone lets its holder do that, and nothing else', (held) => {
    const { granted } = parseScopes([held]);
    const passed = SCOPES.filter((scope) => {
      const [source = '', access] = scope.split(':');
      try {
        requireScope(granted, source, access as 'read' | 'write');
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
        expect(error).toMatchObject({
          code: 'FORBIDDEN',
          source,
          message: `The caller lacks the scope ${scope}.`,
          retryable: false,
          mayHaveActed: false,
        });
        return false;
      }
    });
    expect(passed).toEqual([held]);
  });
});
