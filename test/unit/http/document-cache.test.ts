import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DocumentCache, NO_CACHE } from '../../../src/http/document-cache.ts';

const document = parse('{ a }');
const textOf = (name: string, length: number) => name.padEnd(length, ' ');

describe('remembered documents', () => {
  it('are found by their text', () => {
    const cache = new DocumentCache();
    cache.set('{ a }', document);
    expect([cache.get('{ a }'), cache.get('{ b }')]).toEqual([document, undefined]);
  });

  it('are of at most 65,536 characters', () => {
    const cache = new DocumentCache();
    cache.set(textOf('fits', 65_536), document);
    cache.set(textOf('large', 65_537), document);
    expect(cache.get(textOf('fits', 65_536))).toBe(document);
    expect(cache.get(textOf('large', 65_537))).toBeUndefined();
  });

  it('make room for new ones, the oldest first that nobody has asked for again', () => {
    const cache = new DocumentCache();
    const texts = Array.from({ length: 5 }, (_, index) => textOf(`${index} `, 65_536));
    for (const text of texts.slice(0, 4)) cache.set(text, document);
    cache.get(texts[0] ?? '');
    cache.set(texts[4] ?? '', document);
    const kept = texts.flatMap((text, index) => (cache.get(text) === undefined ? [] : [index]));
    expect(kept).toEqual([0, 2, 3, 4]);
  });

  it('make room though all were asked for again, and only once for having been', () => {
    const cache = new DocumentCache();
    const texts = Array.from({ length: 6 }, (_, index) => textOf(`${index} `, 65_536));
    for (const text of texts.slice(0, 4)) cache.set(text, document);
    for (const text of texts.slice(0, 4)) cache.get(text);
    for (const text of texts.slice(4)) cache.set(text, document);
    const kept = texts.flatMap((text, index) => (cache.get(text) === undefined ? [] : [index]));
    expect(kept).toEqual([2, 3, 4, 5]);
  });

  it('count once, however often they are set', () => {
    const cache = new DocumentCache();
    for (let turn = 0; turn < 100; turn += 1) cache.set(textOf('same', 65_536), document);
    cache.set('{ a }', document);
    expect([cache.get(textOf('same', 65_536)), cache.get('{ a }')]).toEqual([document, document]);
  });

  it('hold none that failed', () => {
    NO_CACHE.set();
    expect(NO_CACHE.get()).toBeUndefined();
  });
});
