import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { copiedInto } from '../../deploy/support/image.ts';

const run = promisify(execFile);

/** A file that no source stands for, as an earlier build may have left. */
export const STALE = 'stale.js';

/** A place that holds the built gateway and its production dependencies, and nothing else. */
export interface Production {
  readonly directory: string;
  /** Every emitted file, below `dist`. */
  readonly emitted: readonly string[];
  /** Runs a module's text there. @throws Error where it fails */
  evaluate(module: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Does what the Dockerfile does, with the files that it copies, and without a network. */
export async function installProduction(): Promise<Production> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'modelgraph-production-')));
  const workplace = join(root, 'build');
  const directory = join(root, 'app');
  // At the same path, as in the image: the compiled code is found by it.
  await build(directory);
  await rename(directory, workplace);
  await mkdir(directory);
  await rename(join(workplace, 'dist'), join(directory, 'dist'));
  for (const path of copiedInto()) await cp(path, join(directory, path), { recursive: true });
  await installDependencies(directory);
  return {
    directory,
    emitted: await readdir(join(directory, 'dist'), { recursive: true }),
    async evaluate(module) {
      await run(process.execPath, ['--input-type=module', '--eval', module], { cwd: directory });
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

async function build(workplace: string): Promise<void> {
  await mkdir(join(workplace, 'dist'), { recursive: true });
  await writeFile(join(workplace, 'dist', STALE), '');
  for (const path of copiedInto('build')) await cp(path, join(workplace, path), { recursive: true });
  await symlink(await realpath('node_modules'), join(workplace, 'node_modules'), 'junction');
  await run('npm', ['run', 'build'], { cwd: workplace });
}

/**
 * Copies the packages that the lockfile does not mark as for development, each without those that are nested in it. A
 * link would not do: what a linked package imports is looked for where the link leads, among the rest.
 */
async function installDependencies(directory: string): Promise<void> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
  };
  for (const [path, { dev = false, optional = false }] of Object.entries(packages)) {
    if (path === '' || dev || (optional && !existsSync(path))) continue;
    const isOwn = (source: string) => source === path || basename(source) !== 'node_modules';
    await cp(path, join(directory, path), { recursive: true, filter: isOwn });
  }
}
