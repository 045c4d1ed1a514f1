import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HmacSha256 } from '../../../src/transport/hmac.ts';

describe('an HMAC is that of the runtime', () => {
  it.each([
    ['an empty key', ''],
    ['a short one', 'secret'],
    ['one of a block', 'k'.repeat(64)],
    ['one of more than a block', 'k'.repeat(65)],
    ['one of several blocks', 'key'.repeat(100)],
    ['one beyond ASCII', 'schlüssel-密钥-🔑'],
  ])('under %s, for one text after the other', (_what, key) => {
    const hmac = new HmacSha256(key, 5);
    for (const text of ['first', 'other', 'first']) {
      expect(hmac.of(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }
  });
});
