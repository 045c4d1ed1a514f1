import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Example, examples } from '../../src/examples.ts';
import { complaintsIn } from '../support/log-lines.ts';
import { type Browser, needsBrowser, openBrowser, skipsBrowser } from './support/chromium.ts';
import { type GatewayProcess, startProcess } from './support/gateway-process.ts';
import {
  execute,
  executeText,
  openGraphiql,
  shownAnswer,
  shownCalls,
  tabNames,
} from './support/graphiql-page.ts';

/** A time, as the panel tells it. */
const ms: unknown = expect.stringMatching(/^[\d.]+ ms$/);

const nameOf = ({ query }: Example) => /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1] ?? '';
const TABS = examples.map(nameOf);
/** Those that are answered in one piece. */
const WHOLE = examples.filter(({ query }) => !/^subscription|@defer/m.test(query)).map(nameOf);

describe.skipIf(skipsBrowser)(`GraphiQL in a browser${needsBrowser}`, { timeout: 60_000 }, () => {
  let gateway: GatewayProcess;
  let origin: string;
  beforeAll(async () => {
    gateway = startProcess();
    origin = await gateway.origin();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  async function openPage(browser: Browser) {
    const page = await browser.context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await openGraphiql(page, origin);
    return { page, complaints };
  }

  it('opens on the examples, each of which runs, and asks nobody but the gateway', async () => {
    await using browser = await openBrowser({ width: 1280, height: 800 });
    const { page, complaints } = await openPage(browser);
    expect(await page.title()).toBe('ModelGraph');
    expect(await tabNames(page)).toEqual(TABS);

    await expect.poll(() => page.locator('.graphiql-query-editor').textContent()).toMatch(/query\sModels/);
    await page.locator('.graphiql-execute-button').click();
    await expect.poll(() => shownAnswer(page).textContent()).toContain('通义千问');

    for (const tab of WHOLE) {
      const { data, errors } = await execute(page, tab);
      expect(errors).toBeUndefined();
      expect(Object.values(data as object).every((field) => field !== null)).toBe(true);
      await expect.poll(() => shownAnswer(page).textContent()).toContain(Object.keys(data as object)[0]);
    }
    expect((await execute(page, 'CreateModel')).data).toMatchObject({
      createModel: {
        __typename: 'CreateModelSuccess',
        model: { name: 'My Qwen', apiKeyPreview: /^\S{1,4}\*+/ },
      },
    });

    const elsewhere = browser.requested.filter(
      (url) => !/^(data|blob):/.test(url) && !url.startsWith(`${origin}/`),
    );
    expect(elsewhere).toEqual([]);
    expect(browser.requested.length).toBeGreaterThan(TABS.length);
    expect(complaints).toEqual([]);
    expect(complaintsIn(gateway.stderr)).toEqual([]);
  });

  it('shows what the last operation called, below the editors, and not in the answer', async () => {
    await using browser = await openBrowser({ width: 1280, height: 800 });
    const { page, complaints } = await openPage(browser);
    expect(await shownCalls(page).count()).toBe(0);
    await execute(page, 'ByIds');
    await expect.poll(() => shownCalls(page).count()).toBe(2);
    const cells = await Promise.all(
      (await shownCalls(page).all()).map((row) => row.locator('td').allTextContents()),
    );
    const [router, gateway] = cells.toSorted(([, a = ''], [, b = '']) => b.localeCompare(a));
    expect(router).toEqual(['ModelRouterQueryModel', 'MODEL_ROUTER', '', ms, ms, '200', '']);
    expect(gateway).toEqual(['DescribeModelServices', 'AI_GATEWAY', '', ms, ms, '200', '2']);
    for (const bar of await page.locator('#upstream-calls .bar').all()) {
      const [box, room] = [await bar.boundingBox(), await bar.locator('..').boundingBox()];
      expect(box?.width).toBeGreaterThan(1);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual((room?.x ?? 0) + (room?.width ?? 0) + 1);
    }
    expect(await page.locator('#upstream-calls summary').textContent()).toMatch(
      /^Upstream calls: 2 in [\d.]+ ms$/,
    );
    await expect.poll(() => shownAnswer(page).textContent()).toContain('ModelService');
    expect(await shownAnswer(page).textContent()).not.toContain('extensions');

    await execute(page, 'Prices');
    await expect.poll(() => shownCalls(page).count()).toBe(3);
    // What a header of the tab's own asks for stays.
    const answer = await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json', 'x-graphql-cost': '1' };
      const body = JSON.stringify({ query: '{ __typename }' });
      return (await fetch('/graphql', { method: 'POST', headers, body })).json();
    });
    expect(answer).toMatchObject({ data: { __typename: 'Query' }, extensions: { cost: { planned: 0 } } });
    expect(answer).not.toHaveProperty('extensions.upstreamCalls');

    const panel = await page.locator('#upstream-calls').boundingBox();
    const editors = await page.locator('.graphiql-container').first().boundingBox();
    expect((editors?.y ?? 0) + (editors?.height ?? 0)).toBeLessThanOrEqual(panel?.y ?? 0);
    expect((panel?.y ?? 0) + (panel?.height ?? 0)).toBeLessThanOrEqual(800);
    expect(complaints).toEqual([]);
  });

  it('shows the events of a subscription as they come', async () => {
    await using browser = await openBrowser({ width: 1280, height: 800 });
    const { page, complaints } = await openPage(browser);
    const stream = await executeText(page, 'subscription Live { catalogEvents { kind } }', 'Live');
    expect(stream.headers()['content-type']).toBe('text/event-stream');
    await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation { createModel(input: { name: "Live", modelCode: "live" }) { __typename } }',
      }),
    });
    await expect.poll(() => shownAnswer(page).textContent(), { timeout: 10_000 }).toContain('CREATED');
    expect(complaints).toEqual([]);
  });

  it('shows what is deferred when it comes, and what all of it called', async () => {
    await using browser = await openBrowser({ width: 1280, height: 800 });
    const { page, complaints } = await openPage(browser);
    const query = `query Deferring { models(first: 1) { totalCount } ... @defer { paiModels(first: 1) { totalCount } } }`;
    await executeText(page, query, 'Deferring');
    await expect.poll(() => shownAnswer(page).textContent()).toMatch(/models.*paiModels/);
    expect(await shownAnswer(page).textContent()).not.toContain('upstreamCalls');
    await expect.poll(() => shownCalls(page).count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it('shows the first example again after a reload', async () => {
    await using browser = await openBrowser({ width: 1280, height: 800 });
    const { page } = await openPage(browser);
    // GraphiQL stores its tabs half a second after they change.
    await expect
      .poll(() => page.evaluate(() => localStorage.getItem('graphiql:tabState')))
      .toContain('Models');
    await openGraphiql(page, origin);
    expect(await tabNames(page)).toEqual(TABS);
    expect(await page.locator('.graphiql-tab-active .graphiql-tab-button').textContent()).toBe(TABS[0]);
    await expect.poll(() => page.locator('.graphiql-query-editor').textContent()).toMatch(/query\sModels/);
  });

  it('can be read and pressed on a phone', async () => {
    await using browser = await openBrowser({ width: 390, height: 844 });
    const { page, complaints } = await openPage(browser);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect((await execute(page, 'Models')).errors).toBeUndefined();
    await expect.poll(() => shownAnswer(page).textContent()).toContain('通义千问');
    for (const part of ['.graphiql-query-editor', '.graphiql-response']) {
      const box = await page.locator(part).boundingBox();
      expect(box?.width).toBeGreaterThan(250);
      expect(box?.height).toBeGreaterThan(100);
    }
    await expect.poll(() => shownCalls(page).count()).toBe(1);
    const panel = await page.locator('#upstream-calls').boundingBox();
    expect(panel?.width).toBe(390);
    expect((panel?.y ?? 0) + (panel?.height ?? 0)).toBeLessThanOrEqual(844);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(complaints).toEqual([]);
  });
});
