import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { canPin } from './children.ts';

/** Where and by what something was measured. */
export interface Measurement {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly commit: string;
  readonly pinning: string;
  /** Of the last minute: more than the benchmark's own two or three says that others were at work. */
  readonly loadAverage: string;
}

/** Describes this machine, now. */
export function describeMachine(): Measurement {
  const [first] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, ${gib} GiB, Linux ${release()}`,
    node: process.version,
    commit: commitOf(),
    loadAverage: (loadavg()[0] ?? 0).toFixed(1),
    pinning: canPin()
      ? 'contestants on one core, backends and load generator on the other'
      : 'not pinned to cores: one core only, or no taskset',
  };
}

function commitOf(): string {
  try {
    const git = (...args: readonly string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    const isChanged = git('status', '--porcelain', '--untracked-files=no', 'src') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ', changed' : ''}`;
  } catch {
    return 'unknown';
  }
}
