import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endAllChildren, endChildrenWithMe } from './children.ts';

/** What is asked for wrongly; its message is for people. */
export class UsageError extends Error {}

const begunMs = performance.now();

/** A line that tells how far it is; on a terminal the next one takes its place, and an empty one clears it. */
export function tell(text: string): void {
  const seconds = String(Math.round((performance.now() - begunMs) / 1_000)).padStart(4);
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text === '' ? '' : `${seconds} s  ${text}`}`);
  else if (text !== '') process.stderr.write(`${seconds} s  ${text}\n`);
}

/** A whole number from an option. @throws UsageError */
export function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`${option} must be a whole number above 0.`);
  return Number(text);
}

/** The ids that an option names, all where it is left out. @throws UsageError */
export function chosen(
  option: string,
  text: string | undefined,
  all: readonly { readonly id: string }[],
): readonly string[] {
  const known = all.map(({ id }) => id);
  const asked = text?.split(',').map((id) => id.trim()) ?? known;
  const unknown = asked.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new UsageError(`${option} does not know ${unknown.join(', ')}.`);
  return asked;
}

/** Builds the gateway. @throws where that fails */
export function build(): void {
  tell('building dist');
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build', '--silent'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
}

/** Does the work in a folder of its own, and leaves neither it nor a process behind, however it ends. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'modelgraph-bench-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  endChildrenWithMe(clean);
  try {
    return await work(folder);
  } finally {
    await endAllChildren();
    clean();
  }
}

/** Writes results where they are committed, or else where git does not look. */
export function writeResults(
  isForKeeps: boolean,
  name: string,
  texts: Readonly<Record<string, string>>,
): void {
  const folder = isForKeeps ? 'bench/results' : 'reports/bench';
  mkdirSync(folder, { recursive: true });
  for (const [ending, content] of Object.entries(texts)) {
    writeFileSync(join(folder, `${name}.${ending}`), content);
  }
  process.stderr.write(`written to ${folder}/${name}.{${Object.keys(texts).join(',')}}\n`);
}

/** Runs a program; what goes wrong is told in a line. */
export async function runProgram(program: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await program();
  } catch (error) {
    const isUsage =
      error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    if (isUsage) process.stderr.write('Try --help.\n');
    process.exitCode = 1;
  }
}
