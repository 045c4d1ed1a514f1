import { describe, expect, it } from 'vitest';
import type { DriftKind } from '../../../src/backends/backend.ts';
import { createDriftLog } from '../../../src/telemetry/drift-log.ts';

function openLog() {
  const lines: { readonly level: string; readonly fields: object }[] = [];
  const at = (level: string) => (fields: object) => void lines.push({ level, fields });
  const log = createDriftLog({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') });
  return { ...log, lines };
}

const row = (field: string, kind: DriftKind, count: number, operation = 'List') => ({
  source: 'HUB',
  operation,
  field,
  kind,
  count,
});

describe('the log of drift', () => {
  it('counts each field of each operation and kind by itself', () => {
    const log = openLog();
    for (const kind of ['unknown', 'enum', 'missing', 'odd', 'odd'] as const)
      log.note('HUB', 'List', 'a', kind, 1);
    log.note('HUB', 'Get', 'a', 'odd', 7);
    log.note('HUB', 'Get', 'a', 'odd', 2);
    expect(log.counts()).toEqual([
      row('a', 'unknown', 1),
      row('a', 'enum', 1),
      row('a', 'missing', 1),
      row('a', 'odd', 2),
      row('a', 'odd', 9, 'Get'),
    ]);
  });

  it('logs what is new once, and a missing field for debugging only', () => {
    const log = openLog();
    for (const kind of ['unknown', 'enum', 'missing', 'odd'] as const) {
      log.note('HUB', 'List', 'a', kind, 3);
      log.note('HUB', 'List', 'a', kind, 1);
    }
    const line = (level: string, kind: DriftKind) => {
      const { count: _count, ...fields } = row('a', kind, 0);
      return { level, fields };
    };
    expect(log.lines).toEqual([
      line('warn', 'unknown'),
      line('warn', 'enum'),
      line('debug', 'missing'),
      line('warn', 'odd'),
    ]);
  });

  it('gives counts that stay what they were', () => {
    const log = openLog();
    log.note('HUB', 'List', 'a', 'odd', 1);
    const before = log.counts();
    log.note('HUB', 'List', 'a', 'odd', 1);
    expect(before).toEqual([row('a', 'odd', 1)]);
  });
});

describe('names that nobody documented', () => {
  /** Words of letters alone, each another. */
  const words = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      index.toString(26).replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))),
    );

  it('are told up to 50 of an operation, and counted together beyond, however many there are', () => {
    const log = openLog();
    const sent = words(10_000);
    for (const name of sent) log.note('HUB', 'List', name, 'unknown', 1);
    log.note('HUB', 'List', sent[0] ?? '', 'unknown', 1);
    log.note('HUB', 'Get', sent.at(-1) ?? '', 'unknown', 1);
    const counts = log.counts();
    expect(counts).toHaveLength(52);
    expect(counts.slice(0, 2)).toEqual([row(sent[0] ?? '', 'unknown', 2), row(sent[1] ?? '', 'unknown', 1)]);
    expect(counts[50]).toEqual(row('(other)', 'unknown', 9_950));
    expect(counts[51]).toEqual(row(sent.at(-1) ?? '', 'unknown', 1, 'Get'));
    expect(log.lines).toHaveLength(52);
  });

  it.each([
    'Sha256Digest',
    'a',
    '_internal',
    'x-acl',
    'InputCostPointsPerMillion',
    'LatestVersion.Mask',
    'models.extensions.retries',
    'A'.repeat(20),
    'abcdefghij'.repeat(6),
  ])('%s is told', (name) => {
    const log = openLog();
    log.note('HUB', 'List', name, 'unknown', 1);
    expect(log.counts()).toEqual([row(name, 'unknown', 1)]);
  });

  it.each([
    ['with a blank', 'my name'],
    ['empty', ''],
    ['in another alphabet', '名称'],
    ['of two lines', 'a\nb'],
    ['with a quote', 'a"b'],
    ['beyond 64 characters', 'a'.repeat(65)],
    ['of a megabyte', 'a'.repeat(1_000_000)],
    ['a key', 'sk-abcdefghijkl'],
    ['an access key', 'LTAIabcdefghijkl'],
    ['an account', 'a12345'],
    ['an id', '9007199254740993'],
    ['a key below a path', 'LatestVersion.sk-abcdefghijkl'],
    ['random', 'qLx_Ze-tRvW_aBcDz-oPqR_sTuVwX'],
    ['an address', 'https://u:p@h.example/?k=v'],
  ])('one that is %s is not', (_what, name) => {
    const log = openLog();
    log.note('HUB', 'List', name, 'unknown', 4);
    log.note('HUB', 'List', name, 'unknown', 1);
    expect(log.counts()).toEqual([row('(other)', 'unknown', 5)]);
    expect(JSON.stringify(log.lines)).not.toContain(JSON.stringify(name));
    expect(log.lines).toHaveLength(1);
  });
});

it('holds at most 1,000 counts: beyond, one for each operation and kind', () => {
  const log = openLog();
  for (let operation = 0; operation < 40; operation++) {
    for (let field = 0; field < 100; field++) {
      for (const kind of ['missing', 'odd', 'enum'] as const) {
        log.note('HUB', `Operation${operation}`, `documented${field}`, kind, 1);
      }
    }
  }
  const counts = log.counts();
  expect(counts.length).toBeLessThan(1000);
  expect(counts.filter(({ field }) => field !== '(other)')).toHaveLength(800);
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(40 * 100 * 3);
});
