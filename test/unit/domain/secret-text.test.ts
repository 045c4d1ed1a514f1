import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isMaskedUrl, maskKey, maskPreview, maskUrl } from '../../../src/domain/secret-text.ts';

// Many runs a test: on a busy machine they take longer than one test may by default.
vi.setConfig({ testTimeout: 60_000 });

describe('maskKey', () => {
  it.each([
    ['a', '****'],
    ['ab', 'a****'],
    ['abcd', 'a****d'],
    ['abcdefgh', 'a****h'],
    ['abcdefghi', 'ab****hi'],
    ['sk-0123456789abcdef', 'sk-0****cdef'],
    ['\u{1F511}\u{1F512}\u{1F513}\u{1F514}', '\u{1F511}****\u{1F514}'],
  ])('%s becomes %s', (key, preview) => {
    expect(maskKey(key)).toBe(preview);
  });

  it('has nothing to show of an empty key', () => {
    expect(maskKey('')).toBeUndefined();
  });

  it('shows at most half of a key, none of its middle, at most 2 characters of a short one, and no half characters', () => {
    const keys = fc.oneof(
      fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }),
      fc.string({ minLength: 1, maxLength: 12 }),
    );
    fc.assert(
      fc.property(keys, (key) => {
        const chars = [...key];
        const preview = [...(maskKey(key) ?? '')];
        const shown = preview.length - 4;
        expect(shown).toBeLessThanOrEqual(chars.length <= 8 ? 2 : chars.length / 2);
        expect(shown).toBeLessThan(chars.length);
        const head = Math.ceil(shown / 2);
        const tail = shown - head;
        expect(preview.join('')).toBe(
          [...chars.slice(0, head), '****', ...chars.slice(chars.length - tail)].join(''),
        );
        // What is shown of either end stays out of the middle half.
        if (chars.length > 8) expect(Math.max(head, tail)).toBeLessThanOrEqual(chars.length / 4);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('maskPreview', () => {
  it('passes on what is masked already, and masks what is not', () => {
    expect(maskPreview('sk-12****89')).toBe('sk-12****89');
    expect(maskPreview('sk-0123456789abcdef')).toBe('sk-0****cdef');
    expect(maskPreview('')).toBeUndefined();
  });
});

describe('maskUrl', () => {
  it.each([
    ['https://xxxxxx', 'https://xxxxxx'],
    [
      'https://dashscope.aliyuncs.com/compatible-mode/v1',
      'https://dashscope.aliyuncs.com/compatible-mode/v1',
    ],
    ['HTTP://Host:8080/Path/', 'HTTP://Host:8080/Path/'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1'],
    ['https://user:pass@host/v1', 'https://host/v1'],
    ['https://token@host', 'https://host'],
    ['https://user:p@ss@host/v1', 'https://host/v1'],
    ['https://host/v1?key=secret', 'https://host/v1?key=***'],
    ['https://host?a=1&b=&c=x=y', 'https://host?a=***&b=***&c=***'],
    ['https://host/?secret', 'https://host/?***'],
    ['https://host/?', 'https://host/?'],
    ['https://host/?&a=1&', 'https://host/?&a=***&'],
    ['https://host/?a=1?b=2', 'https://host/?a=***'],
    ['https://host/v1#secret', 'https://host/v1'],
    ['https://host/v1?a=1#secret?b=2', 'https://host/v1?a=***'],
    ['https://host/a@b', 'https://host/a@b'],
    ['https://\u4F8B\u3048.jp/', 'https://\u4F8B\u3048.jp/'],
  ])('%s leaves as %s', (url, masked) => {
    expect(maskUrl(url)).toBe(masked);
  });

  it.each([
    '',
    'host',
    '/v1',
    '//host/v1',
    'http:host',
    'http:/host',
    'https://',
    'https:///host',
    'https://user:pass@',
    'https://host:99999/',
    'https://user:pa/ss@host/',
    'https://user:pa?ss@host/',
    'https:\\\\user:pass@host\\v1',
    'https://ho st/',
    'https://host/a b',
    'https://host/\n',
    'https://host/\u0000',
    ' https://host/',
    'ftp://host/',
    'javascript:alert(1)//https://host',
    'data:text/plain,secret',
    'None',
  ])('%j is no URL that may leave', (text) => {
    expect(maskUrl(text)).toBeUndefined();
  });

  it('takes other schemes where they are named', () => {
    expect(maskUrl('oss://bucket/path?key=secret', ['oss'])).toBe('oss://bucket/path?key=***');
    expect(maskUrl('https://host', ['oss'])).toBeUndefined();
  });

  it('takes blanks in the name of what is stored, and nowhere else', () => {
    const schemes = ['oss', 'https'];
    expect(maskUrl('oss://bucket/my model/v 1?key=a secret', schemes)).toBe(
      'oss://bucket/my model/v 1?key=***',
    );
    for (const url of ['oss://my bucket/model', 'oss://bucket/a\nb', 'https://bucket/my model'])
      expect(maskUrl(url, schemes)).toBeUndefined();
  });

  const word = fc.stringMatching(/^[A-Za-z0-9._~%+-]{1,12}$/);
  const secret = word.map((text) => `SECRET${text.replaceAll('%', '')}`);
  const pairs = fc.array(fc.tuple(word, secret), { maxLength: 4 });
  const urls = fc.record({
    userinfo: fc.option(fc.tuple(secret, fc.option(secret)), { nil: undefined }),
    host: fc.domain(),
    path: fc.array(fc.stringMatching(/^[a-z0-9]{0,5}$/), { maxLength: 3 }),
    pairs,
    fragment: fc.option(secret, { nil: undefined }),
  });
  const written = urls.map(({ userinfo, host, path, pairs: query, fragment }) => {
    const user =
      userinfo === undefined ? '' : `${userinfo[0]}${userinfo[1] === null ? '' : `:${userinfo[1]}`}@`;
    const search = query.length === 0 ? '' : `?${query.map(([name, value]) => `${name}=${value}`).join('&')}`;
    const hash = fragment === undefined ? '' : `#${fragment}`;
    return `https://${user}${host}/${path.join('/')}${search}${hash}`;
  });

  it('lets no password, query value or fragment through, and keeps host and path', () => {
    fc.assert(
      fc.property(written, (url) => {
        const masked = maskUrl(url) ?? '';
        expect(masked).not.toContain('SECRET');
        const [before, after] = [new URL(url), new URL(masked)];
        expect([after.host, after.pathname, after.username, after.password, after.hash]).toEqual([
          before.host,
          before.pathname,
          '',
          '',
          '',
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  it('masks what a browser would read as user information or query, in any text that is a URL', () => {
    const odd = fc
      .array(
        fc.constantFrom('@', ':', '/', '\\', '?', '#', '=', '&', '.', 'a', 'SECRET', '[', ']', '%40', '\t'),
        {
          maxLength: 14,
        },
      )
      .map((parts) => `https://${parts.join('')}`);
    fc.assert(
      fc.property(odd, (url) => {
        const masked = maskUrl(url);
        if (masked === undefined) return;
        const read = new URL(masked);
        expect([read.username, read.password, read.hash]).toEqual(['', '', '']);
        const values = read.search
          .slice(1)
          .split('&')
          .map((pair) => pair.slice(pair.indexOf('=') + 1));
        expect(values.every((value) => value === '***' || value === '')).toBe(true);
        expect(read.host).toBe(new URL(url).host);
        expect(maskUrl(masked)).toBe(masked);
      }),
      { numRuns: 1000 },
    );
  });

  it('what it masked is known again, and what it did not change is not', () => {
    fc.assert(
      fc.property(written, (url) => {
        expect(isMaskedUrl(maskUrl(url) ?? '')).toBe(url.includes('?'));
        expect(isMaskedUrl(url)).toBe(false);
      }),
    );
  });

  it.each([
    ['https://host/?a=***', true],
    ['https://host/?a=1&b=***', true],
    ['https://host/?***', true],
    ['https://host/?a=****', false],
    ['https://host/?a=1', false],
    ['https://host/***', false],
    ['https://host/', false],
    ['', false],
  ])('isMaskedUrl(%s) is %s', (url, isMasked) => {
    expect(isMaskedUrl(url)).toBe(isMasked);
  });

  it('a plain URL is what it is with a fragment, which is read in the general way', () => {
    const label = fc.oneof(
      fc.stringMatching(/^[a-z0-9-]{1,6}$/),
      fc.constantFrom('', 'xn--a', '0x1f', '127', '1e3', 'localhost', 'a_b', 'A'),
    );
    const parts = fc.tuple(
      fc.constantFrom('http', 'https', 'oss', 'ftp', 'HTTP', ''),
      fc.constantFrom('://', ':/', ':'),
      fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
      fc.constantFrom('', ':80', ':65536', ':', ':x'),
      fc.constantFrom('', '/', '/v1', '/a/../b', '/%', '/a b', '/\u00E9', '?', '?a=1', '\n'),
    );
    fc.assert(
      fc.property(parts, (texts) => {
        const url = texts.join('');
        const schemes = ['http', 'https', 'oss'];
        expect(maskUrl(url, schemes)).toBe(maskUrl(`${url}#x`, schemes));
      }),
      { numRuns: 5_000 },
    );
  });
});
