import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anySizePages, readWhole } from '../../../src/domain/page.ts';

/** A backend with rows 0 to `count` that answers with no more than `cap` of them, and records what was asked. */
function cappedBackend(count: number, cap: number) {
  const asked: (readonly [number, number])[] = [];
  const rows = Array.from({ length: count }, (_, index) => index);
  const list = anySizePages('PAI', async (pageNumber, pageSize) => {
    asked.push([pageNumber, pageSize]);
    const size = Math.min(pageSize, cap);
    return { rows: rows.slice((pageNumber - 1) * size, pageNumber * size), total: count };
  });
  return { list, asked, rows };
}

describe('a backend with smaller pages than asked', () => {
  it('is read whole, whatever its size and the length of the list', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 200 }),
        async (count, cap) => {
          const { list, rows } = cappedBackend(count, cap);
          expect(await readWhole(list, 5_000)).toEqual(rows);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives each page of any size as it was asked for', async () => {
    const { list, rows } = cappedBackend(57, 20);
    expect((await list.readPage(1, 100)).rows).toEqual(rows);
    expect((await list.readPage(2, 30)).rows).toEqual(rows.slice(30));
    expect((await list.readPage(3, 10)).rows).toEqual(rows.slice(20, 30));
    expect((await list.readPage(2, 100)).rows).toEqual([]);
  });

  it('and with a row missing keeps the others at their places', async () => {
    const list = anySizePages('PAI', async (pageNumber, pageSize) => {
      const size = Math.min(pageSize, 10);
      const start = (pageNumber - 1) * size;
      const rows = Array.from({ length: Math.max(0, Math.min(size, 40 - start)) }, (_, at) => start + at);
      return { rows: rows.filter((row) => row !== 25), total: 40 };
    });
    const { rows } = await list.readPage(1, 40);
    expect(rows).toHaveLength(40);
    expect(rows.indexOf(24)).toBe(24);
    expect(rows.indexOf(30)).toBe(30);
  });

  it('is noticed on a page that lies behind its total', async () => {
    const { list, rows } = cappedBackend(57, 20);
    expect((await list.readPage(2, 60)).rows).toEqual(rows.slice(60));
    expect((await list.readPage(2, 40)).rows).toEqual(rows.slice(40));
  });
});

describe('a list that is read whole', () => {
  it('goes on behind a total that its pages disprove', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 450 }), fc.nat({ max: 450 }), async (count, told) => {
        const rows = Array.from({ length: count }, (_, index) => index);
        const list = anySizePages('PAI', async (pageNumber, pageSize) => ({
          rows: rows.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
          total: told,
        }));
        // What ends where its total says ends there.
        fc.pre(told === 0 || told % 100 !== 0);
        expect(await readWhole(list, 5_000)).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a backend that keeps to the size asked for', () => {
  it('is asked no more than once for each page', async () => {
    const { list, asked } = cappedBackend(250, 100);
    await readWhole(list, 5_000);
    expect(asked).toEqual([
      [1, 100],
      [2, 100],
      [3, 100],
    ]);
  });

  it('is taken at its word where rows of its pages are missing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 250 }),
        fc.uniqueArray(fc.nat({ max: 250 }), { maxLength: 40 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 100 })), {
          minLength: 1,
        }),
        async (count, missing, asked) => {
          const pageOf = (pageNumber: number, pageSize: number) =>
            Array.from({ length: count }, (_, index) => index)
              .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
              .filter((row) => !missing.includes(row));
          const list = anySizePages('PAI', async (...page) => ({ rows: pageOf(...page), total: count }));
          for (const page of asked) expect((await list.readPage(...page)).rows).toEqual(pageOf(...page));
          expect(await readWhole(list, 5_000)).toEqual(pageOf(1, 5_000));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('that tells a total of 2 and has one row ends cleanly', async () => {
    const list = anySizePages<string>('PAI', async (pageNumber) => ({
      rows: pageNumber === 1 ? ['only'] : [],
      total: 2,
    }));
    expect(await readWhole(list, 5_000)).toEqual(['only']);
  });
});
