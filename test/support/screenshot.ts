/*
 * Takes the picture of the README, by hand: node test/support/screenshot.ts docs/graphiql.png
 * A machine without a Chinese font shows boxes: apt-get install fonts-noto-cjk.
 */
import { openBrowser } from '../e2e/support/chromium.ts';
import { startProcess } from '../e2e/support/gateway-process.ts';
import { execute, openGraphiql, shownAnswer } from '../e2e/support/graphiql-page.ts';

const [path = 'docs/graphiql.png', tab = 'Models', width = '1280', height = '800'] = process.argv.slice(2);

await using gateway = startProcess();
await using browser = await openBrowser({ width: Number(width), height: Number(height) });
const page = await browser.context.newPage();
await openGraphiql(page, await gateway.origin());
const { errors } = await execute(page, tab);
if (errors !== undefined) throw new Error(JSON.stringify(errors));
await shownAnswer(page).getByText('data').waitFor();
// No scroll bar that is about to fade, and no name that has not got its colour: mtk1 is a text without any.
await page.addStyleTag({ content: '.scrollbar { visibility: hidden !important; }' });
await page.locator('.graphiql-response .mtk1').getByText('"').first().waitFor({ state: 'detached' });
await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
process.stdout.write(`${path}\n`);
