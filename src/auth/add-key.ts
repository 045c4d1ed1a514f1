import { type FileHandle, open, readFile, realpath, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { digestOf, newApiKey } from './api-key.ts';
import { type KeyEntry, KeyFileError, parseKeyFile } from './key-file.ts';

/** A key to be made. */
export interface NewKey {
  readonly name: string;
  /** As they are written into the file: wildcards stay wildcards, and take in sources that are added later. */
  readonly scopes: readonly string[];
  readonly expiresAt: Date | undefined;
}

/** Only its owner reads and writes the file. */
const MODE = 0o600;

/**
 * Makes a key and puts its digest into the file, which is made where there is none. The file is replaced in one step:
 * who reads it sees all of it, before or after. Gives the key, which is kept nowhere.
 *
 * @throws KeyFileError where the file cannot be used, holds a key of that name, or is being written by somebody else
 */
export async function addKey(path: string, key: NewKey, now: Date): Promise<string> {
  const target = await realpath(path).catch(() => path);
  // Made only where there is none: it keeps a second command out until the first has put it in place.
  const draftPath = `${target}.new`;
  const draft = await openDraft(draftPath);
  try {
    const entries = await entriesOf(target);
    if (entries.some(({ name }) => name === key.name)) {
      throw new KeyFileError([
        'It holds a key of that name already: take that one out, or choose another name',
      ]);
    }
    const made = newApiKey();
    await draft.writeFile(`${JSON.stringify({ keys: [...entries, toEntry(key, made, now)] }, null, 2)}\n`);
    await draft.sync();
    await rename(draftPath, target);
    return made;
  } catch (error) {
    await unlink(draftPath);
    throw error;
  } finally {
    await draft.close();
  }
}

function toEntry({ name, scopes, expiresAt }: NewKey, key: string, now: Date): KeyEntry {
  return {
    name,
    sha256: digestOf(key).toString('hex'),
    scopes: [...scopes],
    createdAt: now.toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
  };
}

async function openDraft(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', MODE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KeyFileError([
      code === 'EEXIST'
        ? `Beside it stands ${path}: another command writes the file, or was interrupted; in that case remove it`
        : `Nothing can be written in ${dirname(path)} (${code ?? 'unknown'})`,
    ]);
  }
}

async function entriesOf(path: string): Promise<readonly KeyEntry[]> {
  try {
    return parseKeyFile(await readFile(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw error instanceof KeyFileError
      ? error
      : new KeyFileError([`It cannot be read (${code ?? 'unknown'})`]);
  }
}
