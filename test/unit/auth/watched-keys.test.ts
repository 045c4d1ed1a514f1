import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openKeyFile } from '../../../src/auth/watched-keys.ts';
import { createLogger } from '../../../src/telemetry/log.ts';

const status = vi.hoisted(() => ({ isCoarse: false }));
const disk = vi.hoisted(() => ({ reads: 0, held: Promise.resolve() }));
vi.mock(import('node:fs/promises'), async (original) => {
  const actual = await original();
  const at = new Date(0);
  const coarse = { dev: 1n, ino: 1n, size: 1n, mtimeNs: 0n, ctimeNs: 0n, mtime: at, ctime: at };
  const stat = async (...args: Parameters<typeof actual.stat>) =>
    status.isCoarse ? coarse : actual.stat(...args);
  const readFile = async (...args: Parameters<typeof actual.readFile>) => {
    disk.reads += 1;
    const read = await actual.readFile(...args);
    await disk.held;
    return read;
  };
  return { ...actual, stat: stat as typeof actual.stat, readFile: readFile as typeof actual.readFile };
});
afterEach(() => {
  status.isCoarse = false;
  disk.held = Promise.resolve();
});

let folder: string;
let path: string;
let time: number;
let logs: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  path = join(folder, 'keys.json');
  time = 1_000_000;
  logs = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const content = (...names: readonly string[]) =>
  JSON.stringify({
    keys: names.map((name) => ({ name, sha256: Buffer.from(name.padEnd(32)).toString('hex'), scopes: [] })),
  });

async function open() {
  const logger = createLogger('info', (line) => logs.push(line));
  const keys = await openKeyFile(path, { logger, now: () => time });
  return async () => (await keys()).map(({ name }) => name);
}

const complaints = () => logs.filter((line) => line.includes('cannot be used'));

describe('a file of keys that changes', () => {
  it('is read anew, where it is written in place', async () => {
    writeFileSync(path, content('a'));
    const names = await open();
    expect(await names()).toEqual(['a']);
    writeFileSync(path, content('a', 'b'));
    time += 1000;
    expect(await names()).toEqual(['a', 'b']);
    expect(complaints()).toEqual([]);
  });

  it('is looked at once a second, and not more often', async () => {
    writeFileSync(path, content('a'));
    const names = await open();
    writeFileSync(path, content('b'));
    time += 999;
    expect(await names()).toEqual(['a']);
    time += 1;
    expect(await Promise.all([names(), names()])).toEqual([['b'], ['b']]);
  });

  it('is read anew, where another of the same length and time takes its place', async () => {
    writeFileSync(path, content('a'));
    const names = await open();
    const { atime, mtime } = statSync(path);
    const other = join(folder, 'other');
    writeFileSync(other, content('b'));
    utimesSync(other, atime, mtime);
    renameSync(other, path);
    time += 1000;
    expect(await names()).toEqual(['b']);
  });

  it('is read anew, where only its text differs, as within one tick of a coarse clock', async () => {
    status.isCoarse = true;
    writeFileSync(path, content('a'));
    const names = await open();
    writeFileSync(path, content('b'));
    time += 1000;
    expect(await names()).toEqual(['b']);
  });

  it('that is as it was is not told of as new', async () => {
    writeFileSync(path, content('a'));
    const names = await open();
    const other = join(folder, 'other');
    writeFileSync(other, content('a'));
    renameSync(other, path);
    time += 1000;
    expect(await names()).toEqual(['a']);
    expect(logs).toEqual([]);
  });

  it('is read anew, where the folder that a link goes through is swapped', async () => {
    for (const [version, name] of [
      ['v1', 'a'],
      ['v2', 'b'],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'keys.json'), content(name));
    }
    symlinkSync('v1', join(folder, '..data'));
    symlinkSync(join('..data', 'keys.json'), path);
    const names = await open();
    expect(await names()).toEqual(['a']);
    symlinkSync('v2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    time += 1000;
    expect(await names()).toEqual(['b']);
  });

  it('loses the keys that are taken out', async () => {
    writeFileSync(path, content('a', 'b'));
    const names = await open();
    writeFileSync(path, content('b'));
    time += 1000;
    expect(await names()).toEqual(['b']);
    writeFileSync(path, content());
    time += 1000;
    expect(await names()).toEqual([]);
  });

  it.each([
    ['breaks', () => writeFileSync(path, '{"keys":[{"name":"Pl4nted"')],
    ['holds what it may not', () => writeFileSync(path, '{"keys":[{"name":"Pl4nted","sha256":"Pl4nted"}]}')],
    ['goes away', () => unlinkSync(path)],
    [
      'becomes a folder',
      () => {
        unlinkSync(path);
        mkdirSync(path);
      },
    ],
  ])(
    'and %s leaves the keys in force, is told of once, and read when it is whole again',
    async (_case, harm) => {
      writeFileSync(path, content('a'));
      const names = await open();
      harm();
      for (let look = 0; look < 3; look += 1) {
        time += 1000;
        expect(await names()).toEqual(['a']);
      }
      expect(complaints()).toHaveLength(1);
      expect(JSON.parse(complaints()[0] ?? '')).toMatchObject({ level: 50 });
      expect(logs.join()).not.toContain('Pl4nted');
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, content('b'));
      time += 1000;
      expect(await names()).toEqual(['b']);
      expect(complaints()).toHaveLength(1);
      harm();
      time += 1000;
      expect(await names()).toEqual(['b']);
      expect(complaints()).toHaveLength(2);
    },
  );

  it('is not looked at again while a slow look is under way: the older would have the last word', async () => {
    writeFileSync(path, content('a'));
    const names = await open();
    const { promise, resolve } = Promise.withResolvers<void>();
    disk.held = promise;
    disk.reads = 0;
    const asked = [1, 2, 3].map(() => {
      time += 1000;
      return names();
    });
    resolve();
    await Promise.all(asked);
    expect(disk.reads).toBe(1);
  });

  it('and is out of reach in another way than before is told of anew', async () => {
    writeFileSync(path, content('a'));
    const names = await open();
    unlinkSync(path);
    time += 1000;
    await names();
    mkdirSync(path);
    time += 1000;
    expect(await names()).toEqual(['a']);
    expect(complaints().map((line) => JSON.parse(line).faults)).toEqual([
      ['It cannot be read (ENOENT)'],
      ['It cannot be read (EISDIR)'],
    ]);
  });

  it('may be looked at by a clock that is set back', async () => {
    writeFileSync(path, content('a'));
    const names = await open();
    writeFileSync(path, content('a', 'b'));
    time -= 3_600_000;
    expect(await names()).toEqual(['a', 'b']);
  });
});

describe('a file of keys at the start', () => {
  it.each([
    ['is missing', () => undefined, 'It cannot be read (ENOENT)'],
    ['is broken', () => writeFileSync(path, '{'), 'It is not JSON'],
  ])('that %s is an error', async (_case, prepare, fault) => {
    prepare();
    await expect(open()).rejects.toMatchObject({ name: 'KeyFileError', faults: [fault] });
  });
});
