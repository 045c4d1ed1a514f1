import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';

/*
 * The tools of this folder are no part of the product's install. They are installed when they are first needed, and
 * again when their lockfile is not the one that they were installed by.
 */

const FOLDER = import.meta.dirname;
const LOCK = `${FOLDER}/package-lock.json`;
const INSTALLED_BY = `${FOLDER}/node_modules/.installed-by.json`;
const isInstalled =
  existsSync(INSTALLED_BY) && readFileSync(INSTALLED_BY, 'utf8') === readFileSync(LOCK, 'utf8');

if (!isInstalled) {
  console.log('npm ci in test/federation …');
  execFileSync('npm', ['ci'], { cwd: FOLDER, stdio: 'inherit' });
  copyFileSync(LOCK, INSTALLED_BY);
}
