import { describe, expect, it } from 'vitest';
import { KeyFileError, parseKeyFile, toApiKey } from '../../../src/auth/key-file.ts';

const sha256 = 'a1'.repeat(32);
const entry = { name: 'ci', sha256, scopes: ['PAI:read'] };

function faultsOf(content: unknown): readonly string[] {
  try {
    parseKeyFile(typeof content === 'string' ? content : JSON.stringify(content));
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(KeyFileError);
    return (error as KeyFileError).faults;
  }
}

describe('a file of keys', () => {
  it('holds names, digests, scopes and ends', () => {
    const [key] = parseKeyFile(
      JSON.stringify({
        keys: [
          {
            ...entry,
            scopes: ['*:read', 'PAI:write'],
            createdAt: '2026-01-01T00:00:00Z',
            expiresAt: '2027-01-01T00:00:00+08:00',
          },
        ],
      }),
    ).map(toApiKey);
    expect(key).toEqual({
      name: 'ci',
      digest: Buffer.from(sha256, 'hex'),
      scopes: new Set(['MODEL_ROUTER:read', 'PAI:read', 'AI_GATEWAY:read', 'PAI:write']),
      expiresAt: Date.parse('2026-12-31T16:00:00Z'),
    });
  });

  it('may be empty', () => {
    expect(parseKeyFile('{"keys":[]}')).toEqual([]);
  });

  it.each([
    ['no JSON', 'Pl4nted', 'It is not JSON'],
    ['half a file', '{"keys":[{"name":"Pl4nted"', 'It is not JSON'],
    ['nothing', '', 'It is not JSON'],
    ['a list', [entry], 'It must be an object'],
    ['no keys', {}, 'keys must be a list'],
    ['more than keys', { keys: [], key: 'Pl4nted' }, 'It must be an object with a list "keys"'],
    ['a key in clear', { keys: [{ ...entry, key: 'Pl4nted' }] }, 'keys.0 must be an object of name, sha256'],
    ['a key in place of its digest', { keys: [{ ...entry, sha256: 'Pl4nted' }] }, 'keys.0.sha256 must be 64'],
    [
      'a digest in upper case',
      { keys: [{ ...entry, sha256: sha256.toUpperCase() }] },
      'keys.0.sha256 must be',
    ],
    ['no name', { keys: [{ sha256, scopes: [] }] }, 'keys.0.name must be a text'],
    ['a name that breaks a line', { keys: [{ ...entry, name: 'Pl4nted\n' }] }, 'keys.0.name must be 1 to 64'],
    ['scopes in one text', { keys: [{ ...entry, scopes: 'PAI:read' }] }, 'keys.0.scopes must be a list'],
    [
      'a scope that is none',
      { keys: [{ ...entry, scopes: ['Pl4nted'] }] },
      'keys.0.scopes must hold only MODEL_',
    ],
    [
      'an end without a zone',
      { keys: [{ ...entry, expiresAt: '2027-01-01' }] },
      'keys.0.expiresAt must be an ISO',
    ],
    ['an end that is empty', { keys: [{ ...entry, expiresAt: '' }] }, 'keys.0.expiresAt must be an ISO'],
    [
      'two keys of one name',
      { keys: [entry, { ...entry, sha256: 'b2'.repeat(32) }] },
      'keys.1.name is that of',
    ],
    [
      'one digest twice',
      { keys: [entry, { ...entry, name: 'other' }] },
      'keys.1.sha256 is that of another key',
    ],
  ])('with %s is refused, and nothing of it quoted', (_case, content, fault) => {
    const faults = faultsOf(content);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
    expect(faults.join()).not.toContain('Pl4nted');
  });

  it('tells every fault at once', () => {
    const faults = faultsOf({ keys: [{ ...entry, name: '' }, entry, { ...entry, scopes: 7, expiresAt: 7 }] });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'keys.0.name',
      'keys.2.scopes',
      'keys.2.expiresAt',
    ]);
  });
});
