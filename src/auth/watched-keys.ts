import { readFile } from 'node:fs/promises';
import type { Logger } from '../telemetry/log.ts';
import type { ApiKey } from './api-key.ts';
import { KeyFileError, parseKeyFile, toApiKey } from './key-file.ts';

/** How long a file of keys is believed without a look at it: a key taken out of it works no longer than this. */
const CHECK_MS = 1000;

/** What the look at the file needs from outside. */
export interface KeyFileDependencies {
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The keys of a file, read anew when it changes. It is looked at when keys are asked for, at most once a second:
 * watching misses files that editors put in place of another and directories that Kubernetes swaps. Its text is
 * compared, not its status: times are as coarse as the file system, and a key may be exchanged within one tick. A
 * file that went away or broke leaves the keys as they were, and is logged once.
 *
 * @throws KeyFileError where it cannot be used at the start
 */
export async function openKeyFile(
  path: string,
  { logger, now }: KeyFileDependencies,
): Promise<() => Promise<readonly ApiKey[]>> {
  let checkedAt = now();
  let seen = await lookAt(path);
  let keys = keysOf(seen);
  let underWay: Promise<void> | undefined;

  const check = async () => {
    const found = await lookAt(path);
    if (found.text === seen.text && found.fault === seen.fault) return;
    seen = found;
    try {
      keys = keysOf(found);
      logger.info({ keys: keys.length }, 'the file of API keys was read anew');
    } catch (error) {
      const faults = error instanceof KeyFileError ? error.faults : [];
      logger.error({ faults }, 'the file of API keys cannot be used: the keys read before stay in force');
    }
  };

  return async () => {
    const time = now();
    if (underWay === undefined && Math.abs(time - checkedAt) >= CHECK_MS) {
      checkedAt = time;
      underWay = check().finally(() => {
        underWay = undefined;
      });
    }
    await underWay;
    return keys;
  };
}

/** The keys of a file as it is now. @throws KeyFileError */
export async function readKeys(path: string): Promise<readonly ApiKey[]> {
  return keysOf(await lookAt(path));
}

/** What a look at the file found: its text, or why there is none. */
type Look =
  | { readonly text: string; readonly fault?: undefined }
  | { readonly text?: undefined; readonly fault: string };

async function lookAt(path: string): Promise<Look> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return { fault: `It cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` };
  }
}

function keysOf({ text, fault }: Look): readonly ApiKey[] {
  if (text === undefined) throw new KeyFileError([fault]);
  return parseKeyFile(text).map(toApiKey);
}
