import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

/** The gateway as a process of its own, as `npm start` runs it. */
export interface GatewayProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: string;
  readonly stderr: string;
  /** Waits until standard output or standard error matches, or the process ends. @throws Error where it ended first */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for the address it prints. */
  origin(): Promise<string>;
  /** Waits for the end; the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Another program than `src/main.ts`. */
export interface Program {
  /** Options of Node, and the file to run. */
  readonly command: readonly string[];
  readonly cwd: string;
}

/** Starts it with this environment and no other variables of the gateway. */
export function startProcess(
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  { command, cwd }: Program = { command: [MAIN], cwd: process.cwd() },
): GatewayProcess {
  const child = spawn(process.execPath, [...command, ...args], {
    cwd,
    // The vendor's default credential chain looks into the home directory.
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', PORT: '0', ...env },
  });
  const output = { stdout: '', stderr: '' };
  const more = new EventEmitter().setMaxListeners(0);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
      more.emit('more');
    });
  }
  let hasEnded = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    hasEnded = true;
    more.emit('more');
    return (code ?? signal) as number | string | null;
  });
  const printed = async (pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
      if (match !== null) return match;
      if (hasEnded) throw new Error(`ended without ${pattern}:\n${output.stdout}\n${output.stderr}`);
      await once(more, 'more');
    }
  };
  return {
    child,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    printed,
    origin: async () => new URL((await printed(/listens at (\S+)\/graphql\n.*stop/s))[1] ?? '').origin,
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
