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

/**
 * Opens a tab and presses the button; the answer, once it has come. GraphiQL parses a tab a moment after it shows it,
 * and runs the operation of the tab before until then: so the button is pressed until the right one runs.
 */
export async function execute(page: Page, tab: string): Promise<{ data?: unknown; errors?: unknown }> {
  await page.locator('.graphiql-tab-button').getByText(tab, { exact: true }).click();
  for (let press = 0; press < 10; press += 1) {
    const answer = page
      .waitForResponse((response) => isAnswer(response, tab), { timeout: 3000 })
      .catch(() => undefined);
    await page.locator('.graphiql-execute-button').click();
    const response = await answer;
    if (response !== undefined) return response.json();
  }
  throw new Error(`${tab} did not run.`);
}

/** The text of the answer that can be seen. */
export function shownAnswer(page: Page) {
  return page.locator('.graphiql-response .view-lines');
}

/** The rows of the panel below, one for each upstream call of the last operation. */
export function shownCalls(page: Page) {
  return page.locator('#upstream-calls tbody tr');
}

function isAnswer(response: Response, operationName: string): boolean {
  const request = response.request();
  return (
    request.method() === 'POST' && request.postData()?.includes(`"operationName":"${operationName}"`) === true
  );
}
