import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

test.runIf(process.platform !== 'win32')(
  'SIGTERM to npm start ends the gateway as well, which a shell would keep alive',
  async () => {
    const npm = spawn('npm', ['start'], {
      env: { ...process.env, PORT: '0', UPSTREAM: 'sandbox' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let url: string | undefined;
    for await (const line of createInterface(npm.stdout)) {
      url = /http:\/\/\S+\/graphql/.exec(line)?.[0];
      if (url !== undefined) break;
    }
    expect(url).toBeDefined();
    // The gateway holds the pipe as long as it lives.
    const closed = once(npm, 'close');
    npm.kill('SIGTERM');
    npm.stdout.resume();
    await closed;
    await expect(fetch(url ?? '')).rejects.toThrow();
  },
  60_000,
);
