import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';

test('no more of the last requests are kept than asked for', async () => {
  await using sandbox = await startSandbox({ keptRequests: 2 });
  for (const path of ['/a', '/b', '/c']) await (await fetch(`${sandbox.url}${path}`)).text();
  expect(sandbox.requests.map(({ path }) => path)).toEqual(['/b', '/c']);
  await using silent = await startSandbox({ keptRequests: 0 });
  await (await fetch(silent.url)).text();
  expect(silent.requests).toEqual([]);
});
