import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classifyRefusal } from '../../src/backends/vendor-errors.ts';
import { errorCatalogue } from '../../src/error-catalogue.ts';
import { ERROR_CODES, ERROR_KINDS, REQUEST_CODES } from '../../src/errors.ts';

const facts = readFileSync('test/fixtures/wire/errors.md', 'utf8');
const samplesUrl = new URL('../fixtures/wire/error-samples.json', import.meta.url);

/** The part of a page below a heading, up to the next one. */
function below(page: string, heading: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
}

/** Whether a line parts a table's head from its rows. */
const isRule = (line: string | undefined) => line !== undefined && /^[|\s-]+$/.test(line);

/** Rows of the tables in a text, without their heads. */
function rows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines
    .filter((_line, index) => !isRule(lines[index]) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, inside = '']) => inside);
const statuses = (text: string) => [...text.matchAll(/\b[45]\d\d\b/g)].map(([status]) => status);

/** The statuses that a section lists. */
const statusesIn = (text: string) => /^- HTTP statuses: (.*)$/m.exec(text)?.[1]?.split(', ') ?? [];

const catalogue = errorCatalogue();
const section = (code: string) => below(catalogue, code);

/** The rules: what is tested, and the code that it leads to. */
const RULES = rows(below(facts, 'Mapping rules, in order')).map(([number = '', test = '', code = '']) => ({
  number,
  test,
  code: /^[A-Z_]+/.exec(code)?.[0] ?? '',
}));

/** The documented codes: each row names several, and their statuses. */
const CODES = rows(below(facts, 'Codes with their documented status'))
  .filter(([, status]) => status !== 'not documented')
  .flatMap(([names = '', status = '']) =>
    quoted(names).map((code) => ({ code, status: Number(status.slice(0, 3)) })),
  );

const { samples } = JSON.parse(readFileSync(samplesUrl, 'utf8')) as {
  readonly samples: readonly {
    readonly id: string;
    readonly http: { readonly status: number } | null;
    readonly expected: { readonly class: string | null; readonly code?: string | null };
  }[];
};

/** Whether a catalogue's list of patterns has one that fits. */
function fits(patterns: readonly string[], code: string): boolean {
  const fold = (text: string) => text.replaceAll('_', '').toLowerCase();
  return patterns.some((pattern) => {
    const expression = fold(pattern).replaceAll('.', '\\.').replaceAll('*', '.*');
    return new RegExp(`^${expression}$`).test(fold(code));
  });
}

describe('docs/errors.md', () => {
  it('is what the tables say: npm run errors writes it', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(catalogue);
  });

  it.each([...ERROR_CODES, ...REQUEST_CODES])('says what %s means and what to do', (code) => {
    const text = section(code);
    const [meaning = ''] = text.split('\n').slice(2);
    expect(meaning).toMatch(/^[A-Z].{20,}\.$/);
    expect(text).toMatch(/^\*\*What to do\.\*\* .{40,}/m);
  });

  it('has one section for each code, and no other', () => {
    const headings = [...catalogue.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([...ERROR_CODES, ...REQUEST_CODES, 'How a refusal is judged']);
  });

  it('says of every kind of failure what happened', () => {
    const told = ERROR_CODES.map((code) => [code, rows(section(code)).length]);
    const kinds = ERROR_CODES.map((code) => [
      code,
      Object.values(ERROR_KINDS).filter((kind) => kind.code === code).length,
    ]);
    expect(told).toEqual(kinds);
  });

  it.each(RULES)('has rule $number: $test leads to $code', ({ test, code }) => {
    expect(ERROR_CODES).toContain(code);
    const text = section(code);
    const listed = quoted(text).map((pattern) => pattern.replaceAll('*', ''));
    for (const pattern of quoted(test)) expect(listed).toContain(pattern.replaceAll('*', ''));
    for (const status of statuses(test)) expect(statusesIn(text)).toContain(status);
  });

  it('has all 18 rules and 37 documented codes to go by', () => {
    expect(RULES.map(({ number }) => Number(number))).toEqual(
      Array.from({ length: 18 }, (_, index) => index + 1),
    );
    expect(CODES).toHaveLength(37);
  });

  it.each(CODES)('has the documented code $code with $status where it leads', ({ code, status }) => {
    const text = section(ERROR_KINDS[classifyRefusal(code, status)].code);
    expect(text).toMatch(/^- Documented codes.*/m);
    const documented = /^- Documented codes[^:]*: (.*)$/m.exec(text)?.[1] ?? '';
    expect(quoted(documented)).toContain(code);
    expect(documented).toMatch(new RegExp(`\`${code.replaceAll('.', '\\.')}\` \\([^)]*${status}`));
  });

  it('documents no code that the facts do not know', () => {
    const documented = [...catalogue.matchAll(/^- Documented codes[^:]*: (.*)$/gm)].flatMap(([, list = '']) =>
      quoted(list),
    );
    expect(documented.toSorted()).toEqual([...CODES.map(({ code }) => code), 'UNKNOWN_ERROR'].toSorted());
  });

  it.each(samples.filter(({ expected }) => typeof expected.code === 'string' && expected.class !== null))(
    'leads from the code of the sample $id to its class',
    ({ http, expected: { class: code, code: upstreamCode } }) => {
      const text = section(code ?? '');
      const isListed = fits(quoted(text), upstreamCode ?? '');
      const isByStatus = statusesIn(text).includes(`${http?.status}`);
      // What no rule knows needs neither.
      expect(isListed || isByStatus || code === 'UPSTREAM_ERROR').toBe(true);
    },
  );
});
