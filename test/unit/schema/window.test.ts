import { describe, expect, it } from 'vitest';
import { ANY_PAGE_SIZE, type Page, type PagedList } from '../../../src/domain/page.ts';
import { GatewayError } from '../../../src/errors.ts';
import { connect, type WindowArgs } from '../../../src/schema/connection.ts';
import { ListReader } from '../../../src/schema/list-reader.ts';
import { Connection } from '../../../src/schema/window.ts';
import { honest, plainLists } from '../../properties/plain-list.ts';

const GATEWAY_SIZES = [30, 50, 100];

/** A list answered by a function, with the pages read of it as `page/size`. */
function oddList(sizes: readonly number[], answer: (start: number, size: number) => Page<number>) {
  const reads: string[] = [];
  const list: PagedList<number> = {
    pageSizes: sizes,
    async readPage(page, size) {
      reads.push(`${page}/${size}`);
      return answer((page - 1) * size, size);
    },
  };
  return { reads, list, window: (args: WindowArgs) => connect(['odd'], list, args) };
}

async function numbers(window: ReturnType<ReturnType<typeof oddList>['window']>) {
  return (await window.edges()).map(({ node }) => node);
}

function numbered(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

describe('the documented sample: a total of 2 and one row', () => {
  const sample = (start: number, size: number) => ({ rows: [0].slice(start, start + size), total: 2 });

  it.each([[GATEWAY_SIZES], [ANY_PAGE_SIZE]])(
    'ends cleanly going forward, after one probe',
    async (sizes) => {
      const { window, reads } = oddList(sizes, sample);
      const page = window({ first: 20 });
      expect(await numbers(page)).toEqual([0]);
      expect([await page.hasNextPage(), await page.hasPreviousPage()]).toEqual([false, false]);
      expect(await page.totalCount()).toBe(2);
      expect(reads).toHaveLength(2);
    },
  );

  it.each([
    [1, GATEWAY_SIZES],
    [1, ANY_PAGE_SIZE],
    [20, GATEWAY_SIZES],
    [20, ANY_PAGE_SIZE],
  ])('has its row as its last %i, in one call', async (last, sizes) => {
    const { window, reads } = oddList(sizes, sample);
    const page = window({ last });
    expect(await numbers(page)).toEqual([0]);
    expect([await page.hasNextPage(), await page.hasPreviousPage()]).toEqual([false, false]);
    expect(reads).toEqual(['1/100']);
  });
});

it('no rows from the end of a list that a cursor names cost no call', async () => {
  const { window, reads } = oddList(GATEWAY_SIZES, () => ({ rows: [], total: 0 }));
  expect(await numbers(window({ last: 0 }))).toEqual([]);
  expect(reads).toEqual([]);
});

it('in front of the first row nothing is read, and no total is asked for', async () => {
  const lists = plainLists([{ ...honest(9, GATEWAY_SIZES), total: undefined }], true);
  const window = lists.window({ last: 5, before: await lists.cursor({ list: 0, offset: 0 }) });
  expect(await window.edges()).toEqual([]);
  expect(lists.reads).toEqual([]);
});

describe('short pages', () => {
  it('a page that comes short once: the rows behind it belong to the window, at their own places', async () => {
    const { window, reads } = oddList([10], (start, size) => ({
      rows: numbered(start, Math.min(start === 0 ? 7 : start + size, 25)),
      total: 25,
    }));
    const page = window({ first: 20 });
    expect(await numbers(page)).toEqual([...numbered(0, 7), ...numbered(10, 23)]);
    expect(await page.hasNextPage()).toBe(true);
    expect(reads).toEqual(['1/10', '2/10', '3/10']);
    const rest = window({ first: 20, after: (await page.edges()).at(-1)?.cursor });
    expect(await numbers(rest)).toEqual([23, 24]);
  });

  it('pages that are all short, as where a backend hides rows after cutting: none is lost, none comes twice', async () => {
    const hidden = (start: number, size: number) => ({
      rows: numbered(start, Math.min(start + size, 100)).slice(0, 3),
      total: 100,
    });
    const { window } = oddList([10], hidden);
    const seen: number[] = [];
    let after: string | undefined;
    for (let hasNext = true; hasNext; ) {
      const page = window({ first: 7, after });
      seen.push(...(await numbers(page)));
      hasNext = await page.hasNextPage();
      after = (await page.edges()).at(-1)?.cursor;
    }
    expect(seen).toEqual(numbered(0, 10).flatMap((tens) => numbered(tens * 10, tens * 10 + 3)));
  });

  it('the total of one that counts what can be seen alone is no end', async () => {
    const { window } = oddList(ANY_PAGE_SIZE, (start, size) => ({
      rows: numbered(start, Math.min(start + size, 10)).filter((row) => row !== 0),
      total: 9,
    }));
    const seen: number[] = [];
    for (let after: string | undefined; ; ) {
      const page = window({ first: 3, after });
      const edges = await page.edges();
      seen.push(...edges.map(({ node }) => node));
      if (!(await page.hasNextPage())) break;
      after = edges.at(-1)?.cursor;
    }
    expect(seen).toEqual(numbered(1, 10));
  });

  it('the same backward: no row of the cursor or behind it', async () => {
    const { window } = oddList([10], (start, size) => ({
      rows: numbered(start, Math.min(start + size, 100)).slice(0, 3),
      total: 100,
    }));
    const seen: number[] = [];
    let before: string | undefined;
    for (let hasPrevious = true; hasPrevious && seen.length < 60; ) {
      const page = window({ last: 7, before });
      seen.unshift(...(await numbers(page)));
      hasPrevious = await page.hasPreviousPage();
      before = (await page.edges()).at(0)?.cursor;
    }
    expect(seen).toEqual(numbered(0, 10).flatMap((tens) => numbered(tens * 10, tens * 10 + 3)));
    const { cursor } = (await window({ first: 4 }).edges())[3] ?? {};
    expect(await numbers(window({ last: 2, before: cursor }))).toEqual([1, 2]);
  });

  it('hasNextPage looks past a page of nothing but rows without an id', async () => {
    const { window, reads } = oddList([10], (start) => ({
      rows: start === 10 ? Array.from({ length: 7 }, () => undefined) : numbered(start, start + 7),
      total: 40,
    }));
    const page = window({ first: 7 });
    expect(await numbers(page)).toEqual(numbered(0, 7));
    expect(await page.hasNextPage()).toBe(true);
    expect(reads).toEqual(['1/10', '2/10', '3/10']);
  });

  it('hasNextPage behind a short page that fills the window is probed, once, and only where it is selected', async () => {
    const { window, reads } = oddList(GATEWAY_SIZES, (start) => ({
      rows: start === 0 ? numbered(0, 20) : [],
      total: 40,
    }));
    const page = window({ first: 20 });
    expect(await numbers(page)).toHaveLength(20);
    expect(reads).toEqual(['1/30']);
    expect(await page.hasNextPage()).toBe(false);
    expect(reads).toEqual(['1/30', '2/30']);
  });
});

it('a last page that begins behind the row of the cursor costs one call', async () => {
  const reads: string[] = [];
  const list: PagedList<{ readonly sourceId: string }> = {
    pageSizes: ANY_PAGE_SIZE,
    async readPage(page, size) {
      reads.push(`${page}/${size}`);
      const places = numbered((page - 1) * size, Math.min(page * size, 25));
      return { rows: places.map((place) => ({ sourceId: `m${place}` })), total: 25 };
    },
  };
  const after = (await connect(['ids'], list, { first: 20 }).edges()).at(-1)?.cursor;
  reads.splice(0);
  const rest = await connect(['ids'], list, { first: 20, after }).edges();
  expect(rest.map(({ node }) => node.sourceId)).toEqual(['m20', 'm21', 'm22', 'm23', 'm24']);
  expect(reads).toEqual(['2/20']);
});

describe('totals that are far off', () => {
  it('the end of a list that claims a billion rows is found in a few calls', async () => {
    const { window, reads } = oddList(ANY_PAGE_SIZE, (start, size) => ({
      rows: numbered(start, Math.min(start + size, 140)),
      total: 1_000_000_000,
    }));
    expect(await numbers(window({ last: 3 }))).toEqual([137, 138, 139]);
    expect(reads.length).toBeLessThan(32);
  });

  it.each([30, 100, 2_345])(
    'of a list of %i rows that claims more than can be counted, too',
    async (length) => {
      const { window, reads } = oddList(ANY_PAGE_SIZE, (start, size) => ({
        rows: numbered(start, Math.min(start + size, length)),
        total: 999_999_999_999_999,
      }));
      expect(await numbers(window({ last: 5 }))).toEqual(numbered(length - 5, length));
      expect(reads.length).toBeLessThanOrEqual(18);
      // No backend takes a page number of more than 31 bits.
      for (const read of reads) expect(Number(read.split('/')[0])).toBeLessThan(2 ** 31);
    },
  );

  it('as few where the window begins where a page does', async () => {
    const { window, reads } = oddList(ANY_PAGE_SIZE, (start, size) => ({
      rows: numbered(start, Math.min(start + size, 140)),
      total: 1_000_000_000,
    }));
    expect(await numbers(window({ last: 100 }))).toEqual(numbered(40, 140));
    expect(reads.length).toBeLessThan(32);
  });

  it('that it is empty is found in two', async () => {
    const { window, reads } = oddList(ANY_PAGE_SIZE, () => ({ rows: [], total: 1_000_000_000 }));
    expect(await numbers(window({ last: 3 }))).toEqual([]);
    expect(reads).toHaveLength(2);
  });

  it('a total that the page itself disproves says nothing of rows behind', async () => {
    const { window } = oddList([10], (start, size) => ({
      rows: numbered(start, Math.min(start + size, 20)),
      total: 15,
    }));
    const page = window({ first: 20 });
    expect(await numbers(page)).toEqual(numbered(0, 20));
    expect(await page.hasNextPage()).toBe(false);
  });

  it('a page with more rows than asked for is cut: the rows behind belong to the next', async () => {
    const { window } = oddList([10], (start) => ({ rows: numbered(start, start + 15), total: 30 }));
    expect(await numbers(window({ first: 25 }))).toEqual(numbered(0, 25));
  });

  it('rows beyond the total are found where a page shows one of them', async () => {
    const { window } = oddList([10], (start, size) => ({
      rows: numbered(start, Math.min(start + size, 40)),
      total: 15,
    }));
    const page = window({ first: 20 });
    expect(await numbers(page)).toEqual(numbered(0, 20));
    expect(await page.hasNextPage()).toBe(true);
    expect(await page.totalCount()).toBeGreaterThanOrEqual(20);
  });
});

describe('a total that is known already', () => {
  it('spares the pages behind it', async () => {
    const lists = plainLists([honest(105, GATEWAY_SIZES)], true);
    const window = lists.window({ first: 100, after: await lists.cursor({ list: 0, offset: 94 }) });
    expect(await window.totalCount()).toBe(105);
    expect(await window.edges()).toHaveLength(10);
    expect(lists.reads).toEqual(['0:1/30', '0:4/30']);
  });
});

describe('the size of the pages read', () => {
  const rowsOf = (length: number) => (start: number, size: number) => ({
    rows: numbered(start, Math.min(start + size, length)),
    total: length,
  });

  it.each<[string, readonly [number, number][], readonly string[]]>([
    [
      'pages read in front of a window do not speak for their size',
      [
        [30, 30],
        [110, 30],
      ],
      ['2/30', '3/50'],
    ],
    [
      'pages read behind it do not either',
      [
        [600, 30],
        [50, 40],
      ],
      ['21/30', '2/50'],
    ],
    [
      'pages read of it do',
      [
        [30, 30],
        [30, 60],
      ],
      ['2/30', '3/30'],
    ],
  ])('%s', async (_rule, windows, expected) => {
    const { list, reads } = oddList(GATEWAY_SIZES, rowsOf(1000));
    const reader = new ListReader(list);
    for (const [from, count] of windows) {
      const { rows } = await reader.read(from, count);
      expect(rows.map(({ offset }) => offset)).toEqual(numbered(from, from + count));
    }
    expect(reads).toEqual(expected);
  });

  it('without a total, for the one row more that tells of a next page, is the smallest', async () => {
    const lists = plainLists([{ ...honest(250, GATEWAY_SIZES), total: undefined }], true);
    expect(await lists.window({ first: 100 }).hasNextPage()).toBe(true);
    expect(lists.reads).toEqual(['0:1/100', '0:4/30']);
  });

  it('behind the end that a total tells is the smallest', async () => {
    const { list, reads } = oddList(GATEWAY_SIZES, rowsOf(10));
    const reader = new ListReader(list);
    expect(await reader.total()).toBe(10);
    expect((await reader.read(50, 5)).rows).toEqual([]);
    expect(reads).toEqual(['1/30', '2/30']);
  });
});

describe('rows without an id', () => {
  it('the row of a before cursor never comes back in its own window', async () => {
    const lists = plainLists([{ ...honest(10, ANY_PAGE_SIZE), holes: new Set([2]) }], true);
    const before = await lists.cursor({ list: 0, offset: 4 });
    const window = lists.window({ last: 3, before });
    expect((await window.edges()).map(({ node }) => node)).toEqual(['0:0', '0:1', '0:3']);
    expect(await window.hasPreviousPage()).toBe(false);
  });

  it('none but such rows in front of a page are no previous page', async () => {
    const lists = plainLists([{ ...honest(10, ANY_PAGE_SIZE), holes: new Set([0]) }], true);
    const window = lists.window({ last: 3, before: await lists.cursor({ list: 0, offset: 4 }) });
    expect((await window.edges()).map(({ node }) => node)).toEqual(['0:1', '0:2', '0:3']);
    expect(await window.hasPreviousPage()).toBe(false);
  });

  it('a long run of them costs large pages, not one call a row', async () => {
    const lists = plainLists([{ ...honest(2000, ANY_PAGE_SIZE), holes: new Set(numbered(0, 1999)) }], true);
    const window = lists.window({ first: 1 });
    expect((await window.edges()).map(({ node }) => node)).toEqual(['0:1999']);
    expect(lists.reads.length).toBeLessThanOrEqual(21);
  });
});

describe('several lists', () => {
  it('a list behind that is empty in spite of its total is no next page', async () => {
    const empty = { ...honest(0, GATEWAY_SIZES), total: 2 };
    const lists = plainLists([honest(3, GATEWAY_SIZES), empty, empty]);
    const window = lists.window({ first: 3 });
    expect(await window.edges()).toHaveLength(3);
    expect(await window.hasNextPage()).toBe(false);
  });

  it('lists behind the page are not read for its rows', async () => {
    const lists = plainLists([honest(3, GATEWAY_SIZES), honest(3, GATEWAY_SIZES), honest(3, GATEWAY_SIZES)]);
    await lists.window({ first: 4 }).edges();
    expect(lists.reads).toEqual(['0:1/30', '1:1/30']);
  });

  it('a cursor of a list that is gone is refused, by the name of its argument', async () => {
    const after = await plainLists([honest(0, [1]), honest(1, [1])]).cursor({ list: 1, offset: 0 });
    const lists = plainLists([honest(9, GATEWAY_SIZES)]);
    await expect(lists.window({ first: 1, after }).edges()).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      fieldErrors: [{ path: ['after'] }],
    });
    expect(lists.reads).toEqual([]);
  });
});

describe('a backend that fails', () => {
  it('fails every field of the window with its own error', async () => {
    const failure = new GatewayError('TIMEOUT', 'late');
    const { window } = oddList(GATEWAY_SIZES, () => {
      throw failure;
    });
    const page = window({ first: 5 });
    const fields = [page.edges(), page.hasNextPage(), page.totalCount()];
    for (const field of await Promise.allSettled(fields)) expect(field).toMatchObject({ reason: failure });
  });
});

describe('arguments', () => {
  const { window, reads } = oddList(GATEWAY_SIZES, () => ({ rows: [1], total: 1 }));
  it.each<[string, WindowArgs]>([
    ['more than 100 rows', { first: 101 }],
    ['more than 100 rows from the end', { last: 101 }],
    ['a negative number', { first: -1 }],
    ['a negative number from the end', { last: -1 }],
    ['first and last', { first: 1, last: 1 }],
    ['first and before', { first: 1, before: 'x' }],
    ['last and after', { last: 1, after: 'x' }],
    ['after and before', { after: 'x', before: 'x' }],
    ['an empty cursor', { after: '' }],
    ['a text that is no cursor', { after: 'cursor' }],
  ])('refuses %s', (_fault, args) => {
    expect(() => window(args)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    expect(reads).toEqual([]);
  });

  it('takes null for an argument that is left out, and 20 rows where none says', async () => {
    const lists = plainLists([honest(50, ANY_PAGE_SIZE)], true);
    const nulls = { first: null, after: null, last: null, before: null };
    expect(await lists.window(nulls).edges()).toHaveLength(20);
    const before = await lists.cursor({ list: 0, offset: 49 });
    expect(await lists.window({ before }).edges()).toHaveLength(20);
  });
});

it('tells no total where any of its lists tells none, wherever that one stands', async () => {
  const told = { pageSizes: ANY_PAGE_SIZE, readPage: async () => ({ rows: ['a'], total: 1 }) };
  const untold = { pageSizes: ANY_PAGE_SIZE, readPage: async () => ({ rows: ['b'], total: undefined }) };
  for (const lists of [
    [untold, told],
    [told, untold],
  ]) {
    const open = async () => lists.map((list, index) => ({ key: String(index), list }));
    const page = new Connection(open, { isBackward: false, size: 1, position: undefined }, () => '');
    expect(await page.totalCount()).toBeUndefined();
  }
});
