import { styleText } from 'node:util';
import { backends } from '../backends/index.ts';
import type { Check, Mark } from './check.ts';

/** Everything found, as `--json` prints it. Names stay; facts may come to hold more. */
export interface Report {
  /** False where something is broken: then the exit code is 1. */
  readonly healthy: boolean;
  /** When it was looked at, ISO 8601. */
  readonly at: string;
  readonly checks: readonly {
    readonly subject: Check['subject'];
    /** The backend it is about. */
    readonly source: string | null;
    readonly mark: Mark;
    readonly finding: string;
    /** What to do; of every `warn` and `fail`. */
    readonly hint: string | null;
    readonly facts: NonNullable<Check['facts']>;
  }[];
}

/** Whether nothing is broken. */
export function isHealthy(checks: readonly Check[]): boolean {
  return checks.every(({ mark }) => mark !== 'fail');
}

export function toReport(checks: readonly Check[], atMs: number): Report {
  return {
    healthy: isHealthy(checks),
    at: new Date(atMs).toISOString(),
    checks: checks.map(({ subject, source = null, mark, finding, hint = null, facts = {} }) => ({
      subject,
      source,
      mark,
      finding,
      hint,
      facts,
    })),
  };
}

const COLOURS = { ok: 'green', skip: 'gray', warn: 'yellow', fail: 'red' } as const satisfies Record<
  Mark,
  string
>;
const MARK_WIDTH = 6;
/** As wide as the longest title. */
const TITLE_WIDTH =
  Math.max(...['configuration', ...backends.map(({ title }) => title)].map(({ length }) => length)) + 2;

/**
 * One finding as lines for a person, what to do about it below it.
 *
 * @param stream decides about colours: they are for terminals, and not where NO_COLOR is set
 */
export function toLines({ mark, title, finding, hint }: Check, stream: NodeJS.WritableStream): string {
  const coloured = styleText(COLOURS[mark], mark, { stream });
  const head = `${coloured}${' '.repeat(MARK_WIDTH - mark.length)}${title.padEnd(TITLE_WIDTH)}`;
  const below = hint === undefined ? '' : `${' '.repeat(MARK_WIDTH + TITLE_WIDTH)}→ ${hint}\n`;
  return `${head}${finding}\n${below}`;
}

/** The last line. */
export function toSummary(checks: readonly Check[]): string {
  const count = (wanted: Mark) => checks.filter(({ mark }) => mark === wanted).length;
  const plural = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const [faults, warnings] = [count('fail'), count('warn')];
  return `${faults === 0 ? 'Nothing is broken' : `${plural(faults, 'fault')} to mend`}, ${plural(warnings, 'warning')}.\n`;
}
