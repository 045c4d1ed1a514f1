import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Installs what these tests need beside the product's own dependencies, where that is not there yet or is not what the
 * lockfile says.
 */

const lockfile = readFileSync(join(import.meta.dirname, 'package-lock.json'), 'utf8');
const installed = join(import.meta.dirname, 'node_modules/.installed-lock.json');

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lockfile) {
  process.stdout.write('test/clients: installing (npm ci)\n');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname, stdio: 'inherit' });
  writeFileSync(installed, lockfile);
}
