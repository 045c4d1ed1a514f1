import type { Page, Response } from 'playwright-core';

/** Opens GraphiQL and waits until it has read the schema: from then on its editors know every field. */
export async function openGraphiql(page: Page, origin: string): Promise<void> {
  const introspection = page.waitForResponse((response) => isAnswer(response, 'IntrospectionQuery'));
  await page.goto(`${origin}/graphql`);
  await introspection;
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
}

/** Names of the tabs. */
export async function tabNames(page: Page): Promise<readonly string[]> {
  return page.locator('.graphiql-tab-button').allTextContents();
}

/** Opens a tab and runs it; the answer, once it has come. */
export async function execute(page: Page, tab: string): Promise<{ data?: unknown; errors?: unknown }> {
  await page.locator('.graphiql-tab-button').getByText(tab, { exact: true }).click();
  return (await pressUntil(page, (response) => isAnswer(response, tab))).json();
}

/** Writes an operation into the tab that is open, and runs it; the answer, once it begins. */
export async function executeText(page: Page, text: string, name: string): Promise<Response> {
  await page.locator('.graphiql-query-editor .view-line').first().click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
  return pressUntil(page, (response) => isAnswer(response, name));
}

/**
 * GraphiQL parses a query a moment after it shows it, and runs the one before until then: so the button is pressed
 * until the right one runs.
 */
async function pressUntil(page: Page, isRight: (response: Response) => boolean): Promise<Response> {
  for (let press = 0; press < 10; press += 1) {
    const answer = page.waitForResponse(isRight, { timeout: 1500 }).catch(() => undefined);
    await page.locator('.graphiql-execute-button').click();
    const response = await answer;
    if (response !== undefined) return response;
  }
  throw new Error('The query did not run.');
}

/** The text of the answer that can be seen. */
export function shownAnswer(page: Page) {
  return page.locator('.graphiql-response .view-lines');
}

/** The rows of the panel below, one for each upstream call of the last operation. */
export function shownCalls(page: Page) {
  return page.locator('#upstream-calls tbody tr');
}

/** Queries are sent by POST, subscriptions by GET. */
function isAnswer(response: Response, operationName: string): boolean {
  const request = response.request();
  return request.method() === 'POST'
    ? request.postData()?.includes(`"operationName":"${operationName}"`) === true
    : new URL(request.url()).searchParams.get('operationName') === operationName;
}
