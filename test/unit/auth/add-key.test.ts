import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addKey } from '../../../src/auth/add-key.ts';
import { digestOf } from '../../../src/auth/api-key.ts';
import { parseKeyFile } from '../../../src/auth/key-file.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  path = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const add = (name: string, scopes = ['PAI:read'], expiresAt?: Date) =>
  addKey(path, { name, scopes, expiresAt }, NOW);
const entries = () => parseKeyFile(readFileSync(path, 'utf8'));

describe('adding a key', () => {
  it('makes the file, for its owner alone, and writes no key into it', async () => {
    const key = await add('ci', ['*:read', 'PAI:write'], new Date('2027-01-01T00:00:00Z'));
    expect(entries()).toEqual([
      {
        name: 'ci',
        sha256: digestOf(key).toString('hex'),
        scopes: ['*:read', 'PAI:write'],
        createdAt: '2026-06-01T00:00:00.000Z',
        expiresAt: '2027-01-01T00:00:00.000Z',
      },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain(key.slice(3, 20));
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  it('keeps the keys that are there, and takes the file from everyone else', async () => {
    await add('a');
    const [first] = entries();
    writeFileSync(path, readFileSync(path, 'utf8'), { mode: 0o644 });
    await add('b');
    expect(entries().map(({ name }) => name)).toEqual(['a', 'b']);
    expect(entries()[0]).toEqual(first);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('loses none of those made at the same time', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => add(`key-${index}`)));
    const made = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(entries().map((entry) => entry.sha256))).toEqual(
      new Set(made.map((key) => digestOf(key).toString('hex'))),
    );
    for (const attempt of attempts) {
      if (attempt.status === 'rejected')
        expect(String(attempt.reason)).toContain('another command writes the file');
    }
  });

  it('writes through a link to the file', async () => {
    const target = join(folder, 'target.json');
    writeFileSync(target, '{"keys":[]}');
    symlinkSync(target, path);
    await add('a');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(parseKeyFile(readFileSync(target, 'utf8'))).toHaveLength(1);
  });

  it.each([
    [
      'a name that is taken',
      JSON.stringify({ keys: [{ name: 'a', sha256: 'a1'.repeat(32), scopes: [] }] }),
      /name already/,
    ],
    ['a broken file', '{"keys":', /It is not JSON/],
    ['an empty file', '', /It is not JSON/],
  ])('to %s changes nothing', async (_case, content, fault) => {
    writeFileSync(path, content);
    await expect(add('a')).rejects.toThrow(fault);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  it('waits for nobody: beside the draft of another command it ends, and leaves it', async () => {
    writeFileSync(`${path}.new`, 'half');
    await expect(add('a')).rejects.toThrow(
      /keys\.json\.new: another command writes the file, or was interrupted/,
    );
    expect(readFileSync(`${path}.new`, 'utf8')).toBe('half');
  });

  it('where nothing can be written says so', async () => {
    path = join(folder, 'nowhere', 'keys.json');
    await expect(add('a')).rejects.toThrow(/Nothing can be written in .*nowhere \(ENOENT\)/);
  });
});
