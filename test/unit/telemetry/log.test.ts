import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

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
