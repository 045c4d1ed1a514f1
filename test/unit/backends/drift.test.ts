import { describe, expect, it } from 'vitest';
import type { DriftKind } from '../../../src/backends/backend.ts';
import {
  array,
  type DocumentedFields,
  object,
  oneOf,
  onRequest,
  row,
  rows,
  values,
} from '../../../src/backends/documented.ts';
import { reportDrift } from '../../../src/backends/drift.ts';

/** What is reported of an answer to an operation whose fields are documented so, as `kind field times`. */
function driftOf(fields: DocumentedFields, body: unknown): readonly string[] {
  const found: string[] = [];
  const report = {
    drift: (_source: string, _operation: string, field: string, kind: DriftKind, times: number) =>
      void found.push(`${kind} ${field} ${times}`),
  };
  const link = { source: 'HUB', report };
  const operation = { name: 'List', version: '1', access: 'read', idempotent: true } as const;
  reportDrift(link, operation, { List: fields }, { status: 200, headers: {}, body: '' }, body);
  return found.toSorted();
}

describe('the drift of an answer', () => {
  it.each([
    ['a text', 'text'],
    ['null', null],
    ['an array', [{ a: 1 }]],
    ['nothing', undefined],
  ])('is none where the answer is %s', (_what, body) => {
    expect(driftOf(values('a'), body)).toEqual([]);
  });

  it('names the fields of rows by themselves, and what lies deeper by the path from the row', () => {
    const fields = {
      data: row({ list: rows({ labels: array(values('key')), spec: object(values('size')) }) }),
    };
    const body = { data: { list: [{ labels: [{ kye: 1 }], spec: { sise: 1 }, x: 1 }], y: 1 }, z: 1 };
    expect(driftOf(fields, body)).toEqual([
      'missing labels.key 1',
      'missing spec.size 1',
      'unknown labels.kye 1',
      'unknown spec.sise 1',
      'unknown x 1',
      'unknown y 1',
      'unknown z 1',
    ]);
  });

  it('leaves what is no object, or no array, to others', () => {
    const fields = { one: object(values('a')), many: array(values('a')), choice: oneOf('x') };
    expect(driftOf(fields, { one: [{ b: 1 }], many: { b: 1 }, choice: 5 })).toEqual([]);
    expect(driftOf(fields, { one: 'text', many: ['text', null, 5], choice: ['y'] })).toEqual([]);
    expect(driftOf(fields, { one: null, many: null, choice: null })).toEqual([]);
  });

  it('counts a field that is missing in some rows, whatever their order', () => {
    const fields = { list: rows(values('a', 'b', 'c')) };
    const list = [{ a: 1, b: 1, c: 1 }, { c: 1, a: 1 }, { b: 1, a: 1, d: 1 }, {}];
    expect(driftOf(fields, { list })).toEqual(['missing a 1', 'missing b 2', 'missing c 2', 'unknown d 1']);
  });

  it('takes names that every object inherits for what they are', () => {
    const body = JSON.parse('{"constructor": 1, "__proto__": 1, "toString": 1}') as object;
    expect(driftOf(values('toString'), body)).toEqual(['unknown __proto__ 1', 'unknown constructor 1']);
    expect(driftOf({ kind: oneOf('x') }, { kind: 'constructor' })).toEqual(['enum kind 1']);
  });

  it('does not miss a field that comes on request only', () => {
    expect(driftOf({ limits: onRequest }, {})).toEqual([]);
    expect(driftOf({ limits: onRequest }, { limits: { a: 1 } })).toEqual([]);
  });

  it('tells at most 100 unknown names of one answer apart, and counts all', () => {
    const list = Array.from({ length: 10_000 }, (_, index) => ({ [`x${index}`]: 1 }));
    const found = driftOf({ list: rows({}) }, { list });
    expect(found).toHaveLength(101);
    expect(found).toContain('unknown (other) 9900');
  });

  it('is none of an operation that is not documented', () => {
    const report = { drift: () => expect.unreachable() };
    const link = { source: 'HUB', report };
    const operation = { name: 'constructor', version: '1', access: 'read', idempotent: true } as const;
    const answer = { status: 200, headers: {}, body: '' };
    expect(() => reportDrift(link, operation, {}, answer, { a: 1 })).not.toThrow();
  });
});
