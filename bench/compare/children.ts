import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The core of the contestants, and that of everything else. */
export type Core = 'contestant' | 'rest';

const CORES: Readonly<Record<Core, string>> = { contestant: '0', rest: '1' };
const PATIENCE_MS = 5_000;
/** A clock tick of /proc in ms; 100 a second on every Linux that Node runs on. */
const TICK_MS = 10;

let hasTaskset: boolean | undefined;

/** Whether a process can be kept to one core: there are two, and the command for it is installed. */
export function canPin(): boolean {
  hasTaskset ??= availableParallelism() > 1 && isInstalled('taskset');
  return hasTaskset;
}

/** Whether a command can be found; `--version` must be harmless. */
export function isInstalled(command: string, ...versionArgs: readonly string[]): boolean {
  try {
    execFileSync(command, versionArgs.length === 0 ? ['--version'] : versionArgs, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What to start and how. */
export interface ChildOptions {
  readonly core: Core;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: 'ignore' | 'log' | readonly ('ignore' | 'inherit' | 'ipc' | 'pipe' | number)[];
  readonly cwd?: string;
}

const running = new Set<ChildProcess>();

/** Starts a process on its core. It is ended with this one, however this one ends. */
export function startChild(
  command: string,
  args: readonly string[],
  { core, env = {}, stdio = 'ignore', cwd }: ChildOptions,
): ChildProcess {
  const [file, ...rest] = canPin() ? ['taskset', '-c', CORES[core], command, ...args] : [command, ...args];
  const child = spawn(file ?? command, rest, {
    env: { ...cleanEnvironment(), ...env },
    stdio: typeof stdio === 'string' ? 'ignore' : [...stdio],
    ...(cwd === undefined ? {} : { cwd }),
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** The environment without what would configure the gateway, or any Node, beside what the benchmark says. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => ['PATH', 'HOME', 'LANG', 'TMPDIR'].includes(name)),
  );
}

/** Whether it has ended, by itself or not. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Ends a process, by force where it does not listen. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(timer);
}

/** Ends all that were started. */
export async function endAllChildren(): Promise<void> {
  await Promise.all([...running].map(endChild));
}

/** Has Ctrl-C, and whatever else ends this process, end the children first. `clean` comes after them. */
export function endChildrenWithMe(clean: () => void): void {
  let isEnding = false;
  const end = (code: number) => () => {
    if (isEnding) process.exit(code);
    isEnding = true;
    process.stderr.write('\nending the processes that were started\n');
    const leave = () => {
      clean();
      process.exit(code);
    };
    endAllChildren().then(leave, leave);
  };
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
  process.on('SIGINT', end(130));
  process.on('SIGTERM', end(143));
  process.on('SIGHUP', end(129));
}

/** Processor time that a process has used, in ms. Linux only. */
export function processorMs(pid: number): number {
  // The name, in brackets, may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory in MB. Linux only. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
