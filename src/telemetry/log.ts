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

/** A log of one JSON object a line on standard error, so that standard output stays free for people. */
export function createLogger(level: LogLevel, write?: (line: string) => void): Logger {
  const settings = { level, base: null };
  return write === undefined
    ? pino(settings, pino.destination({ dest: 2, sync: true }))
    : pino(settings, { write });
}
