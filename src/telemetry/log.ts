import sonicBoom from 'sonic-boom';

/** Levels of the log, most talkative first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where the gateway logs. Fields hold names and codes only: no document text, no variables, no error objects. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Lines are written together, this many bytes or milliseconds of them: a system call for each would cost a small
 * request a tenth of its time. What is left is written when the process ends, unless it is killed.
 */
const BUFFERED_BYTES = 4_096;
/** Lines beyond them are dropped while none can be written. */
const MAX_UNWRITTEN_BYTES = 1_048_576;
const FLUSH_INTERVAL_MS = 100;

/** Where a line of each level stands among the others: the numbers of Bunyan and pino, which tools for such logs know. */
const SEVERITY = { debug: 20, info: 30, warn: 40, error: 50, silent: Number.POSITIVE_INFINITY } as const;

/**
 * A log of one JSON object a line on standard error, so that standard output stays free for people: `level`, `time` in
 * milliseconds since 1970, the fields, and the message as `msg`.
 */
export function createLogger(level: LogLevel, write: (line: string) => void = standardError()): Logger {
  const at = (severity: number) =>
    severity < SEVERITY[level]
      ? () => undefined
      : (fields: object, message: string) => write(lineOf(severity, fields, message));
  return {
    debug: at(SEVERITY.debug),
    info: at(SEVERITY.info),
    warn: at(SEVERITY.warn),
    error: at(SEVERITY.error),
  };
}

function lineOf(severity: number, fields: object, message: string): string {
  const inside = JSON.stringify(fields).slice(1, -1);
  const given = inside === '' ? '' : `${inside},`;
  return `{"level":${severity},"time":${Date.now()},${given}"msg":${JSON.stringify(message)}}\n`;
}

function standardError(): (line: string) => void {
  // Written by this thread: to hand a few kilobytes to another one takes longer than to write them.
  const destination = new sonicBoom.SonicBoom({
    fd: 2,
    sync: true,
    minLength: BUFFERED_BYTES,
    maxLength: MAX_UNWRITTEN_BYTES,
    periodicFlush: FLUSH_INTERVAL_MS,
  });
  // A log that nobody reads any more, or that has no room, is no reason to answer nobody.
  let isRead = true;
  destination.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') return;
    isRead = false;
    destination.destroy();
  });
  process.on('exit', () => {
    try {
      if (isRead) destination.flushSync();
    } catch {
      // There is nowhere left to say it.
    }
  });
  return (line) => {
    if (isRead) destination.write(line);
  };
}
