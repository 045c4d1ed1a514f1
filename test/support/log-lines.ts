/** A line of the gateway's log, as it is written. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: number; readonly msg: string };

const WARN = 40;

/** The lines of a log. */
export function logLines(lines: readonly string[]): readonly LogLine[] {
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** What of a log is more than news: warnings, errors, and whatever is no line of a log at all. */
export function complaintsIn(text: string): readonly string[] {
  return text.split('\n').filter((line) => {
    if (line === '') return false;
    return !line.startsWith('{') || (JSON.parse(line) as LogLine).level >= WARN;
  });
}
