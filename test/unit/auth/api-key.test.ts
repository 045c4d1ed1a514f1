import { timingSafeEqual } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type ApiKey, createKeyAuthenticator, digestOf, newApiKey } from '../../../src/auth/api-key.ts';
import { EVERY_SCOPE } from '../../../src/auth/scopes.ts';

vi.mock(import('node:crypto'), async (original) => {
  const actual = await original();
  return { ...actual, timingSafeEqual: vi.fn(actual.timingSafeEqual) };
});

const NOW = Date.parse('2026-06-01T00:00:00Z');

const texts = Array.from({ length: 5 }, () => newApiKey());
const known: readonly ApiKey[] = texts.map((text, index) => ({
  name: `key ${index}`,
  digest: digestOf(text),
  scopes: EVERY_SCOPE,
  expiresAt: [undefined, NOW + 1, NOW, NOW - 1, undefined][index],
}));
const authenticate = createKeyAuthenticator(
  async () => known,
  () => NOW,
);
const as = (headers: Record<string, string>) => authenticate(new Headers(headers));

beforeEach(() => {
  vi.mocked(timingSafeEqual).mockClear();
});

describe('a key', () => {
  it('is a prefix, 256 random bits and a checksum', () => {
    const bits = '0f'.repeat(32);
    const key = newApiKey((bytes) => Buffer.alloc(bytes, 0x0f));
    expect(key.slice(0, -8)).toBe(`mg_${bits}`);
    expect(key).toMatch(/^mg_[0-9a-f]{72}$/);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each([
    ['authorization', (key: string) => `Bearer ${key}`],
    ['authorization', (key: string) => `bearer   ${key}`],
    ['authorization', (key: string) => `BEARER ${key} `],
    ['x-api-key', (key: string) => key],
  ])('is taken from %s', async (header, value) => {
    expect(await as({ [header]: value(texts[0] ?? '') })).toEqual({
      kind: 'known',
      caller: { name: 'key 0', scopes: EVERY_SCOPE },
    });
  });

  it('ends at the moment it expires', async () => {
    const kinds = await Promise.all(texts.map(async (key) => (await as({ 'x-api-key': key })).kind));
    expect(kinds).toEqual(['known', 'known', 'refused', 'refused', 'known']);
    expect(await as({ 'x-api-key': texts[2] ?? '' })).toEqual({
      kind: 'refused',
      reason: 'EXPIRED',
      message: 'The API key has expired.',
    });
  });

  const right = texts[0] ?? '';
  const flipped = `${right.slice(0, 10)}${right[10] === '0' ? '1' : '0'}${right.slice(11)}`;
  it.each([
    ['another', newApiKey()],
    ['with one digit changed', flipped],
    ['in upper case', right.toUpperCase()],
    ['without its checksum', right.slice(0, -8)],
    ['without its prefix', right.slice(3)],
    ['with something behind it', `${right}0`],
    ['twice', `${right}, ${right}`],
    ['as its digest', digestOf(right).toString('hex')],
    ['empty', ''],
  ])('that is wrong (%s) is refused in the same words', async (_case, key) => {
    expect(await as({ 'x-api-key': key })).toEqual({
      kind: 'refused',
      reason: 'UNKNOWN',
      message: 'The API key is not known.',
    });
  });

  it('that is mistyped is refused without a look at the keys', async () => {
    const keys = vi.fn(async () => known);
    const judge = createKeyAuthenticator(keys, () => NOW);
    const mistyped = [
      flipped,
      `${right.slice(0, -1)}${right.endsWith('0') ? '1' : '0'}`,
      right.slice(0, -8),
      'x',
    ];
    for (const key of mistyped) await judge(new Headers({ 'x-api-key': key }));
    expect(keys).not.toHaveBeenCalled();
    await judge(new Headers({ 'x-api-key': right }));
    expect(keys).toHaveBeenCalledOnce();
  });

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: `Basic ${right}` }],
    ['a scheme alone', { authorization: 'Bearer' }],
    ['two tokens', { authorization: `Bearer ${right} ${right}` }],
    ['no scheme', { authorization: right }],
    ['both headers', { authorization: `Bearer ${right}`, 'x-api-key': right }],
    ['another header', { cookie: `key=${right}`, 'x-apikey': right }],
  ])('that is not presented as it should be (%s) is asked for', async (_case, headers) => {
    expect(await as(headers as Record<string, string>)).toMatchObject({ kind: 'refused', reason: 'MISSING' });
  });

  it.each([
    ['the first', texts[0]],
    ['the last', texts[4]],
    ['none', newApiKey()],
  ])('is compared with every digest in constant time, whether it is %s', async (_case, key) => {
    await as({ 'x-api-key': key ?? '' });
    const compared = vi.mocked(timingSafeEqual).mock.calls;
    expect(compared.map(([a]) => a)).toEqual(known.map(({ digest }) => digest));
    for (const [, b] of compared) expect(b).toEqual(digestOf(key ?? ''));
  });
});
