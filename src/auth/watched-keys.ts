import { readFile, stat } from 'node:fs/promises';
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
 * The keys of a file, read anew when it changes. It is looked at when keys are asked for, at most once a second, by
 * its status: watching misses files that editors put in place of another and directories that Kubernetes swaps. A
 * file that went away or broke leaves the keys as they were, and is logged once.
 *
 * @throws KeyFileError where it cannot be used at the start
 */
export async function openKeyFile(
  path: string,
  { logger, now }: KeyFileDependencies,
): Promise<() => Promise<readonly ApiKey[]>> {
  let checkedAt = now();
  let mark = await markOf(path);
  let keys = await readKeys(path);
  let lastComplaint: string | undefined;
  let underWay: Promise<void> | undefined;

  const check = async () => {
    // Before the read: what changes behind it has another mark the next time.
    const markNow = await markOf(path);
    if (markNow === mark) return;
    try {
      keys = await readKeys(path);
      mark = markNow;
      logger.info({ keys: keys.length }, 'the file of API keys was read anew');
    } catch (error) {
      const faults = error instanceof KeyFileError ? error.faults : [];
      const complaint = `${markNow} ${faults.join()}`;
      if (complaint === lastComplaint) return;
      lastComplaint = complaint;
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
  return parseKeyFile(await readText(path)).map(toApiKey);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new KeyFileError([`It cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`]);
  }
}

/** Differs whenever the file does: another one in its place, another length, another time. */
async function markOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'none';
  }
}
