import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

/** Where Debian and Ubuntu install it; `CHROMIUM` names another place. */
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

const HAS_CHROMIUM = existsSync(EXECUTABLE);

/** A missing Chromium skips a test on a developer's machine, and fails it in CI. */
export const skipsBrowser = !HAS_CHROMIUM && process.env['CI'] === undefined;

/** For the title of a test that needs a browser: says why it is skipped. */
export const needsBrowser = skipsBrowser
  ? ` (skipped: no Chromium at ${EXECUTABLE}; install it, or set CHROMIUM)`
  : '';

/** A headless browser without a way to anything but this machine. */
export interface Browser {
  readonly context: BrowserContext;
  /** Every address any page, frame or worker of it asked for, in order. */
  readonly requested: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a browser on an empty profile. */
export async function openBrowser(viewport: { width: number; height: number }): Promise<Browser> {
  if (!HAS_CHROMIUM) throw new Error(`There is no Chromium at ${EXECUTABLE}; install it, or set CHROMIUM.`);
  const profile = await mkdtemp(join(tmpdir(), 'modelgraph-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    viewport,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
  const requested: string[] = [];
  context.on('request', (request) => requested.push(request.url()));
  return {
    context,
    requested,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
