import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where Debian's package prometheus installs it; `PROMTOOL` names another place. */
const EXECUTABLE = process.env['PROMTOOL'] ?? '/usr/bin/promtool';

const HAS_PROMTOOL = existsSync(EXECUTABLE);

/** A missing promtool skips a test on a developer's machine, and fails it in CI. */
export const skipsPromtool = !HAS_PROMTOOL && process.env['CI'] === undefined;

/** For the title of a test that needs promtool: says why it is skipped. */
export const needsPromtool = skipsPromtool
  ? ` (skipped: no promtool at ${EXECUTABLE}; install the package prometheus, or set PROMTOOL)`
  : '';

/** What promtool has against its input; empty where it has nothing. */
export function promtoolComplaints(args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(EXECUTABLE, args, { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return status === 0 ? stderr : `${stdout}${stderr}exit code ${status}`;
}
