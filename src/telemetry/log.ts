import { pino } from 'pino';

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
const FLUSH_INTERVAL_MS = 100;

/** A log of one JSON object a line on standard error, so that standard output stays free for people. */
export function createLogger(level: LogLevel, write?: (line: string) => void): Logger {
  return pino({ level, base: null }, write === undefined ? standardError() : { write });
}

function standardError() {
  // Written by this thread: to hand a few kilobytes to another one takes longer than to write them.
  const destination = pino.destination({
    dest: 2,
    sync: true,
    minLength: BUFFERED_BYTES,
    periodicFlush: FLUSH_INTERVAL_MS,
  });
  process.on('exit', () => destination.flushSync());
  return destination;
}
