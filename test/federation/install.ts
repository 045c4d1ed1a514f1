import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

/*
 * The tools of this folder are no part of the product's install. They are installed when they are first needed, and
 * again when their lockfile has changed since.
 */

const FOLDER = import.meta.dirname;
const INSTALLED = `${FOLDER}/node_modules/.package-lock.json`;
const isInstalled =
  existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(`${FOLDER}/package-lock.json`).mtimeMs;

if (!isInstalled) {
  console.log('npm ci in test/federation …');
  execFileSync('npm', ['ci'], { cwd: FOLDER, stdio: 'inherit' });
}
