import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { callVendor } from './support/vendor-client.ts';

const MAIN = fileURLToPath(new URL('../../src/sandbox/main.ts', import.meta.url));

function run(port: string, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, SANDBOX_PORT: port } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  return { child, output };
}

async function exitCode(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  return (await once(child, 'close'))[0];
}

describe('npm run sandbox', { timeout: 20_000 }, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints what a gateway needs, and ends on %s with 0',
    async (signal) => {
      const { child, output } = run('0');
      await expect.poll(() => output.stdout, { timeout: 10_000 }).toContain('ALIBABA_CLOUD_REGION_ID');
      const settings = Object.fromEntries(
        output.stdout
          .split('\n')
          .filter((line) => /^[A-Z_]+=/.test(line))
          .map((line) => line.split('=')),
      );
      const { body } = await callVendor(
        {
          url: settings.MODEL_ROUTER_ENDPOINT,
          credentials: {
            accessKeyId: settings.ALIBABA_CLOUD_ACCESS_KEY_ID,
            accessKeySecret: settings.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
          },
        },
        'ModelRouterQueryModelList',
      );
      expect(body['success']).toBe(true);
      expect(settings).toMatchObject({
        PAI_ENDPOINT: settings.AI_GATEWAY_ENDPOINT,
        ALIBABA_CLOUD_REGION_ID: 'cn-beijing',
      });
      child.kill(signal);
      expect(await exitCode(child)).toBe(0);
      expect(output.stderr).toBe('');
    },
  );

  it.each([['--port=4011'], ['4011']])('refuses %s, which it would not heed', async (argument) => {
    const { child, output } = run('0', argument);
    expect(await exitCode(child)).toBe(1);
    expect(output.stderr).toMatch(/Try --help\.\n$/);
    expect(output.stdout).toBe('');
  });

  it('explains itself', async () => {
    const { child, output } = run('0', '--help');
    expect(await exitCode(child)).toBe(0);
    expect(output.stdout).toContain('SANDBOX_PORT');
  });

  it('says in one line that a port is in use', async () => {
    await using sandbox = await startSandbox();
    const { child, output } = run(new URL(sandbox.url).port);
    expect(await exitCode(child)).toBe(1);
    expect(output.stderr).toMatch(/^Port \d+ is in use; set SANDBOX_PORT to another\.\n$/);
  });

  it.each(['x', '-1', '65536', '4010.5'])('refuses SANDBOX_PORT %s', async (port) => {
    const { child, output } = run(port);
    expect(await exitCode(child)).toBe(1);
    expect(output.stderr).toBe(`SANDBOX_PORT must be a number from 0 to 65535, but is "${port}".\n`);
  });
});
