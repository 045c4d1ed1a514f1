import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger, LOG_LEVELS } from '../../../src/telemetry/log.ts';

const LOG = new URL('../../../src/telemetry/log.ts', import.meta.url).href;

it.each([
  ['ends by itself', ''],
  ['is told to exit', 'process.exit(0);'],
  ['dies of an error', 'throw new Error();'],
])('every line is written when the process %s', (_how, end) => {
  const program = `const { createLogger } = await import(${JSON.stringify(LOG)});
    const logger = createLogger('info');
    logger.info({ number: 1 }, 'first');
    logger.warn({ number: 2 }, 'second');
    ${end}`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 30, msg: 'first', number: 1 },
    { level: 40, msg: 'second', number: 2 },
  ]);
});

it('a reader that has gone away neither ends the process nor fills its memory', async () => {
  const program = `const { mock } = await import('node:test');
    mock.timers.enable({ apis: ['setInterval'] });
    const { createLogger } = await import(${JSON.stringify(LOG)});
    const logger = createLogger('info');
    for await (const _chunk of process.stdin);
    logger.info({}, 'alone');
    // As long as lines wait for others.
    mock.timers.tick(100);
    const more = 'x'.repeat(1_000);
    for (let turn = 0; turn < 100; turn += 1) {
      for (let line = 0; line < 1_000; line += 1) logger.info({ more }, 'unread');
      await new Promise(setImmediate);
    }
    process.stdout.write('still there');`;
  const child = spawn(process.execPath, [
    ...['--max-old-space-size=32', '--input-type=module', '-e'],
    program,
  ]);
  child.stderr.destroy();
  child.stdin.end();
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect([said, code]).toEqual(['still there', 0]);
});

describe('a line', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_760_000_000_123, toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['fields first, then the message', { a: 'b', n: 1 }, '"a":"b","n":1,'],
    ['no fields', {}, ''],
    ['what is undefined left out', { a: undefined, n: null }, '"n":null,'],
    ['only what is undefined', { a: undefined }, ''],
    ['no line break or quote of its own', { a: 'x\n"{y}' }, '"a":"x\\n\\"{y}",'],
    ['what is inside', { errors: { NOT_FOUND: 2 } }, '"errors":{"NOT_FOUND":2},'],
  ])('has %s', (_what, fields, text) => {
    const lines: string[] = [];
    createLogger('info', (line) => lines.push(line)).info(fields, 'sent "on"');
    expect(lines).toEqual([`{"level":30,"time":1760000000123,${text}"msg":"sent \\"on\\""}\n`]);
  });

  it.each(LOG_LEVELS)('is written at the level %s and above', (level) => {
    const lines: string[] = [];
    const logger = createLogger(level, (line) => lines.push(line));
    const levels = ['debug', 'info', 'warn', 'error'] as const;
    for (const one of levels) logger[one]({}, one);
    const written = lines.map((line) => (JSON.parse(line) as { readonly msg: string }).msg);
    expect(written).toEqual(levels.slice(LOG_LEVELS.indexOf(level)));
  });
});
