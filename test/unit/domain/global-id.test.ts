import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { decodeGlobalId, encodeGlobalId, keyPartFault } from '../../../src/domain/global-id.ts';
import { MODEL_KEY } from '../../../src/domain/model.ts';
import { AI_GATEWAY_KEY, MODEL_SERVICE_KEY } from '../../../src/domain/model-service.ts';
import { PAI_MODEL_KEY } from '../../../src/domain/pai-model.ts';

// Many runs a test: on a busy machine they take longer than one test may by default.
vi.setConfig({ testTimeout: 60_000 });

const REGION = 'cn-beijing';
const SHAPES = [MODEL_KEY, PAI_MODEL_KEY, AI_GATEWAY_KEY, MODEL_SERVICE_KEY];

const raw = (text: string) => Buffer.from(text).toString('base64url');

const name = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }),
    fc.string({
      minLength: 1,
      maxLength: 256,
      unit: fc.constantFrom('\u6A21', '\u{1F511}', 'a', '%', '*', '#', '@', ' '),
    }),
  )
  .filter((text) => keyPartFault('name', text, REGION) === undefined);

describe('the id codec', () => {
  it.each([
    [MODEL_KEY, ['1'], 'Model:1'],
    [PAI_MODEL_KEY, [REGION, 'model-x'], 'PaiModel:cn-beijing/model-x'],
    [AI_GATEWAY_KEY, [REGION, 'pg-x'], 'AiGateway:cn-beijing/pg-x'],
    [MODEL_SERVICE_KEY, [REGION, 'pg-x', 'ms-x'], 'ModelService:cn-beijing/pg-x/ms-x'],
    [PAI_MODEL_KEY, [REGION, 'a b%/\u540D*'], 'PaiModel:cn-beijing/a%20b%25%2F%E5%90%8D*'],
  ])('writes %o of %j as base64url of %s', (shape, key, text) => {
    expect(encodeGlobalId(shape, key)).toBe(raw(text));
  });

  it('takes apart what it put together, whatever a legal key holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SHAPES),
        fc.array(name, { minLength: 1, maxLength: 3 }),
        (shape, key) => {
          const id = encodeGlobalId(shape, key);
          expect(decodeGlobalId(id)).toEqual({ typeName: shape.typeName, key });
          expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('gives different keys different ids', () => {
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.array(name, { minLength: 1, maxLength: 3 }),
        (a, b) => {
          const isSame = encodeGlobalId(MODEL_SERVICE_KEY, a) === encodeGlobalId(MODEL_SERVICE_KEY, b);
          expect(isSame).toBe(JSON.stringify(a) === JSON.stringify(b));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('knows exactly one id of a key: whatever it takes apart is put together to the same text', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.base64String({ maxLength: 60 }),
      fc.string({ maxLength: 30, unit: 'binary' }).map((text) => raw(`PaiModel:${text}`)),
      fc
        .array(
          fc.constantFrom(
            '%2F',
            '%2f',
            '/',
            '%',
            '%41',
            'A',
            '..',
            ' ',
            '%20',
            '+',
            '\u540D',
            '~',
            '%7E',
            '!',
            '%21',
          ),
          { maxLength: 8 },
        )
        .map((parts) => raw(`Model:${parts.join('')}`)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const decoded = decodeGlobalId(text);
        if (decoded === undefined) return;
        expect(encodeGlobalId({ typeName: decoded.typeName, parts: [] }, decoded.key)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['padding', `${raw('Model:1')}==`],
    ['plain base64 where base64url differs', Buffer.from('Model:1?>').toString('base64')],
    ['a blank in front', ` ${raw('Model:1')}`],
    ['a line break behind', `${raw('Model:1')}\n`],
    ['bits that belong to no byte', 'TW9kZWw6MR'],
    ['no colon', raw('Model')],
    ['no type', raw(':1')],
    ['no key', raw('Model:')],
    ['a type with a digit', raw('Model2:1')],
    ['a digit in front of the type', raw('2Model:1')],
    ['a line in front of the type', raw('x\nModel:1')],
    ['a key with a bare letter of another script', raw('Model:\u540D')],
    ['an escape in lower case', raw('PaiModel:cn-beijing/%2f')],
    ['an escape of what needs none', raw('Model:%31')],
    ['half an escape', raw('Model:%4')],
    ['an escape that is no UTF-8', raw('Model:%FF')],
    ['an escaped lone surrogate', raw('Model:%ED%A0%80')],
    ['bytes that are no UTF-8', Buffer.from([0x4d, 0x3a, 0xff]).toString('base64url')],
    ['a blank', raw('Model:1 ')],
    ['a plus for a blank', raw('PaiModel:a+b')],
    ['a null character', raw('Model:1\0')],
    ['a line break', raw('Model:1\n')],
    ['10 kB', raw(`Model:${'1'.repeat(10_240)}`)],
    ['10 kB that is no base64', '!'.repeat(10_240)],
    ['the text unencoded', 'Model:1'],
    ['unicode', '\u{1F511}'],
    ['a lone surrogate', '\uD800'],
  ])('takes %s for no id', (_what, id) => {
    expect(decodeGlobalId(id)).toBeUndefined();
  });

  it('looks at ids of up to 12,288 characters', () => {
    const key = '1'.repeat(9216 - 'Model:'.length);
    expect(raw(`Model:${key}`)).toHaveLength(12_288);
    expect(decodeGlobalId(raw(`Model:${key}`))).toEqual({ typeName: 'Model', key: [key] });
    expect(decodeGlobalId(raw(`Model:${key}1`))).toBeUndefined();
  });

  it('never throws over an id that a backend sent, not even over a lone surrogate', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (part) => {
          expect(encodeGlobalId(PAI_MODEL_KEY, [REGION, part])).toMatch(/^[A-Za-z0-9_-]+$/);
        },
      ),
    );
  });
});

describe('a part of a key', () => {
  it.each([
    'model-x',
    '*',
    'a*b',
    '%2F',
    '%2e%2e',
    '#',
    '@',
    '?',
    '\\',
    '...',
    ' ',
    '\u540D',
    "it's",
    'x'.repeat(256),
  ])('may be the name %j', (value) => {
    expect(keyPartFault('name', value, REGION)).toBeUndefined();
  });

  it.each([
    ['', 'must not be empty'],
    ['.', 'must not be a dot path'],
    ['..', 'must not be a dot path'],
    ['a/b', 'must hold no comma, slash or control character'],
    ['../x', 'must hold no comma, slash or control character'],
    ['a,b', 'must hold no comma, slash or control character'],
    ['a\0', 'must hold no comma, slash or control character'],
    ['a\r\nb', 'must hold no comma, slash or control character'],
    ['\u007F', 'must hold no comma, slash or control character'],
    ['\u0085', 'must hold no comma, slash or control character'],
    ['\uD800', 'must be well-formed text'],
    ['x'.repeat(257), 'must have at most 256 characters'],
  ])('may not be the name %j', (value, fault) => {
    expect(keyPartFault('name', value, REGION)).toBe(fault);
  });

  it.each(['0', '1', '007', '9'.repeat(19)])('may be the number %s', (value) => {
    expect(keyPartFault('digits', value, REGION)).toBeUndefined();
  });

  it.each(['', '-1', '+1', '1.0', '1e3', ' 1', '1\n', '0x1', '9'.repeat(20), '\u0661', '\uFF11', 'one'])(
    'may not be the number %j',
    (value) => {
      expect(keyPartFault('digits', value, REGION)).toBe('must be 1 to 19 digits');
    },
  );

  it.each(['cn-hangzhou', '', 'CN-BEIJING', 'cn-beijing.evil.example', 'cn-beijing '])(
    'may not be the region %j',
    (value) => {
      expect(keyPartFault('region', value, REGION)).toBe('names a region that is not configured');
    },
  );

  it('may be the configured region', () => {
    expect(keyPartFault('region', REGION, REGION)).toBeUndefined();
  });
});
